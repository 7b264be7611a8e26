/* Other pens and hands: what each distortion does to a drawing, and the evaluation of all. */
#include <math.h>

#include "command.h"
#include "dataset_load.h"
#include "ink_distort.h"

static ink_distortion parsed(const char *text) {
  ink_distortion d;
  og_error error = {0};
  if (ink_distortion_parse(text, 1, &d, &error))
    fail_msg("%s", error.text);
  return d;
}

static void words_and_amounts(void **state) {
  (void)state;
  static const char *const bad[] = {"",           "rotat",     "rotate:",    "rotate:x",
                                    "rotate:25x", "rotate:-1", "rotate:181", "speed:nan",
                                    "dense:0",    "thick:1e9"};
  char text[48];
  ink_distortion d = parsed("rotate");
  assert_string_equal(ink_distortion_text(&d, text), "rotate:25");
  d = parsed("coarse:4.5");
  assert_string_equal(ink_distortion_text(&d, text), "coarse:4.5");
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    og_error error = {0};
    assert_int_equal(ink_distortion_parse(bad[i], 1, &d, &error), OG_ERROR_ARGUMENT);
    assert_true(error.text[0] && !strchr(error.text, '\n'));
  }
}

/* A hook of two strokes, a dot, and an empty stroke. */
static const float xy[] = {0.3f,  0.7f,  0.9f, 40.2f, 12, 40.6f, 30.1f,
                           55.8f, 44.4f, 20,   60.2f, 3,  20,    20};
static const uint32_t lengths[] = {3, 3, 0, 1};
static const og_strokes drawing = {xy, lengths, 4};

static void draw(const char *how, uint64_t number, uint8_t raster[OG_RASTER_SIZE]) {
  og_error error = {0};
  ink_distortion d;
  if (how)
    d = parsed(how);
  if (ink_raster(how ? &d : NULL, number, &drawing, raster, &error))
    fail_msg("%s: %s", how, error.text);
}

/* Intersection over union. */
static double alike(const uint8_t *a, const uint8_t *b) {
  size_t both = 0, any = 0;
  for (size_t i = 0; i < OG_RASTER_SIZE; i++) {
    both += a[i] & b[i];
    any += a[i] | b[i];
  }
  return (double)both / (double)any;
}

static void each_changes_what_it_should(void **state) {
  (void)state;
  static const struct {
    const char *how;
    double least, most;
  } cases[] = {{"scale", 0.9, 1},         {"offset", 0.9, 1},       {"scale:0.01", 0.9, 1},
               {"rotate:0", 0.9, 1},      {"rotate:25", 0.05, 0.7}, {"rotate:180", 0, 0.5},
               {"dense:0.2", 0.7, 0.999}, {"coarse:30", 0.2, 0.97}, {"speed:8", 0.3, 0.999},
               {"speed:1", 0.9, 1},       {"thick:2", 0.5, 1},      {"thick:1", 0.6, 1}};
  static uint8_t clean[OG_RASTER_SIZE], fitted[OG_RASTER_SIZE], other[OG_RASTER_SIZE];
  draw(NULL, 0, clean);
  assert_int_equal(og_raster_from_strokes(&drawing, OG_FRAME_FIT, fitted, NULL), OG_OK);
  assert_memory_equal(clean, fitted, sizeof clean);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    draw(cases[i].how, 7, other);
    double part = alike(clean, other);
    if (!(part >= cases[i].least && part <= cases[i].most))
      fail_msg("%s: %.3f alike", cases[i].how, part);
  }
}

static void chance_depends_on_the_number_only(void **state) {
  (void)state;
  static uint8_t a[OG_RASTER_SIZE], b[OG_RASTER_SIZE];
  draw("dense", 5, a);
  draw("dense", 5, b);
  assert_memory_equal(a, b, sizeof a);
  draw("dense", 6, b);
  assert_true(memcmp(a, b, sizeof a) != 0);
  int left = 0;
  for (uint64_t number = 0; number < 40; number++) {
    draw("rotate", number, b);
    draw("rotate", 0, a);
    left += memcmp(a, b, sizeof a) == 0;
  }
  assert_true(left > 8 && left < 32); /* to either side about as often */
}

static void broken_drawings_are_errors(void **state) {
  (void)state;
  static const char *const all[] = {"speed",  "coarse", "dense", "thick",
                                    "offset", "scale",  "rotate"};
  static const float bad[] = {0, 0, NAN, 1}, huge[] = {-3e38f, -3e38f, 3e38f, 3e38f},
                     dot[] = {5, 5};
  const uint32_t two = 2, one = 1, none = 0;
  static uint8_t raster[OG_RASTER_SIZE];
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    ink_distortion d = parsed(all[i]);
    og_error error = {0};
    assert_int_equal(ink_raster(&d, 0, &(og_strokes){bad, &two, 1}, raster, &error),
                     OG_ERROR_FORMAT);
    assert_int_equal(ink_raster(&d, 0, &(og_strokes){bad, &none, 1}, raster, &error),
                     OG_ERROR_EMPTY);
    assert_int_equal(ink_raster(&d, 0, &(og_strokes){dot, &one, 1}, raster, &error), OG_OK);
    ink_raster(&d, 0, &(og_strokes){huge, &two, 1}, raster, &error); /* anything but harm */
  }
  /* More points than a drawing may have. */
  enum { ZIGZAGS = 20000 };
  float *zigzag = malloc(2 * ZIGZAGS * sizeof *zigzag);
  assert_non_null(zigzag);
  for (size_t i = 0; i < ZIGZAGS; i++) {
    zigzag[2 * i] = (float)(i % 2);
    zigzag[2 * i + 1] = 0;
  }
  const uint32_t many = ZIGZAGS;
  ink_distortion d = parsed("dense");
  assert_int_equal(ink_raster(&d, 0, &(og_strokes){zigzag, &many, 1}, raster, NULL),
                   OG_ERROR_TOO_LARGE);
  free(zigzag);
}

static void sets_keep_their_order(void **state) {
  (void)state;
  ink_distortion d = parsed("rotate");
  og_dataset *clean, *turned;
  assert_int_equal(dataset_invent_strokes(1, NULL, &clean, NULL), OG_OK);
  assert_int_equal(dataset_invent_strokes(1, &d, &turned, NULL), OG_OK);
  assert_int_equal(clean->drawings, turned->drawings);
  assert_int_equal(clean->alphabets, 10);
  assert_memory_equal(clean->class_of, turned->class_of, clean->drawings * sizeof(uint32_t));
  assert_memory_equal(clean->drawer_of, turned->drawer_of, clean->drawings * sizeof(uint32_t));
  assert_true(memcmp(clean->rasters, turned->rasters, clean->drawings * OG_RASTER_SIZE) != 0);
  og_dataset_free(clean);
  og_dataset_free(turned);
}

#define INK "eval", "--model", "pixel", "--task", "ink", "--way", "5", "--trials", "40"

static void the_command_reports_each(void **state) {
  (void)state;
  result r = RUN(INK, "--data", "procedural", "--distort", "rotate:90,scale", "--json");
  assert_int_equal(r.code, 0);
  const char *clean = strstr(r.out, "\"distort\":\"clean\",\"growth\":null");
  assert_true(clean && strstr(clean, "\"distort\":\"rotate:90\",\"growth\":"));
  assert_non_null(strstr(clean, "\"distort\":\"scale:3\",\"growth\":1.0000,"));
  assert_non_null(strstr(clean, "\"set\":\"procedural\""));
  result_free(r);
  /* The clean line is what the task is without distortions. */
  result with = RUN(INK, "--data", "procedural", "--distort", "scale");
  result without = RUN(INK, "--data", "procedural");
  char *end = strstr(with.out, "; queries clean");
  assert_non_null(end);
  assert_memory_equal(with.out, without.out, (size_t)(end - with.out));
  result_free(with);
  result_free(without);
}

static void the_command_refuses(void **state) {
  (void)state;
  assert_complains(RUN(INK, "--data", "procedural", "--distort", "blur"), 2, "speed, coarse");
  assert_complains(RUN(INK, "--data", "procedural", "--distort", "scale,"), 2, "--distort");
  assert_complains(RUN(INK, "--data", "procedural", "--distort", "scale", "--assign"), 2,
                   "--distort");
  assert_complains(RUN("eval", "--model", "pixel", "--data", ".", "--distort", "scale"), 2,
                   "--task ink");
  write_text("ink.jsonl", "{}\n");
  assert_complains(RUN(INK, "--data", "ink.jsonl", "--set", "background_small1"), 2, "--set");
  assert_complains(RUN(INK, "--data", "."), 2, "strokes_background_small1");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_and_amounts),
      cmocka_unit_test(each_changes_what_it_should),
      cmocka_unit_test(chance_depends_on_the_number_only),
      cmocka_unit_test(broken_drawings_are_errors),
      cmocka_unit_test(sets_keep_their_order),
      cmocka_unit_test_setup_teardown(the_command_reports_each, enter_folder, leave_folder),
      cmocka_unit_test_setup_teardown(the_command_refuses, enter_folder, leave_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
