/* Several processes that train one net together, each on its part of every batch. The core talks to
 * nobody: whoever runs it brings these functions (native/team.h). */
#ifndef OG_TEAM_H
#define OG_TEAM_H

#include "base/real.h"
#include "oneglyph.h"

enum { OG_TEAM_MOST = 256 };

/* All have the same recipe, data, seed and state and take every step together. Each does all of it
 * but the passes through the net, where process `rank` of `size` takes its part of the slices. Sums
 * must have the bits that one process gives them, so they travel: each adds its slices, in order,
 * to those of the processes before, and the last tells all. The functions return 0, or another
 * number if the others cannot be reached; the run is then over. */
typedef struct og_team {
  uint32_t rank, size;
  void *context;
  /* Fills `sums` with what the process before passed on; the first has none. */
  int (*take)(void *context, og_real *sums, size_t count);
  /* Passes `sums` on, and fills it with what the last process has. */
  int (*pass)(void *context, og_real *sums, size_t count);
  /* Process r has values[starts[r]] up to starts[r + 1]: fills in everybody's. */
  int (*gather)(void *context, og_real *values, const size_t *starts);
} og_team;

#endif
