/* SPDX-License-Identifier: GPL-2.0 */
/* How often something new comes: what no model can know in advance. */
#ifndef KANARY_NOVELTY_H
#define KANARY_NOVELTY_H

#include "recording/dataset.h"

/**
 * kanary_novelty_count() - runs with a system call that no other run has
 * @dataset: split
 *
 * The chance that the next run has one that was never seen is about their share of
 * all runs (Good 1953, after Turing).
 *
 * Return: of @dataset's runs, streams or blocks of long ones.
 */
uint32_t kanary_novelty_count(const struct kanary_dataset *dataset);

#endif /* KANARY_NOVELTY_H */
