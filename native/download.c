/* Downloads. See download.h. */
#include "download.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "progress.h"

/* Both bounds are needed: a server may be slow, or send little for ever. */
enum { ADDRESS = 2048, SLOWEST = 4096 /* bytes a second */, PATIENCE = 30, LONGEST = 3600 };

typedef struct sink {
  uint8_t *bytes;
  size_t size, room, limit;
  progress bar;
} sink;

/* Too much, or no memory: anything but `count` makes curl give up. */
static size_t receive(char *data, size_t one, size_t count, void *context) {
  sink *s = context;
  (void)one;
  if (count > s->limit - s->size)
    return 0;
  if (count > s->room - s->size) {
    size_t room = 2 * s->room > s->size + count ? 2 * s->room : s->size + count;
    uint8_t *more = realloc(s->bytes, room);
    if (!more)
      return 0;
    s->bytes = more;
    s->room = room;
  }
  memcpy(s->bytes + s->size, data, count);
  s->size += count;
  return count;
}

static int show(void *context, curl_off_t total, curl_off_t now, curl_off_t up, curl_off_t sent) {
  sink *s = context;
  (void)up;
  (void)sent;
  if (total > 0) {
    s->bar.total = (uint64_t)total;
    progress_update(&s->bar, (uint64_t)now, (uint64_t)now, "");
  }
  return 0;
}

/* Not file: or anything else libcurl speaks; redirects neither. */
static void allow_http_only(CURL *curl) {
#if LIBCURL_VERSION_NUM >= 0x075500 /* 7.85 has new options and deprecates the old ones */
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static CURLcode perform(CURL *curl, const char *address, sink *s) {
  curl_easy_setopt(curl, CURLOPT_URL, address);
  allow_http_only(curl);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)PATIENCE);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)PATIENCE);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)LONGEST);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "oneglyph");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, s);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, show);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, s);
  return curl_easy_perform(curl);
}

og_status download(const char *base, const char *folder, const char *name, size_t limit,
                   uint8_t **bytes, size_t *size, og_error *error) {
  char address[ADDRESS];
  if (snprintf(address, sizeof address, "%s/%s/%s", base, folder, name) >= (int)sizeof address)
    return og_fail(error, OG_ERROR_ARGUMENT, "the address is too long", NULL);
  CURL *curl = curl_easy_init();
  if (!curl)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  sink s = {.limit = limit};
  progress_start(&s.bar, name, "bytes", 0, 1);
  CURLcode code = perform(curl, address, &s);
  progress_clear(&s.bar);
  curl_easy_cleanup(curl);
  if (code == CURLE_OK && s.bytes) {
    *bytes = s.bytes;
    *size = s.size;
    return OG_OK;
  }
  free(s.bytes);
  og_status status = OG_ERROR_UNSUPPORTED;
  const char *why = curl_easy_strerror(code);
  if (code == CURLE_WRITE_ERROR) {
    status = OG_ERROR_TOO_LARGE;
    why = "more bytes than the file has, or out of memory";
  } else if (code == CURLE_OK || code == CURLE_HTTP_RETURNED_ERROR) {
    status = OG_ERROR_EMPTY;
    why = code == CURLE_OK ? "an empty file" : "the server does not give it";
  }
  return og_fail(error, status, address, ": ", why, NULL);
}
