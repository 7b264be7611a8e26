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

/* Limits: 2^20 files, 4 MiB each, 1 GiB in all, paths of 512 bytes, 8 folders deep. */

/* Reads DIR/NAME.zip if it is there, otherwise everything below the folder DIR/NAME. Litter
 * (names beginning with '.' or "__MACOSX") and anything but files is skipped. OG_ERROR_EMPTY, with
 * what was looked for, if neither exists. */
og_status tree_read(const char *dir, const char *name, tree *out, og_error *error);
/* Everything below the folder `path`. */
og_status tree_read_folder(const char *path, tree *out, og_error *error);
void tree_free(tree *t);

#endif
