/* Trees of files. See tree.h. */
#include "tree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "base/error.h"
#include "files.h"

enum {
  MOST_FILES = 1 << 20,
  MOST_FOLDERS = 1 << 14, /* links that lead back make endlessly many of a few */
  MOST_FILE = 1 << 22,
  MOST_ALL = 1 << 30,
  MOST_PATH = 512,
  MOST_DEPTH = 8
};

typedef struct builder {
  tree *out;
  size_t capacity, bytes, folders;
  const char *parts; /* of the top folder, only folders with this name and two digits; or NULL */
  og_error *error;
} builder;

/* True for paths with a component that is a desktop's own (".DS_Store", "__MACOSX", "._a.png") and
 * for any that would leave the tree. */
static int is_litter(const char *name) {
  for (const char *c = name; c; c = strchr(c, '/'), c = c ? c + 1 : c)
    if (*c == '.' || *c == '/' || *c == 0 || strncmp(c, "__MACOSX", 8) == 0)
      return 1;
  return 0;
}

/* Takes ownership of `bytes`, also on failure. */
static og_status add_file(builder *b, const char *name, uint8_t *bytes, size_t size) {
  tree *t = b->out;
  b->bytes += size;
  og_status status = t->count >= MOST_FILES || b->bytes > MOST_ALL ? OG_ERROR_TOO_LARGE : OG_OK;
  if (status)
    og_fail(b->error, status, t->path, ": more files or bytes than a data set has", NULL);
  if (!status && t->count == b->capacity) {
    b->capacity = b->capacity ? 2 * b->capacity : 1024;
    tree_file *more = realloc(t->files, b->capacity * sizeof *more);
    if (more)
      t->files = more;
    else
      status = og_fail(b->error, OG_ERROR_MEMORY, t->path, ": out of memory", NULL);
  }
  char *copy = status ? NULL : strdup(name);
  if (!copy) {
    free(bytes);
    return status ? status : og_fail(b->error, OG_ERROR_MEMORY, t->path, ": out of memory", NULL);
  }
  t->files[t->count++] = (tree_file){copy, bytes, size};
  return OG_OK;
}

static og_status bad_entry(const builder *b, const char *name, const char *what) {
  return og_fail(b->error, OG_ERROR_FORMAT, b->out->path, ": ", name, ": ", what, NULL);
}

static og_status add_entry(builder *b, zip_t *zip, zip_uint64_t i, const char *top) {
  zip_stat_t info;
  if (zip_stat_index(zip, i, 0, &info) != 0 || !(info.valid & ZIP_STAT_NAME))
    return bad_entry(b, "an entry", zip_strerror(zip));
  const char *name = info.name;
  size_t length = strlen(name), prefix = strlen(top);
  if (length == 0 || name[length - 1] == '/')
    return OG_OK;
  if (strncmp(name, top, prefix) == 0 && name[prefix] == '/')
    name += prefix + 1;
  if (is_litter(name))
    return OG_OK;
  if (length > MOST_PATH || !(info.valid & ZIP_STAT_SIZE) || info.size > MOST_FILE)
    return bad_entry(b, name, "larger than any drawing");
  zip_file_t *file = zip_fopen_index(zip, i, 0);
  uint8_t *bytes = malloc((size_t)info.size + 1);
  /* One byte more than promised is asked for, so that a lying header shows. */
  zip_int64_t got = file && bytes ? zip_fread(file, bytes, info.size + 1) : -1;
  int closed = file ? zip_fclose(file) : -1;
  if (got != (zip_int64_t)info.size || closed != 0) {
    free(bytes);
    return bad_entry(b, name, "broken in the zip; fetch it again");
  }
  bytes[info.size] = 0;
  return add_file(b, name, bytes, (size_t)info.size);
}

static og_status read_zip(builder *b, const char *top) {
  int code;
  zip_t *zip = zip_open(b->out->path, ZIP_RDONLY, &code);
  if (!zip) {
    zip_error_t reason;
    zip_error_init_with_code(&reason, code);
    og_status status = og_fail(b->error, OG_ERROR_FORMAT, b->out->path,
                               ": not a readable zip: ", zip_error_strerror(&reason), NULL);
    zip_error_fini(&reason);
    return status;
  }
  og_status status = OG_OK;
  zip_int64_t count = zip_get_num_entries(zip, 0);
  for (zip_int64_t i = 0; !status && i < count; i++)
    status = add_entry(b, zip, (zip_uint64_t)i, top);
  zip_discard(zip);
  return status;
}

/* True for "run07" if `parts` is "run". */
static int is_part(const char *name, const char *parts) {
  size_t length = strlen(parts);
  return strncmp(name, parts, length) == 0 && strlen(name) == length + 2 &&
         strspn(name + length, "0123456789") == 2;
}

static og_status read_folder(builder *b, const char *path, const char *name, int depth);

static og_status read_folder_entry(builder *b, const char *path, const char *name,
                                   const char *entry, int depth) {
  char full[2 * MOST_PATH], relative[2 * MOST_PATH];
  struct stat info;
  if (is_litter(entry))
    return OG_OK;
  if (snprintf(full, sizeof full, "%s/%s", path, entry) >= (int)sizeof full ||
      snprintf(relative, sizeof relative, "%s%s%s", name, *name ? "/" : "", entry) >= MOST_PATH)
    return bad_entry(b, entry, "its path is too long");
  if (stat(full, &info) != 0)
    return bad_entry(b, relative, "cannot be read");
  if (S_ISDIR(info.st_mode))
    return depth < MOST_DEPTH ? read_folder(b, full, relative, depth + 1) : OG_OK;
  if (!S_ISREG(info.st_mode))
    return OG_OK;
  uint8_t *bytes;
  size_t size;
  og_status status = file_read(full, MOST_FILE, &bytes, &size, b->error);
  return status ? status : add_file(b, relative, bytes, size);
}

static og_status read_folder(builder *b, const char *path, const char *name, int depth) {
  if (++b->folders > MOST_FOLDERS)
    return og_fail(b->error, OG_ERROR_TOO_LARGE, b->out->path,
                   ": more folders than a data set has, or links among them that lead back", NULL);
  DIR *folder = opendir(path);
  if (!folder)
    return og_fail(b->error, OG_ERROR_FORMAT, path, ": cannot open the folder", NULL);
  og_status status = OG_OK;
  for (struct dirent *e; !status && (e = readdir(folder)) != NULL;)
    if (depth > 0 || !b->parts || is_part(e->d_name, b->parts))
      status = read_folder_entry(b, path, name, e->d_name, depth);
  closedir(folder);
  return status;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const tree_file *)a)->name, ((const tree_file *)b)->name);
}

static og_status finish(builder *b, og_status status) {
  tree *t = b->out;
  if (!status && t->count)
    qsort(t->files, t->count, sizeof *t->files, by_name);
  for (size_t i = 1; !status && i < t->count; i++)
    if (strcmp(t->files[i - 1].name, t->files[i].name) == 0)
      status = bad_entry(b, t->files[i].name, "it is there twice");
  if (status)
    tree_free(t);
  return status;
}

static og_status begin(builder *b, tree *out, const char *path, og_error *error) {
  *out = (tree){.path = strdup(path)};
  *b = (builder){.out = out, .error = error};
  return out->path ? OG_OK : og_fail(error, OG_ERROR_MEMORY, path, ": out of memory", NULL);
}

static og_status read_any_folder(const char *path, const char *parts, tree *out, og_error *error) {
  builder b;
  og_status status = begin(&b, out, path, error);
  b.parts = parts;
  return finish(&b, status ? status : read_folder(&b, path, "", 0));
}

og_status tree_read_folder(const char *path, tree *out, og_error *error) {
  return read_any_folder(path, NULL, out, error);
}

const char *const tree_set_places[] = {".", "python", NULL};

static int is_folder(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Reads what is in one place and sets `found`, or leaves it 0. `path` is room for the longest name
 * there: its first `length` bytes are the place's. */
static og_status read_place(char *path, size_t length, const tree_spec *spec, tree *out, int *found,
                            og_error *error) {
  struct stat info;
  *found = 1;
  sprintf(path + length, "/%s.zip", spec->name);
  if (stat(path, &info) == 0) {
    builder b;
    og_status status = begin(&b, out, path, error);
    return finish(&b, status ? status : read_zip(&b, spec->name));
  }
  sprintf(path + length, "/%s", spec->name);
  if (is_folder(path))
    return tree_read_folder(path, out, error);
  if (spec->parts) {
    sprintf(path + length, "/%s01", spec->parts);
    if (is_folder(path)) {
      path[length] = 0;
      return read_any_folder(path, spec->parts, out, error);
    }
  }
  *found = 0;
  return OG_OK;
}

og_status tree_read(const char *dir, const tree_spec *spec, tree *out, og_error *error) {
  char path[2 * MOST_PATH];
  size_t longest = strlen(spec->name) + sizeof "/.zip";
  *out = (tree){0};
  for (const char *const *place = spec->places; *place; place++) {
    int here = strcmp(*place, ".") == 0, found;
    int length = snprintf(path, sizeof path, here ? "%s" : "%s/%s", dir, *place);
    if ((size_t)length + longest > sizeof path)
      return og_fail(error, OG_ERROR_ARGUMENT, dir, ": the path is too long", NULL);
    og_status status = read_place(path, (size_t)length, spec, out, &found, error);
    if (found)
      return status;
  }
  return og_fail(error, OG_ERROR_EMPTY, dir, ": neither ", spec->name, ".zip nor a folder ",
                 spec->name, " is there; `oneglyph data fetch` gets Omniglot", NULL);
}

void tree_free(tree *t) {
  for (size_t i = 0; i < t->count; i++) {
    free(t->files[i].name);
    free(t->files[i].bytes);
  }
  free(t->files);
  free(t->path);
  *t = (tree){0};
}
