/* Layer lists: parsing and shapes, the memory plan, and the forward pass against plain loops in
 * double. */
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
#include "net/net.h"

static const char glyph[] = "x = input 12 12 1 # a small glyph net\n"
                            "c0 = conv x 5 3x3 same relu\n"
                            "p0 = maxpool c0 2\n"
                            "a1 = conv p0 9 3x3 same relu; s1 = conv p0 9 1x1 same\n"
                            "b1 = conv a1 9 3x3 same add=s1 relu\n"
                            "p1 = maxpool b1 2\n"
                            "e = fc p1 17\n"
                            "out = l2norm e\n";
static const char koch[] = "x = input 31 29 1; c1 = conv x 6 10x10 valid relu; p1 = maxpool c1 2\n"
                           "c2 = conv p1 7 7x6 same relu; p2 = maxpool c2 2\n"
                           "c3 = conv p2 5 4x4 same relu; e = fc c3 20 sigmoid";

static og_net parsed(const char *text) {
  og_net net;
  og_error error = {0};
  if (og_net_parse(text, &net, &error))
    fail_msg("%s", error.text);
  return net;
}

static void shapes(void **state) {
  (void)state;
  og_net net = parsed(koch);
  assert_int_equal(net.count, 7);
  const og_layer *l = net.layers;
  assert_int_equal(l[1].height, 22);
  assert_int_equal(l[1].width, 20);
  assert_int_equal(l[2].height, 11);
  assert_int_equal(l[3].height, 11);
  assert_int_equal(l[3].width, 10);
  /* 7 rows are padded 3 and 3; 6 columns 2 and 3, the odd one at the right. */
  assert_int_equal(l[2].border.top, 3);
  assert_int_equal(l[2].border.left, 2);
  assert_int_equal(l[2].border.right, 3);
  assert_int_equal(l[6].kernel_h, 5);
  assert_int_equal(og_layer_weights(&net, 6), 5 * 5 * 5 * 20);
  og_net real =
      parsed("x = input 105 105 1; a = conv x 64 10x10 valid relu; b = maxpool a 2\n"
             "c = conv b 128 7x7 valid relu; d = maxpool c 2; f = conv d 128 4x4 valid "
             "relu; g = maxpool f 2; h = conv g 256 4x4 valid relu; i = fc h 4096 sigmoid");
  /* Koch's net has 38,951,745 parameters; 4,097 of them are its head's. */
  assert_int_equal(og_net_parameters(&real), 38951745 - 4097);
}

static void text_form_survives(void **state) {
  (void)state;
  const char *const texts[] = {glyph, koch};
  for (size_t i = 0; i < 2; i++) {
    char once[2048], twice[2048];
    og_net net = parsed(texts[i]);
    size_t length = og_net_format(&net, once, sizeof once);
    assert_int_equal(length, strlen(once));
    og_net again = parsed(once);
    og_net_format(&again, twice, sizeof twice);
    assert_string_equal(once, twice);
    assert_memory_equal(&net, &again, sizeof net);
    char small[10];
    assert_int_equal(og_net_format(&net, small, sizeof small), length);
    assert_int_equal(strlen(small), 9);
  }
}

static void broken_lists(void **state) {
  (void)state;
  static const char *const texts[] = {
      "",
      ";;;",
      "x = input 4 4 1",
      "x = input 4 4",
      "x = input 0 4 1",
      "x = input 4 4 99999",
      "x = input -4 4 1",
      "x input 4 4 1",
      "y = conv x 3 3x3 same",
      "x = input 4 4 1; x = conv x 3 3x3 same",
      "x = input 4 4 1; y = conv z 3 3x3 same",
      "x = input 4 4 1; y = conv x 3 3x3",
      "x = input 4 4 1; y = conv x 3 3x same",
      "x = input 4 4 1; y = conv x 3 0x3 same",
      "x = input 4 4 1; y = conv x 3 5x5 valid",
      "x = input 4 4 1; y = conv x 3 3x3 same valid",
      "x = input 4 4 1; y = conv x 3 3x3 same relu "
      "sigmoid",
      "x = input 4 4 1; y = conv x 3 3x3 same add=x",
      "x = input 4 4 1; y = conv x 3 3x3 same add=q",
      "x = input 4 4 1; y = conv x 3 3x3 same bogus",
      "x = input 4 4 1; y = maxpool x 5",
      "x = input 4 4 1; y = maxpool x",
      "x = input 4 4 1; y = "
      "maxpool x 2 2",
      "x = input 4 4 1; y = fc x",
      "x = input 4 4 1; y = fc x 0",
      "x = input 4 4 1; y = fc x 3 same",
      "x = input 4 4 1; y = l2norm x 3",
      "x = input 4 4 1; y = softmax x",
      "x = input 4 4 1; averyveryverylongname = l2norm x",
      "x = input 4 4 1; y = conv x 3 3x3 same relu add=x add=x bn a b c d e f g h",
      "x = input 4 4 1; y = input 4 4 1",
      "x = input 1024 1024 16384; y = l2norm x",
      "x = input 1024 1024 1; y = conv x 16384 64x64 same"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    og_net net;
    og_error error = {0};
    if (og_net_parse(texts[i], &net, &error) == OG_OK)
      fail_msg("accepted: %s", texts[i]);
    assert_true(error.text[0] && !strchr(error.text, '\n'));
  }
  char many[4096] = "x = input 4 4 1\n";
  for (int i = 0; i < 70; i++)
    snprintf(many + strlen(many), 64, "y%d = l2norm x\n", i);
  og_net net;
  assert_int_equal(og_net_parse(many, &net, NULL), OG_ERROR_FORMAT);
}

/* The layer whose plane layer i writes: its own, or that of the pooling done with it. */
static size_t stored(const og_plan *plan, size_t i) {
  return plan->form[i].pool ? plan->form[i].pool : i;
}

static void living_planes_never_overlap(void **state) {
  (void)state;
  const char *const texts[] = {glyph, koch};
  for (size_t t = 0; t < 2; t++) {
    og_net net = parsed(texts[t]);
    og_plan plan;
    og_plan_make(&net, &plan);
    size_t sum = 0;
    for (size_t i = 0; i < net.count; i++) {
      size_t own = stored(&plan, i), end = plan.offset[i] + og_plane_size(&net.layers[own]);
      sum += og_plane_size(&net.layers[i]) + 15;
      assert_true(end <= plan.planes);
      /* A plane read by layer j must not share memory with any plane written from then to j. */
      for (size_t j = i + 1; j < net.count; j++)
        if (net.layers[j].input == (int)own || net.layers[j].add == (int)own)
          for (size_t k = i + 1; k <= j; k++)
            assert_true(k == own ? plan.offset[k] == plan.offset[i]
                                 : plan.offset[k] >= end ||
                                       plan.offset[i] >=
                                           plan.offset[k] +
                                               og_plane_size(&net.layers[stored(&plan, k)]));
    }
    assert_true(plan.planes < sum);
  }
}

/* One conv layer by its definition, dense planes in double. */
static void plain_conv(const og_net *net, size_t layer, const float *weights, const float *bias,
                       double *const *value) {
  const og_layer *l = &net->layers[layer], *in = &net->layers[l->input];
  const double *x = value[l->input];
  for (long y = 0; y < (long)l->height; y++)
    for (long c = 0; c < (long)l->width; c++)
      for (size_t n = 0; n < l->channels; n++) {
        double sum = bias[n];
        for (long ky = 0; ky < (long)l->kernel_h; ky++)
          for (long kx = 0; kx < (long)l->kernel_w; kx++) {
            long iy = y + ky - (long)l->pad.top, ix = c + kx - (long)l->pad.left;
            if (iy < 0 || ix < 0 || iy >= (long)in->height || ix >= (long)in->width)
              continue;
            for (size_t i = 0; i < in->channels; i++)
              sum += x[((size_t)iy * in->width + (size_t)ix) * in->channels + i] *
                     (double)weights[(((size_t)ky * l->kernel_w + (size_t)kx) * in->channels + i) *
                                         l->channels +
                                     n];
          }
        size_t at = ((size_t)y * l->width + (size_t)c) * l->channels + n;
        sum += l->add >= 0 ? value[l->add][at] : 0;
        value[layer][at] = l->relu ? fmax(sum, 0) : l->sigmoid ? 1 / (1 + exp(-sum)) : sum;
      }
}

static void plain_other(const og_net *net, size_t layer, double *const *value) {
  const og_layer *l = &net->layers[layer], *in = &net->layers[l->input];
  const double *x = value[l->input];
  double length = 0;
  for (size_t i = 0; i < og_layer_values(in); i++)
    length += x[i] * x[i];
  for (size_t y = 0; y < l->height; y++)
    for (size_t c = 0; c < l->width; c++)
      for (size_t n = 0; n < l->channels; n++) {
        double most = -INFINITY;
        for (size_t w = 0; l->op == OG_OP_MAXPOOL && w < l->size * l->size; w++)
          most =
              fmax(most, x[((y * l->size + w / l->size) * in->width + c * l->size + w % l->size) *
                               in->channels +
                           n]);
        size_t at = (y * l->width + c) * l->channels + n;
        value[layer][at] = l->op == OG_OP_MAXPOOL ? most : x[at] / sqrt(length);
      }
}

static void check_forward(const char *text, const og_kernels *set) {
  og_net net = parsed(text);
  og_plan plan;
  og_plan_make(&net, &plan);
  og_random r = og_random_stream(3, 1);
  size_t room = og_arena_size(&plan, 1);
  float *arena = malloc(room * sizeof *arena), *packed[OG_MAX_LAYERS] = {0};
  og_operand operands[OG_MAX_LAYERS] = {{0}};
  double *value[OG_MAX_LAYERS];
  assert_non_null(arena);
  for (size_t i = 0; i < room; i++)
    arena[i] = NAN; /* whatever is not written or cleared shows */
  og_plane in = og_plane_of(&net.layers[0], arena + plan.offset[0]);
  for (size_t i = 0; i < net.count; i++) {
    const og_layer *l = &net.layers[i];
    value[i] = malloc(og_layer_values(l) * sizeof **value);
    size_t count = og_layer_weights(&net, i) + l->channels;
    float *weights = malloc(count * sizeof *weights);
    assert_true(value[i] && weights);
    for (size_t w = 0; w < count; w++)
      weights[w] = og_random_signed(&r) * 0.3f;
    if (l->op == OG_OP_INPUT)
      for (size_t v = 0; v < og_layer_values(l); v++)
        value[0][v] = in.at[v / l->width * in.line + v % l->width] = og_random_unit(&r);
    else if (l->op == OG_OP_CONV) {
      packed[i] = malloc(og_layer_packed_size(set, &net, i, &plan.form[i]) * sizeof **packed);
      assert_non_null(packed[i]);
      og_layer_pack(set, &net, i, &plan.form[i], weights, weights + count - l->channels, packed[i]);
      operands[i].packed = packed[i];
      plain_conv(&net, i, weights, weights + count - l->channels, value);
    } else
      plain_other(&net, i, value);
    free(weights);
  }
  og_net_forward(set, &net, &plan, operands, arena, 1, 1);
  og_plane out = og_arena_plane(&net, &plan, arena, 1, net.count - 1);
  double worst = 0;
  for (size_t i = 0; i < og_layer_values(og_net_output(&net)); i++)
    worst = fmax(worst, fabs((double)out.at[i] - value[net.count - 1][i]));
  /* Outputs are at most 1; five layers deep, sums of a few hundred products of that size. */
  if (!(worst < 2e-6))
    fail_msg("%s: off by %g", set->name, worst);
  for (size_t i = 0; i < net.count; i++) {
    free(value[i]);
    free(packed[i]);
  }
  free(arena);
}

/* Where pooling is done with the convolution, and where it must not be. */
static void pools_at_once(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint32_t pool;
  } cases[] = {
      {"x = input 9 7 1; c = conv x 5 3x3 same relu; p = maxpool c 2; o = l2norm p", 2},
      {"x = input 9 7 1; c = conv x 20 2x3 valid; p = maxpool c 2; d = conv p 3 2x2 same relu", 2},
      {"x = input 9 9 1; c = conv x 5 3x3 same; p = maxpool c 3; o = l2norm p", 0},
      {"x = input 8 8 1; c = conv x 5 3x3 same; p = maxpool c 2; q = maxpool c 2", 0},
      {"x = input 8 8 1; c = conv x 1 3x3 same sigmoid; p = maxpool c 2; o = l2norm p", 0},
      {"x = input 8 8 32; c = conv x 8 1x1 same; p = maxpool c 2; o = l2norm p", 0},
      {"x = input 8 8 1; s = conv x 4 1x1 same; c = conv x 4 3x3 same add=s; p = maxpool c 2", 0},
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    og_net net = parsed(cases[c].text);
    og_plan plan;
    og_plan_make(&net, &plan);
    assert_int_equal(plan.form[1].pool, cases[c].pool);
    for (size_t i = 0; net.layers[0].channels == 1 && og_kernels_at(i); i++)
      if (og_isa_usable(og_kernels_at(i)->name))
        check_forward(cases[c].text, og_kernels_at(i));
  }
}

static void forward_equals_definition(void **state) {
  (void)state;
  for (size_t i = 0; og_kernels_at(i); i++)
    if (og_isa_usable(og_kernels_at(i)->name)) {
      check_forward(glyph, og_kernels_at(i));
      check_forward(koch, og_kernels_at(i));
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shapes),        cmocka_unit_test(text_form_survives),
      cmocka_unit_test(broken_lists),  cmocka_unit_test(living_planes_never_overlap),
      cmocka_unit_test(pools_at_once), cmocka_unit_test(forward_equals_definition)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
