/* PNG and JPEG bytes to pixels, by stb_image; the only file that knows it. Native builds only.
 *
 * A picture's header is held against our limits before a pixel is decoded, memory is bounded
 * however far the compressed data would expand, and so is the time of a JPEG with endless scans. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "oneglyph.h"

/* The most one allocation may be: a picture of the largest size with 16-bit channels, and the
 * filter byte of each of its rows. */
#define LARGEST_BLOCK ((size_t)OG_MAX_IMAGE_PIXELS * 8 + OG_MAX_IMAGE_SIDE)

/* Zeros, since stb decodes a JPEG whose scans end early, and shows the rest as it finds it. */
static void *bounded_malloc(size_t size) {
  return size > LARGEST_BLOCK ? NULL : calloc(1, size);
}

static void *bounded_realloc(void *block, size_t size) {
  return size > LARGEST_BLOCK ? NULL : realloc(block, size);
}

/* stb copies nothing to nowhere for a PNG's empty IDAT, which memcpy may not be asked to. */
static void *copy(void *to, const void *from, size_t size) {
  return size ? memcpy(to, from, size) : to;
}
#define memcpy copy

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_NO_HDR
#define STBI_NO_LINEAR
#define STBI_NO_FAILURE_STRINGS
#define STBI_MAX_DIMENSIONS OG_MAX_IMAGE_SIDE
#define STBI_ASSERT(x) ((void)(x))
#define STBI_MALLOC(size) bounded_malloc(size)
#define STBI_REALLOC(block, size) bounded_realloc(block, size)
#define STBI_FREE(block) free(block)
#pragma GCC diagnostic ignored "-Wunused-function" /* decoders that are left out */
#include <stb_image.h>
#undef memcpy

/* A progressive JPEG needs about ten scans. Each costs a pass over the whole picture, so a small
 * file with thousands of them would decode for hours. */
enum { MOST_SCANS = 100 };

/* Whether a DHT segment holds whole Huffman tables of at most 256 codes each; stb reads on behind
 * its end otherwise, and writes all codes down. */
static int tables_fit(const uint8_t *segment, size_t size) {
  size_t at = 2;
  while (at + 17 <= size) {
    size_t codes = 0;
    for (size_t k = 1; k <= 16; k++)
      codes += segment[at + k];
    if (codes > 256)
      return 0;
    at += 17 + codes;
  }
  return at == size;
}

/* Walks the segments of a JPEG (ITU T.81, annex B) to its end mark and refuses what stb would not:
 * files that end early, which it shows as grey, and those that would overrun its tables or take
 * for ever. */
static og_status check_jpeg(const uint8_t *bytes, size_t size, og_error *error) {
  int scans = 0;
  size_t at = 2;
  while (at + 2 <= size && !(bytes[at] == 0xff && bytes[at + 1] == 0xd9)) {
    uint8_t marker = bytes[at + 1];
    if (bytes[at] != 0xff || marker == 0x00 || marker == 0xff ||
        (marker >= 0xd0 && marker < 0xd8)) {
      at++; /* coded data, padding, restart marks */
      continue;
    }
    size_t length = at + 4 <= size ? (size_t)bytes[at + 2] << 8 | bytes[at + 3] : size;
    if (length > size - at - 2)
      break;
    if (marker == 0xc4 && !tables_fit(bytes + at + 2, length))
      return og_fail(error, OG_ERROR_FORMAT, "picture: JPEG with a broken table", NULL);
    if (marker == 0xda && ++scans > MOST_SCANS)
      return og_fail(error, OG_ERROR_TOO_LARGE, "picture: JPEG of more than 100 scans", NULL);
    at += 2 + length;
  }
  if (at + 2 > size || bytes[at] != 0xff || bytes[at + 1] != 0xd9)
    return og_fail(error, OG_ERROR_FORMAT, "picture: JPEG is cut short", NULL);
  return OG_OK;
}

og_status og_raster_from_image(const void *bytes, size_t size, uint8_t raster[OG_RASTER_SIZE],
                               og_error *error) {
  static const uint8_t png[4] = {0x89, 'P', 'N', 'G'}, jpeg[3] = {0xff, 0xd8, 0xff};
  int is_jpeg = size > 4 && memcmp(bytes, jpeg, sizeof jpeg) == 0;
  if (!is_jpeg && !(size > 4 && memcmp(bytes, png, sizeof png) == 0))
    return og_fail(error, OG_ERROR_FORMAT, "picture: neither PNG nor JPEG", NULL);
  if (size > INT_MAX)
    return og_fail(error, OG_ERROR_TOO_LARGE, "picture: file of more than 2 GiB", NULL);
  og_status status = is_jpeg ? check_jpeg(bytes, size, error) : OG_OK;
  if (status != OG_OK)
    return status;
  int width, height, channels;
  if (!stbi_info_from_memory(bytes, (int)size, &width, &height, &channels))
    return og_fail(error, OG_ERROR_FORMAT, "picture: broken header", NULL);
  if (width > OG_MAX_IMAGE_SIDE || height > OG_MAX_IMAGE_SIDE ||
      (size_t)width * (size_t)height > OG_MAX_IMAGE_PIXELS)
    return og_fail(error, OG_ERROR_TOO_LARGE,
                   "picture: more than 8192 pixels wide or high, or "
                   "more than 33554432 in all",
                   NULL);
  uint8_t *rgba = stbi_load_from_memory(bytes, (int)size, &width, &height, &channels, 4);
  if (!rgba)
    return og_fail(error, OG_ERROR_FORMAT, "picture: broken or cut short", NULL);
  status = og_raster_from_rgba(rgba, (size_t)width, (size_t)height, raster, error);
  stbi_image_free(rgba);
  return status;
}
