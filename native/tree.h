/* A tree of small files, from a folder or from the zip it was packed in. */
#ifndef TREE_H
#define TREE_H

#include "oneglyph.h"

typedef struct tree_file {
  char *name; /* relative path with '/', without the tree's own top folder */
  uint8_t *bytes;
  size_t size;
} tree_file;

typedef struct tree {
  char *path; /* of the zip or folder, for messages */
  size_t count;
  tree_file *files; /* sorted by name */
} tree;

/* Limits: 2^20 files, 4 MiB each, 1 GiB in all, paths of 512 bytes, 2^14 folders, 8 deep. */

/* Where a tree may lie. In each place in turn it is NAME.zip, else everything below the folder
 * NAME, else, if `parts` is not NULL, what is below the folders PARTS01, PARTS02, ... in the place.
 */
typedef struct tree_spec {
  const char *name, *parts;
  const char *const *places; /* below a given folder, "." being itself; NULL ends them */
} tree_spec;

/* Reads the first tree found in `dir`. Litter (names beginning with '.' or "__MACOSX") and anything
 * but files is skipped. OG_ERROR_EMPTY, with what was looked for, if it is in none of the places.
 */
og_status tree_read(const char *dir, const tree_spec *spec, tree *out, og_error *error);
/* Where Omniglot's sets lie: where they were put, or in a copy of the data's own repository. */
extern const char *const tree_set_places[];
/* Everything below the folder `path`. */
og_status tree_read_folder(const char *path, tree *out, og_error *error);
void tree_free(tree *t);

#endif
