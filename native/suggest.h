/* "Did you mean": the known word nearest to a mistyped one. */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <stddef.h>

/* The word of `known` [count] with the smallest Levenshtein distance to `word`, or NULL if none is
 * near enough to be meant (at most a third of the letters, and at least one, may differ). */
const char *suggest(const char *word, const char *const *known, size_t count);

#endif
