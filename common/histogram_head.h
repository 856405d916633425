/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A histogram head: a linear autoencoder of how often a stream did what is counted in a
 * range of bins, all of them alike. There is one of paths: the calls and their order may be
 * usual, in directories that are not.
 */
#ifndef _KANARY_HISTOGRAM_HEAD_H
#define _KANARY_HISTOGRAM_HEAD_H

#include "model.h"
#include "scratch.h"

/** kanary_histogram_head_add() - count a vector's bins towards @cumulative[head->inputs] */
void kanary_histogram_head_add(const struct kanary_model_histogram *head, u32 *cumulative,
			       const struct kanary_count *counts, u32 length);

/** kanary_histogram_head_halve() - halve all counts */
void kanary_histogram_head_halve(const struct kanary_model_histogram *head, u32 *cumulative);

/** kanary_histogram_head_counted() - whether there is anything in a histogram */
bool kanary_histogram_head_counted(const struct kanary_model_histogram *head,
				   const u32 *cumulative);

/**
 * kanary_histogram_head_error() - how unlike any learned histogram the counts so far are
 * @scratch: histogram, histogram_code and reconstruction are set
 *
 * Return: Q20.12.
 */
u32 kanary_histogram_head_error(const struct kanary_model_histogram *head, const u32 *cumulative,
				const struct kanary_scratch *scratch);

#endif /* _KANARY_HISTOGRAM_HEAD_H */
