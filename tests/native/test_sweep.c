/* `oneglyph sweep`: the numbers, the chart's parts, and what it refuses. */
#include <math.h>

#include "command.h"
#include "json_read.h"
#include "model_alphabets.h"
#include "svg_png.h"
#include "sweep.h"

/* Two curves of which one has a name that is markup. */
static sweep *made_up(size_t ways) {
  sweep *s = calloc(1, sizeof *s);
  assert_non_null(s);
  *s =
      (sweep){.task = "across", .shot = 1, .trials = 1000, .seed = 1, .first_way = 2, .ways = ways};
  s->curves = 2;
  s->curve[0] = (sweep_curve){.model = "folder/<i>\"&.safetensors", .set = "training"};
  s->curve[1] = (sweep_curve){.model = "pixel", .set = "evaluation"};
  for (size_t i = 0; i < ways; i++) {
    s->curve[0].count[i] = (eval_count){1000, 10 + i, 1};
    s->curve[1].count[i] = (eval_count){1000, 10 + i, 0};
  }
  return s;
}

/* The caller frees. */
static void write_into(char **text, void (*write)(FILE *, const sweep *), const sweep *s) {
  size_t size = 0;
  FILE *out = open_memstream(text, &size);
  assert_non_null(out);
  write(out, s);
  fclose(out);
}

static json_object *member(json_object *object, const char *key, enum json_type type) {
  json_object *value = json_member(object, key, type);
  assert_non_null(value);
  return value;
}

static void json_holds_every_number(void **state) {
  (void)state;
  sweep *s = made_up(3);
  char *text = NULL;
  write_into(&text, sweep_json, s);
  json_object *json;
  assert_int_equal(json_read_object("sweep", text, strlen(text), &json, NULL), OG_OK);
  json_object *curves = member(json, "curves", json_type_array);
  assert_int_equal(json_object_array_length(curves), 2);
  json_object *curve = json_object_array_get_idx(curves, 0);
  assert_string_equal(json_object_get_string(member(curve, "model", json_type_string)),
                      s->curve[0].model);
  json_object *points = member(curve, "points", json_type_array);
  assert_int_equal(json_object_array_length(points), 3);
  json_object *last = json_object_array_get_idx(points, 2);
  assert_int_equal(json_object_get_int(member(last, "way", json_type_int)), 4);
  assert_int_equal(json_object_get_int(member(last, "errors", json_type_int)), 12);
  assert_int_equal(json_object_get_int(member(last, "ties", json_type_int)), 1);
  json_object *chance = member(json, "chance", json_type_array);
  json_object *even = json_object_array_get_idx(chance, 0);
  assert_true(fabs(json_object_get_double(member(even, "error_percent", json_type_double)) - 50) <
              1e-9);
  json_object_put(json);
  free(text);
  free(s);
}

static void csv_doubles_quotes(void **state) {
  (void)state;
  sweep *s = made_up(2);
  char *text = NULL;
  write_into(&text, sweep_csv, s);
  assert_non_null(strstr(text, "\n\"folder/<i>\"\"&.safetensors\",\"training\",3,1000,11,1.1000,"));
  size_t lines = 0;
  for (const char *at = text; *at; at++)
    lines += *at == '\n';
  assert_int_equal(lines, 5);
  free(text);
  free(s);
}

static size_t count_of(const char *text, const char *part) {
  size_t count = 0;
  for (; (text = strstr(text, part)); text++)
    count++;
  return count;
}

static void chart_names_every_curve(void **state) {
  (void)state;
  for (size_t ways = 1; ways <= SWEEP_WAYS; ways = ways * 5 + 2) {
    sweep *s = made_up(ways);
    char *text = NULL;
    write_into(&text, sweep_svg, s);
    assert_non_null(strstr(text, ">&lt;i&gt;&quot;&amp; "));
    assert_non_null(strstr(text, ">its training alphabets<"));
    assert_non_null(strstr(text, ">chance "));
    assert_non_null(strstr(text, "prefers-color-scheme:dark"));
    assert_int_equal(count_of(text, "class=\"band "), 2);
    assert_int_equal(count_of(text, "<text"), count_of(text, "</text>"));
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    free(text);
    s->curve[1].model = "refit:folder/net.safetensors";
    write_into(&text, sweep_svg, s);
    assert_non_null(strstr(text, ">net, refit "));
    free(text);
    free(s);
  }
}

/* Height of the text that begins with `name`. */
static double height_of(const char *svg, const char *name) {
  const char *end = strstr(svg, name), *last = NULL;
  assert_non_null(end);
  for (const char *at = svg; (at = strstr(at, "y=\"")) && at < end; at++)
    last = at + 3;
  assert_non_null(last);
  return atof(last);
}

static void names_do_not_lie_on_each_other(void **state) {
  (void)state;
  sweep *s = made_up(10);
  s->curves = SWEEP_CURVES;
  for (size_t c = 2; c < s->curves; c++) {
    s->curve[c] = s->curve[1];
    s->curve[c].set = c % 2 ? "evaluation" : "background";
  }
  static const char *const names[SWEEP_CURVES] = {"a", "b", "c", "d", "e", "f", "g", "h"};
  for (size_t c = 0; c < s->curves; c++) /* all at the bottom, beside chance */
    for (size_t i = s->ways - 1; i < s->ways; i++) {
      s->curve[c].model = names[c];
      s->curve[c].count[i] = (eval_count){100, 91, 0};
    }
  char *text = NULL;
  write_into(&text, sweep_svg, s);
  double heights[SWEEP_CURVES];
  for (size_t c = 0; c < s->curves; c++) {
    char label[8];
    snprintf(label, sizeof label, ">%s 9.0", names[c]);
    heights[c] = height_of(text, label);
    assert_true(heights[c] > 40 && heights[c] < 470);
    for (size_t d = 0; d < c; d++)
      assert_true(fabs(heights[c] - heights[d]) > 30);
  }
  free(text);
  free(s);
}

static void pictures_are_png(void **state) {
  (void)state;
  if (!svg_png_usable()) {
    print_message("skipped: no rsvg-convert here (Debian: librsvg2-bin)\n");
    skip();
  }
  static const char svg[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"5\"/>";
  uint8_t *png;
  size_t size;
  assert_int_equal(svg_png(svg, strlen(svg), 3, &png, &size, NULL), OG_OK);
  assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
  assert_memory_equal(png + 16, "\0\0\0\x1b\0\0\0\x0f", 8);
  free(png);
  og_error error = {0};
  assert_int_equal(svg_png("<svg", 4, 1, &png, &size, &error), OG_ERROR_FORMAT);
  assert_true(error.text[0]);
}

static void held_out_alphabets_are_those_of_the_recipe(void **state) {
  (void)state;
  static const char model[] = ONEGLYPH_SOURCE_DIR "/models/glyph.safetensors";
  const char *data = getenv("ONEGLYPH_DATA");
  data = data ? data : ONEGLYPH_SOURCE_DIR "/../shared/omniglot";
  og_dataset *set;
  og_error error = {0};
  if (alphabets_load(data, "held-out", model, &set, &error)) {
    print_message("skipped: %s\n", error.text);
    skip();
  }
  assert_int_equal(set->alphabets, 3);
  assert_string_equal(set->alphabet_names[0], "Anglo-Saxon_Futhorc");
  assert_string_equal(set->alphabet_names[1], "Early_Aramaic");
  assert_string_equal(set->alphabet_names[2], "Korean");
  og_dataset_free(set);
}

#define SWEEP "sweep", "--model", "pixel", "--data", "."

static void refuses_bad_use(void **state) {
  (void)state;
  assert_complains(RUN(SWEEP, "--out", "a.gif"), 2, ".svg, .png, .csv or .json");
  assert_complains(RUN(SWEEP, "--out", ".svg"), 2, ".svg, .png, .csv or .json");
  assert_complains(RUN(SWEEP, "--out", "a.svg,,b.svg"), 2, "between two commas");
  static const char *const ways[] = {"1..5", "5..2", "2..", "2..5x", "a", "2..400", "2...5", "-2"};
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
    assert_complains(RUN(SWEEP, "--out", "a.svg", "--ways", ways[i]), 2, "--ways");
  assert_complains(RUN(SWEEP, "--out", "a.svg", "--task", "lake"), 2, "across or within");
  assert_complains(RUN(SWEEP, "--out", "a.svg"), 2, "images_evaluation");
  assert_complains(RUN("sweep", "--data", ".", "--out", "a.svg", "--model", "pixel@training"), 2,
                   "pixel");
  assert_complains(RUN("sweep", "--data", ".", "--out", "a.svg", "--model", "p,p,p,p,p,p,p,p,p"), 2,
                   "more than 8");
  assert_int_equal(count_files("a."), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_holds_every_number),
      cmocka_unit_test(csv_doubles_quotes),
      cmocka_unit_test(chart_names_every_curve),
      cmocka_unit_test(names_do_not_lie_on_each_other),
      cmocka_unit_test(pictures_are_png),
      cmocka_unit_test(held_out_alphabets_are_those_of_the_recipe),
      cmocka_unit_test_setup_teardown(refuses_bad_use, enter_folder, leave_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
