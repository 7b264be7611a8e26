/* A team of one, in builds without MPI. See team.h. */
#include "commands.h"
#include "complain.h"
#include "options.h"
#include "team.h"

#include <stdlib.h>

int team_begin(team *out) {
  static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
  *out = (team){.core = {.size = 1}, .here = 1};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    const char *size = getenv(sizes[i]);
    if (size && atoi(size) > 1)
      return complain(EXIT_BAD,
                      "started as one of %s processes, but built without MPI: see the preset mpi",
                      size);
  }
  return OPTIONS_RUN;
}

bool team_tell(const team *t, void *bytes, size_t size) {
  (void)t, (void)bytes, (void)size;
  return true;
}

bool team_sum(const team *t, uint64_t *value) {
  (void)t, (void)value;
  return true;
}

bool team_most(const team *t, uint64_t *value) {
  (void)t, (void)value;
  return true;
}

void team_end(const team *t, bool with_all, int code) {
  (void)t, (void)with_all, (void)code;
}
