/* A network with external memory that learns new classes while it reads them (Santoro, Bartunov,
 * Botvinick, Wierstra and Lillicrap, Meta-learning with memory-augmented neural networks, ICML
 * 2016).
 *
 * It is shown one drawing after the other, and with each the label of the one before, and says the
 * label of each. An LSTM controller (fewshot/lstm.h) makes a key and a value for every read head.
 * The key of the drawing before, plus the value, is written where the head read last or to the slot
 * used least, which is wiped first, as a learnt gate decides; then memory is read by the cosine to
 * the key. Usage fades and grows with reads and writes (section 3.2 of the paper).
 *
 * The paper writes a key at once and can add what it learns of its label only at the next step, to
 * the slot just read; here key and label are written together, one step late, and key and value
 * see the controller's input beside its output. Both make the binding far quicker to learn.
 *
 * Labels are numbers below `classes`, given out anew in each sequence. */
#ifndef OG_MEMORY_H
#define OG_MEMORY_H

#include "fewshot/lstm.h"
#include "net/head.h"

typedef struct og_memory {
  size_t dim, classes, slots, width, reads;
  og_lstm controller; /* reads the drawing, the label before, what was read, its own output */
  const og_real *key, *key_bias;       /* [inputs + hidden][reads * width], and bias */
  const og_real *value, *value_bias;   /* likewise */
  const og_real *gate;                 /* [reads] */
  const og_real *answer, *answer_bias; /* [hidden + reads * width][classes] */
  og_real log_scale;                   /* of the cosines before the softmax */
} og_memory;

/* `values` [head->count] belong to a head of kind OG_HEAD_MEMORY and must outlive the result. */
void og_memory_of(const og_head *head, const og_real *values, og_memory *out);

/* All numbers of one time step: what the next one needs, and what a gradient does. */
typedef struct og_memory_state {
  og_real *input;         /* [controller.inputs], followed by */
  og_real *output;        /* [hidden], followed by */
  og_real *read;          /* [reads][width] */
  og_real *gates, *cells; /* [4][hidden], [hidden] */
  og_real *key, *value;   /* [reads][width] */
  og_real *written;       /* [reads][width] the key before, and the value */
  og_real *slots;         /* [slots][width] */
  og_real *usage;         /* [slots] */
  og_real *cosine;        /* [reads][slots] */
  og_real *reading;       /* [reads][slots] weights, as are */
  og_real *writing;       /* [reads][slots] */
  og_real *answer;        /* [classes] probabilities */
  uint32_t *least;        /* [reads] slots that were wiped */
} og_memory_state;

/* Numbers that the arrays of one state take (the slot numbers are apart, [reads]), and a state in
 * such memory. Zeros are an empty memory. */
size_t og_memory_state_size(const og_memory *memory);
void og_memory_state_at(const og_memory *memory, og_real *numbers, uint32_t *least,
                        og_memory_state *out);

enum { OG_NO_LABEL = -1 };

/* One step: `drawing` is an embedding [dim] of unit length, `label` belongs to the drawing before
 * it. `before` and `after` are different memory. */
void og_memory_step(const og_memory *memory, const og_memory_state *before, const og_real *drawing,
                    int label, og_memory_state *after);

/* Added to squared lengths of keys and slots, so that an empty slot has a cosine (0). */
#define OG_MEMORY_SOFT ((og_real)0.01)

#endif
