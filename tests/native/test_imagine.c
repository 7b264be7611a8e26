/* `oneglyph imagine`. */
#include "command.h"
#include "dataset_load.h"

#include "ink/ink.h"

#define SEED                                                                                       \
  "{\"class\":\"a/\\u00e9 "                                                                        \
  "<b>\",\"strokes\":[[[10,10],[50,90],[90,10]],[[30,50],[70,50]],[[50,5]]]}\n"

static void the_command_draws_lines(void **state) {
  (void)state;
  write_text("seed.jsonl", SEED "\n" SEED);
  result one = RUN("imagine", "seed.jsonl", "--count", "4", "--seed", "3");
  result two = RUN("imagine", "seed.jsonl", "--count", "4", "--seed", "3", "--out", "out.jsonl");
  assert_int_equal(one.code, 0);
  assert_int_equal(two.code, 0);
  assert_holds("out.jsonl", one.out, one.out_size);
  og_dataset *set;
  og_error error = {0};
  if (dataset_load_ink("out.jsonl", NULL, &set, &error))
    fail_msg("%s", error.text);
  assert_true(set->drawings == 8 && set->classes == 1);
  assert_string_equal(set->class_names[0], "a/\u00e9 <b>");
  int different = 0;
  for (size_t i = 1; i < 4; i++)
    different += memcmp(set->rasters, set->rasters + 2 * i * OG_RASTER_SIZE, OG_RASTER_SIZE) != 0;
  assert_int_equal(different, 3);
  og_dataset_free(set);
  result_free(one);
  result_free(two);
}

static void the_command_draws_sheets(void **state) {
  (void)state;
  write_text("seed.jsonl", SEED SEED);
  RUN_WELL("imagine", "seed.jsonl", "--count", "12", "--out", "sheet.svg");
  char *sheet = read_bytes("sheet.svg", NULL);
  int paths = 0;
  for (const char *at = sheet; (at = strstr(at, "<path")); at++)
    paths++;
  assert_int_equal(paths, 2 * 13);
  assert_null(strstr(sheet, "nan"));
  assert_non_null(strstr(sheet, "</svg>\n"));
  free(sheet);
}

static void bad_input_is_refused(void **state) {
  (void)state;
  write_text("seed.jsonl", SEED);
  write_text("empty.jsonl", "\n");
  write_text("broken.jsonl", SEED "{\"strokes\":[[[1,2],[3]]]}\n");
  write_text("none.jsonl", "{\"strokes\":[]}\n");
  write_text("far.jsonl", "{\"strokes\":[[[1e35,2]]]}\n");
  assert_complains(RUN("imagine"), 2, "FILE");
  assert_complains(RUN("imagine", "missing.jsonl"), 2, "missing.jsonl");
  assert_complains(RUN("imagine", "empty.jsonl"), 2, "empty.jsonl: no drawing in it");
  assert_complains(RUN("imagine", "broken.jsonl"), 2, "broken.jsonl: line 2: \"strokes\" must be");
  assert_complains(RUN("imagine", "none.jsonl"), 2,
                   "none.jsonl: line 1: drawing: nothing is drawn");
  assert_complains(RUN("imagine", "far.jsonl"), 2, "far.jsonl: line 1: drawing: a coordinate");
  assert_complains(RUN("imagine", "seed.jsonl", "--out", "a.gif"), 2, "must end in");
  assert_complains(RUN("imagine", "seed.jsonl", "--strength", "5"), 2, "--strength");
  assert_complains(RUN("imagine", "seed.jsonl", "--out", "no/a.svg"), 1, "no/a.svg");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_command_draws_lines, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(the_command_draws_sheets, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(bad_input_is_refused, enter_folder, leave_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
