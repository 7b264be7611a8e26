/* The kernel set "simd128": the shared bodies over vec_simd128.h. */
#ifdef __wasm_simd128__
#include "kernels/kernels.h"

#include "kernels/vec_simd128.h"

#include "kernels/body.h"
#else
typedef int og_empty_translation_unit; /* this build has no simd128 */
#endif
