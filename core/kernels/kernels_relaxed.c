/* The kernel set "relaxed": the shared bodies over vec_simd128.h, relaxed. */
#if defined(__wasm_relaxed_simd__) && !defined(OG_REAL_DOUBLE)
#include "kernels/kernels.h"

#include "kernels/vec_simd128.h"

#include "kernels/body.h"
#else
typedef int og_empty_translation_unit; /* this build has no relaxed */
#endif
