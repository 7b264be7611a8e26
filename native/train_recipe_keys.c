/* The keys of a recipe. See train_recipe_keys.h. */
#include "train_recipe_keys.h"

#include "train/pool.h"

#define CORE(field) offsetof(train_recipe, core.field)
#define OWN(field) offsetof(train_recipe, field)

static const recipe_key keys[] = {
    {"name", TEXT, OWN(name), 0, 0, true, false},
    {"set", TEXT, OWN(set), 0, 0, false, true},
    {"procedural", PROCEDURAL, OWN(procedural), 0, 0, false, true},
    {"also", PROCEDURAL, OWN(also), 0, 0, false, true},
    {"compounds", COMPOUNDS, OWN(compounds), 0, 0, false, true},
    {"holdout", NAMES, OWN(holdout), 0, 0, false, true},
    {"drawers", WHOLE32, OWN(drawers), 2, 1e6, false, true},
    {"validation_drawers", WHOLE32, OWN(validation_drawers), 2, 1e6, false, true},
    {"net", LINES, CORE(net), 0, 0, true, true},
    {"input", TEXT, CORE(input), 0, 0, true, true},
    {"steps", WHOLE64, CORE(steps), 1, 1e9, true, true},
    {"classes_per_batch", WHOLE32, CORE(classes_per_batch), 2, 4096, true, true},
    {"slices", WHOLE32, CORE(slices), 1, 256, false, true},
    {"objective", TEXT, CORE(objective), 0, 0, false, true},
    {"start", TEXT, OWN(start), 0, 0, false, true},
    {"teacher", TEXT, OWN(teacher), 0, 0, false, true},
    {"rivals", TEXT, OWN(rivals), 0, 0, false, true},
    {"teacher_weight", REAL, CORE(teacher_weight), 0, 1000, false, true},
    {"head", TEXT, CORE(head), 0, 0, false, true},
    {"layers", LINES, CORE(layers), 0, 0, false, true},
    {"optimiser", CHOICE, CORE(optimiser), 0, 0, false, true},
    {"epoch_steps", WHOLE32, CORE(epoch_steps), 1, 1e9, false, true},
    {"pairs", WHOLE32, CORE(pairs), 1, OG_POOL_PAIRS, false, true},
    {"pair_copies", WHOLE32, CORE(pair_copies), 1, OG_POOL_COPIES, false, true},
    {"way", WHOLE32, CORE(way), 2, 4096, false, true},
    {"shot", WHOLE32, CORE(shot), 1, 256, false, true},
    {"queries", WHOLE32, CORE(queries), 1, 256, false, true},
    {"candidates", WHOLE32, CORE(candidates), 0, 4096, false, true},
    {"same_alphabet", REAL, CORE(same_alphabet), 0, 1, true, true},
    {"symmetries", WHOLE32, CORE(symmetries), 1, 8, true, true},
    {"learning_rate", REAL, CORE(learning_rate), 1e-9, 10, true, true},
    {"weight_decay", REAL, CORE(weight_decay), 0, 10, true, true},
    {"warmup_steps", REAL, CORE(warmup_steps), 0, 1e9, true, true},
    {"scale", REAL, CORE(scale), 1e-3, 1000, true, true},
    {"margin", REAL, CORE(margin), 0, 1, false, true},
    {"binary", REAL, CORE(binary), 0, 1, false, true},
    {"ema", REAL, CORE(ema), 0, 0.999999, true, true},
    {"ema_start", REAL, CORE(ema_start), 0, 1, true, true},
    {"redraw", REAL, CORE(redraw), 0, 1, false, true},
    {"jitter", REAL, CORE(jitter), 0, 10, false, true},
    {"rotate_degrees", REAL, CORE(rotate_degrees), 0, 180, true, true},
    {"stretch", REAL, CORE(stretch), 0, 0.9, true, true},
    {"shear", REAL, CORE(shear), 0, 2, true, true},
    {"shift", REAL, CORE(shift), 0, 1, true, true},
    {"warp", REAL, CORE(warp), 0, 1, true, true},
    {"tone", REAL, CORE(tone), 0, 1, true, true},
    {"distortion_chance", REAL, CORE(distortion_chance), 0.01, 1, false, true},
    {"style", REAL, CORE(style), 0, 4, false, true},
    {"patience_epochs", WHOLE32, OWN(patience_epochs), 1, 1e6, false, true},
    {"validate_rounds", WHOLE32, OWN(validate_rounds), 1, 1e6, false, true},
    {"validate_every", WHOLE64, OWN(validate_every), 1, 1e9, false, false},
    {"second_look", REAL, OWN(second_look), 0, 100, false, false},
    {"example_views", WHOLE32, OWN(example_views), 1, OG_VIEWS, false, false},
    {"crowd", REAL, OWN(crowd), 0, 1, false, false},
    {"whiten", REAL, OWN(whiten), 0, 1000, false, false},
    {"half", BOOL, OWN(half), 0, 0, false, false},
    {"calibrate", BOOL, OWN(calibrate), 0, 0, false, false},
};

static const recipe_key procedural_keys[] = {
    {"alphabets", WHOLE64, offsetof(procedural, alphabets), 1, 1000, true, true},
    {"loose", WHOLE64, offsetof(procedural, loose), 0, 1000, false, true},
    {"classes", WHOLE64, offsetof(procedural, classes), 2, 1000, true, true},
    {"drawers", WHOLE64, offsetof(procedural, drawers), 2, 1000, true, true},
    {"seed", WHOLE64, offsetof(procedural, seed), 0, 0x1p53, true, true},
};

static const recipe_key compound_keys[] = {
    {"alphabets", WHOLE64, offsetof(compounds, alphabets), 1, 1000, true, true},
    {"classes", WHOLE64, offsetof(compounds, classes), 2, 1000, true, true},
    {"drawers", WHOLE64, offsetof(compounds, drawers), 2, 1000, true, true},
    {"seed", WHOLE64, offsetof(compounds, seed), 0, 0x1p53, true, true},
    {"share", REAL, offsetof(compounds, share), 0, 1, false, true},
};

#define TABLE(keys)                                                                                \
  { keys, sizeof keys / sizeof keys[0] }

const recipe_keys train_recipe_keys = TABLE(keys);
const recipe_keys train_procedural_keys = TABLE(procedural_keys);
const recipe_keys train_compound_keys = TABLE(compound_keys);

const char *const train_recipe_optimisers[RECIPE_OPTIMISERS] = {"adamw", "adam", "sgd"};
