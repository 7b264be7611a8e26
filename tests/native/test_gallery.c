/* Drawings of an evaluation: embedded when they are asked for, to what they all would be. */
#include "command.h"
#include "dataset_load.h"
#include "gallery.h"

enum { DRAWINGS = 40, ASKED = 3 };

static og_dataset *set;
static committee *model;

static int prepare(void **state) {
  (void)state;
  return og_dataset_procedural(1, 1, 0, 10, 4, &set) ||
         committee_read(ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors", NULL, &model, NULL);
}

static int leave(void **state) {
  (void)state;
  og_dataset_free(set);
  committee_free(model);
  return 0;
}

static void what_is_asked_for_is_ready(void **state) {
  (void)state;
  static const uint32_t examples[ASKED] = {7, 0, 7}, queries[ASKED] = {39, 12, 7};
  const size_t dim = committee_dim(model), size = dim * sizeof(float);
  float *all = malloc(DRAWINGS * size), *views = malloc(DRAWINGS * size);
  assert_true(all && views);
  assert_int_equal(committee_embed(model, set->rasters, NULL, DRAWINGS, 2, all), OG_OK);
  assert_int_equal(committee_embed_examples(model, 5, set->rasters, NULL, DRAWINGS, 2, views),
                   OG_OK);
  gallery *g;
  assert_int_equal(gallery_create(model, 5, true, set->rasters, DRAWINGS, &g, NULL), OG_OK);
  assert_true(gallery_milliseconds(g) == 0);
  for (int again = 0; again < 2; again++)
    assert_int_equal(gallery_ready(g, examples, ASKED, queries, ASKED, 2, NULL), OG_OK);
  assert_true(gallery_milliseconds(g) > 0);
  for (size_t i = 0; i < ASKED; i++) {
    og_deform_image image;
    assert_memory_equal(gallery_query(g, queries[i]), all + queries[i] * dim, size);
    assert_memory_equal(gallery_example(g, examples[i]), views + examples[i] * dim, size);
    og_deform_prepare(set->rasters + examples[i] * OG_RASTER_SIZE, &image);
    assert_memory_equal(gallery_image(g, examples[i]), &image, sizeof image);
  }
  gallery_free(g);
  free(all);
  free(views);
}

/* One view: an example is a query, so neither is embedded twice. */
static void examples_of_one_view_are_queries(void **state) {
  (void)state;
  const uint32_t drawing = 5;
  gallery *g;
  assert_int_equal(gallery_create(model, 1, false, set->rasters, DRAWINGS, &g, NULL), OG_OK);
  assert_int_equal(gallery_ready(g, &drawing, 1, NULL, 0, 1, NULL), OG_OK);
  assert_ptr_equal(gallery_example(g, drawing), gallery_query(g, drawing));
  assert_null(gallery_image(g, drawing));
  gallery_free(g);
}

static void paper_without_ink_is_told(void **state) {
  (void)state;
  static const uint8_t paper[OG_RASTER_SIZE];
  const uint32_t drawing = 0;
  gallery *g;
  og_error error = {0};
  assert_int_equal(gallery_create(NULL, 1, true, paper, 1, &g, NULL), OG_OK);
  assert_int_equal(gallery_ready(g, NULL, 0, &drawing, 1, 1, &error), OG_ERROR_EMPTY);
  assert_string_equal(error.text, "a drawing has no ink");
  gallery_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_asked_for_is_ready),
      cmocka_unit_test(examples_of_one_view_are_queries),
      cmocka_unit_test(paper_without_ink_is_told),
  };
  return cmocka_run_group_tests(tests, prepare, leave);
}
