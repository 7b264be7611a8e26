/* The kernel set "scalar": the shared bodies over vec_scalar.h. */
#include "kernels/kernels.h"

#include "kernels/vec_scalar.h"

#include "kernels/body.h"
