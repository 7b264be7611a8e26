/* Being asked to stop. See stop.h. */
#include "stop.h"

static volatile sig_atomic_t asked;

static void ask(int signal_number) {
  (void)signal_number;
  asked = 1;
}

void stop_catch(stop_state *before) {
  struct sigaction action = {.sa_handler = ask, .sa_flags = (int)SA_RESETHAND};
  asked = 0;
  sigaction(SIGINT, &action, &before->interrupt);
  sigaction(SIGTERM, &action, &before->terminate);
}

void stop_release(const stop_state *before) {
  sigaction(SIGINT, &before->interrupt, NULL);
  sigaction(SIGTERM, &before->terminate, NULL);
}

bool stop_asked(void) {
  return asked;
}
