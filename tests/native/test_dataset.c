/* Data sets from disk: what is read is what was written, from zips and folders alike, and nothing
 * broken gets through. With Omniglot at hand, its published counts. */
#include "native/command.h"

#include <zip.h>

#include "core/pictures.h"
#include "dataset_load.h"
#include "dataset_strokes.h"

enum { ALPHABETS = 2, CHARACTERS = 3, DRAWERS = 2 };

static void add(zip_t *zip, const char *name, const void *bytes, size_t size) {
  void *copy = size ? malloc(size) : NULL; /* libzip forgets to free an empty one */
  assert_true(copy || !size);
  if (size)
    memcpy(copy, bytes, size);
  zip_source_t *source = zip_source_buffer(zip, copy, size, 1);
  assert_true(zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) >= 0);
}

/* A small images_NAME.zip: alphabets Beta and Alpha (in that order), desktop litter, and one entry
 * of the caller's. */
static og_dataset *write_set(const char *name, const char *extra, const void *bytes, size_t size) {
  char path[64];
  og_dataset *set;
  assert_int_equal(og_dataset_procedural(3, ALPHABETS, 0, CHARACTERS, DRAWERS, &set), OG_OK);
  snprintf(path, sizeof path, "images_%s.zip", name);
  zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
  assert_non_null(zip);
  for (size_t i = set->drawings; i-- > 0;) {
    char entry[128];
    size_t png_size;
    uint8_t *png = png_of_raster(og_dataset_raster(set, i), OG_RASTER_SIDE, &png_size);
    uint32_t class = set->class_of[i];
    snprintf(entry, sizeof entry, "images_%s/%s/character%02u/%04u_%02u.png", name,
             class < CHARACTERS ? "Alpha" : "Beta", class % CHARACTERS + 1, class + 1,
             set->drawer_of[i] + 1);
    add(zip, entry, png, png_size);
    free(png);
  }
  add(zip, "__MACOSX/images/._a.png", "x", 1);
  snprintf(path, sizeof path, "images_%s/Alpha/.DS_Store", name);
  add(zip, path, "x", 1);
  if (extra)
    add(zip, extra, bytes, size);
  assert_int_equal(zip_close(zip), 0);
  return set;
}

static void zip_is_read_in_order(void **state) {
  (void)state;
  og_dataset *want = write_set("tiny", NULL, NULL, 0), *got;
  og_error error = {0};
  if (dataset_load(".", "tiny", &got, &error))
    fail_msg("%s", error.text);
  assert_int_equal(got->drawings, ALPHABETS * CHARACTERS * DRAWERS);
  assert_int_equal(got->classes, ALPHABETS * CHARACTERS);
  assert_int_equal(got->alphabets, ALPHABETS);
  assert_string_equal(got->alphabet_names[0], "Alpha");
  assert_string_equal(got->class_names[0], "Alpha/character01");
  assert_string_equal(got->class_names[5], "Beta/character03");
  assert_memory_equal(got->rasters, want->rasters, got->drawings * OG_RASTER_SIZE);
  assert_int_equal(got->drawer_of[3], 2);
  for (size_t c = 0; c < got->classes; c++)
    assert_int_equal(got->alphabet_of[c], c / CHARACTERS);

  /* The same tree as a folder gives the same set. */
  assert_int_equal(system("mkdir folder && cd folder && unzip -q ../images_tiny.zip"), 0);
  og_dataset *again;
  if (dataset_load("folder", "tiny", &again, &error))
    fail_msg("%s", error.text);
  assert_memory_equal(again->rasters, want->rasters, got->drawings * OG_RASTER_SIZE);
  og_dataset_free(again);

  uint8_t keep[ALPHABETS] = {0, 1};
  assert_int_equal(og_dataset_select(got, keep, &again), OG_OK);
  assert_int_equal(again->classes, CHARACTERS);
  assert_string_equal(again->class_names[0], "Beta/character01");
  assert_memory_equal(again->rasters, og_dataset_raster(want, CHARACTERS * DRAWERS),
                      again->drawings * OG_RASTER_SIZE);
  og_dataset_free(again);
  keep[1] = 0;
  assert_int_equal(og_dataset_select(got, keep, &again), OG_ERROR_EMPTY);
  og_dataset_free(want);
  og_dataset_free(got);
}

static void refuse(const char *set, const char *part) {
  og_dataset *got;
  og_error error = {0};
  assert_int_not_equal(dataset_load(".", set, &got, &error), OG_OK);
  assert_null(got);
  if (!strstr(error.text, part) || strchr(error.text, '\n'))
    fail_msg("wanted \"%s\" in: %s", part, error.text);
}

static void broken_entries_are_named(void **state) {
  (void)state;
  uint8_t small[50 * 50] = {1};
  size_t size;
  uint8_t *png = png_of_raster(small, 50, &size);
  const struct {
    const char *name;
    const void *bytes;
    size_t size;
    const char *part;
  } cases[] = {
      {"images_bad/Alpha/character01/0001_09.png", png, size,
       "0001_09.png: not a PNG of 105 x 105"},
      {"images_bad/Alpha/character01/0001_09.png", "", 0, "0001_09.png"},
      {"images_bad/Alpha/character01/0001_09.png", "plain text", 10, "0001_09.png"},
      {"images_bad/Alpha/character01/first.png", png, size, "first.png: not named"},
      {"images_bad/Alpha/0001_09.png", png, size, "0001_09.png: not named"},
      {"images_bad/a/b/c/0001_09.png", png, size, "0001_09.png: not named"},
      {"images_bad/Alpha/character01/-001_-1.png", png, size, "-001_-1.png: not named"},
      {"images_bad/Alpha/character01/+001_+1.png", png, size, "+001_+1.png: not named"},
      {"images_bad/Alpha/character01/   1_ 1.png", png, size, " 1.png: not named"},
      {"images_bad/Alpha/character01/1_9.png", png, size, "1_9.png: not named"},
      {"images_bad/Alpha/character01/0009_01.png", png, size,
       "0009_01.png: its drawer has drawn this character already"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    og_dataset_free(write_set("bad", cases[i].name, cases[i].bytes, cases[i].size));
    refuse("bad", cases[i].part);
  }
  free(png);
  refuse("absent", "data fetch");
  refuse("../etc", "no set is called");
}

/* As the data set's own repository has them: everything below python/. */
static void sets_are_found_below_python(void **state) {
  (void)state;
  og_dataset_free(write_set("below", NULL, NULL, 0));
  assert_int_equal(system("mkdir -p clone/python && mv images_below.zip clone/python"), 0);
  og_dataset *got;
  og_error error = {0};
  if (dataset_load("clone", "below", &got, &error))
    fail_msg("%s", error.text);
  assert_int_equal(got->classes, ALPHABETS * CHARACTERS);
  og_dataset_free(got);
}

static void cut_zips_are_refused(void **state) {
  (void)state;
  og_dataset_free(write_set("cut", NULL, NULL, 0));
  size_t size = 0;
  char *bytes = read_bytes("images_cut.zip", &size);
  for (size_t part = 0; part < size; part += 1 + size / 97) {
    write_bytes("images_cut.zip", bytes, part);
    refuse("cut", "images_cut.zip");
  }
  /* Damage inside: an error or the whole set, never a crash. */
  for (size_t at = 0; at < size; at += 1 + size / 211) {
    og_dataset *got;
    char kept = bytes[at];
    bytes[at] = (char)(kept ^ 0x55);
    write_bytes("images_cut.zip", bytes, size);
    if (dataset_load(".", "cut", &got, NULL) == OG_OK)
      og_dataset_free(got);
    bytes[at] = kept;
  }
  free(bytes);
}

static void folders_of_pictures(void **state) {
  (void)state;
  uint8_t raster[OG_RASTER_SIZE] = {0};
  memset(raster + 20 * OG_RASTER_SIDE, 1, 5 * OG_RASTER_SIDE);
  size_t size;
  uint8_t *png = png_of_raster(raster, OG_RASTER_SIDE, &size);
  assert_int_equal(system("mkdir -p pictures/one pictures/two"), 0);
  write_bytes("pictures/one/b.PNG", png, size);
  write_bytes("pictures/two/a.png", png, size);
  write_text("pictures/two/notes.txt", "not a picture");
  og_dataset *set;
  og_error error = {0};
  if (dataset_load_folder("pictures", &set, &error))
    fail_msg("%s", error.text);
  assert_int_equal(set->classes, 2);
  assert_int_equal(set->drawings, 2);
  assert_int_equal(set->drawer_of[0], OG_NO_DRAWER);
  assert_string_equal(set->class_names[1], "two");
  og_dataset_free(set);
  write_text("pictures/two/c.jpg", "broken");
  assert_int_not_equal(dataset_load_folder("pictures", &set, &error), OG_OK);
  assert_non_null(strstr(error.text, "two/c.jpg"));
  assert_int_not_equal(dataset_load_folder("nowhere", &set, &error), OG_OK);
  free(png);
}

/* Links that lead back would otherwise be followed along every path there is. */
static void loops_of_links_end(void **state) {
  (void)state;
  assert_int_equal(mkdir("loops", 0700), 0);
  for (int i = 0; i < 6; i++) {
    char name[32];
    snprintf(name, sizeof name, "loops/again%d", i);
    assert_int_equal(symlink(".", name), 0);
  }
  og_dataset *set;
  og_error error = {0};
  assert_int_equal(dataset_load_folder("loops", &set, &error), OG_ERROR_TOO_LARGE);
  assert_non_null(strstr(error.text, "loops: more folders"));
}

static void check_order(const char *text, size_t count, const char *const *classes,
                        const uint32_t *alphabets) {
  og_dataset *set;
  og_error error = {0};
  write_text("order.jsonl", text);
  if (dataset_load_ink("order.jsonl", NULL, &set, &error))
    fail_msg("%s", error.text);
  assert_int_equal(set->classes, count);
  for (size_t i = 0; i < count; i++) {
    assert_string_equal(set->class_names[i], classes[i]);
    assert_int_equal(set->alphabet_of[i], alphabets[i]);
  }
  og_dataset_free(set);
}

/* An alphabet is one run of classes, whatever its name and the names beside it. */
static void alphabets_are_runs(void **state) {
  (void)state;
  check_order("{\"class\":\"c\",\"strokes\":[[[1,1]]]}\n"
              "{\"class\":\"b/x\",\"strokes\":[[[1,1]]]}\n"
              "{\"class\":\"a\",\"strokes\":[[[1,1]]]}\n",
              3, (const char *const[]){"a", "c", "b/x"}, (const uint32_t[]){0, 0, 1});
  check_order("{\"class\":\"b/y\",\"strokes\":[[[1,1]]]}\n"
              "{\"class\":\"b-c/x\",\"strokes\":[[[1,1]]]}\n"
              "{\"class\":\"b/x\",\"strokes\":[[[1,1]]]}\n",
              3, (const char *const[]){"b/x", "b/y", "b-c/x"}, (const uint32_t[]){0, 0, 1});
}

/* Drawings that compare equal stay in the order of their lines. */
static void lines_keep_their_order(void **state) {
  (void)state;
  enum { LINES = 600 };
  FILE *file = fopen("ties.jsonl", "w");
  assert_non_null(file);
  for (int i = 0; i < LINES; i++)
    fprintf(file, "{\"class\":\"%c\",\"strokes\":[[[0,0],[%d,100]]]}\n", 'a' + i % 2, i);
  assert_int_equal(fclose(file), 0);
  og_dataset *set;
  assert_int_equal(dataset_load_ink("ties.jsonl", NULL, &set, NULL), OG_OK);
  assert_int_equal(set->drawings, LINES);
  uint8_t raster[OG_RASTER_SIZE];
  for (size_t i = 0; i < LINES; i++) {
    const float xy[] = {0, 0, (float)(2 * (i % (LINES / 2)) + i / (LINES / 2)), 100};
    const uint32_t length = 2;
    const og_strokes line = {xy, &length, 1};
    assert_int_equal(og_raster_from_strokes(&line, OG_FRAME_FIT, raster, NULL), OG_OK);
    assert_memory_equal(og_dataset_raster(set, i), raster, OG_RASTER_SIZE);
  }
  og_dataset_free(set);
}

static void ink_lines_are_checked(void **state) {
  (void)state;
  og_dataset *set;
  og_error error = {0};
  write_text("good.jsonl",
             "{\"class\":\"A/x\",\"drawer\":3,\"strokes\":[[[0,0],[10,10]]]}\n\n"
             "{\"class\":\"A/y\",\"drawer\":\"me\",\"strokes\":[[[0,0,5],[10,3,6]]]}\r\n"
             "{\"strokes\":[[[1,1]]],\"class\":\"B/z\"}");
  if (dataset_load_ink("good.jsonl", NULL, &set, &error))
    fail_msg("%s", error.text);
  assert_int_equal(set->drawings, 3);
  assert_int_equal(set->alphabets, 2);
  assert_int_equal(set->drawer_of[0], 3);
  assert_int_not_equal(set->drawer_of[1], OG_NO_DRAWER);
  assert_int_equal(set->drawer_of[2], OG_NO_DRAWER);
  og_dataset_free(set);
  static const char *const lines[] = {"",
                                      "\n \n",
                                      "{",
                                      "[]",
                                      "null",
                                      "{}",
                                      "{\"class\":\"a\"}",
                                      "{\"strokes\":[[[1,1]]]}",
                                      "{\"class\":\"\",\"strokes\":[[[1,1]]]}",
                                      "{\"class\":1,\"strokes\":[[[1,1]]]}",
                                      "{\"class\":\"a\",\"strokes\":[]}",
                                      "{\"class\":\"a\",\"strokes\":[[]]}",
                                      "{\"class\":\"a\",\"strokes\":[[[1]]]}",
                                      "{\"class\":\"a\",\"strokes\":[[[1,\"2\"]]]}",
                                      "{\"class\":\"a\",\"strokes\":[[1,2]]}",
                                      "{\"class\":\"a\",\"strokes\":{}}",
                                      "{\"class\":\"a\",\"strokes\":[[[1,1e999]]]}",
                                      "{\"class\":\"a\",\"strokes\":[[[1,1,1,1]]]}",
                                      "{\"class\":\"a\",\"drawer\":-1,\"strokes\":[[[1,1]]]}",
                                      "{\"class\":\"a\",\"drawer\":1.5,\"strokes\":[[[1,1]]]}",
                                      "{\"class\":\"a\",\"strokes\":[[[1,1]]]} x",
                                      "\x1f\x8b\x08",
                                      "{\"class\":\"\\u0000\",\"strokes\":[[[1,1]]]}"};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    write_text("bad.jsonl", lines[i]);
    if (dataset_load_ink("bad.jsonl", NULL, &set, &error) == OG_OK)
      fail_msg("accepted: %s", lines[i]);
    assert_non_null(strstr(error.text, "bad.jsonl"));
    assert_null(strchr(error.text, '\n'));
  }
  write_text("bad.jsonl", "{\"class\":\"a\",\"strokes\":[[[1,1]]]}\n\n{\"class\":2}");
  assert_int_not_equal(dataset_load_ink("bad.jsonl", NULL, &set, &error), OG_OK);
  assert_non_null(strstr(error.text, "line 3"));
}

static void stroke_files_are_checked(void **state) {
  (void)state;
  stroke_set set;
  og_error error = {0};
  assert_int_equal(system("mkdir -p strokes_s/A/character01"), 0);
  const char *path = "strokes_s/A/character01/0001_02.txt";
  write_text(path, "START\n1.5,-2,0\r\n3,-4.5,7\nBREAK\n9,-9,9\nBREAK\n");
  if (strokes_load(".", "s", &set, &error))
    fail_msg("%s", error.text);
  assert_int_equal(set.count, 1);
  assert_int_equal(set.drawings[0].strokes, 2);
  assert_int_equal(set.drawings[0].lengths[0], 2);
  assert_true(set.drawings[0].xy[3] == 4.5f && set.drawings[0].xy[4] == 9);
  assert_string_equal(set.drawings[0].name, "A/character01/0001_02");
  strokes_free(&set);
  static const char *const texts[] = {"",
                                      "START",
                                      "START\n",
                                      "START\nBREAK\n",
                                      "1,2,3\n",
                                      "START\n1,2\nBREAK\n",
                                      "START\n1,2,x\nBREAK\n",
                                      "START\n1,\n2,3\nBREAK\n",
                                      "START\nnan,2,3\nBREAK\n",
                                      "START\n1,2,3 4\nBREAK\n",
                                      "START\n1,2,3\n",
                                      "START\n1,2,3\nBREAK\n4,5,6\n",
                                      "START\nBREAK\n1,2,3\nBREAK\n",
                                      "START\n1,2,3\nBREAK\nBREAK\n",
                                      "START\n1,2,3\nBREAKS\n",
                                      "STARTLED\n1,2,3\nBREAK\n"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    write_text(path, texts[i]);
    if (strokes_load(".", "s", &set, &error) == OG_OK)
      fail_msg("accepted: %s", texts[i]);
    assert_non_null(strstr(error.text, "0001_02.txt"));
  }
}

static void omniglot_counts(void **state) {
  (void)state;
  const char *dir = omniglot_folder();
  og_dataset *set;
  og_error error;
  if (dataset_load(dir, "background", &set, &error) == OG_ERROR_EMPTY) {
    print_message("skipped: no Omniglot (set ONEGLYPH_DATA to its folder)\n");
    skip();
  }
  assert_int_equal(set->alphabets, 30);
  assert_int_equal(set->classes, 964);
  assert_int_equal(set->drawings, 19280);
  assert_string_equal(set->class_names[0], "Alphabet_of_the_Magi/character01");
  assert_string_equal(set->alphabet_names[29], "Tifinagh");
  size_t ink = 0;
  for (size_t i = 0; i < set->drawings * OG_RASTER_SIZE; i++)
    ink += set->rasters[i];
  /* What counting the dark pixels of the PNGs themselves gives: nothing was lost or thickened. */
  assert_int_equal(ink * 100 / set->drawings, 85928);
  og_dataset_free(set);
  result r = RUN("data", "info", dir, "--json");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "\"characters\":964,\"drawings\":19280,\"pairs\":185849560,"
                                "\"same_pairs\":183160"));
  assert_non_null(strstr(r.out, "\"characters\":659,\"drawings\":13180"));
  assert_non_null(strstr(r.out, "\"runs\":20,\"run_trials\":400"));
  result_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(zip_is_read_in_order),
      cmocka_unit_test(broken_entries_are_named),
      cmocka_unit_test(sets_are_found_below_python),
      cmocka_unit_test(cut_zips_are_refused),
      cmocka_unit_test(folders_of_pictures),
      cmocka_unit_test(loops_of_links_end),
      cmocka_unit_test(alphabets_are_runs),
      cmocka_unit_test(lines_keep_their_order),
      cmocka_unit_test(ink_lines_are_checked),
      cmocka_unit_test(stroke_files_are_checked),
      cmocka_unit_test(omniglot_counts),
  };
  return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
