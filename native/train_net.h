/* The net of a training run as a model file in memory. */
#ifndef TRAIN_NET_H
#define TRAIN_NET_H

#include "train_run.h"

/* The net as it is now, whitened if the recipe says so, with `count` pairs of metadata; malloc. */
og_status train_net(const train_run *run, const char *const (*pairs)[2], size_t count,
                    uint8_t **bytes, size_t *size, og_error *error);

#endif
