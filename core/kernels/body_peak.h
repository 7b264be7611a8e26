/* How fast multiply-adds can be; included by body.h. */

/* `rounds` times as many multiply-adds as a tile holds, each sum depending on nothing but itself:
 * what the tile would reach if it had nothing to load. The result only keeps compilers from leaving
 * it out. */
static og_real peak(size_t rounds) {
  og_vec sum[OG_MR][OG_NV], x = og_vsplat((og_real)1e-3), w = og_vsplat((og_real)0.999);
  OG_UNROLL
  for (int i = 0; i < OG_MR; i++)
    OG_UNROLL
  for (int j = 0; j < OG_NV; j++)
    sum[i][j] = og_vsplat((og_real)(i * OG_NV + j)); /* no two alike */
  for (; rounds > 0; rounds--)
    OG_UNROLL
  for (int i = 0; i < OG_MR; i++)
    OG_UNROLL
  for (int j = 0; j < OG_NV; j++)
    sum[i][j] = og_vmadd(x, w, sum[i][j]);
  og_real total[OG_LANES], all = 0;
  for (int i = 0; i < OG_MR; i++)
    for (int j = 0; j < OG_NV; j++) {
      og_vstore(total, sum[i][j]);
      all += total[0];
    }
  return all;
}
