/* More than one look at a drawing, and nets that look at two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/random_model.h"
#include "fewshot/dataset.h"
#include "train/rivals.h"
#include "train/sampler.h"

static const char input[] = "side=12 half_width=2.4 blur=1 tone_threshold=0.28 tone_gain=14";
static const char embeds[] = "x = input 12 12 1; c = conv x 4 3x3 same relu; p = maxpool c 2;"
                             "e = fc p 6; o = l2norm e";
static const char compares[] = "x = input 12 12 2; c = conv x 4 3x3 same relu; p = maxpool c 2;"
                               "e = fc p 1";
enum { DIM = 6, CLASSES = 9, DRAWERS = 4 };

static og_dataset *set;

static int prepare(void **state) {
  (void)state;
  return og_dataset_procedural(4, 3, 1, CLASSES, DRAWERS, &set) == OG_OK ? 0 : -1;
}

static int clean(void **state) {
  (void)state;
  og_dataset_free(set);
  return 0;
}

static og_status load(const char *net, og_model **out) {
  uint8_t *bytes;
  size_t size;
  assert_int_equal(random_model(net, input, &bytes, &size), OG_OK);
  og_error error;
  og_status status = og_model_load(bytes, size, NULL, out, &error);
  free(bytes);
  return status;
}

static void test_views(void **state) {
  (void)state;
  og_model *model;
  og_workspace *w;
  float one[DIM], same[DIM], mean[DIM];
  assert_int_equal(load(embeds, &model), OG_OK);
  assert_int_equal(og_model_get_info(model)->drawings, 1);
  assert_int_equal(og_workspace_create(model, &w), OG_OK);
  for (size_t i = 0; i < 10; i++) {
    const uint8_t *raster = og_dataset_raster(set, i);
    assert_int_equal(og_embed(model, w, raster, one), OG_OK);
    assert_int_equal(og_embed_views(model, w, raster, 1, same), OG_OK);
    assert_memory_equal(one, same, sizeof one);
    assert_int_equal(og_embed_views(model, w, raster, OG_VIEWS, mean), OG_OK);
    float square = 0;
    for (size_t k = 0; k < DIM; k++)
      square += mean[k] * mean[k];
    assert_true(fabsf(square - 1) < 1e-5f);
    assert_true(memcmp(one, mean, sizeof one) != 0);
    /* An example is seen as often as the calibration says: once if that says nothing. */
    for (uint32_t views = 0; views <= OG_VIEWS; views += 3) {
      model->info.calibration.example_views = views;
      assert_int_equal(og_embed_views(model, w, raster, views ? views : 1, mean), OG_OK);
      assert_int_equal(og_embed_example(model, w, raster, same), OG_OK);
      assert_memory_equal(mean, same, sizeof mean);
    }
  }
  static const uint8_t empty[OG_RASTER_SIZE];
  assert_int_equal(og_embed_views(model, w, empty, 3, mean), OG_ERROR_EMPTY);
  assert_int_equal(og_embed_views(model, w, set->rasters, 0, mean), OG_ERROR_ARGUMENT);
  assert_int_equal(og_embed_views(model, w, set->rasters, OG_VIEWS + 1, mean), OG_ERROR_ARGUMENT);
  og_glyph glyph = {.half = 1};
  assert_int_equal(og_compare(model, w, &glyph, &glyph, 1, mean), OG_ERROR_ARGUMENT);
  og_workspace_free(w);
  og_model_free(model);
}

static void test_comparing(void **state) {
  (void)state;
  og_model *model;
  og_workspace *w;
  assert_int_equal(load(compares, &model), OG_OK);
  assert_int_equal(og_model_get_info(model)->drawings, 2);
  assert_int_equal(og_workspace_create(model, &w), OG_OK);
  static og_glyph glyphs[6];
  for (size_t i = 0; i < 6; i++)
    assert_int_equal(og_glyph_prepare(&model->input, og_dataset_raster(set, 5 * i), &glyphs[i]),
                     OG_OK);
  float score, back, other;
  for (size_t i = 0; i + 1 < 6; i++) {
    assert_int_equal(og_compare(model, w, &glyphs[i], &glyphs[i + 1], 1, &score), OG_OK);
    assert_int_equal(og_compare(model, w, &glyphs[i + 1], &glyphs[i], 1, &back), OG_OK);
    assert_true(score == back);
    assert_int_equal(og_compare(model, w, &glyphs[i], &glyphs[i], 1, &other), OG_OK);
    assert_true(score != other);
    assert_int_equal(og_compare(model, w, &glyphs[i], &glyphs[i + 1], OG_VIEWS, &other), OG_OK);
    assert_true(isfinite(other) && other != score);
  }
  assert_int_equal(og_compare(model, w, glyphs, glyphs, 0, &score), OG_ERROR_ARGUMENT);
  assert_int_equal(og_compare(model, w, glyphs, glyphs, OG_VIEWS + 1, &score), OG_ERROR_ARGUMENT);
  assert_int_equal(og_embed(model, w, set->rasters, &score), OG_ERROR_UNSUPPORTED);
  assert_int_equal(og_embed_views(model, w, set->rasters, 2, &score), OG_ERROR_UNSUPPORTED);
  og_workspace_free(w);
  og_model_free(model);
}

static void test_other_inputs_are_refused(void **state) {
  (void)state;
  og_model *model;
  assert_int_equal(load("x = input 12 12 3; e = fc x 6; o = l2norm e", &model), OG_ERROR_FORMAT);
  assert_int_equal(load("x = input 12 12 2; e = fc x 6; o = l2norm e", &model), OG_ERROR_FORMAT);
}

/* Every drawing of the set, and in *how the way that it was made ready. */
static og_glyph *glyphs_of(og_input *how) {
  assert_int_equal(og_input_parse(input, how, NULL), OG_OK);
  og_glyph *glyphs = malloc(set->drawings * sizeof *glyphs);
  assert_non_null(glyphs);
  for (size_t i = 0; i < set->drawings; i++)
    assert_int_equal(og_glyph_prepare(how, og_dataset_raster(set, i), &glyphs[i]), OG_OK);
  return glyphs;
}

static void test_rivals_and_candidates(void **state) {
  (void)state;
  og_input how;
  og_glyph *glyphs = glyphs_of(&how);
  og_rivals rivals, again;
  assert_int_equal(og_rivals_find(set, glyphs, &how, 0, 2, &rivals), OG_OK);
  assert_int_equal(og_rivals_find(set, glyphs, &how, 0, 1, &again), OG_OK);
  for (uint32_t c = 0; c < set->classes; c++) {
    assert_int_equal(rivals.start[c + 1] - rivals.start[c], CLASSES - 1);
    uint32_t seen = 0;
    for (uint32_t i = rivals.start[c]; i < rivals.start[c + 1]; i++) {
      assert_int_equal(rivals.list[i], again.list[i]);
      assert_int_equal(set->alphabet_of[rivals.list[i]], set->alphabet_of[c]);
      seen |= 1u << (rivals.list[i] - set->alphabet_start[set->alphabet_of[c]]);
    }
    assert_int_equal(seen | 1u << (c % CLASSES), (1u << CLASSES) - 1);
    assert_int_equal(seen >> (c % CLASSES) & 1, 0);
  }
  enum { QUERIES = 50, EACH = 5 };
  uint32_t ids[QUERIES], drawings[QUERIES][1 + EACH];
  og_sampler sampler = {.set = set, .classes = QUERIES, .symmetries = 8};
  og_random random = og_random_stream(1, 2);
  og_sampler_draw_candidates(&sampler, &rivals, EACH, &random, ids, drawings[0]);
  for (size_t q = 0; q < QUERIES; q++) {
    const uint32_t *d = drawings[q];
    assert_int_equal(set->class_of[d[0]], ids[q] / 8);
    assert_int_equal(set->class_of[d[1]], ids[q] / 8);
    assert_int_not_equal(set->drawer_of[d[0]], set->drawer_of[d[1]]);
    for (size_t k = 2; k <= EACH; k++) {
      assert_int_equal(set->drawer_of[d[k]], set->drawer_of[d[1]]);
      assert_int_equal(set->alphabet_of[set->class_of[d[k]]],
                       set->alphabet_of[set->class_of[d[0]]]);
      assert_int_not_equal(set->class_of[d[k]], ids[q] / 8);
    }
  }
  og_rivals_free(&rivals);
  og_rivals_free(&again);
  free(glyphs);
}

/* Ranked by a net: by the products of its mean embeddings, on any number of threads. */
static void test_rivals_of_a_net(void **state) {
  (void)state;
  og_model *model;
  og_workspace *w;
  og_rivals rivals, again;
  assert_int_equal(load(embeds, &model), OG_OK);
  assert_int_equal(og_rivals_ask(set, model, 0, 1, &rivals), OG_OK);
  assert_int_equal(og_rivals_ask(set, model, 0, 3, &again), OG_OK);
  assert_memory_equal(rivals.start, again.start, (set->classes + 1) * sizeof *rivals.start);
  assert_memory_equal(rivals.list, again.list, rivals.start[set->classes] * sizeof *rivals.list);
  float(*means)[DIM] = calloc(set->classes, sizeof *means), one[DIM];
  assert_int_equal(og_workspace_create(model, &w), OG_OK);
  for (size_t i = 0; i < set->drawings; i++) {
    assert_int_equal(og_embed(model, w, og_dataset_raster(set, i), one), OG_OK);
    for (size_t k = 0; k < DIM; k++)
      means[set->class_of[i]][k] += one[k];
  }
  for (uint32_t c = 0; c < set->classes; c++) {
    double last = 2;
    for (uint32_t i = rivals.start[c]; i < rivals.start[c + 1]; i++) {
      const float *a = means[c], *b = means[rivals.list[i]];
      double dot = 0, square = 0;
      for (size_t k = 0; k < DIM; k++) {
        dot += (double)(a[k] * b[k]);
        square += (double)(b[k] * b[k]);
      }
      dot /= sqrt(square);
      assert_true(dot <= last + 1e-4 || last == 2);
      last = dot;
    }
  }
  free(means);
  og_workspace_free(w);
  og_model_free(model);
  og_rivals_free(&rivals);
  og_rivals_free(&again);
  assert_int_equal(load(compares, &model), OG_OK);
  assert_int_equal(og_rivals_ask(set, model, 0, 2, &rivals), OG_ERROR_UNSUPPORTED);
  og_model_free(model);
}

/* Characters of other alphabets, the most alike first: few are the first of many. */
static void test_strangers(void **state) {
  (void)state;
  og_input how;
  og_glyph *glyphs = glyphs_of(&how);
  og_rivals all, few;
  assert_int_equal(og_rivals_find(set, glyphs, &how, 1000, 2, &all), OG_OK);
  assert_int_equal(og_rivals_find(set, glyphs, &how, 3, 1, &few), OG_OK);
  assert_int_equal(all.reach, set->classes - CLASSES);
  assert_int_equal(few.reach, 3);
  for (uint32_t c = 0; c < set->classes; c++) {
    uint32_t seen = 0;
    for (uint32_t i = 0; i < all.reach; i++) {
      uint32_t stranger = all.strangers[c * all.reach + i];
      assert_int_not_equal(set->alphabet_of[stranger], set->alphabet_of[c]);
      assert_true(i >= few.reach || few.strangers[c * few.reach + i] == stranger);
      seen |= 1u << stranger;
    }
    assert_int_equal(seen, ((1u << set->classes) - 1) &
                               ~(((1u << CLASSES) - 1) << set->alphabet_start[c / CLASSES]));
  }
  enum { QUERIES = 400 };
  uint32_t ids[QUERIES], drawings[QUERIES][4];
  static const float parts[] = {0, 0.7f, 1};
  for (size_t p = 0; p < 3; p++) {
    og_sampler sampler = {
        .set = set, .classes = QUERIES, .symmetries = 8, .same_alphabet = parts[p]};
    og_random random = og_random_stream(3, p);
    og_sampler_draw_candidates(&sampler, &few, 3, &random, ids, drawings[0]);
    float strange = 0;
    for (size_t q = 0; q < QUERIES; q++) {
      const uint32_t *d = drawings[q], own = set->alphabet_of[ids[q] / 8];
      int first = set->alphabet_of[set->class_of[d[2]]] != own;
      assert_int_equal(set->alphabet_of[set->class_of[d[3]]] != own, first);
      for (size_t k = 1; k < 4; k++)
        assert_int_not_equal(set->drawer_of[d[0]], set->drawer_of[d[k]]);
      strange += (float)first;
    }
    assert_true(fabsf(strange / QUERIES - (1 - parts[p])) < 0.08f);
  }
  og_rivals_free(&all);
  og_rivals_free(&few);
  free(glyphs);
}

/* Queries come from compounds as often as is asked for. */
static void test_compounds_among_queries(void **state) {
  (void)state;
  enum { QUERIES = 400 };
  og_input how;
  og_glyph *glyphs = glyphs_of(&how);
  og_rivals rivals;
  assert_int_equal(og_rivals_find(set, glyphs, &how, 0, 1, &rivals), OG_OK);
  uint32_t ids[QUERIES], drawings[QUERIES][3];
  static const float shares[] = {0, 0.1f, 1}, expected[] = {0.333f, 0.1f, 1};
  for (size_t s = 0; s < 3; s++) {
    og_sampler sampler = {.set = set,
                          .classes = QUERIES,
                          .symmetries = 1,
                          .compounds = 1,
                          .compound_share = shares[s]};
    og_random random = og_random_stream(5, s);
    og_sampler_draw_candidates(&sampler, &rivals, 2, &random, ids, drawings[0]);
    float last = 0;
    for (size_t q = 0; q < QUERIES; q++)
      last += set->alphabet_of[ids[q] / 8] == set->alphabets - 1;
    assert_true(fabsf(last / QUERIES - expected[s]) < 0.08f);
  }
  og_rivals_free(&rivals);
  free(glyphs);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_views),
      cmocka_unit_test(test_comparing),
      cmocka_unit_test(test_other_inputs_are_refused),
      cmocka_unit_test(test_rivals_and_candidates),
      cmocka_unit_test(test_rivals_of_a_net),
      cmocka_unit_test(test_strangers),
      cmocka_unit_test(test_compounds_among_queries),
  };
  return cmocka_run_group_tests(tests, prepare, clean);
}
