/* Arithmetic of an evaluation: intervals and matchings. */
#ifndef EVAL_STATISTICS_H
#define EVAL_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

/* 95 % interval of a proportion (Wilson 1927), in percent. trials > 0. */
void wilson_interval(uint64_t errors, uint64_t trials, double percent[2]);

/* Matches every one of `rows` rows to a column of its own so that the sum of scores is greatest
 * (the Hungarian method with potentials, rows^2 * columns steps; Kuhn 1955). `scores` is
 * [rows][columns], finite, rows <= columns. column[rows] gets the answer. Returns 0 if memory is
 * short. */
int assign_rows(const float *scores, size_t rows, size_t columns, uint32_t *column);

#endif
