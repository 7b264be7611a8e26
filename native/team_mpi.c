/* A team over MPI. See team.h.
 *
 * Every wait is a loop of tests: MPI's own waits keep a processor busy, and know no end when the
 * process waited for is gone. */
#include <limits.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "complain.h"
#include "options.h"
#include "progress.h"
#include "stop.h"
#include "team.h"

enum { BUSY_TESTS = 200, NAP = 20000 }; /* nanoseconds */
/* Launchers kill a second or more after they ask. */
static const double patience = 0.6;

#ifdef OG_REAL_DOUBLE
#define REAL MPI_DOUBLE
#else
#define REAL MPI_FLOAT
#endif

static int finish(MPI_Request *request) {
  double asked = 0;
  int done = 0;
  for (int tests = 0; !MPI_Test(request, &done, MPI_STATUS_IGNORE) && !done; tests++) {
    if (tests < BUSY_TESTS)
      continue;
    nanosleep(&(struct timespec){0, NAP}, NULL);
    if (stop_asked() && asked <= 0)
      asked = clock_seconds();
    if (asked > 0 && clock_seconds() - asked > patience)
      return 1;
  }
  return !done;
}

/* MPI counts in int, so long stretches go in parts. */
static size_t part_of(size_t count) {
  return count < INT_MAX / 8 ? count : INT_MAX / 8;
}

static int tell(const og_team *t, int from, void *bytes, size_t size) {
  (void)t;
  for (size_t part; size; size -= part, bytes = (char *)bytes + part) {
    MPI_Request request;
    part = part_of(size);
    if (MPI_Ibcast(bytes, (int)part, MPI_BYTE, from, MPI_COMM_WORLD, &request) || finish(&request))
      return 1;
  }
  return 0;
}

static int take(void *context, og_real *sums, size_t count) {
  const og_team *t = context;
  for (size_t part; count; count -= part, sums += part) {
    MPI_Request request;
    part = part_of(count);
    if (MPI_Irecv(sums, (int)part, REAL, (int)t->rank - 1, 0, MPI_COMM_WORLD, &request) ||
        finish(&request))
      return 1;
  }
  return 0;
}

static int pass(void *context, og_real *sums, size_t count) {
  const og_team *t = context;
  og_real *at = sums;
  for (size_t left = count, part; t->rank + 1 < t->size && left; left -= part, at += part) {
    MPI_Request request;
    part = part_of(left);
    if (MPI_Isend(at, (int)part, REAL, (int)t->rank + 1, 0, MPI_COMM_WORLD, &request) ||
        finish(&request))
      return 1;
  }
  return tell(t, (int)t->size - 1, sums, count * sizeof *sums);
}

static int gather(void *context, og_real *values, const size_t *starts) {
  const og_team *t = context;
  for (uint32_t r = 0; r < t->size; r++)
    if (tell(t, (int)r, values + starts[r], (starts[r + 1] - starts[r]) * sizeof *values))
      return 1;
  return 0;
}

int team_begin(team *out) {
  static const char *const signs[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"};
  *out = (team){.core = {.size = 1}, .here = 1};
  bool launched = false;
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    launched |= getenv(signs[i]) != NULL;
  if (!launched)
    return OPTIONS_RUN;
  int rank, size, here;
  MPI_Comm machine;
  if (MPI_Init(NULL, NULL) || MPI_Comm_rank(MPI_COMM_WORLD, &rank) ||
      MPI_Comm_size(MPI_COMM_WORLD, &size) ||
      MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine) ||
      MPI_Comm_size(machine, &here))
    return complain(EXIT_FAILED, "MPI does not start");
  MPI_Comm_free(&machine);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  out->core = (og_team){(uint32_t)rank, (uint32_t)size, NULL, take, pass, gather};
  out->core.context = &out->core;
  out->here = (uint32_t)here;
  return OPTIONS_RUN;
}

bool team_tell(const team *t, void *bytes, size_t size) {
  return t->core.size == 1 || !tell(&t->core, 0, bytes, size);
}

static bool combine(const team *t, uint64_t *value, MPI_Op how) {
  MPI_Request request;
  return t->core.size == 1 ||
         (!MPI_Iallreduce(MPI_IN_PLACE, value, 1, MPI_UINT64_T, how, MPI_COMM_WORLD, &request) &&
          !finish(&request));
}

bool team_sum(const team *t, uint64_t *value) {
  return combine(t, value, MPI_SUM);
}

bool team_most(const team *t, uint64_t *value) {
  return combine(t, value, MPI_MAX);
}

void team_end(const team *t, bool with_all, int code) {
  int begun = 0;
  MPI_Initialized(&begun);
  if (!begun)
    return;
  if (with_all || t->core.size == 1) {
    MPI_Finalize();
    return;
  }
  fflush(NULL);
  if (!stop_asked()) /* otherwise the launcher is at it already */
    MPI_Abort(MPI_COMM_WORLD, code);
  _exit(code);
}
