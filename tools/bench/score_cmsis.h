/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCORE_CMSIS_H
#define SCORE_CMSIS_H

/** score_cmsis_init() - random weights and inputs */
void score_cmsis_init(void);

/** score_cmsis_sequence() - one sequence, with or without the dense layer at its end */
void score_cmsis_sequence(int inputs, int hidden, int steps, int dense);

#endif /* SCORE_CMSIS_H */
