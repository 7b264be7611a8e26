/* Command lines, table-driven on popt: the same manners for every subcommand.
 *
 *   uint64_t trials = 10000;
 *   const option table[] = {
 *       WHOLE_OPTION("trials", &trials, "N", "trials to judge (10000)", 1, 1e9)};
 *   const command_spec spec = {"eval", "", "Measure a model.", "oneglyph eval --trials 100",
 *                              table, 1, .most = 0};
 *   arguments rest;
 *   int code = options_parse(&spec, argc, argv, &rest);
 *   if (code != OPTIONS_RUN)
 *     return code;
 *   ...
 *   arguments_free(&rest);
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum option_kind {
  OPTION_FLAG,  /* bool: set to true when given */
  OPTION_TEXT,  /* const char *: not empty; lives until arguments_free */
  OPTION_WHOLE, /* uint64_t within min .. max, decimal digits only */
  OPTION_REAL,  /* double within min .. max, finite */
} option_kind;

typedef struct option {
  const char *name; /* without the dashes */
  option_kind kind;
  void *value;             /* left alone when the option is not given, so it holds the default */
  const char *placeholder; /* shown in the help: "FILE"; NULL for a flag */
  const char *help;
  double min, max; /* numbers only; at most 2^53 */
  bool required;
  bool *given; /* set to true when given; may be NULL */
} option;

/* Entries of a table; `.required = true` and `.given = &flag` may follow. */
#define FLAG_OPTION(name_, value_, help_, ...)                                                     \
  { .name = name_, .kind = OPTION_FLAG, .value = value_, .help = help_, __VA_ARGS__ }
#define TEXT_OPTION(name_, value_, placeholder_, help_, ...)                                       \
  {                                                                                                \
    .name = name_, .kind = OPTION_TEXT, .value = value_, .placeholder = placeholder_,              \
    .help = help_, __VA_ARGS__                                                                     \
  }
#define WHOLE_OPTION(name_, value_, placeholder_, help_, min_, max_, ...)                          \
  {                                                                                                \
    .name = name_, .kind = OPTION_WHOLE, .value = value_, .placeholder = placeholder_,             \
    .help = help_, .min = min_, .max = max_, __VA_ARGS__                                           \
  }
#define REAL_OPTION(name_, value_, placeholder_, help_, min_, max_, ...)                           \
  {                                                                                                \
    .name = name_, .kind = OPTION_REAL, .value = value_, .placeholder = placeholder_,              \
    .help = help_, .min = min_, .max = max_, __VA_ARGS__                                           \
  }

typedef struct command_spec {
  const char *name;      /* "train", "model info" */
  const char *arguments; /* as in the usage line: "FILE...", or "" */
  const char *summary;   /* what the command does, in sentences */
  const char *example;   /* one or more complete lines */
  const option *options;
  size_t count;
  size_t fewest, most; /* arguments that are not options; SIZE_MAX: any number */
} command_spec;

/* What was not an option, in order. */
typedef struct arguments {
  size_t count;
  const char **list;
  char **texts; /* every string above; private */
  size_t text_count;
} arguments;

enum { OPTIONS_RUN = -1 };

/* Reads argv[1 ..]. OPTIONS_RUN: all is well, go on, and call arguments_free at the end. Otherwise
 * the exit code: 0 after `--help` was printed on stdout, 2 after one line about what was wrong was
 * printed on stderr; nothing is to be freed then. */
int options_parse(const command_spec *spec, int argc, const char **argv, arguments *rest);
void arguments_free(arguments *rest);

#endif
