/* How one person's drawing of a character differs from another's: the constants of
 * core/ink/imagine.c, measured on pairs of drawings of Omniglot's background strokes.
 *
 *     build/native/tests/bench_fit_hands DIR
 *
 * Of every character but those of glyph's held-out alphabets, pairs of drawings are taken. Both are
 * brought to one size and place; where both have equally many strokes, these are matched, whatever
 * their order and direction. What the best linear map leaves of the differences is what strokes do
 * of their own: as half waves along the stroke, and where two strokes touch. Deviations are 1.4826
 * times the median of the absolute values: the few pairs that were drawn in other ways do not
 * count. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "dataset_load.h"
#include "dataset_strokes.h"
#include "ink/evenly.h"
#include "ink/imagine.h"
#include "train_strokes.h"

enum { POINTS = 33, STROKES = 5, PAIRS = 40, ROOM = 1 << 21 };
static const char *const held_out[] = {"Anglo-Saxon_Futhorc", "Early_Aramaic", "Korean"};
static const float reach = 0.08f; /* as in imagine.c */
static const float alike = 0.25f; /* strokes farther apart, in sides, are not the same stroke */

typedef struct sample {
  float *all;
  size_t count;
} sample;

static void put(sample *s, float value) {
  if (!s->all)
    s->all = malloc(ROOM * sizeof *s->all);
  if (s->all && s->count < ROOM)
    s->all[s->count++] = fabsf(value);
}

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static float deviation(sample *s) {
  if (!s->count)
    return 0;
  qsort(s->all, s->count, sizeof *s->all, ascending);
  return 1.4826f * s->all[s->count / 2];
}

/* An og_hands as a row of numbers. */
enum { MEASURES = sizeof(og_hands) / sizeof(float) };
enum {
  TURN,
  SLANT,
  STRETCH,
  WAVE,
  SLIDE = WAVE + OG_LENGTHS * OG_WAVES,
  PART,
  APART,
};
_Static_assert(APART + 1 == MEASURES, "the numbers of an og_hands");

static struct {
  sample deviation[MEASURES]; /* of the numbers of an og_hands, in their order */
  size_t pairs, other_count, other_way;
} found;

/* A drawing in evenly sampled strokes, its box's middle at 0 and its longer side 1. */
typedef struct even {
  uint32_t strokes;
  float length[STROKES], xy[STROKES][POINTS][2];
} even;

static int prepare(const og_ink *ink, even *out) {
  const og_strokes s = {ink->xy, ink->lengths, ink->strokes};
  float side = og_strokes_side(&s), middle[2] = {0, 0};
  const float *xy = ink->xy;
  *out = (even){.strokes = ink->strokes};
  if (ink->strokes > STROKES || side <= 0)
    return 0;
  for (uint32_t i = 0; i < ink->strokes; xy += 2 * (size_t)ink->lengths[i++]) {
    out->length[i] = og_stroke_length(xy, ink->lengths[i]) / side;
    og_stroke_sample(xy, ink->lengths[i], POINTS, &out->xy[i][0][0]);
    for (int p = 0; p < POINTS; p++)
      for (int c = 0; c < 2; c++)
        middle[c] += out->xy[i][p][c] / (float)(POINTS * ink->strokes);
  }
  for (uint32_t i = 0; i < ink->strokes; i++)
    for (int p = 0; p < POINTS; p++)
      for (int c = 0; c < 2; c++)
        out->xy[i][p][c] = (out->xy[i][p][c] - middle[c]) / side;
  return 1;
}

static float distance(const float (*a)[2], const float (*b)[2], int turned) {
  float sum = 0;
  for (int p = 0; p < POINTS; p++) {
    const float *other = b[turned ? POINTS - 1 - p : p];
    float x = a[p][0] - other[0], y = a[p][1] - other[1];
    sum += x * x + y * y;
  }
  return sum / POINTS;
}

/* The cheapest way to give strokes `i` on of `a` strokes of `b` that are not `taken`. */
static float assign(float cost[STROKES][STROKES], uint32_t strokes, uint32_t i, uint32_t taken,
                    uint32_t *order) {
  float best = INFINITY;
  uint32_t rest[STROKES];
  if (i == strokes)
    return 0;
  for (uint32_t j = 0; j < strokes; j++) {
    if (taken >> j & 1)
      continue;
    float sum = cost[i][j] + assign(cost, strokes, i + 1, taken | 1u << j, rest);
    if (sum >= best)
      continue;
    best = sum;
    memcpy(order + i + 1, rest + i + 1, (strokes - i - 1) * sizeof *order);
    order[i] = j;
  }
  return best;
}

/* `b` with its strokes in a's order and directions; 0 if it was drawn otherwise. */
static int match(const even *a, const even *b, even *out) {
  float cost[STROKES][STROKES];
  int turned[STROKES][STROKES];
  uint32_t order[STROKES] = {0};
  for (uint32_t i = 0; i < a->strokes; i++)
    for (uint32_t j = 0; j < a->strokes; j++) {
      float straight = distance(a->xy[i], b->xy[j], 0), back = distance(a->xy[i], b->xy[j], 1);
      turned[i][j] = back < straight;
      cost[i][j] = fminf(straight, back);
    }
  assign(cost, a->strokes, 0, 0, order);
  *out = *b;
  for (uint32_t i = 0; i < a->strokes; i++) {
    uint32_t j = order[i];
    if (cost[i][j] > alike * alike)
      return 0;
    for (int p = 0; p < POINTS; p++)
      memcpy(out->xy[i][p], b->xy[j][turned[i][j] ? POINTS - 1 - p : p], sizeof out->xy[i][p]);
    out->length[i] = b->length[j];
  }
  return 1;
}

/* The linear map m[2][2] with the least square error from a to b, about their middles; 0 if `a` is
 * so flat that it says nothing of one direction. */
static int fit_map(const even *a, const even *b, double m[2][2]) {
  double aa[3] = {0, 0, 0}, ba[2][2] = {{0, 0}, {0, 0}}, n = POINTS * (double)a->strokes;
  for (uint32_t i = 0; i < a->strokes; i++)
    for (int p = 0; p < POINTS; p++) {
      double x = (double)a->xy[i][p][0], y = (double)a->xy[i][p][1];
      aa[0] += x * x / n;
      aa[1] += x * y / n;
      aa[2] += y * y / n;
      for (int c = 0; c < 2; c++) {
        ba[c][0] += (double)b->xy[i][p][c] * x / n;
        ba[c][1] += (double)b->xy[i][p][c] * y / n;
      }
    }
  double whole = aa[0] * aa[2] - aa[1] * aa[1];
  if (whole < 0.02 * 0.02)
    return 0;
  for (int c = 0; c < 2; c++) {
    m[c][0] = (ba[c][0] * aa[2] - ba[c][1] * aa[1]) / whole;
    m[c][1] = (ba[c][1] * aa[0] - ba[c][0] * aa[1]) / whole;
  }
  return 1;
}

static void measure_map(double m[2][2]) {
  double wide = hypot(m[0][0], m[1][0]), cosine = m[0][0] / wide, sine = m[1][0] / wide;
  double high = cosine * m[1][1] - sine * m[0][1];
  if (wide < 0.3 || high < 0.3)
    return;
  put(&found.deviation[TURN], (float)(atan2(sine, cosine) / 6.283185307));
  put(&found.deviation[SLANT], (float)((cosine * m[0][1] + sine * m[1][1]) / high));
  put(&found.deviation[STRETCH], (float)log(wide / high));
}

static void measure_waves(const float (*d)[2], float length) {
  int row = 0;
  while (length > og_longest[row])
    row++;
  for (int k = 0; k < OG_WAVES; k++)
    for (int c = 0; c < 2; c++) {
      double sum = 0;
      for (int p = 0; p < POINTS; p++)
        sum += (p && p + 1 < POINTS ? 1 : 0.5) * (double)d[p][c] *
               cos(3.14159265358979 * (k + 1) * p / (POINTS - 1));
      if (length > 0.1f)
        put(&found.deviation[WAVE + row * OG_WAVES + k], (float)(sum * 1.41421356 / (POINTS - 1)));
    }
}

static void measure_joins(const even *a, const float (*d)[POINTS][2]) {
  uint32_t lengths[STROKES];
  for (uint32_t i = 0; i < a->strokes; i++)
    lengths[i] = POINTS;
  const og_strokes s = {&a->xy[0][0][0], lengths, a->strokes};
  for (uint32_t i = 0; i < a->strokes; i++) {
    og_join joins[2];
    uint32_t count = og_find_joins(&s, i, reach, joins);
    for (uint32_t k = 0; k < count; k++) {
      const og_join *j = &joins[k];
      float x = d[i][j->own][0] - d[j->stroke][j->at][0];
      float y = d[i][j->own][1] - d[j->stroke][j->at][1];
      if (j->loose) {
        put(&found.deviation[APART], x);
        put(&found.deviation[APART], y);
      } else {
        put(&found.deviation[SLIDE], x * j->along_x + y * j->along_y);
        put(&found.deviation[PART], x * j->along_y - y * j->along_x);
      }
    }
  }
}

static void measure(const even *a, const even *other) {
  static float d[STROKES][POINTS][2];
  even b;
  double m[2][2] = {{1, 0}, {0, 1}};
  found.pairs++;
  if (a->strokes != other->strokes) {
    found.other_count++;
    return;
  }
  if (!match(a, other, &b)) {
    found.other_way++;
    return;
  }
  if (fit_map(a, &b, m))
    measure_map(m);
  for (uint32_t i = 0; i < a->strokes; i++) {
    for (int p = 0; p < POINTS; p++)
      for (int c = 0; c < 2; c++)
        d[i][p][c] = b.xy[i][p][c] -
                     (float)(m[c][0] * (double)a->xy[i][p][0] + m[c][1] * (double)a->xy[i][p][1]);
    measure_waves(d[i], a->length[i]);
  }
  measure_joins(a, d);
}

static int is_held_out(const og_dataset *set, size_t class) {
  const char *name = set->alphabet_names[set->alphabet_of[class]];
  for (size_t i = 0; i < sizeof held_out / sizeof *held_out; i++)
    if (!strcmp(name, held_out[i]))
      return 1;
  return 0;
}

static void imagine(const og_ink *ink, const og_hands *hands, og_random *random, even *out) {
  const og_strokes s = {ink->xy, ink->lengths, ink->strokes};
  uint32_t lengths[STROKES];
  size_t points = og_imagine_lengths(&s, lengths, NULL);
  float *xy = malloc(2 * points * sizeof *xy);
  og_imagine(&s, hands, 1, random, lengths, xy);
  const og_ink made = {xy, lengths, ink->strokes, (uint32_t)points};
  prepare(&made, out);
  free(xy);
}

/* With `hands`, the second of a pair is what the generator makes of the first. */
static void measure_class(const og_dataset *set, size_t class, const og_hands *hands,
                          og_random *random) {
  uint32_t from = set->class_start[class], count = set->class_start[class + 1] - from;
  even a, b;
  for (int n = 0; n < PAIRS; n++) {
    uint32_t i = from + (uint32_t)og_random_below(random, count);
    uint32_t j = from + (uint32_t)og_random_below(random, count);
    if (i == j || !set->ink[i].strokes || !set->ink[j].strokes || !prepare(&set->ink[i], &a))
      continue;
    if (hands)
      imagine(&set->ink[i], hands, random, &b);
    else if (!prepare(&set->ink[j], &b))
      continue;
    measure(&a, &b);
  }
}

static void measure_set(const og_dataset *set, const og_hands *hands, float out[MEASURES]) {
  og_random random = og_random_stream(1, 0);
  found.pairs = found.other_count = found.other_way = 0;
  for (int k = 0; k < MEASURES; k++)
    found.deviation[k].count = 0;
  for (size_t c = 0; c < set->classes; c++)
    if (!is_held_out(set, c))
      measure_class(set, c, hands, &random);
  for (int k = 0; k < MEASURES; k++)
    out[k] = deviation(&found.deviation[k]);
}

static void correct(const og_dataset *set, const float people[MEASURES], og_hands *hands) {
  enum { ROUNDS = 5 };
  float numbers[MEASURES], imagined[MEASURES];
  memcpy(numbers, people, sizeof numbers);
  for (int round = 0; round < ROUNDS; round++) {
    memcpy(hands, numbers, sizeof *hands);
    measure_set(set, hands, imagined);
    for (int k = 0; k < MEASURES; k++)
      numbers[k] *= people[k] / imagined[k];
  }
  memcpy(hands, numbers, sizeof *hands);
}

/* Puts the pen's own strokes of a small set where simplified ones were. */
static int load_exact(const char *dir, const char *small, og_dataset *set, og_error *error) {
  stroke_set strokes;
  if (strokes_load(dir, small, &strokes, error))
    return 0;
  for (size_t n = 0; n < strokes.count; n++) {
    stroke_drawing *d = &strokes.drawings[n];
    size_t length = strrchr(d->name, '/') ? (size_t)(strrchr(d->name, '/') - d->name) : 0;
    uint32_t drawer = (uint32_t)strtoul(strrchr(d->name, '_') + 1, NULL, 10), points = 0;
    for (size_t i = 0; i < d->strokes; i++)
      points += d->lengths[i];
    for (size_t i = 0; i < set->drawings; i++) {
      const char *class = set->class_names[set->class_of[i]];
      if (set->drawer_of[i] != drawer || strlen(class) != length || strncmp(class, d->name, length))
        continue;
      free(set->ink[i].xy);
      free(set->ink[i].lengths);
      set->ink[i] = (og_ink){d->xy, d->lengths, (uint32_t)d->strokes, points};
      d->xy = NULL;
      d->lengths = NULL;
      break;
    }
  }
  strokes_free(&strokes);
  return 1;
}

static void print(const og_hands *h) {
  printf("    .turn = %.4ff,\n    .slant = %.3ff,\n    .stretch = %.3ff,\n    .wave = {",
         (double)h->turn, (double)h->slant, (double)h->stretch);
  for (int row = 0; row < OG_LENGTHS; row++)
    for (int k = 0; k < OG_WAVES; k++)
      printf("%s%.4ff%s",
             k     ? ", "
             : row ? "             {"
                   : "{",
             (double)h->wave[row][k],
             k + 1 < OG_WAVES       ? ""
             : row + 1 < OG_LENGTHS ? "},\n"
                                    : "}},\n");
  printf("    .slide = %.3ff,\n    .part = %.3ff,\n    .apart = %.3ff,\n", (double)h->slide,
         (double)h->part, (double)h->apart);
}

int main(int argc, char **argv) {
  og_dataset *set = NULL;
  og_error error = {0};
  float people[MEASURES];
  og_hands hands;
  if (argc != 2) {
    fprintf(stderr, "Usage: bench_fit_hands DIR\n");
    return 2;
  }
  if (dataset_load(argv[1], "background", &set, &error) ||
      train_strokes_load(argv[1], set, &error) ||
      !load_exact(argv[1], "background_small1", set, &error) ||
      !load_exact(argv[1], "background_small2", set, &error)) {
    fprintf(stderr, "fit_hands: %s\n", error.text);
    return 1;
  }
  measure_set(set, NULL, people);
  printf("%zu pairs: %zu with other numbers of strokes, %zu drawn in other ways\n", found.pairs,
         found.other_count, found.other_way);
  memcpy(&hands, people, sizeof hands);
  printf("as measured:\n");
  print(&hands);
  correct(set, people, &hands);
  printf("to imagine with:\n");
  print(&hands);
  for (int k = 0; k < MEASURES; k++)
    free(found.deviation[k].all);
  og_dataset_free(set);
  return 0;
}
