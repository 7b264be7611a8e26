/* Runs a libFuzzer target without libFuzzer: `fuzz_NAME RUNS FILE...` tries each file as it is,
 * then RUNS seeded random mutations of each (of a block of zeros without any), always the same.
 * `fuzz_NAME 60s FILE...` goes on for 60 seconds in all instead. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 16 };

static size_t read_seed(const char *path, uint8_t *bytes) {
  FILE *file = path ? fopen(path, "rb") : NULL;
  if (path && !file) {
    fprintf(stderr, "fuzz: %s: cannot be opened\n", path);
    exit(2);
  }
  memset(bytes, 0, 256);
  size_t size = file ? fread(bytes, 1, MOST, file) : 256;
  if (file)
    fclose(file);
  return size;
}

/* Changes, repeats, or cuts off some bytes. */
static size_t mutate(og_random *r, uint8_t *bytes, size_t size) {
  static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, 0xd8, 0xc4, 0xda};
  for (uint64_t k = og_random_below(r, 8) + 1; k && size; k--) {
    size_t at = (size_t)og_random_below(r, size), rest = size - at;
    switch (og_random_below(r, 6)) {
    case 0:
      bytes[at] ^= (uint8_t)(1u << og_random_below(r, 8));
      break;
    case 1:
      bytes[at] = (uint8_t)og_random_bits(r);
      break;
    case 2:
      bytes[at] = telling[og_random_below(r, sizeof telling)];
      break;
    case 3:
      memmove(bytes + og_random_below(r, size - rest + 1), bytes + at, rest);
      break;
    case 4:
      for (size_t i = 0; i < rest && i < 16; i++)
        bytes[at + i] = (uint8_t)og_random_bits(r);
      break;
    default:
      size -= og_random_below(r, 8) == 0 ? rest / 2 : 0;
    }
  }
  return size;
}

/* A time that does not jump, in seconds. */
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void try(const uint8_t *seed, size_t size, og_random *r) {
  uint8_t *bytes = malloc(size + 1);
  if (!bytes)
    exit(1);
  memcpy(bytes, seed, size);
  size_t left = mutate(r, bytes, size);
  bytes = realloc(bytes, left + 1); /* so that the sanitizer sees a byte read too far */
  if (!bytes)
    exit(1);
  LLVMFuzzerTestOneInput(bytes, left);
  free(bytes);
}

int main(int argc, char **argv) {
  char *unit = NULL;
  double limit = argc > 1 ? strtod(argv[1], &unit) : 1000;
  int timed = unit && *unit == 's', files = argc > 2 ? argc - 2 : 1;
  uint8_t *seed = malloc(MOST);
  unsigned long long tries = 0;
  if (!seed)
    return 1;
  for (int f = 0; f < files; f++) {
    size_t size = read_seed(f + 2 < argc ? argv[f + 2] : NULL, seed);
    double end = now() + limit / files;
    LLVMFuzzerTestOneInput(seed, size);
    tries++;
    for (uint64_t k = 0; timed ? now() < end : (double)k < limit; k++, tries++) {
      og_random r = og_random_stream((uint64_t)f + 2, k);
      try(seed, size, &r);
    }
  }
  free(seed);
  /* Past stdio, whose stdout a target may have turned off. */
  return dprintf(STDOUT_FILENO, "fuzz: %llu executions, no fault\n", tries) < 0;
}
