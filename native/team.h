/* The processes of one run: several where mpirun (or another launcher of MPI) started the command
 * and it was built with ONEGLYPH_MPI, otherwise this one alone. The first leads: it alone reads
 * checkpoints, writes files and talks. */
#ifndef TEAM_H
#define TEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "train/team.h"

typedef struct team {
  og_team core;  /* for og_trainer_join; of size 1: alone */
  uint32_t here; /* how many of the processes are on this machine */
} team;

/* Finds the others. EXIT_BAD with a complaint if they cannot be had by this build. */
int team_begin(team *out);

static inline bool team_leads(const team *t) {
  return t->core.rank == 0;
}

/* Fills `bytes` with the leader's. This and what follows return whether all others were reached. A
 * process that dies brings a SIGTERM of the launcher to the others, who then stop waiting
 * (stop.h). */
bool team_tell(const team *t, void *bytes, size_t size);
/* The sum and the largest of everybody's numbers. */
bool team_sum(const team *t, uint64_t *value);
bool team_most(const team *t, uint64_t *value);

/* Parts: with all of them, after which this returns, or, where that fails, by ending the others and
 * this process with `code`. */
void team_end(const team *t, bool with_all, int code);

#endif
