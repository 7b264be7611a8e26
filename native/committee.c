/* One model, or several that judge together. See committee.h. */
#include "committee.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "embedding.h"
#include "files.h"
#include "json_read.h"
#include "net/model.h"

enum { MOST_MEMBERS = 32, LIST_LIMIT = 1 << 20 };

typedef struct member {
  og_model *model;
  size_t views;
  float weight;
} member;

struct committee {
  member members[MOST_MEMBERS];
  size_t count, dim;
  comparing_nets comparing;
  og_calibration calibration;
};

void committee_free(committee *c) {
  for (size_t i = 0; c && i < c->count; i++)
    og_model_free(c->members[i].model);
  for (size_t i = 0; c && i < c->comparing.count; i++)
    og_model_free(c->comparing.nets[i].model);
  free(c);
}

size_t committee_dim(const committee *c) {
  return c->dim;
}

const og_calibration *committee_calibration(const committee *c) {
  return &c->calibration;
}

const og_model *committee_first(const committee *c) {
  return c->members[0].model;
}

og_status committee_support(const committee *c, og_support **out) {
  return c->count == 1 ? og_support_create_for(c->members[0].model, out)
                       : og_support_create(c->dim, out);
}

const comparing_nets *committee_comparers(const committee *c) {
  return &c->comparing;
}

static og_status add_member(committee *c, const char *path, const kernel_choice *with, size_t views,
                            float weight, og_error *error) {
  member *m = &c->members[c->count];
  og_status status = model_read(path, with, &m->model, error);
  if (status)
    return status;
  m->views = views;
  m->weight = weight;
  const og_model_info *info = og_model_get_info(m->model);
  if (info->drawings != 1) {
    og_model_free(m->model);
    return og_fail(error, OG_ERROR_UNSUPPORTED, path,
                   ": compares drawings and embeds none; it can be a committee's comparer", NULL);
  }
  if (!c->count++)
    c->calibration = info->calibration;
  c->dim += info->dim;
  return OG_OK;
}

static og_status wrong(const char *path, const char *why, og_error *error) {
  return og_fail(error, OG_ERROR_FORMAT, path, ": ", why, NULL);
}

/* A number of `object` in a range, `usual` if it is not there, NAN if it is no such number. */
static double number_in(json_object *object, const char *key, double usual, double least,
                        double most) {
  json_object *value;
  if (!json_object_object_get_ex(object, key, &value))
    return usual;
  if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
    return (double)NAN;
  double x = json_object_get_double(value);
  return x >= least && x <= most ? x : (double)NAN;
}

/* What members and comparers have in common; *path is malloc. */
static og_status read_entry(const char *list, json_object *object, double usual_weight, char **path,
                            size_t *views, float *weight, og_error *error) {
  const char *name = json_object_is_type(object, json_type_object)
                         ? json_plain_string(json_member(object, "model", json_type_string))
                         : NULL;
  if (!name)
    return wrong(list, "a member must be an object with \"model\", a file's name", error);
  double v = number_in(object, "views", 1, 1, OG_VIEWS);
  double w = number_in(object, "weight", usual_weight, 1e-6, 1e6);
  if (!(v == floor(v)))
    return wrong(list, "\"views\" must be a whole number from 1 to 9", error);
  if (isnan(w))
    return wrong(list, "\"weight\" must be a number above 0", error);
  *views = (size_t)v;
  *weight = (float)w;
  *path = file_beside(list, name);
  return *path ? OG_OK : og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
}

static og_status read_member(const char *list, json_object *object, const kernel_choice *with,
                             committee *c, og_error *error) {
  char *path = NULL;
  size_t views;
  float weight;
  og_status status = read_entry(list, object, 1, &path, &views, &weight, error);
  if (!status)
    status = add_member(c, path, with, views, weight, error);
  free(path);
  return status;
}

static og_status read_comparer(const char *list, json_object *object, const kernel_choice *with,
                               comparing_nets *out, og_error *error) {
  char *path = NULL;
  comparing_net *net = &out->nets[out->count];
  og_status status = read_entry(list, object, 0.05, &path, &net->views, &net->weight, error);
  if (status)
    return status;
  double top = number_in(object, "top", 5, 2, 20);
  if (!(top == floor(top)))
    status = wrong(list, "\"top\" must be a whole number from 2 to 20", error);
  else
    out->top = (size_t)top > out->top ? (size_t)top : out->top;
  if (!status)
    status = model_read(path, with, &net->model, error);
  out->count += !status;
  if (!status && og_model_get_info(net->model)->drawings != 2)
    status = wrong(path, "embeds drawings and compares none, so it is no comparer", error);
  free(path);
  return status;
}

/* One, or a list of them. */
static og_status read_comparers(const char *path, json_object *json, const kernel_choice *with,
                                committee *c, og_error *error) {
  json_object *said;
  if (!json_object_object_get_ex(json, "comparer", &said))
    return OG_OK;
  if (c->members[0].model->head.kind != OG_HEAD_COSINE)
    return wrong(path, "a comparer goes with members that are compared by cosines", error);
  if (!json_object_is_type(said, json_type_array))
    return read_comparer(path, said, with, &c->comparing, error);
  size_t count = json_object_array_length(said);
  if (count < 1 || count > MOST_COMPARING)
    return wrong(path, "\"comparer\" must be an object or a list of 1 to 8", error);
  og_status status = OG_OK;
  for (size_t i = 0; !status && i < count; i++)
    status = read_comparer(path, json_object_array_get_idx(said, i), with, &c->comparing, error);
  return status;
}

static og_status read_list(const char *path, json_object *json, const kernel_choice *with,
                           committee *c, og_error *error) {
  const char *format = json_plain_string(json_member(json, "format", json_type_string));
  json_object *members = json_member(json, "members", json_type_array);
  if (!format || strcmp(format, "oneglyph-committee"))
    return wrong(path, "\"format\" is not \"oneglyph-committee\"", error);
  if (!(number_in(json, "version", (double)NAN, 1, 1) == 1))
    return wrong(path, "\"version\" is not 1", error);
  size_t count = members ? json_object_array_length(members) : 0;
  if (count < 1 || count > MOST_MEMBERS)
    return wrong(path, "\"members\" must be a list of 1 to 32", error);
  og_status status = OG_OK;
  for (size_t i = 0; !status && i < count; i++)
    status = read_member(path, json_object_array_get_idx(members, i), with, c, error);
  for (size_t i = 0; !status && count > 1 && i < count; i++)
    if (c->members[i].model->head.kind == OG_HEAD_SIAMESE)
      status = wrong(path, "a model whose head compares by itself must be the only member", error);
  json_object *calibration;
  if (!status)
    status = read_comparers(path, json, with, c, error);
  if (status || !json_object_object_get_ex(json, "calibration", &calibration))
    return status;
  const char *text = json_plain_string(calibration);
  if (!text)
    return wrong(path, "\"calibration\" must be a string", error);
  return og_calibration_parse(text, &c->calibration, error) ? error_at(error, path) : OG_OK;
}

/* Whether the file begins like JSON. A model file begins with the length of its header, whose
 * eighth byte is zero. */
static int is_list(const uint8_t *bytes, size_t size) {
  size_t at = 0;
  while (at < size && at < 7 && strchr(" \t\r\n", bytes[at]))
    at++;
  return at < size && bytes[at] == '{' && (size < 8 || bytes[7]);
}

og_status committee_list(const char *path, json_object **out, og_error *error) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  *out = NULL;
  og_status status = file_read(path, MODEL_LIMIT, &bytes, &size, error);
  if (!status && size <= LIST_LIMIT && is_list(bytes, size))
    status = json_read_object(path, (const char *)bytes, size, out, error);
  free(bytes);
  return status;
}

og_status committee_read(const char *path, const kernel_choice *with, committee **out,
                         og_error *error) {
  json_object *list = NULL;
  og_status status = committee_list(path, &list, error);
  if (status)
    return status;
  committee *c = calloc(1, sizeof *c);
  if (!c)
    status = og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  else
    status = list ? read_list(path, list, with, c, error) : add_member(c, path, with, 1, 1, error);
  json_object_put(list);
  if (status)
    committee_free(c);
  else
    *out = c;
  return status;
}

static void scale(float *values, const uint32_t *which, size_t count, size_t dim, size_t stride,
                  float by) {
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < dim; k++)
      values[(which ? which[i] : i) * stride + k] *= by;
}

/* Each member sees them in `least` views, or its own number if that is more. */
static og_status embed(const committee *c, size_t least, const uint8_t *rasters,
                       const uint32_t *which, size_t count, uint32_t threads, float *values) {
  float sum = 0;
  for (size_t i = 0; i < c->count; i++)
    sum += c->members[i].weight;
  og_status status = OG_OK;
  size_t at = 0;
  for (size_t i = 0; !status && i < c->count; i++) {
    const member *m = &c->members[i];
    size_t dim = og_model_get_info(m->model)->dim, views = m->views > least ? m->views : least;
    status = embed_rasters(m->model, views, rasters, which, count, threads, values + at, c->dim);
    if (!status && c->count > 1)
      scale(values + at, which, count, dim, c->dim, sqrtf(m->weight / sum));
    at += dim;
  }
  return status;
}

og_status committee_embed(const committee *c, const uint8_t *rasters, const uint32_t *which,
                          size_t count, uint32_t threads, float *values) {
  return embed(c, 1, rasters, which, count, threads, values);
}

og_status committee_embed_examples(const committee *c, size_t views, const uint8_t *rasters,
                                   const uint32_t *which, size_t count, uint32_t threads,
                                   float *values) {
  return embed(c, views ? views : committee_calibration(c)->example_views, rasters, which, count,
               threads, values);
}
