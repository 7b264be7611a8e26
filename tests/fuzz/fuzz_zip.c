/* Fuzz target: any bytes as the zip of a data set. */
#include <string.h>

#include "as_file.h"
#include "dataset_load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  og_dataset *set = NULL;
  og_error error = {0};
  fuzz_as_file("images_fuzz.zip", data, size);
  if (dataset_load(fuzz_folder, "fuzz", &set, &error) == OG_OK) {
    if (!set->drawings || set->class_start[set->classes] != set->drawings)
      abort();
    og_dataset_free(set);
  } else if (!error.text[0] || strchr(error.text, '\n')) {
    abort();
  }
  return 0;
}
