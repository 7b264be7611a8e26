/* The subcommands of `oneglyph`: what main.c dispatches to.
 *
 * Each gets its own name as argv[0] and returns the exit code of the program. */
#ifndef COMMANDS_H
#define COMMANDS_H

enum {
  EXIT_DONE = 0,
  EXIT_FAILED = 1, /* the machine's fault: disk, memory, an interrupted run */
  EXIT_BAD = 2,    /* the caller's fault: a bad option, argument or input file */
};

int cmd_data(int argc, const char **argv);
int cmd_train(int argc, const char **argv);
int cmd_eval(int argc, const char **argv);
int cmd_sweep(int argc, const char **argv);
int cmd_bench(int argc, const char **argv);
int cmd_imagine(int argc, const char **argv);
int cmd_embed(int argc, const char **argv);
int cmd_classify(int argc, const char **argv);
int cmd_bench(int argc, const char **argv);
int cmd_model(int argc, const char **argv);
int cmd_model_average(int argc, const char **argv);
int cmd_model_calibrate(int argc, const char **argv);
int cmd_model_factorise(int argc, const char **argv);
int cmd_model_quantize(int argc, const char **argv);
int cmd_model_whiten(int argc, const char **argv);
int cmd_model_import(int argc, const char **argv);

#endif
