/* The best step of a run, by the error on held-out alphabets, and when to wait for a better one no
 * longer (Koch 2015, section 3.2): a recipe with "patience_epochs" ends where the error did not
 * fall for so many epochs, and its best step becomes the model.
 *
 * That step's whole state is a second checkpoint, train_checkpoint_best, written whenever the error
 * falls; which step it was and how large the error, every checkpoint says. So a resumed run ends at
 * the same step with the same model. */
#ifndef TRAIN_BEST_H
#define TRAIN_BEST_H

#include "train_run.h"

/* Takes note of a validation of the step that was just made. An error if the best checkpoint cannot
 * be written: the note is taken all the same. */
og_status train_best_note(train_run *run, double percent, og_error *error);

/* Whether the newest validation has used up the patience. */
bool train_best_waited_enough(const train_run *run);

/* At the end of a complete run: brings the trainer back to its best step, if the recipe has
 * patience. An error if that step's checkpoint is damaged or lost: the trainer stays where it is.
 */
og_status train_best_take(train_run *run, og_error *error);

#endif
