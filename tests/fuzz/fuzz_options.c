/* Fuzz target: any bytes as a command line, each line an argument. What it says goes nowhere. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_ARGUMENTS = 64 };

static void parse(int argc, const char **argv) {
  bool flag = false, given = false;
  const char *text = "none";
  uint64_t whole = 3;
  double real = 0.5;
  const option table[] = {
      FLAG_OPTION("json", &flag, "a flag"),
      TEXT_OPTION("model", &text, "FILE", "a text"),
      WHOLE_OPTION("trials", &whole, "N", "a number", 1, 1e9, .given = &given),
      REAL_OPTION("minutes", &real, "M", "a number", 1e-3, 1e6),
  };
  const command_spec spec = {
      "fuzz", "FILE...", "Nothing.", "oneglyph fuzz", table, sizeof table / sizeof table[0], 0, 3};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN) {
    if (code != 0 && code != 2)
      abort();
    return;
  }
  if (!text[0] || whole < 1 || whole > 1000000000 || !(real >= 1e-3 && real <= 1e6) ||
      rest.count > 3)
    abort();
  for (size_t i = 0; i < rest.count; i++)
    if (strlen(rest.list[i]) > 1 << 20)
      abort();
  arguments_free(&rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *argv[MOST_ARGUMENTS + 2] = {"fuzz"};
  int argc = 1;
  static FILE *nowhere;
  if (!nowhere && !(nowhere = fopen("/dev/null", "w")))
    abort();
  stdout = stderr = nowhere; /* not the descriptors: a sanitizer has something to say */
  char *text = malloc(size + 1);
  if (!text)
    abort();
  memcpy(text, data, size);
  text[size] = 0;
  for (char *line = text; line && argc <= MOST_ARGUMENTS;) {
    argv[argc++] = line;
    if ((line = strchr(line, '\n')))
      *line++ = 0;
  }
  parse(argc, argv);
  free(text);
  return 0;
}
