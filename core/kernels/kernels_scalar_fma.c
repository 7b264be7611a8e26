/* The kernel set "scalar_fma": the shared bodies over vec_scalar_fma.h. */
#ifndef OG_REAL_DOUBLE
#include "kernels/kernels.h"

#include "kernels/vec_scalar_fma.h"

#include "kernels/body.h"
#else
typedef int og_empty_translation_unit; /* this build has no scalar_fma */
#endif
