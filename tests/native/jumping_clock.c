/* A time of day that leaps by a year, forwards and back, at every look: loaded before the C library
 * (LD_PRELOAD). The monotonic clock is left alone, as it is when somebody sets the time. */
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { YEAR = 31536000 };

static time_t leap(void) {
  static unsigned looks;
  return __atomic_fetch_add(&looks, 1, __ATOMIC_RELAXED) % 2 ? YEAR : -YEAR;
}

int clock_gettime(clockid_t clock, struct timespec *out) {
  long failed = syscall(SYS_clock_gettime, clock, out);
  if (!failed && clock == CLOCK_REALTIME)
    out->tv_sec += leap();
  return (int)failed;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out)
    *out = now.tv_sec;
  return now.tv_sec;
}
