/* Model files and embeddings of many rasters, for every command that runs a model. */
#ifndef EMBEDDING_H
#define EMBEDDING_H

#include "isa.h"
#include "oneglyph.h"

/* Of a model file, in bytes: far above any net the core runs at a bearable speed. */
#define MODEL_LIMIT ((size_t)1 << 31)

/* Reads a model file and prepares it for the kernels chosen (NULL: the best, in f32). The error
 * names the file. */
og_status model_read(const char *path, const kernel_choice *with, og_model **out, og_error *error);

/* Embeds `count` rasters, seen in `views` views (og_embed_views), on `threads` threads: the first
 * ones, or those whose numbers are in `which`. The embedding of number i goes to values + i *
 * `stride`. A raster without ink gets zeros and is no error. OG_ERROR_MEMORY otherwise. */
og_status embed_rasters(const og_model *model, size_t views, const uint8_t *rasters,
                        const uint32_t *which, size_t count, uint32_t threads, float *values,
                        size_t stride);

/* Processors this process may run on. */
uint32_t processors(void);

#endif
