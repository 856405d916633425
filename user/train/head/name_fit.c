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

/**
 * struct names - what is being learned
 * @skip: [paths->count], what is held out
 * @seen: [paths->paths], last document that each path was told in
 */
struct names {
	struct kanary_name_train train;
	const struct kanary_path_list *paths;
	bool *skip;
	uint32_t *seen;
};

static bool add_path(struct names *names, uint32_t number)
{
	uint32_t *seen = &names->seen[names->paths->entry[number].path];
	const struct kanary_path *path;
	struct kanary_path_walk walk;

	if (names->skip[number] || *seen == names->train.documents)
		return true;
	*seen = names->train.documents;
	path = kanary_path_list_path(names->paths, number);
	kanary_path_take((const u8 *)path->name, path->length, path->flags, &walk);
	return kanary_name_train_path(&names->train, &walk);
}

static bool is_of(const struct kanary_path_list_entry *a, const struct kanary_path_list_entry *b)
{
	if (a->file != b->file || a->cgroup != b->cgroup || !a->time != !b->time)
		return false;
	return a->time || a->stream == b->stream;
}

/* A recording of one container, part by part of its time. */
static bool add_sequence(struct names *names, uint32_t first, uint32_t next)
{
	const struct kanary_path_list_entry *entry = names->paths->entry;
	uint64_t begin = UINT64_MAX, end = 0, time;
	uint32_t part, i;

	for (i = first; i < next; i++) {
		time = entry[i].time;
		begin = time < begin ? time : begin;
		end = time > end ? time : end;
	}
	for (part = 0; part < KANARY_NAME_TRAIN_PARTS; part++) {
		if (!kanary_name_train_document(&names->train, part))
			return false;
		for (i = first; i < next; i++) {
			double share = (double)(entry[i].time - begin) / (end - begin + 1.0);

			if ((uint32_t)(share * KANARY_NAME_TRAIN_PARTS) == part &&
			    !add_path(names, i))
				return false;
		}
	}
	return true;
}

static bool add_whole(struct names *names, uint32_t first, uint32_t next)
{
	uint32_t i;

	if (!kanary_name_train_document(&names->train, KANARY_NAME_TRAIN_WHOLE))
		return false;
	for (i = first; i < next; i++)
		if (!add_path(names, i))
			return false;
	return true;
}

static bool add_all(struct names *names)
{
	const struct kanary_path_list *paths = names->paths;
	uint32_t first, next;

	for (first = 0; first < paths->count; first = next) {
		for (next = first + 1; next < paths->count; next++)
			if (!is_of(&paths->entry[first], &paths->entry[next]))
				break;
		if (!(paths->entry[first].time ? add_sequence : add_whole)(names, first, next))
			return false;
	}
	return true;
}

bool kanary_name_fit(struct kanary_name_table *table, const struct kanary_dataset *dataset,
		     bool all, uint64_t news, struct kanary_name_fit *fit)
{
	const struct kanary_path_list *paths = &dataset->paths;
	bool *held_out = find_held_out(dataset);
	struct names names = {
		.paths = paths,
		.skip = calloc(paths->count + 1, sizeof(*names.skip)),
		.seen = calloc(paths->paths + 1, sizeof(*names.seen)),
	};
	bool done = false;
	uint32_t i;

	table->entry = NULL;
	table->count = 0;
	if (!held_out || !names.skip || !names.seen)
		goto out;
	for (i = 0; i < paths->count; i++)
		names.skip[i] = !all && paths->entry[i].vector < dataset->count &&
				held_out[paths->entry[i].vector];
	done = !paths->count || add_all(&names);
	if (done && paths->count) {
		if (news)
			names.train.news = (double)dataset->count / names.train.documents /
					   (double)news;
		done = kanary_name_train_finish(&names.train, table, KANARY_NAME_HEAD_ENTRIES_MAX);
	}
out:
	fit->documents = names.train.documents;
	fit->quiet = names.train.quiet;
	fit->quiet_cost = names.train.quiet_cost;
	fit->told_cost = names.train.told_cost;
	kanary_name_train_free(&names.train);
	free(names.skip);
	free(names.seen);
	free(held_out);
	return done;
}
