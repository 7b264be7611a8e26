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

/* What no fit finds: chosen, or as it was. */
typedef struct calibration_choice {
  double second_look, crowd; /* NAN: as it was */
  uint64_t views;            /* of an example; 0: as they were */
} calibration_choice;

/* Puts what was chosen into `calibration`, which holds how it was. */
void calibration_choose(const calibration_choice *choice, og_calibration *calibration);

/* Embeds the alphabets that the model `path`, or a committee's first member, held out (of Omniglot
 * in `data`), as queries and as examples, and fits the calibration on them. Returns the exit code,
 * after a message if it is not 0. */
int calibration_fit(const char *path, const char *data, const kernel_choice *with,
                    const calibration_choice *choice, calibration_texts *out);

#endif
