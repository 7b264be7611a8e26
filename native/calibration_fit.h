/* Fitting the probabilities of a model or committee to the alphabets that it held out. */
#ifndef CALIBRATION_FIT_H
#define CALIBRATION_FIT_H

#include "committee.h"
#include "fewshot/calibrate.h"

/* What a file says about its probabilities, as text: og_calibration_format, and the errors made on
 * the alphabets of the fit. */
typedef struct calibration_texts {
  char calibration[OG_CALIBRATION_TEXT], error[200], unknown[200];
} calibration_texts;

/* Embeds the alphabets that the model `path`, or a committee's first member, held out (of Omniglot
 * in `data`), as queries and as examples in `views` views, and fits the calibration on them.
 * `second_look` and `views` go into it; where they are NAN and 0 they stay as they were. Returns
 * the exit code, after a message if it is not 0. */
int calibration_fit(const char *path, const char *data, const kernel_choice *with,
                    double second_look, uint32_t views, calibration_texts *out);

#endif
