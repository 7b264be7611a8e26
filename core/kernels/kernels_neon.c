/* The kernel set "neon": the shared bodies over vec_neon.h. */
#if defined(__aarch64__) && !defined(OG_REAL_DOUBLE)
#include "kernels/kernels.h"

#include "kernels/vec_neon.h"

#include "kernels/body.h"
#else
typedef int og_empty_translation_unit; /* this build has no neon */
#endif
