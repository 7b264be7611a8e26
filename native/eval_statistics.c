/* Intervals and matchings. See eval_statistics.h. */
#include "eval_statistics.h"

#include <math.h>
#include <stdlib.h>

void wilson_interval(uint64_t errors, uint64_t trials, double percent[2]) {
  const double z = 1.959963984540054; /* the 97.5 % quantile of the normal distribution */
  double n = (double)trials, p = (double)errors / n, shrink = 1 + z * z / n;
  double center = (p + z * z / (2 * n)) / shrink;
  double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / shrink;
  percent[0] = errors == 0 ? 0 : 100 * (center - half);
  percent[1] = errors == trials ? 100 : 100 * (center + half);
}

/* Everything is numbered from 1; 0 is "nobody". */
typedef struct matching {
  const float *scores;
  size_t columns;
  double *row_price, *column_price, *slack; /* potentials; least reduced cost seen by column */
  size_t *owner, *from;                     /* row of each column; column before it on the path */
  char *visited;
} matching;

/* Gives `row` a column along the cheapest augmenting path. */
static void augment(matching *m, size_t row) {
  size_t at = 0;
  m->owner[0] = row;
  for (size_t j = 0; j <= m->columns; j++) {
    m->slack[j] = INFINITY;
    m->visited[j] = 0;
  }
  do {
    size_t i = m->owner[at], next = 0;
    double least = INFINITY;
    m->visited[at] = 1;
    for (size_t j = 1; j <= m->columns; j++) {
      if (m->visited[j])
        continue;
      double cost = -(double)m->scores[(i - 1) * m->columns + j - 1];
      double reduced = cost - m->row_price[i] - m->column_price[j];
      if (reduced < m->slack[j]) {
        m->slack[j] = reduced;
        m->from[j] = at;
      }
      if (m->slack[j] < least) {
        least = m->slack[j];
        next = j;
      }
    }
    for (size_t j = 0; j <= m->columns; j++)
      if (m->visited[j]) {
        m->row_price[m->owner[j]] += least;
        m->column_price[j] -= least;
      } else {
        m->slack[j] -= least;
      }
    at = next;
  } while (m->owner[at]);
  for (; at; at = m->from[at])
    m->owner[at] = m->owner[m->from[at]];
}

int assign_rows(const float *scores, size_t rows, size_t columns, uint32_t *column) {
  size_t room = columns + 1;
  matching m = {scores,
                columns,
                calloc(rows + 1, sizeof(double)),
                calloc(room, sizeof(double)),
                calloc(room, sizeof(double)),
                calloc(room, sizeof(size_t)),
                calloc(room, sizeof(size_t)),
                calloc(room, 1)};
  int ok = m.row_price && m.column_price && m.slack && m.owner && m.from && m.visited;
  for (size_t i = 1; ok && i <= rows; i++)
    augment(&m, i);
  for (size_t j = 1; ok && j <= columns; j++)
    if (m.owner[j])
      column[m.owner[j] - 1] = (uint32_t)(j - 1);
  free(m.row_price);
  free(m.column_price);
  free(m.slack);
  free(m.owner);
  free(m.from);
  free(m.visited);
  return ok;
}
