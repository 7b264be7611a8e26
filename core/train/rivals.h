/* The characters that each character is most easily taken for. */
#ifndef OG_RIVALS_H
#define OG_RIVALS_H

#include "fewshot/dataset.h"
#include "ink/ink.h"
#include "oneglyph.h"

/* Class c's rivals are list[start[c]] .. list[start[c + 1] - 1], the most alike first: all other
 * classes of its alphabet. strangers[c * reach] .. are the most alike of other alphabets. */
typedef struct og_rivals {
  uint32_t *list, *start, *strangers, reach;
} og_rivals;

/* By the cosine of their mean drawings (normalised, on a coarse grid); `glyphs` [set->drawings];
 * as many strangers of each as are asked for, or there are. OG_ERROR_MEMORY. Deterministic,
 * whatever the threads; so is og_rivals_ask. */
og_status og_rivals_find(const og_dataset *set, const og_glyph *glyphs, const og_input *input,
                         uint32_t strangers, uint32_t threads, og_rivals *out);
/* By the cosine of their mean embeddings: what this net takes for each other. OG_ERROR_MEMORY, and
 * the errors of og_embed. */
og_status og_rivals_ask(const og_dataset *set, const og_model *model, uint32_t strangers,
                        uint32_t threads, og_rivals *out);
void og_rivals_free(og_rivals *rivals);

#endif
