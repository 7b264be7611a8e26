/* The text form of og_input, as it stands in model files and recipes. */
#include "base/error.h"
#include "base/keyvalue.h"
#include "ink/ink.h"

og_status og_input_parse(const char *text, og_input *out, og_error *error) {
  /* Wider blurs than 16 pixels or windows than 16 deviations show nothing of a 105-pixel raster. */
  static const og_setting settings[] = {{"side", 1, 256},
                                        {"half_width", 0, 16},
                                        {"blur", 0, 16},
                                        {"tone_threshold", 0, 1},
                                        {"tone_gain", 0, 1000}};
  float values[5];
  og_status status = og_settings_read("input", text, settings, 5, 5, values, error);
  if (status)
    return status;
  uint32_t side = (uint32_t)values[0];
  if ((float)side != values[0])
    return og_fail(error, OG_ERROR_FORMAT, "input: side is not a whole number", NULL);
  *out = (og_input){side, values[1], values[2], values[3], values[4]};
  return OG_OK;
}
