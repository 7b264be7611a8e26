/* Learns two symbols from one drawing each, and says which of them a third drawing is.
 *     recognise glyph.safetensors
 */
#include <oneglyph.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void stop_if(og_status status, const char *why) {
  if (status) {
    fprintf(stderr, "recognise: %s\n", why);
    exit(1);
  }
}

static void *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) {
    perror(path);
    exit(1);
  }
  *size = (size_t)ftell(file);
  rewind(file);
  void *bytes = malloc(*size);
  *size = bytes ? fread(bytes, 1, *size, file) : 0;
  fclose(file);
  return bytes;
}

/* What is needed for each drawing. */
typedef struct recogniser {
  og_model *model;
  og_workspace *workspace;
  og_support *set;
  uint8_t raster[OG_RASTER_SIZE]; /* of the last drawing */
  float *embedding;               /* of the last drawing, og_model_info.dim numbers */
} recogniser;

/* One stroke of three points. */
static void draw(recogniser *r, const float xy[6]) {
  const uint32_t points = 3;
  const og_strokes strokes = {xy, &points, 1};
  og_error error;
  stop_if(og_raster_from_strokes(&strokes, OG_FRAME_FIT, r->raster, &error), error.text);
}

/* An example is embedded more carefully than what is drawn later, and kept for the second look. */
static void teach(recogniser *r, uint32_t class_id, const float xy[6]) {
  uint32_t id;
  draw(r, xy);
  stop_if(og_embed_example(r->model, r->workspace, r->raster, r->embedding),
          "the example cannot be embedded");
  stop_if(og_support_add(r->set, class_id, r->embedding, &id), "the example cannot be added");
  stop_if(og_support_keep_drawing(r->set, id, r->raster), "the example cannot be kept");
}

int main(int argc, char **argv) {
  static const char *const names[] = {"a roof", "a corner"};
  static const float roof[] = {10, 60, 40, 10, 70, 60}, corner[] = {10, 10, 70, 10, 70, 70};
  static const float drawn[] = {12, 57, 39, 12, 73, 62};
  if (argc != 2) {
    fputs("Usage: recognise MODEL\n", stderr);
    return 2;
  }
  size_t size;
  void *bytes = read_file(argv[1], &size);
  og_error error;
  recogniser r;
  stop_if(og_model_load(bytes, size, NULL, &r.model, &error), error.text);
  free(bytes);
  const og_model_info *info = og_model_get_info(r.model);
  r.embedding = malloc(info->dim * sizeof *r.embedding);
  stop_if(r.embedding ? OG_OK : OG_ERROR_MEMORY, "out of memory");
  stop_if(og_workspace_create(r.model, &r.workspace), "out of memory");
  stop_if(og_support_create(info->dim, &r.set), "out of memory");

  teach(&r, 0, roof);
  teach(&r, 1, corner);

  og_match ranking[2];
  og_answer answer;
  draw(&r, drawn);
  stop_if(og_embed(r.model, r.workspace, r.raster, r.embedding), "the drawing cannot be embedded");
  stop_if(og_support_classify(r.set, r.embedding, &info->calibration, NAN, ranking, 2, &answer),
          "the drawing cannot be classified");
  stop_if(og_support_look_again(r.set, r.raster, &info->calibration, ranking, &answer),
          "the drawing cannot be looked at again");
  printf("%s, with probability %.2f\n", names[ranking[0].class_id], (double)ranking[0].probability);

  og_support_free(r.set);
  og_workspace_free(r.workspace);
  og_model_free(r.model);
  free(r.embedding);
  return 0;
}
