/* Analytic gradients against finite differences, in double: the same sources as the trainer's,
 * compiled with OG_REAL_DOUBLE. Layer by layer, then whole nets with the InfoNCE loss on top. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "train/loss.h"
#include "train/pass.h"

enum { PAIRS = 3, BATCH = 2 * PAIRS };

typedef struct problem {
  og_net net;
  og_layout layout;
  og_pass *pass;
  size_t dim;
  int info_nce; /* else the loss is a fixed random linear form of the outputs */
  og_real *parameters, *input, *weights, *embeddings, *d_embeddings;
} problem;

static og_real noise(og_random *r) {
  return (og_real)og_random_signed(r);
}

static og_real *filled(size_t count, og_random *r) {
  og_real *v = malloc(count * sizeof *v);
  assert_non_null(v);
  for (size_t i = 0; i < count; i++)
    v[i] = noise(r);
  return v;
}

static void fill_input(problem *p) {
  const og_layer *in = &p->net.layers[0];
  size_t line = (size_t)in->width * in->channels;
  for (size_t b = 0; b < BATCH; b++) {
    og_plane plane = og_pass_input(p->pass, b);
    for (size_t y = 0; y < in->height; y++)
      memcpy(plane.at + y * plane.line, p->input + (b * in->height + y) * line,
             line * sizeof *plane.at);
  }
}

static og_real loss_of(problem *p, og_real log_scale, og_real *d_log_scale) {
  og_pass_forward(p->pass, p->parameters, NULL, p->embeddings);
  if (p->info_nce) {
    static const uint32_t ids[PAIRS] = {8, 16, 8}; /* one class twice */
    og_real logits[2 * PAIRS * PAIRS];
    return og_info_nce(p->embeddings, ids, PAIRS, p->dim, log_scale, 0.2, logits, p->d_embeddings,
                       d_log_scale);
  }
  og_real loss = 0;
  for (size_t i = 0; i < BATCH * p->dim; i++)
    loss += p->weights[i] * p->embeddings[i];
  memcpy(p->d_embeddings, p->weights, BATCH * p->dim * sizeof *p->weights);
  return loss;
}

/* Every `stride`-th parameter is tried. */
static void check_some(const char *text, int info_nce, uint32_t threads, size_t stride) {
  problem p = {.info_nce = info_nce};
  og_error error = {0};
  if (og_net_parse(text, &p.net, &error))
    fail_msg("%s", error.text);
  og_layout_make(&p.net, &p.layout);
  assert_int_equal(
      og_pass_create(&p.net, og_kernels_find("scalar"), BATCH, threads, threads, &p.pass), OG_OK);
  og_random r = og_random_stream(7, strlen(text));
  p.dim = og_layer_values(og_net_output(&p.net));
  p.parameters = filled(p.layout.parameters, &r);
  p.input = filled(BATCH * og_layer_values(&p.net.layers[0]), &r);
  p.weights = filled(BATCH * p.dim, &r);
  p.embeddings = filled(BATCH * p.dim, &r);
  p.d_embeddings = filled(BATCH * p.dim, &r);
  og_real *gradient = filled(p.layout.parameters, &r);
  fill_input(&p);

  og_real log_scale = 1, d_log_scale = 0, unused;
  loss_of(&p, log_scale, &d_log_scale);
  og_pass_backward(p.pass, p.parameters, p.d_embeddings, gradient);

  const og_real step = 1e-6;
  og_real worst = 0;
  for (size_t i = 0; i < p.layout.parameters; i += stride) {
    og_real kept = p.parameters[i];
    p.parameters[i] = kept + step;
    og_real above = loss_of(&p, log_scale, &unused);
    p.parameters[i] = kept - step;
    og_real below = loss_of(&p, log_scale, &unused);
    p.parameters[i] = kept;
    og_real numeric = (above - below) / (2 * step);
    og_real off = fabs(numeric - gradient[i]) / (1 + fabs(numeric));
    worst = off > worst ? off : worst;
    if (off > 1e-6)
      fail_msg("parameter %zu: analytic %.12g, numeric %.12g in\n%s", i, gradient[i], numeric,
               text);
  }
  if (info_nce) {
    og_real numeric =
        (loss_of(&p, log_scale + step, &unused) - loss_of(&p, log_scale - step, &unused)) /
        (2 * step);
    assert_true(fabs(numeric - d_log_scale) < 1e-7);
  }
  printf("  %zu parameters, worst relative difference %.1e\n", p.layout.parameters, worst);
  og_pass_free(p.pass);
  og_real *owned[] = {p.parameters, p.input, p.weights, p.embeddings, p.d_embeddings, gradient};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
    free(owned[i]);
}

static void check(const char *text, int info_nce, uint32_t threads) {
  check_some(text, info_nce, threads, 1);
}

/* Wide enough for Winograd's form, in the forward pass and in both gradients; its sizes leave
 * partial tiles. */
static const char wide[] =
    "x = input 9 7 1; a = conv x 32 3x3 same bn relu; b = conv a 48 3x3 valid\n"
    "c = conv b 48 3x3 same bn add=b relu; y = fc c 3";

static void winograd_forms(void **state) {
  (void)state;
  og_net net;
  assert_int_equal(og_net_parse(wide, &net, NULL), OG_OK);
  assert_true(og_layer_form(&net, 2, 7, 5, 8).tile && og_layer_form(&net, 3, 7, 5, 8).tile);
  check_some(wide, 0, 1, 499);
  check_some(wide, 0, 3, 1499);
  /* A fully connected layer has a kernel that looks like Koch's, and is none. */
  static const char even[] =
      "x = input 6 6 1; a = conv x 64 1x1 same bn; b = conv a 64 4x4 same bn;"
      "p = conv b 16 3x3 valid bn; y = fc p 16";
  assert_int_equal(og_net_parse(even, &net, NULL), OG_OK);
  assert_true(og_layer_form(&net, 2, 6, 6, 8).tile);
  assert_int_equal(og_layer_form(&net, 4, 4, 4, 8).tile, 0);
  check_some(even, 0, 1, 499);
}

static void layer_by_layer(void **state) {
  (void)state;
  static const char *const nets[] = {
      "x = input 5 4 2; y = conv x 3 3x3 valid",
      "x = input 5 4 2; y = conv x 3 3x3 same relu",
      "x = input 5 6 2; y = conv x 3 2x4 same",
      "x = input 5 6 2; y = conv x 3 4x1 valid sigmoid",
      "x = input 3 4 2; y = fc x 5",
      "x = input 3 4 2; y = fc x 5 sigmoid",
      "x = input 4 4 2; a = conv x 3 3x3 same; b = conv a 3 3x3 same; y = conv b 2 3x3 same",
      "x = input 4 4 2; a = conv x 3 2x2 same; b = conv a 3 2x2 valid; y = conv b 2 1x1 same",
      "x = input 5 5 2; a = conv x 3 3x3 same; p = maxpool a 2; y = fc p 3",
      "x = input 7 5 1; a = conv x 2 3x3 same; p = maxpool a 3; y = conv p 3 1x1 valid",
      "x = input 4 4 2; y = conv x 3 3x3 same bn",
      "x = input 4 4 2; a = conv x 3 3x3 same bn relu; y = fc a 4",
      "x = input 4 4 2; a = conv x 3 3x3 same; b = conv a 3 3x3 same add=a; y = fc b 2",
      ("x = input 4 4 2; a = conv x 3 3x3 same; b = conv a 3 3x3 same add=a relu; "
       "c = conv b 3 1x1 same bn add=a; y = conv c 2 2x2 valid"),
      "x = input 3 3 2; a = conv x 3 2x2 valid; y = l2norm a",
  };
  for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
    check(nets[i], 0, 1 + (uint32_t)i % 3);
}

static const char glyph[] =
    "x = input 8 8 1; c0 = conv x 4 3x3 same bn relu; p0 = maxpool c0 2\n"
    "a1 = conv p0 6 3x3 same bn relu; s1 = conv p0 6 1x1 same\n"
    "b1 = conv a1 6 3x3 same bn add=s1 relu; p1 = maxpool b1 2; e = fc p1 5; out = l2norm e";
static const char koch[] =
    "x = input 20 20 1; c1 = conv x 3 5x5 valid relu; p1 = maxpool c1 2\n"
    "c2 = conv p1 4 4x4 valid relu; p2 = maxpool c2 2; e = fc p2 6 sigmoid; out = l2norm e";

static void whole_nets(void **state) {
  (void)state;
  check(glyph, 1, 1);
  check(glyph, 1, 2);
  check(koch, 1, 2);
}

static void candidates_with(og_real binary) {
  enum { QUERIES = 3, EACH = 4, SCORES = QUERIES * EACH };
  og_random r = og_random_stream(9, 9);
  og_real scores[SCORES], gradient[SCORES], unused[SCORES];
  for (size_t i = 0; i < SCORES; i++)
    scores[i] = 3 * noise(&r);
  og_candidate_loss(scores, QUERIES, EACH, binary, gradient);
  const og_real step = 1e-6;
  for (size_t i = 0; i < SCORES; i++) {
    og_real kept = scores[i];
    scores[i] = kept + step;
    og_real above = og_candidate_loss(scores, QUERIES, EACH, binary, unused);
    scores[i] = kept - step;
    og_real below = og_candidate_loss(scores, QUERIES, EACH, binary, unused);
    scores[i] = kept;
    assert_true(fabs((above - below) / (2 * step) - gradient[i]) < 1e-8);
  }
}

/* Softmax does not change when all of a query's scores rise together; single probabilities do. */
static void candidates(void **state) {
  (void)state;
  og_real scores[] = {1, 2, 0}, higher[] = {4, 5, 3}, unused[3];
  candidates_with(0);
  candidates_with(0.3);
  candidates_with(1);
  og_real low = og_candidate_loss(scores, 1, 3, 0, unused);
  assert_true(fabs(og_candidate_loss(higher, 1, 3, 0, unused) - low) < 1e-12);
  low = og_candidate_loss(scores, 1, 3, 0.3, unused);
  assert_true(og_candidate_loss(higher, 1, 3, 0.3, unused) > low + 0.1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(layer_by_layer), cmocka_unit_test(candidates),
                                     cmocka_unit_test(winograd_forms),
                                     cmocka_unit_test(whole_nets)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
