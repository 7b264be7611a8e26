/* Drawing few-shot episodes. See episode.h. */
#include "fewshot/episode.h"

#include <stdlib.h>

#include "base/error.h"

struct og_episodes {
  const og_dataset *set;
  og_episode_plan plan;
  og_episode now;
  uint32_t *support, *query, *truth;
  uint32_t *eligible; /* alphabets or classes; in any order, for every call shuffles it */
  size_t count;
  uint32_t *drawers;       /* people of one alphabet who drew all of it, alphabet after alphabet */
  uint32_t *drawers_start; /* [alphabets + 1] */
  uint32_t *scratch;       /* a permutation of characters or of drawings */
};

/* True unless both drawings are known to be by one person. */
static int by_different_people(const og_dataset *set, uint32_t a, uint32_t b) {
  return set->drawer_of[a] != set->drawer_of[b] || set->drawer_of[a] == OG_NO_DRAWER;
}

/* The first drawing of class `c` by `drawer`, or UINT32_MAX. */
static uint32_t drawing_by(const og_dataset *set, uint32_t c, uint32_t drawer) {
  for (uint32_t i = set->class_start[c]; i < set->class_start[c + 1]; i++)
    if (set->drawer_of[i] == drawer)
      return i;
  return UINT32_MAX;
}

/* Tries `query` with support taken greedily, in the order of `order` [n]. Being by other people
 * than those before is the only condition, so if greed fails nothing else works. */
static int complete(const og_episodes *e, const uint32_t *order, size_t n, uint32_t query,
                    uint32_t *support) {
  const og_dataset *set = e->set;
  int distinct = e->plan.task == OG_TASK_ACROSS;
  og_drawers drawers = distinct ? OG_DRAWERS_OTHER : e->plan.drawers;
  size_t found = 0;
  for (size_t i = 0; i < n && found < e->plan.shot; i++) {
    uint32_t d = order[i];
    int other = by_different_people(set, d, query);
    int fits = d != query && (drawers == OG_DRAWERS_ANY || other == (drawers == OG_DRAWERS_OTHER));
    for (size_t k = 0; distinct && k < found; k++)
      fits &= by_different_people(set, d, support[k]);
    if (fits)
      support[found++] = d;
  }
  return found == e->plan.shot;
}

/* Support and query of class `c` in the order of its drawings in scratch [n]. */
static int pick(const og_episodes *e, size_t n, uint32_t *support, uint32_t *query) {
  for (size_t i = 0; i < n; i++)
    if (complete(e, e->scratch, n, e->scratch[i], support)) {
      *query = e->scratch[i];
      return 1;
    }
  return 0;
}

/* Fills scratch with the drawings of class `c`; returns how many. */
static size_t list_drawings(const og_episodes *e, uint32_t c) {
  uint32_t first = e->set->class_start[c], n = e->set->class_start[c + 1] - first;
  for (uint32_t i = 0; i < n; i++)
    e->scratch[i] = first + i;
  return n;
}

static void list_classes(og_episodes *e) {
  for (uint32_t c = 0; c < e->set->classes; c++)
    if (pick(e, list_drawings(e, c), e->support, e->query))
      e->eligible[e->count++] = c;
}

/* Appends the people who drew every character of alphabet `a`. */
static uint32_t list_drawers(og_episodes *e, uint32_t a, uint32_t end) {
  const og_dataset *set = e->set;
  uint32_t first = set->alphabet_start[a], last = set->alphabet_start[a + 1];
  if (first == last)
    return end;
  for (uint32_t i = set->class_start[first]; i < set->class_start[first + 1]; i++) {
    uint32_t drawer = set->drawer_of[i];
    /* Drawings are sorted by drawer, so a repeated one stands behind its like. */
    int all =
        drawer != OG_NO_DRAWER && (i == set->class_start[first] || set->drawer_of[i - 1] != drawer);
    for (uint32_t c = first + 1; all && c < last; c++)
      all = drawing_by(set, c, drawer) != UINT32_MAX;
    if (all)
      e->drawers[end++] = drawer;
  }
  return end;
}

static void list_alphabets(og_episodes *e) {
  size_t needed = e->plan.way + (e->plan.unknown != 0);
  for (uint32_t a = 0; a < e->set->alphabets; a++) {
    uint32_t start = e->drawers_start[a], end = list_drawers(e, a, start);
    e->drawers_start[a + 1] = end;
    size_t characters = e->set->alphabet_start[a + 1] - e->set->alphabet_start[a];
    if (characters >= needed && end - start > e->plan.shot)
      e->eligible[e->count++] = a;
  }
}

static og_status check_plan(const og_episode_plan *plan, og_error *error) {
  if (plan->way < 2 || plan->way > OG_MAX_WAY)
    return og_fail(error, OG_ERROR_ARGUMENT, "way must be 2 to 4096", NULL);
  if (plan->shot < 1 || plan->shot > OG_MAX_SHOT)
    return og_fail(error, OG_ERROR_ARGUMENT, "shot must be 1 to 256", NULL);
  if (plan->unknown && plan->task != OG_TASK_WITHIN)
    return og_fail(error, OG_ERROR_ARGUMENT, "unknown queries need the task within", NULL);
  return OG_OK;
}

/* Says what the plan asks for and the set has not. */
static og_status too_few(const og_episodes *e, og_error *error) {
  char way[OG_NUMBER_TEXT], shot[OG_NUMBER_TEXT], have[OG_NUMBER_TEXT];
  og_number_text(way, e->plan.way + (e->plan.unknown != 0));
  og_number_text(have, e->count);
  og_number_text(shot, e->plan.shot + 1);
  if (e->plan.task == OG_TASK_WITHIN)
    return og_fail(error, OG_ERROR_TOO_LARGE, "no alphabet has ", way, " characters that the same ",
                   shot, " people drew", NULL);
  return og_fail(error, OG_ERROR_TOO_LARGE, way, " classes are needed and ", have,
                 e->count == 1 ? " has " : " have ", shot,
                 e->plan.task == OG_TASK_ACROSS        ? " drawings by different people"
                 : e->plan.drawers == OG_DRAWERS_ANY   ? " drawings"
                 : e->plan.drawers == OG_DRAWERS_OTHER ? " drawings with one by somebody else"
                                                       : " drawings by one person",
                 NULL);
}

og_status og_episodes_create(const og_dataset *set, const og_episode_plan *plan, og_episodes **out,
                             og_error *error) {
  *out = NULL;
  og_status status = check_plan(plan, error);
  if (status)
    return status;
  og_episodes *e = calloc(1, sizeof *e);
  if (!e)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  e->set = set;
  e->plan = *plan;
  size_t largest = set->drawings + set->classes + set->alphabets + 1, size = sizeof(uint32_t);
  e->support = calloc(plan->way * plan->shot, size);
  e->query = calloc(2 * plan->way, size);
  e->truth = calloc(2 * plan->way, size);
  e->eligible = calloc(largest, size);
  e->drawers = calloc(largest, size);
  e->drawers_start = calloc(set->alphabets + 1, size);
  e->scratch = calloc(largest, size);
  if (!e->support || !e->query || !e->truth || !e->eligible || !e->drawers || !e->drawers_start ||
      !e->scratch)
    status = og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  else if (plan->task == OG_TASK_WITHIN)
    list_alphabets(e);
  else
    list_classes(e);
  if (!status && e->count < (plan->task == OG_TASK_WITHIN ? 1 : plan->way))
    status = too_few(e, error);
  if (status) {
    og_episodes_free(e);
    return status;
  }
  e->now = (og_episode){.support = e->support, .query = e->query, .truth = e->truth};
  *out = e;
  return OG_OK;
}

void og_episodes_free(og_episodes *e) {
  if (!e)
    return;
  free(e->support);
  free(e->query);
  free(e->truth);
  free(e->eligible);
  free(e->drawers);
  free(e->drawers_start);
  free(e->scratch);
  free(e);
}

size_t og_episodes_eligible(const og_episodes *e) {
  return e->count;
}

static void next_within(og_episodes *e, og_random *random) {
  const og_dataset *set = e->set;
  size_t way = e->plan.way, shot = e->plan.shot;
  uint32_t a = e->eligible[og_random_below(random, e->count)];
  uint32_t first = set->alphabet_start[a], n = set->alphabet_start[a + 1] - first;
  uint32_t *drawers = e->drawers + e->drawers_start[a];
  og_random_shuffle(random, drawers, e->drawers_start[a + 1] - e->drawers_start[a], shot + 1);
  for (uint32_t i = 0; i < n; i++)
    e->scratch[i] = first + i;
  size_t spare = n - way < way ? n - way : way;
  og_random_shuffle(random, e->scratch, n, e->plan.unknown ? way + spare : way);
  for (size_t i = 0; i < way; i++)
    for (size_t k = 0; k < shot; k++)
      e->support[i * shot + k] = drawing_by(set, e->scratch[i], drawers[k]);
  e->now.queries = e->plan.unknown ? 2 * spare : way;
  for (size_t q = 0; q < e->now.queries; q++) {
    /* Known and unknown take turns, so the first queries of an episode have both. */
    int unknown = e->plan.unknown && q % 2;
    size_t row = e->plan.unknown ? q / 2 : q;
    e->query[q] = drawing_by(set, e->scratch[unknown ? way + row : row], drawers[shot]);
    e->truth[q] = unknown ? OG_UNKNOWN : (uint32_t)row;
  }
  e->now.alphabet = a;
}

/* Support of `way` classes; `query` [way] gets a query of each. */
static void next_classes(og_episodes *e, og_random *random) {
  og_random_shuffle(random, e->eligible, e->count, e->plan.way);
  for (size_t i = 0; i < e->plan.way; i++) {
    size_t n = list_drawings(e, e->eligible[i]);
    og_random_shuffle(random, e->scratch, n, n);
    pick(e, n, e->support + i * e->plan.shot, e->query + i);
    e->truth[i] = (uint32_t)i;
  }
  e->now.queries = e->plan.way;
  if (e->plan.task == OG_TASK_ACROSS) {
    uint32_t i = (uint32_t)og_random_below(random, e->plan.way);
    e->now.queries = 1;
    e->query[0] = e->query[i];
    e->truth[0] = i;
  }
  e->now.alphabet = e->set->alphabet_of[e->set->class_of[e->query[0]]];
}

const og_episode *og_episodes_next(og_episodes *e, og_random *random) {
  if (e->plan.task == OG_TASK_WITHIN)
    next_within(e, random);
  else
    next_classes(e, random);
  return &e->now;
}
