/* The drawings of an evaluation, made ready when a trial first asks for them: few trials need part
 * of a set only, and as an example a drawing is embedded in several views. */
#ifndef GALLERY_H
#define GALLERY_H

#include <stdbool.h>

#include "committee.h"
#include "fewshot/deform.h"

typedef struct gallery gallery;

/* `count` rasters, which must outlive it, as must `model` (NULL: nothing is embedded). Examples are
 * embedded as often as `views` says; with `images` they get an image to deform, and so does every
 * query where there is no model. */
og_status gallery_create(const committee *model, size_t views, bool images, const uint8_t *rasters,
                         size_t count, gallery **out, og_error *error);
void gallery_free(gallery *g);

/* Makes these drawings ready, as examples and as queries; those that are cost nothing. Not to be
 * called while others read. */
og_status gallery_ready(gallery *g, const uint32_t *examples, size_t example_count,
                        const uint32_t *queries, size_t query_count, uint32_t threads,
                        og_error *error);

/* What must be ready. */
const float *gallery_query(const gallery *g, uint32_t drawing);
const float *gallery_example(const gallery *g, uint32_t drawing);
/* NULL if there are no images. */
const og_deform_image *gallery_image(const gallery *g, uint32_t drawing);

/* Milliseconds of a processor for one query's embedding, of those so far. */
double gallery_milliseconds(const gallery *g);

#endif
