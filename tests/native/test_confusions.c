/* The sheet of confused pairs: counting, escaping, and the command that writes it. */
#include "command.h"
#include "eval_confusions_draw.h"
#include "markup.h"

static void check_markup(const char *text, size_t most, const char *wanted) {
  char *got = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&got, &size);
  if (most)
    markup_short(out, text, most);
  else
    markup_text(out, text);
  fclose(out);
  assert_string_equal(got, wanted);
  free(got);
}

#define ODD "\xef\xbf\xbd"

static void markup_survives_any_bytes(void **state) {
  (void)state;
  check_markup("<a href=\"x\">&'", 0, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  check_markup("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x99\x82", 0,
               "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x99\x82");
  check_markup("a\nb\x7f"
               "c",
               0, "a" ODD "b" ODD "c");
  /* A byte alone, one cut off, overlong, a surrogate, past the end, C1 control, U+FFFF. */
  check_markup("\x80", 0, ODD);
  check_markup("\xe2\x82", 0, ODD ODD);
  check_markup("\xc0\xbc", 0, ODD ODD);
  check_markup("\xe0\x80\xbc", 0, ODD ODD ODD);
  check_markup("\xed\xa0\x80", 0, ODD ODD ODD);
  check_markup("\xf4\x90\x80\x80", 0, ODD ODD ODD ODD);
  check_markup("\xc2\x85", 0, ODD ODD);
  check_markup("\xef\xbf\xbf", 0, ODD ODD ODD);
  check_markup("\xff", 0, ODD);
  check_markup("&&&&", 4, "&amp;&amp;&amp;&amp;");
  check_markup("&&&&&", 4, "&amp;&amp;&amp;\xe2\x80\xa6");
}

static void pairs_are_counted_both_ways(void **state) {
  (void)state;
  /* Two drawings of each of the classes 0 to 2. */
  const uint32_t class_of[] = {0, 0, 1, 1, 2, 2};
  confusion errors[] = {
      {1, 0, 2, 0.5f, 0.6f}, {3, 2, 0, 0.1f, 0.9f}, {5, 4, 3, 0.2f, 0.3f},
      {1, 0, 3, 0.5f, 0.7f}, {4, 5, 0, 0.2f, 0.9f},
  };
  const confusion_list list = {errors, 5, 5};
  confused_pairs pairs;
  assert_int_equal(confusion_pairs(&list, class_of, &pairs), OG_OK);
  assert_int_equal(pairs.count, 3);
  assert_int_equal(pairs.pair[0].first, 0);
  assert_int_equal(pairs.pair[0].second, 1);
  assert_int_equal(pairs.pair[0].forth, 2);
  assert_int_equal(pairs.pair[0].back, 1);
  assert_ptr_equal(pairs.pair[0].widest, &errors[1]);
  /* Of two that are equally frequent the wider comes first. */
  assert_ptr_equal(pairs.pair[1].widest, &errors[4]);
  assert_int_equal(pairs.pair[1].forth, 0);
  assert_ptr_equal(pairs.pair[2].widest, &errors[2]);
  confused_pairs_free(&pairs);
  assert_int_equal(confusion_pairs(&(confusion_list){0}, NULL, &pairs), OG_OK);
  assert_int_equal(pairs.count, 0);
  confused_pairs_free(&pairs);
}

/* Three classes that two people drew: a line, the same line, and a corner. */
static void write_ink(const char *path) {
  static const char *const names[] = {"<b>&amp;/x\\\"y", "<b>&amp;/second", "corner"};
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  for (int c = 0; c < 3; c++)
    for (int drawer = 0; drawer < 2; drawer++)
      fprintf(file, "{\"class\":\"%s\",\"drawer\":%d,\"strokes\":[[[0,0],[%d,90]%s]]}\n", names[c],
              drawer, 80, c == 2 ? ",[80,0]" : "");
  assert_int_equal(fclose(file), 0);
}

static void check_sheet(const char *name, const char *root) {
  char *sheet = read_bytes(name, NULL);
  assert_non_null(sheet);
  assert_int_equal(strncmp(sheet, root, strlen(root)), 0);
  assert_non_null(strstr(sheet, "&lt;b&gt;&amp;amp;/x&quot;y"));
  assert_non_null(strstr(sheet, "prefers-color-scheme:dark"));
  assert_non_null(strstr(sheet, "M5"));
  assert_null(strstr(sheet, "<b>"));
  assert_null(strstr(sheet, "<script"));
  assert_null(strstr(sheet, "src="));
  assert_null(strstr(sheet, "url("));
  /* Every element that is not empty is closed. */
  size_t opened = 0, closed = 0;
  for (const char *at = sheet; (at = strstr(at, "<g")); at++)
    opened++;
  for (const char *at = sheet; (at = strstr(at, "</g>")); at++)
    closed++;
  assert_true(opened > 0 && opened == closed);
  free(sheet);
}

#define INK "eval", "--model", "pixel", "--data", "ink.jsonl", "--task", "ink", "--way", "3"

static void the_command_draws(void **state) {
  (void)state;
  write_ink("ink.jsonl");
  RUN_WELL(INK, "--trials", "30", "--confusions", "sheet.html");
  check_sheet("sheet.html", "<!doctype html>");
  RUN_WELL(INK, "--trials", "30", "--confusions", "sheet.svg", "--pairs", "1");
  check_sheet("sheet.svg", "<svg xmlns=");
  /* The same numbers as without it, but for the time it took. */
  result with = RUN(INK, "--json", "--confusions", "sheet.svg"), without = RUN(INK, "--json");
  *strstr(with.out, "\"ms_per_comparison\"") = *strstr(without.out, "\"ms_per_comparison\"") = 0;
  assert_string_equal(with.out, without.out);
  result_free(with);
  result_free(without);
}

static void the_command_refuses(void **state) {
  (void)state;
  write_ink("ink.jsonl");
  assert_complains(RUN(INK, "--confusions", "sheet.png"), 2, ".html or .svg");
  assert_complains(RUN(INK, "--confusions", ".svg"), 2, ".html or .svg");
  assert_complains(RUN(INK, "--pairs", "3"), 2, "--confusions");
  assert_complains(RUN("eval", "--model", "pixel", "--data", ".", "--task", "unknown",
                       "--confusions", "sheet.svg"),
                   2, "--confusions");
  /* The results are there all the same. */
  result r = RUN(INK, "--confusions", "no/such/folder.svg");
  assert_int_equal(r.code, 1);
  assert_non_null(strstr(r.out, "errors in"));
  assert_non_null(strstr(r.err, "no/such/folder.svg"));
  result_free(r);
  assert_int_equal(count_files("sheet"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(markup_survives_any_bytes),
      cmocka_unit_test(pairs_are_counted_both_ways),
      cmocka_unit_test_setup_teardown(the_command_draws, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(the_command_refuses, enter_folder, leave_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
