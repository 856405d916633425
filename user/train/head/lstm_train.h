/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Forward pass and backpropagation through time. This is where training spends
 * its time: the file is compiled with -ffast-math, nothing in it is exact.
 */
#ifndef KANARY_LSTM_TRAIN_H
#define KANARY_LSTM_TRAIN_H

#include "network.h"

/**
 * kanary_lstm_train_forward() - reconstruct a batch of sequences
 * @network: its activations and @reconstruction are set
 * @x: [steps][batch][inputs]
 * @batch: 1 .. @network's batch
 *
 * Return: sum of squared residuals, each times its input's importance.
 */
double kanary_lstm_train_forward(struct kanary_network *network, const float *x, uint32_t batch);

/**
 * kanary_lstm_train_backward() - gradient of what the forward pass returned
 * @network: fresh from kanary_lstm_train_forward(); its gates are overwritten
 * @x: the same
 * @batch: the same
 */
void kanary_lstm_train_backward(struct kanary_network *network, const float *x, uint32_t batch);

#endif /* KANARY_LSTM_TRAIN_H */
