/* For targets whose readers take a path: the bytes as a file in a folder of this process's own,
 * which goes when it ends. */
#ifndef FUZZ_AS_FILE_H
#define FUZZ_AS_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char fuzz_folder[64], fuzz_file[96];

static inline void fuzz_tidy(void) {
  unlink(fuzz_file);
  rmdir(fuzz_folder);
}

/* Writes the bytes to fuzz_folder/`name`, which is fuzz_file. Memory is faster than a disk. */
static inline void fuzz_as_file(const char *name, const uint8_t *data, size_t size) {
  if (!fuzz_folder[0]) {
    const char *place = access("/dev/shm", W_OK) ? P_tmpdir : "/dev/shm";
    snprintf(fuzz_folder, sizeof fuzz_folder, "%.30s/oneglyph-fuzz-XXXXXX", place);
    if (!mkdtemp(fuzz_folder))
      abort();
    snprintf(fuzz_file, sizeof fuzz_file, "%s/%.20s", fuzz_folder, name);
    atexit(fuzz_tidy);
  }
  FILE *file = fopen(fuzz_file, "wb");
  if (!file || fwrite(data, 1, size, file) != size || fclose(file))
    abort();
}

#endif
