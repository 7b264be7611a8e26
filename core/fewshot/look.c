/* A second look at the best two classes. See oneglyph.h.
 *
 * The second judge needs no training, so nothing has to be learnt to weigh it: one number, fitted
 * on held-out alphabets. Two classes are enough: looking at all twenty of a trial makes as many
 * errors. */
#include <math.h>

#include "base/exponential.h"
#include "fewshot/support.h"

/* Mean logarithm of the query's distances to a class's newest examples; NAN if one was not kept.
 * The 1 keeps a drawing compared with itself finite and is little beside other distances, which are
 * some tens. */
static float mean_distance(const og_support *s, uint32_t class_id, const og_deform_image *query) {
  size_t first, c = og_support_find(s, class_id, &first), count = 0;
  float sum = 0;
  if (c == s->class_count)
    return NAN;
  for (size_t i = first + s->classes[c].examples; i > first && count < OG_LOOKS; count++) {
    const og_deform_image *drawing = s->drawings[--i];
    if (!drawing)
      return NAN;
    sum += og_log(og_deform_distance(query, drawing) + 1);
  }
  return sum / (float)count;
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

void og_look_again(const og_support *s, const og_deform_image *query, const og_calibration *c,
                   og_match *matches, og_answer *answer) {
  /* The weight is one for cosines, of which heads make other numbers. */
  if (answer->count < 2 || !(c->second_look > 0) || s->head.kind != OG_HEAD_COSINE)
    return;
  float distance[2];
  for (size_t i = 0; i < 2; i++)
    distance[i] = mean_distance(s, matches[i].class_id, query);
  size_t farther = distance[1] > distance[0];
  og_match *m = &matches[farther];
  float similarity = m->similarity - c->second_look * (distance[farther] - distance[1 - farther]);
  if (isnan(similarity))
    return;
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
  if (!(c->second_look > 0))
    return OG_OK;
  og_deform_image query;
  og_status status = og_deform_prepare(raster, &query);
  if (!status)
    og_look_again(s, &query, c, matches, answer);
  return status;
}
