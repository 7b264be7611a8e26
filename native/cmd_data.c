/* `oneglyph data`: what is there, and getting Omniglot. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "dataset_load.h"
#include "fetch.h"
#include "options.h"
#include "output.h"

/* A set as it was found. */
typedef struct set_facts {
  const char *name;
  size_t alphabets, characters, drawings;
  uint64_t pairs, same_pairs; /* of two different drawings; of those, of one character */
} set_facts;

static uint64_t pairs_of(uint64_t n) {
  return n * (n - 1) / 2;
}

static set_facts facts_of(const char *name, const og_dataset *set) {
  set_facts f = {name, set->alphabets, set->classes, set->drawings, pairs_of(set->drawings), 0};
  for (size_t c = 0; c < set->classes; c++)
    f.same_pairs += pairs_of(set->class_start[c + 1] - set->class_start[c]);
  return f;
}

static void print_facts(FILE *out, const set_facts *f, bool json, bool first) {
  if (json)
    fprintf(out,
            "%s{\"set\":\"%s\",\"alphabets\":%zu,\"characters\":%zu,\"drawings\":%zu,"
            "\"pairs\":%" PRIu64 ",\"same_pairs\":%" PRIu64 "}",
            first ? "" : ",", f->name, f->alphabets, f->characters, f->drawings, f->pairs,
            f->same_pairs);
  else
    fprintf(out,
            "%s: %zu alphabets, %zu characters, %zu drawings, %" PRIu64 " pairs, %" PRIu64
            " of them of one character\n",
            f->name, f->alphabets, f->characters, f->drawings, f->pairs, f->same_pairs);
}

/* Prints what is found; a set that is not there is passed over, a broken one is an error. */
static og_status print_info(FILE *out, const char *dir, bool json, size_t *found, og_error *error) {
  static const char *const names[] = {"background", "evaluation", "background_small1",
                                      "background_small2"};
  og_error missing = {0};
  fprintf(out, json ? "{\"sets\":[" : "");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    og_dataset *set;
    og_status status = dataset_load(dir, names[i], &set, error);
    if (status == OG_ERROR_EMPTY) {
      missing = missing.status ? missing : *error;
      continue;
    }
    if (status)
      return status;
    set_facts facts = facts_of(names[i], set);
    og_dataset_free(set);
    print_facts(out, &facts, json, !*found);
    ++*found;
  }
  run_set *runs = NULL;
  og_status status = runs_load(dir, &runs, error);
  if (status && status != OG_ERROR_EMPTY)
    return status;
  size_t trials = runs ? runs->runs * RUN_WAYS : 0;
  if (json)
    fprintf(out, "],\"runs\":%zu,\"run_trials\":%zu}\n", runs ? runs->runs : 0, trials);
  else if (runs)
    fprintf(out, "runs: %zu of %d trials each, %zu in all\n", runs->runs, RUN_WAYS, trials);
  *found += runs != NULL;
  runs_free(runs);
  if (*found)
    return OG_OK;
  *error = missing;
  return OG_ERROR_EMPTY;
}

static int data_info(int argc, const char **argv) {
  bool json = false;
  const option table[] = {FLAG_OPTION("json", &json, "print one JSON object")};
  const command_spec spec = {
      "data info",
      "DIR",
      "Says what is in a folder of Omniglot's zips, or of what they unpack to: alphabets,\n"
      "characters, drawings, and how many pairs could be drawn for training.",
      "oneglyph data info omniglot",
      table,
      1,
      1,
      1};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  output out;
  code = output_open(&out);
  if (!code) {
    size_t found = 0;
    og_error error = {0};
    if (print_info(out.stream, rest.list[0], json, &found, &error))
      code = complain_error(&error);
    code = output_close(&out, NULL, code);
  }
  arguments_free(&rest);
  return code;
}

static int data_fetch(int argc, const char **argv) {
  fetch_request request = {0};
  const option table[] = {
      TEXT_OPTION("from", &request.from, "DIR", "copy from this folder instead of the network"),
      TEXT_OPTION("to", &request.to, "DIR",
                  "put them here (XDG_CACHE_HOME/oneglyph, or ~/.cache/oneglyph)"),
      TEXT_OPTION("base-url", &request.base_url, "URL", "the folder that holds the data's python/"),
  };
  const command_spec spec = {
      "data fetch",
      "",
      "Gets Omniglot's official zips, verifies their checksums and prints the folder they are\n"
      "in. What is there already and intact is not fetched again; nothing half-written stays.",
      "oneglyph data fetch --to omniglot",
      table,
      sizeof table / sizeof *table,
      0,
      0};
  arguments rest;
  int code = options_parse(&spec, argc, argv, &rest);
  if (code != OPTIONS_RUN)
    return code;
  code = fetch_all(&request);
  arguments_free(&rest);
  return code;
}

static int print_help(void) {
  printf("Usage: oneglyph data COMMAND [OPTION...] [ARGUMENT...]\n\n"
         "Commands:\n"
         "  info DIR   what is there: alphabets, characters, drawings, pairs\n"
         "  fetch      Omniglot's official zips, checksums verified\n\n"
         "Example:\n  oneglyph data info omniglot\n\n"
         "Each has a --help of its own.\n");
  return EXIT_DONE;
}

int cmd_data(int argc, const char **argv) {
  if (argc < 2)
    return complain(EXIT_BAD, "data: info or fetch? See oneglyph data --help");
  if (!strcmp(argv[1], "--help"))
    return print_help();
  if (!strcmp(argv[1], "info"))
    return data_info(argc - 1, argv + 1);
  if (!strcmp(argv[1], "fetch"))
    return data_fetch(argc - 1, argv + 1);
  return complain(EXIT_BAD, "data %s: unknown; want info or fetch", argv[1]);
}
