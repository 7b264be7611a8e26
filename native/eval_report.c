/* Printing results. See eval_report.h. */
#include "eval_report.h"

#include <inttypes.h>

#include "eval_statistics.h"
#include "output.h"

static double percent_of(const eval_count *c) {
  return 100 * (double)c->errors / (double)c->trials;
}

/* Of one query with one example, its embedding included. */
static double comparison_milliseconds(const eval_about *about) {
  return about->comparison + (about->milliseconds > 0 ? about->milliseconds : 0);
}

static void json_begin(FILE *out, const eval_about *about, uint64_t trials) {
  fputs("{\"task\":", out);
  output_json_string(out, about->task);
  fputs(",\"model\":", out);
  output_json_string(out, about->model);
  fprintf(out, ",\"way\":%zu,\"shot\":%zu,\"trials\":%" PRIu64, about->way, about->shot, trials);
}

static void json_distortion(FILE *out, const eval_about *about, double percent) {
  fputs(",\"distort\":", out);
  output_json_string(out, about->distort);
  if (about->clean > 0)
    fprintf(out, ",\"growth\":%.4f", percent / about->clean);
  else
    fputs(",\"growth\":null", out);
}

static void json_end(FILE *out, const eval_about *about, bool assignment) {
  fprintf(out, ",\"seed\":%" PRIu64 ",\"set\":", about->seed);
  output_json_string(out, about->set);
  fprintf(out, ",\"assignment\":%s,\"ms_per_embed\":", assignment ? "true" : "false");
  if (about->milliseconds < 0)
    fputs("null", out);
  else
    fprintf(out, "%.4g", about->milliseconds);
  fprintf(out, ",\"ms_per_comparison\":%.4g}\n", comparison_milliseconds(about));
}

void eval_report_json(FILE *out, const eval_about *about, const eval_count *count,
                      bool assignment) {
  double interval[2];
  wilson_interval(count->errors, count->trials, interval);
  json_begin(out, about, count->trials);
  fprintf(out,
          ",\"errors\":%" PRIu64 ",\"error_percent\":%.4f,\"ci95\":[%.4f,%.4f],\"ties\":%" PRIu64,
          count->errors, percent_of(count), interval[0], interval[1], count->ties);
  if (about->distort)
    json_distortion(out, about, percent_of(count));
  if (about->queries)
    fprintf(out, ",\"queries\":\"%s\",\"likeness\":%.4f", about->queries, about->likeness);
  json_end(out, about, assignment);
}

static void csv_begin(FILE *out, const eval_about *about, uint64_t trials) {
  output_csv_text(out, about->task);
  fputc(',', out);
  output_csv_text(out, about->model);
  fputc(',', out);
  output_csv_text(out, about->set);
  fprintf(out, ",%zu,%zu,%" PRIu64 ",%" PRIu64, about->way, about->shot, about->seed, trials);
}

/* A number, or nothing where it is negative. */
static void csv_number(FILE *out, double number) {
  if (number < 0)
    fputc(',', out);
  else
    fprintf(out, ",%.4g", number);
}

void eval_report_csv_head(FILE *out) {
  fputs("task,model,set,way,shot,seed,trials,errors,error_percent,low,high,ties,assignment,"
        "ms_per_embed,ms_per_comparison,distort,growth\n",
        out);
}

void eval_report_csv(FILE *out, const eval_about *about, const eval_count *count, bool assignment) {
  double interval[2], percent = percent_of(count);
  wilson_interval(count->errors, count->trials, interval);
  csv_begin(out, about, count->trials);
  fprintf(out, ",%" PRIu64 ",%.4f,%.4f,%.4f,%" PRIu64 ",%s", count->errors, percent, interval[0],
          interval[1], count->ties, assignment ? "true" : "false");
  csv_number(out, about->milliseconds);
  csv_number(out, comparison_milliseconds(about));
  fputc(',', out);
  if (about->distort)
    output_csv_text(out, about->distort);
  csv_number(out, about->distort && about->clean > 0 ? percent / about->clean : -1);
  fputc('\n', out);
}

static void text_begin(FILE *out, const eval_about *about) {
  output_plain(out, about->model);
  fprintf(out, " on %s (", about->task);
  output_plain(out, about->set);
  fprintf(out, "), %zu-way %zu-shot: ", about->way, about->shot);
}

void eval_report_text(FILE *out, const eval_about *about, const eval_count *count,
                      bool assignment) {
  double interval[2];
  wilson_interval(count->errors, count->trials, interval);
  text_begin(out, about);
  fprintf(out, "%" PRIu64 " errors in %" PRIu64 " trials, %.2f %% (95 %%: %.2f to %.2f)",
          count->errors, count->trials, percent_of(count), interval[0], interval[1]);
  if (assignment)
    fputs(", queries matched one to one (transductive: not comparable)", out);
  else if (count->ties)
    fprintf(out, ", %" PRIu64 " of them ties", count->ties);
  if (about->distort)
    fprintf(out, "; queries %s", about->distort);
  if (about->distort && about->clean > 0)
    fprintf(out, ", %.2f times the clean error", percent_of(count) / about->clean);
  if (about->queries)
    fprintf(out, "; queries by %s, mean likeness to the example %.3f", about->queries,
            about->likeness);
  if (!assignment && about->milliseconds >= 0)
    fprintf(out, "; %.3g ms per embedding", about->milliseconds);
  fputc('\n', out);
}

void eval_report_unknown(FILE *out, const eval_about *about, const og_detection *d, bool json) {
  double equal = 100 * d->equal_error, accept = 100 * d->false_accept,
         reject = 100 * d->false_reject;
  if (!json) {
    text_begin(out, about);
    fprintf(out, "AUROC %.4f, equal error %.2f %% (%zu known, %zu unknown queries)", d->auroc,
            equal, d->known, d->unknown);
    if (about->milliseconds >= 0)
      fprintf(out, "; at the model's threshold %.2f %% false accepts, %.2f %% false rejects",
              accept, reject);
    fputc('\n', out);
    return;
  }
  json_begin(out, about, d->known + d->unknown);
  fprintf(out, ",\"auroc\":%.6f,\"equal_error_percent\":%.4f", d->auroc, equal);
  if (about->milliseconds >= 0) {
    fprintf(out, ",\"false_accept_percent\":%.4f,\"false_reject_percent\":%.4f", accept, reject);
    for (int k = 0; k < OG_RATES; k++)
      fprintf(out, "%s[%.2f,%.2f,%.2f]", k ? "," : ",\"rates\":[", (double)k / (OG_RATES - 1),
              100 * d->accept_at[k], 100 * d->reject_at[k]);
    fputc(']', out);
  }
  json_end(out, about, false);
}

void eval_report_unknown_csv(FILE *out, const eval_about *about, const og_detection *d) {
  bool judged = about->milliseconds >= 0;
  fputs("task,model,set,way,shot,seed,trials,auroc,equal_error_percent,false_accept_percent,"
        "false_reject_percent\n",
        out);
  csv_begin(out, about, d->known + d->unknown);
  fprintf(out, ",%.6f,%.4f", d->auroc, 100 * d->equal_error);
  csv_number(out, judged ? 100 * d->false_accept : -1);
  csv_number(out, judged ? 100 * d->false_reject : -1);
  fputc('\n', out);
}

void eval_report_alphabets(FILE *out, const og_dataset *set, const eval_count *by_alphabet) {
  for (size_t a = 0; a < set->alphabets; a++) {
    const eval_count *c = &by_alphabet[a];
    if (!c->trials)
      continue;
    fprintf(out, "%7.2f %%  %6" PRIu64 " of %6" PRIu64 "  ", percent_of(c), c->errors, c->trials);
    output_plain(out, set->alphabet_names[a][0] ? set->alphabet_names[a] : "(no alphabet)");
    fputc('\n', out);
  }
}
