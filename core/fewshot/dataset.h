/* A set of drawings with their classes, drawers and alphabets, in memory. Filled by native/,
 * read by training and evaluation. */
#ifndef OG_DATASET_H
#define OG_DATASET_H

#include "oneglyph.h"

/* The pen strokes of a drawing, in pixels of its raster; strokes 0: not known. */
typedef struct og_ink {
  float *xy;         /* all points, stroke after stroke */
  uint32_t *lengths; /* [strokes] points of each */
  uint32_t strokes, points;
} og_ink;

/* Drawings are sorted by class, then drawer; classes by alphabet. A character is a class; sets
 * without alphabets have one named "". */
typedef struct og_dataset {
  size_t drawings, classes, alphabets;
  uint8_t *rasters;         /* [drawings][OG_RASTER_SIZE] */
  uint32_t *class_of;       /* [drawings] */
  uint32_t *drawer_of;      /* [drawings]; OG_NO_DRAWER where unknown */
  uint32_t *class_start;    /* [classes + 1] first drawing of each class */
  uint32_t *alphabet_of;    /* [classes] */
  uint32_t *alphabet_start; /* [alphabets + 1] first class of each alphabet */
  char **class_names;       /* [classes] "Alphabet/character01" */
  char **alphabet_names;    /* [alphabets] */
  og_ink *ink;              /* [drawings], each with memory from malloc; NULL: none is known */
} og_dataset;

#define OG_NO_DRAWER UINT32_MAX

/* Zeroed arrays of the given sizes; names are NULL until set (with memory from malloc). */
og_status og_dataset_create(size_t drawings, size_t classes, size_t alphabets, og_dataset **out);
void og_dataset_free(og_dataset *set);

/* The end of making a set: hands it over, or, if `status` is an error, frees it. Returns `status`.
 */
og_status og_dataset_finish(og_status status, og_dataset *set, og_dataset **out);

/* A set of equal alphabets whose every class every drawer drew once, all but its rasters, which are
 * zeros. Names are "ALPHABETnn/CLASSnn"; words of 30 letters at most. OG_ERROR_ARGUMENT for a zero,
 * OG_ERROR_TOO_LARGE past 4096. */
og_status og_dataset_create_even(size_t alphabets, size_t classes_each, size_t drawers,
                                 const char *alphabet_word, const char *class_word,
                                 og_dataset **out);

static inline const uint8_t *og_dataset_raster(const og_dataset *set, size_t drawing) {
  return set->rasters + drawing * OG_RASTER_SIZE;
}

/* A copy of the alphabets marked in `keep` [alphabets]; OG_ERROR_EMPTY if none. */
og_status og_dataset_select(const og_dataset *set, const uint8_t *keep, og_dataset **out);

/* A copy with the drawings of `count` drawers of each alphabet, those after its first `first` ones,
 * in the order of their numbers. OG_ERROR_EMPTY if an alphabet has not so many; *lacking is it. */
og_status og_dataset_take_drawers(const og_dataset *set, size_t first, size_t count,
                                  og_dataset **out, size_t *lacking);

/* `alphabets` x `classes_each` procedural symbols (ink.h) by `drawers` drawers each, the last
 * `loose` alphabets of loose strokes; names are "alphabetNN/symbolNN". */
og_status og_dataset_procedural(uint64_t seed, size_t alphabets, size_t loose, size_t classes_each,
                                size_t drawers, og_dataset **out);

/* `alphabets` x `classes_each` compound characters (ink/compose.h) by `drawers` drawers each, made
 * of the characters of `set`: in most alphabets of letters with and without marks, in the others of
 * pairs of letters. Drawer d draws the parts as the d-th of their drawers does. Names are
 * "compoundNN/characterNN". OG_ERROR_EMPTY if `set` has no class, or one without drawings or ink.
 */
og_status og_dataset_compounds(const og_dataset *set, uint64_t seed, size_t alphabets,
                               size_t classes_each, size_t drawers, og_dataset **out);

/* The alphabets of `first`, then those of `second`, copied. */
og_status og_dataset_join(const og_dataset *first, const og_dataset *second, og_dataset **out);

#endif
