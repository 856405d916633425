// SPDX-License-Identifier: GPL-2.0
#include "name_fit.h"

#include <stdlib.h>

#include "name_train.h"

/* [vectors], whether one is held out. */
static bool *find_held_out(const struct kanary_dataset *dataset)
{
	bool *held_out = calloc(dataset->count + 1, sizeof(*held_out));
	uint32_t i, j;

	for (i = 0; held_out && i < dataset->runs; i++)
		for (j = 0; j < dataset->run[i].length; j++)
			held_out[dataset->run[i].first + j] =
				dataset->run[i].part == KANARY_DATASET_CALIBRATION;
	return held_out;
}

static bool add_path(struct kanary_name_train *train, const struct kanary_path_list *paths,
		     uint32_t number)
{
	const struct kanary_path *path = kanary_path_list_path(paths, number);
	struct kanary_path_walk walk;

	kanary_path_take((const u8 *)path->name, path->length, path->flags, &walk);
	return kanary_name_train_path(train, &walk);
}

static bool is_of(const struct kanary_path_list_entry *a, const struct kanary_path_list_entry *b)
{
	if (a->file != b->file || a->cgroup != b->cgroup || !a->time != !b->time)
		return false;
	return a->time || a->stream == b->stream;
}

/* A recording of one container, part by part of its time. */
static bool add_sequence(struct kanary_name_train *train, const struct kanary_path_list *paths,
			 const bool *skip, uint32_t first, uint32_t next)
{
	uint64_t begin = UINT64_MAX, end = 0, time;
	uint32_t part, i;

	for (i = first; i < next; i++) {
		time = paths->entry[i].time;
		begin = time < begin ? time : begin;
		end = time > end ? time : end;
	}
	for (part = 0; part < KANARY_NAME_TRAIN_PARTS; part++) {
		kanary_name_train_document(train, part);
		for (i = first; i < next; i++) {
			double share = (double)(paths->entry[i].time - begin) / (end - begin + 1.0);

			if (!skip[i] && (uint32_t)(share * KANARY_NAME_TRAIN_PARTS) == part &&
			    !add_path(train, paths, i))
				return false;
		}
	}
	return true;
}

static bool add_whole(struct kanary_name_train *train, const struct kanary_path_list *paths,
		      const bool *skip, uint32_t first, uint32_t next)
{
	uint32_t i;

	kanary_name_train_document(train, KANARY_NAME_TRAIN_WHOLE);
	for (i = first; i < next; i++)
		if (!skip[i] && !add_path(train, paths, i))
			return false;
	return true;
}

static bool add_all(struct kanary_name_train *train, const struct kanary_path_list *paths,
		    const bool *skip)
{
	uint32_t first, next;

	for (first = 0; first < paths->count; first = next) {
		for (next = first + 1; next < paths->count; next++)
			if (!is_of(&paths->entry[first], &paths->entry[next]))
				break;
		if (!(paths->entry[first].time ? add_sequence : add_whole)(train, paths, skip,
									   first, next))
			return false;
	}
	return true;
}

bool kanary_name_fit(struct kanary_name_table *table, const struct kanary_dataset *dataset,
		     bool all, uint64_t news, struct kanary_name_fit *fit)
{
	const struct kanary_path_list *paths = &dataset->paths;
	struct kanary_name_train train = { 0 };
	bool *held_out = find_held_out(dataset);
	bool *skip = calloc(paths->count + 1, sizeof(*skip));
	bool done = false;
	uint32_t i;

	table->entry = NULL;
	table->count = 0;
	if (!held_out || !skip)
		goto out;
	for (i = 0; i < paths->count; i++)
		skip[i] = !all && paths->entry[i].vector < dataset->count &&
			  held_out[paths->entry[i].vector];
	done = !paths->count || add_all(&train, paths, skip);
	if (done && paths->count) {
		if (news)
			train.news = (double)dataset->count / train.documents / (double)news;
		done = kanary_name_train_finish(&train, table, KANARY_NAME_HEAD_ENTRIES_MAX);
	}
out:
	fit->documents = train.documents;
	fit->quiet = train.quiet;
	fit->quiet_cost = train.quiet_cost;
	fit->told_cost = train.told_cost;
	kanary_name_train_free(&train);
	free(skip);
	free(held_out);
	return done;
}
