/* The kernel set "sse41": the shared bodies over vec_sse41.h. */
#if defined(__SSE4_1__) && !defined(OG_REAL_DOUBLE)
#include "kernels/kernels.h"

#include "kernels/vec_sse41.h"

#include "kernels/body.h"
#else
typedef int og_empty_translation_unit; /* this build has no sse41 */
#endif
