/* Alphabets of compound characters: og_dataset_compounds. See dataset.h.
 *
 * Characters of many scripts differ in a mark alone, and each is drawn as its drawers draw its
 * parts. So one drawer's drawings of two characters give an honest drawing of a character that
 * nobody has drawn before, and twenty drawers' give a class of it. */
#include <stdlib.h>
#include <string.h>

#include "fewshot/dataset.h"
#include "ink/compose.h"

enum { MOST_LETTERS = 10, MOST_MARKS = 1024, TRIES = 500 };

/* A part of a compound: a character of the set, and where it stands. */
typedef struct sign {
  uint32_t class;
  float size, x, y;
} sign;

typedef struct compound {
  sign sign[OG_PARTS];
  size_t signs;
} compound;

/* What the set's characters look like. */
typedef struct source {
  const og_dataset *set;
  og_lines *lines;  /* [drawings] */
  uint32_t *simple; /* [simples] the third of the classes that have the shortest lines */
  size_t simples;
  uint32_t *order; /* scratch [classes] */
} source;

static uint32_t pick(og_random *r, size_t count) {
  return (uint32_t)og_random_below(r, count);
}

/* Different characters of one alphabet, or of the whole set if the alphabet has too few. Returns
 * how many there are. */
static uint32_t pick_letters(const source *from, og_random *r, uint32_t wanted, uint32_t *letters) {
  const og_dataset *set = from->set;
  uint32_t alphabet = pick(r, set->alphabets), first = set->alphabet_start[alphabet];
  size_t count = set->alphabet_start[alphabet + 1] - first;
  if (count < wanted) {
    first = 0;
    count = set->classes;
  }
  uint32_t taken = count < wanted ? (uint32_t)count : wanted;
  for (uint32_t i = 0; i < count; i++)
    from->order[i] = first + i;
  og_random_shuffle(r, from->order, count, taken);
  memcpy(letters, from->order, taken * sizeof *letters);
  return taken;
}

/* Where marks stand: above, below, beside, at the corners, or in the letter. */
enum { OUTSIDE = 8, PLACES = 12 };
static const float places[PLACES][2] = {
    {0, -0.65f},  {0, 0.65f},    {-0.65f, 0}, {0.65f, 0}, {0.5f, -0.5f}, {-0.5f, -0.5f},
    {0.5f, 0.5f}, {-0.5f, 0.5f}, {0, 0},      {0.3f, 0},  {0, 0.3f},     {-0.3f, -0.1f}};

static sign put_mark(uint32_t class, float size, uint32_t place) {
  float out = place < OUTSIDE ? 0.7f + size : 1; /* a large mark keeps its distance */
  return (sign){class, size, places[place][0] * out, places[place][1] * out};
}

/* Marks: mostly simple characters, small, and often the one before in another place. */
static void invent_marks(const source *from, og_random *r, size_t count, sign *marks) {
  uint32_t place = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t simple = from->simple[pick(r, from->simples)], any = pick(r, from->set->classes);
    uint32_t class = og_random_chance(r, 0.8f) ? simple : any;
    float size = og_random_between(r, 0.15f, 0.5f);
    if (i && og_random_chance(r, 0.4f)) {
      place = (place + 1 + pick(r, PLACES - 1)) % PLACES;
      marks[i] = put_mark(marks[i - 1].class, marks[i - 1].size, place);
    } else {
      place = pick(r, PLACES);
      marks[i] = put_mark(class, size, place);
    }
  }
}

/* Four to eight letters, each alone and with each of the marks. */
static void invent_marked(const source *from, og_random *r, size_t count, compound *out) {
  uint32_t letters[MOST_LETTERS], letter_count = pick_letters(from, r, 4 + pick(r, 5), letters);
  size_t mark_count = (count + letter_count - 1) / letter_count;
  mark_count = mark_count < MOST_MARKS ? mark_count : MOST_MARKS;
  sign marks[MOST_MARKS];
  invent_marks(from, r, mark_count, marks);
  for (size_t c = 0; c < count; c++) {
    size_t mark = c / letter_count;
    out[c] = (compound){{{letters[c % letter_count], 1, 0, 0}}, 1};
    if (mark > 0)
      out[c].sign[out[c].signs++] = marks[(mark - 1) % mark_count];
    if (mark > 1 && og_random_chance(r, 0.1f))
      out[c].sign[out[c].signs++] = marks[(mark - 2) % mark_count];
  }
}

static int is_among(const compound *known, size_t count, uint32_t first, uint32_t second) {
  for (size_t i = 0; i < count; i++)
    if (known[i].sign[0].class == first && known[i].sign[1].class == second)
      return 1;
  return 0;
}

/* Two of six to ten letters, side by side or one above the other. */
static void invent_joined(const source *from, og_random *r, size_t count, compound *out) {
  uint32_t letters[MOST_LETTERS], letter_count = pick_letters(from, r, 6 + pick(r, 5), letters);
  int down = og_random_chance(r, 0.4f);
  float apart = og_random_between(r, 0.55f, 1), second = og_random_between(r, 0.5f, 1);
  for (size_t c = 0; c < count; c++)
    for (int tries = 0; tries < TRIES; tries++) {
      uint32_t a = letters[pick(r, letter_count)], b = letters[pick(r, letter_count)];
      out[c] = (compound){{{a, 1, 0, 0}, {b, second, down ? 0 : apart, down ? apart : 0}}, 2};
      if (!is_among(out, c, a, b))
        break;
    }
}

static og_status draw(const source *from, const compound *c, uint32_t drawer, og_random *r,
                      uint8_t raster[OG_RASTER_SIZE]) {
  og_part parts[OG_PARTS];
  for (size_t i = 0; i < c->signs; i++) {
    const uint32_t *start = from->set->class_start + c->sign[i].class;
    const og_lines *lines = &from->lines[start[0] + drawer % (start[1] - start[0])];
    parts[i] = (og_part){lines, c->sign[i].size, c->sign[i].x, c->sign[i].y};
  }
  return og_compose(parts, c->signs, r, raster);
}

/* Draws alphabet `a` of `out`. */
static og_status fill(const source *from, uint64_t seed, size_t a, compound *compounds,
                      og_dataset *out) {
  size_t classes = out->classes / out->alphabets;
  og_random taste = og_random_stream(seed, a);
  (og_random_chance(&taste, 0.65f) ? invent_marked : invent_joined)(from, &taste, classes,
                                                                    compounds);
  og_status status = OG_OK;
  uint32_t end = out->class_start[(a + 1) * classes];
  for (uint32_t i = out->class_start[a * classes]; !status && i < end; i++) {
    og_random hand = og_random_stream(seed ^ 0x68616e64, i);
    status = draw(from, &compounds[out->class_of[i] % classes], out->drawer_of[i], &hand,
                  out->rasters + (size_t)i * OG_RASTER_SIZE);
  }
  return status;
}

/* How much line a class has, for its size: that of its first drawing. */
static float length_of(const source *from, uint32_t class) {
  const og_lines *l = &from->lines[from->set->class_start[class]];
  int wide = l->right - l->left, high = l->bottom - l->top;
  return (float)l->count / (float)(1 + (wide > high ? wide : high));
}

/* The simplest third, by counting for each class how many are simpler. */
static void find_simple(source *from) {
  size_t classes = from->set->classes, wanted = (classes + 2) / 3;
  for (uint32_t c = 0; c < classes && from->simples < wanted; c++) {
    size_t before = 0;
    float length = length_of(from, c);
    for (uint32_t o = 0; o < classes; o++)
      before += length_of(from, o) < length;
    if (before < wanted)
      from->simple[from->simples++] = c;
  }
}

static og_status look(const og_dataset *set, source *from) {
  *from = (source){.set = set};
  from->lines = calloc(set->drawings + 1, sizeof *from->lines);
  from->simple = calloc(set->classes + 1, sizeof *from->simple);
  from->order = calloc(set->classes + 1, sizeof *from->order);
  og_status status = from->lines && from->simple && from->order ? OG_OK : OG_ERROR_MEMORY;
  for (size_t i = 0; !status && i < set->drawings; i++)
    status = og_lines_find(og_dataset_raster(set, i), &from->lines[i]);
  if (!status)
    find_simple(from);
  return status;
}

static void forget(source *from) {
  for (size_t i = 0; from->lines && i < from->set->drawings; i++)
    og_lines_free(&from->lines[i]);
  free(from->lines);
  free(from->simple);
  free(from->order);
}

og_status og_dataset_compounds(const og_dataset *set, uint64_t seed, size_t alphabets,
                               size_t classes_each, size_t drawers, og_dataset **out) {
  *out = NULL;
  for (size_t c = 0; c < set->classes; c++)
    if (set->class_start[c] == set->class_start[c + 1])
      return OG_ERROR_EMPTY;
  if (!set->classes)
    return OG_ERROR_EMPTY;
  og_dataset *made;
  og_status status =
      og_dataset_create_even(alphabets, classes_each, drawers, "compound", "character", &made);
  if (status)
    return status;
  compound *compounds = calloc(classes_each, sizeof *compounds);
  source from;
  status = look(set, &from);
  if (!compounds)
    status = OG_ERROR_MEMORY;
  for (size_t a = 0; !status && a < alphabets; a++)
    status = fill(&from, seed, a, compounds, made);
  forget(&from);
  free(compounds);
  return og_dataset_finish(status, made, out);
}
