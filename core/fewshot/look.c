/* A second look at the best two classes. See oneglyph.h.
 *
 * The second judge needs no training, so nothing has to be learnt to weigh it: one number, fitted
 * on held-out alphabets. Two classes are enough: looking at all twenty of a trial makes as many
 * errors. Turning the query is the part of a search over views that pays. */
#include <float.h>
#include <math.h>

#include "base/exponential.h"
#include "fewshot/support.h"
#include "fewshot/unknown.h"

/* What is looked at of one class. */
typedef struct looks {
  og_deform_image *const *drawings; /* [count], the newest */
  size_t count, nearest;
  float distance[OG_LOOKS];
} looks;

/* Nothing to look at is a count of 0. */
static looks looks_of(const og_support *s, uint32_t class_id) {
  size_t first, c = og_support_find(s, class_id, &first);
  size_t examples = c < s->class_count ? s->classes[c].examples : 0;
  looks out = {.count = examples < OG_LOOKS ? examples : OG_LOOKS};
  out.drawings = s->drawings + first + examples - out.count;
  for (size_t i = 0; i < out.count; i++)
    if (!out.drawings[i])
      out.count = 0;
  return out;
}

static void look_straight(looks *l, const og_deform_image *query) {
  for (size_t i = 0; i < l->count; i++) {
    l->distance[i] = og_deform_distance(query, l->drawings[i]);
    l->nearest = l->distance[i] < l->distance[l->nearest] ? i : l->nearest;
  }
}

/* The nearest example alone is worth a turned look: the others would cost more than they give. */
static void look_turned(looks *l, const og_deform_image *query) {
  float turned = og_deform_distance(query, l->drawings[l->nearest]);
  if (turned < l->distance[l->nearest])
    l->distance[l->nearest] = turned;
}

/* Mean logarithm of the distances. The 1 keeps a drawing compared with itself finite and is little
 * beside other distances, which are some tens. */
static float mean_distance(const looks *l) {
  float sum = 0;
  for (size_t i = 0; i < l->count; i++)
    sum += og_log(l->distance[i] + 1);
  return sum / (float)l->count;
}

/* Moves the match at `at`, which got worse, to its place. */
static void sink(og_match *matches, size_t count, size_t at) {
  og_match worse = matches[at];
  for (; at + 1 < count; at++) {
    const og_match *next = &matches[at + 1];
    if (next->similarity < worse.similarity ||
        (next->similarity == worse.similarity && next->class_id > worse.class_id))
      break;
    matches[at] = *next;
  }
  matches[at] = worse;
}

void og_answer_settle(const og_calibration *c, float threshold, og_match *matches,
                      og_answer *answer) {
  double total = 0;
  if (!answer->count)
    return;
  for (size_t end = answer->count; end > 0; end--) /* what is behind is in order */
    sink(matches, answer->count, end - 1);
  for (size_t i = 0; i < answer->count; i++)
    total += (double)matches[i].similarity;
  float best = matches[0].similarity;
  threshold = threshold < -FLT_MAX ? -FLT_MAX : threshold > FLT_MAX ? FLT_MAX : threshold;
  threshold += og_crowd_rise(c->crowd, total, best, answer->count);
  float top = best > threshold ? best : threshold;
  float none = og_exp((threshold - top) / c->temperature), sum = none;
  for (size_t i = 0; i < answer->count; i++) {
    matches[i].probability = og_exp((matches[i].similarity - top) / c->temperature);
    matches[i].same = og_sigmoid(c->same_scale * matches[i].similarity + c->same_bias);
    sum += matches[i].probability;
  }
  for (size_t i = 0; i < answer->count; i++)
    matches[i].probability /= sum;
  answer->none = none / sum;
  answer->known = best > threshold;
}

/* The match at `farther` of the best two is `more` farther from the query than the other. */
static void weaken(const og_calibration *c, size_t farther, float more, og_match *matches,
                   og_answer *answer) {
  og_match *m = &matches[farther];
  float similarity = m->similarity - c->second_look * more;
  similarity = similarity < -1 ? -1 : similarity;
  /* Its term of the softmax shrinks, and all the others' shares grow. */
  float kept = og_exp((similarity - m->similarity) / c->temperature);
  float left = 1 - m->probability * (1 - kept);
  m->similarity = similarity;
  m->probability *= kept;
  m->same = og_sigmoid(c->same_scale * similarity + c->same_bias);
  for (size_t i = 0; i < answer->count && left > 0; i++)
    matches[i].probability /= left;
  answer->none /= left > 0 ? left : 1;
  sink(matches, answer->count, farther);
  if (!(left > 0)) /* it had everything, and the others' shares are too small to be known */
    matches[0].probability = 1;
  answer->known = matches[0].probability > answer->none;
}

og_status og_support_look_again(const og_support *s, const uint8_t raster[OG_RASTER_SIZE],
                                const og_calibration *c, og_match *matches, og_answer *answer) {
  /* The weight is one for cosines, of which heads make other numbers. */
  if (answer->count < 2 || !(c->second_look > 0) || s->head.kind != OG_HEAD_COSINE)
    return OG_OK;
  og_glyph glyph;
  og_status status = og_deform_glyph(raster, &glyph);
  looks l[2] = {looks_of(s, matches[0].class_id), looks_of(s, matches[1].class_id)};
  if (status || !l[0].count || !l[1].count)
    return status;
  for (size_t turn = 0; turn < OG_DEFORM_TURNS; turn++) {
    og_deform_image query;
    og_deform_turn(&glyph, turn, &query);
    for (size_t i = 0; i < 2; i++)
      (turn ? look_turned : look_straight)(&l[i], &query);
  }
  float first = mean_distance(&l[0]), second = mean_distance(&l[1]);
  size_t farther = second > first;
  weaken(c, farther, farther ? second - first : first - second, matches, answer);
  return OG_OK;
}
