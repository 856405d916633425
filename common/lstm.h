/* SPDX-License-Identifier: GPL-2.0 */
/* The cell of an LSTM, after its layer. */
#ifndef _KANARY_LSTM_H
#define _KANARY_LSTM_H

#include "types.h"

/**
 * kanary_lstm_step() - one step of a whole LSTM layer
 * @hidden: units
 * @gates: Q3.12, input, forget, candidate and output gate, @hidden each
 * @cell: Q.20, updated
 * @h: Q0.15, set
 */
void kanary_lstm_step(u32 hidden, const s32 *gates, s32 *cell, s16 *h);

#endif /* _KANARY_LSTM_H */
