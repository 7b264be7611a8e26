/* Oneglyph: draw a symbol once, and the computer knows it.
 *
 * This header is the manual of the library. One drawing goes through it like this:
 *
 *     strokes or picture -> raster -> embedding -> scores against a support set
 *
 * A raster is the drawing as 105 x 105 pixels, drawn with Omniglot's pen. An embedding is a vector
 * of unit length; drawings of one symbol have embeddings that point the same way. A support set
 * holds the embeddings of the examples a person drew; comparing a query with it is the classifier,
 * and nothing is ever retrained.
 *
 * The library does no input or output, reads no clock and no environment, and keeps no global
 * state. Every function that can fail returns an og_status and, where it takes an og_error, writes
 * one line that says what was wrong. A loaded model is read-only and may be shared between threads;
 * a workspace belongs to one thread at a time; a support set is changed by one thread at a time.
 * The same model gives the same embeddings, bit for bit, on every machine whose kernels belong to
 * one arithmetic class (see og_isa_name): multiply-then-add, or fused multiply-add. WebAssembly is
 * one of them for nets whose kernels are 1x1 or 3x3; others are computed in fewer forms there, and
 * differ in the last digits.
 */
#ifndef ONEGLYPH_H
#define ONEGLYPH_H

#include <stddef.h>
#include <stdint.h>

/* Semantic version; CMake and the command read it here. */
#define OG_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif
/* What follows, and nothing else, is exported by the shared library. */
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* The OG_VERSION of the library itself. */
const char *og_version(void);

typedef enum og_status {
  OG_OK = 0,
  OG_ERROR_ARGUMENT,    /* a value outside its documented range */
  OG_ERROR_MEMORY,      /* an allocation failed */
  OG_ERROR_FORMAT,      /* a file or drawing is broken */
  OG_ERROR_TOO_LARGE,   /* more than the documented limit */
  OG_ERROR_EMPTY,       /* nothing was drawn */
  OG_ERROR_UNSUPPORTED, /* well formed, but this build or machine cannot do it */
} og_status;

/* What went wrong, in one line without a final full stop or newline. Pass NULL if only the status
 * matters. The text is always terminated. */
typedef struct og_error {
  og_status status;
  char text[192];
} og_error;

/* ---- Ink: drawings to rasters ------------------------------------------------------------- */

enum {
  OG_RASTER_SIDE = 105,
  OG_RASTER_SIZE = OG_RASTER_SIDE * OG_RASTER_SIDE, /* bytes; row by row, 1 is ink, 0 is paper */
  OG_MAX_POINTS = 1 << 16,                          /* in one drawing */
  OG_MAX_STROKES = 1 << 12,                         /* in one drawing */
  OG_MAX_IMAGE_SIDE = 8192,                         /* pixels of a decoded picture */
  OG_MAX_IMAGE_PIXELS = 1 << 25,
};

/* A drawing as the pen made it: x to the right, y down, any unit. `xy` holds the points of all
 * strokes one after the other, `lengths[i]` says how many belong to stroke i. A stroke of one point
 * is a dot; an empty stroke is nothing. */
typedef struct og_strokes {
  const float *xy;         /* [sum of lengths][2] */
  const uint32_t *lengths; /* [count] */
  size_t count;
} og_strokes;

typedef enum og_frame {
  OG_FRAME_FIT = 0,  /* scale and move the whole drawing to the size Omniglot's people drew at */
  OG_FRAME_OMNIGLOT, /* coordinates are pixels of the 105 x 105 raster already */
} og_frame;

/* Draws strokes with Omniglot's pen. OG_ERROR_EMPTY if there is no point, or none of the ink
 * falls on the raster; OG_ERROR_FORMAT for a coordinate that is not finite, OG_ERROR_TOO_LARGE past
 * OG_MAX_POINTS or OG_MAX_STROKES. */
og_status og_raster_from_strokes(const og_strokes *strokes, og_frame frame,
                                 uint8_t raster[OG_RASTER_SIZE], og_error *error);

/* Finds the ink in a picture: dark on light or light on dark, any size up to the limits above,
 * uneven grey allowed. `rgba` has 4 bytes a pixel, not premultiplied; transparent is paper. A
 * 105 x 105 picture in two colours is taken as it is, so Omniglot's own images pass unchanged.
 * OG_ERROR_EMPTY if everything has one colour. */
og_status og_raster_from_rgba(const uint8_t *rgba, size_t width, size_t height,
                              uint8_t raster[OG_RASTER_SIZE], og_error *error);

/* The same for the bytes of a PNG or JPEG file. Native builds only: a browser decodes pictures
 * itself. OG_ERROR_FORMAT for anything else or a broken file. */
og_status og_raster_from_image(const void *bytes, size_t size, uint8_t raster[OG_RASTER_SIZE],
                               og_error *error);

/* ---- Model: rasters to embeddings --------------------------------------------------------- */

typedef struct og_model og_model;
typedef struct og_workspace og_workspace;

/* How scores become probabilities; fitted on held-out background alphabets by the trainer and
 * stored in the model file. Similarities are cosines in [-1, 1]. */
typedef struct og_calibration {
  float temperature; /* ranking: softmax over similarity / temperature */
  float threshold;   /* similarity at which "none of these" is as likely as the class; NAN-free */
  float same_scale;  /* P(two drawings are one symbol) = sigmoid(scale * similarity + bias) */
  float same_bias;
  float second_look;      /* weight of og_support_look_again; 0: none */
  uint32_t example_views; /* of og_embed_example; 0 is 1 */
  float crowd; /* the threshold is higher where the query looks like many classes: by this part of
                  its mean similarity to those that are not the best; cosines only */
} og_calibration;

/* What the products inside the net are computed with. */
typedef enum og_precision {
  OG_PRECISION_F32,
  OG_PRECISION_INT16, /* 16-bit integers summed in 32 bits; about twice the products a second */
} og_precision;

typedef struct og_model_info {
  size_t side;          /* the net reads side x side pixels... */
  size_t drawings;      /* ...of so many drawings: 1, or 2 if it compares and does not embed */
  size_t dim;           /* floats in an embedding */
  size_t parameters;    /* numbers the net learnt */
  size_t multiply_adds; /* of one embedding, direct form */
  const char *isa;      /* kernels in use */
  og_precision precision;
  const char *net; /* the layer list as text */
  og_calibration calibration;
} og_model_info;

/* Names of the kernel sets built in, best last; NULL past the end. "scalar" is always there. */
const char *og_isa_name(size_t index);
/* True if this machine can run the named set. */
int og_isa_usable(const char *name);

/* Reads a model file (safetensors, `__metadata__.format` "oneglyph") of `size` bytes and prepares
 * its weights for the kernels named `isa`, or the best usable ones if `isa` is NULL. Everything is
 * checked before use: no file, however broken, makes the library read outside it. The bytes are
 * not needed afterwards. */
og_status og_model_load(const void *bytes, size_t size, const char *isa, og_model **out,
                        og_error *error);
/* The same in another precision. OG_ERROR_UNSUPPORTED if the file does not hold the ranges of
 * numbers that integers need. */
og_status og_model_load_as(const void *bytes, size_t size, const char *isa, og_precision precision,
                           og_model **out, og_error *error);
void og_model_free(og_model *model);
const og_model_info *og_model_get_info(const og_model *model);
/* The value of a `__metadata__` key, or NULL. Lives as long as the model. */
const char *og_model_metadata(const og_model *model, const char *key);

/* All scratch memory one thread needs to run `model`. */
og_status og_workspace_create(const og_model *model, og_workspace **out);
void og_workspace_free(og_workspace *workspace);

/* The same for og_embed_batch with up to `images` drawings, of which as many go through the net
 * together as caches have room for. OG_ERROR_ARGUMENT if `images` is 0. */
og_status og_workspace_create_batch(const og_model *model, size_t images, og_workspace **out);

/* Embeds one raster. Allocates nothing. `embedding` has og_model_info.dim floats and unit length.
 * OG_ERROR_EMPTY if the raster has no ink, OG_ERROR_FORMAT if the model's weights are so large that
 * the result is not finite, OG_ERROR_UNSUPPORTED if the model compares drawings. */
og_status og_embed(const og_model *model, og_workspace *workspace,
                   const uint8_t raster[OG_RASTER_SIZE], float *embedding);

enum { OG_VIEWS = 9 }; /* most views of an example */

/* Embeds a drawing that is to be an example of a support set: the mean, at unit length, over
 * calibration.example_views slightly turned, stretched and slanted views of it (as Krizhevsky,
 * Sutskever and Hinton 2012 average over crops), so that what differs from hand to hand partly
 * cancels. An example is embedded once and compared often: this takes so many times as long as
 * og_embed, and queries cost what they did. With one view it is og_embed. */
og_status og_embed_example(const og_model *model, og_workspace *workspace,
                           const uint8_t raster[OG_RASTER_SIZE], float *embedding);

/* Embeds `count` rasters, as many together as the workspace has room for; every embedding has the
 * bits that og_embed gives. Stops at the first raster that cannot be embedded, whose status is
 * returned; `*done` embeddings were written. */
og_status og_embed_batch(const og_model *model, og_workspace *workspace,
                         const uint8_t (*rasters)[OG_RASTER_SIZE], size_t count, float *embeddings,
                         size_t *done);

/* ---- Support set: embeddings to answers --------------------------------------------------- */

enum { OG_MAX_EXAMPLES = 1 << 20 };

typedef struct og_support og_support;

/* Classes are numbers chosen by the caller (names are the caller's business), examples are numbers
 * chosen by the set: never 0, never used again. */
og_status og_support_create(size_t dim, og_support **out);
/* The same for embeddings of `model`, which must outlive it, and with the scores that its head, if
 * it has one, was trained for (see og_model_metadata's `head`): those of Matching or Prototypical
 * networks, or Koch's: similarities are then l / (1 + |l|) of the logits l of its probability that
 * two drawings show one character (of a class: halfway between the mean over its examples and the
 * best), the calibration's numbers but the threshold are for logits, and lengths of embeddings
 * count. OG_ERROR_UNSUPPORTED for a head that judges no support sets. Where a head puts the
 * examples in context of each other, each change of the set computes all of them anew. */
og_status og_support_create_for(const og_model *model, og_support **out);
void og_support_free(og_support *support);
/* Copies `embedding` in as an example of `class_id`. OG_ERROR_FORMAT if it is not finite,
 * OG_ERROR_TOO_LARGE past OG_MAX_EXAMPLES examples or classes; the set is then as it was.
 * `example_id` may be NULL. */
og_status og_support_add(og_support *support, uint32_t class_id, const float *embedding,
                         uint32_t *example_id);
/* OG_ERROR_ARGUMENT if there is no such example or class. A class without examples is kept, ranks
 * nowhere, and comes back with the next og_support_add; removing a class forgets it. */
og_status og_support_remove(og_support *support, uint32_t example_id);
og_status og_support_remove_class(og_support *support, uint32_t class_id);
size_t og_support_classes(const og_support *support); /* with at least one example */
size_t og_support_examples(const og_support *support);

typedef struct og_match {
  uint32_t class_id;
  uint32_t nearest; /* id of the example of this class most like the query */
  float similarity; /* the class's score, in [-1, 1]: see og_support_classify */
  float nearest_similarity;
  float probability; /* over all classes and "none of these": sums to 1 with og_answer.none */
  float same;        /* probability that query and class are one symbol, judged alone */
} og_match;

typedef struct og_answer {
  size_t count; /* matches written: min(capacity, classes with examples) */
  float none;   /* probability of "none of these"; 1 for an empty set */
  int known;    /* 0 if "none of these" is at least as probable as the best class */
} og_answer;

/* Ranks the classes of the set for one query, best first; equal scores by smaller class id. A
 * class's score is the mean of its prototype's and its nearest example's cosine, so one good
 * example is never drowned by sloppy ones (one example: the two are the same number); from a cosine
 * of 0.95 on, the nearest example counts for more, and at 1 alone: what was taught is known. Only
 * directions count; a vector of zeros is unlike everything (cosine 0). `threshold` replaces the
 * calibrated one unless it is NAN; infinite means always or never "none of these". Allocates
 * nothing, unless the model's head has context (OG_ERROR_MEMORY); the time grows with examples *
 * dim. Past 4096 examples a set with neither context nor Koch's head keeps them, natively, as
 * 16-bit integers, 2 * dim bytes each: its products are exact sums of these, the same on every
 * machine, and its cosines some 1e-5 off those that a smaller set has. `matches` may be NULL if
 * `capacity` is 0. OG_ERROR_FORMAT if the query, OG_ERROR_ARGUMENT if the calibration is not finite
 * or its temperature not positive; the results are then untouched. */
og_status og_support_classify(const og_support *support, const float *query,
                              const og_calibration *calibration, float threshold, og_match *matches,
                              size_t capacity, og_answer *answer);

/* Looks again at the two classes that og_support_classify ranked first, comparing drawings place by
 * place as an embedding cannot: with the image deformation model (Keysers and others 2007, section
 * 3.4), which needs no training and errs on other pairs than a net. The class whose drawings are
 * farther from the query loses calibration.second_look times the difference of the mean logarithms
 * of the distances, and ranking and probabilities follow. The example of each class that is nearest
 * is compared with the query turned by 8 degrees each way too, and the least distance counts.
 * Nothing changes if that weight is 0, if the model has a head, or if the drawings were not kept of
 * a class's examples, the newest OG_LOOKS of which are looked at.
 *
 * og_support_keep_drawing keeps what that needs of an example's drawing, 14 KB; OG_ERROR_ARGUMENT
 * if there is no such example, OG_ERROR_EMPTY if there is no ink. og_support_look_again takes what
 * og_support_classify gave for the same set and calibration, and allocates nothing; about 0.1 ms an
 * example and as much for each turn of a class. OG_ERROR_EMPTY if the query has no ink. */
enum { OG_LOOKS = 5 };
og_status og_support_keep_drawing(og_support *support, uint32_t example_id,
                                  const uint8_t raster[OG_RASTER_SIZE]);
og_status og_support_look_again(const og_support *support, const uint8_t raster[OG_RASTER_SIZE],
                                const og_calibration *calibration, og_match *matches,
                                og_answer *answer);

/* A flat map of the set, on which examples that are alike lie near each other: the mean of the
 * examples and their first two principal components. `frame` is [4][dim]: mean, first and second
 * axis (unit length; zero where the examples do not differ), and room to compute in. The axes are
 * read too: given those of a map of the set as it was, the new map turns as little as it can; zeros
 * begin anew. Allocates nothing; the time grows with examples * dim. */
void og_support_map(const og_support *support, float *frame);
/* Where the examples lie on it, and where an embedding would. `ids` is [examples], `xy`
 * [examples][2]; returns the number of examples. */
size_t og_support_places(const og_support *support, const float *frame, uint32_t *ids, float *xy);
void og_map_place(const float *frame, size_t dim, const float *embedding, float xy[2]);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif
#endif
