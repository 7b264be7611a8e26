/* Data sets from disk: Omniglot's sets and runs, folders of pictures, ink. */
#ifndef DATASET_LOAD_H
#define DATASET_LOAD_H

#include "fewshot/dataset.h"
#include "ink_distort.h"

/* One of Omniglot's sets ("background", "evaluation", "background_small1", "background_small2")
 * from images_SET.zip or the folder images_SET in `dir` or below DIR/python:
 * Alphabet/characterNN/NNNN_MM.png, MM being the drawer, who draws a character once. */
og_status dataset_load(const char *dir, const char *set, og_dataset **out, og_error *error);

/* DIR/CLASS/anything.png|jpg|jpeg: one alphabet, drawers unknown. */
og_status dataset_load_folder(const char *dir, og_dataset **out, og_error *error);

/* A JSON-lines file, plain or gzipped: {"class": "..", "drawer": .., "strokes": [[[x,y],..],..]} a
 * line. A class "A/b" belongs to alphabet "A". Drawers may be numbers or strings. `distortion` as
 * in ink_raster; the drawings' order does not depend on it. */
og_status dataset_load_ink(const char *path, const ink_distortion *distortion, og_dataset **out,
                           og_error *error);
/* The same for the pen's strokes of one of Omniglot's sets (see dataset_strokes.h). */
og_status dataset_load_strokes(const char *dir, const char *set, const ink_distortion *distortion,
                               og_dataset **out, og_error *error);
/* The same for invented symbols: 10 alphabets of 30 symbols, drawn by 10 people each. */
og_status dataset_invent_strokes(uint64_t seed, const ink_distortion *distortion, og_dataset **out,
                                 og_error *error);
/* A file without distortion, from memory; `path` is named in errors. */
og_status dataset_read_ink(const char *path, const char *text, size_t size, og_dataset **out,
                           og_error *error);

/* Lake's 20 runs of 20 trials, from all_runs.zip, the folder all_runs or the folders run01 to run20
 * in `dir`, DIR/one-shot-classification or DIR/python/one-shot-classification. */
typedef struct run_set {
  size_t runs;
  uint8_t *support, *query; /* [runs * 20][OG_RASTER_SIZE] */
  uint32_t *truth;          /* [runs * 20] which of its run's 20 supports each query is: 0 .. 19 */
} run_set;

enum { RUN_WAYS = 20 };

og_status runs_load(const char *dir, run_set **out, og_error *error);
void runs_free(run_set *runs);

#endif
