/* Progress on stderr. */
#include "progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* Often enough to look alive, seldom enough to cost nothing. */
static const double terminal_interval = 0.2, plain_interval = 10.0;
/* Half of the weight of the rate is the last five seconds or so. */
static const double rate_interval = 1.0, rate_memory = 0.87;

static double read_clock(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double clock_seconds(void) {
  return read_clock(CLOCK_MONOTONIC);
}

double thread_seconds(void) {
  return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

double process_seconds(void) {
  return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

const char *duration_text(double seconds, char text[24]) {
  unsigned long s = seconds > 0 && seconds < 1e9 ? (unsigned long)(seconds + 0.5) : 0;
  if (s >= 3600)
    snprintf(text, 24, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
  else
    snprintf(text, 24, "%lu:%02lu", s / 60, s % 60);
  return text;
}

/* Width of the terminal; a line that wraps could not be rewritten. */
static int columns(void) {
  struct winsize size;
  return !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col > 1 ? size.ws_col : 80;
}

void progress_start(progress *p, const char *label, const char *unit, uint64_t first,
                    uint64_t total) {
  double now = clock_seconds();
  *p = (progress){.label = label,
                  .unit = unit,
                  .first = first,
                  .total = total,
                  .started = now,
                  .shown = now,
                  .marked = now,
                  .terminal = isatty(STDERR_FILENO) == 1};
}

static void measure(progress *p, uint64_t work, double now) {
  double rate = (double)(work - p->marked_work) / (now - p->marked);
  p->rate = p->rate > 0 ? rate_memory * p->rate + (1 - rate_memory) * rate : rate;
  p->marked = now;
  p->marked_work = work;
}

void progress_update(progress *p, uint64_t done, uint64_t work, const char *detail) {
  double now = clock_seconds();
  if (now - p->marked >= rate_interval)
    measure(p, work, now);
  if (now - p->shown < (p->terminal ? terminal_interval : plain_interval))
    return;
  p->shown = now;
  char left[24] = "?", line[256];
  if (done > p->first)
    duration_text((now - p->started) * (double)(p->total - done) / (double)(done - p->first), left);
  snprintf(line, sizeof line, "%llu of %llu %s, %.0f %s/s, %s left%s%s", (unsigned long long)done,
           (unsigned long long)p->total, p->label, p->rate, p->unit, left, detail[0] ? ", " : "",
           detail);
  if (p->terminal)
    fprintf(stderr, "\r%.*s\033[K", columns() - 1, line);
  else
    fprintf(stderr, "%s\n", line);
  fflush(stderr);
  p->drawn = p->terminal;
}

void progress_clear(progress *p) {
  if (p->drawn)
    fprintf(stderr, "\r\033[K");
  p->drawn = false;
}
