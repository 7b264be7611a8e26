/* A support set under load. See bench_support.h. */
#include "bench_support.h"

#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/random.h"
#include "oneglyph.h"

enum { SEED = 1, MATCHES = 5 };

/* The most memory this process had so far, in bytes. */
static double memory_now(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) ? 0 : 1024.0 * (double)usage.ru_maxrss;
}

/* A random direction, the same for the same number. */
static void embedding_of(uint64_t number, size_t dim, float *out) {
  og_random random = og_random_stream(SEED, number);
  for (size_t k = 0; k < dim; k++)
    out[k] = og_random_normal(&random);
}

static og_status fill(og_support *set, const support_load *l, float *embedding) {
  og_status status = OG_OK;
  for (uint64_t i = 0; !status && i < l->classes * l->shot; i++) {
    embedding_of(i, (size_t)l->dim, embedding);
    status = og_support_add(set, (uint32_t)(i / l->shot), embedding, NULL);
  }
  return status;
}

/* Every other query is an example once more, whose class must come first. */
static int ask(const og_support *set, const support_load *l, uint64_t query, float *embedding,
               double *ms) {
  static const og_calibration calibration = {0.1f, 0.5f, 10, -5, 0, 1, 0.4f};
  uint64_t examples = l->classes * l->shot, known = query * 7919 % examples;
  og_match matches[MATCHES];
  og_answer answer;
  embedding_of(query % 2 ? examples + query : known, (size_t)l->dim, embedding);
  double from = bench_now();
  og_support_classify(set, embedding, &calibration, NAN, matches, MATCHES, &answer);
  *ms = bench_now() - from;
  return query % 2 == 0 && answer.count && matches[0].class_id == known / l->shot &&
         matches[0].nearest == known + 1;
}

/* What the threads themselves take is not to count as memory of the queries. */
static int start_threads(uint64_t threads) {
  int started = 0;
#pragma omp parallel num_threads((int)threads) reduction(+ : started)
  started++;
  return started;
}

/* The threads share the set, and the queries among them. */
static void ask_all(const og_support *set, const support_load *l, float *embeddings, double *times,
                    support_result *out) {
  uint64_t found = 0;
  double from = bench_now();
#pragma omp parallel for num_threads((int)l->threads) schedule(static, 1) reduction(+ : found)
  for (size_t t = 0; t < l->threads; t++)
    for (uint64_t q = t * l->queries / l->threads; q < (t + 1) * l->queries / l->threads; q++)
      found += (uint64_t)ask(set, l, q, embeddings + t * l->dim, &times[q]);
  out->per_second = 1e3 * (double)l->queries / (bench_now() - from);
  out->found = found;
  out->tried = (l->queries + 1) / 2;
}

og_status support_measure(const support_load *l, support_result *out) {
  if (l->shot > OG_MAX_EXAMPLES / l->classes)
    return OG_ERROR_TOO_LARGE;
  *out = (support_result){0};
  og_support *set = NULL;
  float *embeddings = malloc(l->threads * l->dim * sizeof *embeddings);
  double *times = calloc(l->queries, sizeof *times);
  og_status status = embeddings && times && start_threads(l->threads)
                         ? og_support_create(l->dim, &set)
                         : OG_ERROR_MEMORY;
  double before = memory_now(), from = bench_now();
  if (!status)
    status = fill(set, l, embeddings);
  if (!status) {
    out->add_ms = bench_now() - from;
    out->set_bytes = memory_now() - before;
    ask_all(set, l, embeddings, times, out);
    out->query_bytes = memory_now() - before - out->set_bytes;
    out->query = bench_summary(times, (size_t)l->queries, 1);
  }
  og_support_free(set);
  free(embeddings);
  free(times);
  return status;
}

void support_print(FILE *out, const support_load *l, const support_result *r) {
  fprintf(out,
          "support set: %llu classes x %llu examples, %llu numbers each, %llu queries on %llu"
          " threads\n"
          "filled in %.0f ms, %.1f MB; answering took %.1f MB more\n"
          "a query on one thread: %.3f ms at best, %.3f median; all threads: %.0f a second\n"
          "examples asked for again: %llu of %llu were their own nearest\n",
          (unsigned long long)l->classes, (unsigned long long)l->shot, (unsigned long long)l->dim,
          (unsigned long long)l->queries, (unsigned long long)l->threads, r->add_ms,
          r->set_bytes * 1e-6, r->query_bytes * 1e-6, r->query.min, r->query.median, r->per_second,
          (unsigned long long)r->found, (unsigned long long)r->tried);
}

void support_json(FILE *out, const support_load *l, const support_result *r) {
  fprintf(out,
          "{\"classes\":%llu,\"shot\":%llu,\"examples\":%llu,\"dim\":%llu,\"threads\":%llu,"
          "\"queries\":%llu,\"add_ms\":%.3f,\"set_bytes\":%.0f,\"query_bytes\":%.0f,"
          "\"query_ms\":{\"min\":%.4f,\"median\":%.4f},\"queries_per_second\":%.1f,"
          "\"found\":%llu,\"tried\":%llu}\n",
          (unsigned long long)l->classes, (unsigned long long)l->shot,
          (unsigned long long)(l->classes * l->shot), (unsigned long long)l->dim,
          (unsigned long long)l->threads, (unsigned long long)l->queries, r->add_ms, r->set_bytes,
          r->query_bytes, r->query.min, r->query.median, r->per_second,
          (unsigned long long)r->found, (unsigned long long)r->tried);
}
