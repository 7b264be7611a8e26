/* The kernel sets of this build, best last: OG_KERNEL_LIST(X) expands X(name) for each. Dispatch,
 * tests and benchmarks all read this list. */
#ifndef OG_KERNEL_LIST

#if defined(OG_REAL_DOUBLE)
#define OG_KERNEL_LIST(X) X(scalar)
#elif defined(__wasm_simd128__)
#define OG_KERNEL_LIST(X) X(scalar) X(simd128)
#elif defined(__wasm__)
#define OG_KERNEL_LIST(X) X(scalar)
#elif defined(__x86_64__)
#define OG_KERNEL_LIST(X) X(scalar_fma) X(scalar) X(sse41) X(avx2) X(avx512)
#elif defined(__aarch64__)
#define OG_KERNEL_LIST(X) X(scalar_fma) X(scalar) X(neon)
#else
#define OG_KERNEL_LIST(X) X(scalar_fma) X(scalar)
#endif

#endif
