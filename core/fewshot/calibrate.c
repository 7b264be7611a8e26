/* Calibration. See calibrate.h.
 *
 * Both models are linear in two numbers once written as logits: a * similarity and b, with
 * a = 1 / temperature and b = threshold / temperature for the ranking, and a = scale, b = bias for
 * pairs. Their log likelihoods are concave, so Newton's method finds the one maximum. */
#include "fewshot/calibrate.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/exponential.h"
#include "fewshot/episode.h"

/* Width of the normal prior on a and b: far wider than what data says (the glyph model's
 * same_scale is 31, see `oneglyph model info`), so that it only matters where the data leaves a
 * parameter free, as when no pair is ever confused. */
#define PRIOR_WIDTH 100.0

enum { NEWTON_STEPS = 100, EPISODES_EACH = 200 };
/* Boards a person might draw, small to large. */
static const size_t ways[] = {2, 5, 10, 20};
enum { WAYS = sizeof ways / sizeof ways[0] };

/* Gradient of the log likelihood and the negative of its second derivatives. */
typedef struct slope {
  double a, b, aa, ab, bb;
} slope;

/* Either kind of data. */
typedef struct evidence {
  const float *similarities; /* ranking */
  const og_observation *observations;
  size_t count;
  const float *same, *different; /* pairs */
  size_t same_count, different_count;
} evidence;

static void add_query(const float *s, const og_observation *o, double a, double b, slope *g) {
  double rise = (double)o->rise, top = a * rise + b;
  for (uint32_t i = 0; i < o->way; i++)
    top = a * (double)s[i] > top ? a * (double)s[i] : top;
  /* Moments of (similarity, is it none) under the model. */
  double none = (double)og_exp((float)(a * rise + b - top)), sum = none;
  double mean = none * rise, square = mean * rise;
  for (uint32_t i = 0; i < o->way; i++) {
    double x = (double)s[i], p = (double)og_exp((float)(a * x - top));
    sum += p;
    mean += p * x;
    square += p * x * x;
  }
  none /= sum;
  mean /= sum;
  square /= sum;
  g->a += (o->truth == OG_UNKNOWN ? rise : (double)s[o->truth]) - mean;
  g->b += (o->truth == OG_UNKNOWN) - none;
  g->aa += square - mean * mean;
  g->ab += (rise - mean) * none;
  g->bb += none * (1 - none);
}

static void add_pairs(const float *s, size_t count, int same, double weight, double a, double b,
                      slope *g) {
  for (size_t i = 0; i < count; i++) {
    double x = (double)s[i], p = (double)og_sigmoid((float)(a * x + b));
    double miss = weight * (same - p), spread = weight * p * (1 - p);
    g->a += miss * x;
    g->b += miss;
    g->aa += spread * x * x;
    g->ab += spread * x;
    g->bb += spread;
  }
}

static slope slope_at(const evidence *e, double a, double b) {
  const double prior = 1 / (PRIOR_WIDTH * PRIOR_WIDTH);
  slope g = {-a * prior, -b * prior, prior, 0, prior};
  for (size_t i = 0; i < e->count; i++)
    add_query(e->similarities + e->observations[i].first, &e->observations[i], a, b, &g);
  /* Either kind of pair has half of the weight, however many there are. */
  double all = (double)(e->same_count + e->different_count) / 2;
  if (e->same_count && e->different_count) {
    add_pairs(e->same, e->same_count, 1, all / (double)e->same_count, a, b, &g);
    add_pairs(e->different, e->different_count, 0, all / (double)e->different_count, a, b, &g);
  }
  return g;
}

/* Newton's method. The step is halved until the gradient gets shorter: for a concave function a
 * small enough step always does that, and no logarithm is needed. */
static void maximise(const evidence *e, double *a, double *b) {
  slope g = slope_at(e, *a, *b);
  for (int step = 0; step < NEWTON_STEPS; step++) {
    double determinant = g.aa * g.bb - g.ab * g.ab;
    double da = (g.bb * g.a - g.ab * g.b) / determinant;
    double db = (g.aa * g.b - g.ab * g.a) / determinant;
    double length = g.a * g.a + g.b * g.b, part = 1;
    slope next = g;
    int halvings = 0;
    for (; halvings < 40; halvings++, part /= 2) {
      next = slope_at(e, *a + part * da, *b + part * db);
      if (next.a * next.a + next.b * next.b < length)
        break;
    }
    if (halvings == 40)
      return; /* at the precision of og_exp */
    *a += part * da;
    *b += part * db;
    g = next;
  }
}

/* og_calibration wants a positive temperature below any use; data that say otherwise (a net that
 * ranks backwards) get an almost flat ranking. */
static double at_least(double a) {
  return a > 0.01 ? a : 0.01;
}

void og_calibrate_ranking(const float *similarities, const og_observation *observations,
                          size_t count, og_calibration *out) {
  evidence e = {.similarities = similarities, .observations = observations, .count = count};
  double a = 1, b = 0;
  maximise(&e, &a, &b);
  a = at_least(a);
  out->temperature = (float)(1 / a);
  out->threshold = (float)(b / a);
}

void og_calibrate_same(const float *same, size_t same_count, const float *different,
                       size_t different_count, og_calibration *out) {
  evidence e = {.same = same,
                .different = different,
                .same_count = same_count,
                .different_count = different_count};
  double a = 1, b = 0;
  maximise(&e, &a, &b);
  out->same_scale = (float)at_least(a);
  out->same_bias = (float)b;
}

/* Everything measured on episodes, with room for all of them. */
typedef struct measured {
  float *similarities, *same, *different, *known, *unknown;
  og_observation *observations;
  size_t similarity_count, count, pairs, known_count, unknown_count;
} measured;

static float dot(const float *x, const float *y, size_t dim) {
  float sum = 0;
  for (size_t k = 0; k < dim; k++)
    sum += x[k] * y[k];
  return sum;
}

static float compare(const og_material *of, uint32_t query, uint32_t example) {
  const float *x = of->queries + query * of->dim, *y = of->examples + example * of->dim;
  return of->siamese ? og_siamese_logit(of->siamese, x, y) : dot(x, y, of->dim);
}

static void measure_episode(const og_episode *e, size_t way, const og_material *of, float crowd,
                            og_random *random, measured *m) {
  float *scores = m->similarities + m->similarity_count;
  for (size_t q = 0; q < e->queries; q++)
    for (size_t i = 0; i < way; i++)
      scores[q * way + i] = compare(of, e->query[q], e->support[i]);
  if (of->look)
    of->look(of->context, e->query, e->queries, e->support, way, scores);
  for (size_t q = 0; q < e->queries; q++) {
    const float *s = m->similarities + m->similarity_count;
    float rise;
    float best = og_best_of_crowd(s, way, of->siamese ? 0 : crowd, &rise);
    best = of->siamese ? og_siamese_similarity(best) : best - rise;
    uint32_t truth = e->truth[q];
    m->observations[m->count++] = (og_observation){m->similarity_count, (uint32_t)way, truth, rise};
    m->similarity_count += way;
    if (truth == OG_UNKNOWN) {
      m->unknown[m->unknown_count++] = best;
      continue;
    }
    m->known[m->known_count++] = best;
    /* A pair of either kind: with its own character, and with another of the alphabet. */
    size_t other = og_random_below(random, way - 1);
    m->same[m->pairs] = s[truth];
    m->different[m->pairs++] = s[other + (other >= truth)];
  }
}

static int measured_create(measured *m) {
  size_t queries = 0, similarities = 0;
  for (size_t i = 0; i < WAYS; i++) {
    queries += EPISODES_EACH * 2 * ways[i];
    similarities += EPISODES_EACH * 2 * ways[i] * ways[i];
  }
  *m = (measured){.similarities = malloc(similarities * sizeof(float)),
                  .same = malloc(queries * sizeof(float)),
                  .different = malloc(queries * sizeof(float)),
                  .known = malloc(queries * sizeof(float)),
                  .unknown = malloc(queries * sizeof(float)),
                  .observations = malloc(queries * sizeof(og_observation))};
  return m->similarities && m->same && m->different && m->known && m->unknown && m->observations;
}

static void measured_free(measured *m) {
  free(m->similarities);
  free(m->same);
  free(m->different);
  free(m->known);
  free(m->unknown);
  free(m->observations);
}

/* Episodes of every number of classes that the set is large enough for. */
static og_status measure(const og_dataset *set, const og_material *of, float crowd, uint64_t seed,
                         measured *m, og_error *error) {
  for (size_t w = 0; w < WAYS; w++) {
    const og_episode_plan plan = {OG_TASK_WITHIN, ways[w], 1, OG_DRAWERS_OTHER, 1};
    og_episodes *episodes = NULL;
    og_status status = og_episodes_create(set, &plan, &episodes, w ? NULL : error);
    if (status == OG_ERROR_TOO_LARGE && w)
      return OG_OK;
    if (status)
      return status;
    og_random random = og_random_stream(seed, w);
    for (int i = 0; i < EPISODES_EACH; i++)
      measure_episode(og_episodes_next(episodes, &random), ways[w], of, crowd, &random, m);
    og_episodes_free(episodes);
  }
  return OG_OK;
}

og_status og_calibrate(const og_dataset *set, const og_material *of, uint64_t seed,
                       og_calibration *out, og_detection *report, og_error *error) {
  for (size_t i = 0; i < set->drawings * of->dim; i++)
    if (!isfinite(of->queries[i]) || !isfinite(of->examples[i]))
      return og_fail(error, OG_ERROR_FORMAT, "an embedding is not finite", NULL);
  measured m;
  og_status status = OG_OK;
  if (!measured_create(&m))
    status = og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  if (!status)
    status = measure(set, of, out->crowd, seed, &m, error);
  if (!status) {
    og_calibrate_ranking(m.similarities, m.observations, m.count, out);
    og_calibrate_same(m.same, m.pairs, m.different, m.pairs, out);
    if (of->siamese)
      out->threshold = og_siamese_similarity(out->threshold);
    if (report)
      og_detection_measure(m.known, m.known_count, m.unknown, m.unknown_count, out->threshold,
                           report);
  }
  measured_free(&m);
  return status;
}

/* Appends "key=value" with nine decimals. */
static char *append(char *to, const char *key, float value) {
  for (; *key; key++)
    *to++ = *key;
  *to++ = '=';
  double size = value < 0 ? -(double)value : (double)value;
  uint64_t billionths = (uint64_t)(size * 1e9 + 0.5);
  char number[OG_NUMBER_TEXT];
  if (value < 0)
    *to++ = '-';
  for (const char *c = og_number_text(number, billionths / 1000000000); *c; c++)
    *to++ = *c;
  *to++ = '.';
  for (uint64_t place = 100000000; place; place /= 10)
    *to++ = (char)('0' + billionths / place % 10);
  return to;
}

void og_calibration_format(const og_calibration *c, char text[OG_CALIBRATION_TEXT]) {
  text = append(text, "temperature", c->temperature);
  text = append(text, " threshold", c->threshold);
  text = append(text, " same_scale", c->same_scale);
  text = append(text, " same_bias", c->same_bias);
  if (c->second_look > 0)
    text = append(text, " second_look", c->second_look);
  if (c->example_views > 1)
    text = append(text, " example_views", (float)c->example_views);
  if (c->crowd > 0)
    text = append(text, " crowd", c->crowd);
  *text = 0;
}
