/* The kernel set "scalar_fma": the shared bodies over vec_scalar.h, fused. */
#ifndef OG_REAL_DOUBLE
#include "kernels/kernels.h"

#define OG_SCALAR_FUSED
#include "kernels/vec_scalar.h"

#include "kernels/body.h"
#else
typedef int og_empty_translation_unit; /* this build has no scalar_fma */
#endif
