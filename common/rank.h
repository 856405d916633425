/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is averaged where views of the same calls are to vote, and none is to outvote
 * the others: how far up an error ranks among normal ones, and not how far out it lies.
 */
#ifndef _KANARY_RANK_H
#define _KANARY_RANK_H

#include "types.h"

/* A rank of 1, Q.16. */
#define KANARY_RANK_ONE 65536u

/**
 * kanary_rank() - 1 - p^0.7 of a tail probability p
 * @surprise: -log10 of p, Q24.8, up to 100
 *
 * Training data are more alike than what comes after them: of data that were held
 * out later, about p^0.7 have a p or less among the training data. Chosen on the
 * design half of ADFA-LD (user/DETECTION.md).
 *
 * Return: Q.16, ascending with @surprise.
 */
u32 kanary_rank(u32 surprise);

#endif /* _KANARY_RANK_H */
