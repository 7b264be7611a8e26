/* Fitting the probabilities of a committee. */
#ifndef COMMITTEE_CALIBRATE_H
#define COMMITTEE_CALIBRATE_H

#include "committee.h"

struct json_object;

/* Embeds the alphabets that the first member of the committee file `path` held out (of Omniglot in
 * `data`), fits the calibration of all members together on them, and puts it and the error there
 * into `list`, the file's JSON. Returns the exit code, after a message if it is not 0. */
int committee_calibrate(const char *path, const char *data, const kernel_choice *with,
                        double second_look, struct json_object *list);

#endif
