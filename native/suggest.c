/* "Did you mean": the known word nearest to a mistyped one. */
#include "suggest.h"

#include <string.h>

enum { LONGEST = 40 };

/* Edits (insert, delete, replace) that turn a into b; both at most LONGEST long. */
static size_t distance(const char *a, const char *b) {
  size_t row[LONGEST + 1], width = strlen(b);
  for (size_t j = 0; j <= width; j++)
    row[j] = j;
  for (size_t i = 1; a[i - 1]; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= width; j++) {
      size_t best = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      if (row[j] + 1 < best)
        best = row[j] + 1;
      if (row[j - 1] + 1 < best)
        best = row[j - 1] + 1;
      row[j] = best;
    }
  }
  return row[width];
}

const char *suggest(const char *word, const char *const *known, size_t count) {
  const char *best = NULL;
  size_t length = strlen(word), least = length / 3 + 2;
  if (length > LONGEST)
    return NULL;
  for (size_t i = 0; i < count; i++) {
    if (strlen(known[i]) > LONGEST)
      continue;
    size_t edits = distance(word, known[i]);
    if (edits < least) {
      least = edits;
      best = known[i];
    }
  }
  return best;
}
