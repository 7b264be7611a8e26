/* The second look: what it changes, and what it leaves alone. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/exponential.h"
#include "fewshot/dataset.h"
#include "fewshot/deform.h"
#include "fewshot/support.h"
#include "oneglyph.h"

enum { CLASSES = 4, DRAWERS = 8, QUERY = DRAWERS - 1 };
static og_dataset *set;

static int prepare(void **state) {
  (void)state;
  return og_dataset_procedural(9, 1, 0, CLASSES, DRAWERS, &set) != OG_OK;
}

static int clean(void **state) {
  (void)state;
  og_dataset_free(set);
  return 0;
}

static const uint8_t *drawing(uint32_t class, uint32_t drawer) {
  return og_dataset_raster(set, class * DRAWERS + drawer);
}

/* Class c has the similarity 0.9 - c / 100 with the query (1, 0), and `shot` drawings. */
static og_support *board(uint32_t shot, int keep) {
  og_support *s;
  assert_int_equal(og_support_create(2, &s), OG_OK);
  for (uint32_t c = 0; c < CLASSES; c++)
    for (uint32_t d = 0; d < shot; d++) {
      float x = 0.9f - (float)c / 100, v[2] = {x, sqrtf(1 - x * x)};
      uint32_t id;
      assert_int_equal(og_support_add(s, c, v, &id), OG_OK);
      if (keep)
        assert_int_equal(og_support_keep_drawing(s, id, drawing(c, d)), OG_OK);
    }
  return s;
}

typedef struct seen {
  og_match matches[CLASSES];
  og_answer answer;
} seen;

static seen look(const og_support *s, float weight, float threshold, int again, uint32_t query) {
  const og_calibration calibration = {0.02f, 0.5f, 10, -5, weight, 1, 0};
  const float v[2] = {1, 0};
  seen got;
  assert_int_equal(
      og_support_classify(s, v, &calibration, threshold, got.matches, CLASSES, &got.answer), OG_OK);
  if (again)
    assert_int_equal(
        og_support_look_again(s, drawing(query, QUERY), &calibration, got.matches, &got.answer),
        OG_OK);
  return got;
}

static double whole(const seen *g) {
  double sum = (double)g->answer.none;
  for (size_t i = 0; i < g->answer.count; i++)
    sum += (double)g->matches[i].probability;
  return sum;
}

static void logarithms_are_right(void **state) {
  (void)state;
  for (float x = 1.2e-38f; x < 3e38f; x *= 1.37f) {
    double truth = log((double)x);
    assert_true(fabs((double)og_log(x) - truth) <= 3e-7 * fabs(truth) + 1e-7);
  }
  assert_true(og_log(1) == 0);
}

/* The least distance of a query, in all its turns, to an example. */
static float least_distance(const uint8_t *query, const uint8_t *example) {
  og_deform_image a, b;
  og_glyph glyph;
  float least = INFINITY;
  assert_int_equal(og_deform_glyph(query, &glyph), OG_OK);
  assert_int_equal(og_deform_prepare(example, &b), OG_OK);
  for (size_t turn = 0; turn < OG_DEFORM_TURNS; turn++) {
    og_deform_turn(&glyph, turn, &a);
    least = fminf(least, og_deform_distance(&a, &b));
  }
  return least;
}

/* The drawing turned by `degrees` about the middle of its raster. */
static void turn_raster(const uint8_t *from, double degrees, uint8_t *to) {
  double c = cos(degrees * 0.017453292519943295), s = sin(degrees * 0.017453292519943295);
  const int middle = OG_RASTER_SIDE / 2;
  memset(to, 0, OG_RASTER_SIZE);
  for (int y = 0; y < OG_RASTER_SIDE; y++)
    for (int x = 0; x < OG_RASTER_SIDE; x++) {
      int u = (int)lround(c * (x - middle) + s * (y - middle)) + middle;
      int v = (int)lround(c * (y - middle) - s * (x - middle)) + middle;
      if (u >= 0 && u < OG_RASTER_SIDE && v >= 0 && v < OG_RASTER_SIDE)
        to[y * OG_RASTER_SIDE + x] = from[v * OG_RASTER_SIDE + u];
    }
}

static void a_turned_drawing_is_known_again(void **state) {
  (void)state;
  static const double degrees[] = {8, -8};
  for (uint32_t class = 0; class < CLASSES; class ++)
    for (size_t i = 0; i < 2; i++) {
      uint8_t turned[OG_RASTER_SIZE];
      turn_raster(drawing(class, 0), degrees[i], turned);
      og_deform_image a, b;
      assert_int_equal(og_deform_prepare(turned, &a), OG_OK);
      assert_int_equal(og_deform_prepare(drawing(class, 0), &b), OG_OK);
      assert_true(least_distance(turned, drawing(class, 0)) < og_deform_distance(&a, &b) / 2);
    }
}

/* The query is a drawing of the second best class: the look brings that to the front, by as much
 * as the distances say, and does not touch the classes behind. */
static void the_nearer_of_the_best_two_wins(void **state) {
  (void)state;
  og_support *s = board(1, 1);
  const float weight = 0.1f;
  seen before = look(s, weight, NAN, 0, 1), after = look(s, weight, NAN, 1, 1);
  const uint8_t *query = drawing(1, QUERY);
  float loss = weight * logf((least_distance(query, drawing(0, 0)) + 1) /
                             (least_distance(query, drawing(1, 0)) + 1));
  assert_true(loss > 0.01f);
  assert_int_equal(before.matches[0].class_id, 0);
  assert_int_equal(after.matches[0].class_id, 1);
  assert_true(after.matches[0].similarity == before.matches[1].similarity);
  for (size_t i = 0; i < CLASSES; i++) {
    const og_match *m = &after.matches[i], *was = &before.matches[m->class_id];
    float expected = was->similarity - (m->class_id == 0 ? loss : 0);
    assert_true(fabsf(m->similarity - expected) < 1e-5f);
    assert_true(!i || m->similarity <= after.matches[i - 1].similarity);
    assert_true(fabsf(m->same - og_sigmoid(10 * m->similarity - 5)) < 1e-6f);
    /* The softmax that og_support_classify would give for these similarities. */
    float ratio = expf((m->similarity - after.matches[0].similarity) / 0.02f);
    assert_true(fabsf(m->probability / after.matches[0].probability - ratio) < 1e-4f);
  }
  assert_true(fabs(whole(&after) - 1) < 1e-5);
  assert_true(after.answer.known && after.answer.count == CLASSES);
  og_support_free(s);
}

static void without_drawings_or_weight_nothing_changes(void **state) {
  (void)state;
  og_support *kept = board(1, 1), *bare = board(1, 0);
  seen plain = look(kept, 0.1f, NAN, 0, 1);
  seen unweighted = look(kept, 0, NAN, 1, 1), undrawn = look(bare, 0.1f, NAN, 1, 1);
  assert_memory_equal(&plain, &unweighted, sizeof plain);
  assert_memory_equal(&plain, &undrawn, sizeof plain);
  /* One class alone has nobody to be compared with. */
  for (uint32_t c = 1; c < CLASSES; c++)
    assert_int_equal(og_support_remove_class(kept, c), OG_OK);
  seen alone = look(kept, 0.1f, NAN, 1, 1);
  assert_true(alone.answer.count == 1 && alone.matches[0].similarity > 0.89f);
  og_support_free(kept);
  og_support_free(bare);
}

/* Only the newest OG_LOOKS examples of a class count, so an older one may lack its drawing. */
static void drawings_go_with_their_examples(void **state) {
  (void)state;
  og_support *s = board(OG_LOOKS, 1);
  seen several = look(s, 0.1f, NAN, 1, 1);
  assert_int_equal(several.matches[0].class_id, 1);
  const float v[2] = {0.9f, sqrtf(1 - 0.81f)};
  uint32_t id;
  assert_int_equal(og_support_add(s, 0, v, &id), OG_OK);
  assert_int_equal(look(s, 0.1f, NAN, 1, 1).matches[0].class_id, 0);
  assert_int_equal(og_support_remove(s, id), OG_OK);
  seen again = look(s, 0.1f, NAN, 1, 1);
  assert_memory_equal(several.matches, again.matches, sizeof again.matches);
  assert_int_equal(og_support_remove(s, 1), OG_OK); /* of class 0; four are left, all drawn */
  assert_int_equal(look(s, 0.1f, NAN, 1, 1).matches[0].class_id, 1);
  assert_int_equal(og_support_keep_drawing(s, 1, drawing(0, 0)), OG_ERROR_ARGUMENT);
  static const uint8_t blank[OG_RASTER_SIZE];
  assert_int_equal(og_support_keep_drawing(s, 2, blank), OG_ERROR_EMPTY);
  const og_calibration calibration = {0.02f, 0.5f, 10, -5, 1, 1, 0};
  assert_int_equal(og_support_look_again(s, blank, &calibration, several.matches, &several.answer),
                   OG_ERROR_EMPTY);
  og_support_free(s);
}

/* Any weight and threshold leave numbers that are some. */
static void nothing_breaks_it(void **state) {
  (void)state;
  static const float weights[] = {1e-6f, 1, 1e6f, FLT_MAX};
  static const float thresholds[] = {-INFINITY, -1, 0.9f, INFINITY};
  og_support *s = board(1, 1);
  for (size_t w = 0; w < 4; w++)
    for (size_t t = 0; t < 4; t++)
      for (uint32_t query = 0; query < CLASSES; query++) {
        seen got = look(s, weights[w], thresholds[t], 1, query);
        assert_int_equal(got.answer.known, t == 0 ? 1 : t == 3 ? 0 : got.answer.known);
        assert_true(got.answer.none >= 0 && got.answer.none <= 1);
        for (size_t i = 0; i < CLASSES; i++) {
          const og_match *m = &got.matches[i];
          assert_true(m->similarity >= -1 && m->similarity <= 1);
          assert_true(m->probability >= 0 && m->probability <= 1.00001f);
          assert_true(m->same >= 0 && m->same <= 1);
        }
        assert_true(fabs(whole(&got) - 1) < 1e-3);
      }
  og_support_free(s);
}

/* Of similarities that are what they were, settling makes the order and the probabilities that
 * og_support_classify made; of others, those that it would make. */
static void answers_settle(void **state) {
  (void)state;
  const og_calibration calibration = {0.02f, 0.5f, 10, -5, 0, 1, 0.4f};
  static const float thresholds[] = {-INFINITY, 0.5f, 0.97f, INFINITY};
  const float v[2] = {1, 0};
  og_support *s = board(1, 0);
  for (size_t t = 0; t < 4; t++) {
    seen once, again;
    assert_int_equal(
        og_support_classify(s, v, &calibration, thresholds[t], once.matches, CLASSES, &once.answer),
        OG_OK);
    again = once;
    for (size_t i = 0; i < CLASSES; i++) { /* in another order, with nonsense for probabilities */
      again.matches[i] = once.matches[(i + 2) % CLASSES];
      again.matches[i].probability = again.matches[i].same = 7;
    }
    og_answer_settle(&calibration, thresholds[t], again.matches, &again.answer);
    assert_int_equal(again.answer.known, once.answer.known);
    assert_true(fabsf(again.answer.none - once.answer.none) < 1e-6f);
    assert_true(fabs(whole(&again) - 1) < 1e-5);
    for (size_t i = 0; i < CLASSES; i++) {
      assert_int_equal(again.matches[i].class_id, once.matches[i].class_id);
      assert_true(fabsf(again.matches[i].probability - once.matches[i].probability) < 1e-6f);
      assert_true(again.matches[i].same == once.matches[i].same);
    }
  }
  seen one = look(s, 0, NAN, 0, 0);
  one.matches[3].similarity = 2; /* more than a cosine can be */
  og_answer_settle(&calibration, 0.5f, one.matches, &one.answer);
  assert_int_equal(one.matches[0].class_id, 3);
  assert_true(one.answer.known && one.matches[0].probability > 0.99f);
  one.answer.count = 0;
  og_answer_settle(&calibration, 0.5f, one.matches, &one.answer);
  og_support_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(logarithms_are_right),
      cmocka_unit_test(a_turned_drawing_is_known_again),
      cmocka_unit_test(the_nearer_of_the_best_two_wins),
      cmocka_unit_test(without_drawings_or_weight_nothing_changes),
      cmocka_unit_test(drawings_go_with_their_examples),
      cmocka_unit_test(nothing_breaks_it),
      cmocka_unit_test(answers_settle),
  };
  return cmocka_run_group_tests(tests, prepare, clean);
}
