/* SPDX-License-Identifier: GPL-2.0 */
/* Errors of a model's heads on vectors. */
#ifndef KANARY_HELD_OUT_SET_H
#define KANARY_HELD_OUT_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "types.h"

/* Verdicts whose error is compared with floating point. */
#define KANARY_HELD_OUT_SET_COMPARED_MAX 512

/**
 * struct kanary_held_out_errors - of one head
 * @value: Q20.12
 * @count: of them
 * @difference: relative, to floating point
 * @compared: of these
 */
struct kanary_held_out_errors {
	u32 *value;
	uint32_t count;
	double *difference;
	uint32_t compared;
};

/**
 * struct kanary_held_out_set - of all heads
 *
 * Those of one vector are at the same place in the lists of all heads that judge each: process,
 * names and grams.
 */
struct kanary_held_out_set {
	struct kanary_held_out_errors process;
	struct kanary_held_out_errors path_histogram;
	struct kanary_held_out_errors names;
	struct kanary_held_out_errors grams;
	struct kanary_held_out_errors sequence;
	struct kanary_held_out_errors container;
};

/** kanary_held_out_set_grow() - room for @count more; false where memory is short */
bool kanary_held_out_set_grow(struct kanary_held_out_errors *errors, uint32_t count);

/** kanary_held_out_set_reserve() - the same of all heads but the container's */
bool kanary_held_out_set_reserve(struct kanary_held_out_set *set, uint32_t count);

/** kanary_held_out_set_add() - an error, Q20.12; there is room */
void kanary_held_out_set_add(struct kanary_held_out_errors *errors, u32 error);

/** kanary_held_out_set_compare() - an error, Q20.12, with that in floating point, if it is early */
void kanary_held_out_set_compare(struct kanary_held_out_errors *errors, u32 fixed, double real);

/**
 * kanary_held_out_set_append() - add the errors that another trainer found
 * @from: emptied
 *
 * Return: false where memory is short.
 */
bool kanary_held_out_set_append(struct kanary_held_out_set *to, struct kanary_held_out_set *from);

/** kanary_held_out_set_free() - free what is inside */
void kanary_held_out_set_free(struct kanary_held_out_set *set);

#endif /* KANARY_HELD_OUT_SET_H */
