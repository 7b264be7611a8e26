/* Pictures of SVG text. See svg_png.h.
 *
 * The program reads one unnamed file and writes another, so no pipe can fill up and nothing stays
 * behind, whatever happens. */
#include "svg_png.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "commands.h"
#include "complain.h"

extern char **environ;

enum { MOST_PNG = 1 << 26 };

/* Starts rsvg-convert on two files and waits; 0 if it succeeded. */
static int convert(FILE *from, FILE *to, const char *option) {
  const char *const argv[] = {"rsvg-convert", option, NULL};
  posix_spawn_file_actions_t actions;
  pid_t pid;
  int status = -1;
  if (posix_spawn_file_actions_init(&actions))
    return -1;
  int bad = posix_spawn_file_actions_adddup2(&actions, fileno(from), 0) ||
            posix_spawn_file_actions_adddup2(&actions, fileno(to), 1) ||
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) ||
            posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (bad || waitpid(pid, &status, 0) != pid)
    return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int svg_png_usable(void) {
  FILE *from = tmpfile(), *to = tmpfile();
  int code = from && to ? convert(from, to, "--version") : -1;
  if (from)
    fclose(from);
  if (to)
    fclose(to);
  return code == 0;
}

int svg_png_needed(const char *command, const char *path) {
  const char *end = strrchr(path, '.');
  if (!end || strcmp(end, ".png") || svg_png_usable())
    return EXIT_DONE;
  return complain(
      EXIT_BAD,
      "%s: --out %s: PNG needs the program rsvg-convert (Debian: librsvg2-bin); SVG does "
      "not",
      command, path);
}

static og_status read_all(FILE *file, uint8_t **bytes, size_t *size) {
  long length = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
  if (length <= 8 || length > MOST_PNG)
    return OG_ERROR_FORMAT;
  rewind(file);
  *size = (size_t)length;
  *bytes = malloc(*size);
  if (!*bytes)
    return OG_ERROR_MEMORY;
  if (fread(*bytes, 1, *size, file) == *size)
    return OG_OK;
  free(*bytes);
  return OG_ERROR_FORMAT;
}

og_status svg_png(const char *svg, size_t size, unsigned zoom, uint8_t **png, size_t *png_size,
                  og_error *error) {
  FILE *from = tmpfile(), *to = tmpfile();
  char option[32];
  snprintf(option, sizeof option, "--zoom=%u", zoom);
  og_status status = OG_ERROR_FORMAT;
  if (from && to && fwrite(svg, 1, size, from) == size && !fflush(from) &&
      !fseek(from, 0, SEEK_SET) && !convert(from, to, option))
    status = read_all(to, png, png_size);
  if (from)
    fclose(from);
  if (to)
    fclose(to);
  return status ? og_fail(error, status, "rsvg-convert made no PNG", NULL) : OG_OK;
}
