/* The `oneglyph` command: finds the subcommand and hands over. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "complain.h"
#include "oneglyph.h"
#include "suggest.h"

typedef struct command {
  const char *name;
  int (*run)(int argc, const char **argv);
  const char *help;
} command;

static const command commands[] = {
    {"data", cmd_data, "what is in a data folder, and getting Omniglot"},
    {"train", cmd_train, "train a model, from a recipe and a data set"},
    {"eval", cmd_eval, "measure few-shot errors of a model or a baseline"},
    {"sweep", cmd_sweep, "measure and draw accuracy against the number of classes"},
    {"embed", cmd_embed, "embeddings of pictures and ink"},
    {"classify", cmd_classify, "rank the symbols of a support set for a drawing"},
    {"imagine", cmd_imagine, "draw new examples of a symbol from one drawing of it"},
    {"bench", cmd_bench, "measure how fast a model runs here"},
    {"model", cmd_model, "show what is in a model file"},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static int print_help(void) {
  printf("Usage: oneglyph COMMAND [OPTION...] [ARGUMENT...]\n\n"
         "Draw a symbol once, and the computer knows it.\n\nCommands:\n");
  for (size_t i = 0; i < COMMANDS; i++)
    printf("  %-10s %s\n", commands[i].name, commands[i].help);
  printf(
      "\nOptions:\n  --help     print this and exit\n  --version  print the version and exit\n\n"
      "Example:\n  oneglyph train --data omniglot --recipe models/glyph.recipe.json"
      " --out glyph.safetensors\n\n"
      "Every command has a --help of its own. Exit code: 0 done, 1 failed, 2 bad use or input.\n");
  return EXIT_DONE;
}

static int unknown_command(const char *word) {
  const char *names[COMMANDS];
  for (size_t i = 0; i < COMMANDS; i++)
    names[i] = commands[i].name;
  const char *near = suggest(word, names, COMMANDS);
  if (near)
    return complain(EXIT_BAD, "%s: unknown command; did you mean %s?", word, near);
  return complain(EXIT_BAD, "%s: unknown command; see oneglyph --help", word);
}

/* Results that could not be written were not delivered, whatever the command thinks. */
static int flushed(int code) {
  if (fflush(stdout) || ferror(stdout))
    return code ? code : complain(EXIT_FAILED, "stdout: the results could not be written");
  return code;
}

/* OpenMP's threads spin while they wait for each other. On a machine that has other work they then
 * spin in the way of the very thread they wait for: with two processors and one busy neighbour, a
 * training run of 1.5 s took 42 s. Sleeping costs microseconds instead. The runtime reads the
 * setting before main, so it takes a new start of the same program; where that cannot be had,
 * nothing is lost but speed. */
static void wait_without_spinning(char **argv) {
  if (getenv("OMP_WAIT_POLICY") || setenv("OMP_WAIT_POLICY", "passive", 1))
    return;
  execv("/proc/self/exe", argv);
}

int main(int argc, char **argv) {
  const char **arguments = (const char **)argv;
  if (argc < 2)
    return complain(EXIT_BAD, "which command? See oneglyph --help");
  if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
    return flushed(print_help());
  if (!strcmp(argv[1], "--version")) {
    printf("oneglyph %s\n", og_version());
    return flushed(EXIT_DONE);
  }
  for (size_t i = 0; i < COMMANDS; i++)
    if (!strcmp(argv[1], commands[i].name)) {
      wait_without_spinning(argv);
      signal(SIGXFSZ, SIG_IGN); /* past a size limit, writing fails as on a full disk: with words */
      return flushed(commands[i].run(argc - 1, arguments + 1));
    }
  return unknown_command(argv[1]);
}
