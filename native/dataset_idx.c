/* IDX files. See dataset_idx.h. */
#include "dataset_idx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "dataset_build.h"
#include "gunzip.h"
#include "json_read.h"

enum { MOST_FILE = 1 << 28, PLACE = 512, LABELS = 256 };

og_status idx_read(const uint8_t *bytes, size_t size, uint32_t dimensions, idx *out,
                   og_error *error) {
  static const uint8_t zeros[2];
  size_t header = 4 + 4 * (size_t)dimensions;
  if (size < header || memcmp(bytes, zeros, 2) || bytes[2] != 8 || bytes[3] != dimensions)
    return og_fail(error, OG_ERROR_FORMAT, "not an IDX file of bytes with the right dimensions",
                   NULL);
  *out = (idx){{1, 1, 1}, bytes + header};
  uint64_t left = size - header; /* how often the dimensions so far fit into what is there */
  for (uint32_t d = 0; d < dimensions; d++) {
    const uint8_t *at = bytes + 4 + 4 * (size_t)d;
    out->size[d] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    if (!out->size[d] || left % out->size[d])
      left = 0;
    else
      left /= out->size[d];
  }
  return left == 1 ? OG_OK
                   : og_fail(error, OG_ERROR_FORMAT,
                             "an IDX file whose header and length do not agree", NULL);
}

/* Finds the ink of one image: dark on a sheet twice as wide and high as the image, for what fills a
 * picture to its edges is no ink on paper. `rgba` is
 * white around where the image goes. */
static og_status draw(const uint8_t *grey, uint32_t rows, uint32_t columns, uint8_t *rgba,
                      uint8_t *raster, og_error *error) {
  for (uint32_t y = 0; y < rows; y++)
    for (uint32_t x = 0; x < columns; x++)
      memset(rgba + 4 * ((y + rows / 2) * (size_t)(2 * columns) + x + columns / 2),
             255 - grey[y * columns + x], 3);
  return og_raster_from_rgba(rgba, 2 * columns, 2 * rows, raster, error);
}

/* Draws all; of several errors the first image's, whichever thread is first. */
static og_status draw_all(const idx *images, item *items, og_error *error) {
  uint32_t rows = images->size[1], columns = images->size[2], bad = UINT32_MAX;
  size_t pixels = (size_t)rows * columns;
  og_error first = {0};
#pragma omp parallel
  {
    uint8_t *rgba = malloc(16 * pixels);
    if (rgba)
      memset(rgba, 255, 16 * pixels);
#pragma omp for schedule(dynamic, 64)
    for (uint32_t i = 0; i < images->size[0]; i++) {
      og_error local = {.status = OG_ERROR_MEMORY, .text = "out of memory"};
      items[i].raster = malloc(OG_RASTER_SIZE);
      if (rgba && items[i].raster &&
          !draw(images->data + i * pixels, rows, columns, rgba, items[i].raster, &local))
        continue;
#pragma omp critical
      if (i < bad) {
        bad = i;
        first = local;
      }
    }
    free(rgba);
  }
  if (bad == UINT32_MAX)
    return OG_OK;
  char number[16];
  snprintf(number, sizeof number, "%u", bad);
  return og_fail(error, first.status, "image ", number, ": ", first.text, NULL);
}

static og_status check(const idx *images, const idx *labels, og_error *error) {
  if (images->size[0] != labels->size[0])
    return og_fail(error, OG_ERROR_FORMAT, "images and labels are not equally many", NULL);
  if (images->size[0] > MOST_IDX_IMAGES || images->size[1] > MOST_IDX_SIDE ||
      images->size[2] > MOST_IDX_SIDE)
    return og_fail(error, OG_ERROR_TOO_LARGE, "more than 65536 images or 256 x 256 pixels", NULL);
  return OG_OK;
}

og_status dataset_read_idx(const char *path, const uint8_t *images, size_t images_size,
                           const uint8_t *labels, size_t labels_size, og_dataset **out,
                           og_error *error) {
  idx i, l;
  char names[LABELS][12]; /* room for any int, for compilers that do not see the loop */
  *out = NULL;
  og_status status = idx_read(images, images_size, 3, &i, error);
  if (!status)
    status = idx_read(labels, labels_size, 1, &l, error);
  if (!status)
    status = check(&i, &l, error);
  item *items = status ? NULL : calloc(i.size[0], sizeof *items);
  if (!status && !items)
    status = og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  for (int n = 0; n < LABELS; n++)
    snprintf(names[n], sizeof names[n], "%d", n);
  for (uint32_t n = 0; !status && n < i.size[0]; n++)
    items[n] = (item){.class = names[l.data[n]], .drawer = OG_NO_DRAWER, .name = ""};
  if (!status)
    status = draw_all(&i, items, error);
  if (status)
    error_at(error, path);
  else
    status = dataset_build(path, items, i.size[0], 0, out, error);
  for (uint32_t n = 0; items && n < i.size[0]; n++)
    free(items[n].raster);
  free(items);
  return status;
}

/* Reads DIR/FRONT-WHAT-idxN-ubyte under the first of its names that is there. */
static og_status read_file(const char *dir, const char *front, const char *what, uint8_t **bytes,
                           size_t *size, og_error *error) {
  static const char *const ends[] = {"-", ".", "-", "."};
  int dimensions = strcmp(what, "labels") ? 3 : 1;
  char path[PLACE];
  for (size_t i = 0; i < 4; i++) {
    int length = snprintf(path, sizeof path, "%s/%s-%s%sidx%d-ubyte%s", dir, front, what, ends[i],
                          dimensions, i < 2 ? "" : ".gz");
    if (length >= (int)sizeof path)
      return og_fail(error, OG_ERROR_ARGUMENT, dir, ": the name is too long", NULL);
    if (!access(path, F_OK))
      return file_read_unpacked(path, MOST_FILE, bytes, size, error);
  }
  char wanted[64];
  snprintf(wanted, sizeof wanted, "%s-%s-idx%d-ubyte", front, what, dimensions);
  return og_fail(error, OG_ERROR_ARGUMENT, dir, ": no ", wanted, " (or .gz) in it", NULL);
}

og_status dataset_load_idx(const char *dir, const char *set, og_dataset **out, og_error *error) {
  *out = NULL;
  if (strcmp(set, "test") && strcmp(set, "train"))
    return og_fail(error, OG_ERROR_ARGUMENT, "MNIST has the sets test and train, not '", set, "'",
                   NULL);
  const char *front = strcmp(set, "train") ? "t10k" : "train";
  uint8_t *images = NULL, *labels = NULL;
  size_t images_size, labels_size;
  og_status status = read_file(dir, front, "images", &images, &images_size, error);
  if (!status)
    status = read_file(dir, front, "labels", &labels, &labels_size, error);
  if (!status)
    status = dataset_read_idx(dir, images, images_size, labels, labels_size, out, error);
  free(images);
  free(labels);
  return status;
}
