/* Few-shot episodes: which drawings are the support and which are the queries.
 *
 * Three ways of drawing them, never to be mixed (errors on one say little about another):
 *
 * - OG_TASK_WITHIN: an alphabet, uniformly from those that are large enough; `way` of its
 *   characters; shot + 1 different drawers. Support is what the first `shot` drew, queries are
 *   what the last one drew, one of each character.
 * - OG_TASK_ACROSS: `way` characters of all alphabets; for each one `shot` support drawings by
 *   different drawers, chosen anew for each character; one query of one of the characters, by a
 *   drawer who did not draw its support. (Bouma's protocol.)
 * - OG_TASK_CLASSES: `way` classes of the whole set, one query of each, drawers as the plan says.
 *
 * The order of the support is random, so the place of the truth carries no information. */
#ifndef OG_EPISODE_H
#define OG_EPISODE_H

#include "base/random.h"
#include "fewshot/dataset.h"

typedef enum og_task { OG_TASK_WITHIN, OG_TASK_ACROSS, OG_TASK_CLASSES } og_task;

/* For OG_TASK_CLASSES: who drew a query, compared with the support of its class. A drawing whose
 * drawer is not known counts as drawn by somebody else than every other drawing. */
typedef enum og_drawers {
  OG_DRAWERS_OTHER, /* nobody who drew its support */
  OG_DRAWERS_SAME,  /* the one person who drew all of its support */
  OG_DRAWERS_ANY,
} og_drawers;

enum { OG_MAX_WAY = 1 << 12, OG_MAX_SHOT = 1 << 8 };

typedef struct og_episode_plan {
  og_task task;
  size_t way;         /* 2 .. OG_MAX_WAY */
  size_t shot;        /* 1 .. OG_MAX_SHOT */
  og_drawers drawers; /* OG_TASK_CLASSES only */
  int unknown; /* OG_TASK_WITHIN only: half of the queries show characters of the alphabet that are
                  not in the support; there are as many as the alphabet has to spare, `way` at
                  most, and equally many known ones */
} og_episode_plan;

#define OG_UNKNOWN UINT32_MAX

typedef struct og_episode {
  const uint32_t *support; /* [way][shot] drawings */
  const uint32_t *query;   /* [queries] drawings */
  const uint32_t *truth;   /* [queries] row of the support, or OG_UNKNOWN */
  size_t queries;
  uint32_t alphabet; /* of the queries */
} og_episode;

typedef struct og_episodes og_episodes;

/* Keeps a pointer to `set`. OG_ERROR_ARGUMENT for a plan outside its ranges and OG_ERROR_TOO_LARGE
 * if the set has too few characters or drawers for it; the error says what is missing. Characters
 * that lack drawings take no part in ACROSS and CLASSES; for WITHIN only drawers who drew every
 * character of an alphabet count. */
og_status og_episodes_create(const og_dataset *set, const og_episode_plan *plan, og_episodes **out,
                             og_error *error);
void og_episodes_free(og_episodes *episodes);

/* Alphabets (WITHIN) or classes (the others) that the episodes are drawn from. */
size_t og_episodes_eligible(const og_episodes *episodes);

/* Draws the next episode; valid until the next call. */
const og_episode *og_episodes_next(og_episodes *episodes, og_random *random);

#endif
