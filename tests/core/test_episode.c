/* Episodes: who drew what, in which order, and what a set must have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fewshot/episode.h"

enum { SEEDS = 300 };

/* `sizes` [alphabets] characters, each drawn once by each of `drawers` people (OG_NO_DRAWER if
 * `anonymous`). */
static og_dataset *make_set(const uint32_t *sizes, size_t alphabets, uint32_t drawers,
                            int anonymous) {
  size_t classes = 0;
  for (size_t a = 0; a < alphabets; a++)
    classes += sizes[a];
  og_dataset *set;
  assert_int_equal(og_dataset_create(classes * drawers, classes, alphabets, &set), OG_OK);
  uint32_t c = 0;
  for (uint32_t a = 0; a < alphabets; a++)
    for (uint32_t i = 0; i < sizes[a]; i++, c++) {
      set->alphabet_of[c] = a;
      set->alphabet_start[a + 1] = c + 1;
      set->class_start[c + 1] = (c + 1) * drawers;
      for (uint32_t d = 0; d < drawers; d++) {
        set->class_of[c * drawers + d] = c;
        set->drawer_of[c * drawers + d] = anonymous ? OG_NO_DRAWER : d;
      }
    }
  return set;
}

static og_episodes *make_episodes(const og_dataset *set, og_episode_plan plan) {
  og_episodes *e;
  og_error error = {0};
  assert_int_equal(og_episodes_create(set, &plan, &e, &error), OG_OK);
  return e;
}

static void within_has_one_person_a_column(void **state) {
  (void)state;
  const uint32_t sizes[] = {7, 4, 9, 5};
  og_dataset *set = make_set(sizes, 4, 6, 0);
  og_episodes *e = make_episodes(set, (og_episode_plan){OG_TASK_WITHIN, 5, 3, 0, 0});
  assert_int_equal(og_episodes_eligible(e), 3);
  for (uint64_t seed = 0; seed < SEEDS; seed++) {
    og_random random = og_random_stream(seed, 0);
    const og_episode *now = og_episodes_next(e, &random);
    assert_int_equal(now->queries, 5);
    assert_int_not_equal(now->alphabet, 1);
    uint8_t seen[25] = {0}, person[6] = {0};
    for (size_t i = 0; i < 5; i++) {
      uint32_t c = set->class_of[now->support[3 * i]];
      assert_int_equal(set->alphabet_of[c], now->alphabet);
      assert_int_equal(seen[c]++, 0);
      for (size_t k = 0; k < 3; k++) {
        assert_int_equal(set->class_of[now->support[3 * i + k]], c);
        assert_int_equal(set->drawer_of[now->support[3 * i + k]], set->drawer_of[now->support[k]]);
      }
      assert_int_equal(set->class_of[now->query[i]],
                       set->class_of[now->support[3 * now->truth[i]]]);
      assert_int_equal(set->drawer_of[now->query[i]], set->drawer_of[now->query[0]]);
    }
    for (size_t k = 0; k < 3; k++)
      assert_int_equal(person[set->drawer_of[now->support[k]]]++, 0);
    assert_int_equal(person[set->drawer_of[now->query[0]]], 0);
  }
  og_episodes_free(e);
  og_dataset_free(set);
}

static void unknown_queries_are_not_in_the_support(void **state) {
  (void)state;
  const uint32_t sizes[] = {7, 30};
  og_dataset *set = make_set(sizes, 2, 3, 0);
  og_episodes *e = make_episodes(set, (og_episode_plan){OG_TASK_WITHIN, 5, 1, 0, 1});
  for (uint64_t seed = 0; seed < SEEDS; seed++) {
    og_random random = og_random_stream(seed, 0);
    const og_episode *now = og_episodes_next(e, &random);
    assert_int_equal(now->queries, now->alphabet ? 10 : 4);
    size_t unknown = 0;
    for (size_t q = 0; q < now->queries; q++) {
      unknown += now->truth[q] == OG_UNKNOWN;
      for (size_t i = 0; i < 5; i++)
        assert_int_equal(set->class_of[now->query[q]] == set->class_of[now->support[i]],
                         i == now->truth[q]);
    }
    assert_int_equal(2 * unknown, now->queries);
  }
  og_episodes_free(e);
  og_dataset_free(set);
}

static void across_never_repeats_a_person_for_a_character(void **state) {
  (void)state;
  const uint32_t sizes[] = {3, 3, 3, 3};
  og_dataset *set = make_set(sizes, 4, 5, 0);
  og_episodes *e = make_episodes(set, (og_episode_plan){OG_TASK_ACROSS, 8, 4, 0, 0});
  int mixed = 0;
  for (uint64_t seed = 0; seed < SEEDS; seed++) {
    og_random random = og_random_stream(seed, 0);
    const og_episode *now = og_episodes_next(e, &random);
    assert_int_equal(now->queries, 1);
    uint8_t seen[12] = {0};
    for (size_t i = 0; i < 8; i++) {
      uint8_t person[5] = {0};
      assert_int_equal(seen[set->class_of[now->support[4 * i]]]++, 0);
      for (size_t k = 0; k < 4; k++)
        assert_int_equal(person[set->drawer_of[now->support[4 * i + k]]]++, 0);
      if (i == now->truth[0])
        assert_int_equal(person[set->drawer_of[now->query[0]]], 0);
      mixed |= set->drawer_of[now->support[4 * i]] != set->drawer_of[now->support[0]];
    }
    assert_int_equal(set->class_of[now->query[0]], set->class_of[now->support[4 * now->truth[0]]]);
  }
  assert_true(mixed);
  og_episodes_free(e);
  og_dataset_free(set);
}

static void drawers_are_obeyed(void **state) {
  (void)state;
  const uint32_t sizes[] = {6};
  og_dataset *set = make_set(sizes, 1, 6, 0);
  for (size_t d = 0; d < set->drawings; d++)
    set->drawer_of[d] /= 2; /* three people, two drawings each */
  for (og_drawers rule = OG_DRAWERS_OTHER; rule <= OG_DRAWERS_ANY; rule++) {
    size_t shot = rule == OG_DRAWERS_SAME ? 1 : 4;
    og_episodes *e = make_episodes(set, (og_episode_plan){OG_TASK_CLASSES, 6, shot, rule, 0});
    int other = 0, same = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
      og_random random = og_random_stream(seed, 0);
      const og_episode *now = og_episodes_next(e, &random);
      for (size_t i = 0; i < 6 * shot; i++) {
        assert_int_not_equal(now->query[i / shot], now->support[i]);
        int differ = set->drawer_of[now->query[i / shot]] != set->drawer_of[now->support[i]];
        other += differ;
        same += !differ;
      }
    }
    assert_int_equal(same > 0, rule != OG_DRAWERS_OTHER);
    assert_int_equal(other > 0, rule != OG_DRAWERS_SAME);
    og_episodes_free(e);
  }
  og_dataset_free(set);
}

static void anonymous_drawings_count_as_by_others(void **state) {
  (void)state;
  const uint32_t sizes[] = {4};
  og_dataset *set = make_set(sizes, 1, 3, 1);
  og_episodes *e = make_episodes(set, (og_episode_plan){OG_TASK_CLASSES, 4, 2, 0, 0});
  og_episodes_free(e);
  og_error error;
  const og_episode_plan same = {OG_TASK_CLASSES, 4, 1, OG_DRAWERS_SAME, 0};
  const og_episode_plan within = {OG_TASK_WITHIN, 4, 1, 0, 0};
  assert_int_equal(og_episodes_create(set, &same, &e, &error), OG_ERROR_TOO_LARGE);
  assert_int_equal(og_episodes_create(set, &within, &e, &error), OG_ERROR_TOO_LARGE);
  og_dataset_free(set);
}

/* Chi-square with a fixed seed: 30.1 is the 99.9 % point for 10 degrees of freedom. */
static double chi_square(const size_t *counts, size_t bins, double total) {
  double sum = 0, expected = total / (double)bins;
  for (size_t i = 0; i < bins; i++)
    sum += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
  return sum;
}

static void choices_are_uniform(void **state) {
  (void)state;
  const uint32_t sizes[] = {11, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5};
  og_dataset *set = make_set(sizes, 11, 11, 0);
  og_episodes *e = make_episodes(set, (og_episode_plan){OG_TASK_WITHIN, 5, 1, 0, 0});
  size_t alphabet[11] = {0}, drawer[11] = {0}, first[11] = {0}, truth[11] = {0}, large = 0;
  og_random random = og_random_stream(1, 0);
  for (int i = 0; i < 11000; i++) {
    const og_episode *now = og_episodes_next(e, &random);
    alphabet[now->alphabet]++;
    drawer[set->drawer_of[now->query[0]]]++;
    if (now->alphabet == 0) {
      first[set->class_of[now->support[0]]]++;
      large++;
    }
  }
  assert_true(chi_square(alphabet, 11, 11000) < 30.1);
  assert_true(chi_square(drawer, 11, 11000) < 30.1);
  assert_true(chi_square(first, 11, (double)large) < 30.1);
  og_episodes_free(e);
  e = make_episodes(set, (og_episode_plan){OG_TASK_ACROSS, 11, 1, 0, 0});
  for (int i = 0; i < 11000; i++)
    truth[og_episodes_next(e, &random)->truth[0]]++;
  assert_true(chi_square(truth, 11, 11000) < 30.1);
  og_episodes_free(e);
  og_dataset_free(set);
}

static void poor_sets_and_bad_plans_are_refused(void **state) {
  (void)state;
  const uint32_t sizes[] = {5, 4};
  og_dataset *set = make_set(sizes, 2, 3, 0);
  static const struct {
    og_episode_plan plan;
    og_status status;
  } cases[] = {
      {{OG_TASK_WITHIN, 6, 1, 0, 0}, OG_ERROR_TOO_LARGE},
      {{OG_TASK_WITHIN, 5, 1, 0, 1}, OG_ERROR_TOO_LARGE},
      {{OG_TASK_WITHIN, 5, 3, 0, 0}, OG_ERROR_TOO_LARGE},
      {{OG_TASK_ACROSS, 10, 1, 0, 0}, OG_ERROR_TOO_LARGE},
      {{OG_TASK_ACROSS, 5, 3, 0, 0}, OG_ERROR_TOO_LARGE},
      {{OG_TASK_CLASSES, 5, 1, OG_DRAWERS_SAME, 0}, OG_ERROR_TOO_LARGE},
      {{OG_TASK_WITHIN, 1, 1, 0, 0}, OG_ERROR_ARGUMENT},
      {{OG_TASK_WITHIN, 5, 0, 0, 0}, OG_ERROR_ARGUMENT},
      {{OG_TASK_ACROSS, 5, 1, 0, 1}, OG_ERROR_ARGUMENT},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    og_episodes *e;
    og_error error = {0};
    assert_int_equal(og_episodes_create(set, &cases[i].plan, &e, &error), cases[i].status);
    assert_null(e);
    assert_true(strlen(error.text) > 10);
  }
  og_dataset_free(set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(within_has_one_person_a_column),
      cmocka_unit_test(unknown_queries_are_not_in_the_support),
      cmocka_unit_test(across_never_repeats_a_person_for_a_character),
      cmocka_unit_test(drawers_are_obeyed),
      cmocka_unit_test(anonymous_drawings_count_as_by_others),
      cmocka_unit_test(choices_are_uniform),
      cmocka_unit_test(poor_sets_and_bad_plans_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
