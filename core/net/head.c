/* Heads as text. See head.h. */
#include "net/head.h"

#include <string.h>

#include "base/error.h"
#include "base/keyvalue.h"

enum { MOST_SETTINGS = 5 };

static const struct {
  const char *name;
  og_head_kind kind;
  size_t count;
  og_setting settings[MOST_SETTINGS];
} heads[] = {
    {"siamese", OG_HEAD_SIAMESE, 0, {{NULL, 0, 0}}},
    {"matching", OG_HEAD_MATCHING, 1, {{"context", 0, 16}}},
    {"prototypical", OG_HEAD_PROTOTYPICAL, 0, {{NULL, 0, 0}}},
    {"memory",
     OG_HEAD_MEMORY,
     5,
     {{"hidden", 1, OG_HEAD_HIDDEN},
      {"slots", 8, 1024},
      {"width", 1, 256},
      {"reads", 1, 8},
      {"classes", 2, 64}}},
};

size_t og_head_tensor_count(const og_head *head, size_t index) {
  const og_head_tensor *t = &head->tensor[index];
  return t->shape[0] * (t->dims == 2 ? t->shape[1] : 1);
}

static void add(og_head *h, const char *name, size_t rows, size_t columns) {
  og_head_tensor *t = &h->tensor[h->tensors];
  *t = (og_head_tensor){name, columns ? 2 : 1, {rows, columns}, h->count, 0};
  h->count += og_head_tensor_count(h, h->tensors++);
}

static void add_lstm(og_head *h, const char *weight, const char *bias, size_t inputs,
                     size_t hidden) {
  add(h, weight, inputs, 4 * hidden);
  add(h, bias, 4 * hidden, 0);
  h->tensor[h->tensors - 2].lstm = h->tensor[h->tensors - 1].lstm = 1;
}

/* Backward and forward over the support, and the query's; see fewshot/context.h. */
static void add_context(og_head *h) {
  size_t dim = h->dim;
  add_lstm(h, "head.forward.weight", "head.forward.bias", 2 * dim, dim);
  add_lstm(h, "head.backward.weight", "head.backward.bias", 2 * dim, dim);
  add_lstm(h, "head.query.weight", "head.query.bias", 3 * dim, dim);
}

static void add_memory(og_head *h) {
  size_t vectors = h->reads * h->width;
  add_lstm(h, "head.controller.weight", "head.controller.bias",
           h->dim + h->classes + vectors + h->hidden, h->hidden);
  size_t seen = h->tensor[0].shape[0] + h->hidden;
  add(h, "head.key.weight", seen, vectors);
  add(h, "head.key.bias", vectors, 0);
  add(h, "head.value.weight", seen, vectors);
  add(h, "head.value.bias", vectors, 0);
  add(h, "head.gate", h->reads, 0);
  add(h, "head.answer.weight", h->hidden + vectors, h->classes);
  add(h, "head.answer.bias", h->classes, 0);
}

static og_status bad_head(og_error *error, const char *what) {
  return og_fail(error, OG_ERROR_FORMAT, "head: ", what, NULL);
}

static og_status take_settings(og_head *h, const float *values, size_t count, og_error *error) {
  size_t whole[MOST_SETTINGS] = {0};
  for (size_t i = 0; i < count; i++) {
    whole[i] = (size_t)values[i];
    if ((float)whole[i] != values[i])
      return bad_head(error, "its settings are whole numbers");
  }
  if (h->kind == OG_HEAD_MATCHING)
    h->context = whole[0];
  if (h->kind != OG_HEAD_MEMORY)
    return OG_OK;
  h->hidden = whole[0];
  h->slots = whole[1];
  h->width = whole[2];
  h->reads = whole[3];
  h->classes = whole[4];
  return OG_OK;
}

og_status og_head_parse(const char *text, size_t dim, og_head *out, og_error *error) {
  *out = (og_head){.kind = OG_HEAD_COSINE, .dim = dim};
  if (!text)
    return OG_OK;
  size_t i = 0, length = strcspn(text, " ");
  while (i < sizeof heads / sizeof *heads &&
         (strlen(heads[i].name) != length || memcmp(heads[i].name, text, length) != 0))
    i++;
  if (i == sizeof heads / sizeof *heads)
    return og_fail(error, OG_ERROR_FORMAT, "head: no kind of head '", text, "'", NULL);
  float values[MOST_SETTINGS];
  og_status status = og_settings_read("head", text + length, heads[i].settings, heads[i].count,
                                      heads[i].count, values, error);
  out->kind = heads[i].kind;
  if (!status)
    status = take_settings(out, values, heads[i].count, error);
  if (status)
    return status;
  if (out->kind == OG_HEAD_SIAMESE) {
    add(out, "head.weight", dim, 0);
    add(out, "head.bias", 1, 0);
    return OG_OK;
  }
  if (out->dim > OG_HEAD_DIM || (out->context && out->dim > OG_HEAD_HIDDEN))
    return bad_head(error, "the embedding is too long for it");
  if (out->context)
    add_context(out);
  if (out->kind == OG_HEAD_MEMORY)
    add_memory(out);
  add(out, "head.log_scale", 1, 0);
  return OG_OK;
}
