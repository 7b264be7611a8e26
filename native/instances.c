/* Sequences for a network with memory. See instances.h. */
#include "instances.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fewshot/memory.h"
#include "net/model.h"
#include "train/sampler.h"

typedef struct viewer {
  og_memory memory;
  og_sampler sampler;
  size_t way, length;
  float *numbers;  /* of two states, and before them of an empty memory */
  uint32_t *least; /* of one state: nobody looks at it */
  uint32_t *ids, *drawings, *labels, *seen;
} viewer;

static int create(viewer *v, const og_model *model, const og_dataset *set) {
  og_memory_of(&model->head, model->head_values, &v->memory);
  v->way = model->head.classes;
  v->length = v->way * INSTANCES;
  v->numbers = calloc(3 * og_memory_state_size(&v->memory), sizeof *v->numbers);
  v->least = calloc(v->memory.reads, sizeof *v->least);
  v->ids = calloc(v->way, sizeof *v->ids);
  v->seen = calloc(v->way, sizeof *v->seen);
  v->drawings = calloc(v->length, sizeof *v->drawings);
  v->labels = calloc(v->length, sizeof *v->labels);
  v->sampler = (og_sampler){
      .set = set, .symmetries = 1, .order = calloc(og_sampler_scratch(set), sizeof(uint32_t))};
  return v->numbers && v->least && v->ids && v->seen && v->drawings && v->labels &&
         v->sampler.order;
}

static void release(viewer *v) {
  free(v->numbers);
  free(v->least);
  free(v->ids);
  free(v->seen);
  free(v->drawings);
  free(v->labels);
  free(v->sampler.order);
}

/* Whether the label's answer alone is best. */
static int is_right(const float *answer, size_t way, uint32_t label) {
  for (size_t c = 0; c < way; c++)
    if (c != label && !(answer[c] < answer[label]))
      return 0;
  return 1;
}

static void show(viewer *v, const float *embeddings, instance_count out[INSTANCES]) {
  size_t size = og_memory_state_size(&v->memory);
  og_memory_state empty, states[2];
  og_memory_state_at(&v->memory, v->numbers, v->least, &empty);
  for (size_t i = 0; i < 2; i++)
    og_memory_state_at(&v->memory, v->numbers + (i + 1) * size, v->least, &states[i]);
  memset(v->seen, 0, v->way * sizeof *v->seen);
  const og_memory_state *before = &empty;
  for (size_t t = 0; t < v->length; t++) {
    og_memory_state *now = &states[t % 2];
    uint32_t label = v->labels[t];
    og_memory_step(&v->memory, before, embeddings + v->drawings[t] * v->memory.dim,
                   t ? (int)v->labels[t - 1] : OG_NO_LABEL, now);
    instance_count *count = &out[v->seen[label]++];
    count->trials++;
    count->errors += !is_right(now->answer, v->way, label);
    before = now;
  }
}

static og_status check(const og_model *model, const og_dataset *set, og_error *error) {
  if (model->head.kind != OG_HEAD_MEMORY)
    return og_fail(error, OG_ERROR_UNSUPPORTED, "the model has no memory", NULL);
  for (size_t c = 0; c < set->classes; c++)
    if (set->class_start[c + 1] - set->class_start[c] < INSTANCES)
      return og_fail(error, OG_ERROR_EMPTY, "class '", set->class_names[c],
                     "' has fewer than 10 drawings", NULL);
  if (set->classes < model->head.classes)
    return og_fail(error, OG_ERROR_EMPTY, "fewer classes than a sequence has", NULL);
  return OG_OK;
}

og_status instances_measure(const og_model *model, const float *embeddings, const og_dataset *set,
                            uint64_t sequences, uint64_t seed, instance_count out[INSTANCES],
                            og_error *error) {
  memset(out, 0, INSTANCES * sizeof *out);
  og_status status = check(model, set, error);
  if (status)
    return status;
  viewer v = {0};
  if (!create(&v, model, set))
    status = og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  og_random random = og_random_stream(seed, 0);
  for (uint64_t s = 0; !status && s < sequences; s++) {
    og_sampler_draw_sequence(&v.sampler, v.way, INSTANCES, &random, v.ids, v.drawings, v.labels);
    show(&v, embeddings, out);
  }
  release(&v);
  return status;
}
