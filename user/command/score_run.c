// SPDX-License-Identifier: GPL-2.0
#include "score_run.h"

#include <stdlib.h>
#include <string.h>

/* Most streams are short. */
#define SIZE_MIN 4096

_Static_assert(KANARY_SCORE_RUN_BYTES > KANARY_PATH_RECORD_SIZE_MAX + KANARY_VECTOR_SIZE_MAX,
	       "any one vector fits into a request, with a path at least");

static size_t align(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

/* Return: where the record is, or SIZE_MAX where memory is short. */
static size_t append(struct kanary_score_run **run, const void *record, size_t size)
{
	struct kanary_score_run *old = *run, *grown = old;
	size_t used = old ? old->used : 0;

	if (!old || used + align(size) > old->size) {
		size_t larger = 2 * used + align(size) + SIZE_MIN;

		grown = realloc(old, sizeof(*grown) + larger);
		if (!grown)
			return SIZE_MAX;
		if (!old)
			memset(grown, 0, sizeof(*grown));
		grown->size = larger;
		*run = grown;
	}
	memcpy(grown->memory + used, record, size);
	grown->used += align(size);
	return used;
}

bool kanary_score_run_path(struct kanary_score_run **run, const struct kanary_path *path)
{
	if (append(run, path, kanary_path_record_size(path->length)) == SIZE_MAX)
		return false;
	(*run)->paths++;
	return true;
}

bool kanary_score_run_vector(struct kanary_score_run **run, const struct kanary_vector *vector)
{
	size_t offset = append(run, vector, kanary_vector_size(vector));
	struct kanary_score_run *grown = *run;

	if (offset == SIZE_MAX)
		return false;
	grown->step[grown->steps].path = grown->pending;
	grown->step[grown->steps].vector = offset;
	grown->step[grown->steps++].paths = grown->paths - grown->told;
	grown->told = grown->paths;
	grown->pending = grown->used;
	return true;
}

void kanary_score_run_clear(struct kanary_score_run *run)
{
	run->paths -= run->told;
	run->told = 0;
	run->used -= run->pending;
	memmove(run->memory, run->memory + run->pending, run->used);
	run->pending = 0;
	run->steps = 0;
}

bool kanary_score_run_fits(const struct kanary_score_run *run, const struct kanary_score_run *from,
			   u32 step)
{
	size_t end = from->step[step].vector +
		     align(kanary_vector_size(kanary_score_run_get(from, step)));

	return !run || (run->steps < KANARY_SCORE_MAX &&
			run->paths + from->step[step].paths <= KANARY_SCORE_PATHS_MAX &&
			run->used + end - from->step[step].path <= KANARY_SCORE_RUN_BYTES);
}

bool kanary_score_run_full(const struct kanary_score_run *run)
{
	return run && (run->paths == KANARY_SCORE_PATHS_MAX ||
		       run->used + KANARY_PATH_RECORD_SIZE_MAX + KANARY_VECTOR_SIZE_MAX >
		       KANARY_SCORE_RUN_BYTES);
}

const struct kanary_vector *kanary_score_run_get(const struct kanary_score_run *run, u32 step)
{
	return (const void *)(run->memory + run->step[step].vector);
}

const struct kanary_path *kanary_score_run_next(const struct kanary_score_run *run, u32 step,
						const struct kanary_path *path)
{
	const u8 *next = path ? (const u8 *)path + align(kanary_path_record_size(path->length)) :
				run->memory + run->step[step].path;

	return next < run->memory + run->step[step].vector ? (const void *)next : NULL;
}

size_t kanary_score_run_message_size(const struct kanary_score_run *run)
{
	return run->used + NLA_HDRLEN * ((size_t)run->steps + run->paths);
}

bool kanary_score_run_put(const struct kanary_score_run *run, struct nl_msg *message)
{
	const struct kanary_vector *vector;
	const struct kanary_path *path;
	u32 i;

	for (i = 0; i < run->steps; i++) {
		for (path = kanary_score_run_next(run, i, NULL); path;
		     path = kanary_score_run_next(run, i, path)) {
			if (nla_put(message, KANARY_A_PATH,
				    (int)kanary_path_record_size(path->length), path))
				return false;
		}
		vector = kanary_score_run_get(run, i);
		if (nla_put(message, KANARY_A_VECTOR, (int)kanary_vector_size(vector), vector))
			return false;
	}
	return true;
}
