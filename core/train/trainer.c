/* Training step by step. See train.h. */
#include "train/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "ink/jitter.h"
#include "train/objective.h"
#include "train/recipe.h"
#include "train/trainer_internal.h"
#include "train/update.h"

enum { MOST_THREADS = OG_MOST_SLICES };
static const float most_log_scale = 4.15888308f; /* ln 64 */

static char *copy_text(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = malloc(size);
  if (copy)
    memcpy(copy, text, size);
  return copy;
}

static og_status read_net(og_trainer *t, og_error *error) {
  og_status status = og_net_parse(t->recipe.net, &t->net, error);
  if (!status)
    status = og_input_parse(t->recipe.input, &t->input, error);
  if (status)
    return status;
  const og_layer *in = &t->net.layers[0];
  if (in->height != t->input.side || in->width != t->input.side)
    return og_recipe_wrong(error, "net and input differ in size");
  status = og_head_parse(t->recipe.head, og_layer_values(og_net_output(&t->net)), &t->head, error);
  if (status)
    return status;
  status = og_tuning_read(t->recipe.layers, &t->net, t->recipe.weight_decay, t->tuning, error);
  if (status)
    return status;
  if (t->head.kind != OG_HEAD_COSINE && !t->objective->own)
    return og_recipe_wrong(error, "its objective trains no head");
  const char *complaint = t->objective->complaint(&t->recipe, &t->net);
  if (complaint)
    return og_recipe_wrong(error, complaint);
  og_layout_make(&t->net, &t->layout);
  return OG_OK;
}

/* A sample of every drawing's pixels is enough to tell data sets apart. */
static uint64_t hash_data(const og_dataset *set) {
  uint64_t sizes[] = {set->drawings, set->classes, set->alphabets};
  uint64_t h = og_hash_bytes(OG_HASH_START, sizes, sizeof sizes);
  h = og_hash_bytes(h, set->class_start, (set->classes + 1) * sizeof *set->class_start);
  h = og_hash_bytes(h, set->drawer_of, set->drawings * sizeof *set->drawer_of);
  for (size_t i = 0; i < set->drawings; i++)
    h = og_hash_bytes(h, og_dataset_raster(set, i) + OG_RASTER_SIZE / 2, OG_RASTER_SIDE);
  return h;
}

static size_t most_points(const og_dataset *set) {
  size_t most = 0;
  for (size_t i = 0; set->ink && i < set->drawings; i++)
    most = set->ink[i].points > most ? set->ink[i].points : most;
  return most;
}

static og_status allocate(og_trainer *t, const og_kernels *kernels) {
  size_t n = t->recipe.classes_per_batch, dim = og_layer_values(og_net_output(&t->net));
  size_t images = t->objective->images(&t->recipe);
  size_t pixels = (size_t)t->input.side * t->input.side;
  t->own_count = t->objective->own ? t->objective->own(t) : 0;
  t->learnt = t->layout.parameters + t->own_count + 1;
  t->averaged = t->learnt + t->layout.statistics;
  t->state_count = 2 * t->averaged + 2 * t->learnt;
  t->state = calloc(t->state_count, sizeof(float));
  t->gradient = calloc(t->learnt, sizeof(float));
  t->embeddings = calloc(images * dim, sizeof(float));
  t->d_embeddings = calloc(images * dim, sizeof(float));
  t->logits = calloc(2 * n * n, sizeof(float));
  t->ids = calloc(n, sizeof(uint32_t));
  t->drawings = calloc(t->objective->drawings(&t->recipe), sizeof(uint32_t));
  t->sampler.order = calloc(og_sampler_scratch(t->sampler.set), sizeof(uint32_t));
  t->glyphs = malloc(t->sampler.set->drawings * sizeof(og_glyph));
  t->warp = calloc(t->threads, sizeof(float *));
  t->sampled = calloc(t->threads, sizeof(float *));
  if (!t->state || !t->gradient || !t->embeddings || !t->d_embeddings || !t->logits || !t->ids ||
      !t->drawings || !t->sampler.order || !t->glyphs || !t->warp || !t->sampled)
    return OG_ERROR_MEMORY;
  size_t points = most_points(t->sampler.set);
  t->redrawn = calloc(t->threads, sizeof *t->redrawn);
  t->points = calloc(t->threads, sizeof(float *));
  if (!t->redrawn || !t->points)
    return OG_ERROR_MEMORY;
  for (uint32_t i = 0; i < t->threads; i++) {
    t->warp[i] = malloc(2 * pixels * sizeof(float));
    t->sampled[i] = malloc(pixels * sizeof(float));
    t->points[i] = malloc((2 * points + 1) * sizeof(float));
    if (!t->warp[i] || !t->sampled[i] || !t->points[i])
      return OG_ERROR_MEMORY;
  }
  t->parameters = t->state;
  t->own = t->parameters + t->layout.parameters;
  t->d_own = t->gradient + t->layout.parameters;
  t->statistics = t->parameters + t->learnt;
  t->average = t->parameters + t->averaged;
  t->first = t->average + t->averaged;
  t->second = t->first + t->learnt;
  return og_pass_create(&t->net, kernels, images, t->slices, t->threads, &t->pass);
}

/* Weights uniform in +-1 / sqrt(fan-in) (LeCun et al. 1998, Efficient BackProp, scaled as in
 * PyTorch's default), norms the identity, biases zero. */
static void initialise(og_trainer *t) {
  og_random random = og_random_stream(t->seed, UINT64_MAX);
  for (size_t i = 0; i < t->net.count; i++) {
    const og_layer *l = &t->net.layers[i];
    const og_slots *s = &t->layout.slots[i];
    size_t weights = og_layer_weights(&t->net, i);
    float bound = weights ? 1 / sqrtf((float)(weights / l->channels)) : 0;
    float spread = t->tuning[i].spread;
    for (size_t w = 0; w < weights; w++)
      t->parameters[s->weight + w] =
          spread > 0 ? spread * og_random_normal(&random) : bound * og_random_signed(&random);
    for (size_t c = 0; spread > 0 && weights && c < l->channels; c++)
      t->parameters[s->bias + c] = t->tuning[i].offset + 0.01f * og_random_normal(&random);
    for (size_t c = 0; l->norm && c < l->channels; c++) {
      t->parameters[s->gamma + c] = 1;
      t->statistics[s->variance + c] = 1;
    }
  }
  if (t->objective->start)
    t->objective->start(t, &random);
  t->parameters[t->learnt - 1] = logf(t->recipe.scale);
}

static og_status prepare_glyphs(og_trainer *t, og_error *error) {
  const og_dataset *set = t->sampler.set;
  int threads = (int)t->threads, empty = 0;
#pragma omp parallel for num_threads(threads) reduction(| : empty)
  for (size_t i = 0; i < set->drawings; i++)
    empty |= og_glyph_prepare(&t->input, og_dataset_raster(set, i), &t->glyphs[i]) != OG_OK;
  if (empty)
    return og_fail(error, OG_ERROR_EMPTY, "a training drawing has no ink", NULL);
  if (t->objective != &og_objective_compare)
    return OG_OK;
  og_status status =
      og_rivals_find(set, t->glyphs, &t->input, og_trainer_strangers(t), t->threads, &t->rivals);
  if (status)
    return og_fail(error, status, "out of memory", NULL);
  return t->rivals.start[set->classes]
             ? OG_OK
             : og_fail(error, OG_ERROR_EMPTY, "no alphabet has two characters to compare", NULL);
}

og_status og_trainer_create(const og_recipe *recipe, const og_dataset *train, uint64_t seed,
                            uint32_t threads, const char *isa, og_trainer **out, og_error *error) {
  *out = NULL;
  og_status status = og_recipe_check(recipe, train, error);
  if (status)
    return status;
  if (threads < 1 || threads > MOST_THREADS)
    return og_fail(error, OG_ERROR_ARGUMENT, "threads must be 1 to 256", NULL);
  const og_kernels *kernels = og_kernels_find(isa);
  if (!kernels)
    return og_fail(error, OG_ERROR_UNSUPPORTED, "no kernels '", isa, "' on this machine", NULL);
  og_trainer *t = calloc(1, sizeof *t);
  if (!t)
    return og_fail(error, OG_ERROR_MEMORY, "out of memory", NULL);
  const og_recipe *r = &t->recipe;
  t->recipe = *recipe;
  t->recipe.net = copy_text(recipe->net);
  t->recipe.input = copy_text(recipe->input);
  t->seed = seed;
  t->threads = threads;
  t->slices = r->slices ? r->slices : threads;
  t->recipe.objective = recipe->objective ? copy_text(recipe->objective) : NULL;
  t->recipe.layers = recipe->layers ? copy_text(recipe->layers) : NULL;
  t->recipe.head = recipe->head ? copy_text(recipe->head) : NULL;
  t->objective = og_objective_of(recipe);
  t->kernels = kernels;
  t->augment = (og_augment){r->rotate_degrees,
                            r->stretch,
                            r->shear,
                            r->shift,
                            r->warp,
                            r->tone,
                            r->distortion_chance > 0 ? r->distortion_chance : 1};
  t->sampler = (og_sampler){.set = train,
                            .classes = r->classes_per_batch,
                            .same_alphabet = r->same_alphabet,
                            .symmetries = r->symmetries,
                            .compounds = r->compounds,
                            .compound_share = r->compound_share};
  int copied = r->net && r->input && (r->objective || !recipe->objective) &&
               (r->head || !recipe->head) && (r->layers || !recipe->layers);
  status = copied ? read_net(t, error) : OG_ERROR_MEMORY;
  if (!status)
    status = allocate(t, kernels);
  if (status == OG_ERROR_MEMORY)
    og_fail(error, status, "out of memory: a smaller batch or net needs less", NULL);
  if (!status)
    status = prepare_glyphs(t, error);
  if (!status && t->objective->prepare)
    status = t->objective->prepare(t, error);
  if (status) {
    og_trainer_free(t);
    return status;
  }
  t->recipe_hash = og_recipe_hash(r);
  t->data_hash = hash_data(train);
  initialise(t);
  *out = t;
  return OG_OK;
}

void og_trainer_free(og_trainer *t) {
  if (!t)
    return;
  if (t->objective->finish)
    t->objective->finish(t);
  og_pass_free(t->pass);
  og_teacher_free(t->teacher);
  og_rivals_free(&t->rivals);
  for (uint32_t i = 0; i < t->threads; i++) {
    if (t->warp)
      free(t->warp[i]);
    if (t->sampled)
      free(t->sampled[i]);
    if (t->points)
      free(t->points[i]);
  }
  void *owned[] = {(void *)(uintptr_t)t->recipe.net,
                   (void *)(uintptr_t)t->recipe.input,
                   (void *)(uintptr_t)t->recipe.objective,
                   (void *)(uintptr_t)t->recipe.head,
                   (void *)(uintptr_t)t->recipe.layers,
                   t->glyphs,
                   t->redrawn,
                   t->points,
                   t->state,
                   t->gradient,
                   t->embeddings,
                   t->d_embeddings,
                   t->logits,
                   t->ids,
                   t->drawings,
                   t->sampler.order,
                   t->warp,
                   t->sampled};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
    free(owned[i]);
  free(t);
}

og_status og_trainer_join(og_trainer *t, const og_team *team, og_error *error) {
  uint32_t most = t->slices < OG_TEAM_MOST ? t->slices : OG_TEAM_MOST;
  char size[OG_NUMBER_TEXT], text[OG_NUMBER_TEXT];
  if (team->size > most)
    return og_fail(error, OG_ERROR_ARGUMENT, og_number_text(size, team->size),
                   " processes are too many for ", og_number_text(text, t->slices),
                   " slices; the recipe can say more", NULL);
  og_pass_join(t->pass, team);
  if (t->teacher)
    og_teacher_join(t->teacher, team);
  return OG_OK;
}

uint64_t og_trainer_position(const og_trainer *t) {
  return t->step;
}

/* The drawing as it is, or drawn afresh. */
static const og_glyph *redraw(og_trainer *t, uint32_t drawing, uint64_t stream, uint32_t thread) {
  const og_dataset *set = t->sampler.set;
  og_random random = og_random_stream(t->seed ^ 0x696e6b00u, stream);
  if (!(t->recipe.redraw > 0) || !set->ink || !set->ink[drawing].strokes ||
      !(og_random_unit(&random) < t->recipe.redraw))
    return &t->glyphs[drawing];
  const og_ink *ink = &set->ink[drawing];
  og_strokes strokes = {ink->xy, ink->lengths, ink->strokes};
  uint8_t raster[OG_RASTER_SIZE];
  og_strokes_jitter(&strokes, t->recipe.jitter, &random, t->points[thread]);
  strokes.xy = t->points[thread];
  /* Strokes that left the raster altogether leave the drawing as it was. */
  if (og_raster_from_strokes(&strokes, OG_FRAME_OMNIGLOT, raster, NULL) ||
      og_glyph_prepare(&t->input, raster, &t->redrawn[thread]))
    return &t->glyphs[drawing];
  return &t->redrawn[thread];
}

void og_trainer_view(og_trainer *t, uint32_t i, uint32_t channel, uint32_t drawing,
                     uint32_t symmetry, uint64_t stream, uint32_t thread) {
  uint64_t streams = t->objective->drawings(&t->recipe);
  og_trainer_show(t, i, channel, &(og_showing){drawing, symmetry, t->step * streams + stream, 0},
                  thread);
}

/* What this step makes of an alphabet: each thread finds the same random stream for it. */
static void share_style(const og_trainer *t, const og_showing *what, uint32_t thread,
                        og_view *view) {
  const og_dataset *set = t->sampler.set;
  uint32_t alphabet = set->alphabet_of[set->class_of[what->drawing]];
  uint64_t stream = (t->step * set->alphabets + alphabet) * 8 + what->symmetry;
  og_random random = og_random_stream(t->seed ^ 0x7374796cu, stream);
  og_augment_style(&t->augment, t->recipe.style, t->input.side, &random, t->warp[thread], view);
}

void og_trainer_show(og_trainer *t, uint32_t i, uint32_t channel, const og_showing *what,
                     uint32_t thread) {
  static const og_augment nothing = {.chance = 1};
  uint32_t side = t->input.side, channels = t->net.layers[0].channels;
  og_random random = og_random_stream(t->seed ^ 0x61756730u, what->stream);
  og_view view;
  og_augment_view(what->plain ? &nothing : &t->augment, what->symmetry, side, &random,
                  t->warp[thread], &view);
  if (t->recipe.style > 0 && !what->plain)
    share_style(t, what, thread, &view);
  const og_glyph *glyph =
      what->plain ? &t->glyphs[what->drawing] : redraw(t, what->drawing, what->stream, thread);
  og_glyph_sample(&t->input, glyph, &view, t->sampled[thread]);
  og_plane plane = og_pass_input(t->pass, i);
  for (uint32_t y = 0; y < side; y++)
    for (uint32_t x = 0; x < side; x++)
      plane.at[y * plane.line + x * channels + channel] = t->sampled[thread][y * side + x];
}

/* Each view comes from a random stream of its own, so that the result does not depend on which
 * thread made it. */
void og_trainer_draw(og_trainer *t) {
  og_random random = og_random_stream(t->seed, t->step);
  int threads = (int)t->threads;
  size_t first, end;
  t->objective->draw(t, &random);
  og_pass_own(t->pass, &first, &end);
#pragma omp parallel for num_threads(threads) schedule(static, 1)
  for (int thread = 0; thread < threads; thread++)
    for (size_t i = first + (size_t)thread; i < end; i += t->threads)
      t->objective->fill(t, (uint32_t)i, (uint32_t)thread);
}

static void average(og_trainer *t) {
  int was = og_trainer_averaging(t);
  t->step++;
  if (!og_trainer_averaging(t))
    return;
  if (!was) {
    memcpy(t->average, t->parameters, t->averaged * sizeof(float));
    return;
  }
  float keep = t->recipe.ema;
  for (size_t i = 0; i < t->averaged; i++)
    t->average[i] += (1 - keep) * (t->parameters[i] - t->average[i]);
}

/* A number that is none has all bits of its exponent set. */
static int all_finite(const float *x, size_t count) {
  uint32_t most = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    bits &= 0x7fffffffu;
    most = bits > most ? bits : most;
  }
  return most < 0x7f800000u;
}

static og_status not_finite(const og_trainer *t, const char *what, og_error *error) {
  char step[OG_NUMBER_TEXT];
  return og_fail(error, OG_ERROR_FORMAT, "step ", og_number_text(step, t->step + 1), ": ", what,
                 " is not finite: try a smaller learning_rate", NULL);
}

static og_status lost(og_error *error) {
  return og_fail(error, OG_ERROR_FORMAT, "another process of this run has ended", NULL);
}

og_status og_trainer_step(og_trainer *t, og_step *report, og_error *error) {
  og_trainer_draw(t);
  if (og_pass_forward(t->pass, t->parameters, t->statistics, t->embeddings))
    return lost(error);
  float *log_scale = &t->parameters[t->learnt - 1];
  float used = *log_scale < most_log_scale ? *log_scale : most_log_scale;
  memset(t->d_own, 0, t->own_count * sizeof *t->d_own);
  float loss = t->objective->loss(t, used, &t->gradient[t->learnt - 1]);
  if (t->teacher && og_teacher_ask(t->teacher, t->pass, t->recipe.teacher_weight, t->embeddings,
                                   t->d_embeddings, &loss))
    return lost(error);
  if (!isfinite(loss))
    return not_finite(t, "the loss", error);
  if (used < *log_scale)
    t->gradient[t->learnt - 1] = 0;
  if (og_pass_backward(t->pass, t->parameters, t->d_embeddings, t->gradient))
    return lost(error);
  if (!all_finite(t->gradient, t->learnt))
    return not_finite(t, "the gradient", error);
  float rate = og_trainer_rate(t);
  og_trainer_update(t, rate);
  average(t);
  *report = (og_step){t->step, t->objective->images(&t->recipe), loss, expf(used), rate};
  return OG_OK;
}
