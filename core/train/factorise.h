/* Low rank: the few directions in which a layer's sums differ from drawing to drawing.
 *
 * A large fc layer is replaced by two small ones, through as many numbers as its sums need: their
 * principal components on data, found by subspace iteration (Halko, Martinsson and Tropp 2011,
 * Finding structure with randomness, algorithm 4.4), not those of its weights, most of which are
 * what chance put there before training. */
#ifndef OG_FACTORISE_H
#define OG_FACTORISE_H

#include "kernels/kernels.h"
#include "oneglyph.h"

/* basis[rank][dim]: an orthonormal basis of the `rank` directions in which rows[count][dim] are
 * largest, as good as exactly. Subtract the mean first. Deterministic. OG_ERROR_ARGUMENT unless
 * 0 < rank <= dim, OG_ERROR_FORMAT if there are not so many directions or a row is not finite,
 * OG_ERROR_MEMORY. */
og_status og_principal_basis(const og_kernels *kernels, const float *rows, size_t count, size_t dim,
                             size_t rank, float *basis);

/* out[count][rank]: the rows along each direction of a basis. OG_ERROR_MEMORY. */
og_status og_project(const og_kernels *kernels, const float *rows, size_t count, size_t dim,
                     const float *basis, size_t rank, float *out);

#endif
