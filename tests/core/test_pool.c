/* Koch's fixed pool of pairs: what it holds, in which order it comes, and that its first copies are
 * the drawings as they are; distortions that have a part in a view by chance; parts of a set by
 * drawers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/tiny_run.h"
#include "train/augment.h"
#include "train/pool.h"
#include "train/sampler.h"

enum { PAIRS = 240, COPIES = 3, ITEMS = PAIRS * COPIES, BATCH = 7 };

static void epochs_hold_every_item_once(void **state) {
  (void)state;
  og_pool *pool, *again;
  assert_int_equal(og_pool_create(SEED, ITEMS, &pool), OG_OK);
  assert_int_equal(og_pool_create(SEED, ITEMS, &again), OG_OK);
  uint32_t order[3][ITEMS];
  for (size_t e = 0; e < 3; e++) {
    uint8_t seen[ITEMS] = {0};
    for (size_t i = 0; i < ITEMS; i++) {
      order[e][i] = og_pool_item(pool, e * ITEMS + i);
      assert_true(order[e][i] < ITEMS);
      assert_false(seen[order[e][i]]++);
    }
  }
  assert_memory_not_equal(order[0], order[1], sizeof order[0]);
  assert_memory_not_equal(order[1], order[2], sizeof order[0]);
  /* A run that is resumed in the middle of an epoch never saw its beginning, or the epochs before.
   */
  for (size_t i = ITEMS; i-- > 0;)
    assert_int_equal(og_pool_item(again, 2 * ITEMS + i), order[2][i]);
  og_pool_free(pool);
  og_pool_free(again);
}

static void a_pair_is_the_same_whenever_it_comes(void **state) {
  (void)state;
  const og_sampler sampler = {.set = set, .classes = BATCH, .symmetries = 1};
  uint32_t first[PAIRS][3], of_alphabet[8] = {0}, equal = 0;
  size_t same = 0;
  for (uint32_t round = 0; round < 2; round++)
    for (uint32_t i = 0; i < PAIRS; i++) {
      uint32_t pair = round ? PAIRS - 1 - i : i, id, d[2];
      int alike = og_sampler_draw_numbered_pair(&sampler, SEED, pair, &id, d);
      if (round) {
        assert_int_equal(id, first[pair][0]);
        assert_memory_equal(d, &first[pair][1], sizeof d);
        continue;
      }
      same += (size_t)alike;
      first[pair][0] = id;
      memcpy(&first[pair][1], d, sizeof d);
      assert_int_equal(alike, pair % 2 == 0);
      assert_int_equal(set->class_of[d[0]] == set->class_of[d[1]], alike);
      assert_int_equal(set->class_of[d[0]], id / 8);
      assert_int_not_equal(set->drawer_of[d[0]], set->drawer_of[d[1]]);
      of_alphabet[set->alphabet_of[id / 8]]++;
    }
  assert_int_equal(same, PAIRS / 2);
  for (size_t a = 0; a < set->alphabets; a++)
    assert_int_equal(of_alphabet[a], PAIRS / set->alphabets);
  for (uint32_t pair = 0; pair < PAIRS; pair++) { /* another seed has others */
    uint32_t id, d[2];
    og_sampler_draw_numbered_pair(&sampler, SEED + 1, pair, &id, d);
    equal += !memcmp(d, &first[pair][1], sizeof d);
  }
  assert_true(equal < PAIRS / 4);
}

static const og_recipe pooled = {
    .net = "x = input 16 16 1\nc = conv x 4 3x3 same relu\np = maxpool c 4\ne = fc p 8 sigmoid",
    .input = "side=16 half_width=2.4 blur=2.75 tone_threshold=0.28 tone_gain=14",
    .objective = "pairs",
    .head = "siamese",
    .pairs = 12,
    .pair_copies = COPIES,
    .steps = 8,
    .classes_per_batch = BATCH,
    .slices = 2,
    .symmetries = 1,
    .learning_rate = 1e-3f,
    .scale = 8,
    .rotate_degrees = 10,
    .stretch = 0.2f,
    .shear = 0.3f,
    .shift = 0.04f,
};

static og_trainer *make(const og_recipe *recipe) {
  og_trainer *trainer;
  og_error error = {0};
  if (og_trainer_create(recipe, set, SEED, 2, "scalar", &trainer, &error))
    fail_msg("%s", error.text);
  return trainer;
}

static uint64_t run(const og_recipe *recipe, uint64_t steps) {
  og_trainer *trainer = make(recipe);
  og_step step;
  for (uint64_t i = 0; i < steps; i++)
    assert_int_equal(og_trainer_step(trainer, &step, NULL), OG_OK);
  uint64_t hash = trained_hash(trainer);
  og_trainer_free(trainer);
  return hash;
}

/* Eight steps of seven pairs go through more than an epoch of 36. */
static void a_pooled_run_can_be_continued(void **state) {
  (void)state;
  og_step step;
  og_trainer *first = make(&pooled), *second = make(&pooled);
  for (int i = 0; i < 6; i++)
    assert_int_equal(og_trainer_step(first, &step, NULL), OG_OK);
  uint8_t *bytes;
  size_t size;
  assert_int_equal(og_trainer_save(first, &bytes, &size), OG_OK);
  assert_int_equal(og_trainer_load(second, bytes, size, NULL), OG_OK);
  for (int i = 0; i < 2; i++)
    assert_int_equal(og_trainer_step(second, &step, NULL), OG_OK);
  assert_int_equal(trained_hash(second), run(&pooled, 8));
  free(bytes);
  og_trainer_free(first);
  og_trainer_free(second);
}

static void only_copies_are_distorted(void **state) {
  (void)state;
  og_recipe plain = pooled;
  plain.rotate_degrees = plain.stretch = plain.shear = plain.shift = 0;
  assert_int_not_equal(run(&pooled, 4), run(&plain, 4));
  og_recipe once = pooled;
  once.pair_copies = 1;
  plain.pair_copies = 1;
  assert_int_equal(run(&once, 4), run(&plain, 4));
}

/* A checkpoint belongs to one pool; without any, all is as before. */
static void checkpoints_know_their_pool(void **state) {
  (void)state;
  og_recipe others[] = {pooled, pooled, pooled, pooled};
  others[0].pairs = 0;
  others[0].pair_copies = 0;
  others[1].pairs = 14;
  others[2].pair_copies = 2;
  others[3].distortion_chance = 0.5f;
  og_trainer *trainer = make(&pooled);
  uint8_t *bytes;
  size_t size;
  assert_int_equal(og_trainer_save(trainer, &bytes, &size), OG_OK);
  og_trainer_free(trainer);
  for (size_t i = 0; i < 4; i++) {
    og_error error = {0};
    trainer = make(&others[i]);
    assert_int_equal(og_trainer_load(trainer, bytes, size, &error), OG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.text, "recipe"));
    og_trainer_free(trainer);
  }
  free(bytes);
}

static void refused(const og_recipe *recipe, const char *says) {
  og_trainer *trainer;
  og_error error = {0};
  assert_int_equal(og_trainer_create(recipe, set, SEED, 1, "scalar", &trainer, &error),
                   OG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.text, says));
}

static void bad_recipes(void **state) {
  (void)state;
  og_recipe bad = pooled;
  bad.objective = "all-pairs";
  refused(&bad, "pairs are for the objective \"pairs\"");
  bad = pooled;
  bad.pair_copies = OG_POOL_COPIES + 1;
  refused(&bad, "pair_copies at most 25");
  bad = pooled;
  bad.pairs = 0;
  refused(&bad, "and with pairs");
  bad = pooled;
  bad.distortion_chance = 1.5f;
  refused(&bad, "distortion_chance must be");
}

static const og_augment strengths = {15, 0.2f, 0.25f, 0.1f, 0.045f, 0.13f, 1};

static void chance_one_is_always(void **state) {
  (void)state;
  enum { SIDE = 16 };
  float warp[2 * SIDE * SIDE];
  og_view view;
  og_random random = og_random_stream(SEED, 1), like = random;
  og_augment_view(&strengths, 0, SIDE, &random, warp, &view);
  /* As it was drawn before there was any chance: angle, both stretches, shear, shifts, tone. */
  float drawn[7];
  for (int i = 0; i < 7; i++)
    drawn[i] = og_random_signed(&like);
  assert_true(view.t[0] == drawn[4] * strengths.shift && view.t[1] == drawn[5] * strengths.shift);
  assert_true(view.tone_shift == drawn[6] * strengths.tone);
  for (int i = 0; i < 2 * 25 * 12; i++) /* the knots of the warp, twelve numbers each */
    og_random_unit(&like);
  assert_true(random.state == like.state);
}

static void chance_zero_is_never(void **state) {
  (void)state;
  og_augment none = strengths;
  none.warp = none.tone = none.chance = 0;
  for (uint64_t i = 0; i < 20; i++) {
    og_view view;
    og_random random = og_random_stream(SEED, i);
    og_augment_view(&none, 0, 16, &random, NULL, &view);
    const float identity[4] = {1, 0, 0, 1};
    for (int k = 0; k < 4; k++)
      assert_true(view.m[k] == identity[k]);
    assert_true(view.t[0] == 0 && view.t[1] == 0 && view.tone_shift == 0 && !view.warp);
  }
}

/* The same random numbers distort every view alike, whatever it shows: points that two views take
 * from one place are one place still. */
static void a_style_is_the_same_for_all(void **state) {
  (void)state;
  enum { SIDE = 16, PIXELS = SIDE * SIDE };
  float alone[2 * PIXELS], warp[2 * PIXELS], before[2 * PIXELS];
  const og_augment none = {.chance = 1};
  og_view style, view;
  og_random random = og_random_stream(SEED, 1), like;
  og_augment_view(&none, 0, SIDE, &random, alone, &style);
  assert_null(style.warp);
  random = og_random_stream(SEED, 2);
  og_augment_style(&strengths, 1.5f, SIDE, &random, alone, &style);
  assert_true(style.warp == alone && style.t[0] == 0 && style.tone_shift == 0);
  for (uint32_t symmetry = 0; symmetry < 8; symmetry++) {
    random = og_random_stream(SEED, 10 + symmetry);
    og_augment_view(&strengths, symmetry, SIDE, &random, warp, &view);
    memcpy(before, warp, sizeof warp);
    const og_view plain = view;
    random = like = og_random_stream(SEED, 2);
    og_augment_style(&strengths, 1.5f, SIDE, &random, warp, &view);
    const float *a = plain.m, *b = style.m;
    assert_true(view.m[0] == a[0] * b[0] + a[1] * b[2] && view.m[3] == a[2] * b[1] + a[3] * b[3]);
    assert_true(view.t[0] == plain.t[0] && view.tone_shift == plain.tone_shift);
    for (int i = 0; i < 2 * PIXELS; i++)
      assert_true(fabsf(warp[i] - before[i] - alone[i]) < 1e-6f);
  }
  og_augment_style(&strengths, 0, SIDE, &like, warp, &view);
  og_view same = view;
  og_augment_style(&none, 1, SIDE, &like, warp, &view);
  assert_memory_equal(&same, &view, sizeof view);
}

/* Each part comes in about half of the views, and all sixteen combinations come. */
static void chance_half_is_each_for_itself(void **state) {
  (void)state;
  enum { VIEWS = 2000 };
  int combination[16] = {0}, count[4] = {0};
  for (uint64_t i = 0; i < VIEWS; i++) {
    /* A single part at work shows whether it is chosen; the draws do not depend on strengths. */
    int chosen = 0;
    for (int part = 0; part < 4; part++) {
      og_augment one = {.chance = 0.5f};
      *(float *[]){&one.rotate_degrees, &one.stretch, &one.shear, &one.shift}[part] = 0.1f;
      og_view view;
      og_random random = og_random_stream(SEED, i);
      og_augment_view(&one, 0, 16, &random, NULL, &view);
      int moved = view.m[0] != 1 || view.m[1] != 0 || view.m[2] != 0 || view.m[3] != 1 ||
                  view.t[0] != 0 || view.t[1] != 0;
      chosen |= moved << part;
      count[part] += moved;
    }
    combination[chosen]++;
  }
  for (int part = 0; part < 4; part++) /* +-5 standard deviations */
    assert_in_range(count[part], VIEWS / 2 - 112, VIEWS / 2 + 112);
  for (int i = 0; i < 16; i++)
    assert_true(combination[i] > VIEWS / 32);
}

static void drawers_are_split(void **state) {
  (void)state;
  og_dataset *train, *held, *none;
  size_t lacking = 99;
  assert_int_equal(og_dataset_take_drawers(set, 0, 3, &train, &lacking), OG_OK);
  assert_int_equal(og_dataset_take_drawers(set, 3, 1, &held, &lacking), OG_OK);
  assert_int_equal(train->drawings + held->drawings, set->drawings);
  assert_int_equal(train->classes, set->classes);
  assert_int_equal(held->alphabets, set->alphabets);
  for (size_t i = 0; i < train->drawings; i++) {
    size_t c = train->class_of[i], k = i - train->class_start[c];
    assert_int_equal(train->drawer_of[i], k);
    assert_memory_equal(og_dataset_raster(train, i),
                        og_dataset_raster(set, set->class_start[c] + k), OG_RASTER_SIZE);
  }
  for (size_t i = 0; i < held->drawings; i++)
    assert_int_equal(held->drawer_of[i], 3);
  assert_string_equal(held->class_names[5], set->class_names[5]);
  assert_int_equal(og_dataset_take_drawers(set, 3, 2, &none, &lacking), OG_ERROR_EMPTY);
  assert_null(none);
  assert_int_equal(lacking, 0);
  og_dataset_free(train);
  og_dataset_free(held);
}

/* Numbers of drawers need neither begin at 0 nor be without gaps, and may be unknown. */
static void drawers_by_rank(void **state) {
  (void)state;
  og_dataset *odd, *part;
  size_t lacking;
  assert_int_equal(og_dataset_procedural(3, 2, 0, 2, 4, &odd), OG_OK);
  static const uint32_t numbers[] = {4, 9, 30, OG_NO_DRAWER};
  for (size_t i = 0; i < odd->drawings; i++)
    odd->drawer_of[i] = numbers[i % 4];
  assert_int_equal(og_dataset_take_drawers(odd, 1, 2, &part, &lacking), OG_OK);
  assert_int_equal(part->drawings, 8);
  assert_true(part->drawer_of[0] == 9 && part->drawer_of[1] == 30);
  og_dataset_free(part);
  assert_int_equal(og_dataset_take_drawers(odd, 2, 2, &part, &lacking), OG_ERROR_EMPTY);
  og_dataset_free(odd);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(epochs_hold_every_item_once),
      cmocka_unit_test(a_pair_is_the_same_whenever_it_comes),
      cmocka_unit_test(a_pooled_run_can_be_continued),
      cmocka_unit_test(only_copies_are_distorted),
      cmocka_unit_test(checkpoints_know_their_pool),
      cmocka_unit_test(bad_recipes),
      cmocka_unit_test(chance_one_is_always),
      cmocka_unit_test(chance_zero_is_never),
      cmocka_unit_test(chance_half_is_each_for_itself),
      cmocka_unit_test(a_style_is_the_same_for_all),
      cmocka_unit_test(drawers_are_split),
      cmocka_unit_test(drawers_by_rank),
  };
  return cmocka_run_group_tests(tests, prepare, finish);
}
