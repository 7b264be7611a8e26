/* The kernel set "avx512vnni": the shared bodies over vec_avx512.h, compiled with VNNI. */
#if defined(__AVX512VNNI__) && !defined(OG_REAL_DOUBLE)
#include "kernels/kernels.h"

#include "kernels/vec_avx512.h"

#include "kernels/body.h"
#else
typedef int og_empty_translation_unit; /* this build has no avx512vnni */
#endif
