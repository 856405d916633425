/* SPDX-License-Identifier: GPL-2.0 */
/* The lives in a recording, put together by what has one name. */
#ifndef KANARY_INFO_GROUP_H
#define KANARY_INFO_GROUP_H

#include "recording/recording_index.h"

/**
 * struct kanary_info_group - what has one runtime and name
 * @life: [@lives], as they came; the last says what it is called
 * @lives: how many
 * @sum: of their vectors, paths, streams, calls and what is missing; nothing else is set
 */
struct kanary_info_group {
	struct kanary_recording_life *const *life;
	size_t lives;
	struct kanary_recording_life sum;
};

/**
 * kanary_info_group_sort() - bring lives of one name together
 *
 * Ordered by name; behind them those without one, by their number, each a group of its own.
 *
 * Return: [@index->lives], for the caller to free; NULL without memory.
 */
struct kanary_recording_life **kanary_info_group_sort(const struct kanary_recording_index *index);

/**
 * kanary_info_group_take() - the group that begins with a life
 * @life: [@rest], from kanary_info_group_sort()
 * @rest: at least 1
 */
struct kanary_info_group kanary_info_group_take(struct kanary_recording_life *const *life,
						size_t rest);

/** kanary_info_group_text() - what a group was called at last */
const char *kanary_info_group_text(const struct kanary_info_group *group,
				   enum kanary_recording_text text);

/**
 * kanary_info_group_since() - nanoseconds from the recording's beginning to @time
 *
 * Where the beginning is not known, from the first vector.
 */
uint64_t kanary_info_group_since(const struct kanary_recording_index *index, uint64_t time);

/** kanary_info_group_span() - nanoseconds from the recording's beginning to its end */
uint64_t kanary_info_group_span(const struct kanary_recording_index *index);

#endif /* KANARY_INFO_GROUP_H */
