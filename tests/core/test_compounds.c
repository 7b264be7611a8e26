/* Compound characters: middle lines of what was drawn, parts drawn together, alphabets of them
 * whose characters differ and whose drawers agree, and batches that have their share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/rasters.h"
#include "fewshot/dataset.h"
#include "fewshot/deform.h"
#include "ink/compose.h"
#include "train/recipe.h"
#include "train/sampler.h"

enum { ALPHABETS = 3, CLASSES = 8, DRAWERS = 4 };
#define GOLDEN 0x555fb38303dd9793u

static og_dataset *invented(void) {
  og_dataset *set;
  assert_int_equal(og_dataset_procedural(3, ALPHABETS, 0, CLASSES, DRAWERS, &set), OG_OK);
  return set;
}

static og_dataset *compounds_of(const og_dataset *set, uint64_t seed, size_t alphabets) {
  og_dataset *made;
  assert_int_equal(og_dataset_compounds(set, seed, alphabets, 24, 5, &made), OG_OK);
  return made;
}

static og_lines lines_of(const uint8_t *raster) {
  og_lines lines;
  assert_int_equal(og_lines_find(raster, &lines), OG_OK);
  return lines;
}

/* A cross of bars three pixels wide thins to one row and one column; a dot to one piece without
 * length, also in a corner. */
static void test_lines_are_the_middle_of_the_ink(void **state) {
  (void)state;
  uint8_t raster[OG_RASTER_SIZE] = {0};
  og_lines lines;
  assert_int_equal(og_lines_find(raster, &lines), OG_ERROR_EMPTY);
  for (int a = 20; a <= 80; a++)
    for (int b = 49; b <= 51; b++)
      raster[a * OG_RASTER_SIDE + b] = raster[b * OG_RASTER_SIDE + a] = 1;
  lines = lines_of(raster);
  assert_in_range(lines.count, 110, 120);
  for (uint32_t i = 0; i < lines.count; i++) {
    const uint8_t *e = lines.ends[i];
    assert_true((e[0] == 50 && e[2] == 50) || (e[1] == 50 && e[3] == 50));
    assert_int_equal(abs(e[0] - e[2]) + abs(e[1] - e[3]), 1);
  }
  assert_in_range(lines.left, 20, 22);
  assert_in_range(lines.bottom, 78, 80);
  og_lines_free(&lines);
  assert_null(lines.ends);

  memset(raster, 0, sizeof raster);
  raster[OG_RASTER_SIZE - 1] = 1;
  lines = lines_of(raster);
  assert_int_equal(lines.count, 1);
  assert_memory_equal(lines.ends[0], ((uint8_t[]){104, 104, 104, 104}), 4);
  og_lines_free(&lines);
  memset(raster, 1, sizeof raster); /* all ink, to the edges */
  lines = lines_of(raster);
  og_lines_free(&lines);
}

/* Drawn again from its middle lines, a drawing is what it was. */
static void test_a_part_alone_is_its_drawing(void **state) {
  (void)state;
  og_dataset *set = invented();
  for (size_t i = 0; i < set->drawings; i += 5) {
    const uint8_t *raster = og_dataset_raster(set, i);
    og_lines lines = lines_of(raster);
    og_random random = og_random_stream(1, i);
    og_part part = {&lines, 1, 0, 0};
    uint8_t again[OG_RASTER_SIZE];
    og_deform_image a, b;
    assert_int_equal(og_compose(&part, 1, &random, again), OG_OK);
    assert_int_equal(og_deform_prepare(raster, &a), OG_OK);
    assert_int_equal(og_deform_prepare(again, &b), OG_OK);
    float own = og_deform_distance(&a, &b);
    size_t other = (i + DRAWERS) % set->drawings;
    assert_int_equal(og_deform_prepare(og_dataset_raster(set, other), &b), OG_OK);
    assert_true(own < og_deform_distance(&a, &b));
    og_lines_free(&lines);
  }
  og_dataset_free(set);
}

static void test_parts_stand_where_they_were_put(void **state) {
  (void)state;
  uint8_t dot[OG_RASTER_SIZE] = {0}, ring[OG_RASTER_SIZE] = {0}, both[OG_RASTER_SIZE];
  dot[50 * OG_RASTER_SIDE + 50] = 1;
  for (int a = 30; a <= 70; a++)
    for (int side = 30; side <= 70; side += 40)
      ring[a * OG_RASTER_SIDE + side] = ring[side * OG_RASTER_SIDE + a] = 1;
  og_lines dots = lines_of(dot), rings = lines_of(ring);
  const og_part parts[] = {{&rings, 1, 0, 0}, {&dots, 0.2f, 0, -0.9f}};
  for (uint64_t seed = 0; seed < 50; seed++) {
    og_random random = og_random_stream(seed, 0);
    assert_int_equal(og_compose(parts, 2, &random, both), OG_OK);
    size_t first = 0, last = OG_RASTER_SIZE;
    while (!both[first])
      first++;
    while (!both[last - 1])
      last--;
    size_t high = (last - 1) / OG_RASTER_SIDE - first / OG_RASTER_SIDE;
    assert_in_range(high, 50, 100); /* as large as people draw, and all of it on the paper */
    /* The dot is a pen's mark above all else: its rows are no wider than the pen. */
    for (size_t y = first / OG_RASTER_SIDE, row = 0; row < 4; row++) {
      size_t ink = 0;
      for (size_t x = 0; x < OG_RASTER_SIDE; x++)
        ink += both[(y + row) * OG_RASTER_SIDE + x];
      assert_in_range(ink, 1, 6);
    }
  }
  og_random random = og_random_stream(0, 0);
  assert_int_equal(og_compose(parts, 0, &random, both), OG_ERROR_EMPTY);
  assert_int_equal(og_compose(parts, OG_PARTS + 1, &random, both), OG_ERROR_TOO_LARGE);
  og_lines_free(&dots);
  og_lines_free(&rings);
}

/* On every machine. */
static void test_golden_alphabets(void **state) {
  (void)state;
  og_dataset *set = invented(), *made = compounds_of(set, 7, 4), *again = compounds_of(set, 7, 4);
  assert_int_equal(made->alphabets, 4);
  assert_int_equal(made->classes, 4 * 24);
  assert_int_equal(made->drawings, 4 * 24 * 5);
  assert_string_equal(made->alphabet_names[3], "compound04");
  assert_string_equal(made->class_names[25], "compound02/character02");
  assert_int_equal(made->drawer_of[7], 2);
  assert_int_equal(made->class_of[7], 1);
  uint64_t hash = hash_bytes(HASH_START, made->rasters, made->drawings * OG_RASTER_SIZE);
  if (hash != GOLDEN)
    fail_msg("hash is 0x%016llx", (unsigned long long)hash);
  assert_memory_equal(made->rasters, again->rasters, made->drawings * OG_RASTER_SIZE);
  og_dataset_free(again);
  again = compounds_of(set, 8, 4);
  assert_memory_not_equal(made->rasters, again->rasters, made->drawings * OG_RASTER_SIZE);
  og_dataset_free(again);
  og_dataset_free(made);
  og_dataset_free(set);
}

/* The nearest drawing of another drawer is mostly of the same character, which one of 24 would be
 * by chance. */
static void test_drawers_agree_and_characters_differ(void **state) {
  (void)state;
  og_dataset *set = invented(), *made = compounds_of(set, 2, 2);
  og_deform_image *image = calloc(made->drawings, sizeof *image);
  assert_non_null(image);
  for (size_t i = 0; i < made->drawings; i++) {
    assert_int_equal(og_deform_prepare(og_dataset_raster(made, i), &image[i]), OG_OK);
    assert_true(ink_of(og_dataset_raster(made, i)) > 20);
  }
  size_t right = 0;
  for (uint32_t a = 0; a < 2; a++)
    for (uint32_t c = a * 24; c < (a + 1) * 24; c++) {
      uint32_t best = a * 24;
      float least = 1e30f;
      for (uint32_t o = a * 24; o < (a + 1) * 24; o++) {
        float d =
            og_deform_distance(&image[made->class_start[c]], &image[made->class_start[o] + 1]);
        best = d < least ? o : best;
        least = d < least ? d : least;
      }
      right += best == c;
    }
  assert_in_range(right, 2 * 24 * 6 / 10, 2 * 24);
  free(image);
  og_dataset_free(made);
  og_dataset_free(set);
}

static void test_what_cannot_be_composed(void **state) {
  (void)state;
  og_dataset *set = invented(), *made;
  assert_int_equal(og_dataset_compounds(set, 1, 0, 2, 2, &made), OG_ERROR_ARGUMENT);
  assert_int_equal(og_dataset_compounds(set, 1, 1, 5000, 2, &made), OG_ERROR_TOO_LARGE);
  assert_null(made);
  memset(set->rasters + 5 * OG_RASTER_SIZE, 0, OG_RASTER_SIZE);
  assert_int_equal(og_dataset_compounds(set, 1, 1, 2, 2, &made), OG_ERROR_EMPTY);
  og_dataset_free(set);
  assert_int_equal(og_dataset_create(0, 1, 1, &set), OG_OK);
  set->alphabet_start[1] = 1;
  assert_int_equal(og_dataset_compounds(set, 1, 1, 2, 2, &made), OG_ERROR_EMPTY);
  og_dataset_free(set);
  assert_int_equal(og_dataset_create(0, 0, 0, &set), OG_OK);
  assert_int_equal(og_dataset_compounds(set, 1, 1, 2, 2, &made), OG_ERROR_EMPTY);
  og_dataset_free(set);
  /* Of a lone character there are marks, at least. */
  assert_int_equal(og_dataset_procedural(1, 1, 0, 1, 2, &set), OG_OK);
  assert_int_equal(og_dataset_compounds(set, 1, 9, 40, 3, &made), OG_OK);
  og_dataset_free(made);
  og_dataset_free(set);
}

/* What a batch draws: class ids, of which the last alphabets' are 16 and more. */
static size_t compounds_drawn(const og_dataset *set, uint32_t compounds, float share,
                              uint32_t ids[96]) {
  uint32_t drawings[96][2], *order = calloc(og_sampler_scratch(set), sizeof *order);
  assert_non_null(order);
  og_sampler sampler = {set, 96, 1, 8, compounds, share, order};
  size_t drawn = 0;
  for (uint64_t step = 0; step < 40; step++) {
    og_random random = og_random_stream(5, step);
    og_sampler_draw(&sampler, &random, ids, drawings[0]);
    for (int i = 0; i < 96; i++)
      drawn += ids[i] / 8 >= set->alphabet_start[set->alphabets - 1];
  }
  free(order);
  return drawn;
}

static void test_batches_have_their_share(void **state) {
  (void)state;
  enum { ALL = 40 * 96 };
  og_dataset *set = invented();
  uint32_t ids[96], before[96];
  assert_in_range(compounds_drawn(set, 0, 0, before), ALL / 4,
                  ALL / 2); /* one of three alphabets */
  assert_in_range(compounds_drawn(set, 1, 0, ids), ALL / 4, ALL / 2);
  assert_memory_equal(ids, before, sizeof ids);
  assert_in_range(compounds_drawn(set, 1, 0.1f, ids), ALL / 20, ALL / 6);
  assert_int_equal(compounds_drawn(set, 1, 1, ids), ALL);
  og_dataset_free(set);
}

static void test_recipes_are_checked(void **state) {
  (void)state;
  og_dataset *set = invented();
  const og_recipe good = {.net = "x",
                          .input = "y",
                          .classes_per_batch = 4,
                          .symmetries = 1,
                          .scale = 16,
                          .compounds = 1,
                          .compound_share = 0.5f,
                          .margin = 0.05f};
  og_recipe r = good;
  og_error error = {0};
  assert_int_equal(og_recipe_check(&r, set, &error), OG_OK);
  uint64_t hash = og_recipe_hash(&r);
  r.compound_share = 0.4f;
  assert_true(og_recipe_hash(&r) != hash);
  r = good;
  r.margin = 0.1f;
  assert_true(og_recipe_hash(&r) != hash);
  r = good;
  r.style = 1;
  assert_true(og_recipe_hash(&r) != hash);
  r.style = 4.1f;
  assert_int_equal(og_recipe_check(&r, set, &error), OG_ERROR_ARGUMENT);
  r = good;
  r.margin = 1.1f;
  assert_int_equal(og_recipe_check(&r, set, &error), OG_ERROR_ARGUMENT);
  r = good;
  r.compounds = ALPHABETS;
  assert_int_equal(og_recipe_check(&r, set, &error), OG_ERROR_ARGUMENT);
  r.compounds = 0;
  assert_int_equal(og_recipe_check(&r, set, &error), OG_ERROR_ARGUMENT);
  r = good;
  r.objective = "classes";
  assert_int_equal(og_recipe_check(&r, set, &error), OG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.text, "embed"));
  r.margin = 0;
  assert_int_equal(og_recipe_check(&r, set, &error), OG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.text, "compare"));
  r.objective = "compare";
  r.candidates = 2;
  r.style = 1;
  assert_int_equal(og_recipe_check(&r, set, &error), OG_OK);
  og_dataset_free(set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lines_are_the_middle_of_the_ink),
      cmocka_unit_test(test_a_part_alone_is_its_drawing),
      cmocka_unit_test(test_parts_stand_where_they_were_put),
      cmocka_unit_test(test_golden_alphabets),
      cmocka_unit_test(test_drawers_agree_and_characters_differ),
      cmocka_unit_test(test_what_cannot_be_composed),
      cmocka_unit_test(test_batches_have_their_share),
      cmocka_unit_test(test_recipes_are_checked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
