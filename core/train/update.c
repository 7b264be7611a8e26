/* Optimisers and schedules. See update.h. */
#include "train/update.h"

#include <math.h>

#include "train/adamw.h"

/* Part of the run that is done, 0 to 1. */
static double progress(const og_trainer *t) {
  double part = (double)t->step / (double)t->recipe.steps;
  return part < 1 ? part : 1;
}

/* Linear warm-up, then half a cosine to zero (Loshchilov and Hutter 2017), or Koch's: a hundredth
 * less from epoch to epoch. */
float og_trainer_rate(const og_trainer *t) {
  const og_recipe *r = &t->recipe;
  double warm = r->warmup_steps > 0 ? ((double)t->step + 1) / (double)r->warmup_steps : 1;
  double left = r->epoch_steps ? pow(0.99, (double)(t->step / r->epoch_steps))
                               : 0.5 * (1 + cos(3.14159265358979 * progress(t)));
  return (float)((double)r->learning_rate * (warm < 1 ? warm : 1) * left);
}

/* Koch 2015, section 3.2: each step is the one before, shrunk, less the gradient's part. */
static void momentum(float *restrict p, const float *restrict g, float *restrict velocity,
                     size_t count, float rate, float keep) {
  for (size_t i = 0; i < count; i++) {
    velocity[i] = keep * velocity[i] - rate * g[i];
    p[i] += velocity[i];
  }
}

/* Numbers `at` .. `at + count - 1`. */
static void move(og_trainer *t, size_t at, size_t count, const og_tuning *how, float decay,
                 float rate) {
  float *p = t->parameters + at, *g = t->gradient + at;
  if (t->recipe.optimiser != OG_ADAMW && decay > 0)
    for (size_t i = 0; i < count; i++)
      g[i] += 2 * decay * p[i]; /* of decay times the square */
  if (t->recipe.optimiser != OG_SGD) {
    og_adamw(p, g, t->first + at, t->second + at, count, t->step + 1, rate * how->rate,
             t->recipe.optimiser == OG_ADAMW ? decay : 0);
    return;
  }
  float begin = how->momentum < 0.5f ? how->momentum : 0.5f;
  float keep = begin + (how->momentum - begin) * (float)progress(t);
  momentum(p, g, t->first + at, count, rate * how->rate, keep);
}

/* Large layers are cut into parts, so that threads share them. */
enum { PART = 1 << 16 };

static void move_all(og_trainer *t, size_t at, size_t count, const og_tuning *how, float decay,
                     float rate) {
  int threads = (int)t->threads;
#pragma omp parallel for num_threads(threads) schedule(static) if (count > PART)
  for (size_t part = 0; part < (count + PART - 1) / PART; part++) {
    size_t first = part * PART, left = count - first;
    move(t, at + first, left < PART ? left : PART, how, decay, rate);
  }
}

void og_trainer_update(og_trainer *t, float rate) {
  /* Only weights decay: shrinking biases, norms or the temperature regularises nothing. */
  for (size_t i = 0; i < t->net.count; i++) {
    const og_slots *s = &t->layout.slots[i];
    const og_layer *l = &t->net.layers[i];
    if (l->op != OG_OP_CONV)
      continue;
    size_t end = s->gamma + (l->norm ? l->channels : 0);
    move_all(t, s->weight, s->bias - s->weight, &t->tuning[i], t->tuning[i].decay, rate);
    move_all(t, s->bias, end - s->bias, &t->tuning[i], 0, rate);
  }
  const og_tuning *head = &t->tuning[t->net.count], usual = {.rate = 1};
  move_all(t, t->layout.parameters, t->own_count, head, head->decay, rate);
  move_all(t, t->learnt - 1, 1, &usual, 0, rate);
}
