/* Fuzz target: any text as a layer list. One that is read is written, and read again the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  enum { ROOM = 1 << 16 };
  static og_net net, again;
  static char written[ROOM], rewritten[ROOM];
  og_error error = {0};
  char *text = malloc(size + 1);
  if (!text)
    abort();
  memcpy(text, data, size);
  text[size] = 0;
  if (og_net_parse(text, &net, &error) == OG_OK) {
    og_net_format(&net, written, sizeof written);
    if (og_net_parse(written, &again, NULL) != OG_OK || again.count != net.count)
      abort();
    og_net_format(&again, rewritten, sizeof rewritten);
    if (strcmp(written, rewritten) != 0)
      abort();
  } else if (!error.text[0] || strchr(error.text, '\n')) {
    abort();
  }
  free(text);
  return 0;
}
