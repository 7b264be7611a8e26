/* Building data sets. See dataset_build.h. */
#include "dataset_build.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Length of the alphabet's name at the front of a class's. */
static size_t alphabet_length(const char *class) {
  const char *slash = strchr(class, '/');
  return slash ? (size_t)(slash - class) : 0;
}

static int compare_alphabets(const char *a, const char *b) {
  size_t x = alphabet_length(a), y = alphabet_length(b);
  int order = memcmp(a, b, x < y ? x : y);
  return order ? order : (x > y) - (x < y);
}

/* By alphabet first: by their whole names, "b-c/x" would come between "b" and "b/x". The place
 * makes the order complete, so that it does not depend on how qsort works. */
static int in_order(const void *a, const void *b) {
  const item *x = a, *y = b;
  int order = compare_alphabets(x->class, y->class);
  order = order ? order : strcmp(x->class, y->class);
  order = order ? order : (x->drawer > y->drawer) - (x->drawer < y->drawer);
  return order ? order : (x->place > y->place) - (x->place < y->place);
}

static int same_alphabet(const char *a, const char *b) {
  return compare_alphabets(a, b) == 0;
}

/* Width and height out of a PNG's IHDR. */
static int is_square(const item *it) {
  static const uint8_t side[8] = {0, 0, 0, OG_RASTER_SIDE, 0, 0, 0, OG_RASTER_SIDE};
  return it->size > 24 && memcmp(it->bytes + 16, side, sizeof side) == 0;
}

static og_status decode(const item *it, int omniglot, uint8_t *raster, og_error *error) {
  if (it->raster) {
    memcpy(raster, it->raster, OG_RASTER_SIZE);
    return OG_OK;
  }
  if (omniglot && !is_square(it))
    return og_fail(error, OG_ERROR_FORMAT, "not a PNG of 105 x 105 pixels", NULL);
  return og_raster_from_image(it->bytes, it->size, raster, error);
}

static og_status fill_rasters(const char *path, const item *items, int omniglot, og_dataset *set,
                              og_error *error) {
  size_t bad = SIZE_MAX;
  og_error first = {0};
#pragma omp parallel for schedule(dynamic, 64)
  for (size_t i = 0; i < set->drawings; i++) {
    og_error local = {0};
    if (decode(&items[i], omniglot, set->rasters + i * OG_RASTER_SIZE, &local))
#pragma omp critical
      if (i < bad) { /* the same message whichever thread is first */
        bad = i;
        first = local;
      }
  }
  return bad == SIZE_MAX ? OG_OK
                         : og_fail(error, first.status ? first.status : OG_ERROR_FORMAT, path, ": ",
                                   items[bad].name, ": ", first.text, NULL);
}

static char *copy_text(const char *text, size_t length) {
  return strndup(text, length);
}

static og_status fill_names(const item *items, og_dataset *set) {
  size_t class = 0, alphabet = 0;
  for (size_t i = 0; i < set->drawings; i++) {
    const char *name = items[i].class;
    if (i && strcmp(name, items[i - 1].class) != 0) {
      class ++;
      alphabet += !same_alphabet(name, items[i - 1].class);
    }
    if (!set->class_names[class]) {
      set->class_start[class] = (uint32_t)i;
      set->alphabet_of[class] = (uint32_t)alphabet;
      set->class_names[class] = copy_text(name, strlen(name));
    }
    if (!set->alphabet_names[alphabet]) {
      set->alphabet_start[alphabet] = (uint32_t) class;
      set->alphabet_names[alphabet] = copy_text(name, alphabet_length(name));
    }
    if (!set->class_names[class] || !set->alphabet_names[alphabet])
      return OG_ERROR_MEMORY;
    set->class_of[i] = (uint32_t) class;
    set->drawer_of[i] = items[i].drawer;
  }
  set->class_start[set->classes] = (uint32_t)set->drawings;
  set->alphabet_start[set->alphabets] = (uint32_t)set->classes;
  return OG_OK;
}

/* Of two drawings by one drawer, one would be the other's support: a lie in any count. */
static og_status check_drawers(const char *path, const item *items, size_t count, og_error *error) {
  for (size_t i = 1; i < count; i++)
    if (items[i].drawer == items[i - 1].drawer && !strcmp(items[i].class, items[i - 1].class))
      return og_fail(error, OG_ERROR_FORMAT, path, ": ", items[i].name,
                     ": its drawer has drawn this character already", NULL);
  return OG_OK;
}

og_status dataset_build(const char *path, item *items, size_t count, int omniglot, og_dataset **out,
                        og_error *error) {
  *out = NULL;
  if (!count)
    return og_fail(error, OG_ERROR_EMPTY, path, ": no drawings in it", NULL);
  for (size_t i = 0; i < count; i++)
    items[i].place = i;
  qsort(items, count, sizeof *items, in_order);
  og_status status = omniglot ? check_drawers(path, items, count, error) : OG_OK;
  if (status)
    return status;
  size_t classes = 1, alphabets = 1;
  for (size_t i = 1; i < count; i++) {
    classes += strcmp(items[i].class, items[i - 1].class) != 0;
    alphabets += !same_alphabet(items[i].class, items[i - 1].class);
  }
  og_dataset *set;
  status = og_dataset_create(count, classes, alphabets, &set);
  if (!status)
    status = fill_names(items, set);
  if (status)
    og_fail(error, status, path, ": out of memory", NULL);
  else
    status = fill_rasters(path, items, omniglot, set, error);
  if (status) {
    og_dataset_free(set);
    return status;
  }
  *out = set;
  return OG_OK;
}
