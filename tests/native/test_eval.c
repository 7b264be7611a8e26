/* Evaluation: the protocol's known answers, intervals, matchings, and the report's keys. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "eval_distance.h"
#include "eval_report.h"
#include "eval_statistics.h"
#include "native/omniglot.h"

static void wilson_has_known_values(void **state) {
  (void)state;
  double ci[2];
  wilson_interval(155, 400, ci); /* 34.1043, 43.6097 */
  assert_true(fabs(ci[0] - 34.10) < 0.01 && fabs(ci[1] - 43.61) < 0.01);
  wilson_interval(0, 10, ci); /* upper end z^2 / (n + z^2) */
  assert_true(ci[0] == 0 && fabs(ci[1] - 27.75) < 0.01);
  wilson_interval(10, 10, ci);
  assert_true(fabs(ci[0] - 72.25) < 0.01 && ci[1] == 100);
}

/* Greatest sum by trying everything. */
static float brute(const float *s, size_t rows, size_t columns, size_t row, unsigned used) {
  float best = -INFINITY;
  if (row == rows)
    return 0;
  for (size_t j = 0; j < columns; j++)
    if (!(used >> j & 1))
      best = fmaxf(best, s[row * columns + j] + brute(s, rows, columns, row + 1, used | 1u << j));
  return best;
}

static void assignment_equals_brute_force(void **state) {
  (void)state;
  og_random random = og_random_stream(1, 0);
  for (int round = 0; round < 300; round++) {
    size_t rows = 1 + og_random_below(&random, 5), columns = rows + og_random_below(&random, 3);
    float s[64], sum = 0;
    uint32_t column[8];
    unsigned used = 0;
    for (size_t i = 0; i < rows * columns; i++)
      s[i] = (float)og_random_below(&random, round % 2 ? 4 : 1000) - 2;
    assert_true(assign_rows(s, rows, columns, column));
    for (size_t i = 0; i < rows; i++) {
      assert_false(used >> column[i] & 1);
      used |= 1u << column[i];
      sum += s[i * columns + column[i]];
    }
    assert_true(sum == brute(s, rows, columns, 0, 0));
  }
}

/* Errors of a baseline on Lake's runs. */
static uint64_t lake(const char *model) {
  run_set *runs;
  if (runs_load(omniglot_folder(), &runs, NULL))
    return UINT64_MAX;
  size_t half = runs->runs * RUN_WAYS * OG_RASTER_SIZE;
  uint8_t *rasters = malloc(2 * half);
  memcpy(rasters, runs->support, half);
  memcpy(rasters + half, runs->query, half);
  judge *j;
  eval_result result;
  const eval_settings settings = {400, 1, 2, false, NULL, 0, false};
  assert_int_equal(judge_create(model, NULL, rasters, 2 * runs->runs * RUN_WAYS, 2, &j, NULL), 0);
  assert_int_equal(eval_runs(j, runs, &settings, &result, NULL), OG_OK);
  assert_int_equal(result.alone.trials, 400);
  uint64_t errors = result.alone.errors;
  eval_result_free(&result);
  judge_free(j);
  free(rasters);
  runs_free(runs);
  return errors;
}

static void baselines_make_their_known_errors_on_lake(void **state) {
  (void)state;
  uint64_t errors = lake("pixel");
  if (errors == UINT64_MAX) {
    print_message("skipped: no Omniglot (set ONEGLYPH_DATA)\n");
    skip();
  }
  assert_int_equal(errors, 324);
#ifndef ONEGLYPH_SANITIZE /* most of a minute there, of code that is tried below too */
  assert_int_equal(lake("hausdorff"), 155);
#endif
}

static eval_result sampled(const og_dataset *set, const char *model, uint32_t threads) {
  const og_episode_plan plan = {OG_TASK_WITHIN, 5, 2, OG_DRAWERS_OTHER, 0};
  const eval_settings settings = {997, 7, threads, true, NULL, 0, false};
  judge *j;
  eval_result result;
  assert_int_equal(judge_create(model, NULL, set->rasters, set->drawings, 1, &j, NULL), OG_OK);
  assert_int_equal(eval_sampled(j, set, &plan, &settings, &result, NULL), OG_OK);
  judge_free(j);
  return result;
}

static void trials_do_not_depend_on_threads(void **state) {
  (void)state;
  og_dataset *set;
  assert_int_equal(og_dataset_procedural(1, 2, 0, 8, 4, &set), OG_OK);
  eval_result one = sampled(set, "random", 1), two = sampled(set, "random", 2);
  assert_int_equal(one.alone.trials, 997);
  assert_int_equal(one.alone.errors, two.alone.errors);
  /* 80 % expected; five standard deviations. */
  assert_true(fabs((double)one.alone.errors / 997 - 0.8) < 0.064);
  eval_result_free(&one);
  eval_result_free(&two);
  /* Equal drawings tie, and a tie is an error. */
  memset(set->rasters, 1, set->drawings * OG_RASTER_SIZE);
  one = sampled(set, "pixel", 2);
  assert_true(one.alone.errors == 997 && one.alone.ties == 997);
  eval_result_free(&one);
  og_dataset_free(set);
}

/* A layer that is refitted to invented characters knows most of them, whatever the threads, and has
 * no preference where all drawings are alike. */
static void refitted_layers_judge_and_tie(void **state) {
  (void)state;
  static const char model[] = "refit:" ONEGLYPH_SOURCE_DIR "/models/softmax.safetensors";
  og_dataset *set;
  assert_int_equal(og_dataset_procedural(1, 2, 0, 8, 4, &set), OG_OK);
  eval_result one = sampled(set, model, 1), two = sampled(set, model, 2);
  print_message("%d errors in 997\n", (int)one.alone.errors);
  assert_int_equal(one.alone.errors, two.alone.errors);
  assert_true(one.alone.errors < 250 && one.alone.ties == 0 && one.comparison > 0);
  eval_result_free(&one);
  eval_result_free(&two);
  memset(set->rasters, 1, set->drawings * OG_RASTER_SIZE);
  one = sampled(set, model, 2);
  assert_true(one.alone.errors == 997 && one.alone.ties == 997);
  eval_result_free(&one);
  judge *j;
  float same;
  assert_int_equal(judge_create(model, NULL, set->rasters, 2, 1, &j, NULL), OG_OK);
  assert_int_equal(judge_same(j, 0, 1, &same), OG_ERROR_UNSUPPORTED);
  judge_free(j);
  og_dataset_free(set);
  assert_string_equal(judge_file(model), strchr(model, ':') + 1);
  assert_string_equal(judge_file("refit"), "refit");
  og_error error = {0};
  assert_int_equal(judge_create("refit:", NULL, NULL, 0, 1, &j, &error), OG_ERROR_ARGUMENT);
  assert_string_equal(error.text, "refit: needs a model file behind the colon");
}

static void json_has_every_key_in_order(void **state) {
  (void)state;
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  const eval_about about = {.task = "lake",
                            .model = "a\"b",
                            .set = "all_runs",
                            .way = 20,
                            .shot = 1,
                            .seed = 1,
                            .milliseconds = -1,
                            .comparison = 0.25};
  const eval_count count = {400, 155, 2};
  eval_report_json(out, &about, &count, false);
  fclose(out);
  assert_string_equal(text, "{\"task\":\"lake\",\"model\":\"a\\\"b\",\"way\":20,\"shot\":1,"
                            "\"trials\":400,\"errors\":155,\"error_percent\":38.7500,"
                            "\"ci95\":[34.1043,43.6097],\"ties\":2,\"seed\":1,\"set\":\"all_runs\","
                            "\"assignment\":false,\"ms_per_embed\":null,"
                            "\"ms_per_comparison\":0.25}\n");
  free(text);
}

static void csv_has_the_same_columns_in_every_row(void **state) {
  (void)state;
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  eval_about about = {"lake", "a\"b", "all_runs", 20, 1, 1, -1, 0.25, NULL, 0, NULL, 0};
  const eval_count count = {400, 155, 2};
  eval_report_csv_head(out);
  eval_report_csv(out, &about, &count, false);
  about.milliseconds = 0.5;
  about.distort = "rotate:25";
  about.clean = 31;
  eval_report_csv(out, &about, &count, true);
  fclose(out);
  assert_string_equal(
      text, "task,model,set,way,shot,seed,trials,errors,error_percent,low,high,ties,assignment,"
            "ms_per_embed,ms_per_comparison,distort,growth\n"
            "\"lake\",\"a\"\"b\",\"all_runs\",20,1,1,400,155,38.7500,34.1043,43.6097,2,false,"
            ",0.25,,\n"
            "\"lake\",\"a\"\"b\",\"all_runs\",20,1,1,400,155,38.7500,34.1043,43.6097,2,true,"
            "0.5,0.75,\"rotate:25\",1.25\n");
  free(text);
  out = open_memstream(&text, &size);
  const og_detection d = {
      .known = 2, .unknown = 3, .auroc = 1, .equal_error = 0.5, .false_reject = 0.25};
  eval_report_unknown_csv(out, &about, &d);
  fclose(out);
  assert_non_null(
      strstr(text, "\n\"lake\",\"a\"\"b\",\"all_runs\",20,1,1,5,1.000000,50.0000,0,25\n"));
  free(text);
}

static void unknown_reports_every_threshold(void **state) {
  (void)state;
  char *text;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  eval_about about = {.task = "unknown", .model = "m", .set = "evaluation", .milliseconds = 1};
  og_detection d = {.known = 2, .unknown = 2, .auroc = 1};
  d.accept_at[0] = 0.5;
  d.reject_at[OG_RATES - 1] = 0.25;
  eval_report_unknown(out, &about, &d, true);
  fclose(out);
  assert_non_null(strstr(text, "\"rates\":[[0.00,50.00,0.00],[0.02,0.00,0.00],"));
  assert_non_null(strstr(text, ",[1.00,0.00,25.00]],"));
  free(text);
}

static void hausdorff_ignores_place_and_survives_paper(void **state) {
  (void)state;
  static uint8_t a[OG_RASTER_SIZE], b[OG_RASTER_SIZE], paper[OG_RASTER_SIZE];
  for (size_t i = 0; i < 20; i++)
    a[(10 + i) * OG_RASTER_SIDE + 10] = b[(40 + i) * OG_RASTER_SIDE + 70] = 1;
  ink_points p, q, none;
  assert_int_equal(ink_points_create(a, &p) | ink_points_create(b, &q), OG_OK);
  assert_int_equal(ink_points_create(paper, &none), OG_OK);
  assert_true(hausdorff_distance(&p, &q) == 0);
  assert_true(isfinite(hausdorff_distance(&p, &none)) && hausdorff_distance(&p, &none) > 150);
  ink_points_free(&p);
  ink_points_free(&q);
  ink_points_free(&none);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wilson_has_known_values),
      cmocka_unit_test(assignment_equals_brute_force),
      cmocka_unit_test(baselines_make_their_known_errors_on_lake),
      cmocka_unit_test(trials_do_not_depend_on_threads),
      cmocka_unit_test(refitted_layers_judge_and_tie),
      cmocka_unit_test(json_has_every_key_in_order),
      cmocka_unit_test(csv_has_the_same_columns_in_every_row),
      cmocka_unit_test(unknown_reports_every_threshold),
      cmocka_unit_test(hausdorff_ignores_place_and_survives_paper),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
