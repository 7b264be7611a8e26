/* Lake's runs from disk: found where they lie, and labels that are not exactly right refused. */
#include "native/command.h"

#include "core/pictures.h"
#include "dataset_load.h"

/* Query i of every run is a drawing of this class. */
static size_t next_class(size_t i) {
  return (i + 1) % RUN_WAYS;
}

static void write_picture(const char *path, size_t dot) {
  uint8_t raster[OG_RASTER_SIZE] = {0};
  size_t size;
  raster[dot] = 1;
  uint8_t *png = png_of_raster(raster, OG_RASTER_SIDE, &size);
  write_bytes(path, png, size);
  free(png);
}

/* Twenty runs in `dir`, every class a dot in a place of its own. */
static void write_runs(const char *dir) {
  char path[256];
  for (size_t r = 0; r < 20; r++) {
    snprintf(path, sizeof path, "mkdir -p %s/run%02zu/test %s/run%02zu/training", dir, r + 1, dir,
             r + 1);
    assert_int_equal(system(path), 0);
    char labels[RUN_WAYS * 64] = "", *at = labels;
    for (size_t i = 0; i < RUN_WAYS; i++) {
      snprintf(path, sizeof path, "%s/run%02zu/test/item%02zu.png", dir, r + 1, i + 1);
      write_picture(path, 100 * r + next_class(i));
      snprintf(path, sizeof path, "%s/run%02zu/training/class%02zu.png", dir, r + 1, i + 1);
      write_picture(path, 100 * r + i);
      at += sprintf(at, "run%02zu/test/item%02zu.png run%02zu/training/class%02zu.png\n", r + 1,
                    i + 1, r + 1, next_class(i) + 1);
    }
    snprintf(path, sizeof path, "%s/run%02zu/class_labels.txt", dir, r + 1);
    write_text(path, labels);
  }
}

static void runs_are_good(const char *dir) {
  run_set *runs;
  og_error error = {0};
  if (runs_load(dir, &runs, &error))
    fail_msg("%s: %s", dir, error.text);
  assert_int_equal(runs->runs, 20);
  for (size_t i = 0; i < 20 * RUN_WAYS; i++) {
    size_t run = i / RUN_WAYS, answer = run * RUN_WAYS + runs->truth[i];
    assert_int_equal(runs->truth[i], next_class(i % RUN_WAYS));
    assert_memory_equal(runs->query + i * OG_RASTER_SIZE, runs->support + answer * OG_RASTER_SIZE,
                        OG_RASTER_SIZE);
  }
  runs_free(runs);
}

static void runs_are_found_where_they_lie(void **state) {
  (void)state;
  static const char *const places[][2] = {
      {"runs_a", "runs_a"},
      {"runs_b", "runs_b/all_runs"},
      {"runs_c", "runs_c/one-shot-classification"},
      {"runs_d", "runs_d/one-shot-classification/all_runs"},
      {"runs_e", "runs_e/python/one-shot-classification"},
      {"runs_f", "runs_f/python/one-shot-classification/all_runs"}};
  write_runs("runs");
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    char line[256];
    snprintf(line, sizeof line, "mkdir -p %s && cp -r runs/. %s", places[i][1], places[i][1]);
    assert_int_equal(system(line), 0);
    runs_are_good(places[i][0]);
  }
  assert_int_equal(system("mkdir -p runs_g/python/one-shot-classification && cd runs &&"
                          "zip -qr ../runs_g/python/one-shot-classification/all_runs.zip run*"),
                   0);
  runs_are_good("runs_g");
  /* What lies beside the runs is not looked at. */
  assert_int_equal(system("mkfifo runs_a/pipe && mkdir runs_a/images_x && "
                          "truncate -s 8M runs_a/images_x/large"),
                   0);
  runs_are_good("runs_a");
  run_set *none;
  og_error error = {0};
  assert_int_equal(mkdir("empty", 0700), 0);
  assert_int_equal(runs_load("empty", &none, &error), OG_ERROR_EMPTY);
  assert_non_null(strstr(error.text, "all_runs"));
}

/* Run 7's labels: `count` lines, line `at` replaced by `line`, and `tail` at the end. */
static void write_labels(const char *line, size_t at, size_t count, const char *tail) {
  char labels[4096] = "", *end = labels;
  for (size_t i = 0; i < count; i++)
    end += i == at ? sprintf(end, "%s", line)
                   : sprintf(end, "run07/test/item%02zu.png run07/training/class%02zu.png\n", i + 1,
                             next_class(i) + 1);
  strcpy(end, tail);
  write_text("labels/run07/class_labels.txt", labels);
}

static void labels_are_checked(void **state) {
  (void)state;
  write_runs("labels");
  static const char *const tails[] = {"", "\n", "\r\n", "\n\n \n"};
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
    write_labels("", RUN_WAYS, RUN_WAYS, tails[i]);
    runs_are_good("labels");
  }
  write_labels("run07/test/item03.png run07/training/class04.png\r\n", 2, RUN_WAYS, "");
  runs_are_good("labels");
  /* In place of the third line, which says class04. */
  static const char *const lines[] = {
      "",                                                   /* no line for item03 */
      "run07/test/item03.png\n",                            /* cut: the next line has a class */
      "run07/test/item03.png run07/training/class05.png\n", /* as another line says */
      "run07/test/item04.png run07/training/class04.png\n", /* an item twice */
      "run07/test/item00.png run07/training/class04.png\n",
      "run07/test/item21.png run07/training/class04.png\n",
      "run07/test/item03.png run07/training/class00.png\n",
      "run07/test/item03.png run07/training/class-4.png\n",
      "run07/test/item3.png run07/training/class4.png\n",
      "run07/test/item03.jpg run07/training/class04.png\n",
      "run07/test/item03.png run07/training/class04.png x\n",
      "run07/test/item03.pngrun07/training/class04.png\n",
      "run07/training/class04.png run07/test/item03.png\n"};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    run_set *runs;
    og_error error = {0};
    write_labels(lines[i], 2, RUN_WAYS, "");
    if (runs_load("labels", &runs, &error) == OG_OK)
      fail_msg("accepted: %s", lines[i]);
    assert_non_null(strstr(error.text, "run07/class_labels.txt"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(runs_are_found_where_they_lie),
      cmocka_unit_test(labels_are_checked),
  };
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
