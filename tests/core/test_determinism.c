/* A tiny net trained from a seed has the same bits on any number of threads, with any kernels of
 * one arithmetic class, on any processor: the hashes of the files are recorded here. They change
 * when the arithmetic of training does, and only then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/tiny_run.h"
#include "fewshot/dataset.h"
#include "kernels/kernels.h"

static uint64_t train(const og_recipe *how, const char *isa, uint32_t threads) {
  og_trainer *trainer;
  og_error error = {0};
  if (og_trainer_create(how, set, SEED, threads, isa, &trainer, &error))
    fail_msg("%s", error.text);
  og_step step;
  for (uint64_t i = 0; i < how->steps; i++)
    assert_int_equal(og_trainer_step(trainer, &step, &error), OG_OK);
  uint64_t hash = trained_hash(trainer);
  og_trainer_free(trainer);
  return hash;
}

static void recorded_bits(void **state) {
  (void)state;
  static const uint64_t recorded[2] = {UINT64_C(0x1ed774c262e1a47b), UINT64_C(0x05c7e2e268cd92d5)};
  for (size_t i = 0; og_kernels_at(i); i++) {
    const og_kernels *kernels = og_kernels_at(i);
    if (!og_isa_usable(kernels->name))
      continue;
    uint64_t got = train(&tiny_recipe, kernels->name, 1);
    print_message("%s %016llx\n", kernels->name, (unsigned long long)got);
    if (got != recorded[kernels->arithmetic == OG_FUSED])
      fail_msg("%s: trained other bits than were recorded", kernels->name);
  }
}

static void any_number_of_threads(void **state) {
  (void)state;
  uint64_t want = train(&tiny_recipe, "scalar", 1);
  for (uint32_t threads = 2; threads <= 5; threads++)
    assert_true(train(&tiny_recipe, "scalar", threads) == want);
}

/* Without slices, these are as many as threads: the contract of before there were any. */
static void slices_default_to_threads(void **state) {
  (void)state;
  og_recipe plain = tiny_recipe;
  plain.slices = 0;
  assert_true(train(&plain, "scalar", 3) == train(&tiny_recipe, "scalar", 1));
  assert_true(train(&plain, "scalar", 2) != train(&tiny_recipe, "scalar", 2));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(recorded_bits),
      cmocka_unit_test(any_number_of_threads),
      cmocka_unit_test(slices_default_to_threads),
  };
  return cmocka_run_group_tests(tests, prepare, finish);
}
