/* PNG and JPEG files: read right, and refused in one line when broken, cut short or too large. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/pictures.h"
#include "core/rasters.h"

static og_status decode(const void *bytes, size_t size, uint8_t *raster) {
  og_error error = {OG_OK, ""};
  og_status status = og_raster_from_image(bytes, size, raster, &error);
  if (status != OG_OK) {
    assert_int_equal(error.status, status);
    assert_true(error.text[0] != '\0');
  }
  return status;
}

/* An exact copy on the heap, so that the sanitizer sees a byte read too far. */
static uint8_t *cut(const uint8_t *bytes, size_t size) {
  uint8_t *copy = malloc(size ? size : 1);
  assert_non_null(copy);
  memcpy(copy, bytes, size);
  return copy;
}

static uint8_t *symbol_png(size_t side, size_t *size, uint8_t *expected) {
  og_drawing d;
  og_symbol_draw(OG_SYMBOL_JOINED, 1, 2, 3, &d);
  picture p = picture_create(side, side, 255, 255);
  paint(&p, &d, (double)side / 105, 5 * (double)side / 105, 0);
  assert_int_equal(og_raster_from_rgba(p.rgba, side, side, expected, NULL), OG_OK);
  uint8_t *png = png_of(&p, size);
  free(p.rgba);
  return png;
}

static void test_png_gives_its_pixels(void **state) {
  (void)state;
  const size_t sides[] = {105, 300};
  for (int k = 0; k < 2; k++) {
    uint8_t expected[OG_RASTER_SIZE], raster[OG_RASTER_SIZE];
    size_t size;
    uint8_t *png = symbol_png(sides[k], &size, expected);
    assert_int_equal(decode(png, size, raster), OG_OK);
    assert_memory_equal(raster, expected, OG_RASTER_SIZE);
    free(png);
  }
}

/* Allowed by the format, and once a copy to nowhere. */
static void test_png_with_an_empty_chunk(void **state) {
  (void)state;
  enum { HEAD = 33, EMPTY = 12 };
  uint8_t expected[OG_RASTER_SIZE], raster[OG_RASTER_SIZE];
  size_t size;
  uint8_t *png = symbol_png(105, &size, expected), *odd = malloc(size + EMPTY);
  memcpy(odd, png, HEAD);
  put_chunk(odd + HEAD, "IDAT", NULL, 0);
  memcpy(odd + HEAD + EMPTY, png + HEAD, size - HEAD);
  assert_int_equal(decode(odd, size + EMPTY, raster), OG_OK);
  assert_memory_equal(raster, expected, OG_RASTER_SIZE);
  free(odd);
  free(png);
}

static void test_jpeg_noise_is_not_ink(void **state) {
  (void)state;
  const float xy[] = {8, 8, 24, 40, 40, 10};
  uint32_t length = 3;
  og_strokes v = {xy, &length, 1};
  uint8_t expected[OG_RASTER_SIZE], raster[OG_RASTER_SIZE];
  assert_int_equal(og_raster_from_strokes(&v, OG_FRAME_FIT, expected, NULL), OG_OK);
  assert_int_equal(decode(jpeg_baseline, sizeof jpeg_baseline, raster), OG_OK);
  assert_true(overlap_within_pixel(raster, expected) > 0.9);
  assert_int_equal(decode(jpeg_progressive, sizeof jpeg_progressive, raster), OG_OK);
  assert_true(overlap_within_pixel(raster, expected) > 0.9);
}

static void test_cut_short_anywhere(void **state) {
  (void)state;
  uint8_t expected[OG_RASTER_SIZE];
  size_t png_size;
  uint8_t *png = symbol_png(20, &png_size, expected);
  const struct {
    const uint8_t *bytes;
    size_t size;
  } files[] = {{png, png_size},
               {jpeg_baseline, sizeof jpeg_baseline},
               {jpeg_progressive, sizeof jpeg_progressive}};
  for (int k = 0; k < 3; k++) {
    for (size_t size = 0; size < files[k].size; size++) {
      uint8_t raster[OG_RASTER_SIZE], *bytes = cut(files[k].bytes, size);
      og_status status = decode(bytes, size, raster);
      if (k == 0 && size + 12 > files[k].size) /* inside IEND's own bytes all pixels are there */
        assert_true(status == OG_OK || status == OG_ERROR_FORMAT);
      else
        assert_int_equal(status, OG_ERROR_FORMAT);
      free(bytes);
    }
  }
  free(png);
}

enum { BROKEN = 3000 };
#ifdef __has_feature
#if __has_feature(memory_sanitizer) /* which marks every byte of pictures that claim to be huge */
#define BROKEN 400
#endif
#endif

static void test_broken_anywhere(void **state) {
  (void)state;
  uint8_t expected[OG_RASTER_SIZE], raster[OG_RASTER_SIZE];
  size_t size;
  uint8_t *png = symbol_png(20, &size, expected);
  og_random r = {5};
  for (int k = 0; k < BROKEN; k++) {
    const uint8_t *from = k % 3 == 0 ? png : k % 3 == 1 ? jpeg_baseline : jpeg_progressive;
    size_t n = k % 3 == 0 ? size : k % 3 == 1 ? sizeof jpeg_baseline : sizeof jpeg_progressive;
    uint8_t *bytes = cut(from, n);
    for (int i = 0; i <= k % 5; i++)
      bytes[og_random_below(&r, n)] = (uint8_t)og_random_bits(&r);
    decode(bytes, n, raster);
    free(bytes);
  }
  free(png);
}

static void test_other_formats(void **state) {
  (void)state;
  uint8_t raster[OG_RASTER_SIZE];
  const char *const files[] = {
      "",       "GIF89a and more", "BM and more bytes", "P5 1 1 255 x",
      "<svg/>", "\x89PNG",         "\xff\xd8\xff\xd9",  "\xff\xd8\xff\xe0"};
  for (size_t k = 0; k < sizeof files / sizeof *files; k++)
    assert_int_equal(decode(files[k], strlen(files[k]), raster), OG_ERROR_FORMAT);
}

/* Only the header is looked at: a picture that large is refused before memory is asked for. */
static void test_too_large(void **state) {
  (void)state;
  uint8_t expected[OG_RASTER_SIZE], raster[OG_RASTER_SIZE];
  const uint32_t sizes[][2] = {{8192, 8192}, {8193, 2}, {2, 8193}, {1u << 24, 1u << 24}};
  for (int k = 0; k < 4; k++) {
    size_t size;
    uint8_t *png = symbol_png(20, &size, expected);
    put32(png + 16, sizes[k][0]);
    put32(png + 20, sizes[k][1]);
    put32(png + 29, crc_of(png + 12, 17));
    og_status status = decode(png, size, raster);
    assert_true(status == OG_ERROR_TOO_LARGE || (k > 0 && status == OG_ERROR_FORMAT));
    free(png);
  }
}

/* A JPEG whose scans never end would keep a decoder busy for hours. */
static void test_endless_scans(void **state) {
  (void)state;
  size_t head = sizeof jpeg_progressive - 2, scan = 0;
  for (size_t i = 2; i + 1 < head; i++)
    if (jpeg_progressive[i] == 0xff && jpeg_progressive[i + 1] == 0xda)
      scan = i;
  size_t length = head - scan, copies = 500;
  uint8_t *bytes = malloc(head + copies * length + 2), raster[OG_RASTER_SIZE];
  assert_non_null(bytes);
  memcpy(bytes, jpeg_progressive, head);
  for (size_t k = 0; k < copies; k++)
    memcpy(bytes + head + k * length, jpeg_progressive + scan, length);
  memcpy(bytes + head + copies * length, "\xff\xd9", 2);
  assert_int_equal(decode(bytes, head + copies * length + 2, raster), OG_ERROR_TOO_LARGE);
  free(bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_png_gives_its_pixels),
      cmocka_unit_test(test_png_with_an_empty_chunk),
      cmocka_unit_test(test_jpeg_noise_is_not_ink),
      cmocka_unit_test(test_cut_short_anywhere),
      cmocka_unit_test(test_broken_anywhere),
      cmocka_unit_test(test_other_formats),
      cmocka_unit_test(test_too_large),
      cmocka_unit_test(test_endless_scans),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
