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

/* One stroke to a raster, and that to an embedding of og_model_info.dim numbers. */
static void embed(const og_model *model, og_workspace *workspace, const float *xy, uint32_t points,
                  uint8_t raster[OG_RASTER_SIZE], float *embedding) {
  const og_strokes strokes = {xy, &points, 1};
  og_error error;
  stop_if(og_raster_from_strokes(&strokes, OG_FRAME_FIT, raster, &error), error.text);
  stop_if(og_embed(model, workspace, raster, embedding), "the drawing cannot be embedded");
}

/* The drawing is kept too, for the second look. */
static void teach(og_support *set, uint32_t class_id, const float *embedding,
                  const uint8_t raster[OG_RASTER_SIZE]) {
  uint32_t id;
  stop_if(og_support_add(set, class_id, embedding, &id), "the example cannot be added");
  stop_if(og_support_keep_drawing(set, id, raster), "the example cannot be kept");
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
  og_model *model;
  og_workspace *workspace;
  og_support *set;
  stop_if(og_model_load(bytes, size, NULL, &model, &error), error.text);
  free(bytes);
  const og_model_info *info = og_model_get_info(model);
  float *embedding = malloc(info->dim * sizeof *embedding);
  stop_if(embedding ? OG_OK : OG_ERROR_MEMORY, "out of memory");
  stop_if(og_workspace_create(model, &workspace), "out of memory");
  stop_if(og_support_create(info->dim, &set), "out of memory");

  uint8_t raster[OG_RASTER_SIZE];
  embed(model, workspace, roof, 3, raster, embedding);
  teach(set, 0, embedding, raster);
  embed(model, workspace, corner, 3, raster, embedding);
  teach(set, 1, embedding, raster);

  og_match ranking[2];
  og_answer answer;
  embed(model, workspace, drawn, 3, raster, embedding);
  stop_if(og_support_classify(set, embedding, &info->calibration, NAN, ranking, 2, &answer),
          "the drawing cannot be classified");
  stop_if(og_support_look_again(set, raster, &info->calibration, ranking, &answer),
          "the drawing cannot be looked at again");
  printf("%s, with probability %.2f\n", names[ranking[0].class_id], (double)ranking[0].probability);

  og_support_free(set);
  og_workspace_free(workspace);
  og_model_free(model);
  free(embedding);
  return 0;
}
