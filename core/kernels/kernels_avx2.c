/* The kernel set "avx2": the shared bodies over vec_avx2.h. */
#if defined(__AVX2__) && !defined(OG_REAL_DOUBLE)
#include "kernels/kernels.h"

#include "kernels/vec_avx2.h"

#include "kernels/body.h"
#else
typedef int og_empty_translation_unit; /* this build has no avx2 */
#endif
