/* What the library says threads may share, shared, under ThreadSanitizer: a model that embeds and a
 * support set that answers, each thread with a workspace of its own. The answers are those of one
 * thread alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/random_model.h"
#include "oneglyph.h"

enum { THREADS = 4, QUERIES = 12, DIM = 16, MATCHES = 5, EXAMPLES = 4200 };

static const og_model *model;
static const og_support *set;

typedef struct answers {
  og_match matches[QUERIES][MATCHES];
  og_status status;
} answers;

static og_status answer_one(og_workspace *workspace, uint64_t query, og_match *matches) {
  float xy[20][2], embedding[DIM];
  uint32_t length = 20;
  uint8_t raster[OG_RASTER_SIZE];
  og_random random = og_random_stream(11, query);
  for (size_t i = 0; i < 20; i++)
    for (size_t c = 0; c < 2; c++)
      xy[i][c] = 50 + 40 * og_random_signed(&random);
  og_strokes strokes = {&xy[0][0], &length, 1};
  og_status status = og_raster_from_strokes(&strokes, OG_FRAME_FIT, raster, NULL);
  if (!status)
    status = og_embed(model, workspace, raster, embedding);
  og_answer answer;
  const og_calibration calibration = {0.1f, 0.5f, 10, -5, 0, 1, 0};
  return status ? status
                : og_support_classify(set, embedding, &calibration, NAN, matches, MATCHES, &answer);
}

static void *answer(void *to) {
  answers *a = to;
  og_workspace *workspace = NULL;
  memset(a, 0, sizeof *a);
  a->status = og_workspace_create(model, &workspace);
  for (uint64_t q = 0; !a->status && q < QUERIES; q++)
    a->status = answer_one(workspace, q, a->matches[q]);
  og_workspace_free(workspace);
  return NULL;
}

static void model_and_set_are_shared(void **state) {
  (void)state;
  uint8_t *bytes;
  size_t size;
  og_model *loaded;
  og_support *filled;
  assert_int_equal(random_model("x = input 16 16 1; c = conv x 16 3x3 same relu; p = maxpool c 2;"
                                "d = conv p 16 3x3 same relu; e = fc d 16; o = l2norm e",
                                "side=16 half_width=2.4 blur=2 tone_threshold=0.28 tone_gain=14",
                                &bytes, &size),
                   OG_OK);
  assert_int_equal(og_model_load(bytes, size, NULL, &loaded, NULL), OG_OK);
  free(bytes);
  assert_int_equal(og_support_create(DIM, &filled), OG_OK);
  og_random random = og_random_stream(12, 0);
  for (uint32_t i = 0; i < EXAMPLES; i++) {
    float v[DIM];
    for (size_t k = 0; k < DIM; k++)
      v[k] = og_random_signed(&random);
    assert_int_equal(og_support_add(filled, i / 5, v, NULL), OG_OK);
  }
  model = loaded;
  set = filled;
  static answers alone, together[THREADS];
  pthread_t threads[THREADS];
  for (size_t t = 0; t < THREADS; t++)
    assert_int_equal(pthread_create(&threads[t], NULL, answer, &together[t]), 0);
  for (size_t t = 0; t < THREADS; t++)
    assert_int_equal(pthread_join(threads[t], NULL), 0);
  answer(&alone);
  assert_int_equal(alone.status, OG_OK);
  for (size_t t = 0; t < THREADS; t++)
    assert_memory_equal(&together[t], &alone, sizeof alone);
  og_support_free(filled);
  og_model_free(loaded);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(model_and_set_are_shared)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
