/* Nets and baselines behind one face. See eval_judge.h. */
#include "eval_judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/exponential.h"
#include "committee.h"
#include "comparer.h"
#include "eval_distance.h"
#include "fewshot/refit.h"
#include "fewshot/support.h"
#include "gallery.h"

typedef enum judge_kind {
  JUDGE_NET,
  JUDGE_RANDOM,
  JUDGE_PIXEL,
  JUDGE_HAUSDORFF,
  JUDGE_IDM,
  JUDGE_REFIT
} judge_kind;

static const char refit_name[] = "refit:";
/* Of og_refit, chosen by models/softmax.safetensors on its held-out alphabets: models/softmax.md.
 */
static const float refit_decay = 0.3f;

struct judge {
  judge_kind kind;
  const uint8_t *rasters;
  size_t count, dim;
  committee *model;
  comparer *second;  /* looks again at the best; NULL: there is none */
  ink_points *ink;   /* [count] */
  gallery *drawings; /* of nets and JUDGE_IDM; NULL for the others */
  og_calibration calibration;
};

static judge_kind kind_of(const char *name) {
  return !strcmp(name, "random")      ? JUDGE_RANDOM
         : !strcmp(name, "pixel")     ? JUDGE_PIXEL
         : !strcmp(name, "hausdorff") ? JUDGE_HAUSDORFF
         : !strcmp(name, "idm")       ? JUDGE_IDM
         : judge_file(name) != name   ? JUDGE_REFIT
                                      : JUDGE_NET;
}

const char *judge_file(const char *name) {
  size_t length = sizeof refit_name - 1;
  return strncmp(name, refit_name, length) != 0 ? name : name + length;
}

static og_status load(judge *j, const char *path, const kernel_choice *with, uint32_t threads,
                      og_error *error) {
  og_status status = committee_read(path, with, &j->model, error);
  if (status)
    return status;
  og_support *trial = NULL;
  status = committee_support(j->model, &trial);
  og_support_free(trial);
  if (status)
    return og_fail(error, status, path,
                   status == OG_ERROR_UNSUPPORTED
                       ? ": a network with memory judges no support sets; try --task instances"
                       : ": out of memory",
                   NULL);
  j->dim = committee_dim(j->model);
  if (j->kind == JUDGE_NET)
    j->calibration = *committee_calibration(j->model);
  const comparing_nets *nets = committee_comparers(j->model);
  return nets->count && j->kind == JUDGE_NET
             ? comparer_create(nets, j->rasters, j->count, threads, &j->second, error)
             : OG_OK;
}

static og_status find_ink(judge *j, og_error *error) {
  j->ink = calloc(j->count, sizeof *j->ink);
  for (size_t i = 0; i < j->count; i++)
    if (!j->ink || ink_points_create(j->rasters + i * OG_RASTER_SIZE, &j->ink[i]))
      return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  return OG_OK;
}

og_status judge_create(const char *name, const kernel_choice *with, const uint8_t *rasters,
                       size_t count, uint32_t threads, judge **out, og_error *error) {
  *out = NULL;
  judge *j = calloc(1, sizeof *j);
  if (!j)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  *j = (judge){.kind = kind_of(name), .rasters = rasters, .count = count};
  og_status status = OG_OK;
  if (j->kind == JUDGE_REFIT && !*judge_file(name))
    status = og_fail(error, OG_ERROR_ARGUMENT, name, " needs a model file behind the colon", NULL);
  else if (j->kind == JUDGE_NET || j->kind == JUDGE_REFIT)
    status = load(j, judge_file(name), with, threads, error);
  if (j->kind == JUDGE_HAUSDORFF)
    status = find_ink(j, error);
  if (!status && (j->model || j->kind == JUDGE_IDM))
    status = gallery_create(j->model, j->calibration.example_views,
                            j->kind == JUDGE_IDM || j->calibration.second_look > 0, rasters, count,
                            &j->drawings, error);
  if (status)
    judge_free(j);
  else
    *out = j;
  return status;
}

void judge_free(judge *j) {
  if (!j)
    return;
  for (size_t i = 0; j->ink && i < j->count; i++)
    ink_points_free(&j->ink[i]);
  free(j->ink);
  gallery_free(j->drawings);
  comparer_free(j->second);
  committee_free(j->model);
  free(j);
}

double judge_milliseconds(const judge *j) {
  return j->model ? gallery_milliseconds(j->drawings) : -1;
}

float judge_threshold(const judge *j) {
  return j->calibration.threshold;
}

float judge_crowd(const judge *j) {
  return j->calibration.crowd;
}

og_status judge_ready(judge *j, const uint32_t *support, size_t examples, const uint32_t *query,
                      size_t queries, uint32_t threads, og_error *error) {
  return j->drawings ? gallery_ready(j->drawings, support, examples, query, queries, threads, error)
                     : OG_OK;
}

static og_status add_example(const judge *j, og_support *set, uint32_t class, uint32_t drawing) {
  uint32_t id;
  og_status status = og_support_add(set, class, gallery_example(j->drawings, drawing), &id);
  const og_deform_image *image = gallery_image(j->drawings, drawing);
  return status || !image ? status : og_support_keep_image(set, id, image);
}

/* Builds the support set as a page would and asks it. */
static og_status ask_support(const judge *j, const uint32_t *support, size_t way, size_t shot,
                             const uint32_t *query, size_t queries, float *scores) {
  og_support *set = NULL;
  og_match *matches = malloc(way * sizeof *matches);
  og_status status = matches ? committee_support(j->model, &set) : OG_ERROR_MEMORY;
  for (size_t i = 0; !status && i < way * shot; i++)
    status = add_example(j, set, (uint32_t)(i / shot), support[i]);
  for (size_t q = 0; !status && q < queries; q++) {
    og_answer answer;
    status = og_support_classify(set, gallery_query(j->drawings, query[q]), &j->calibration, NAN,
                                 matches, way, &answer);
    if (!status)
      status = og_support_look_again(set, j->rasters + (size_t)query[q] * OG_RASTER_SIZE,
                                     &j->calibration, matches, &answer);
    for (size_t i = 0; !status && i < way; i++)
      scores[q * way + matches[i].class_id] = matches[i].similarity;
  }
  og_support_free(set);
  free(matches);
  return status;
}

/* Refits the layer to one episode and asks it. */
static og_status ask_layer(const judge *j, const uint32_t *support, size_t way, size_t shot,
                           const uint32_t *query, size_t queries, float *scores) {
  size_t examples = way * shot, layer = og_refit_layer_size(j->dim, way);
  float *x = malloc(examples * j->dim * sizeof *x);
  uint32_t *class_of = malloc(examples * sizeof *class_of);
  const og_refit_set set = {j->dim, way, examples, x, class_of};
  float *numbers = malloc((layer + og_refit_room(&set)) * sizeof *numbers);
  og_status status = x && class_of && numbers ? OG_OK : OG_ERROR_MEMORY;
  for (size_t i = 0; !status && i < examples; i++) {
    memcpy(x + i * j->dim, gallery_example(j->drawings, support[i]), j->dim * sizeof *x);
    class_of[i] = (uint32_t)(i / shot);
  }
  if (!status)
    status = og_refit(&set, refit_decay, numbers, numbers + layer);
  for (size_t q = 0; !status && q < queries; q++)
    status = og_refit_logits(numbers, j->dim, way, gallery_query(j->drawings, query[q]),
                             scores + q * way);
  free(x);
  free(class_of);
  free(numbers);
  return status;
}

/* The probability anew, of what embeddings and the comparer find together. */
static og_status same_to_comparer(const judge *j, uint32_t a, uint32_t b, float similarity,
                                  float *same) {
  comparer_thread *thread = comparer_enter(j->second);
  if (!thread)
    return OG_ERROR_MEMORY;
  similarity += comparer_score(thread, b, a);
  comparer_leave(thread);
  *same = og_sigmoid(j->calibration.same_scale * similarity + j->calibration.same_bias);
  return OG_OK;
}

og_status judge_same(const judge *j, uint32_t a, uint32_t b, float *same) {
  if (j->kind != JUDGE_NET)
    return OG_ERROR_UNSUPPORTED;
  og_support *set = NULL;
  og_match match = {0};
  og_answer answer;
  og_status status = committee_support(j->model, &set);
  if (!status)
    status = og_support_add(set, 0, gallery_example(j->drawings, a), NULL);
  if (!status)
    status = og_support_classify(set, gallery_query(j->drawings, b), &j->calibration, NAN, &match,
                                 1, &answer);
  *same = match.same;
  og_support_free(set);
  return status || !j->second ? status : same_to_comparer(j, a, b, match.similarity, same);
}

static float distance(const judge *j, uint32_t a, uint32_t b) {
  if (j->kind == JUDGE_HAUSDORFF)
    return hausdorff_distance(&j->ink[a], &j->ink[b]);
  if (j->kind == JUDGE_IDM)
    return og_deform_distance(gallery_image(j->drawings, a), gallery_image(j->drawings, b));
  return pixel_distance(j->rasters + (size_t)a * OG_RASTER_SIZE,
                        j->rasters + (size_t)b * OG_RASTER_SIZE);
}

static float nearest(const judge *j, const uint32_t *support, size_t shot, uint32_t query) {
  float least = INFINITY;
  for (size_t k = 0; k < shot; k++) {
    float d = distance(j, query, support[k]);
    least = d < least ? d : least;
  }
  return least;
}

static og_status ask_comparer(const judge *j, const uint32_t *support, size_t way, size_t shot,
                              const uint32_t *query, size_t queries, float *scores) {
  comparer_thread *thread = comparer_enter(j->second);
  size_t *first = malloc((way + 1) * sizeof *first);
  uint8_t *seen = malloc(way);
  og_status status = thread && first && seen ? OG_OK : OG_ERROR_MEMORY;
  for (size_t i = 0; !status && i <= way; i++)
    first[i] = i * shot;
  const comparer_set set = {support, first, way, seen};
  for (size_t q = 0; !status && q < queries; q++)
    comparer_look_again(thread, &set, query[q], scores + q * way);
  free(first);
  free(seen);
  comparer_leave(thread);
  return status;
}

og_status judge_scores(const judge *j, const uint32_t *support, size_t way, size_t shot,
                       const uint32_t *query, size_t queries, og_random *random, float *scores) {
  if (j->kind == JUDGE_NET) {
    og_status status = ask_support(j, support, way, shot, query, queries, scores);
    return status || !j->second ? status
                                : ask_comparer(j, support, way, shot, query, queries, scores);
  }
  if (j->kind == JUDGE_REFIT)
    return ask_layer(j, support, way, shot, query, queries, scores);
  for (size_t q = 0; q < queries; q++) {
    for (size_t i = 0; i < way; i++)
      scores[q * way + i] =
          j->kind == JUDGE_RANDOM ? 0 : -nearest(j, support + i * shot, shot, query[q]);
    if (j->kind == JUDGE_RANDOM)
      scores[q * way + og_random_below(random, way)] = 1;
  }
  return OG_OK;
}
