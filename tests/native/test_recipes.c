/* The recipes beside the models can be read, and Koch's nets have his size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <string.h>

#include "net/head.h"
#include "net/net.h"
#include "train/tuning.h"
#include "train_recipe.h"

static size_t parameters_of(const char *path) {
  train_recipe *recipe;
  og_error error = {0};
  og_net net;
  og_head head;
  og_tuning tuning[OG_MAX_LAYERS + 1];
  if (train_recipe_read(path, &recipe, &error) || og_net_parse(recipe->core.net, &net, &error) ||
      og_head_parse(recipe->core.head, og_layer_values(og_net_output(&net)), &head, &error) ||
      og_tuning_read(recipe->core.layers, &net, 0, tuning, &error))
    fail_msg("%s: %s", path, error.text);
  size_t count = og_net_parameters(&net) + head.count;
  train_recipe_free(recipe);
  return count;
}

static void recipes_can_be_read(void **state) {
  (void)state;
  glob_t found;
  assert_int_equal(glob(ONEGLYPH_SOURCE_DIR "/models/*.recipe.json", 0, NULL, &found), 0);
  size_t koch = 0, softmax = 0;
  for (size_t i = 0; i < found.gl_pathc; i++) {
    size_t parameters = parameters_of(found.gl_pathv[i]);
    if (strstr(found.gl_pathv[i], "models/softmax") && ++softmax) /* without its last layer */
      assert_int_equal(parameters, 72192);
    if (!strstr(found.gl_pathv[i], "models/koch"))
      continue;
    koch++;
    assert_int_equal(parameters, 38951745);
  }
  assert_true(koch == 4 && softmax == 1);
  globfree(&found);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(recipes_can_be_read)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
