/* Saying what was measured. See bench.h. */
#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>

#include "bench.h"
#include "isa.h"
#include "layer_plan.h"
#include "output.h"

double bench_gflops(double multiply_adds, double ms) {
  return ms > 0 ? 2e-6 * multiply_adds / ms : 0;
}

/* The least milliseconds that a layer's products can take on one thread. */
static double ideal_ms(const bench_result *r, const layer_plan *p) {
  double peak = r->peak[p->integers];
  return peak > 0 ? 1e3 * p->products / peak : 0;
}

double bench_layer_fraction(const og_model *model, const bench_result *r, size_t layer) {
  layer_plan plan = layer_plan_of(model, layer);
  double ms = r->layer[layer].median;
  return ms > 0 ? ideal_ms(r, &plan) / ms : 0;
}

double bench_gemm_fraction(const og_model *model, const bench_result *r, size_t layer) {
  layer_plan plan = layer_plan_of(model, layer);
  return r->gemm[layer] > 0 ? ideal_ms(r, &plan) / r->gemm[layer] : 0;
}

double bench_fraction(const og_model *model, const bench_result *r, size_t threads) {
  double ideal = 0;
  for (size_t i = 0; i < og_model_layers(model); i++) {
    layer_plan plan = layer_plan_of(model, i);
    ideal += ideal_ms(r, &plan);
  }
  return ideal / (double)threads / r->embed.median;
}

static double all_products(const og_model *model) {
  double sum = 0;
  for (size_t i = 0; i < og_model_layers(model); i++)
    sum += layer_plan_of(model, i).products;
  return sum;
}

/* The processor's name as Linux gives it, or its kind. */
static void cpu_name(char name[128]) {
  struct utsname system;
  snprintf(name, 128, "%s", uname(&system) ? "unknown" : system.machine);
  FILE *file = fopen("/proc/cpuinfo", "r");
  char line[256], *colon;
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, "model name", 10) && (colon = strchr(line, ':'))) {
      line[strcspn(line, "\n")] = 0;
      snprintf(name, 128, "%.120s", colon + 1 + (colon[1] == ' '));
      break;
    }
  if (file)
    fclose(file);
}

/* ---- For people ---- */

static void print_head(FILE *out, const char *path, const og_model *m, const bench_settings *s,
                       const bench_result *r) {
  const og_model_info *info = og_model_get_info(m);
  char cpu[128];
  cpu_name(cpu);
  output_plain(out, path);
  fputs(" on ", out);
  output_plain(out, cpu);
  fprintf(out, ", kernels %s, %s, batch %zu, %zu thread%s\n", info->isa,
          precision_name(info->precision), s->batch, s->threads, s->threads == 1 ? "" : "s");
  fprintf(out, "embedding      %10.4f ms median, %.4f ms least of %zu runs; %.0f a second\n",
          r->embed.median, r->embed.min, r->embed.runs, 1e3 / r->embed.median);
  fprintf(out, "speed          %10.1f GFLOP/s counted as direct convolutions, %.1f really done\n",
          bench_gflops((double)info->multiply_adds, r->embed.median),
          bench_gflops(all_products(m), r->embed.median));
  fprintf(out, "peak           %10.1f GFLOP/s of one thread in floats", 2e-9 * r->peak[0]);
  if (r->peak[1] > 0)
    fprintf(out, ", %.1f in integers", 2e-9 * r->peak[1]);
  fprintf(out, "\nof the peak    %10.1f %%\n", 100 * bench_fraction(m, r, s->threads));
  fprintf(out, "signature      %016" PRIx64 "\n\n", r->signature);
}

void bench_print(FILE *out, const char *path, const og_model *m, const bench_settings *s,
                 const bench_result *r) {
  print_head(out, path, m, s, r);
  fprintf(out, "%-8s %-14s %-18s %10s %10s %7s %9s %9s %8s %8s\n", "layer", "output", "form",
          "median, ms", "least, ms", "share", "GFLOP/s", "done", "of peak", "gemm");
  for (size_t i = 0; i < og_model_layers(m); i++) {
    layer_plan p = layer_plan_of(m, i);
    char shape[40];
    double ms = r->layer[i].median;
    fprintf(out, "%-8s %-14s %-18s %10.4f %10.4f %5.1f %%", p.layer->name,
            layer_shape(p.layer, shape), p.form, ms, r->layer[i].min, 100 * ms / r->layers);
    if (p.products > 0)
      fprintf(out, " %9.1f %9.1f %6.1f %% %6.1f %%", bench_gflops(p.multiply_adds, ms),
              bench_gflops(p.products, ms), 100 * bench_layer_fraction(m, r, i),
              100 * bench_gemm_fraction(m, r, i));
    fputc('\n', out);
  }
  fprintf(out, "%-42s %10.4f of batch 1, with the clock read between layers\n", "all layers",
          r->layers);
}

/* ---- For programs ---- */

static void json_layer(FILE *out, const og_model *m, const bench_result *r, size_t i) {
  layer_plan p = layer_plan_of(m, i);
  double ms = r->layer[i].median;
  fputs("{\"name\":", out);
  output_json_string(out, p.layer->name);
  fprintf(out, ",\"form\":\"%s\",\"shape\":[%" PRIu32 ",%" PRIu32 ",%" PRIu32 "]", p.form,
          p.layer->height, p.layer->width, p.layer->channels);
  fprintf(out, ",\"ms\":{\"min\":%.6f,\"median\":%.6f},\"share\":%.5f", r->layer[i].min, ms,
          r->layers > 0 ? ms / r->layers : 0);
  fprintf(out, ",\"gflops\":%.3f,\"gflops_done\":%.3f,\"fraction_of_peak\":%.4f",
          bench_gflops(p.multiply_adds, ms), bench_gflops(p.products, ms),
          bench_layer_fraction(m, r, i));
  fprintf(out, ",\"gemm_fraction_of_peak\":%.4f}", bench_gemm_fraction(m, r, i));
}

void bench_json(FILE *out, const char *path, const og_model *m, const bench_settings *s,
                const bench_result *r) {
  const og_model_info *info = og_model_get_info(m);
  char cpu[128];
  cpu_name(cpu);
  fputs("{\"cpu\":", out);
  output_json_string(out, cpu);
  fprintf(out, ",\"isa\":\"%s\",\"precision\":\"%s\",\"threads\":%zu,\"model\":", info->isa,
          precision_name(info->precision), s->threads);
  output_json_string(out, path);
  fprintf(out, ",\"embed_ms\":{\"min\":%.6f,\"median\":%.6f},\"runs\":%zu", r->embed.min,
          r->embed.median, r->embed.runs);
  fprintf(out, ",\"images_per_second\":{\"batch\":%zu,\"value\":%.1f}", s->batch,
          1e3 / r->embed.median);
  double peak = (double)s->threads * r->peak[info->precision == OG_PRECISION_INT16];
  fprintf(out,
          ",\"gflops\":%.3f,\"gflops_done\":%.3f,\"peak_gflops\":%.3f,\"fraction_of_peak\":%.4f",
          bench_gflops((double)info->multiply_adds, r->embed.median),
          bench_gflops(all_products(m), r->embed.median), 2e-9 * peak,
          bench_fraction(m, r, s->threads));
  fputs(",\"layers\":[", out);
  for (size_t i = 0; i < og_model_layers(m); i++) {
    fputs(i ? "," : "", out);
    json_layer(out, m, r, i);
  }
  fprintf(out, "],\"signature\":\"%016" PRIx64 "\"}\n", r->signature);
}
