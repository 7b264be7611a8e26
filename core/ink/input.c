/* The text form of og_input, as it stands in model files and recipes. */
#include "base/error.h"
#include "ink/ink.h"

/* A field of og_input by name, with its limits. */
typedef struct field {
  const char *name;
  double least, most;
} field;

enum { SIDE, HALF_WIDTH, BLUR, TONE_THRESHOLD, TONE_GAIN, FIELDS };

/* Wider blurs than 16 pixels or windows than 16 deviations show nothing of a 105-pixel raster. */
static const field fields[FIELDS] = {
    [SIDE] = {"side", 1, 256},
    [HALF_WIDTH] = {"half_width", 0, 16},
    [BLUR] = {"blur", 0, 16},
    [TONE_THRESHOLD] = {"tone_threshold", 0, 1},
    [TONE_GAIN] = {"tone_gain", 0, 1000},
};

/* Length of the name at `text` if it is followed by '='. */
static size_t match_name(const char *text, const char *name) {
  size_t n = 0;
  while (name[n] && text[n] == name[n])
    n++;
  return !name[n] && text[n] == '=' ? n : 0;
}

/* Reads digits[.digits]; returns the end, or NULL if there is no such number. Up to 15 digits and a
 * power of ten below 10^16 are exact in a double, so their quotient is rounded once. */
static const char *read_number(const char *text, double *value) {
  double digits = 0, divisor = 1;
  int count = 0, fraction = 0;
  for (;; text++) {
    if (*text == '.' && count > 0 && !fraction) {
      fraction = 1;
      if (text[1] < '0' || text[1] > '9')
        return NULL;
    } else if (*text >= '0' && *text <= '9') {
      if (++count > 15)
        return NULL;
      digits = digits * 10 + (*text - '0');
      divisor *= fraction ? 10 : 1;
    } else {
      break;
    }
  }
  *value = digits / divisor;
  return count ? text : NULL;
}

og_status og_input_parse(const char *text, og_input *out, og_error *error) {
  double values[FIELDS];
  int seen[FIELDS] = {0};
  while (*text == ' ')
    text++;
  while (*text) {
    int f = 0;
    size_t length = 0;
    while (f < FIELDS && !(length = match_name(text, fields[f].name)))
      f++;
    if (f == FIELDS)
      return og_fail(error, OG_ERROR_FORMAT, "input: unknown word at \"", text, "\"", NULL);
    if (seen[f]++)
      return og_fail(error, OG_ERROR_FORMAT, "input: ", fields[f].name, " is given twice", NULL);
    text = read_number(text + length + 1, &values[f]);
    if (!text || (*text && *text != ' '))
      return og_fail(error, OG_ERROR_FORMAT, "input: ", fields[f].name, " is not a plain number",
                     NULL);
    if (values[f] < fields[f].least || values[f] > fields[f].most)
      return og_fail(error, OG_ERROR_FORMAT, "input: ", fields[f].name, " is out of range", NULL);
    while (*text == ' ')
      text++;
  }
  for (int f = 0; f < FIELDS; f++)
    if (!seen[f])
      return og_fail(error, OG_ERROR_FORMAT, "input: ", fields[f].name, " is missing", NULL);
  uint32_t side = (uint32_t)values[SIDE];
  if ((double)side != values[SIDE])
    return og_fail(error, OG_ERROR_FORMAT, "input: side is not a whole number", NULL);
  *out = (og_input){side, (float)values[HALF_WIDTH], (float)values[BLUR],
                    (float)values[TONE_THRESHOLD], (float)values[TONE_GAIN]};
  return OG_OK;
}
