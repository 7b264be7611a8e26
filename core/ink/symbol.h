/* What a procedural symbol is made of; private to ink/. Angles are in whole turns, 0 to the right
 * and a quarter down; lengths in heights of a letter. */
#ifndef OG_INK_SYMBOL_H
#define OG_INK_SYMBOL_H

#include "base/random.h"
#include "oneglyph.h"

/* A stretch of even curvature: turn by `corner` on the spot, then go `length` while turning by
 * `turn`. */
typedef struct og_piece {
  float corner, length, turn;
} og_piece;

enum { OG_PIECES = 5, OG_LIMBS = 7 };

/* One pen stroke of a symbol. Its point at part `hang` of the way lies on the stroke before it, at
 * part `at` of that one's way, and `dx`, `dy` beside it. */
typedef struct og_limb {
  float heading; /* at the start; relative to the stroke it lies on if `relative` */
  int relative;
  uint32_t base; /* the stroke it lies on; the first stroke lies on none */
  float at, hang, dx, dy;
  uint32_t pieces; /* 0: a dot */
  og_piece piece[OG_PIECES];
} og_limb;

typedef struct og_symbol {
  float slip; /* how far strokes stray from their places, against joined ones */
  uint32_t limbs;
  og_limb limb[OG_LIMBS];
} og_symbol;

/* Invents symbol `symbol` of alphabet `seed`: strokes joined as in letters, or loose ones. */
void og_symbol_invent(uint64_t seed, uint32_t symbol, og_symbol *out);
void og_symbol_invent_loose(uint64_t seed, uint32_t symbol, og_symbol *out);

#endif
