/* Whole files. See files.h. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static og_status failed(og_error *error, const char *path, const char *what) {
  return og_fail(error, OG_ERROR_FORMAT, path, ": ", what, ": ", strerror(errno), NULL);
}

static og_status read_open(int fd, const char *path, size_t limit, uint8_t **bytes, size_t *size,
                           og_error *error) {
  struct stat info;
  if (fstat(fd, &info) != 0)
    return failed(error, path, "cannot read");
  if (!S_ISREG(info.st_mode))
    return og_fail(error, OG_ERROR_FORMAT, path, ": not a file", NULL);
  if ((uint64_t)info.st_size > limit)
    return og_fail(error, OG_ERROR_TOO_LARGE, path, ": too large for what it should be", NULL);
  size_t wanted = (size_t)info.st_size, got = 0;
  uint8_t *b = malloc(wanted + 1);
  if (!b)
    return og_fail(error, OG_ERROR_MEMORY, path, ": out of memory", NULL);
  while (got < wanted) {
    ssize_t n = read(fd, b + got, wanted - got);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      free(b);
      return n < 0 ? failed(error, path, "cannot read")
                   : og_fail(error, OG_ERROR_FORMAT, path, ": it shrank while being read", NULL);
    }
    got += (size_t)n;
  }
  b[got] = 0;
  *bytes = b;
  *size = got;
  return OG_OK;
}

og_status file_read(const char *path, size_t limit, uint8_t **bytes, size_t *size,
                    og_error *error) {
  *bytes = NULL;
  *size = 0;
  /* Without O_NONBLOCK, opening a pipe that nobody writes would hang. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return failed(error, path, "cannot open");
  og_status status = read_open(fd, path, limit, bytes, size, error);
  close(fd);
  return status;
}

static int write_all(int fd, const uint8_t *bytes, size_t size) {
  while (size) {
    ssize_t n = write(fd, bytes, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return 0;
    bytes += n;
    size -= (size_t)n;
  }
  return 1;
}

og_status file_write_atomic(const char *path, const void *bytes, size_t size, og_error *error) {
  size_t length = strlen(path);
  char *temporary = malloc(length + 12);
  if (!temporary)
    return og_fail(error, OG_ERROR_MEMORY, path, ": out of memory", NULL);
  snprintf(temporary, length + 12, "%s.XXXXXX.tmp", path);
  int fd = mkstemps(temporary, 4);
  if (fd < 0) {
    free(temporary);
    return failed(error, path, "cannot write");
  }
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  mode_t mask = umask(0);
  umask(mask);
  int good = write_all(fd, bytes, size) && fchmod(fd, 0666 & ~mask) == 0 && fsync(fd) == 0;
  good &= close(fd) == 0;
  good = good && rename(temporary, path) == 0;
  og_status status = good ? OG_OK : failed(error, path, "cannot write");
  if (!good)
    unlink(temporary);
  free(temporary);
  return status;
}

char *file_beside(const char *path, const char *name) {
  const char *slash = strrchr(path, '/');
  size_t folder = slash && name[0] != '/' ? (size_t)(slash - path) + 1 : 0;
  char *out = malloc(folder + strlen(name) + 1);
  if (out) {
    memcpy(out, path, folder);
    strcpy(out + folder, name);
  }
  return out;
}
