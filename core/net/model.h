/* The inside of a loaded model, for the trainer and the command; users see oneglyph.h. */
#ifndef OG_MODEL_H
#define OG_MODEL_H

#include "ink/ink.h"
#include "net/head.h"
#include "net/net.h"
#include "net/safetensors.h"

struct og_model {
  og_net net;
  og_plan plan;
  og_input input;
  const og_kernels *kernels;
  og_operand weights[OG_MAX_LAYERS];
  og_real *memory[OG_MAX_LAYERS]; /* what each of them lies in */
  og_head head;
  og_real *head_values; /* [head.count]; NULL: none */
  og_safetensors *file; /* its metadata only: the tensors' bytes are gone */
  og_model_info info;
};

struct og_workspace {
  og_glyph glyph;
  size_t images;  /* that run together, at most */
  og_real *arena; /* [og_arena_size] */
  float *sampled; /* [side][side] */
};

size_t og_model_layers(const og_model *model);
/* Runs one layer again on one image, on what the workspace holds. A layer's output lies apart from
 * what it reads, so a benchmark that goes through the layers in order may run each many times. */
void og_model_run_layer(const og_model *model, og_workspace *workspace, size_t layer);

/* How it is computed, as og_form_name says it; "" for a layer that has no weights. */
const char *og_model_layer_form(const og_model *model, size_t layer);

/* Embeds one raster with a model loaded for floats and raises ranges[layer][og_layer_ranges] to the
 * magnitudes met: what a model file needs to hold for OG_PRECISION_INT16, under the tensor names
 * LAYER.range. */
og_status og_model_ranges(const og_model *model, og_workspace *workspace,
                          const uint8_t raster[OG_RASTER_SIZE],
                          og_real *const ranges[OG_MAX_LAYERS]);

/* The two ends of a pass, for image number `at` of the workspace: reading a glyph through a view
 * (NULL: as it is) into a channel of the net's input; and the net's output, added to
 * `embedding` or not, OG_ERROR_FORMAT if it is not finite. */
void og_model_look(const og_model *model, og_workspace *workspace, const og_glyph *glyph,
                   const og_view *view, size_t at, size_t channel);
og_status og_model_take(const og_model *model, const og_workspace *workspace, size_t at, int add,
                        float *embedding);

/* Slightly turned, stretched and slanted views: the drawing as it is, turned by 8 degrees each way,
 * then others. */
extern const og_view og_views[OG_VIEWS];

/* The mean embedding, at unit length, of the first `views` of them. Takes `views` times as
 * long as og_embed. OG_ERROR_ARGUMENT if there are not so many. */
og_status og_embed_views(const og_model *model, og_workspace *workspace,
                         const uint8_t raster[OG_RASTER_SIZE], size_t views, float *embedding);

/* How much two drawings look like one character to a net that reads two (info.drawings 2): the mean
 * over both orders and over the first `views` views of `a`. Scores compare candidates `b` of one
 * `a`; they are no probabilities. OG_ERROR_ARGUMENT for another net or too many views. */
og_status og_compare(const og_model *model, og_workspace *workspace, const og_glyph *a,
                     const og_glyph *b, size_t views, float *score);

/* Name of a layer's tensor: LAYER.weight, shape [kernel_h][kernel_w][input channels][channels], or
 * LAYER.bias, shape [channels]. */
void og_tensor_name(const og_layer *layer, const char *kind, char name[OG_ST_MAX_NAME]);

/* The `calibration` metadata: "temperature=.. threshold=.. same_scale=.. same_bias=..". */
og_status og_calibration_parse(const char *text, og_calibration *out, og_error *error);

#endif
