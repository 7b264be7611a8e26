/* Heads as text, and the tensors they ask for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "net/head.h"

static void no_head(void **state) {
  (void)state;
  og_head head;
  assert_int_equal(og_head_parse(NULL, 64, &head, NULL), OG_OK);
  assert_int_equal(head.kind, OG_HEAD_COSINE);
  assert_int_equal(head.tensors, 0);
  assert_int_equal(head.count, 0);
}

static void tensors_follow_each_other(void **state) {
  (void)state;
  static const struct {
    const char *text;
    og_head_kind kind;
    size_t tensors, count;
  } heads[] = {
      {"prototypical", OG_HEAD_PROTOTYPICAL, 1, 1},
      {"matching context=0", OG_HEAD_MATCHING, 1, 1},
      {"matching context=5", OG_HEAD_MATCHING, 7,
       2 * (16 + 1) * 32 + (24 + 1) * 32 + 1}, /* dim 8 */
      {"memory hidden=6 slots=10 width=3 reads=2 classes=5", OG_HEAD_MEMORY, 10,
       (25 + 1) * 24 + 2 * (25 + 6 + 1) * 6 + 2 + (6 + 6 + 1) * 5 + 1},
  };
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    og_head head;
    og_error error = {0};
    if (og_head_parse(heads[i].text, 8, &head, &error))
      fail_msg("%s: %s", heads[i].text, error.text);
    assert_int_equal(head.kind, heads[i].kind);
    assert_int_equal(head.tensors, heads[i].tensors);
    assert_int_equal(head.count, heads[i].count);
    size_t at = 0;
    for (size_t t = 0; t < head.tensors; t++) {
      assert_int_equal(head.tensor[t].at, at);
      at += og_head_tensor_count(&head, t);
    }
    assert_int_equal(at, head.count);
    assert_string_equal(head.tensor[head.tensors - 1].name, "head.log_scale");
  }
}

static void bad_texts(void **state) {
  (void)state;
  static const struct {
    const char *text, *part;
    size_t dim;
  } bad[] = {
      {"", "no kind of head", 8},
      {"cosine", "no kind of head", 8},
      {"match context=0", "no kind of head", 8},
      {"matching", "context is missing", 8},
      {"matching context=1.5", "whole numbers", 8},
      {"matching context=17", "out of range", 8},
      {"matching context=1", "too long", OG_HEAD_HIDDEN + 1},
      {"matching context=0", "too long", OG_HEAD_DIM + 1},
      {"prototypical context=0", "unknown word", 8},
      {"memory hidden=0 slots=10 width=3 reads=2 classes=5", "out of range", 8},
      {"memory hidden=6 slots=10 width=3 reads=2", "classes is missing", 8},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    og_head head;
    og_error error = {0};
    assert_int_equal(og_head_parse(bad[i].text, bad[i].dim, &head, &error), OG_ERROR_FORMAT);
    if (!strstr(error.text, bad[i].part))
      fail_msg("%s: %s", bad[i].text, error.text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_head),
      cmocka_unit_test(tensors_follow_each_other),
      cmocka_unit_test(bad_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
