/* Several trainers that share one run have the bits of one trainer. Here they are threads and talk
 * through pipes; native/team_mpi.c is the same for processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "core/tiny_run.h"
#include "fewshot/dataset.h"

enum { MOST = 3 };

/* pipes[from][to]. What is sent at once must fit into a pipe. */
typedef struct member {
  og_team team;
  int (*pipes)[MOST][2];
  og_trainer *trainer;
  og_status status;
  og_error error;
  uint64_t hash;
} member;

static int send_to(const member *m, uint32_t to, const float *values, size_t count) {
  size_t size = count * sizeof *values;
  return write(m->pipes[m->team.rank][to][1], values, size) != (ssize_t)size;
}

static int receive_from(const member *m, uint32_t from, float *values, size_t count) {
  char *at = (char *)values;
  for (size_t left = count * sizeof *values; left;) {
    ssize_t got = read(m->pipes[from][m->team.rank][0], at, left);
    if (got <= 0)
      return 1;
    left -= (size_t)got;
    at += got;
  }
  return 0;
}

static int take(void *context, float *sums, size_t count) {
  const member *m = context;
  return receive_from(m, m->team.rank - 1, sums, count);
}

static int pass(void *context, float *sums, size_t count) {
  const member *m = context;
  uint32_t last = m->team.size - 1;
  int lost = 0;
  if (m->team.rank < last)
    return send_to(m, m->team.rank + 1, sums, count) || receive_from(m, last, sums, count);
  for (uint32_t r = 0; r < last; r++)
    lost |= send_to(m, r, sums, count);
  return lost;
}

static int gather(void *context, float *values, const size_t *starts) {
  const member *m = context;
  uint32_t own = m->team.rank;
  int lost = 0;
  for (uint32_t r = 0; r < m->team.size; r++)
    if (r != own)
      lost |= send_to(m, r, values + starts[own], starts[own + 1] - starts[own]);
  for (uint32_t r = 0; r < m->team.size; r++)
    if (r != own)
      lost |= receive_from(m, r, values + starts[r], starts[r + 1] - starts[r]);
  return lost;
}

static og_trainer *trainer_of(uint32_t threads) {
  og_trainer *trainer;
  og_error error = {0};
  if (og_trainer_create(&tiny_recipe, set, SEED, threads, "scalar", &trainer, &error))
    fail_msg("%s", error.text);
  return trainer;
}

static void *run(void *context) {
  member *m = context;
  og_step step;
  for (int i = 0; i < STEPS && !m->status; i++)
    m->status = og_trainer_step(m->trainer, &step, &m->error);
  return NULL;
}

static void make_team(member members[MOST], int pipes[MOST][MOST][2], uint32_t size) {
  for (uint32_t r = 0; r < size; r++)
    for (uint32_t to = 0; to < size; to++)
      assert_int_equal(pipe(pipes[r][to]), 0);
  for (uint32_t r = 0; r < size; r++) {
    members[r] = (member){.team = {r, size, &members[r], take, pass, gather},
                          .pipes = pipes,
                          .trainer = trainer_of(1 + r % 2)};
    assert_int_equal(og_trainer_join(members[r].trainer, &members[r].team, NULL), OG_OK);
  }
}

static void close_pipes(int pipes[MOST][MOST][2], uint32_t size) {
  for (uint32_t r = 0; r < size; r++)
    for (uint32_t to = 0; to < size; to++)
      for (int end = 0; end < 2; end++)
        close(pipes[r][to][end]);
}

static void a_team_trains_what_one_trains(void **state) {
  (void)state;
  member alone = {.trainer = trainer_of(1)};
  run(&alone);
  uint64_t want = trained_hash(alone.trainer);
  og_trainer_free(alone.trainer);
  for (uint32_t size = 2; size <= MOST; size++) {
    member members[MOST];
    int pipes[MOST][MOST][2];
    pthread_t threads[MOST];
    make_team(members, pipes, size);
    for (uint32_t r = 0; r < size; r++)
      assert_int_equal(pthread_create(&threads[r], NULL, run, &members[r]), 0);
    for (uint32_t r = 0; r < size; r++)
      assert_int_equal(pthread_join(threads[r], NULL), 0);
    for (uint32_t r = 0; r < size; r++) {
      assert_int_equal(members[r].status, OG_OK);
      assert_true(trained_hash(members[r].trainer) == want);
      og_trainer_free(members[r].trainer);
    }
    close_pipes(pipes, size);
  }
}

static void one_that_is_left_alone_says_so(void **state) {
  (void)state;
  member members[MOST];
  int pipes[MOST][MOST][2];
  make_team(members, pipes, 2);
  close(pipes[0][1][1]); /* the first has gone: nothing comes from it any more */
  run(&members[1]);
  assert_int_equal(members[1].status, OG_ERROR_FORMAT);
  assert_string_equal(members[1].error.text, "another process of this run has ended");
  assert_int_equal(og_trainer_position(members[1].trainer), 0);
  for (int r = 0; r < 2; r++)
    og_trainer_free(members[r].trainer);
  close_pipes(pipes, 2);
}

static void there_must_be_work_for_all(void **state) {
  (void)state;
  og_trainer *trainer = trainer_of(1);
  og_error error = {0};
  og_team team = {.size = 4};
  assert_int_equal(og_trainer_join(trainer, &team, &error), OG_ERROR_ARGUMENT);
  assert_string_equal(error.text, "4 processes are too many for 3 slices; the recipe can say more");
  og_trainer_free(trainer);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_team_trains_what_one_trains),
      cmocka_unit_test(one_that_is_left_alone_says_so),
      cmocka_unit_test(there_must_be_work_for_all),
  };
  return cmocka_run_group_tests(tests, prepare, finish);
}
