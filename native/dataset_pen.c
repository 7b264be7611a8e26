/* Data sets of strokes that are no ink file: Omniglot's and invented ones. See dataset_load.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dataset_build.h"
#include "dataset_load.h"
#include "dataset_strokes.h"
#include "ink/ink.h"

enum { ALPHABETS = 10, SYMBOLS = 30, DRAWERS = 10 };

static og_status draw(item *it, const ink_distortion *distortion, uint64_t number,
                      const og_strokes *strokes, og_error *error) {
  it->raster = malloc(OG_RASTER_SIZE);
  if (!it->class || !it->raster)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  return ink_raster(distortion, number, strokes, it->raster, error);
}

/* Builds the set unless something went wrong, and frees the items. */
static og_status finish(const char *path, item *items, size_t count, og_status status,
                        og_dataset **out, og_error *error) {
  if (!status)
    status = dataset_build(path, items, count, 0, out, error);
  for (size_t i = 0; i < count; i++) {
    free(items[i].class);
    free(items[i].raster);
  }
  free(items);
  return status;
}

/* "Alphabet/characterNN/NNNN_MM": what stands before the last '/' is the class, MM the drawer. */
static void read_name(const char *name, item *out) {
  const char *file = strrchr(name, '/'), *drawer = strrchr(name, '_');
  out->name = name;
  out->class = file ? strndup(name, (size_t)(file - name)) : strdup(name);
  out->drawer =
      drawer && (!file || drawer > file) ? (uint32_t)strtoul(drawer + 1, NULL, 10) : OG_NO_DRAWER;
}

og_status dataset_load_strokes(const char *dir, const char *set, const ink_distortion *distortion,
                               og_dataset **out, og_error *error) {
  stroke_set strokes;
  *out = NULL;
  og_status status = strokes_load(dir, set, &strokes, error);
  if (status)
    return status;
  item *items = calloc(strokes.count + 1, sizeof *items);
  size_t count = 0;
  if (!items)
    status = og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  for (; !status && count < strokes.count; count++) {
    const stroke_drawing *d = &strokes.drawings[count];
    const og_strokes lines = stroke_drawing_strokes(d);
    read_name(d->name, &items[count]);
    status = draw(&items[count], distortion, count, &lines, error);
  }
  status = finish(dir, items, count, status, out, error);
  strokes_free(&strokes);
  return status;
}

og_status dataset_invent_strokes(uint64_t seed, const ink_distortion *distortion, og_dataset **out,
                                 og_error *error) {
  item *items = calloc(ALPHABETS * SYMBOLS * DRAWERS, sizeof *items);
  size_t count = 0;
  og_status status = OG_OK;
  *out = NULL;
  if (!items)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  for (; !status && count < ALPHABETS * SYMBOLS * DRAWERS; count++) {
    size_t symbol = count / DRAWERS;
    og_drawing drawing;
    og_symbol_draw(OG_SYMBOL_JOINED, seed + symbol / SYMBOLS, (uint32_t)(symbol % SYMBOLS),
                   (uint32_t)(count % DRAWERS), &drawing);
    const og_strokes lines = og_drawing_strokes(&drawing);
    items[count] = (item){.drawer = (uint32_t)(count % DRAWERS), .name = "invented"};
    char class[48];
    snprintf(class, sizeof class, "alphabet%02zu/symbol%02zu", symbol / SYMBOLS + 1,
             symbol % SYMBOLS + 1);
    items[count].class = strdup(class);
    status = draw(&items[count], distortion, count, &lines, error);
  }
  return finish("procedural", items, count, status, out, error);
}
