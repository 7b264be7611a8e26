/* Command lines, table-driven on popt. */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "suggest.h"

enum { MOST_OPTIONS = 40 };

static void print_help(const command_spec *spec) {
  printf("Usage: oneglyph %s", spec->name);
  for (size_t i = 0; i < spec->count; i++)
    if (spec->options[i].required)
      printf(" --%s %s", spec->options[i].name, spec->options[i].placeholder);
  printf(" [OPTION...]%s%s\n\n%s\n\nOptions:\n", spec->arguments[0] ? " " : "", spec->arguments,
         spec->summary);
  for (size_t i = 0; i < spec->count; i++) {
    const option *o = &spec->options[i];
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", o->name, o->placeholder ? " " : "",
             o->placeholder ? o->placeholder : "");
    printf("  %-22s %s\n", left, o->help);
  }
  printf("  %-22s %s\n\nExample:\n", "--help", "print this and exit");
  for (const char *line = spec->example; *line;) {
    size_t length = strcspn(line, "\n");
    printf("  %.*s\n", (int)length, line);
    line += length + (line[length] == '\n');
  }
}

static int bad(const command_spec *spec, const char *what, const char *why) {
  return complain(EXIT_BAD, "%s: %s: %s; see oneglyph %s --help", spec->name, what, why,
                  spec->name);
}

static int bad_number(const command_spec *spec, const option *o, const char *text) {
  return complain(EXIT_BAD, "%s: --%s %s: not a%s number between %.15g and %.15g", spec->name,
                  o->name, text, o->kind == OPTION_WHOLE ? " whole" : "", o->min, o->max);
}

/* Stores the text of an option in its value; OPTIONS_RUN or an exit code. */
static int store(const command_spec *spec, const option *o, const char *text) {
  char *end;
  errno = 0;
  switch (o->kind) {
  case OPTION_FLAG:
    *(bool *)o->value = true;
    break;
  case OPTION_TEXT:
    if (!text[0])
      return complain(EXIT_BAD, "%s: --%s: must not be empty", spec->name, o->name);
    *(const char **)o->value = text;
    break;
  case OPTION_WHOLE: {
    unsigned long long n = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end || errno || (double)n < o->min ||
        (double)n > o->max)
      return bad_number(spec, o, text);
    *(uint64_t *)o->value = n;
    break;
  }
  case OPTION_REAL: {
    double x = strtod(text, &end);
    if (!text[0] || isspace((unsigned char)text[0]) || *end || !isfinite(x) || x < o->min ||
        x > o->max)
      return bad_number(spec, o, text);
    *(double *)o->value = x;
    break;
  }
  }
  return OPTIONS_RUN;
}

static int unknown_option(const command_spec *spec, const char *word) {
  const char *names[MOST_OPTIONS + 1] = {"help"};
  for (size_t i = 0; i < spec->count; i++)
    names[i + 1] = spec->options[i].name;
  const char *near = suggest(word + strspn(word, "-"), names, spec->count + 1);
  if (near)
    return complain(EXIT_BAD, "%s: %s: unknown option; did you mean --%s?", spec->name, word, near);
  return bad(spec, word, "unknown option");
}

static char *keep(arguments *rest, char *text) {
  return rest->texts[rest->text_count++] = text;
}

/* The options, as popt finds them; OPTIONS_RUN or an exit code. */
static int read_options(const command_spec *spec, poptContext context, arguments *rest) {
  bool seen[MOST_OPTIONS] = {false};
  int found, help = (int)spec->count + 1;
  while ((found = poptGetNextOpt(context)) > 0) {
    if (found == help) {
      print_help(spec);
      return EXIT_DONE;
    }
    const option *o = &spec->options[found - 1];
    char *text = poptGetOptArg(context);
    if (text)
      keep(rest, text);
    if (seen[found - 1])
      return complain(EXIT_BAD, "%s: --%s: given twice", spec->name, o->name);
    seen[found - 1] = true;
    if (o->given)
      *o->given = true;
    int code = store(spec, o, text ? text : "");
    if (code != OPTIONS_RUN)
      return code;
  }
  if (found < -1) {
    const char *word = poptBadOption(context, POPT_BADOPTION_NOALIAS);
    if (found == POPT_ERROR_BADOPT)
      return unknown_option(spec, word);
    return bad(spec, word, found == POPT_ERROR_NOARG ? "needs a value" : poptStrerror(found));
  }
  for (size_t i = 0; i < spec->count; i++)
    if (spec->options[i].required && !seen[i])
      return complain(EXIT_BAD, "%s: --%s %s is missing; see oneglyph %s --help", spec->name,
                      spec->options[i].name, spec->options[i].placeholder, spec->name);
  return OPTIONS_RUN;
}

/* What is left after the options; OPTIONS_RUN or an exit code. */
static int read_rest(const command_spec *spec, poptContext context, arguments *rest) {
  const char **left = poptGetArgs(context);
  while (left && *left) {
    char *copy = strdup(*left++);
    if (!copy)
      return complain(EXIT_FAILED, "out of memory");
    rest->list[rest->count++] = keep(rest, copy);
  }
  if (rest->count > spec->most)
    return bad(spec, rest->list[spec->most], "one argument too many");
  if (rest->count < spec->fewest)
    return bad(spec, spec->arguments, "missing");
  return OPTIONS_RUN;
}

int options_parse(const command_spec *spec, int argc, const char **argv, arguments *rest) {
  struct poptOption table[MOST_OPTIONS + 2] = {{0}};
  for (size_t i = 0; i < spec->count; i++) {
    const option *o = &spec->options[i];
    table[i] =
        (struct poptOption){.longName = o->name,
                            .argInfo = o->kind == OPTION_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING,
                            .val = (int)i + 1};
  }
  table[spec->count] = (struct poptOption){
      .longName = "help", .shortName = 'h', .argInfo = POPT_ARG_NONE, .val = (int)spec->count + 1};
  size_t room = (size_t)argc + 1;
  poptContext context = poptGetContext("oneglyph", argc, argv, table, 0);
  *rest = (arguments){.list = calloc(room, sizeof *rest->list),
                      .texts = calloc(2 * room, sizeof *rest->texts)};
  int code;
  if (!context || !rest->list || !rest->texts)
    code = complain(EXIT_FAILED, "out of memory");
  else
    code = read_options(spec, context, rest);
  if (code == OPTIONS_RUN)
    code = read_rest(spec, context, rest);
  poptFreeContext(context);
  if (code != OPTIONS_RUN)
    arguments_free(rest);
  return code;
}

void arguments_free(arguments *rest) {
  for (size_t i = 0; i < rest->text_count; i++)
    free(rest->texts[i]);
  free(rest->texts);
  free(rest->list);
  *rest = (arguments){0};
}
