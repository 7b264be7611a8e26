/* MNIST's files: read plain and gzipped, judged by the command, and refused when they lie. */
#include "command.h"
#include "dataset_idx.h"

#include <zlib.h>

enum { CLASSES = 10, DRAWERS = 6, COUNT = CLASSES * DRAWERS, SIDE = 28, FINE = 3, LEFT = 10 };
enum { IMAGES = 16 + COUNT * SIDE * SIDE, LABELS = 8 + COUNT };

static uint8_t images[IMAGES], labels[LABELS];

/* Invented symbols as MNIST's people would have had them: small, grey at the edges, light on dark.
 */
static int prepare(void **state) {
  static const uint8_t heads[2][16] = {{0, 0, 8, 3, 0, 0, 0, COUNT, 0, 0, 0, SIDE, 0, 0, 0, SIDE},
                                       {0, 0, 8, 1, 0, 0, 0, COUNT}};
  og_dataset *set;
  if (enter_folder(state) || og_dataset_procedural(5, 1, 0, CLASSES, DRAWERS, &set))
    return -1;
  memcpy(images, heads[0], 16);
  memcpy(labels, heads[1], 8);
  for (size_t i = 0; i < COUNT; i++) {
    size_t from = i % CLASSES * DRAWERS + i / CLASSES; /* digits come mixed */
    const uint8_t *raster = og_dataset_raster(set, from);
    labels[8 + i] = (uint8_t)set->class_of[from];
    for (size_t y = 0; y < SIDE; y++)
      for (size_t x = 0; x < SIDE; x++) {
        int ink = 0;
        for (size_t k = 0; k < FINE * FINE; k++)
          ink += raster[(LEFT + FINE * y + k / FINE) * OG_RASTER_SIDE + LEFT + FINE * x + k % FINE];
        images[16 + (i * SIDE + y) * SIDE + x] = (uint8_t)(255 * ink / (FINE * FINE));
      }
  }
  og_dataset_free(set);
  return 0;
}

static void pack(const char *path, const void *bytes, unsigned size) {
  gzFile file = gzopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(gzwrite(file, bytes, size), size);
  assert_int_equal(gzclose(file), Z_OK);
}

static void write_plain(const char *front) {
  char path[64];
  snprintf(path, sizeof path, "%s-images-idx3-ubyte", front);
  write_bytes(path, images, IMAGES);
  snprintf(path, sizeof path, "%s-labels-idx1-ubyte", front);
  write_bytes(path, labels, LABELS);
}

static void plain_and_gzipped_are_the_same(void **state) {
  (void)state;
  og_dataset *plain, *packed;
  write_plain("train");
  pack("t10k-images.idx3-ubyte.gz", images, IMAGES);
  pack("t10k-labels-idx1-ubyte.gz", labels, LABELS);
  assert_int_equal(dataset_load_idx(".", "train", &plain, NULL), OG_OK);
  assert_int_equal(dataset_load_idx(".", "test", &packed, NULL), OG_OK);
  assert_true(plain->drawings == COUNT && plain->classes == CLASSES && plain->alphabets == 1);
  assert_true(packed->drawings == COUNT && packed->classes == CLASSES);
  assert_memory_equal(plain->rasters, packed->rasters, COUNT * OG_RASTER_SIZE);
  for (size_t c = 0; c < CLASSES; c++) {
    assert_int_equal(plain->class_names[c][0], '0' + (int)c);
    assert_int_equal(plain->class_start[c + 1] - plain->class_start[c], DRAWERS);
  }
  assert_int_equal(plain->drawer_of[0], OG_NO_DRAWER);
  og_dataset_free(plain);
  og_dataset_free(packed);
}

static long errors_of(const char *model) {
  result r =
      RUN("eval", "--task", "mnist", "--data", ".", "--model", model, "--json", "--trials", "1000");
  if (r.code)
    fail_msg("%s", r.err);
  assert_non_null(strstr(r.out, "\"task\":\"mnist\""));
  assert_non_null(strstr(r.out, "\"way\":10,\"shot\":1,\"trials\":1000"));
  assert_non_null(strstr(r.out, "\"set\":\"test\""));
  long errors = strtol(strstr(r.out, "\"errors\":") + 9, NULL, 10);
  result_free(r);
  return errors;
}

static void the_command_judges(void **state) {
  (void)state;
  write_plain("t10k");
  long errors = errors_of(ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors");
  assert_true(errors < 250);
  long guesses = errors_of("random");
  assert_true(guesses > 850 && guesses < 950);
}

static void assert_refused(const uint8_t *i, size_t images_size, const uint8_t *l,
                           size_t labels_size, const char *part) {
  og_dataset *set;
  og_error error = {0};
  assert_int_not_equal(dataset_read_idx("DIR", i, images_size, l, labels_size, &set, &error),
                       OG_OK);
  assert_null(set);
  assert_int_equal(strncmp(error.text, "DIR: ", 5), 0);
  if (!strstr(error.text, part))
    fail_msg("'%s' without '%s'", error.text, part);
}

static void lies_are_refused(void **state) {
  (void)state;
  static uint8_t bad[IMAGES];
  assert_refused(images, 0, labels, LABELS, "not an IDX file");
  assert_refused(images, 15, labels, LABELS, "not an IDX file");
  assert_refused(images, IMAGES - 1, labels, LABELS, "do not agree");
  assert_refused(images, IMAGES, images, IMAGES, "right dimensions");
  assert_refused(images, IMAGES, labels, LABELS - 1, "do not agree");
  for (size_t at = 0; at < 16; at++)
    for (int bit = 0; bit < 8; bit++) { /* a header says nothing that could be otherwise */
      memcpy(bad, images, IMAGES);
      bad[at] ^= (uint8_t)(1 << bit);
      assert_refused(bad, IMAGES, labels, LABELS, at < 4 ? "not an IDX file" : "do not agree");
    }
  memcpy(bad, images, IMAGES); /* a product that is right but for what overflows */
  memset(bad + 4, 0xff, 12);
  assert_refused(bad, IMAGES, labels, LABELS, "do not agree");
  memset(bad + 4, 0, 4);
  assert_refused(bad, 16, labels, LABELS, "do not agree");
  const uint8_t one[] = {0, 0, 8, 1, 0, 0, 0, 1, 7};
  assert_refused(images, IMAGES, one, sizeof one, "equally many");
  const uint8_t wide[16 + 257] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 1};
  assert_refused(wide, sizeof wide, one, sizeof one, "256 x 256");
  memcpy(bad, images, IMAGES);
  memset(bad + 16 + 5 * SIDE * SIDE, 0, SIDE * SIDE);
  assert_refused(bad, IMAGES, labels, LABELS, "image 5: picture: no ink found");
}

static void missing_files_are_named(void **state) {
  (void)state;
#define MNIST "eval", "--task", "mnist", "--data", ".", "--model", "pixel"
  assert_complains(RUN(MNIST, "--set", "train"), 2, ".: no train-images-idx3-ubyte (or .gz) in it");
  write_plain("t10k");
  unlink("t10k-labels-idx1-ubyte");
  assert_complains(RUN(MNIST), 2, ".: no t10k-labels-idx1-ubyte (or .gz) in it");
  assert_complains(RUN(MNIST, "--set", "evaluation"), 2, "the sets test and train");
  write_plain("t10k");
  assert_complains(RUN(MNIST, "--way", "11"), 2, "smaller --way");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(plain_and_gzipped_are_the_same, prepare, leave_folder),
      cmocka_unit_test_setup_teardown(the_command_judges, prepare, leave_folder),
      cmocka_unit_test_setup_teardown(lies_are_refused, prepare, leave_folder),
      cmocka_unit_test_setup_teardown(missing_files_are_named, prepare, leave_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
