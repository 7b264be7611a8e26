/* The end of a training run: the model file, with where it came from written into it. */
#ifndef TRAIN_EXPORT_H
#define TRAIN_EXPORT_H

#include "train_run.h"

/* Exports the net, measures it on the held-out alphabets, fits its calibration, and writes the
 * model file atomically. *percent gets the held-out error, or -1 without held-out alphabets. The
 * same run gives the same bytes, whenever and in however many sittings it was done. */
og_status train_export(const train_run *run, const char *path, double *percent, og_error *error);

#endif
