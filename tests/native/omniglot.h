/* Where the tests look for Omniglot. Include after cmocka. */
#ifndef TEST_OMNIGLOT_H
#define TEST_OMNIGLOT_H

#include <stdlib.h>
#include <unistd.h>

/* Omniglot's folder, if it is there. */
static inline const char *omniglot_folder(void) {
  const char *data = getenv("ONEGLYPH_DATA");
  return data ? data : ONEGLYPH_SOURCE_DIR "/../shared/omniglot";
}

/* The same; without it the test ends here, skipped. */
static inline const char *need_omniglot(void) {
  const char *data = omniglot_folder();
  if (access(data, F_OK)) {
    print_message("skipped: no Omniglot (set ONEGLYPH_DATA to its folder)\n");
    skip();
  }
  return data;
}

#endif
