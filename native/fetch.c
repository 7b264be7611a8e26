/* Fetching Omniglot. See fetch.h.
 *
 * The files are known by their git blob ids in the repository they are published in: SHA-1 over
 * "blob SIZE", a zero byte and the content. */
#include "fetch.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/error.h"
#include "commands.h"
#include "complain.h"
#include "dataset_load.h"
#include "download.h"
#include "files.h"

enum { PATH_ROOM = 4096, MOST_ZIP = 1 << 26, ID = 20 };

static const char omniglot_url[] = "https://raw.githubusercontent.com/brendenlake/omniglot/master";

/* `set` is what dataset_load calls it; files without one are not needed to train or evaluate. */
typedef struct zip_file {
  const char *folder, *name, *id, *set;
} zip_file;

static const zip_file zips[] = {
    {"python", "images_background.zip", "71fd167eb6fdd312049395fbd247147a4b234231", "background"},
    {"python", "images_evaluation.zip", "8ccde0ed1565641f1fa8c57cdc6ff634e15fc5c1", "evaluation"},
    {"python/one-shot-classification", "all_runs.zip", "3c49ffe2485e59b4852feb28ca9a12315d6a4ca4",
     ""},
    {"python", "strokes_background.zip", "05dbf52784622173102d94b02c1867bd989bf31d", NULL},
    {"python", "strokes_evaluation.zip", "9f69f6df058d527d585cc343f3a4322efcf4b1cf", NULL},
};
enum { ZIPS = sizeof zips / sizeof *zips };

static int has_id(const uint8_t *bytes, size_t size, const char *id) {
  char head[32], text[2 * ID + 1] = "";
  int length = snprintf(head, sizeof head, "blob %zu", size) + 1;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned digest_size = 0;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int good = context && EVP_DigestInit_ex(context, EVP_sha1(), NULL) &&
             EVP_DigestUpdate(context, head, (size_t)length) &&
             EVP_DigestUpdate(context, bytes, size) &&
             EVP_DigestFinal_ex(context, digest, &digest_size) && digest_size == ID;
  EVP_MD_CTX_free(context);
  for (unsigned i = 0; good && i < ID; i++)
    snprintf(text + 2 * i, 3, "%02x", digest[i]);
  return good && strcmp(text, id) == 0;
}

/* The folder to fill, made if need be. */
static og_status find_folder(const char *to, char folder[PATH_ROOM], og_error *error) {
  const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  int length = to                ? snprintf(folder, PATH_ROOM, "%s", to)
               : cache && *cache ? snprintf(folder, PATH_ROOM, "%s/oneglyph", cache)
               : home && *home   ? snprintf(folder, PATH_ROOM, "%s/.cache/oneglyph", home)
                                 : 0;
  if (length <= 0 || length >= PATH_ROOM)
    return og_fail(error, OG_ERROR_ARGUMENT, "no folder to put the data in: name one with --to",
                   NULL);
  for (char *c = folder + 1; *c; c++)
    if (*c == '/') {
      *c = 0;
      mkdir(folder, 0777);
      *c = '/';
    }
  struct stat info;
  if ((mkdir(folder, 0777) != 0 && errno != EEXIST) || stat(folder, &info) != 0 ||
      !S_ISDIR(info.st_mode))
    return og_fail(error, OG_ERROR_ARGUMENT, folder, ": cannot make the folder: ", strerror(errno),
                   NULL);
  return OG_OK;
}

static int is_there(const char *path) {
  struct stat info;
  return stat(path, &info) == 0;
}

/* Where `--from` has the file: in the folder itself, or where the data's own repository has it. The
 * name it would have in the folder if it is in neither. */
static og_status find_source(const char *from, const zip_file *zip, char path[PATH_ROOM],
                             og_error *error) {
  if (snprintf(path, PATH_ROOM, "%s/%s/%s", from, zip->folder, zip->name) >= PATH_ROOM)
    return og_fail(error, OG_ERROR_ARGUMENT, from, ": the path is too long", NULL);
  if (is_there(path))
    return OG_OK;
  snprintf(path, PATH_ROOM, "%s/%s", from, zip->name);
  return OG_OK;
}

static int is_intact(const char *path, const char *id) {
  uint8_t *bytes = NULL;
  size_t size;
  int intact = file_read(path, MOST_ZIP, &bytes, &size, NULL) == OG_OK && has_id(bytes, size, id);
  free(bytes);
  return intact;
}

/* A zip given with --from may have been packed anew: the same pictures under another checksum. It
 * is taken if it holds what the official one holds. `path` is the zip's. */
static int holds_the_same(const zip_file *zip, const char *path) {
  enum { DRAWERS = 20 };
  char folder[PATH_ROOM];
  snprintf(folder, sizeof folder, "%s", path);
  *strrchr(folder, '/') = 0;
  og_dataset *set = NULL;
  if (!zip->set || !*zip->set || dataset_load(folder, zip->set, &set, NULL) != OG_OK)
    return 0;
  size_t characters = strcmp(zip->set, "background") == 0 ? 964 : 659;
  int same = set->classes == characters && set->drawings == characters * DRAWERS;
  og_dataset_free(set);
  return same;
}

static int is_copy(const char *path, const uint8_t *bytes, size_t size) {
  uint8_t *present = NULL;
  size_t present_size;
  int same = file_read(path, MOST_ZIP, &present, &present_size, NULL) == OG_OK &&
             present_size == size && memcmp(present, bytes, size) == 0;
  free(present);
  return same;
}

static og_status place(const zip_file *zip, const char *path, const uint8_t *bytes, size_t size,
                       const char *note, og_error *error) {
  if (is_copy(path, bytes, size)) {
    fprintf(stderr, "%s: there already%s\n", zip->name, note);
    return OG_OK;
  }
  og_status status = file_write_atomic(path, bytes, size, error);
  if (!status)
    fprintf(stderr, "%s: %zu bytes%s\n", zip->name, size, note);
  return status;
}

static og_status fetch_one(const fetch_request *request, const zip_file *zip, const char *folder,
                           og_error *error) {
  char path[PATH_ROOM], source[PATH_ROOM];
  if (snprintf(path, sizeof path, "%s/%s", folder, zip->name) >= (int)sizeof path)
    return og_fail(error, OG_ERROR_ARGUMENT, folder, ": the path is too long", NULL);
  if (is_intact(path, zip->id)) {
    fprintf(stderr, "%s: there already, verified\n", zip->name);
    return OG_OK;
  }
  uint8_t *bytes = NULL;
  size_t size = 0;
  og_status status;
  if (!request->from)
    status = download(request->base_url ? request->base_url : omniglot_url, zip->folder, zip->name,
                      MOST_ZIP, &bytes, &size, error);
  else if (!(status = find_source(request->from, zip, source, error))) {
    if (!zip->set && !is_there(source)) {
      fprintf(stderr, "%s: not in %s, and not needed\n", zip->name, request->from);
      return OG_OK;
    }
    status = file_read(source, MOST_ZIP, &bytes, &size, error);
  }
  if (!status && has_id(bytes, size, zip->id))
    status = place(zip, path, bytes, size, ", verified", error);
  else if (!status && request->from && holds_the_same(zip, source))
    status = place(zip, path, bytes, size, ", packed anew, but all drawings are in it", error);
  else if (!status)
    status = og_fail(error, OG_ERROR_FORMAT, request->from ? source : zip->name,
                     ": the checksum is wrong: not the official file, or damaged", NULL);
  free(bytes);
  return status;
}

int fetch_all(const fetch_request *request) {
  char folder[PATH_ROOM];
  struct stat info;
  og_error error = {0};
  if (request->from && (stat(request->from, &info) != 0 || !S_ISDIR(info.st_mode)))
    return complain(EXIT_BAD, "%s: no such folder to copy from", request->from);
  if (request->base_url && strncasecmp(request->base_url, "http://", 7) != 0 &&
      strncasecmp(request->base_url, "https://", 8) != 0)
    return complain(EXIT_BAD, "%s: not an address that begins with http:// or https://",
                    request->base_url);
  if (find_folder(request->to, folder, &error))
    return complain_error(&error);
  int code = EXIT_DONE;
  for (size_t i = 0; i < ZIPS; i++) {
    og_status status = fetch_one(request, &zips[i], folder, &error);
    if (status)
      code = complain(request->from ? EXIT_BAD : EXIT_FAILED, "%s", error.text);
    if (status == OG_ERROR_UNSUPPORTED)
      break; /* the server is gone: the same would be said of every other file */
  }
  if (!code)
    printf("%s\n", folder);
  return code;
}
