/* Progress on stderr: a line that is rewritten on a terminal, a plain line every ten seconds
 * elsewhere. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds on a clock that never jumps. */
double clock_seconds(void);

/* Seconds of a processor that this thread, or all threads together, have had: what work costs, even
 * where other programs work too. */
double thread_seconds(void);
double process_seconds(void);

typedef struct progress {
  const char *label, *unit; /* "steps", "images" */
  uint64_t first, total;
  uint64_t marked_work;          /* work done when the rate was last measured */
  double started, shown, marked; /* clock_seconds */
  double rate;                   /* work per second, recent */
  bool terminal, drawn;
} progress;

/* Items `first` .. `total` are to be done; they are counted by `label` ("steps") and their speed is
 * given in `unit` ("images") per second. Both strings must outlive the progress. */
void progress_start(progress *p, const char *label, const char *unit, uint64_t first,
                    uint64_t total);

/* `done` items are behind us and `work` units were done since progress_start. Prints when it is
 * time to; `detail` (may be "") goes to the end of the line. Cheap enough for every item. */
void progress_update(progress *p, uint64_t done, uint64_t work, const char *detail);

/* Clears the line on a terminal, so that other text can be printed. */
void progress_clear(progress *p);

/* "1:02:03" or "2:03" into text[24]; returns text. */
const char *duration_text(double seconds, char text[24]);

#endif
