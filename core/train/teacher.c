/* A teacher. See teacher.h. */
#include "train/teacher.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "train/start.h"

struct og_teacher {
  og_net net;
  og_pass *pass;
  float *parameters, *embeddings; /* [batch][dim] */
  size_t batch;
};

static og_status out_of_memory(og_error *error) {
  return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
}

static og_status unlike(const char *what, og_error *error) {
  return og_fail(error, OG_ERROR_FORMAT, "a teacher must ", what, NULL);
}

static og_status read_net(og_teacher *t, const og_safetensors *file, const og_net *learner,
                          const char *input, og_error *error) {
  const char *net = og_safetensors_metadata(file, "net");
  const char *reads = og_safetensors_metadata(file, "input");
  if (!net || og_net_parse(net, &t->net, NULL) || og_net_output(&t->net)->op != OG_OP_L2NORM)
    return unlike("be a model that embeds drawings", error);
  if (og_layer_values(og_net_output(&t->net)) != og_layer_values(og_net_output(learner)))
    return unlike("give as many numbers as the recipe's net", error);
  if (!reads || strcmp(reads, input) || t->net.layers[0].channels != 1 ||
      t->net.layers[0].height != learner->layers[0].height ||
      t->net.layers[0].width != learner->layers[0].width)
    return unlike("have the recipe's input", error);
  return OG_OK;
}

static og_status read_file(og_teacher *t, const og_safetensors *file, const og_net *learner,
                           const char *input, og_error *error) {
  og_layout layout;
  og_status status = read_net(t, file, learner, input, error);
  if (status)
    return status;
  og_layout_make(&t->net, &layout);
  t->parameters = calloc(layout.parameters, sizeof *t->parameters);
  t->embeddings = malloc(t->batch * og_layer_values(og_net_output(&t->net)) * sizeof(float));
  if (!t->parameters || !t->embeddings)
    return out_of_memory(error);
  return og_start_take(file, &t->net, &t->net, &layout, t->parameters, error);
}

og_status og_teacher_create(const void *bytes, size_t size, const og_net *learner,
                            const char *input, const og_kernels *kernels, size_t batch,
                            uint32_t slices, uint32_t threads, og_teacher **out, og_error *error) {
  og_safetensors *file = NULL;
  og_teacher *t = calloc(1, sizeof *t);
  if (!t)
    return out_of_memory(error);
  t->batch = batch;
  og_status status = og_safetensors_read(bytes, size, &file, error);
  if (!status)
    status = read_file(t, file, learner, input, error);
  og_safetensors_free(file);
  if (!status && og_pass_create(&t->net, kernels, batch, slices, threads, &t->pass))
    status = out_of_memory(error);
  if (status)
    og_teacher_free(t);
  else
    *out = t;
  return status;
}

void og_teacher_free(og_teacher *t) {
  if (!t)
    return;
  og_pass_free(t->pass);
  free(t->parameters);
  free(t->embeddings);
  free(t);
}

void og_teacher_join(og_teacher *t, const og_team *team) {
  og_pass_join(t->pass, team);
}

static void show(og_teacher *t, const og_pass *learner) {
  const og_layer *in = &t->net.layers[0];
  size_t first, end;
  og_pass_own(learner, &first, &end);
  for (size_t i = first; i < end; i++) {
    og_plane from = og_pass_input(learner, i), to = og_pass_input(t->pass, i);
    for (uint32_t y = 0; y < in->height; y++)
      memcpy(to.at + y * to.line, from.at + y * from.line, in->width * sizeof *to.at);
  }
}

og_status og_teacher_ask(og_teacher *t, const og_pass *pass, float weight, const float *e,
                         float *d_e, float *loss) {
  show(t, pass);
  if (og_pass_forward(t->pass, t->parameters, NULL, t->embeddings))
    return OG_ERROR_FORMAT;
  size_t dim = og_layer_values(og_net_output(&t->net)), count = t->batch * dim;
  float cosines = 0, share = weight / (float)t->batch;
  for (size_t i = 0; i < count; i++) {
    cosines += e[i] * t->embeddings[i];
    d_e[i] -= share * t->embeddings[i];
  }
  *loss += weight - share * cosines;
  return OG_OK;
}
