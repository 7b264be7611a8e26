/* Several characters written as one, the way scripts make new characters out of old ones: a small
 * mark at a letter, as vowel signs are, or two letters joined, as in a ligature. */
#ifndef OG_COMPOSE_H
#define OG_COMPOSE_H

#include "base/random.h"
#include "oneglyph.h"

/* The middle lines of a raster: straight pieces one pixel long, a dot's of no length. */
typedef struct og_lines {
  uint8_t (*ends)[4]; /* [count] x, y of the one end, x, y of the other, in pixels; malloc */
  uint32_t count;
  uint8_t left, top, right, bottom; /* their box, ends included */
} og_lines;

/* OG_ERROR_EMPTY if there is no ink, OG_ERROR_MEMORY. */
og_status og_lines_find(const uint8_t raster[OG_RASTER_SIZE], og_lines *out);
void og_lines_free(og_lines *lines);

/* Lines, how long the longer side of their box becomes, and where its middle stands. A letter that
 * the others belong to has size 1 and stands at (0, 0); y goes down. */
typedef struct og_part {
  const og_lines *lines;
  float size, x, y;
} og_part;

enum { OG_PARTS = 3 };

/* Draws parts, OG_PARTS at most, with Omniglot's pen into one raster, each a little off its size,
 * place and direction, as a hand would. All together are as large, and anywhere, as Omniglot's
 * people draw. OG_ERROR_EMPTY if there are none. The same bits on every machine. */
og_status og_compose(const og_part *parts, size_t count, og_random *random,
                     uint8_t raster[OG_RASTER_SIZE]);

#endif
