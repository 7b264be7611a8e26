/* `embed` and `classify` on drawings made here, and on files that are broken in every way. */
#include "native/command.h"

#include <math.h>
#include <zlib.h>

#include "core/pictures.h"
#include "embedding.h"

enum { DIM = 16, CLASSES = 3, SEED = 77 };

static og_drawing draw(uint32_t symbol, uint32_t drawer) {
  og_drawing d;
  og_symbol_draw(OG_SYMBOL_JOINED, SEED, symbol, drawer, &d);
  return d;
}

static void print_strokes(FILE *out, const og_drawing *d) {
  const float(*xy)[2] = d->xy;
  fputs("\"strokes\":[", out);
  for (uint32_t s = 0; s < d->strokes; xy += d->lengths[s], s++) {
    fputs(s ? ",[" : "[", out);
    for (uint32_t i = 0; i < d->lengths[s]; i++)
      fprintf(out, "%s[%.9g,%.9g]", i ? "," : "", (double)xy[i][0], (double)xy[i][1]);
    fputs("]", out);
  }
  fputs("]", out);
}

/* One symbol a line, each by `drawer`, with a blank line after the first. */
static void write_ink(const char *path, uint32_t drawer) {
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  for (uint32_t s = 0; s < CLASSES; s++) {
    og_drawing d = draw(s, drawer);
    fputs("{", out);
    print_strokes(out, &d);
    fputs(s ? "}\n" : "}\n  \r\n", out);
  }
  fclose(out);
}

static uint8_t *png_of_symbol(uint32_t symbol, uint32_t drawer, size_t *size) {
  picture p = picture_create(200, 200, 255, 255);
  og_drawing d = draw(symbol, drawer);
  paint(&p, &d, 1.8, 5, 0);
  uint8_t *png = png_of(&p, size);
  free(p.rgba);
  return png;
}

static void write_png(const char *path, uint32_t symbol, uint32_t drawer) {
  size_t size;
  uint8_t *png = png_of_symbol(symbol, drawer, &size);
  write_bytes(path, png, size);
  free(png);
}

static void print_base64(FILE *out, const uint8_t *bytes, size_t size) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < size; i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; k++)
      group = group << 8 | (i + k < size ? bytes[i + k] : 0u);
    for (size_t k = 0; k < 4; k++)
      fputc(k <= size - i ? digits[group >> (18 - 6 * k) & 63] : '=', out);
  }
}

/* Class s has the label "sign s": one example as strokes, one as a picture, by drawers 0 and 1. */
static void write_support(const char *path) {
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  fputs("{\"format\":\"oneglyph-support\",\"version\":1,\"later\":{},\"classes\":[", out);
  for (uint32_t s = 0; s < CLASSES; s++) {
    og_drawing d = draw(s, 0);
    size_t size;
    uint8_t *png = png_of_symbol(s, 1, &size);
    fprintf(out, "%s{\"label\":\"sign %u\",\"examples\":[{", s ? "," : "", s);
    print_strokes(out, &d);
    fputs("},{\"image\":\"data:image/png;base64,", out);
    print_base64(out, png, size);
    fputs("\"}]}", out);
    free(png);
  }
  fputs(",{\"label\":\"nothing yet\",\"examples\":[]}]}\n", out);
  fclose(out);
}

static int prepare(void **state) {
  if (enter_folder(state))
    return -1;
  write_recipe("r.json", "");
  RUN_WELL("train", "--recipe", "r.json", "--out", "m", "--threads", "1", "--steps", "60");
  write_ink("ink.jsonl", 0);
  write_support("set.json");
  for (uint32_t s = 0; s < CLASSES; s++) {
    char path[40];
    snprintf(path, sizeof path, "folder/sign %u", s);
    mkdir("folder", 0700);
    mkdir(path, 0700);
    strcat(path, "/one.png");
    write_png(path, s, 0);
  }
  write_png("query.png", 1, 0);
  return 0;
}

/* The library's own embedding of a symbol, on the scalar kernels. */
static void embed_here(const og_model *model, uint32_t symbol, float embedding[DIM]) {
  static uint8_t raster[OG_RASTER_SIZE];
  og_drawing d = draw(symbol, 0);
  og_strokes strokes = og_drawing_strokes(&d);
  assert_int_equal(og_raster_from_strokes(&strokes, OG_FRAME_FIT, raster, NULL), OG_OK);
  assert_int_equal(embed_rasters(model, 1, raster, NULL, 1, 1, embedding, DIM), OG_OK);
}

static void embeddings_are_the_library_s_to_the_last_bit(void **state) {
  (void)state;
  og_model *model;
  const kernel_choice scalar = {.isa = "scalar"};
  assert_int_equal(model_read("m", &scalar, &model, NULL), OG_OK);
  assert_int_equal(og_model_get_info(model)->dim, DIM);
  result r = RUN("embed", "--model", "m", "--isa", "scalar", "ink.jsonl");
  assert_int_equal(r.code, 0);
  static const int lines[] = {1, 3, 4};
  char *at = r.out;
  for (uint32_t s = 0; s < CLASSES; s++) {
    float wanted[DIM];
    char head[80];
    embed_here(model, s, wanted);
    snprintf(head, sizeof head, "{\"file\":\"ink.jsonl\",\"line\":%d,\"embedding\":[", lines[s]);
    assert_int_equal(strncmp(at, head, strlen(head)), 0);
    at += strlen(head);
    for (size_t i = 0; i < DIM; i++) {
      float got = strtof(at, &at);
      assert_memory_equal(&got, &wanted[i], sizeof got);
      at++;
    }
    at = strchr(at, '\n') + 1;
  }
  assert_int_equal(*at, 0);
  result_free(r);
  og_model_free(model);
}

static void numpy_holds_the_same_numbers(void **state) {
  (void)state;
  RUN_WELL("embed", "--model", "m", "--isa", "scalar", "--format", "npy", "--out", "e.npy",
           "ink.jsonl", "query.png");
  size_t size;
  char *npy = read_bytes("e.npy", &size);
  assert_int_equal(size, 128 + (CLASSES + 1) * DIM * 4);
  assert_memory_equal(npy, "\x93NUMPY\x01\x00\x76\x00", 10);
  assert_true(npy && strstr(npy + 10, "'descr': '<f4', 'fortran_order': False, 'shape': (4, 16)"));
  assert_int_equal(npy[127], '\n');
  result r = RUN("embed", "--model", "m", "--isa", "scalar", "ink.jsonl", "query.png");
  const char *at = r.out;
  for (size_t row = 0; row <= CLASSES; row++) {
    char *number = strstr(at, "\"embedding\":[") + strlen("\"embedding\":[");
    double square = 0;
    for (size_t i = 0; i < DIM; i++, number++) {
      float wanted = strtof(number, &number);
      assert_memory_equal(npy + 128 + 4 * (row * DIM + i), &wanted, 4);
      square += (double)wanted * (double)wanted;
    }
    assert_true(fabs(square - 1) < 1e-5);
    at = number;
  }
  assert_non_null(strstr(r.out, "{\"file\":\"query.png\",\"line\":null,"));
  result_free(r);
  free(npy);
}

static void the_example_itself_ranks_first(void **state) {
  (void)state;
  result r = RUN("classify", "--model", "m", "--support", "set.json", "--json", "ink.jsonl");
  assert_int_equal(r.code, 0);
  const char *at = r.out;
  for (uint32_t s = 0; s < CLASSES; s++) {
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\"ranking\":[{\"label\":\"sign %u\",", s);
    const char *end = strchr(at, '\n');
    assert_non_null(end);
    const char *first = strstr(at, wanted);
    assert_true(first && first < end);
    double sum = strtod(strstr(at, "\"none\":") + 7, NULL);
    for (const char *p = at; (p = strstr(p, "\"probability\":")) && p < end;)
      sum += strtod(p += 14, NULL);
    assert_true(fabs(sum - 1) < 1e-5);
    at = end + 1;
  }
  assert_null(strstr(r.out, "nothing yet"));
  result_free(r);
}

static void a_folder_is_a_support_set_too(void **state) {
  (void)state;
  result r =
      RUN("classify", "--model", "m", "--support", "folder", "--threshold", "-1", "query.png");
  assert_int_equal(r.code, 0);
  assert_int_equal(strncmp(r.out, "query.png: sign 1\n", 18), 0);
  assert_non_null(strstr(r.out, "similarity  1.000  sign 1\n"));
  assert_non_null(strstr(r.out, "none of these\n"));
  result_free(r);
  r = RUN("classify", "--model", "m", "--support", "folder", "--threshold", "1", "--top", "1",
          "--json", "ink.jsonl");
  assert_int_equal(r.code, 0);
  result_free(r);
}

/* As many fields in every line; the first class of each drawing is its own. */
static void csv_has_a_row_for_each_drawing_and_class(void **state) {
  (void)state;
  result r = RUN("classify", "--model", "m", "--support", "set.json", "--csv", "ink.jsonl");
  assert_int_equal(r.code, 0);
  const char *head = "file,line,label,none,rank,class,probability,same,similarity,nearest\n";
  assert_int_equal(strncmp(r.out, head, strlen(head)), 0);
  size_t rows = 0;
  for (char *at = r.out + strlen(head), *end; *at; at = end + 1, rows++) {
    end = strchr(at, '\n');
    assert_non_null(end);
    *end = 0;
    const char *field[10] = {at};
    size_t fields = 1;
    for (const char *p = at; *p; p++)
      if (*p == ',' && fields++ < 10)
        field[fields - 1] = p + 1;
    assert_int_equal(fields, 10);
    char wanted[32];
    snprintf(wanted, sizeof wanted, "1,\"sign %zu\",", rows / CLASSES);
    assert_int_equal(rows % CLASSES == 0, !strncmp(field[4], wanted, strlen(wanted)));
  }
  assert_int_equal(rows, CLASSES * CLASSES);
  result_free(r);
  assert_complains(
      RUN("classify", "--model", "m", "--support", "set.json", "--csv", "--json", "ink.jsonl"), 2,
      "choose one");
}

static void an_empty_set_knows_nothing(void **state) {
  (void)state;
  write_text("empty.json", "{\"format\":\"oneglyph-support\",\"version\":1,\"classes\":[]}");
  result r = RUN("classify", "--model", "m", "--support", "empty.json", "--json", "query.png");
  assert_int_equal(r.code, 0);
  assert_string_equal(
      r.out, "{\"file\":\"query.png\",\"line\":null,\"label\":null,\"ranking\":[],\"none\":1}\n");
  result_free(r);
  r = RUN("classify", "--model", "m", "--support", "empty.json", "--csv", "query.png");
  assert_int_equal(r.code, 0);
  assert_non_null(strstr(r.out, "\n\"query.png\",,,1,,,,,,\n"));
  result_free(r);
}

static void ink_may_be_gzipped(void **state) {
  (void)state;
  size_t size;
  char *plain = read_bytes("ink.jsonl", &size);
  gzFile file = gzopen("ink.jsonl.gz", "wb");
  assert_int_equal(gzwrite(file, plain, (unsigned)size), size);
  assert_int_equal(gzclose(file), Z_OK);
  free(plain);
  result a = RUN("embed", "--model", "m", "--format", "npy", "ink.jsonl"),
         b = RUN("embed", "--model", "m", "--format", "npy", "ink.jsonl.gz");
  assert_int_equal(a.code, 0);
  assert_int_equal(b.code, 0);
  assert_int_equal(a.out_size, b.out_size);
  assert_memory_equal(a.out, b.out, a.out_size);
  result_free(a);
  result_free(b);
  char *packed = read_bytes("ink.jsonl.gz", &size);
  write_bytes("bad.gz", packed, size / 2);
  assert_complains(RUN("embed", "--model", "m", "bad.gz"), 2, "bad.gz: a gzip file that is broken");
  packed[size - 6] ^= 1;
  write_bytes("bad.gz", packed, size);
  assert_complains(RUN("embed", "--model", "m", "bad.gz"), 2, "bad.gz: a gzip file that is broken");
  free(packed);
  /* A kilobyte that unpacks to more than anybody draws. */
  static uint8_t zeros[1 << 20];
  file = gzopen("bomb.gz", "wb");
  for (int i = 0; i < 260; i++)
    assert_int_equal(gzwrite(file, zeros, sizeof zeros), sizeof zeros);
  gzclose(file);
  assert_complains(RUN("embed", "--model", "m", "bomb.gz"), 2, "bomb.gz: too large");
}

static void broken_drawings(void **state) {
  (void)state;
  static const char *const bad[][2] = {
      {"{\"strokes\":[[[1,2]]]", "bad.jsonl: line 1: not a JSON object"},
      {"{\"strokes\":[[[1,2],[3,4]]]}\n{\"strokes\":7}", "bad.jsonl: line 2: "},
      {"{\"stroke\":[]}", "line 1: no \"strokes\""},
      {"{\"strokes\":[[1,2]]}", "line 1: \"strokes\" must be"},
      {"{\"strokes\":[[[1]]]}", "line 1: \"strokes\" must be"},
      {"{\"strokes\":[[[1,2,3,4]]]}", "line 1: \"strokes\" must be"},
      {"{\"strokes\":[[[1,\"2\"]]]}", "line 1: \"strokes\" must be"},
      {"{\"strokes\":[[[1,1e999]]]}", "line 1: "},
      {"{\"strokes\":[[[1,NaN]]]}", "line 1: "},
      {"{\"strokes\":[]}", "line 1: "},
      {"{\"strokes\":[[]]}", "line 1: "},
      {"{}{}", "line 1: not a JSON object"},
      {"{\"a\":{\"a\":{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "line 1: not a JSON object"},
      {"", "bad.jsonl: "},
      {" \n\n", "bad.jsonl: "},
      {"hello", "bad.jsonl: "},
      {"\x89PNG\r\n\x1a\n", "bad.jsonl: "},
      {"\xff\xd8\xff", "bad.jsonl: "},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    write_text("bad.jsonl", bad[i][0]);
    assert_complains(RUN("embed", "--model", "m", "ink.jsonl", "bad.jsonl"), 2, bad[i][1]);
    assert_complains(
        RUN("classify", "--model", "m", "--support", "set.json", "ink.jsonl", "bad.jsonl"), 2,
        bad[i][1]);
  }
  assert_complains(RUN("embed", "--model", "m", "--out", "o", "ink.jsonl", "bad.jsonl"), 2, "bad");
  assert_false(exists("o"));
  assert_complains(RUN("embed", "--model", "m", "folder"), 2, "folder: not a file");
  assert_complains(RUN("embed", "--model", "m", "missing"), 2, "missing: ");
  assert_complains(RUN("embed", "--model", "m", "--format", "xml", "ink.jsonl"), 2, "json or npy");
  assert_complains(RUN("embed", "--model", "missing", "ink.jsonl"), 2, "missing: ");
  size_t size;
  uint8_t *png = png_of_symbol(0, 0, &size);
  write_bytes("bad.png", png, size / 2);
  assert_complains(RUN("embed", "--model", "m", "bad.png"), 2, "bad.png: ");
  free(png);
}

static void broken_support_sets(void **state) {
  (void)state;
#define SET(classes) "{\"format\":\"oneglyph-support\",\"version\":1,\"classes\":[" classes "]}"
  static const char *const bad[][2] = {
      {"{}", "not a saved support set"},
      {"{\"format\":\"oneglyph-support\",\"version\":2,\"classes\":[]}", "unknown version"},
      {"{\"format\":\"oneglyph-support\",\"version\":1}", "no \"classes\""},
      {SET("7"), "class 1: must have a \"label\""},
      {SET("{\"label\":\"a\"}"), "class 1: must have"},
      {SET("{\"label\":\"\",\"examples\":[]}"), "class 1: must have"},
      {SET("{\"label\":\"a\",\"examples\":[]},{\"label\":\"a\",\"examples\":[]}"),
       "class 2: the same label as class 1"},
      {SET("{\"label\":\"a\",\"examples\":[{}]}"), "class 1: example 1: must have either"},
      {SET("{\"label\":\"a\",\"examples\":[{\"strokes\":[[[1,2]]],\"image\":\"\"}]}"), "either"},
      {SET("{\"label\":\"a\",\"examples\":[{\"strokes\":{}}]}"), "example 1: \"strokes\" must be"},
      {SET("{\"label\":\"a\",\"examples\":[{\"image\":\"x.png\"}]}"), "data:image/png;base64"},
      {SET("{\"label\":\"a\",\"examples\":[{\"image\":\"data:image/png;base64,iVB*\"}]}"),
       "not Base64"},
      {SET("{\"label\":\"a\",\"examples\":[{\"image\":\"data:image/png;base64,iVBORw0KGgo\"}]}"),
       "not Base64"},
      {SET("{\"label\":\"a\",\"examples\":[{\"image\":\"data:image/png;base64,iVBORw0KGgo=\"}]}"),
       "class 1: example 1: "},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    write_text("bad.json", bad[i][0]);
    assert_complains(RUN("classify", "--model", "m", "--support", "bad.json", "query.png"), 2,
                     bad[i][1]);
  }
  size_t size;
  char *bytes = read_bytes("set.json", &size);
  for (size_t cut = 0; cut < size - 2; cut += size / 25) {
    write_bytes("bad.json", bytes, cut);
    assert_complains(RUN("classify", "--model", "m", "--support", "bad.json", "query.png"), 2,
                     "bad.json: ");
  }
  free(bytes);
  mkdir("hollow", 0700);
  assert_complains(RUN("classify", "--model", "m", "--support", "hollow", "query.png"), 2,
                   "hollow");
}

/* A run on a damaged file: the file is refused, or it is used and all numbers are finite. */
static void assert_survives(result r) {
  if (r.code) {
    assert_complains(r, 2, "bad");
    return;
  }
  assert_null(strstr(r.out, "nan"));
  assert_null(strstr(r.out, "inf"));
  result_free(r);
}

static void damaged_models(void **state) {
  (void)state;
  size_t size;
  char *bytes = read_bytes("m", &size);
  for (size_t cut = 0; cut < size; cut += size / 20 + 1) {
    write_bytes("bad", bytes, cut);
    assert_complains(RUN("embed", "--model", "bad", "query.png"), 2, "bad: ");
    assert_complains(RUN("model", "info", "bad"), 2, "bad: ");
  }
  og_random random = {9};
  for (int i = 0; i < 80; i++) {
    /* Half of the flips hit the header, where they do most. */
    size_t at = (size_t)og_random_below(&random, i % 2 ? size : 2000);
    char flip = (char)(1 << og_random_below(&random, 8));
    bytes[at] ^= flip;
    write_bytes("bad", bytes, size);
    assert_survives(
        RUN("classify", "--json", "--model", "bad", "--support", "set.json", "query.png"));
    assert_survives(RUN("model", "info", "--json", "bad"));
    bytes[at] ^= flip;
  }
  free(bytes);
}

static void damaged_support_sets(void **state) {
  (void)state;
  size_t size;
  char *bytes = read_bytes("set.json", &size);
  og_random random = {10};
  for (int i = 0; i < 60; i++) {
    size_t at = (size_t)og_random_below(&random, i % 2 ? size : 300);
    char flip = (char)(1 << og_random_below(&random, 8));
    bytes[at] ^= flip;
    write_bytes("bad.json", bytes, size);
    assert_survives(
        RUN("classify", "--json", "--model", "m", "--support", "bad.json", "query.png"));
    bytes[at] ^= flip;
  }
  free(bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(embeddings_are_the_library_s_to_the_last_bit),
      cmocka_unit_test(numpy_holds_the_same_numbers),
      cmocka_unit_test(the_example_itself_ranks_first),
      cmocka_unit_test(a_folder_is_a_support_set_too),
      cmocka_unit_test(csv_has_a_row_for_each_drawing_and_class),
      cmocka_unit_test(an_empty_set_knows_nothing),
      cmocka_unit_test(ink_may_be_gzipped),
      cmocka_unit_test(broken_drawings),
      cmocka_unit_test(broken_support_sets),
      cmocka_unit_test(damaged_models),
      cmocka_unit_test(damaged_support_sets),
  };
  return cmocka_run_group_tests(tests, prepare, leave_folder);
}
