/* Measuring ranges and writing them into a model file. See model_ranges.h. */
#include "model_ranges.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "model_tensor.h"
#include "net/model.h"

/* Everything a new file is made of. */
typedef struct rewriting {
  og_model *model;
  og_workspace *workspace;
  og_safetensors *file;
  float *ranges[OG_MAX_LAYERS];
  float *values[OG_ST_MAX_TENSORS];
  char names[OG_MAX_LAYERS][OG_ST_MAX_NAME];
  og_tensor_source tensors[OG_ST_MAX_TENSORS + OG_MAX_LAYERS];
  size_t count;
} rewriting;

static og_status measure(rewriting *r, const uint8_t *rasters, size_t count, size_t wanted) {
  for (size_t i = 0; i < r->model->net.count; i++) {
    size_t size = og_layer_ranges(&r->model->net, i, &r->model->plan.form[i]);
    if (size && !(r->ranges[i] = calloc(size, sizeof **r->ranges)))
      return OG_ERROR_MEMORY;
  }
  for (size_t i = 0; i < wanted; i++) {
    const uint8_t *raster = rasters + i * count / wanted * OG_RASTER_SIZE;
    og_status status = og_model_ranges(r->model, r->workspace, raster, r->ranges);
    if (status && status != OG_ERROR_EMPTY)
      return status;
  }
  return OG_OK;
}

static int is_range(const char *name) {
  const char *dot = strrchr(name, '.');
  return dot && !strcmp(dot, ".range");
}

/* The tensors of the old file, ranges left out. */
static og_status keep_tensors(rewriting *r) {
  for (size_t i = 0; i < r->file->tensors; i++) {
    const og_tensor *t = &r->file->tensor[i];
    if (is_range(t->name))
      continue;
    og_status status = model_tensor_copy(t, &r->tensors[r->count++], &r->values[i]);
    if (status)
      return status;
  }
  return OG_OK;
}

static void add_ranges(rewriting *r) {
  for (size_t i = 0; i < r->model->net.count; i++) {
    if (!r->ranges[i])
      continue;
    og_tensor_name(&r->model->net.layers[i], "range", r->names[i]);
    r->tensors[r->count++] =
        (og_tensor_source){.name = r->names[i],
                           .dtype = OG_F32,
                           .dims = 1,
                           .shape = {og_layer_ranges(&r->model->net, i, &r->model->plan.form[i])},
                           .values = r->ranges[i]};
  }
}

static const char *const nothing[1][2];

static int has_key(const char *const (*metadata)[2], const char *key) {
  while ((*metadata)[0] && strcmp((*metadata)[0], key) != 0)
    metadata++;
  return (*metadata)[0] != NULL;
}

static og_status rewrite(rewriting *r, const char *const (*metadata)[2], uint8_t **out,
                         size_t *size) {
  const char *pairs[OG_ST_MAX_PAIRS][2];
  size_t count = 0;
  og_status status = keep_tensors(r);
  if (status)
    return status;
  add_ranges(r);
  if (r->count > OG_ST_MAX_TENSORS)
    return OG_ERROR_TOO_LARGE;
  for (size_t i = 0; i < r->file->pairs; i++) {
    if (has_key(metadata, r->file->key[i]))
      continue;
    pairs[count][0] = r->file->key[i];
    pairs[count++][1] = r->file->value[i];
  }
  for (; (*metadata)[0]; metadata++, count++) {
    if (count == OG_ST_MAX_PAIRS)
      return OG_ERROR_TOO_LARGE;
    pairs[count][0] = (*metadata)[0];
    pairs[count][1] = (*metadata)[1];
  }
  return og_safetensors_write(r->tensors, r->count, (const char *const(*)[2])pairs, count, out,
                              size);
}

static void rewriting_free(rewriting *r) {
  for (size_t i = 0; r && i < OG_MAX_LAYERS; i++)
    free(r->ranges[i]);
  for (size_t i = 0; r && i < OG_ST_MAX_TENSORS; i++)
    free(r->values[i]);
  if (r) {
    og_safetensors_free(r->file);
    og_workspace_free(r->workspace);
    og_model_free(r->model);
  }
  free(r);
}

og_status model_add_ranges(const uint8_t *bytes, size_t size, const char *isa,
                           const uint8_t *rasters, size_t count, size_t wanted,
                           const char *const (*metadata)[2], uint8_t **out, size_t *out_size,
                           og_error *error) {
  og_error local = {OG_ERROR_MEMORY, "out of memory"};
  rewriting *r = calloc(1, sizeof *r);
  og_status status = r ? og_model_load(bytes, size, isa, &r->model, &local) : OG_ERROR_MEMORY;
  if (!status)
    status = og_safetensors_read(bytes, size, &r->file, &local);
  if (!status && !(status = og_workspace_create(r->model, &r->workspace)) &&
      !(status = measure(r, rasters, count, wanted < count ? wanted : count)))
    status = rewrite(r, metadata ? metadata : nothing, out, out_size);
  if (status == OG_ERROR_TOO_LARGE && !local.text[0])
    og_fail(&local, status, "too many tensors or metadata", NULL);
  rewriting_free(r);
  if (status && error)
    *error = local;
  return status;
}
