/* Checkpoints: the trainer's state as bytes and back.
 *
 *     "OGCHECK1" | recipe hash | data hash | seed | slices | step | count | floats | hash of all
 *
 * Numbers are u64 in the machine's own byte order: a checkpoint is for the machine that wrote it,
 * since other kernels would not continue the same run anyway. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "train/trainer_internal.h"

enum { WORDS = 7 };
static const char magic[8] = {'O', 'G', 'C', 'H', 'E', 'C', 'K', '1'};

static size_t state_bytes(const og_trainer *t) {
  return t->state_count * sizeof(float);
}

og_status og_trainer_save(const og_trainer *t, uint8_t **bytes, size_t *size) {
  uint64_t head[WORDS] = {0,         t->recipe_hash, t->data_hash,  t->seed,
                          t->slices, t->step,        t->state_count};
  memcpy(head, magic, sizeof magic);
  *size = sizeof head + state_bytes(t) + sizeof(uint64_t);
  *bytes = malloc(*size);
  if (!*bytes)
    return OG_ERROR_MEMORY;
  memcpy(*bytes, head, sizeof head);
  memcpy(*bytes + sizeof head, t->state, state_bytes(t));
  uint64_t hash = og_hash_bytes(OG_HASH_START, *bytes, *size - sizeof hash);
  memcpy(*bytes + *size - sizeof hash, &hash, sizeof hash);
  return OG_OK;
}

og_status og_trainer_load(og_trainer *t, const uint8_t *bytes, size_t size, og_error *error) {
  uint64_t head[WORDS], hash;
  if (size < sizeof head + sizeof hash || memcmp(bytes, magic, sizeof magic) != 0)
    return og_fail(error, OG_ERROR_FORMAT, "not a checkpoint", NULL);
  memcpy(head, bytes, sizeof head);
  memcpy(&hash, bytes + size - sizeof hash, sizeof hash);
  if (og_hash_bytes(OG_HASH_START, bytes, size - sizeof hash) != hash)
    return og_fail(error, OG_ERROR_FORMAT, "the checkpoint is damaged", NULL);
  const struct {
    uint64_t mine;
    const char *what;
  } same[] = {{t->recipe_hash, "recipe"},
              {t->data_hash, "training data"},
              {t->seed, "seed"},
              {t->slices, "number of slices (threads, where the recipe gives none)"}};
  for (size_t i = 0; i < 4; i++)
    if (head[1 + i] != same[i].mine)
      return og_fail(error, OG_ERROR_ARGUMENT, "the checkpoint was made with another ",
                     same[i].what, NULL);
  if (head[6] != t->state_count || size != sizeof head + state_bytes(t) + sizeof hash)
    return og_fail(error, OG_ERROR_FORMAT, "the checkpoint has the wrong size", NULL);
  t->step = head[5];
  memcpy(t->state, bytes + sizeof head, state_bytes(t));
  return OG_OK;
}
