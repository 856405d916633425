/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Learning names. What is counted is in how many documents a directory was visited, and
 * in how many of these something was used that no other document has: its chance of news
 * (Good 1953, after Turing), smoothed by a beta distribution that is fitted to all
 * directories (empirical Bayes): few visits tell little, and most directories either
 * always have news or never.
 *
 * A document is a stream of a recording without times, such as an imported trace: what
 * was used in it once was told in it once. In a recording with times a path was told
 * only when it was new to the kernel's cache, so there a document is a part of the time,
 * a directory counts as visited from its first part on, and news is what comes later.
 *
 * How seldom news comes where none was seen, a short recording cannot know. Who runs the
 * container may: then theirs is the chance in every directory that is quiet: none came in the
 * latter half of a recording, by when a service has done once what it does, as a rule; and in
 * at most one part before, as when a program runs for the first time. Twice is how new files come.
 */
#ifndef KANARY_NAME_TRAIN_H
#define KANARY_NAME_TRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name_head.h"

/* Parts of the time of a recording. */
#define KANARY_NAME_TRAIN_PARTS 20
/* @part of a document that is not one of a sequence. */
#define KANARY_NAME_TRAIN_WHOLE UINT32_MAX

/**
 * struct kanary_name_train - what was seen; all 0 to begin with
 * @news: chance that a document has news in any quiet directory, as it is told; 0 where it is
 *	learned. It counts where it is less than what the recordings tell
 * @quiet: set to the number of quiet directories; none is that was visited in a last part alone
 * @quiet_cost: set to the largest cost of news in one of these, Q8.8
 * @told_cost: set to what @news makes of it; no directory has more unless it is less than learned
 */
struct kanary_name_train {
	double news;
	uint32_t quiet;
	u16 quiet_cost;
	u16 told_cost;
	/* belongs to name_train.c */
	struct kanary_name_sight *sight;
	uint32_t sights;
	uint32_t room;
	uint32_t first;
	uint32_t slots;
	uint32_t *slot;
	struct kanary_name_part *document;
	uint32_t document_room;
	uint32_t documents;
	uint32_t sequences;
};

/**
 * kanary_name_train_document() - what is seen from here on is in a new document
 * @part: of a sequence, 0 begins a new one, and none may be left out, up to
 *	KANARY_NAME_TRAIN_PARTS - 1; or KANARY_NAME_TRAIN_WHOLE
 *
 * Return: false where memory is short.
 */
bool kanary_name_train_document(struct kanary_name_train *train, uint32_t part);

/** kanary_name_train_path() - the document has this path; false where memory is short */
bool kanary_name_train_path(struct kanary_name_train *train, const struct kanary_path_walk *walk);

/**
 * kanary_name_train_finish() - make the table
 * @table: its entries are to be freed
 * @limit: entries at most; what is dropped are those that make least of a difference
 *
 * Return: false where memory is short.
 */
bool kanary_name_train_finish(struct kanary_name_train *train, struct kanary_name_table *table,
			      uint32_t limit);

void kanary_name_train_free(struct kanary_name_train *train);

#endif /* KANARY_NAME_TRAIN_H */
