/* Choosing a kernel set, and the packed form of weights that all sets read. */
#include <string.h>

#include "kernels/kernels.h"
#include "kernels/list.h"
#include "oneglyph.h"

#if defined(__AVX2__)
#error "dispatch.c must be compiled without instruction-set flags: it runs on every machine"
#endif

#define DECLARE(name) extern const og_kernels og_kernels_##name;
OG_KERNEL_LIST(DECLARE)

#define ADDRESS(name) &og_kernels_##name,
static const og_kernels *const kernel_sets[] = {OG_KERNEL_LIST(ADDRESS)};
enum { KERNEL_SETS = sizeof kernel_sets / sizeof *kernel_sets };

static int usable(const og_kernels *set) {
#if defined(__x86_64__)
  if (strcmp(set->name, "sse41") == 0)
    return __builtin_cpu_supports("sse4.1") != 0;
  if (strcmp(set->name, "avx2") == 0)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (strncmp(set->name, "avx512", 6) == 0)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma") &&
           (!set->name[6] || __builtin_cpu_supports("avx512vnni"));
#endif
  (void)set;
  return 1;
}

const og_kernels *og_kernels_at(size_t index) {
  return index < KERNEL_SETS ? kernel_sets[index] : NULL;
}

const og_kernels *og_kernels_find(const char *name) {
  for (size_t i = KERNEL_SETS; i-- > 0;)
    if ((!name || strcmp(name, kernel_sets[i]->name) == 0) && usable(kernel_sets[i]))
      return kernel_sets[i];
  return NULL;
}

const char *og_isa_name(size_t index) {
  return index < KERNEL_SETS ? kernel_sets[index]->name : NULL;
}

int og_isa_usable(const char *name) {
  return name && og_kernels_find(name) != NULL;
}

size_t og_packed_size(size_t nr, size_t taps, size_t inner, size_t cols) {
  return (cols + nr - 1) / nr * nr * (taps * inner + 1);
}

void og_pack_weights(size_t nr, const og_weights_view *v, const og_real *bias, og_real *packed) {
  for (size_t n0 = 0; n0 < v->cols; n0 += nr) {
    size_t width = v->cols - n0 < nr ? v->cols - n0 : nr;
    for (size_t j = 0; j < nr; j++)
      *packed++ = bias && j < width ? bias[n0 + j] : 0;
    for (size_t t = 0; t < v->taps; t++) {
      size_t tap = v->flip ? v->taps - 1 - t : t;
      for (size_t i = 0; i < v->inner; i++) {
        const og_real *w = v->w + tap * v->tap_stride + i * v->inner_stride + n0 * v->col_stride;
        for (size_t j = 0; j < nr; j++)
          *packed++ = j < width ? w[j * v->col_stride] : 0;
      }
    }
  }
}
