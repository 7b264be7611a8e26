/* What a change of a model's file costs. See model_loss.h. */
#include "model_loss.h"

#include <inttypes.h>
#include <math.h>

#include "commands.h"
#include "complain.h"
#include "model_alphabets.h"

/* Rounds of validation; 20 queries each. */
enum { ROUNDS = 500, SEED = 1 };

static double cosine(const float *a, const float *b, size_t dim) {
  double sum = 0, square_a = 0, square_b = 0;
  for (size_t k = 0; k < dim; k++) {
    sum += (double)a[k] * (double)b[k];
    square_a += (double)a[k] * (double)a[k];
    square_b += (double)b[k] * (double)b[k];
  }
  return sum / sqrt(square_a * square_b);
}

static double least_cosine(const embeddings *a, const embeddings *b) {
  double least = 1;
  for (size_t i = 0; i < a->count; i++)
    least = fmin(least, cosine(a->values + i * a->dim, b->values + i * a->dim, a->dim));
  return least;
}

int model_loss_measure(const char *path, const char *data, const char *isa, uint32_t threads,
                       const model_bytes *from, const model_bytes *to, model_loss *out) {
  og_dataset *set = NULL;
  embeddings a = {0}, b = {0};
  og_error error = {0};
  int code = EXIT_DONE;
  if (alphabets_load(data, "held-out", path, &set, &error) ||
      embeddings_of(from->bytes, from->size, isa, set, 1, threads, &a, &error) ||
      embeddings_of(to->bytes, to->size, isa, set, 1, threads, &b, &error) ||
      validate(set, &a, ROUNDS, SEED, &out->before, &error) ||
      validate(set, &b, ROUNDS, SEED, &out->after, &error))
    code = complain_error(&error);
  else
    out->cosine = least_cosine(&a, &b);
  embeddings_free(&a);
  embeddings_free(&b);
  og_dataset_free(set);
  return code;
}

void model_loss_json(FILE *out, const model_loss *l) {
  fprintf(out,
          "\"held_out\":{\"way\":%zu,\"trials\":%" PRIu64 ",\"errors_before\":%" PRIu64
          ",\"errors\":%" PRIu64 ",\"error_percent_before\":%.4f,\"error_percent\":%.4f,"
          "\"least_cosine\":%.6f}",
          l->after.way, l->after.trials, l->before.errors, l->after.errors,
          trial_percent(l->before), trial_percent(l->after), l->cosine);
}

void model_loss_text(FILE *out, const model_loss *l) {
  fprintf(out,
          "held-out alphabets, within, %zu-way 1-shot: %.2f %% errors before, %.2f %% now (%" PRIu64
          " and %" PRIu64 " of %" PRIu64 "); cosine of old and new embeddings at least %.5f\n",
          l->after.way, trial_percent(l->before), trial_percent(l->after), l->before.errors,
          l->after.errors, l->after.trials, l->cosine);
}
