/* The steps of core/kernels/README.md, timed: one layer of the glyph net (b1: 20 x 20, 64 to 64
 * channels, 3 x 3, bias, skip connection, ReLU) in every form from plain loops to integers.
 *
 *     bench_steps [TURNS [ISA]]
 *
 * Turns through all steps 300 times, or as often as told, and prints the shortest time of each. All
 * must give the same numbers within their arithmetic, or the run fails. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net/net.h"
#include "oneglyph.h"

enum { SIDE = 20, CHANNELS = 64, LINE = (SIDE + 2) * CHANNELS, TURNS = 300, STEPS = 7 };
static const char net_text[] = "x = input 20 20 64; s = conv x 64 1x1 same;"
                               "c = conv x 64 3x3 same add=s relu";
enum { LAYER = 2 };

/* Everything a step works on; planes have a border of one pixel. */
typedef struct work {
  og_net net;
  float *input, *skip, *output, *weights, *bias, *scratch;
  og_plane from, add, to;
} work;

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* At a cache line's boundary, as a model keeps its numbers. */
static float *room(size_t count) {
  float *v = aligned_alloc(64, (count + 15) / 16 * 64);
  if (!v)
    exit(1);
  return v;
}

static float *numbers(size_t count, float scale) {
  float *v = room(count);
  for (size_t i = 0; i < count; i++)
    v[i] = (float)((int)(i * 7919 % 251) - 125) / 125.0f * scale;
  return v;
}

static void finish(const work *w, float sum, size_t y, size_t x, size_t n) {
  sum += w->add.at[y * w->add.line + x * CHANNELS + n];
  w->to.at[y * w->to.line + x * CHANNELS + n] = sum > 0 ? sum : 0;
}

/* What output (y, x) sums, from its first line and place on; the border is zeros. */
static const float *window(const work *w, size_t y, size_t x) {
  return w->from.at - w->from.line - CHANNELS + y * w->from.line + x * CHANNELS;
}

/* The definition. */
static void plain_loops(const work *w) {
  for (size_t y = 0; y < SIDE; y++)
    for (size_t x = 0; x < SIDE; x++)
      for (size_t n = 0; n < CHANNELS; n++) {
        const float *from = window(w, y, x);
        float sum = w->bias[n];
        for (size_t k = 0; k < 9; k++)
          for (size_t i = 0; i < CHANNELS; i++)
            sum += from[k / 3 * w->from.line + k % 3 * CHANNELS + i] *
                   w->weights[(k * CHANNELS + i) * CHANNELS + n];
        finish(w, sum, y, x, n);
      }
}

/* Output channels innermost: weights are read in order, and compilers find vectors. */
static void rows_of_weights(const work *w) {
  for (size_t y = 0; y < SIDE; y++)
    for (size_t x = 0; x < SIDE; x++) {
      const float *from = window(w, y, x);
      float sum[CHANNELS];
      memcpy(sum, w->bias, sizeof sum);
      for (size_t k = 0; k < 9; k++)
        for (size_t i = 0; i < CHANNELS; i++) {
          float a = from[k / 3 * w->from.line + k % 3 * CHANNELS + i];
          const float *row = w->weights + (k * CHANNELS + i) * CHANNELS;
          for (size_t n = 0; n < CHANNELS; n++)
            sum[n] += a * row[n];
        }
      for (size_t n = 0; n < CHANNELS; n++)
        finish(w, sum[n], y, x, n);
    }
}

/* A step that our kernels take. */
typedef struct step {
  const char *name;
  void (*loops)(const work *);
  const og_kernels *kernels;
  og_form form;
  int integers;
  float *memory;
  og_operand operand;
  double best, limit;
} step;

static void run(const work *w, step *s) {
  if (s->loops)
    s->loops(w);
  else
    og_conv_forward(s->kernels, &w->net, LAYER, &s->form, &s->operand, w->from, &w->add, 1, w->to,
                    1, w->scratch);
}

static void prepare(const work *w, step *s) {
  if (s->loops)
    return;
  size_t reals = og_layer_packed_size(s->kernels, &w->net, LAYER, &s->form);
  size_t integers = og_layer_int16_size(s->kernels, &w->net, LAYER, &s->form);
  s->memory = room(reals + integers + 128);
  og_layer_pack(s->kernels, &w->net, LAYER, &s->form, w->weights, w->bias, s->memory);
  s->operand.packed = s->memory;
  if (!s->integers)
    return;
  float *factors = s->memory + reals + integers, ranges[64] = {0};
  s->operand.ranges = ranges;
  run(w, s);
  for (size_t i = 0; i < og_layer_ranges(&w->net, LAYER, &s->form); i++)
    factors[i] = OG_INT16_MOST / ranges[i];
  og_layer_pack_int16(s->kernels, &w->net, LAYER, &s->form, factors, s->memory, s->memory + reals);
  s->operand = (og_operand){s->memory + reals, factors, NULL};
}

static void start(work *w) {
  og_error error;
  if (og_net_parse(net_text, &w->net, &error))
    exit(1);
  size_t plane = (SIDE + 2) * LINE;
  w->input = numbers(plane, 1);
  w->skip = numbers(plane, 2);
  w->output = numbers(plane, 0);
  w->weights = numbers((size_t)9 * CHANNELS * CHANNELS, 0.05f);
  w->bias = numbers(CHANNELS, 1);
  w->scratch = numbers(1 << 20, 0);
  w->from = (og_plane){w->input + LINE + CHANNELS, LINE, plane};
  w->add = (og_plane){w->skip + LINE + CHANNELS, LINE, plane};
  w->to = (og_plane){w->output + LINE + CHANNELS, LINE, plane};
}

/* The largest difference of two outputs. */
static double difference(const work *w, const float *reference) {
  double most = 0;
  for (size_t y = 0; y < SIDE; y++)
    for (size_t i = 0; i < SIDE * CHANNELS; i++)
      most = fmax(most, fabs((double)w->to.at[y * w->to.line + i] -
                             (double)reference[y * SIDE * CHANNELS + i]));
  return most;
}

static int measure(const work *w, step *steps, int turns, const char *isa) {
  static float reference[SIDE * SIDE * CHANNELS];
  for (size_t i = 0; i < STEPS; i++) {
    prepare(w, &steps[i]);
    run(w, &steps[i]);
    if (i == 0)
      for (size_t y = 0; y < SIDE; y++)
        memcpy(reference + y * SIDE * CHANNELS, w->to.at + y * w->to.line,
               SIDE * CHANNELS * sizeof *reference);
    if (difference(w, reference) > steps[i].limit) {
      fprintf(stderr, "bench_steps: %s: wrong by %g\n", steps[i].name, difference(w, reference));
      return 1;
    }
  }
  for (int turn = 0; turn < turns; turn++)
    for (size_t i = 0; i < STEPS; i++) {
      run(w, &steps[i]); /* so that weights are in cache */
      double begin = seconds();
      run(w, &steps[i]);
      steps[i].best = fmin(steps[i].best, seconds() - begin);
    }
  double products = 9.0 * SIDE * SIDE * CHANNELS * CHANNELS;
  printf("kernels: %s\n%-34s %9s %9s %7s\n", isa, "step", "ms", "GFLOP/s", "gain");
  for (size_t i = 0; i < STEPS; i++)
    printf("%-34s %9.4f %9.1f %6.2fx\n", steps[i].name, steps[i].best * 1e3,
           2e-9 * products / steps[i].best, steps[i ? i - 1 : 0].best / steps[i].best);
  return 0;
}

int main(int argc, char **argv) {
  int turns = argc > 1 ? atoi(argv[1]) : TURNS;
  const og_kernels *best = og_kernels_find(argc > 2 ? argv[2] : NULL);
  if (!best || turns < 1) {
    fprintf(stderr, "bench_steps: %s: not a number of turns, or no such kernels here\n",
            argv[best ? 1 : 2]);
    return 2;
  }
  const og_kernels *scalar = og_kernels_find("scalar");
  const og_form direct = {SIDE, SIDE, 0, 0, 0}, f2 = {SIDE, SIDE, 2, 64, 0},
                f5 = {SIDE, SIDE, 5, 16, 0};
  step steps[STEPS] = {
      {.name = "1. plain loops", .loops = plain_loops, .limit = 0},
      {.name = "2. rows of weights", .loops = rows_of_weights, .limit = 1e-4},
      {.name = "3. register tile, scalar", .kernels = scalar, .form = direct, .limit = 1e-4},
      {.name = "4. register tile, vectors", .kernels = best, .form = direct, .limit = 1e-4},
      {.name = "5. Winograd F(2x2, 3x3)", .kernels = best, .form = f2, .limit = 1e-4},
      {.name = "6. Winograd F(5x5, 3x3)", .kernels = best, .form = f5, .limit = 1e-3},
      {.name = "7. the same in 16-bit integers",
       .kernels = best,
       .form = f5,
       .integers = 1,
       .limit = 0.05}};
  work w;
  start(&w);
  for (size_t i = 0; i < STEPS; i++)
    steps[i].best = 1e9;
  int code = measure(&w, steps, turns, best->name);
  float *memory[] = {w.input, w.skip, w.output, w.weights, w.bias, w.scratch};
  for (size_t i = 0; i < STEPS; i++)
    free(steps[i].memory);
  for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
    free(memory[i]);
  return code;
}
