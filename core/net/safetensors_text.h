/* The header of a safetensors file, as text: of JSON as much as it may have, which is objects,
 * strings, and arrays of whole numbers.
 *
 * A reader for any JSON (jsmn) came to 2.4 KB more in each WebAssembly module, a twentieth of it:
 * most of that turned its tokens into the names and numbers that are taken here in one go.
 *
 * The caller walks the text in the order in which it stands, and says what it expects; nothing is
 * kept but strings. At the first thing that is not as expected the walk breaks off, and every later
 * call fails too, so only the end needs to ask og_st_text.broken. */
#ifndef OG_SAFETENSORS_TEXT_H
#define OG_SAFETENSORS_TEXT_H

#include <stddef.h>

typedef struct og_st_text {
  const char *at, *end; /* the text still to read */
  char *strings;        /* where the next string goes: as many bytes as there are to read */
  const char *broken;   /* where the walk broke off, or NULL */
} og_st_text;

/* The next character behind white space, or 0 at the end. */
char og_st_peek(og_st_text *text);
/* Inside an object: the next key, its colon taken, or NULL behind the last one. `*before` is '{' on
 * the first call. */
const char *og_st_key(og_st_text *text, char *before);
/* A string without its escapes, zero-terminated; a zero inside is not let in. */
const char *og_st_string(og_st_text *text);
/* An array of at most `most` whole numbers; returns how many. */
size_t og_st_sizes(og_st_text *text, size_t *out, size_t most);
/* Nothing but white space is left. */
void og_st_end(og_st_text *text);

#endif
