/* Being asked to stop: SIGINT and SIGTERM let work in progress finish; a second signal kills. */
#ifndef STOP_H
#define STOP_H

#include <signal.h>
#include <stdbool.h>

typedef struct stop_state {
  struct sigaction interrupt, terminate;
} stop_state;

/* From here on signals ask; `before` keeps what they did. */
void stop_catch(stop_state *before);
void stop_release(const stop_state *before);
/* Whether one has come since the last stop_catch. */
bool stop_asked(void);

#endif
