/* The number type of nets and kernels: float.
 *
 * The gradient test compiles the same sources with double (OG_REAL_DOUBLE), so that analytic
 * gradients can be held against finite differences without rounding noise. Nothing else does. */
#ifndef OG_REAL_H
#define OG_REAL_H

#ifdef OG_REAL_DOUBLE
typedef double og_real;
#else
typedef float og_real;
#endif

#endif
