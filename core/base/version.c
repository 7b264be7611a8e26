/* The version of the library that runs, which need not be that of the header compiled against. */
#include "oneglyph.h"

const char *og_version(void) {
  return OG_VERSION;
}
