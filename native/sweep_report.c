/* A sweep's numbers as JSON and CSV. See sweep.h. */
#include <inttypes.h>

#include "eval_statistics.h"
#include "output.h"
#include "sweep.h"

static double percent_of(const eval_count *c) {
  return 100 * (double)c->errors / (double)c->trials;
}

static void json_point(FILE *out, size_t way, const eval_count *c) {
  double interval[2];
  wilson_interval(c->errors, c->trials, interval);
  fprintf(out,
          "   {\"way\": %zu, \"trials\": %" PRIu64 ", \"errors\": %" PRIu64
          ", \"error_percent\": %.4f, \"ci95\": [%.4f, %.4f], \"ties\": %" PRIu64 "}",
          way, c->trials, c->errors, percent_of(c), interval[0], interval[1], c->ties);
}

static void json_curve(FILE *out, const sweep *s, const sweep_curve *curve) {
  fputs("  {\"model\": ", out);
  output_json_string(out, curve->model);
  fputs(", \"set\": ", out);
  output_json_string(out, curve->set);
  fputs(", \"points\": [\n", out);
  for (size_t i = 0; i < s->ways; i++) {
    json_point(out, s->first_way + i, &curve->count[i]);
    fputs(i + 1 < s->ways ? ",\n" : "]}", out);
  }
}

void sweep_json(FILE *out, const sweep *s) {
  fprintf(out,
          "{\n \"task\": \"%s\", \"shot\": %" PRIu64 ", \"trials\": %" PRIu64 ", \"seed\": %" PRIu64
          ",\n \"curves\": [\n",
          s->task, s->shot, s->trials, s->seed);
  for (size_t c = 0; c < s->curves; c++) {
    json_curve(out, s, &s->curve[c]);
    fputs(c + 1 < s->curves ? ",\n" : "],\n", out);
  }
  fputs(" \"chance\": [\n", out);
  for (size_t i = 0; i < s->ways; i++) {
    size_t way = s->first_way + i;
    fprintf(out, "   {\"way\": %zu, \"error_percent\": %.4f}%s\n", way, 100 - 100.0 / (double)way,
            i + 1 < s->ways ? "," : "]");
  }
  fputs("}\n", out);
}

void sweep_csv(FILE *out, const sweep *s) {
  fputs("model,set,way,trials,errors,error_percent,low,high,ties\n", out);
  for (size_t c = 0; c < s->curves; c++)
    for (size_t i = 0; i < s->ways; i++) {
      const eval_count *count = &s->curve[c].count[i];
      double interval[2];
      wilson_interval(count->errors, count->trials, interval);
      output_csv_text(out, s->curve[c].model);
      fputc(',', out);
      output_csv_text(out, s->curve[c].set);
      fprintf(out, ",%zu,%" PRIu64 ",%" PRIu64 ",%.4f,%.4f,%.4f,%" PRIu64 "\n", s->first_way + i,
              count->trials, count->errors, percent_of(count), interval[0], interval[1],
              count->ties);
    }
}
