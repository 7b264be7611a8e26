/* The layer list: parsing, shape inference, text form. See net.h for the grammar. */
#include <string.h>

#include "base/error.h"
#include "net/net.h"

/* The words of one line, cut in place. */
enum { MAX_WORDS = 10, WORD = 32 };
typedef struct line_words {
  char word[MAX_WORDS][WORD];
  size_t count;
} line_words;

typedef struct parser {
  og_net *net;
  og_error *error;
  size_t line;
} parser;

static og_status bad_line(const parser *p, const char *what, const char *word) {
  char number[OG_NUMBER_TEXT];
  return og_fail(p->error, OG_ERROR_FORMAT, "net line ", og_number_text(number, p->line), ": ",
                 what, *word ? " '" : "", word, *word ? "'" : "", NULL);
}

static int is_end(char c) {
  return c == 0 || c == '\n' || c == ';' || c == '#';
}

/* Cuts the next line into words; returns where the line after it begins. */
static const char *cut_line(const char *text, line_words *out, int *fits) {
  out->count = 0;
  *fits = 1;
  while (!is_end(*text)) {
    if (*text == ' ' || *text == '\t' || *text == '\r') {
      text++;
      continue;
    }
    size_t length = 0;
    for (; !is_end(*text) && *text != ' ' && *text != '\t' && *text != '\r'; text++) {
      if (out->count < MAX_WORDS && length + 1 < WORD)
        out->word[out->count][length++] = *text;
      else
        *fits = 0;
    }
    if (out->count < MAX_WORDS)
      out->word[out->count++][length] = 0;
  }
  if (*text == '#')
    while (*text && *text != '\n')
      text++;
  return *text ? text + 1 : text;
}

/* A decimal number in 1 .. most at the front of *text, which moves past it; 0 if there is none. */
static uint32_t take_number(const char **text, uint32_t most) {
  uint32_t value = 0;
  const char *c = *text;
  for (; *c >= '0' && *c <= '9'; c++) {
    value = value * 10 + (uint32_t)(*c - '0');
    if (value > most)
      return 0;
  }
  *text = c;
  return value;
}

static uint32_t whole_number(const char *text, uint32_t most) {
  uint32_t value = take_number(&text, most);
  return *text ? 0 : value;
}

static int find_layer(const og_net *net, const char *name) {
  for (size_t i = 0; i < net->count; i++)
    if (strcmp(net->layers[i].name, name) == 0)
      return (int)i;
  return -1;
}

/* The flags after a conv's or fc's sizes. */
static og_status read_flags(const parser *p, const line_words *w, size_t first, og_layer *l) {
  int padding = 0;
  for (size_t i = first; i < w->count; i++) {
    const char *flag = w->word[i];
    if (strcmp(flag, "same") == 0 && !l->fc && !padding++)
      l->same = 1;
    else if (strcmp(flag, "valid") == 0 && !l->fc && !padding++)
      l->same = 0;
    else if (strcmp(flag, "bn") == 0)
      l->norm = 1;
    else if (strcmp(flag, "relu") == 0 && !l->sigmoid)
      l->relu = 1;
    else if (strcmp(flag, "sigmoid") == 0 && !l->relu)
      l->sigmoid = 1;
    else if (strncmp(flag, "add=", 4) == 0 && l->add < 0) {
      l->add = find_layer(p->net, flag + 4);
      if (l->add < 0)
        return bad_line(p, "no earlier layer is called", flag + 4);
    } else
      return bad_line(p, "unknown, repeated or contradictory word", flag);
  }
  if (!l->fc && !padding)
    return bad_line(p, "a conv needs 'same' or 'valid'", "");
  return OG_OK;
}

static og_status infer_conv(const parser *p, og_layer *l, const og_layer *in) {
  if (l->fc) {
    l->kernel_h = in->height;
    l->kernel_w = in->width;
  }
  if (l->same)
    l->pad =
        (og_border){(l->kernel_h - 1) / 2, (l->kernel_w - 1) / 2, l->kernel_h / 2, l->kernel_w / 2};
  uint32_t high = in->height + l->pad.top + l->pad.bottom;
  uint32_t wide = in->width + l->pad.left + l->pad.right;
  if (l->kernel_h > high || l->kernel_w > wide)
    return bad_line(p, "kernel larger than the input of", l->name);
  l->height = high - l->kernel_h + 1;
  l->width = wide - l->kernel_w + 1;
  if (l->add >= 0) {
    const og_layer *a = &p->net->layers[l->add];
    if (a->height != l->height || a->width != l->width || a->channels != l->channels)
      return bad_line(p, "the skip has another shape than", l->name);
  }
  return OG_OK;
}

static og_status read_conv(const parser *p, const line_words *w, og_layer *l) {
  l->op = OG_OP_CONV;
  l->fc = strcmp(w->word[2], "fc") == 0;
  if (w->count < (l->fc ? 5u : 6u))
    return bad_line(p, "too few words for", w->word[2]);
  l->channels = whole_number(w->word[4], OG_MAX_CHANNELS);
  if (!l->channels)
    return bad_line(p, "bad number of channels", w->word[4]);
  if (!l->fc) {
    const char *kernel = w->word[5];
    l->kernel_h = take_number(&kernel, OG_MAX_KERNEL);
    if (*kernel++ == 'x')
      l->kernel_w = whole_number(kernel, OG_MAX_KERNEL);
    if (!l->kernel_h || !l->kernel_w)
      return bad_line(p, "bad kernel size (want HxW)", w->word[5]);
  }
  og_status status = read_flags(p, w, l->fc ? 5 : 6, l);
  return status ? status : infer_conv(p, l, &p->net->layers[l->input]);
}

static og_status read_maxpool(const parser *p, const line_words *w, og_layer *l) {
  const og_layer *in = &p->net->layers[l->input];
  l->op = OG_OP_MAXPOOL;
  l->size = w->count == 5 ? whole_number(w->word[4], OG_MAX_KERNEL) : 0;
  if (!l->size || l->size > in->height || l->size > in->width)
    return bad_line(p, "bad window for maxpool", w->count > 4 ? w->word[4] : "");
  l->height = in->height / l->size;
  l->width = in->width / l->size;
  l->channels = in->channels;
  return OG_OK;
}

static og_status read_input(const parser *p, const line_words *w, og_layer *l) {
  l->op = OG_OP_INPUT;
  if (p->net->count || w->count != 6)
    return bad_line(p, "the first line alone is 'NAME = input HEIGHT WIDTH CHANNELS'", "");
  l->height = whole_number(w->word[3], 1024);
  l->width = whole_number(w->word[4], 1024);
  l->channels = whole_number(w->word[5], OG_MAX_CHANNELS);
  return l->height && l->width && l->channels ? OG_OK : bad_line(p, "bad size of the input", "");
}

static og_status read_layer(const parser *p, const line_words *w, og_layer *l) {
  if (w->count < 4 || strcmp(w->word[1], "=") != 0)
    return bad_line(p, "want 'NAME = OPERATION INPUT ...'", "");
  if (strlen(w->word[0]) >= OG_LAYER_NAME || find_layer(p->net, w->word[0]) >= 0)
    return bad_line(p, "name too long or used twice:", w->word[0]);
  memcpy(l->name, w->word[0], strlen(w->word[0]));
  const char *op = w->word[2];
  if (strcmp(op, "input") == 0)
    return read_input(p, w, l);
  l->input = find_layer(p->net, w->word[3]);
  if (l->input < 0)
    return bad_line(p, "no earlier layer is called", w->word[3]);
  if (strcmp(op, "conv") == 0 || strcmp(op, "fc") == 0)
    return read_conv(p, w, l);
  if (strcmp(op, "maxpool") == 0)
    return read_maxpool(p, w, l);
  if (strcmp(op, "l2norm") != 0 || w->count != 4)
    return bad_line(p, "unknown operation or too many words:", op);
  const og_layer *in = &p->net->layers[l->input];
  l->op = OG_OP_L2NORM;
  l->height = in->height;
  l->width = in->width;
  l->channels = in->channels;
  return OG_OK;
}

static uint32_t larger(uint32_t a, uint32_t b) {
  return a > b ? a : b;
}

const og_layer *og_net_linear_end(const og_net *net) {
  const og_layer *l = og_net_output(net);
  l = l->op == OG_OP_L2NORM ? &net->layers[l->input] : l;
  int linear = l->op == OG_OP_CONV && !l->relu && !l->sigmoid && l->add < 0;
  return linear && l->height == 1 && l->width == 1 ? l : NULL;
}

/* Each plane gets the widest border any of its readers wants. */
static void infer_borders(og_net *net) {
  for (size_t i = 0; i < net->count; i++) {
    const og_layer *l = &net->layers[i];
    if (l->op != OG_OP_CONV)
      continue;
    og_border *b = &net->layers[l->input].border;
    *b = (og_border){larger(b->top, l->pad.top), larger(b->left, l->pad.left),
                     larger(b->bottom, l->pad.bottom), larger(b->right, l->pad.right)};
  }
}

og_status og_net_parse(const char *text, og_net *out, og_error *error) {
  memset(out, 0, sizeof *out);
  parser p = {out, error, 0};
  while (*text) {
    line_words words;
    int fits;
    text = cut_line(text, &words, &fits);
    p.line++;
    if (!words.count)
      continue;
    if (!fits)
      return bad_line(&p, "too long", "");
    if (out->count == OG_MAX_LAYERS)
      return bad_line(&p, "too many layers", "");
    og_layer *l = &out->layers[out->count];
    l->input = l->add = -1;
    og_status status = read_layer(&p, &words, l);
    if (status)
      return status;
    out->count++;
  }
  if (out->count < 2)
    return og_fail(error, OG_ERROR_FORMAT, "the net has no layers", NULL);
  infer_borders(out);
  uint64_t parameters = 0;
  for (size_t i = 0; i < out->count; i++) {
    parameters += og_layer_weights(out, i) + out->layers[i].channels;
    if (og_plane_size(&out->layers[i]) > OG_MAX_PLANE || parameters > OG_MAX_PARAMETERS)
      return og_fail(error, OG_ERROR_TOO_LARGE, "the net is too large at layer '",
                     out->layers[i].name, "'", NULL);
  }
  return OG_OK;
}

/* Appends to text[capacity] as far as it fits; `used` counts on regardless. */
typedef struct text_out {
  char *text;
  size_t capacity, used;
} text_out;

static void put(text_out *out, const char *s) {
  for (; *s; s++, out->used++)
    if (out->used + 1 < out->capacity)
      out->text[out->used] = *s;
}

static void put_number(text_out *out, uint32_t value) {
  char number[OG_NUMBER_TEXT];
  put(out, og_number_text(number, value));
}

static void put_conv(text_out *out, const og_net *net, const og_layer *l) {
  put(out, " ");
  put_number(out, l->channels);
  if (!l->fc) {
    put(out, " ");
    put_number(out, l->kernel_h);
    put(out, "x");
    put_number(out, l->kernel_w);
    put(out, l->same ? " same" : " valid");
  }
  if (l->add >= 0) {
    put(out, " add=");
    put(out, net->layers[l->add].name);
  }
  put(out, l->relu ? " relu" : l->sigmoid ? " sigmoid" : "");
}

size_t og_net_format(const og_net *net, char *text, size_t capacity) {
  text_out out = {text, capacity, 0};
  for (size_t i = 0; i < net->count; i++) {
    const og_layer *l = &net->layers[i];
    const char *op[] = {"input", l->fc ? "fc" : "conv", "maxpool", "l2norm"};
    put(&out, l->name);
    put(&out, " = ");
    put(&out, op[l->op]);
    put(&out, " ");
    if (l->op == OG_OP_INPUT) {
      put_number(&out, l->height);
      put(&out, " ");
      put_number(&out, l->width);
      put(&out, " ");
      put_number(&out, l->channels);
    } else
      put(&out, net->layers[l->input].name);
    if (l->op == OG_OP_CONV)
      put_conv(&out, net, l);
    if (l->op == OG_OP_MAXPOOL) {
      put(&out, " ");
      put_number(&out, l->size);
    }
    put(&out, "\n");
  }
  if (capacity)
    text[out.used < capacity ? out.used : capacity - 1] = 0;
  return out.used;
}

size_t og_layer_weights(const og_net *net, size_t layer) {
  const og_layer *l = &net->layers[layer];
  if (l->op != OG_OP_CONV)
    return 0;
  return (size_t)l->kernel_h * l->kernel_w * net->layers[l->input].channels * l->channels;
}

size_t og_net_parameters(const og_net *net) {
  size_t sum = 0;
  for (size_t i = 0; i < net->count; i++)
    if (net->layers[i].op == OG_OP_CONV)
      sum += og_layer_weights(net, i) + net->layers[i].channels;
  return sum;
}

size_t og_net_multiply_adds(const og_net *net) {
  size_t sum = 0;
  for (size_t i = 0; i < net->count; i++)
    sum += og_layer_weights(net, i) * net->layers[i].height * net->layers[i].width;
  return sum;
}
