/* What the tests use of cmocka, for builds that run under an emulator: distributions have the
 * library for their own processor only. Same names and meaning; a failed assertion ends its test,
 * and the exit status of a group is the number of tests that failed. */
#ifndef CROSS_CMOCKA_H
#define CROSS_CMOCKA_H

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

struct CMUnitTest {
  const char *name;
  void (*run)(void **state);
};

static jmp_buf cross_leave;
enum { CROSS_RAN, CROSS_FAILED, CROSS_SKIPPED };

#define cmocka_unit_test(function)                                                                 \
  { #function, function }
#define print_message(...) printf(__VA_ARGS__)
#define skip() longjmp(cross_leave, CROSS_SKIPPED)
#define fail_msg(...)                                                                              \
  do {                                                                                             \
    printf("%s:%d: ", __FILE__, __LINE__);                                                         \
    printf(__VA_ARGS__);                                                                           \
    printf("\n");                                                                                  \
    longjmp(cross_leave, CROSS_FAILED);                                                            \
  } while (0)
#define assert_true(x)                                                                             \
  do {                                                                                             \
    if (!(x))                                                                                      \
      fail_msg("not true: %s", #x);                                                                \
  } while (0)
#define assert_false(x) assert_true(!(x))
#define assert_null(x) assert_true((x) == NULL)
#define assert_non_null(x) assert_true((x) != NULL)
#define assert_ptr_equal(a, b) assert_true((const void *)(a) == (const void *)(b))
#define assert_int_equal(a, b) assert_true((unsigned long long)(a) == (unsigned long long)(b))
#define assert_int_not_equal(a, b) assert_true((unsigned long long)(a) != (unsigned long long)(b))
#define assert_string_equal(a, b) assert_true(strcmp((a), (b)) == 0)
#define assert_memory_equal(a, b, size) assert_true(memcmp((a), (b), (size)) == 0)
#define assert_memory_not_equal(a, b, size) assert_true(memcmp((a), (b), (size)) != 0)
#define assert_in_range(a, least, most)                                                            \
  assert_true((unsigned long long)(a) >= (unsigned long long)(least) &&                            \
              (unsigned long long)(a) <= (unsigned long long)(most))

static inline int cross_one(const struct CMUnitTest *test) {
  void *state = NULL;
  switch (setjmp(cross_leave)) {
  case CROSS_RAN:
    test->run(&state);
    return CROSS_RAN;
  case CROSS_SKIPPED:
    return CROSS_SKIPPED;
  default:
    return CROSS_FAILED;
  }
}

typedef int (*cross_fixture)(void **state);

static inline int cross_run(const struct CMUnitTest *tests, size_t count, cross_fixture setup,
                            cross_fixture teardown) {
  static const char *const word[] = {"PASSED", "FAILED", "SKIPPED"};
  void *group = NULL;
  int failed = 0;
  if (setup && setup(&group)) {
    printf("FAILED group setup\n");
    return 1;
  }
  for (size_t i = 0; i < count; i++) {
    int ended = cross_one(&tests[i]);
    failed += ended == CROSS_FAILED;
    printf("[ %s ] %s\n", word[ended], tests[i].name);
  }
  if (teardown)
    teardown(&group);
  return failed;
}
#define cmocka_run_group_tests(tests, setup, teardown)                                             \
  cross_run(tests, sizeof(tests) / sizeof *(tests), setup, teardown)

#endif
