/* Committees: members side by side, views averaged, broken lists refused. */
#include "command.h"
#include "committee.h"
#include "dataset_load.h"
#include "eval_run.h"

#include <math.h>

static const char glyph[] = ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors";
enum { DRAWINGS = 24 };

static og_dataset *set;

static int prepare(void **state) {
  char path[1024];
  if (enter_folder(state) || og_dataset_procedural(5, 1, 0, 12, 2, &set))
    return -1;
  snprintf(path, sizeof path, "%s/glyph.safetensors", ONEGLYPH_SOURCE_DIR "/models");
  return symlink(path, "glyph.safetensors");
}

static int clean(void **state) {
  og_dataset_free(set);
  return leave_folder(state);
}

static void write_list(const char *path, const char *members) {
  char text[2048];
  snprintf(text, sizeof text, "{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":[%s]}",
           members);
  write_text(path, text);
}

/* Embeddings of the set; *dim numbers each. */
static float *embed(const char *path, size_t *dim) {
  committee *c;
  og_error error = {0};
  if (committee_read(path, NULL, &c, &error))
    fail_msg("%s", error.text);
  *dim = committee_dim(c);
  float *values = malloc(DRAWINGS * *dim * sizeof *values);
  assert_non_null(values);
  assert_int_equal(committee_embed(c, set->rasters, NULL, DRAWINGS, 2, values), OG_OK);
  committee_free(c);
  return values;
}

static float product(const float *a, const float *b, size_t dim) {
  float sum = 0;
  for (size_t i = 0; i < dim; i++)
    sum += a[i] * b[i];
  return sum;
}

static void one_member_is_the_model(void **state) {
  (void)state;
  write_list("one.json", "{\"model\":\"glyph.safetensors\"}");
  size_t dim_a, dim_b;
  float *a = embed(glyph, &dim_a), *b = embed("one.json", &dim_b);
  assert_int_equal(dim_a, dim_b);
  assert_memory_equal(a, b, DRAWINGS * dim_a * sizeof *a);
  free(a);
  free(b);
}

static void cosines_are_weighted_means(void **state) {
  (void)state;
  write_list("views.json", "{\"model\":\"glyph.safetensors\",\"views\":9}");
  write_list("both.json", "{\"model\":\"glyph.safetensors\",\"weight\":3},"
                          "{\"model\":\"glyph.safetensors\",\"views\":9}");
  size_t dim, wide;
  float *plain = embed(glyph, &dim), *views = embed("views.json", &dim);
  float *both = embed("both.json", &wide);
  assert_int_equal(wide, 2 * dim);
  int differ = 0;
  for (size_t i = 0; i < DRAWINGS; i++)
    for (size_t j = 0; j < DRAWINGS; j++) {
      float p = product(plain + i * dim, plain + j * dim, dim);
      float v = product(views + i * dim, views + j * dim, dim);
      float b = product(both + i * wide, both + j * wide, wide);
      assert_true(fabsf(b - (3 * p + v) / 4) < 1e-4f);
      assert_true(i != j || fabsf(v - 1) < 1e-4f);
      differ += fabsf(p - v) > 1e-3f;
    }
  assert_true(differ > 0);
  free(plain);
  free(views);
  free(both);
}

static void commands_take_committees(void **state) {
  (void)state;
  write_list("views.json", "{\"model\":\"glyph.safetensors\",\"views\":3}");
  write_text("ink.jsonl", "{\"strokes\":[[[0,0],[9,9],[9,0]]]}\n{\"strokes\":[[[0,0],[9,0]]]}\n");
  write_text("saved.json",
             "{\"format\":\"oneglyph-support\",\"version\":1,\"classes\":["
             "{\"label\":\"hook\",\"examples\":[{\"strokes\":[[[0,0],[8,9],[9,1]]]}]},"
             "{\"label\":\"dash\",\"examples\":[{\"strokes\":[[[0,1],[9,0]]]}]}]}");
  RUN_WELL("embed", "--model", "views.json", "ink.jsonl");
  result r = RUN("classify", "--model", "views.json", "--support", "saved.json", "ink.jsonl");
  assert_int_equal(r.code, 0);
  const char *hook = strstr(r.out, "hook"), *dash = strstr(r.out, "dash");
  assert_true(hook && dash && hook < dash);
  result_free(r);
}

enum { WAY = 12 };

/* What a model says of one episode: as many characters by one drawer, drawn by another. */
static void ask(const char *model, float scores[WAY][WAY]) {
  uint32_t support[WAY], query[WAY];
  for (uint32_t c = 0; c < WAY; c++) {
    support[c] = set->class_start[c];
    query[c] = set->class_start[c] + 1;
  }
  og_random random = og_random_stream(1, 1);
  judge *j;
  assert_int_equal(judge_create(model, NULL, set->rasters, DRAWINGS, 2, &j, NULL), OG_OK);
  assert_int_equal(judge_ready(j, support, WAY, query, WAY, 2, NULL), OG_OK);
  assert_int_equal(judge_scores(j, support, WAY, 1, query, WAY, &random, scores[0]), OG_OK);
  judge_free(j);
}

#define CALIBRATION "temperature=0.02 threshold=0.8 same_scale=1 same_bias=0"

/* One of the two best classes loses by it, no other's score changes. */
static void the_second_look_has_a_say(void **state) {
  (void)state;
  write_list("plain.json",
             "{\"model\":\"glyph.safetensors\"}],\"calibration\":\"" CALIBRATION "\",\"x\":[0");
  write_list("look.json", "{\"model\":\"glyph.safetensors\"}],\"calibration\":\"" CALIBRATION
                          " second_look=0.1\",\"x\":[0");
  float plain[WAY][WAY], look[WAY][WAY];
  ask("plain.json", plain);
  ask("look.json", look);
  for (size_t q = 0; q < WAY; q++) {
    size_t changed = 0, at = 0, better = 0;
    for (size_t i = 0; i < WAY; i++)
      if (look[q][i] != plain[q][i]) {
        changed++;
        at = i;
      }
    assert_int_equal(changed, 1);
    assert_true(look[q][at] < plain[q][at]);
    for (size_t i = 0; i < WAY; i++)
      better += plain[q][i] > plain[q][at];
    assert_true(better < 2);
  }
}

static void broken_lists_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *text, *says;
  } cases[] = {
      {"{}", "\"format\" is not \"oneglyph-committee\""},
      {"{\"format\":\"oneglyph-committee\"}", "\"version\" is not 1"},
      {"{\"format\":\"oneglyph-committee\",\"version\":1}", "\"members\" must be a list"},
      {"{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":[]}", "a list of 1 to 32"},
      {"{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":[7]}", "must be an object"},
      {"{\"format\":\"oneglyph-committee\",\"version\":1,\"members\":[", "not a JSON object"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    write_text("bad.json", cases[i].text);
    assert_complains(RUN("embed", "--model", "bad.json", "x.png"), 2, cases[i].says);
  }
  static const struct {
    const char *members, *says;
  } members[] = {
      {"{\"model\":\"none.safetensors\"}", "none.safetensors: "},
      {"{\"model\":\"bad.json\"}", "bad.json: not a usable safetensors file"},
      {"{\"model\":\"glyph.safetensors\",\"views\":10}", "\"views\" must be a whole number"},
      {"{\"model\":\"glyph.safetensors\",\"views\":1.5}", "\"views\" must be a whole number"},
      {"{\"model\":\"glyph.safetensors\",\"weight\":0}", "\"weight\" must be a number above 0"},
      {"{\"model\":\"glyph.safetensors\",\"weight\":\"a\"}", "\"weight\" must be a number above 0"},
      {"{\"model\":\"glyph.safetensors\"}],\"calibration\":\"" CALIBRATION
       " second_look=-1\",\"y\":[0",
       "second_look is out of range"},
      {"{\"model\":\"glyph.safetensors\"}],\"comparer\":[],\"y\":[0", "a list of 1 to 8"},
      {"{\"model\":\"glyph.safetensors\"}],\"comparer\":[0", "a member must be an object"},
      {"{\"model\":\"glyph.safetensors\"}],\"comparer\":[{\"model\":\"glyph.safetensors\"}",
       "glyph.safetensors: embeds drawings and compares none"},
      {"{\"model\":\"glyph.safetensors\"}],\"calibration\":[0", "\"calibration\" must be a string"},
      {"{\"model\":\"glyph.safetensors\"}],\"calibration\":\"x\",\"y\":[0", "bad.json: "},
  };
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
    write_list("bad.json", members[i].members);
    assert_complains(RUN("embed", "--model", "bad.json", "x.png"), 2, members[i].says);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_member_is_the_model),  cmocka_unit_test(cosines_are_weighted_means),
      cmocka_unit_test(commands_take_committees), cmocka_unit_test(the_second_look_has_a_say),
      cmocka_unit_test(broken_lists_are_refused),
  };
  return cmocka_run_group_tests(tests, prepare, clean);
}
