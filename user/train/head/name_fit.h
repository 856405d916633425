/* SPDX-License-Identifier: GPL-2.0 */
/* The names head out of a dataset. */
#ifndef KANARY_NAME_FIT_H
#define KANARY_NAME_FIT_H

#include "recording/dataset.h"
#include "name_head.h"

/**
 * struct kanary_name_fit - what was learned from how much
 * @documents: that there are
 * @quiet: as in struct kanary_name_train
 * @quiet_cost: likewise
 * @told_cost: likewise
 */
struct kanary_name_fit {
	uint32_t documents;
	uint32_t quiet;
	u16 quiet_cost;
	u16 told_cost;
};

/**
 * kanary_name_fit() - learn the paths of all but the calibration part
 * @table: its entries are to be freed; none where there are no paths
 * @dataset: split
 * @all: those of the calibration part, too
 * @news: vectors for each news in any quiet directory, as it is told; 0 where it is learned
 * @fit: set
 *
 * What carries no time is of whole documents, one a stream; else a container's recording
 * is a sequence of KANARY_NAME_TRAIN_PARTS.
 *
 * Return: false where memory is short.
 */
bool kanary_name_fit(struct kanary_name_table *table, const struct kanary_dataset *dataset,
		     bool all, uint64_t news, struct kanary_name_fit *fit);

#endif /* KANARY_NAME_FIT_H */
