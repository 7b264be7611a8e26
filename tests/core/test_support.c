/* Support sets: ranking, probabilities, and everything a person may do to a set. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "fewshot/support.h"
#include "oneglyph.h"

enum { DIM = 8 };
static const og_calibration calibration = {0.1f, 0.5f, 10, -5, 0, 1, 0};

static og_support *make(void) {
  og_support *s;
  assert_int_equal(og_support_create(DIM, &s), OG_OK);
  return s;
}

/* Unit vector `axis`. */
static const float *unit(size_t axis) {
  static float v[DIM];
  memset(v, 0, sizeof v);
  v[axis] = 1;
  return v;
}

static uint32_t add(og_support *s, uint32_t class_id, const float *v) {
  uint32_t id = 0;
  assert_int_equal(og_support_add(s, class_id, v, &id), OG_OK);
  assert_int_not_equal(id, 0);
  return id;
}

static og_answer ask(const og_support *s, const float *query, og_match *matches, size_t capacity) {
  og_answer a;
  assert_int_equal(og_support_classify(s, query, &calibration, NAN, matches, capacity, &a), OG_OK);
  double sum = (double)a.none;
  for (size_t i = 0; i < a.count; i++) {
    sum += (double)matches[i].probability;
    assert_true(matches[i].similarity >= -1 && matches[i].similarity <= 1);
    if (i)
      assert_true(matches[i - 1].similarity > matches[i].similarity ||
                  (matches[i - 1].similarity == matches[i].similarity &&
                   matches[i - 1].class_id < matches[i].class_id));
  }
  if (a.count == og_support_classes(s))
    assert_true(fabs(sum - 1) < 1e-5);
  return a;
}

static void no_class_is_none_of_these(void **state) {
  (void)state;
  og_support *s = make();
  og_answer a = ask(s, unit(0), NULL, 0);
  assert_true(a.count == 0 && a.none == 1 && !a.known);
  og_support_free(s);
}

/* Who looks like everybody must look like somebody all the more. */
static void a_crowd_raises_the_threshold(void **state) {
  (void)state;
  og_support *s = make();
  add(s, 1, unit(0));
  add(s, 2, unit(1));
  og_calibration crowded = calibration;
  crowded.crowd = 0.6f;
  const float between[DIM] = {1, 1}, cosine = 0.70710678f;
  og_match plain[2], m[2];
  og_answer a, b;
  og_support_classify(s, between, &crowded, NAN, m, 2, &a);
  og_support_classify(s, between, &calibration, 0.5f + 0.6f * cosine / 6, plain, 2, &b);
  assert_true(fabsf(a.none - b.none) < 1e-6f && a.known && m[0].similarity == plain[0].similarity);
  assert_true(fabsf(m[1].probability - plain[1].probability) < 1e-6f);
  og_support_classify(s, between, &crowded, cosine - 0.03f, m, 2, &a);
  assert_true(!a.known);
  og_support_classify(s, unit(0), &crowded, NAN, m, 2, &a);
  b = ask(s, unit(0), plain, 2);
  assert_true(a.none == b.none && m[0].probability == plain[0].probability);
  og_support_free(s);
}

static void one_class_has_known_numbers(void **state) {
  (void)state;
  og_support *s = make();
  og_match m;
  uint32_t id = add(s, 7, unit(0));
  const float query[DIM] = {3, 4};
  og_answer a = ask(s, query, &m, 1);
  assert_true(a.count == 1 && a.known && m.class_id == 7 && m.nearest == id);
  assert_true(fabsf(m.similarity - 0.6f) < 1e-6f && m.similarity == m.nearest_similarity);
  /* logits 6 and 5: e / (1 + e); same: sigmoid(6 - 5). */
  assert_true(fabsf(m.probability - 0.7310586f) < 1e-5f && fabsf(m.same - 0.7310586f) < 1e-5f);
  assert_int_equal(og_support_classify(s, query, &calibration, 0.7f, &m, 1, &a), OG_OK);
  assert_true(!a.known && fabsf(a.none - 0.7310586f) < 1e-5f);
  assert_int_equal(og_support_classify(s, query, &calibration, INFINITY, &m, 1, &a), OG_OK);
  assert_true(!a.known && a.none == 1);
  assert_int_equal(og_support_classify(s, query, &calibration, -INFINITY, &m, 1, &a), OG_OK);
  assert_true(a.known && m.probability == 1);
  og_support_free(s);
}

static void prototype_and_nearest_share_the_score(void **state) {
  (void)state;
  og_support *s = make();
  og_match m;
  uint32_t good = add(s, 1, unit(0));
  add(s, 1, unit(1));
  /* The very drawing that was taught is known, whatever else the class holds. */
  ask(s, unit(0), &m, 1);
  assert_int_equal(m.nearest, good);
  assert_true(m.similarity == 1);
  /* A query between: cosine 0.6 to one example and 0.8 to the other, 1.4 / sqrt(2) to their sum. */
  float query[DIM] = {0.8f, 0.6f};
  ask(s, query, &m, 1);
  assert_true(fabs((double)m.similarity - (0.8 + 1.4 / sqrt(2)) / 2) < 1e-6);
  og_support_free(s);
}

static void empty_classes_rank_nowhere_and_come_back(void **state) {
  (void)state;
  og_support *s = make();
  og_match m[4];
  uint32_t first = add(s, 5, unit(0)), second = add(s, 3, unit(1));
  assert_int_equal(og_support_remove(s, first), OG_OK);
  assert_int_equal(og_support_remove(s, first), OG_ERROR_ARGUMENT);
  assert_int_equal(og_support_classes(s), 1);
  assert_true(ask(s, unit(0), m, 4).count == 1 && m[0].nearest == second);
  uint32_t third = add(s, 5, unit(0));
  assert_true(third != first && third != second);
  assert_true(ask(s, unit(0), m, 4).count == 2 && m[0].class_id == 5);
  assert_int_equal(og_support_remove(s, third), OG_OK);
  assert_int_equal(og_support_remove_class(s, 5), OG_OK);
  assert_int_equal(og_support_remove_class(s, 5), OG_ERROR_ARGUMENT);
  assert_int_equal(og_support_examples(s), 1);
  og_support_free(s);
}

static void equal_scores_rank_by_class(void **state) {
  (void)state;
  og_support *s = make();
  og_match m[4];
  const uint32_t classes[] = {9, 2, UINT32_MAX, 0};
  for (size_t i = 0; i < 4; i++)
    add(s, classes[i], unit(0));
  ask(s, unit(0), m, 4);
  assert_true(m[0].class_id == 0 && m[1].class_id == 2 && m[2].class_id == 9);
  /* A duplicate changes neither score nor nearest example, which stays the older one. */
  og_match before = m[0];
  add(s, 0, unit(0));
  ask(s, unit(0), m, 4);
  assert_true(m[0].nearest == before.nearest && fabsf(m[0].similarity - before.similarity) < 1e-6f);
  og_support_free(s);
}

static void fill_random(float *v, og_random *random) {
  for (size_t k = 0; k < DIM; k++)
    v[k] = og_random_signed(random);
}

static void capacity_keeps_the_best(void **state) {
  (void)state;
  og_support *s = make();
  og_random random = og_random_stream(3, 0);
  og_match all[200], some[200];
  float v[DIM];
  for (uint32_t c = 0; c < 200; c++)
    for (int k = 0; k < 3; k++) {
      fill_random(v, &random);
      add(s, c * 7919 % 200, v);
    }
  fill_random(v, &random);
  og_answer a = ask(s, v, all, 200);
  assert_int_equal(a.count, 200);
  for (size_t capacity = 0; capacity < 200; capacity += 1 + capacity / 3) {
    og_answer b = ask(s, v, some, capacity);
    assert_int_equal(b.count, capacity);
    assert_true(b.none == a.none && b.known == a.known);
    assert_memory_equal(some, all, capacity * sizeof *all);
  }
  og_support_free(s);
}

static void adding_and_removing_leaves_no_trace(void **state) {
  (void)state;
  og_support *s = make(), *plain = make();
  og_random random = og_random_stream(4, 0);
  og_match a[3], b[3];
  float v[DIM], query[DIM];
  fill_random(query, &random);
  uint32_t last = 0;
  for (uint32_t i = 0; i < 9; i++) {
    fill_random(v, &random);
    add(s, i % 3, v);
    last = add(plain, i % 3, v);
  }
  for (int i = 0; i < 500; i++) {
    fill_random(v, &random);
    uint32_t id = add(s, (uint32_t)i % 3, v);
    assert_true(id > last);
    last = id;
    assert_int_equal(og_support_remove(s, id), OG_OK);
  }
  ask(s, query, a, 3);
  ask(plain, query, b, 3);
  assert_memory_equal(a, b, sizeof a);
  og_support_free(s);
  og_support_free(plain);
}

/* A class that keeps a sum of its examples answers as if it had been added up anew, however many
 * came and went, and packed or not. */
static void large_classes_answer_as_if_added_up_anew(void **state) {
  (void)state;
  const size_t counts[] = {OG_LARGE_CLASS - 1, OG_LARGE_CLASS, 3 * OG_LARGE_CLASS,
                           OG_LARGE_SET + OG_LARGE_CLASS};
  for (size_t t = 0; t < 4; t++) {
    og_support *s = make();
    og_random random = og_random_stream(8, t);
    float v[DIM], query[DIM];
    og_match kept, anew;
    uint32_t last = 0;
    for (size_t i = 0; i < counts[t]; i++) {
      fill_random(v, &random);
      last = add(s, 1, v);
    }
    fill_random(query, &random);
    ask(s, query, &kept, 1);
    /* The one that goes makes the rest be added up, and comes again. */
    assert_int_equal(og_support_remove(s, last), OG_OK);
    add(s, 1, v);
    ask(s, query, &anew, 1);
    assert_true(kept.similarity == anew.similarity);
    assert_int_equal(og_support_remove_class(s, 1), OG_OK);
    add(s, 1, v);
    og_support *plain = make();
    add(plain, 1, v);
    ask(s, query, &kept, 1);
    ask(plain, query, &anew, 1);
    assert_true(kept.similarity == anew.similarity || t == 3); /* that one stays packed */
    og_support_free(plain);
    og_support_free(s);
  }
}

/* Classes of one example each, which are scored many at a time, rank as others do: here next to
 * classes that have the same example twice. */
static void single_examples_rank_as_others(void **state) {
  (void)state;
  enum { MANY = 5000 };
  static og_match one[MANY], two[MANY];
  og_support *singles = make(), *doubles = make();
  og_random random = og_random_stream(9, 0);
  float v[DIM], query[DIM];
  for (uint32_t c = 0; c < MANY; c++) {
    fill_random(v, &random);
    int is_double = c % 701 == 3; /* runs of singles that end anywhere */
    for (int e = 0; e <= is_double; e++)
      add(singles, c, v);
    for (int e = 0; e < 2; e++)
      add(doubles, c, v);
  }
  fill_random(query, &random);
  static float nearest[MANY];
  og_answer all = ask(doubles, query, two, MANY), a = ask(singles, query, one, MANY);
  assert_true(all.count == MANY && a.count == MANY && fabsf(a.none - all.none) < 1e-4f);
  for (size_t i = 0; i < MANY; i++)
    nearest[two[i].class_id] = two[i].nearest_similarity;
  for (size_t i = 0; i < MANY; i++) {
    assert_true(one[i].nearest_similarity == nearest[one[i].class_id]);
    assert_true(fabsf(one[i].similarity - one[i].nearest_similarity) < 1e-4f);
    assert_true(
        i == 0 || one[i].similarity < one[i - 1].similarity ||
        (one[i].similarity == one[i - 1].similarity && one[i].class_id > one[i - 1].class_id));
  }
  for (size_t capacity = 0; capacity < 9; capacity += 4) {
    og_answer b = ask(singles, query, two, capacity);
    assert_true(b.count == capacity && b.known == a.known && b.none == a.none);
    assert_memory_equal(two, one, capacity * sizeof *one);
  }
  og_support_free(singles);
  og_support_free(doubles);
}

static void bad_vectors_are_refused_and_zero_is_unlike_everything(void **state) {
  (void)state;
  og_support *s = make();
  og_match m[2];
  og_answer a;
  float v[DIM] = {1};
  add(s, 1, v);
  const float bad[] = {NAN, INFINITY, -INFINITY};
  for (size_t i = 0; i < 3; i++) {
    v[DIM - 1] = bad[i];
    assert_int_equal(og_support_add(s, 2, v, NULL), OG_ERROR_FORMAT);
    assert_int_equal(og_support_classify(s, v, &calibration, NAN, m, 2, &a), OG_ERROR_FORMAT);
  }
  assert_int_equal(og_support_examples(s), 1);
  const float zero[DIM] = {0}, huge[DIM] = {3e38f, 3e38f}, tiny[DIM] = {1e-45f, 1e-45f};
  ask(s, zero, m, 2);
  assert_true(m[0].similarity == 0);
  add(s, 0, zero);
  ask(s, huge, m, 2);
  assert_true(m[0].class_id == 1 && fabs((double)m[0].similarity - sqrt(0.5)) < 1e-6);
  ask(s, tiny, m, 2);
  assert_true(m[1].class_id == 0 && m[1].similarity == 0);
  og_calibration broken = calibration;
  broken.temperature = 0;
  assert_int_equal(og_support_classify(s, zero, &broken, NAN, m, 2, &a), OG_ERROR_ARGUMENT);
  og_support_free(s);
  assert_int_equal(og_support_create(0, &s), OG_ERROR_ARGUMENT);
}

/* The cosine of two vectors, in double precision. */
static double plain_cosine(const float *a, const float *b, size_t dim) {
  double dot = 0, x = 0, y = 0;
  for (size_t k = 0; k < dim; k++) {
    dot += (double)a[k] * (double)b[k];
    x += (double)a[k] * (double)a[k];
    y += (double)b[k] * (double)b[k];
  }
  return dot / sqrt(x * y);
}

/* The same of vectors that were rounded at unit length to multiples of 1 / 32767. */
static double rounded_cosine(const float *a, const float *b, size_t dim) {
  double x = 0, y = 0;
  int64_t dot = 0;
  for (size_t k = 0; k < dim; k++) {
    x += (double)a[k] * (double)a[k];
    y += (double)b[k] * (double)b[k];
  }
  for (size_t k = 0; k < dim; k++)
    dot += lrint((double)(float)((double)a[k] / sqrt(x)) * 32767) *
           lrint((double)(float)((double)b[k] / sqrt(y)) * 32767);
  return (double)dot / (32767.0 * 32767.0);
}

enum { CLASSES = 1000, MOST = 11, WIDEST = 1100 };

/* Adds and removes until the set is large, the last `middle` in its midst; `kept` is what is there
 * then. */
static void fill_large(og_support *s, size_t dim, uint32_t middle,
                       float kept[CLASSES][MOST][WIDEST], uint32_t *count) {
  og_random random = og_random_stream(5, 0);
  memset(count, 0, CLASSES * sizeof *count);
  for (uint32_t i = 0; i < CLASSES * 6 + middle; i++) {
    uint32_t c = i < CLASSES * 6 ? i / 6 : (uint32_t)og_random_below(&random, CLASSES), id;
    if (count[c] == MOST)
      continue;
    float *v = kept[c][count[c]++];
    for (size_t k = 0; k < dim; k++)
      v[k] = og_random_signed(&random);
    assert_int_equal(og_support_add(s, c, v, &id), OG_OK);
    if (i % 7 == 0) { /* and away again */
      count[c]--;
      assert_int_equal(og_support_remove(s, id), OG_OK);
    }
  }
  assert_true(og_support_examples(s) > 5000);
}

static void assert_answers(const og_support *s, size_t dim, float kept[CLASSES][MOST][WIDEST],
                           const uint32_t *count) {
  static og_match matches[CLASSES];
  og_random random = og_random_stream(6, 0);
  int exact = dim <= 1024; /* else the query is not rounded */
  for (int q = 0; q < (exact ? 3 : 1); q++) {
    float query[WIDEST];
    og_answer a;
    for (size_t k = 0; k < dim; k++)
      query[k] = 1e30f * og_random_signed(&random);
    assert_int_equal(og_support_classify(s, query, &calibration, NAN, matches, CLASSES, &a), OG_OK);
    assert_int_equal(a.count, CLASSES);
    for (size_t m = 0; m < a.count; m++) {
      uint32_t c = matches[m].class_id;
      double best = -1, rounded = -1;
      for (uint32_t e = 0; e < count[c]; e++) {
        best = fmax(best, plain_cosine(query, kept[c][e], dim));
        rounded = fmax(rounded, rounded_cosine(query, kept[c][e], dim));
      }
      assert_true(fabs(best - (double)matches[m].nearest_similarity) < 7e-5);
      assert_true(!exact || fabs(rounded - (double)matches[m].nearest_similarity) < 2e-7);
    }
  }
}

/* Large sets, whose examples are packed, answer as plain sums of what was rounded do, wherever
 * their classes begin and end, and after examples have come and gone in their middle. */
static void large_sets_agree_with_plain_sums(void **state) {
  (void)state;
  static float kept[CLASSES][MOST][WIDEST];
  static uint32_t count[CLASSES];
  const size_t dims[] = {20, 33, WIDEST};
  for (size_t d = 0; d < 3; d++) {
    og_support *s;
    assert_int_equal(og_support_create(dims[d], &s), OG_OK);
    fill_large(s, dims[d], dims[d] < WIDEST ? 1000 : 10, kept, count);
    assert_answers(s, dims[d], kept, count);
    og_support_free(s);
  }
}

/* A drawing just taught is known in a large set too, and the map of one is that of its examples. */
static void large_sets_know_what_was_taught(void **state) {
  (void)state;
  enum { MANY = 6000 };
  og_support *s = make();
  og_random random = og_random_stream(7, 0);
  float v[DIM], frame[4 * DIM] = {0};
  static uint32_t ids[MANY];
  static float xy[2 * MANY];
  for (uint32_t i = 0; i < MANY; i++) {
    fill_random(v, &random);
    v[0] *= 10;
    add(s, i % 2, v);
  }
  og_match m[2];
  uint32_t id = add(s, 1, v);
  ask(s, v, m, 2);
  assert_true(m[0].class_id == 1 && m[0].similarity > 0.9999f);
  assert_int_equal(og_support_remove(s, id), OG_OK);
  og_support_map(s, frame);
  assert_true(fabsf(frame[DIM]) > 0.99f); /* the first axis */
  assert_int_equal(og_support_places(s, frame, ids, xy), MANY);
  float at[2];
  og_map_place(frame, DIM, v, at); /* the last of its class */
  assert_true(fabsf(at[0] - xy[2 * MANY - 2]) < 1e-3f && fabsf(at[1] - xy[2 * MANY - 1]) < 1e-3f);
  og_support_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_class_is_none_of_these),
      cmocka_unit_test(one_class_has_known_numbers),
      cmocka_unit_test(a_crowd_raises_the_threshold),
      cmocka_unit_test(prototype_and_nearest_share_the_score),
      cmocka_unit_test(empty_classes_rank_nowhere_and_come_back),
      cmocka_unit_test(equal_scores_rank_by_class),
      cmocka_unit_test(capacity_keeps_the_best),
      cmocka_unit_test(large_sets_agree_with_plain_sums),
      cmocka_unit_test(large_sets_know_what_was_taught),
      cmocka_unit_test(adding_and_removing_leaves_no_trace),
      cmocka_unit_test(large_classes_answer_as_if_added_up_anew),
      cmocka_unit_test(single_examples_rank_as_others),
      cmocka_unit_test(bad_vectors_are_refused_and_zero_is_unlike_everything),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
