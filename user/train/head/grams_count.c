// SPDX-License-Identifier: GPL-2.0
#include "grams_count.h"

#include <stdlib.h>
#include <string.h>

#include "vector.h"

/* Calls that are read at most. */
#define CALLS_MAX (4u << 20)
#define NONE UINT32_MAX

/**
 * struct text - the calls of all vectors, one after the other
 * @length: calls, contexts included
 * @bin: of each
 * @place: of each in its vector's log, from 0
 * @counted: whether it is no context
 * @gram: of each, the number of the gram of the last length that ends there, or NONE
 */
struct text {
	size_t length;
	uint16_t *bin;
	uint16_t *place;
	bool *counted;
	uint32_t *gram;
};

/**
 * struct index - finds a gram by its context and its last call
 * @slot: number of a gram, or NONE
 * @mask: slots less one, a power of two
 */
struct index {
	uint32_t *slot;
	uint32_t mask;
};

static bool wanted(const struct kanary_dataset_run *run, bool all)
{
	return all || run->part != KANARY_DATASET_CALIBRATION;
}

static void text_add(struct text *text, const struct kanary_log *log)
{
	uint32_t i;

	for (i = 0; i < log->context + log->calls; i++, text->length++) {
		text->bin[text->length] = log->call[i];
		text->place[text->length] = (uint16_t)i;
		text->counted[text->length] = i >= log->context;
	}
}

static bool text_create(struct text *text, const struct kanary_dataset *dataset, bool all)
{
	size_t calls = 0, length = 0, step;
	uint32_t run, i, number = 0;
	struct kanary_log log;

	for (run = 0; run < dataset->runs; run++)
		for (i = 0; wanted(&dataset->run[run], all) && i < dataset->run[run].length; i++) {
			log = kanary_vector_log(kanary_dataset_vector(dataset,
				dataset->run[run].first + i));
			calls += log.calls;
			length += log.calls + log.context;
		}
	step = calls / CALLS_MAX + 1;
	text->bin = malloc((length + 1) * sizeof(*text->bin));
	text->place = malloc((length + 1) * sizeof(*text->place));
	text->counted = malloc((length + 1) * sizeof(*text->counted));
	text->gram = malloc((length + 1) * sizeof(*text->gram));
	if (!text->bin || !text->place || !text->counted || !text->gram)
		return false;
	for (run = 0; run < dataset->runs; run++)
		for (i = 0; wanted(&dataset->run[run], all) && i < dataset->run[run].length; i++) {
			log = kanary_vector_log(kanary_dataset_vector(dataset,
				dataset->run[run].first + i));
			if (!(number++ % step))
				text_add(text, &log);
		}
	return true;
}

static void text_free(struct text *text)
{
	free(text->bin);
	free(text->place);
	free(text->counted);
	free(text->gram);
}

static uint32_t hash(uint32_t context, uint32_t bin)
{
	uint64_t key = ((uint64_t)context << 16 | bin) * 0x9e3779b97f4a7c15;

	return (uint32_t)(key >> 32);
}

static uint32_t *find(const struct index *index, const struct kanary_grams_level *level,
		      uint32_t context, uint32_t bin)
{
	uint32_t at = hash(context, bin) & index->mask;

	/* NOLINTNEXTLINE(*UndefinedBinaryOperatorResult): what a slot names has been set */
	while (index->slot[at] != NONE && (level->gram[index->slot[at]].context != context ||
					   level->gram[index->slot[at]].bin != bin))
		at = (at + 1) & index->mask;
	return &index->slot[at];
}

/* At most half full. */
static bool grow(struct index *index, struct kanary_grams_level *level)
{
	uint32_t slots = index->mask ? 2 * (index->mask + 1) : 4096, i;
	struct kanary_grams_gram *gram;

	gram = realloc(level->gram, slots / 2 * sizeof(*gram));
	if (!gram)
		return false;
	level->gram = gram;
	free(index->slot);
	index->slot = malloc(slots * sizeof(*index->slot));
	index->mask = slots - 1;
	if (!index->slot)
		return false;
	memset(index->slot, 0xff, slots * sizeof(*index->slot));
	for (i = 0; i < level->count; i++)
		*find(index, level, gram[i].context, gram[i].bin) = i;
	return true;
}

/* The number of a gram, which is a new one where it has not been seen; NONE without memory. */
static uint32_t number(struct index *index, struct kanary_grams_level *level, uint32_t context,
		       uint32_t bin, uint32_t shorter, bool first)
{
	uint32_t *slot;

	if (2 * (level->count + 1) > index->mask && !grow(index, level))
		return NONE;
	slot = find(index, level, context, bin);
	if (*slot == NONE) {
		*slot = level->count++;
		level->gram[*slot] = (struct kanary_grams_gram){
			.context = context, .bin = (uint16_t)bin, .shorter = shorter,
			.first = first,
		};
	}
	return *slot;
}

/* From the grams that are one call shorter, as text->gram has them. */
static bool count_level(struct kanary_grams_count *count, struct text *text, uint32_t length)
{
	struct kanary_grams_level *level = &count->level[length];
	const struct kanary_grams_level *contexts = level - 1;
	uint32_t before = NONE, own, context;
	struct index index = { 0 };
	bool first, done = true;
	size_t i;

	for (i = 0; done && i < text->length; i++) {
		own = text->gram[i];
		context = length == 1 ? 0 : before;
		before = own;
		if (text->place[i] + 1u < length) {
			text->gram[i] = NONE;
			continue;
		}
		first = length == 1 ? text->bin[i] == KANARY_LOG_START :
				      contexts->gram[context].first;
		text->gram[i] = number(&index, level, context, text->bin[i], own, first);
		done = text->gram[i] != NONE;
		if (done)
			/* NOLINTNEXTLINE(*uninitialized.Assign): number() has set it */
			level->gram[text->gram[i]].count += text->counted[i];
	}
	free(index.slot);
	return done;
}

static void weigh(struct kanary_grams_count *count, uint32_t length)
{
	struct kanary_grams_level *level = &count->level[length];
	uint32_t i;

	for (i = 0; length < count->order && i < level[1].count; i++)
		if (level[1].gram[i].count)
			level->gram[level[1].gram[i].shorter].weight++;
	for (i = 0; i < level->count; i++) {
		struct kanary_grams_gram *gram = &level->gram[i];

		if (length == count->order || gram->first)
			gram->weight = gram->count;
		else if (gram->count && !gram->weight)
			gram->weight = 1;
	}
}

bool kanary_grams_count(struct kanary_grams_count *count, const struct kanary_dataset *dataset,
			uint32_t order, bool all)
{
	struct text text = { 0 };
	bool done = false;
	uint32_t length;

	count->order = order;
	count->level = calloc(order + 1, sizeof(*count->level));
	if (!count->level)
		return false;
	count->level[0].count = 1;
	count->level[0].gram = calloc(1, sizeof(*count->level[0].gram));
	done = count->level[0].gram && text_create(&text, dataset, all);
	if (done)
		memset(text.gram, 0, text.length * sizeof(*text.gram));
	for (length = 1; done && length <= order; length++)
		done = count_level(count, &text, length);
	for (length = 1; done && length <= order; length++)
		weigh(count, length);
	text_free(&text);
	return done;
}

void kanary_grams_count_free(struct kanary_grams_count *count)
{
	uint32_t length;

	for (length = 0; count->level && length <= count->order; length++)
		free(count->level[length].gram);
	free(count->level);
	memset(count, 0, sizeof(*count));
}
