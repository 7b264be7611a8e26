/* Which characters an evaluation takes for each other. */
#ifndef EVAL_CONFUSIONS_H
#define EVAL_CONFUSIONS_H

#include "eval_judge.h"

/* One error. The three are drawings of the judge. */
typedef struct confusion {
  uint32_t query;
  uint32_t right, wrong; /* the example most like the query of its own and of the chosen class */
  float right_score, wrong_score;
} confusion;

/* Every error of an evaluation. Starts as zeros. */
typedef struct confusion_list {
  confusion *all;
  size_t count, room;
} confusion_list;

/* Two classes and how often each was taken for the other. */
typedef struct confused_pair {
  uint32_t first, second;  /* classes; first < second */
  size_t forth, back;      /* first taken for second, second taken for first */
  const confusion *widest; /* the error whose wrong score is farthest above the right one */
} confused_pair;

typedef struct confused_pairs {
  size_t count;
  confused_pair *pair; /* the most frequent first, of equal ones the widest */
} confused_pairs;

/* Adds the error of a query whose support is support[way][shot], whose class is `truth` and for
 * which `chosen` scored at least as much. */
og_status confusion_add(confusion_list *list, const judge *j, const uint32_t *support, size_t shot,
                        uint32_t truth, uint32_t chosen, uint32_t query);
void confusion_list_free(confusion_list *list);

/* Puts equal pairs together. `class_of` [drawings] says what class a drawing is of;
 * NULL if every example is a class of its own. Keeps pointers into the list. */
og_status confusion_pairs(const confusion_list *list, const uint32_t *class_of,
                          confused_pairs *out);
void confused_pairs_free(confused_pairs *pairs);

#endif
