// SPDX-License-Identifier: GPL-2.0
#include "info_group.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const struct kanary_recording_life *life,
			   enum kanary_recording_text text)
{
	return kanary_recording_index_text(life, text);
}

/* By name, and those without one behind them, by their number; lives as they came. */
static int compare_lives(const void *left, const void *right)
{
	const struct kanary_recording_life *a = *(struct kanary_recording_life *const *)left;
	const struct kanary_recording_life *b = *(struct kanary_recording_life *const *)right;
	int order = !a->names - !b->names;

	if (!order)
		order = strcmp(text_of(a, KANARY_RECORDING_NAME),
			       text_of(b, KANARY_RECORDING_NAME));
	if (!order)
		order = strcmp(text_of(a, KANARY_RECORDING_RUNTIME),
			       text_of(b, KANARY_RECORDING_RUNTIME));
	if (!order && !a->names)
		return a->cgroup < b->cgroup ? -1 : a->cgroup > b->cgroup;
	return order ? order : a < b ? -1 : a > b;
}

static bool is_one(const struct kanary_recording_life *a, const struct kanary_recording_life *b)
{
	return a->names && b->names &&
	       !strcmp(text_of(a, KANARY_RECORDING_NAME), text_of(b, KANARY_RECORDING_NAME)) &&
	       !strcmp(text_of(a, KANARY_RECORDING_RUNTIME),
		       text_of(b, KANARY_RECORDING_RUNTIME));
}

static void add_life(struct kanary_recording_life *sum, const struct kanary_recording_life *life)
{
	sum->vectors += life->vectors;
	sum->paths += life->paths;
	sum->streams += life->streams;
	sum->calls += life->calls;
	sum->missing += life->missing;
}

struct kanary_recording_life **kanary_info_group_sort(const struct kanary_recording_index *index)
{
	struct kanary_recording_life **life = malloc((index->lives + 1) * sizeof(*life));
	size_t i;

	if (!life)
		return NULL;
	for (i = 0; i < index->lives; i++)
		life[i] = &index->life[i];
	qsort(life, index->lives, sizeof(*life), compare_lives);
	return life;
}

struct kanary_info_group kanary_info_group_take(struct kanary_recording_life *const *life,
						size_t rest)
{
	struct kanary_info_group group = { .life = life };

	do
		add_life(&group.sum, life[group.lives++]);
	while (group.lives < rest && is_one(life[0], life[group.lives]));
	return group;
}

const char *kanary_info_group_text(const struct kanary_info_group *group,
				   enum kanary_recording_text text)
{
	return text_of(group->life[group->lives - 1], text);
}

uint64_t kanary_info_group_since(const struct kanary_recording_index *index, uint64_t time)
{
	uint64_t begun = index->begun;

	if (!begun && index->lives)
		begun = index->life[0].first;
	return time > begun ? time - begun : 0;
}

uint64_t kanary_info_group_span(const struct kanary_recording_index *index)
{
	uint64_t last = index->has_loss ? index->loss.time : 0;
	size_t i;

	for (i = 0; i < index->lives; i++)
		last = index->life[i].last > last ? index->life[i].last : last;
	return kanary_info_group_since(index, last);
}
