// SPDX-License-Identifier: GPL-2.0
#include "held_out_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ERROR_UNIT 4096.0

bool kanary_held_out_set_grow(struct kanary_held_out_errors *errors, uint32_t count)
{
	u32 *value = realloc(errors->value, (errors->count + (size_t)count + 1) * sizeof(*value));

	if (value)
		errors->value = value;
	if (!errors->difference)
		errors->difference = calloc(KANARY_HELD_OUT_SET_COMPARED_MAX,
					    sizeof(*errors->difference));
	return value && errors->difference;
}

static void errors_free(struct kanary_held_out_errors *errors)
{
	free(errors->value);
	free(errors->difference);
}

bool kanary_held_out_set_reserve(struct kanary_held_out_set *set, uint32_t count)
{
	return kanary_held_out_set_grow(&set->process, count) &&
	       kanary_held_out_set_grow(&set->path_histogram, count) &&
	       kanary_held_out_set_grow(&set->names, count) &&
	       kanary_held_out_set_grow(&set->grams, count) &&
	       kanary_held_out_set_grow(&set->sequence, count);
}

void kanary_held_out_set_free(struct kanary_held_out_set *set)
{
	errors_free(&set->process);
	errors_free(&set->path_histogram);
	errors_free(&set->names);
	errors_free(&set->grams);
	errors_free(&set->sequence);
	errors_free(&set->container);
}

static bool append(struct kanary_held_out_errors *to, struct kanary_held_out_errors *from)
{
	uint32_t i;

	if (!from->count && !from->compared)
		return true;
	if (!kanary_held_out_set_grow(to, from->count))
		return false;
	memcpy(to->value + to->count, from->value, from->count * sizeof(*to->value));
	to->count += from->count;
	for (i = 0; i < from->compared && to->compared < KANARY_HELD_OUT_SET_COMPARED_MAX; i++)
		to->difference[to->compared++] = from->difference[i];
	return true;
}

bool kanary_held_out_set_append(struct kanary_held_out_set *to, struct kanary_held_out_set *from)
{
	bool done = append(&to->process, &from->process) &&
		    append(&to->path_histogram, &from->path_histogram) &&
		    append(&to->names, &from->names) && append(&to->grams, &from->grams) &&
		    append(&to->sequence, &from->sequence);

	kanary_held_out_set_free(from);
	memset(from, 0, sizeof(*from));
	return done;
}

void kanary_held_out_set_add(struct kanary_held_out_errors *errors, u32 error)
{
	errors->value[errors->count++] = error;
}

void kanary_held_out_set_compare(struct kanary_held_out_errors *errors, u32 fixed, double real)
{
	if (errors->compared < KANARY_HELD_OUT_SET_COMPARED_MAX && fixed != UINT32_MAX && real > 0)
		errors->difference[errors->compared++] = fabs(fixed / ERROR_UNIT - real) / real;
}
