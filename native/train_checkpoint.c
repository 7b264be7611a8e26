/* Checkpoints of a training run. */
#include "train_checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "files.h"

static const char magic[] = "oneglyph checkpoint 1 ";
/* Magic, eight digits, newline. */
enum { HEAD = sizeof magic - 1 + 8 + 1 };
static const size_t checkpoint_limit = (size_t)1 << 32;

static og_status fail(og_error *error, og_status status, const char *path, const char *why) {
  if (error) {
    error->status = status;
    snprintf(error->text, sizeof error->text, "%s: %s", path, why);
  }
  return status;
}

static void write_head(char head[HEAD + 1], const uint8_t *body, size_t size) {
  snprintf(head, HEAD + 1, "%s%08lx\n", magic, crc32_z(0, body, size));
}

/* The JSON line; false if a key is missing or of the wrong type. */
static int read_about(const char *line, train_checkpoint *out) {
  json_object *json = json_tokener_parse(line), *recipe, *data, *seed, *slices, *seconds, *best,
              *stage;
  int whole = json_object_object_get_ex(json, "recipe", &recipe) &&
              json_object_object_get_ex(json, "data", &data) &&
              json_object_object_get_ex(json, "seed", &seed) &&
              (json_object_object_get_ex(json, "slices", &slices) ||
               json_object_object_get_ex(json, "threads", &slices)) &&
              json_object_object_get_ex(json, "seconds", &seconds);
  if (whole) {
    out->recipe = strdup(json_object_to_json_string_ext(
        recipe, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    out->data = strdup(json_object_get_string(data));
    out->seed = json_object_get_uint64(seed);
    out->slices = json_object_get_uint64(slices);
    out->seconds = json_object_get_double(seconds);
    if (json_object_object_get_ex(json, "best_step", &best))
      out->best_step = json_object_get_uint64(best);
    if (json_object_object_get_ex(json, "best_error_percent", &best))
      out->best_percent = json_object_get_double(best);
    if (json_object_object_get_ex(json, "stage", &stage))
      out->stage = json_object_get_uint64(stage);
  }
  json_object_put(json);
  return whole && out->recipe && out->data;
}

og_status train_checkpoint_read(const char *path, train_checkpoint *out, og_error *error) {
  *out = (train_checkpoint){0};
  size_t size = 0;
  og_status status = file_read(path, checkpoint_limit, &out->file, &size, error);
  if (status)
    return status;
  char head[HEAD + 1];
  uint8_t *body = out->file + HEAD, *end = NULL;
  if (size < HEAD || memcmp(out->file, magic, sizeof magic - 1))
    status = fail(error, OG_ERROR_FORMAT, path, "not a checkpoint of this version of oneglyph");
  else {
    write_head(head, body, size - HEAD);
    end = memchr(body, '\n', size - HEAD);
    if (memcmp(out->file, head, HEAD) || !end)
      status = fail(error, OG_ERROR_FORMAT, path, "the checkpoint is damaged");
  }
  if (!status) {
    *end = 0;
    out->state = end + 1;
    out->state_size = size - (size_t)(out->state - out->file);
    if (!read_about((char *)body, out))
      status = fail(error, OG_ERROR_FORMAT, path, "the checkpoint is damaged");
  }
  if (status)
    train_checkpoint_free(out);
  return status;
}

void train_checkpoint_free(train_checkpoint *checkpoint) {
  free(checkpoint->recipe);
  free(checkpoint->data);
  free(checkpoint->file);
  *checkpoint = (train_checkpoint){0};
}

/* The JSON line with its newline; malloc, NULL if memory is short. */
static char *about_line(const train_checkpoint *about) {
  json_object *json = json_object_new_object();
  json_object_object_add(json, "recipe", json_tokener_parse(about->recipe));
  json_object_object_add(json, "seed", json_object_new_uint64(about->seed));
  json_object_object_add(json, "slices", json_object_new_uint64(about->slices));
  json_object_object_add(json, "data", json_object_new_string(about->data));
  json_object_object_add(json, "seconds", json_object_new_double(about->seconds));
  if (about->best_step) {
    json_object_object_add(json, "best_error_percent", json_object_new_double(about->best_percent));
    json_object_object_add(json, "best_step", json_object_new_uint64(about->best_step));
  }
  if (about->stage)
    json_object_object_add(json, "stage", json_object_new_uint64(about->stage));
  const char *text =
      json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
  char *line = NULL;
  if (text && (line = malloc(strlen(text) + 2)))
    sprintf(line, "%s\n", text);
  json_object_put(json);
  return line;
}

static char *with_ending(const char *path, const char *ending) {
  char *whole = malloc(strlen(path) + strlen(ending) + 1);
  if (whole)
    sprintf(whole, "%s%s", path, ending);
  return whole;
}

char *train_checkpoint_before(const char *path) {
  return with_ending(path, ".before");
}

char *train_checkpoint_best(const char *path) {
  return with_ending(path, ".best");
}

/* Gives the checkpoint that is about to be replaced its second name. */
static void keep_before(const char *path) {
  char *before = train_checkpoint_before(path);
  /* A file system without second names keeps the newest alone. */
  if (before && !access(path, F_OK) && (!unlink(before) || errno == ENOENT))
    (void)!link(path, before);
  free(before);
}

void train_checkpoint_remove(const char *path) {
  char *others[] = {train_checkpoint_before(path), train_checkpoint_best(path)};
  for (size_t i = 0; i < 2; i++) {
    if (others[i])
      unlink(others[i]);
    free(others[i]);
  }
  unlink(path);
}

og_status train_checkpoint_write(const char *path, bool keep, const train_checkpoint *about,
                                 const og_trainer *trainer, og_error *error) {
  uint8_t *state = NULL, *file = NULL;
  size_t state_size = 0;
  og_status status = og_trainer_save(trainer, &state, &state_size);
  char *line = about_line(about);
  size_t line_size = line ? strlen(line) : 0, size = HEAD + line_size + state_size;
  if (!status && line)
    file = malloc(size);
  if (file) {
    memcpy(file + HEAD, line, line_size);
    memcpy(file + HEAD + line_size, state, state_size);
    char head[HEAD + 1];
    write_head(head, file + HEAD, size - HEAD);
    memcpy(file, head, HEAD);
    if (keep)
      keep_before(path);
    status = file_write_atomic(path, file, size, error);
  } else {
    status = fail(error, OG_ERROR_MEMORY, path, "out of memory");
  }
  free(state);
  free(line);
  free(file);
  return status;
}

/* NAME.XXXXXX.tmp or NAME.best.XXXXXX.tmp */
static int is_leftover(const char *entry, const char *name) {
  size_t length = strlen(name);
  if (strncmp(entry, name, length))
    return 0;
  length += strncmp(entry + length, ".best.", 6) ? 0 : 5;
  return entry[length] == '.' && strlen(entry + length) == strlen(".XXXXXX.tmp") &&
         !strcmp(entry + length + 7, ".tmp");
}

void train_checkpoint_tidy(const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  char *folder = slash ? strndup(path, (size_t)(name - path)) : strdup(".");
  DIR *dir = folder ? opendir(folder) : NULL;
  for (struct dirent *entry; dir && (entry = readdir(dir));)
    if (is_leftover(entry->d_name, name))
      unlinkat(dirfd(dir), entry->d_name, 0);
  if (dir)
    closedir(dir);
  free(folder);
}
