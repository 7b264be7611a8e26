/* Data sets in memory. See dataset.h. */
#include "fewshot/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "ink/ink.h"

og_status og_dataset_create(size_t drawings, size_t classes, size_t alphabets, og_dataset **out) {
  *out = NULL;
  if (drawings > SIZE_MAX / OG_RASTER_SIZE || drawings > UINT32_MAX || classes >= UINT32_MAX / 8 ||
      alphabets >= UINT32_MAX)
    return OG_ERROR_TOO_LARGE;
  og_dataset *s = calloc(1, sizeof *s);
  if (!s)
    return OG_ERROR_MEMORY;
  *s = (og_dataset){.drawings = drawings, .classes = classes, .alphabets = alphabets};
  s->rasters = calloc(drawings + 1, OG_RASTER_SIZE);
  s->class_of = calloc(drawings + 1, sizeof *s->class_of);
  s->drawer_of = calloc(drawings + 1, sizeof *s->drawer_of);
  s->class_start = calloc(classes + 1, sizeof *s->class_start);
  s->alphabet_of = calloc(classes + 1, sizeof *s->alphabet_of);
  s->alphabet_start = calloc(alphabets + 1, sizeof *s->alphabet_start);
  s->class_names = calloc(classes + 1, sizeof *s->class_names);
  s->alphabet_names = calloc(alphabets + 1, sizeof *s->alphabet_names);
  if (!s->rasters || !s->class_of || !s->drawer_of || !s->class_start || !s->alphabet_of ||
      !s->alphabet_start || !s->class_names || !s->alphabet_names) {
    og_dataset_free(s);
    return OG_ERROR_MEMORY;
  }
  *out = s;
  return OG_OK;
}

void og_dataset_free(og_dataset *s) {
  if (!s)
    return;
  for (size_t i = 0; s->class_names && i < s->classes; i++)
    free(s->class_names[i]);
  for (size_t i = 0; s->alphabet_names && i < s->alphabets; i++)
    free(s->alphabet_names[i]);
  for (size_t i = 0; s->ink && i < s->drawings; i++) {
    free(s->ink[i].xy);
    free(s->ink[i].lengths);
  }
  void *owned[] = {s->rasters,     s->class_of,       s->drawer_of,
                   s->class_start, s->alphabet_of,    s->alphabet_start,
                   s->class_names, s->alphabet_names, s->ink};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
    free(owned[i]);
  free(s);
}

static char *copy_name(const char *name) {
  size_t size = strlen(name) + 1;
  char *copy = malloc(size);
  return copy ? memcpy(copy, name, size) : NULL;
}

static int copy_ink(const og_ink *from, og_ink *to) {
  if (!from->strokes)
    return 1;
  size_t xy = (size_t)from->points * 2 * sizeof *to->xy,
         lengths = from->strokes * sizeof *to->lengths;
  *to = (og_ink){malloc(xy + 1), malloc(lengths), from->strokes, from->points};
  if (!to->xy || !to->lengths)
    return 0;
  memcpy(to->xy, from->xy, xy);
  memcpy(to->lengths, from->lengths, lengths);
  return 1;
}

/* Copies the strokes of `count` drawings, if there are any. */
static int append_ink(const og_dataset *set, uint32_t first, uint32_t count, og_dataset *to,
                      uint32_t at) {
  int good = 1;
  if (!set->ink)
    return 1;
  if (!to->ink)
    to->ink = calloc(to->drawings + 1, sizeof *to->ink);
  if (!to->ink)
    return 0;
  for (uint32_t i = 0; i < count; i++)
    good &= copy_ink(&set->ink[first + i], &to->ink[at + i]);
  return good;
}

/* Numbers of drawers, both included. */
typedef struct drawer_range {
  uint32_t least, most;
} drawer_range;

static const drawer_range every_drawer = {0, OG_NO_DRAWER};

/* Copies class `from` with its drawings by some drawers, which lie side by side, behind what `to`
 * holds already. */
static int append_class(const og_dataset *set, size_t from, drawer_range drawers, og_dataset *to,
                        size_t class, size_t alphabet) {
  uint32_t first = set->class_start[from], last = set->class_start[from + 1];
  while (first < last && set->drawer_of[first] < drawers.least)
    first++;
  while (first < last && set->drawer_of[last - 1] > drawers.most)
    last--;
  uint32_t at = to->class_start[class], count = last - first;
  memcpy(to->rasters + (size_t)at * OG_RASTER_SIZE, og_dataset_raster(set, first),
         (size_t)count * OG_RASTER_SIZE);
  memcpy(to->drawer_of + at, set->drawer_of + first, count * sizeof *to->drawer_of);
  for (uint32_t i = 0; i < count; i++)
    to->class_of[at + i] = (uint32_t) class;
  to->class_start[class + 1] = at + count;
  to->alphabet_of[class] = (uint32_t)alphabet;
  to->class_names[class] = copy_name(set->class_names[from]);
  return to->class_names[class] != NULL && append_ink(set, first, count, to, at);
}

/* How much of a set is filled. */
typedef struct fill_end {
  size_t class, alphabet;
} fill_end;

static int append_alphabet(const og_dataset *set, size_t from, drawer_range drawers, og_dataset *to,
                           fill_end *end) {
  int good = 1;
  for (size_t c = set->alphabet_start[from]; c < set->alphabet_start[from + 1]; c++)
    good &= append_class(set, c, drawers, to, end->class ++, end->alphabet);
  to->alphabet_names[end->alphabet] = copy_name(set->alphabet_names[from]);
  good &= to->alphabet_names[end->alphabet] != NULL;
  to->alphabet_start[++end->alphabet] = (uint32_t)end->class;
  return good;
}

og_status og_dataset_finish(og_status status, og_dataset *set, og_dataset **out) {
  *out = status ? NULL : set;
  if (status)
    og_dataset_free(set);
  return status;
}

og_status og_dataset_select(const og_dataset *set, const uint8_t *keep, og_dataset **out) {
  size_t drawings = 0, classes = 0, alphabets = 0;
  *out = NULL;
  for (size_t a = 0; a < set->alphabets; a++)
    if (keep[a]) {
      uint32_t first = set->alphabet_start[a], end = set->alphabet_start[a + 1];
      alphabets++;
      classes += end - first;
      drawings += set->class_start[end] - set->class_start[first];
    }
  if (!drawings)
    return OG_ERROR_EMPTY;
  og_dataset *to;
  og_status status = og_dataset_create(drawings, classes, alphabets, &to);
  if (status)
    return status;
  fill_end end = {0};
  int good = 1;
  for (size_t a = 0; a < set->alphabets; a++)
    good &= !keep[a] || append_alphabet(set, a, every_drawer, to, &end);
  return og_dataset_finish(good ? OG_OK : OG_ERROR_MEMORY, to, out);
}

/* Sets *number to that of an alphabet's drawer who has `rank` others before; whether there is one.
 */
static int find_drawer(const og_dataset *set, size_t alphabet, size_t rank, uint32_t *number) {
  uint32_t begin = set->class_start[set->alphabet_start[alphabet]];
  uint32_t end = set->class_start[set->alphabet_start[alphabet + 1]], least = 0;
  for (size_t passed = 0; passed <= rank; passed++) {
    *number = OG_NO_DRAWER; /* which is more than all of them */
    for (uint32_t i = begin; i < end; i++)
      if (set->drawer_of[i] >= least && set->drawer_of[i] < *number)
        *number = set->drawer_of[i];
    if (*number == OG_NO_DRAWER)
      return 0;
    least = *number + 1;
  }
  return 1;
}

og_status og_dataset_take_drawers(const og_dataset *set, size_t first, size_t count,
                                  og_dataset **out, size_t *lacking) {
  *out = NULL;
  og_dataset *to;
  og_status status = og_dataset_create(set->drawings, set->classes, set->alphabets, &to);
  if (status)
    return status;
  fill_end end = {0};
  int good = 1;
  for (size_t a = 0; a < set->alphabets; a++) {
    drawer_range range;
    if (!count || !find_drawer(set, a, first, &range.least) ||
        !find_drawer(set, a, first + count - 1, &range.most)) {
      *lacking = a;
      og_dataset_free(to);
      return OG_ERROR_EMPTY;
    }
    good &= append_alphabet(set, a, range, to, &end);
  }
  to->drawings = to->class_start[to->classes];
  return og_dataset_finish(good ? OG_OK : OG_ERROR_MEMORY, to, out);
}

og_status og_dataset_join(const og_dataset *first, const og_dataset *second, og_dataset **out) {
  *out = NULL;
  og_dataset *to;
  og_status status =
      og_dataset_create(first->drawings + second->drawings, first->classes + second->classes,
                        first->alphabets + second->alphabets, &to);
  if (status)
    return status;
  fill_end end = {0};
  int good = 1;
  for (size_t a = 0; a < first->alphabets; a++)
    good &= append_alphabet(first, a, every_drawer, to, &end);
  for (size_t a = 0; a < second->alphabets; a++)
    good &= append_alphabet(second, a, every_drawer, to, &end);
  return og_dataset_finish(good ? OG_OK : OG_ERROR_MEMORY, to, out);
}

/* "WORDnn", or "WORDnn/WORDnn" where there is a class, counted from 1 with at least two digits. */
static char *numbered_name(const char *const words[2], size_t alphabet, size_t class) {
  char name[96] = "";
  size_t values[] = {alphabet, class}, used = 0;
  for (int part = 0; part < (class ? 2 : 1); part++) {
    if (part)
      name[used++] = '/';
    size_t length = strlen(words[part]);
    memcpy(name + used, words[part], length);
    used += length;
    char digits[24];
    size_t count = 0;
    for (size_t v = values[part]; v || count < 2; v /= 10)
      digits[count++] = (char)('0' + v % 10);
    while (count)
      name[used++] = digits[--count];
  }
  name[used] = 0;
  return copy_name(name);
}

og_status og_dataset_create_even(size_t alphabets, size_t classes_each, size_t drawers,
                                 const char *alphabet_word, const char *class_word,
                                 og_dataset **out) {
  enum { MOST = 4096 };
  const char *const words[2] = {alphabet_word, class_word};
  *out = NULL;
  if (!alphabets || !classes_each || !drawers)
    return OG_ERROR_ARGUMENT;
  if (alphabets > MOST || classes_each > MOST || drawers > MOST)
    return OG_ERROR_TOO_LARGE;
  og_dataset *s;
  size_t classes = alphabets * classes_each;
  og_status status = og_dataset_create(classes * drawers, classes, alphabets, &s);
  if (status)
    return status;
  int good = 1;
  for (size_t a = 0; a < alphabets; a++) {
    s->alphabet_start[a + 1] = (uint32_t)((a + 1) * classes_each);
    good &= (s->alphabet_names[a] = numbered_name(words, a + 1, 0)) != NULL;
  }
  for (size_t c = 0; c < classes; c++) {
    size_t a = c / classes_each;
    s->alphabet_of[c] = (uint32_t)a;
    s->class_start[c + 1] = (uint32_t)((c + 1) * drawers);
    good &= (s->class_names[c] = numbered_name(words, a + 1, c % classes_each + 1)) != NULL;
  }
  for (size_t i = 0; i < s->drawings; i++) {
    s->class_of[i] = (uint32_t)(i / drawers);
    s->drawer_of[i] = (uint32_t)(i % drawers);
  }
  return og_dataset_finish(good ? OG_OK : OG_ERROR_MEMORY, s, out);
}

og_status og_dataset_procedural(uint64_t seed, size_t alphabets, size_t loose, size_t classes_each,
                                size_t drawers, og_dataset **out) {
  *out = NULL;
  if (loose > alphabets)
    return OG_ERROR_ARGUMENT;
  og_dataset *s;
  og_status status =
      og_dataset_create_even(alphabets, classes_each, drawers, "alphabet", "symbol", &s);
  if (status)
    return status;
  for (size_t i = 0; !status && i < s->drawings; i++) {
    size_t alphabet = i / drawers / classes_each, symbol = i / drawers % classes_each;
    og_symbol_style style = alphabet < alphabets - loose ? OG_SYMBOL_JOINED : OG_SYMBOL_LOOSE;
    og_drawing drawing;
    og_symbol_draw(style, seed + alphabet, (uint32_t)symbol, (uint32_t)(i % drawers), &drawing);
    og_strokes strokes = og_drawing_strokes(&drawing);
    status =
        og_raster_from_strokes(&strokes, OG_FRAME_OMNIGLOT, s->rasters + i * OG_RASTER_SIZE, NULL);
  }
  return og_dataset_finish(status, s, out);
}
