/* Settings by layer. See tuning.h. */
#include "train/tuning.h"

#include <string.h>

#include "base/error.h"
#include "base/keyvalue.h"

enum { LINE = 256, SETTINGS = 5 };

/* The number of the layer called `name`; that of the head is one past the last. */
static size_t find(const og_net *net, const char *name) {
  size_t i = 0;
  while (i < net->count && strcmp(net->layers[i].name, name) != 0)
    i++;
  return i == net->count && strcmp(name, "head") != 0 ? OG_MAX_LAYERS + 1 : i;
}

static og_status read_line(char *line, const og_net *net, og_tuning *out, og_error *error) {
  static const og_setting settings[SETTINGS] = {{"rate", 0, 1000},
                                                {"decay", 0, 1},
                                                {"momentum", 0, 0.9999f},
                                                {"spread", 0, 10},
                                                {"offset", -10, 10}};
  float v[SETTINGS];
  char *space = strchr(line, ' ');
  if (space)
    *space = 0;
  size_t layer = find(net, line);
  if (layer > OG_MAX_LAYERS)
    return og_fail(error, OG_ERROR_FORMAT, "recipe: layers: there is no layer '", line, "'", NULL);
  og_status status = og_settings_read("recipe: layers", space ? space + 1 : "", settings, SETTINGS,
                                      SETTINGS, v, error);
  if (!status)
    out[layer] = (og_tuning){v[0], v[1], v[2], v[3], v[4]};
  return status;
}

og_status og_tuning_read(const char *text, const og_net *net, float decay,
                         og_tuning out[OG_MAX_LAYERS + 1], og_error *error) {
  for (size_t i = 0; i <= net->count; i++)
    out[i] = (og_tuning){.rate = 1, .decay = decay};
  og_status status = OG_OK;
  while (!status && text && *text) {
    char line[LINE];
    size_t length = strcspn(text, "\n");
    if (length >= LINE)
      return og_fail(error, OG_ERROR_FORMAT, "recipe: layers: a line is too long", NULL);
    memcpy(line, text, length);
    line[length] = 0;
    status = read_line(line, net, out, error);
    text += length + (text[length] == '\n');
  }
  return status;
}
