/* Which kernels a command runs: --isa, or ONEGLYPH_ISA, or the best this machine can. */
#ifndef ISA_H
#define ISA_H

#include "options.h"

/* The option every command that runs a model has; `variable` is a const char *. */
#define ISA_OPTION(variable)                                                                       \
  TEXT_OPTION("isa", &(variable), "NAME",                                                          \
              "kernels to use (ONEGLYPH_ISA, or the best of this machine)")

/* Sets *isa to `given`, or if that is NULL to the environment's ONEGLYPH_ISA, or to NULL. Returns
 * OPTIONS_RUN, or the exit code after a line that lists the usable names. */
int isa_choose(const char *given, const char **isa);

#endif
