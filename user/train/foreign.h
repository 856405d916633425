/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What would a model see? Programs that it has not learned are judged as processes of their own,
 * and then with their calls put among normal ones that were held out:
 *
 *	normal normal normal foreign normal ...	in a process of the container
 *	normal normal normal another normal ...	normal calls put there instead
 *
 * The second row is to compare: where calls are put between others, their order is broken, which is
 * unusual whatever the calls are. What it raises, too, is not counted. Each fold's model judges by
 * the curves and thresholds of all. Paths are not part of it.
 */
#ifndef KANARY_FOREIGN_H
#define KANARY_FOREIGN_H

#include <stdint.h>

#include "foreign_program.h"

struct kanary_trainer;

/**
 * enum kanary_foreign_way - how a foreign program shows itself
 * @KANARY_FOREIGN_ALONE: as processes of its own
 * @KANARY_FOREIGN_FOURTH: each fourth call of a process of the container
 * @KANARY_FOREIGN_SIXTEENTH: each sixteenth
 */
enum kanary_foreign_way {
	KANARY_FOREIGN_ALONE,
	KANARY_FOREIGN_FOURTH,
	KANARY_FOREIGN_SIXTEENTH,
	KANARY_FOREIGN_WAYS,
};

/**
 * struct kanary_foreign_found - what came of some programs
 * @programs: that were judged, by each fold
 * @left_out: that were not: they are of another ABI, or the order of their calls is not known
 * @way: shares of the programs, 0 .. 1, means over the folds
 * @way.folds: that could judge it: others hold out no process that tells the order of its calls
 * @way.warned: that raise an alert where normal calls in their place raise none
 * @way.critical: the same of critical alerts
 * @way.normal: in whose place normal calls raise an alert
 */
struct kanary_foreign_found {
	uint32_t programs;
	uint32_t left_out;
	struct {
		uint32_t folds;
		double warned;
		double critical;
		double normal;
	} way[KANARY_FOREIGN_WAYS];
};

/**
 * kanary_foreign_judge() - let the models of all folds judge programs
 * @trainer: with folds that have their curves, and thresholds in the first. The dataset's turn and
 *	split are of any fold afterwards.
 * @list: programs. Those of an ABI without a call in the dataset are left out.
 * @found: set
 *
 * Return: NULL, or a sentence that says why not.
 */
const char *kanary_foreign_judge(struct kanary_trainer *trainer,
				 const struct kanary_foreign_list *list,
				 struct kanary_foreign_found *found);

#endif /* KANARY_FOREIGN_H */
