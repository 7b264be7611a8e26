/* Drawings made ready on demand. See gallery.h. */
#include "gallery.h"

#include <stdlib.h>

#include "base/error.h"
#include "progress.h"

enum { QUERY = 1, EXAMPLE = 2, IMAGE = 4 };

struct gallery {
  const committee *model;
  const uint8_t *rasters;
  size_t dim, views;
  float *queries,
      *examples;           /* [count][dim]; one array where examples are embedded as queries are */
  og_deform_image *images; /* [count] */
  uint8_t *ready;          /* [count] QUERY, EXAMPLE, IMAGE */
  uint32_t *missing;       /* [count] */
  double seconds;          /* of a processor, for `embedded` queries */
  size_t embedded;
};

static og_status no_memory(og_error *error) {
  return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
}

og_status gallery_create(const committee *model, size_t views, bool images, const uint8_t *rasters,
                         size_t count, gallery **out, og_error *error) {
  *out = NULL;
  gallery *g = calloc(1, sizeof *g);
  if (!g)
    return no_memory(error);
  *g = (gallery){.model = model, .rasters = rasters, .views = views};
  g->ready = calloc(count + 1, sizeof *g->ready);
  g->missing = malloc((count + 1) * sizeof *g->missing);
  bool ok = g->ready && g->missing;
  if (model) {
    g->dim = committee_dim(model);
    g->queries = malloc((count + 1) * g->dim * sizeof *g->queries);
    g->examples = views > 1 ? malloc((count + 1) * g->dim * sizeof *g->examples) : g->queries;
    ok = ok && g->queries && g->examples;
  }
  if (images)
    ok = (g->images = malloc((count + 1) * sizeof *g->images)) && ok;
  if (ok) {
    *out = g;
    return OG_OK;
  }
  gallery_free(g);
  return no_memory(error);
}

void gallery_free(gallery *g) {
  if (!g)
    return;
  if (g->examples != g->queries)
    free(g->examples);
  free(g->queries);
  free(g->images);
  free(g->ready);
  free(g->missing);
  free(g);
}

/* Lists those that are not ready as `what`, and takes them for so from now on. */
static size_t list_missing(gallery *g, const uint32_t *drawings, size_t count, uint8_t what) {
  size_t missing = 0;
  for (size_t i = 0; i < count; i++)
    if (!(g->ready[drawings[i]] & what)) {
      g->ready[drawings[i]] |= what;
      g->missing[missing++] = drawings[i];
    }
  return missing;
}

static og_status embed_queries(gallery *g, const uint32_t *drawings, size_t count,
                               uint32_t threads) {
  size_t missing = list_missing(g, drawings, count, QUERY);
  double start = process_seconds();
  og_status status =
      committee_embed(g->model, g->rasters, g->missing, missing, threads, g->queries);
  g->seconds += process_seconds() - start;
  g->embedded += missing;
  return status;
}

static og_status embed_examples(gallery *g, const uint32_t *drawings, size_t count,
                                uint32_t threads) {
  if (g->examples == g->queries)
    return embed_queries(g, drawings, count, threads);
  size_t missing = list_missing(g, drawings, count, EXAMPLE);
  return committee_embed_examples(g->model, g->views, g->rasters, g->missing, missing, threads,
                                  g->examples);
}

static og_status find_gradients(gallery *g, const uint32_t *drawings, size_t count,
                                uint32_t threads) {
  size_t missing = list_missing(g, drawings, count, IMAGE);
  int empty = 0;
#pragma omp parallel for num_threads((int)threads) reduction(| : empty)
  for (size_t i = 0; i < missing; i++) {
    size_t at = g->missing[i];
    empty |= og_deform_prepare(g->rasters + at * OG_RASTER_SIZE, &g->images[at]) != OG_OK;
  }
  return empty ? OG_ERROR_EMPTY : OG_OK;
}

og_status gallery_ready(gallery *g, const uint32_t *examples, size_t example_count,
                        const uint32_t *queries, size_t query_count, uint32_t threads,
                        og_error *error) {
  og_status status = OG_OK;
  if (g->model)
    status = embed_queries(g, queries, query_count, threads);
  if (g->model && !status)
    status = embed_examples(g, examples, example_count, threads);
  if (status)
    return og_fail(error, status, "embedding failed; is memory short?", NULL);
  if (g->images)
    status = find_gradients(g, examples, example_count, threads);
  if (g->images && !g->model && !status)
    status = find_gradients(g, queries, query_count, threads);
  return status ? og_fail(error, status, "a drawing has no ink", NULL) : OG_OK;
}

const float *gallery_query(const gallery *g, uint32_t drawing) {
  return g->queries + drawing * g->dim;
}

const float *gallery_example(const gallery *g, uint32_t drawing) {
  return g->examples + drawing * g->dim;
}

const og_deform_image *gallery_image(const gallery *g, uint32_t drawing) {
  return g->images ? &g->images[drawing] : NULL;
}

double gallery_milliseconds(const gallery *g) {
  return g->embedded ? g->seconds * 1000 / (double)g->embedded : 0;
}
