/* Model files to models that run. See oneglyph.h. */
#include "net/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/keyvalue.h"

/* Memory at a cache line's boundary; C11's aligned_alloc is not in every libc this runs on. The
 * pointer to free is kept just below. */
static og_real *alloc_reals(size_t count) {
  if (count > SIZE_MAX / sizeof(og_real) - 64)
    return NULL;
  char *raw = malloc(count * sizeof(og_real) + 64 + sizeof(void *));
  if (!raw)
    return NULL;
  uintptr_t at = ((uintptr_t)raw + sizeof(void *) + 63) & ~(uintptr_t)63;
  memcpy((void *)(at - sizeof(void *)), &raw, sizeof raw);
  return (og_real *)at;
}

static void free_reals(og_real *reals) {
  if (!reals)
    return;
  void *raw;
  memcpy(&raw, (char *)reals - sizeof(void *), sizeof raw);
  free(raw);
}

static og_status bad_model(og_error *error, const char *what, const char *name) {
  return og_fail(error, OG_ERROR_FORMAT, "not a usable model: ", what, *name ? " '" : "", name,
                 *name ? "'" : "", NULL);
}

void og_tensor_name(const og_layer *layer, const char *kind, char name[OG_ST_MAX_NAME]) {
  size_t length = strlen(layer->name);
  memcpy(name, layer->name, length);
  name[length++] = '.';
  memcpy(name + length, kind, strlen(kind) + 1);
}

og_status og_calibration_parse(const char *text, og_calibration *out, og_error *error) {
  static const og_setting settings[] = {{"temperature", 1e-6f, 1e6f},
                                        {"threshold", -1e6f, 1e6f},
                                        {"same_scale", -1e6f, 1e6f},
                                        {"same_bias", -1e6f, 1e6f},
                                        {"second_look", 0, 1e6f},
                                        {"example_views", 1, OG_VIEWS},
                                        {"crowd", 0, 1}};
  float values[7] = {[5] = 1};
  og_status status = og_settings_read("calibration", text, settings, 7, 4, values, error);
  if (!status)
    *out = (og_calibration){values[0], values[1],           values[2], values[3],
                            values[4], (uint32_t)values[5], values[6]};
  return status;
}

/* The values of a tensor, checked to have `dims` sizes `shape` and to be finite; NULL with a
 * message otherwise. The caller frees. */
static og_real *named_values(const og_safetensors *file, const char *name, const size_t *shape,
                             size_t dims, og_error *error) {
  const og_tensor *t = og_safetensors_find(file, name);
  int fits = t && t->dims == dims;
  for (size_t d = 0; fits && d < dims; d++)
    fits = t->shape[d] == shape[d];
  if (!fits) {
    bad_model(error, t ? "its net wants another shape of tensor" : "missing tensor", name);
    return NULL;
  }
  og_real *values = alloc_reals(t->count);
  if (!values) {
    og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
    return NULL;
  }
  og_tensor_values(t, values);
  og_real zero = 0; /* stays so but for a number that is not finite; scaled integers are finite */
  for (size_t i = 0; !t->scales && i < t->count; i++)
    zero += 0 * values[i];
  if (zero == 0)
    return values;
  bad_model(error, "a number that is not finite in tensor", name);
  free_reals(values);
  return NULL;
}

/* The same for tensor LAYER.kind. */
static og_real *tensor_values(const og_safetensors *file, const og_layer *layer, const char *kind,
                              const size_t *shape, size_t dims, og_error *error) {
  char name[OG_ST_MAX_NAME];
  og_tensor_name(layer, kind, name);
  return named_values(file, name, shape, dims, error);
}

/* The factors that make a layer's input integers, from the ranges in the file. */
static og_real *load_factors(const og_model *m, size_t i, size_t ranges, og_error *error) {
  const og_layer *l = &m->net.layers[i];
  char name[OG_ST_MAX_NAME];
  og_tensor_name(l, "range", name);
  if (!og_safetensors_find(m->file, name)) {
    og_fail(error, OG_ERROR_UNSUPPORTED, "the model holds no ranges for int16, which `oneglyph",
            " model calibrate` adds", NULL);
    return NULL;
  }
  og_real *factors = tensor_values(m->file, l, "range", &ranges, 1, error);
  /* What no drawing of the calibration reached is left some room. */
  const og_real room = 2;
  for (size_t k = 0; factors && k < ranges; k++)
    factors[k] = factors[k] > 0 ? OG_INT16_MOST / (factors[k] * room) : 0;
  return factors;
}

/* Weights for integers in the place of `packed`, which is freed, with their factors behind. */
static og_real *make_integers(const og_model *m, size_t i, og_real *packed, size_t *weights,
                              og_error *error) {
  const og_form *form = &m->plan.form[i];
  size_t ranges = og_layer_ranges(&m->net, i, form);
  *weights = og_layer_int16_size(m->kernels, &m->net, i, form);
  og_real *factors = load_factors(m, i, ranges, error);
  og_real *integers = factors ? alloc_reals(*weights + ranges) : NULL;
  if (integers) {
    og_layer_pack_int16(m->kernels, &m->net, i, form, factors, packed, integers);
    memcpy(integers + *weights, factors, ranges * sizeof *factors);
  } else if (factors)
    og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  free_reals(factors);
  free_reals(packed);
  return integers;
}

static og_status load_layer(og_model *m, size_t i, og_error *error) {
  const og_layer *l = &m->net.layers[i];
  const og_form *form = &m->plan.form[i];
  size_t shape[] = {l->kernel_h, l->kernel_w, m->net.layers[l->input].channels, l->channels};
  og_error local = {OG_ERROR_FORMAT, ""};
  og_real *weights = tensor_values(m->file, l, "weight", shape, 4, &local), *packed = NULL;
  og_real *bias = weights ? tensor_values(m->file, l, "bias", shape + 3, 1, &local) : NULL;
  int integers = m->info.precision == OG_PRECISION_INT16 && og_layer_ranges(&m->net, i, form);
  if (bias) {
    packed = alloc_reals(og_layer_packed_size(m->kernels, &m->net, i, form));
    if (packed)
      og_layer_pack(m->kernels, &m->net, i, form, weights, bias, packed);
    else
      og_fail(&local, OG_ERROR_MEMORY, "out of memory", NULL);
  }
  free_reals(weights);
  free_reals(bias);
  size_t size = 0;
  if (packed && integers)
    packed = make_integers(m, i, packed, &size, &local);
  m->memory[i] = packed;
  m->weights[i] = (og_operand){packed, packed && integers ? packed + size : NULL, NULL};
  if (packed)
    return OG_OK;
  if (error)
    *error = local;
  return local.status;
}

static og_status load_description(og_model *m, og_error *error) {
  const char *format = og_model_metadata(m, "format"), *version = og_model_metadata(m, "version");
  const char *net = og_model_metadata(m, "net"), *input = og_model_metadata(m, "input");
  const char *calibration = og_model_metadata(m, "calibration");
  if (!format || strcmp(format, "oneglyph") != 0)
    return bad_model(error, "safetensors, but not written by oneglyph", "");
  if (!version || strcmp(version, "1") != 0)
    return bad_model(error, "unknown version", version ? version : "");
  if (!net || !input)
    return bad_model(error, "no metadata", net ? "input" : "net");
  og_status status = og_net_parse(net, &m->net, error);
  if (!status)
    status = og_input_parse(input, &m->input, error);
  const char *head = og_model_metadata(m, "head");
  if (head && !strcmp(head, "siamese")) /* Koch's own reading of its logits */
    m->info.calibration = (og_calibration){1, 0, 1, 0, 0, 1, 0};
  if (!status && calibration)
    status = og_calibration_parse(calibration, &m->info.calibration, error);
  if (status)
    return status;
  const og_layer *first = &m->net.layers[0];
  /* One drawing, or two that end in one number. */
  int channels = first->channels == 1 ||
                 (first->channels == 2 && og_layer_values(og_net_output(&m->net)) == 1);
  m->info.drawings = first->channels;
  if (first->height != m->input.side || first->width != m->input.side || !channels)
    return bad_model(error, "net and input differ in size", "");
  for (size_t i = 0; i < m->net.count; i++)
    if (m->net.layers[i].norm)
      return bad_model(error, "a norm that was not folded, in layer", m->net.layers[i].name);
  return OG_OK;
}

static og_status load_head(og_model *m, og_error *error) {
  og_head *h = &m->head;
  og_status status = og_head_parse(og_model_metadata(m, "head"),
                                   og_layer_values(og_net_output(&m->net)), h, error);
  if (status || h->kind == OG_HEAD_COSINE)
    return status;
  if (m->info.drawings != 1)
    return bad_model(error, "a head behind a net that embeds nothing", "");
  m->head_values = alloc_reals(h->count);
  if (!m->head_values)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  for (size_t i = 0; i < h->tensors; i++) {
    const og_head_tensor *t = &h->tensor[i];
    og_error local = {OG_ERROR_FORMAT, ""};
    og_real *values = named_values(m->file, t->name, t->shape, t->dims, &local);
    if (!values) {
      if (error)
        *error = local;
      return local.status;
    }
    memcpy(m->head_values + t->at, values, og_head_tensor_count(h, i) * sizeof *values);
    free_reals(values);
  }
  /* So that no sum of what a head computes leaves the range of floats. */
  for (size_t i = 0; i < h->count; i++)
    if (!(m->head_values[i] >= -1e6f && m->head_values[i] <= 1e6f))
      return bad_model(error, "a number far too large in its head", "");
  return OG_OK;
}

static og_status load_weights(og_model *m, og_error *error) {
  size_t wanted = m->head.tensors;
  og_status status = OG_OK;
  og_plan_make(&m->net, &m->plan);
  for (size_t i = 0; !status && i < m->net.count; i++)
    if (m->net.layers[i].op == OG_OP_CONV) {
      char range[OG_ST_MAX_NAME];
      og_tensor_name(&m->net.layers[i], "range", range);
      wanted += og_safetensors_find(m->file, range) ? 3 : 2;
      status = load_layer(m, i, error);
    }
  if (!status && m->file->tensors != wanted)
    return bad_model(error, "tensors that its net does not have", "");
  return status;
}

og_status og_model_load_as(const void *bytes, size_t size, const char *isa, og_precision precision,
                           og_model **out, og_error *error) {
  *out = NULL;
  const og_kernels *kernels = og_kernels_find(isa);
  if (!kernels)
    return og_fail(error, OG_ERROR_UNSUPPORTED, "no kernels '", isa, "' on this machine", NULL);
  og_model *m = calloc(1, sizeof *m);
  if (!m)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  m->kernels = kernels;
  m->info.precision = precision;
  /* Middling values for a model that was never calibrated. */
  m->info.calibration = (og_calibration){0.05f, 0.5f, 10.0f, -5.0f, 0, 1, 0};
  og_status status = og_safetensors_read(bytes, size, &m->file, error);
  if (!status)
    status = load_description(m, error);
  if (!status)
    status = load_head(m, error);
  if (!status)
    status = load_weights(m, error);
  if (status) {
    og_model_free(m);
    return status;
  }
  m->file->tensors = 0;
  m->info.side = m->input.side;
  m->info.dim = og_layer_values(og_net_output(&m->net));
  m->info.parameters = og_net_parameters(&m->net) + m->head.count;
  m->info.multiply_adds = og_net_multiply_adds(&m->net);
  m->info.isa = kernels->name;
  m->info.net = og_model_metadata(m, "net");
  *out = m;
  return OG_OK;
}

og_status og_model_load(const void *bytes, size_t size, const char *isa, og_model **out,
                        og_error *error) {
  return og_model_load_as(bytes, size, isa, OG_PRECISION_F32, out, error);
}

void og_model_free(og_model *model) {
  if (!model)
    return;
  for (size_t i = 0; i < OG_MAX_LAYERS; i++)
    free_reals(model->memory[i]);
  free_reals(model->head_values);
  og_safetensors_free(model->file);
  free(model);
}

const og_model_info *og_model_get_info(const og_model *model) {
  return &model->info;
}

const char *og_model_metadata(const og_model *model, const char *key) {
  return og_safetensors_metadata(model->file, key);
}

/* More drawings together than this leave the second-level cache, and each takes longer than alone;
 * measured with the glyph net on Zen 3. */
enum { TOGETHER = 2 };

og_status og_workspace_create_batch(const og_model *model, size_t images, og_workspace **out) {
  *out = calloc(1, sizeof **out);
  if (!*out)
    return OG_ERROR_MEMORY;
  (*out)->images = images < TOGETHER ? images : TOGETHER;
  if (images)
    (*out)->arena = alloc_reals(og_arena_size(&model->plan, (*out)->images));
  (*out)->sampled = malloc(model->info.side * model->info.side * sizeof(float));
  if ((*out)->arena && (*out)->sampled)
    return OG_OK;
  og_workspace_free(*out);
  *out = NULL;
  return images ? OG_ERROR_MEMORY : OG_ERROR_ARGUMENT;
}

og_status og_workspace_create(const og_model *model, og_workspace **out) {
  return og_workspace_create_batch(model, 1, out);
}

void og_workspace_free(og_workspace *workspace) {
  if (!workspace)
    return;
  free_reals(workspace->arena);
  free(workspace->sampled);
  free(workspace);
}

void og_model_look(const og_model *m, og_workspace *w, const og_glyph *glyph, const og_view *view,
                   size_t at, size_t channel) {
  og_glyph_sample(&m->input, glyph, view, w->sampled);
  const og_layer *first = &m->net.layers[0];
  og_plane input = og_arena_plane(&m->net, &m->plan, w->arena, w->images, 0);
  og_real *to = input.at + at * input.image + channel;
  for (size_t y = 0; y < first->height; y++)
    for (size_t x = 0; x < first->width; x++)
      to[y * input.line + x * first->channels] = w->sampled[y * first->width + x];
}

/* Writes the normalised drawing into the input plane of image number `at`. */
static og_status put_input(const og_model *m, og_workspace *w, const uint8_t *raster, size_t at) {
  if (m->info.drawings != 1)
    return OG_ERROR_UNSUPPORTED;
  og_status status = og_glyph_prepare(&m->input, raster, &w->glyph);
  if (!status)
    og_model_look(m, w, &w->glyph, NULL, at, 0);
  return status;
}

og_status og_model_take(const og_model *m, const og_workspace *w, size_t at, int add,
                        float *embedding) {
  const og_layer *last = og_net_output(&m->net);
  og_plane output = og_arena_plane(&m->net, &m->plan, w->arena, w->images, m->net.count - 1);
  size_t line = (size_t)last->width * last->channels;
  int finite = 1;
  for (size_t y = 0; y < last->height; y++)
    for (size_t x = 0; x < line; x++) {
      float value = (float)output.at[at * output.image + y * output.line + x];
      embedding[y * line + x] = add ? embedding[y * line + x] + value : value;
      finite &= isfinite(value) != 0;
    }
  return finite ? OG_OK : OG_ERROR_FORMAT;
}

og_status og_embed_batch(const og_model *m, og_workspace *w,
                         const uint8_t (*rasters)[OG_RASTER_SIZE], size_t count, float *embeddings,
                         size_t *done) {
  og_status status = OG_OK;
  for (*done = 0; !status && *done < count;) {
    size_t filled = 0, taken = 0;
    while (!status && filled < w->images && *done + filled < count) {
      status = put_input(m, w, rasters[*done + filled], filled);
      filled += !status;
    }
    og_net_forward(m->kernels, &m->net, &m->plan, m->weights, w->arena, w->images, filled);
    for (og_status bad = OG_OK; !bad && taken < filled; taken += !bad) {
      bad = og_model_take(m, w, taken, 0, embeddings + (*done + taken) * m->info.dim);
      status = bad ? bad : status;
    }
    *done += taken;
  }
  return status;
}

og_status og_embed(const og_model *m, og_workspace *w, const uint8_t raster[OG_RASTER_SIZE],
                   float *embedding) {
  og_status status = put_input(m, w, raster, 0);
  if (status)
    return status;
  og_net_forward(m->kernels, &m->net, &m->plan, m->weights, w->arena, w->images, 1);
  return og_model_take(m, w, 0, 0, embedding);
}

size_t og_model_layers(const og_model *model) {
  return model->net.count;
}

const char *og_model_layer_form(const og_model *m, size_t layer) {
  if (m->net.layers[layer].op != OG_OP_CONV)
    return "";
  return og_form_name(&m->plan.form[layer], m->weights[layer].factors != NULL);
}

void og_model_run_layer(const og_model *m, og_workspace *w, size_t layer) {
  og_net_forward_layer(m->kernels, &m->net, &m->plan, m->weights, w->arena, w->images, 1, layer);
}

og_status og_model_ranges(const og_model *m, og_workspace *w, const uint8_t raster[OG_RASTER_SIZE],
                          og_real *const ranges[OG_MAX_LAYERS]) {
  og_status status = put_input(m, w, raster, 0);
  for (size_t i = 0; !status && i < m->net.count; i++) {
    og_operand weights[OG_MAX_LAYERS];
    weights[i] = m->weights[i];
    weights[i].ranges = ranges[i];
    og_net_forward_layer(m->kernels, &m->net, &m->plan, weights, w->arena, w->images, 1, i);
  }
  return status;
}
