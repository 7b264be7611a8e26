/* `oneglyph eval --task A,B`: several tasks on the same drawings. */
#include "native/command.h"

#define PIXEL "eval", "--model", "pixel", "--trials", "100", "--seed", "3"

/* Takes the figures of a clock out of a report. */
static void forget_times(char *text) {
  for (char *at = text; (at = strstr(at, ",\"ms_per_comparison\":"));) {
    char *end = at + strcspn(at, "}");
    memmove(at, end, strlen(end) + 1);
  }
}

static char *says(const char *data, const char *task) {
  result r = RUN(PIXEL, "--data", data, "--json", "--task", task);
  assert_int_equal(r.code, 0);
  forget_times(r.out);
  free(r.err);
  return r.out;
}

/* A list says what its tasks say one by one, whatever their order. */
static void lists_are_their_tasks(void **state) {
  (void)state;
  const char *data = need_omniglot();
  char *within = says(data, "within"), *across = says(data, "across");
  char *unknown = says(data, "unknown"), all[16384];
  char *forth = says(data, "within,across,unknown"), *back = says(data, "unknown,across,within");
  snprintf(all, sizeof all, "%s%s%s", within, across, unknown);
  assert_string_equal(forth, all);
  snprintf(all, sizeof all, "%s%s%s", unknown, across, within);
  assert_string_equal(back, all);
  result table = RUN(PIXEL, "--data", data, "--csv", "--task", "across,within");
  assert_int_equal(table.code, 0);
  assert_int_equal(strncmp(table.out, "task,model,", 11), 0);
  assert_null(strstr(table.out + 1, "task,model,"));
  assert_non_null(strstr(table.out, "\n\"across\","));
  assert_non_null(strstr(table.out, "\n\"within\","));
  result_free(table);
  free(within);
  free(across);
  free(unknown);
  free(forth);
  free(back);
}

static void wrong_lists_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *task, *says;
  } cases[] = {
      {"within,lake", "only within, across and unknown go together"},
      {"within,acros", "only within, across and unknown go together"},
      {"within,", "only within, across and unknown go together"},
      {"acros", "did you mean across?"},
      {"", "must not be empty"},
      {"within,within,within,within,within,within,within,within,within", "more than 8 tasks"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_complains(RUN(PIXEL, "--data", ".", "--task", cases[i].task), 2, cases[i].says);
  assert_complains(RUN(PIXEL, "--data", ".", "--task", "within,across", "--confusions", "a.svg"), 2,
                   "the errors of one --task");
  assert_complains(RUN(PIXEL, "--data", ".", "--task", "within,unknown", "--csv"), 2,
                   "ask for it alone");
  assert_false(exists("a.svg"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(lists_are_their_tasks),
                                     cmocka_unit_test(wrong_lists_are_refused)};
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
