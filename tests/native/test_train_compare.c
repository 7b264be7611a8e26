/* Training nets that compare two drawings, and what a list of models makes of one. */
#include "native/command.h"

#include <math.h>

#include "committee.h"
#include "comparer.h"

/* A model that embeds, to be listed beside one that compares. */
static int prepare(void **state) {
  if (enter_folder(state))
    return -1;
  write_recipe("r.json", "");
  RUN_WELL("train", "--recipe", "r.json", "--threads", "2", "--out", "whole");
  return 0;
}

/* `classify` by a list with a comparer, whose say is all that there is: a class without examples
 * is none, and probabilities are some. */
static void symbols_are_compared(void) {
  write_text("loud.json", "{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":["
                          "{\"model\":\"whole\"}],\"comparer\":{\"model\":\"pair\","
                          "\"weight\":1000},\"calibration\":\"temperature=100 threshold=-9000 "
                          "same_scale=1 same_bias=0 crowd=0.5\"}");
  write_text("saved.json", "{\"format\":\"oneglyph-support\",\"version\":1,\"classes\":["
                           "{\"label\":\"nothing\",\"examples\":[]},"
                           "{\"label\":\"dash\",\"examples\":[{\"strokes\":[[[0,1],[9,0]]]}]},"
                           "{\"label\":\"hook\",\"examples\":[{\"strokes\":[[[0,0],[8,9],[9,1]]]},"
                           "{\"strokes\":[[[0,0],[4,9],[9,1]]]}]}]}");
  write_text("two.jsonl", "{\"strokes\":[[[0,0],[9,9],[9,0]]]}\n{\"strokes\":[[[0,0],[9,0]]]}\n");
  result r =
      RUN("classify", "--model", "loud.json", "--support", "saved.json", "--json", "two.jsonl");
  assert_int_equal(r.code, 0);
  assert_null(strstr(r.out, "nothing"));
  assert_null(strstr(r.out, "nan"));
  const char *line = r.out;
  for (size_t i = 0; i < 2; i++) {
    double sum = strtod(strstr(line, "\"none\":") + 7, NULL), last = INFINITY;
    for (size_t k = 0; k < 2; k++) {
      line = strstr(line, "\"probability\":") + 14;
      sum += strtod(line, NULL);
      line = strstr(line, "\"similarity\":") + 13;
      double similarity = strtod(line, NULL);
      assert_true(similarity <= last && fabs(similarity) > 1); /* no cosine */
      last = similarity;
    }
    assert_true(fabs(sum - 1) < 1e-5);
    line = strchr(line, '\n') + 1;
  }
  result_free(r);
}

static void nets_that_compare(void **state) {
  (void)state;
  write_comparing_recipe("pair.json");
  RUN_WELL("train", "--recipe", "pair.json", "--threads", "2", "--out", "pair");
  result r = RUN("model", "info", "--json", "pair");
  const char *at = strstr(r.out, "\"held_out_error\":\"");
  assert_non_null(at);
  /* Guessing is wrong 7 times of 8. */
  assert_true(strtod(at + strlen("\"held_out_error\":\""), NULL) < 60);
  result_free(r);
  write_text("ink.jsonl", "{\"strokes\":[[[0,0],[9,9]]]}\n");
  assert_complains(RUN("embed", "--model", "pair", "ink.jsonl"), 2,
                   "pair: compares drawings and embeds none");
  write_text("both.json", "{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":["
                          "{\"model\":\"whole\"}],\"comparer\":{\"model\":\"pair\",\"top\":3}}");
  RUN_WELL("eval", "--model", "both.json", "--data", "procedural", "--task", "ink", "--way", "5",
           "--trials", "200");
  symbols_are_compared();
  write_text("both.json", "{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":["
                          "{\"model\":\"whole\"}],\"comparer\":{\"model\":\"whole\"}}");
  assert_complains(RUN("embed", "--model", "both.json", "ink.jsonl"), 2,
                   "whole: embeds drawings and compares none");
}

/* What eval says of a list whose comparer is `said`, without seconds. */
static char *judged(const char *said) {
  char text[512];
  snprintf(text, sizeof text,
           "{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":[{\"model\":\"whole\"}],"
           "\"comparer\":%s}",
           said);
  write_text("list.json", text);
  result r = RUN("eval", "--model", "list.json", "--data", "procedural", "--task", "ink", "--way",
                 "8", "--trials", "200", "--json");
  assert_int_equal(r.code, 0);
  const char *at = strstr(r.out, "\"errors\":");
  assert_non_null(at);
  char *errors = strndup(at, strcspn(at, ","));
  result_free(r);
  return errors;
}

/* One net said twice counts twice: so do two halves of it, by their weights. */
static void several_nets_compare(void **state) {
  (void)state;
  char *whole = judged("{\"model\":\"pair\",\"weight\":0.5,\"top\":4}");
  char *halves = judged("[{\"model\":\"pair\",\"weight\":0.25,\"top\":4},"
                        "{\"model\":\"pair\",\"weight\":0.25,\"top\":2}]");
  char *listed = judged("[{\"model\":\"pair\",\"weight\":0.5,\"top\":4}]");
  char *half = judged("{\"model\":\"pair\",\"weight\":0.25,\"top\":4}");
  assert_string_equal(whole, halves);
  assert_string_equal(whole, listed);
  assert_true(strcmp(whole, half));
  free(whole);
  free(halves);
  free(listed);
  free(half);
}

/* A class of several examples is scored by their mean odds, one of one by its own; one of none, and
 * those behind the best, are left behind. */
static void examples_are_odds(void **state) {
  (void)state;
  og_dataset *set;
  committee *list;
  comparer *c;
  write_text("list.json", "{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":["
                          "{\"model\":\"whole\"}],\"comparer\":[{\"model\":\"pair\",\"weight\":0.3,"
                          "\"top\":2},{\"model\":\"pair\",\"weight\":0.2,\"top\":2,\"views\":3}]}");
  assert_int_equal(og_dataset_procedural(5, 1, 1, 6, 4, &set), OG_OK);
  assert_int_equal(committee_read("list.json", NULL, &list, NULL), OG_OK);
  const comparing_nets *how = committee_comparers(list);
  assert_int_equal(how->count, 2);
  assert_int_equal(comparer_create(how, set->rasters, set->drawings, 2, &c, NULL), OG_OK);
  comparer_thread *thread = comparer_enter(c);
  assert_non_null(thread);
  const uint32_t examples[] = {1, 2, 3, 8, 13};
  const size_t first[] = {0, 3, 4, 4, 5};
  uint8_t seen[4];
  float scores[] = {1, 0.5f, 7, -3}, one[5];
  for (size_t k = 0; k < 5; k++)
    one[k] = comparer_score(thread, 0, examples[k]);
  comparer_look_again(thread, &(comparer_set){examples, first, 4, seen}, 0, scores);
  float odds = 0;
  for (size_t k = 0; k < 3; k++)
    odds += expf(one[k] / 0.5f) / 3;
  float found = 0.5f * logf(odds), least = found < one[3] ? found : one[3];
  assert_true(fabsf(scores[0] - (1 + found)) < 1e-4f);
  assert_true(fabsf(scores[1] - (0.5f + one[3])) < 1e-6f);
  assert_true(scores[2] == 7);
  assert_true(fabsf(scores[3] - (least - 3)) < 1e-4f);
  comparer_leave(thread);
  comparer_free(c);
  committee_free(list);
  og_dataset_free(set);
}

/* Rivals are ranked by a model beside the recipe, again when a run is resumed. */
static void rivals_of_a_model(void **state) {
  (void)state;
  write_comparing_recipe("free.json");
  char *text = read_bytes("free.json", NULL), *at = strstr(text, "\"steps\":300");
  memcpy(at, "\"steps\":60 ", 11);
  write_text("free.json", text);
  char ranked[2048];
  snprintf(ranked, sizeof ranked, "{\"rivals\":\"ranks\",\"binary\":0.3,\"style\":0.5,%s",
           text + 1);
  write_text("ranked.json", ranked);
  free(text);
#define COMPARING(out, ...)                                                                        \
  "train", "--recipe", "ranked.json", "--threads", "2", "--out", out, __VA_ARGS__
  assert_complains(RUN(COMPARING("b", "--seed", "1")), 2, "ranks: cannot open");
  write_text("ranks", "no model");
  assert_complains(RUN(COMPARING("b", "--seed", "1")), 2, "ranks: ");
  RUN_WELL("model", "quantize", "pair", "--to", "int8", "--out", "ranks");
  assert_complains(RUN(COMPARING("b", "--seed", "1")), 2,
                   "ranks: rivals are ranked by a model that embeds");
  RUN_WELL("model", "quantize", "whole", "--to", "int8", "--out", "ranks");
  RUN_WELL(COMPARING("at-once", "--seed", "1"));
  if (stopped_at_checkpoint(START(COMPARING("later", "--checkpoint-every", "0")),
                            "later.checkpoint"))
    RUN_WELL(COMPARING("later", "--resume"));
  assert_same_file("at-once", "later");
  RUN_WELL("train", "--recipe", "free.json", "--threads", "2", "--out", "free", "--seed", "1");
  size_t size_a, size_b;
  char *a = read_bytes("at-once", &size_a), *b = read_bytes("free", &size_b);
  assert_true(size_a != size_b || memcmp(a, b, size_a));
  free(a);
  free(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nets_that_compare), cmocka_unit_test(several_nets_compare),
      cmocka_unit_test(examples_are_odds), cmocka_unit_test(rivals_of_a_model)};
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}
