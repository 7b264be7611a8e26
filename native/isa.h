/* Which kernels a command runs: --isa, or ONEGLYPH_ISA, or the best this machine can; and in which
 * precision. */
#ifndef ISA_H
#define ISA_H

#include "oneglyph.h"
#include "options.h"

/* How a model is run. */
typedef struct kernel_choice {
  const char *isa_text, *precision_text; /* as given */
  const char *isa;                       /* NULL: the best */
  og_precision precision;
} kernel_choice;

/* The options of every command that runs a model; `choice` is a kernel_choice. */
#define KERNEL_OPTIONS(choice)                                                                     \
  ISA_OPTION((choice).isa_text), PRECISION_OPTION((choice).precision_text)

/* `variable` is a const char *. */
#define ISA_OPTION(variable)                                                                       \
  TEXT_OPTION("isa", &(variable), "NAME",                                                          \
              "kernels to use (ONEGLYPH_ISA, or the best of this machine)")

/* `variable` is a const char *. */
#define PRECISION_OPTION(variable)                                                                 \
  TEXT_OPTION("precision", &(variable), "P", "of the net's products: f32 (default) or int16")

/* Sets *isa to `given`, or if that is NULL to the environment's ONEGLYPH_ISA, or to NULL. Returns
 * OPTIONS_RUN, or the exit code after a line that lists the usable names. */
int isa_choose(const char *given, const char **isa);

/* "f32" or "int16". */
const char *precision_name(og_precision precision);

/* The same for both options. */
int kernel_choose(kernel_choice *choice);

#endif
