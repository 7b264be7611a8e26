/* Files that may be gzipped. See gunzip.h. */
#include "gunzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/error.h"
#include "files.h"
#include "json_read.h"

static int is_gzip(const uint8_t *bytes, size_t size) {
  return size > 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

/* Doubles the room, up to one byte more than the limit, which tells "full" from "too large". */
static int grow(uint8_t **out, size_t *room, size_t limit) {
  size_t more = *room ? *room * 2 : 1 << 16;
  more = more < limit + 1 ? more : limit + 1;
  uint8_t *bytes = more > *room ? realloc(*out, more + 1) : NULL;
  if (!bytes)
    return 0;
  *out = bytes;
  *room = more;
  return 1;
}

static og_status unpack(z_stream *z, size_t limit, uint8_t **out, size_t *out_size,
                        og_error *error) {
  size_t room = 0;
  int code = Z_OK;
  while (code == Z_OK || z->avail_in) {
    if (code == Z_STREAM_END)
      code = inflateReset(z); /* the next member */
    if (*out_size == room && !grow(out, &room, limit))
      return og_fail(error, OG_ERROR_TOO_LARGE, "too large once unpacked", NULL);
    size_t free_room = room - *out_size;
    z->next_out = *out + *out_size;
    z->avail_out = (uInt)(free_room < UINT_MAX ? free_room : UINT_MAX);
    uInt given = z->avail_out;
    code = inflate(z, Z_NO_FLUSH);
    *out_size += given - z->avail_out;
    if (code != Z_OK && code != Z_STREAM_END)
      return og_fail(error, OG_ERROR_FORMAT, "a gzip file that is broken or cut short", NULL);
  }
  if (*out_size > limit)
    return og_fail(error, OG_ERROR_TOO_LARGE, "too large once unpacked", NULL);
  (*out)[*out_size] = 0;
  return OG_OK;
}

static og_status gunzip(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out,
                        size_t *out_size, og_error *error) {
  *out = NULL;
  *out_size = 0;
  if (size > UINT_MAX)
    return og_fail(error, OG_ERROR_TOO_LARGE, "too large for a gzip file", NULL);
  z_stream z = {.next_in = (Bytef *)bytes, .avail_in = (uInt)size};
  if (inflateInit2(&z, 15 + 16) != Z_OK)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  og_status status = unpack(&z, limit, out, out_size, error);
  inflateEnd(&z);
  if (status) {
    free(*out);
    *out = NULL;
  }
  return status;
}

og_status file_read_unpacked(const char *path, size_t limit, uint8_t **bytes, size_t *size,
                             og_error *error) {
  og_status status = file_read(path, limit, bytes, size, error);
  if (status || !is_gzip(*bytes, *size))
    return status;
  uint8_t *packed = *bytes;
  status = gunzip(packed, *size, limit, bytes, size, error);
  free(packed);
  if (status) {
    *bytes = NULL;
    if (status != OG_ERROR_MEMORY)
      error_at(error, path);
  }
  return status;
}
