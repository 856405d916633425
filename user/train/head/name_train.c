// SPDX-License-Identifier: GPL-2.0
#include "name_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "beta_prior.h"

#define COST_UNIT 256.0
#define HALF (KANARY_NAME_TRAIN_PARTS / 2)

_Static_assert(KANARY_NAME_TRAIN_PARTS <= 32, "parts do not fit into a mask");

/**
 * struct kanary_name_sight - a document has this child in this context
 * @document: its number; parts of a sequence come after all whole documents
 * @directory: whether the context is one, and not all of a name, or all there are
 */
struct kanary_name_sight {
	uint32_t context;
	uint32_t child;
	uint32_t document : 31;
	uint32_t directory : 1;
};

/* Of the number of a document that is a part of a sequence. */
#define PART (1u << 30)

/**
 * struct kanary_name_part - what a document is
 * @sequence: of parts that it is one of; 0 for a whole one
 * @part: of these
 */
struct kanary_name_part {
	uint32_t sequence;
	uint32_t part;
};

/**
 * struct child - of the context at hand
 * @documents: whole ones that have it
 * @sight: its sights, whole documents first
 */
struct child {
	uint32_t documents;
	const struct kanary_name_sight *sight;
	size_t sights;
};

/**
 * struct sequence - parts of a recording, in the context at hand
 * @first: part in which it was visited first
 * @news: later parts in which it had a child that was never seen before, a bit each
 */
struct sequence {
	uint32_t first;
	uint32_t news;
};

/**
 * struct work - of the context at hand
 * @train: what it is one of
 * @rarest_of: [documents], of whole ones, the fewest documents that have one of its children
 * @whole: documents that visited it
 * @rarest: [whole], of each of them, ascending
 * @sequence: [sequences + 1]
 * @trials: visits, and how many had news
 * @late: of these, what was in the latter half of a sequence
 */
struct work {
	const struct kanary_name_train *train;
	struct child *child;
	uint32_t children;
	uint32_t *rarest_of;
	uint32_t *rarest;
	uint32_t whole;
	struct sequence *sequence;
	uint32_t sequences;
	struct kanary_beta_trials trials;
	struct kanary_beta_trials late;
};

/* An entry, before those that make least of a difference are dropped. */
struct draft {
	struct kanary_name_entry entry;
	uint32_t worth;
};

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

static int compare_sights(const void *left, const void *right)
{
	const struct kanary_name_sight *a = left, *b = right;
	int order = ORDER(a->context, b->context);

	if (!order)
		order = ORDER(a->child, b->child);
	return order ? order : ORDER(a->document, b->document);
}

static int compare_numbers(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return ORDER(*a, *b);
}

/* Slots of the hash table to begin with, a power of two. */
#define SLOTS 4096

/*
 * A document says most things many times over: one sight of each is kept. A slot is free where
 * its sight is of a document before.
 */
static uint32_t *find_slot(const struct kanary_name_train *train, uint32_t context, uint32_t child)
{
	uint32_t at = kanary_path_mix(context, child) & (train->slots - 1);
	uint32_t *slot = &train->slot[at];

	while (*slot >= train->first && *slot < train->sights &&
	       (train->sight[*slot].context != context || train->sight[*slot].child != child)) {
		at = (at + 1) & (train->slots - 1);
		slot = &train->slot[at];
	}
	return slot;
}

/* At most half of the slots are in use. */
static bool grow_table(struct kanary_name_train *train)
{
	uint32_t slots = train->slots ? 2 * train->slots : SLOTS, i;
	uint32_t *slot = malloc(slots * sizeof(*slot));

	if (!slot)
		return false;
	memset(slot, 0xff, slots * sizeof(*slot));
	free(train->slot);
	train->slot = slot;
	train->slots = slots;
	for (i = train->first; i < train->sights; i++)
		*find_slot(train, train->sight[i].context, train->sight[i].child) = i;
	return true;
}

static void order_sights(struct kanary_name_train *train)
{
	/* what is seen from here on is of another document */
	train->first = train->sights;
	if (train->sights)
		qsort(train->sight, train->sights, sizeof(*train->sight), compare_sights);
}

bool kanary_name_train_document(struct kanary_name_train *train, uint32_t part)
{
	uint32_t room = train->documents + train->documents / 2 + 64;
	struct kanary_name_part *parts;

	train->first = train->sights;
	if (train->documents == train->document_room) {
		parts = room < PART ? realloc(train->document, room * sizeof(*parts)) : NULL;
		if (!parts)
			return false;
		train->document = parts;
		train->document_room = room;
	}
	train->sequences += !part;
	train->document[train->documents++] = part == KANARY_NAME_TRAIN_WHOLE ?
		(struct kanary_name_part){ 0 } :
		(struct kanary_name_part){ .sequence = train->sequences, .part = part };
	return true;
}

static const struct kanary_name_part *part_of(const struct kanary_name_train *train,
					      const struct kanary_name_sight *sight)
{
	return &train->document[sight->document & (PART - 1)];
}

static bool grow_sights(struct kanary_name_train *train)
{
	uint32_t room = train->room + train->room / 2 + 4096;
	struct kanary_name_sight *sight = realloc(train->sight, room * sizeof(*sight));

	if (!sight)
		return false;
	train->sight = sight;
	train->room = room;
	return true;
}

static bool see(struct kanary_name_train *train, uint32_t context, uint32_t child, bool directory)
{
	uint32_t number = train->documents - 1, *slot;

	if ((train->sights == train->room && !grow_sights(train)) ||
	    (2 * (train->sights - train->first) >= train->slots && !grow_table(train)))
		return false;
	slot = find_slot(train, context, child);
	if (*slot >= train->first && *slot < train->sights)
		return true;
	*slot = train->sights++;
	train->sight[*slot] = (struct kanary_name_sight){
		.context = context,
		.child = child,
		.document = number | (train->document[number].sequence ? PART : 0),
		.directory = directory,
	};
	return true;
}

bool kanary_name_train_path(struct kanary_name_train *train, const struct kanary_path_walk *walk)
{
	uint32_t alike, any = kanary_name_head_any(), i;

	for (i = 1; i <= walk->count; i++) {
		alike = kanary_name_head_alike(walk->name[i - 1]);
		if (!see(train, walk->prefix[i - 1], walk->prefix[i], true) ||
		    !see(train, alike, kanary_name_head_child(alike, walk->name[i]), false) ||
		    !see(train, any, kanary_name_head_child(any, walk->name[i]), false))
			return false;
	}
	return true;
}

static void find_children(struct work *work, const struct kanary_name_sight *sight, size_t sights)
{
	struct child *child = NULL;
	size_t i;

	work->children = 0;
	for (i = 0; i < sights; i++) {
		if (!i || sight[i].child != sight[i - 1].child) {
			child = &work->child[work->children++];
			*child = (struct child){ .sight = &sight[i] };
		}
		child->sights++;
		child->documents += !(sight[i].document & PART);
	}
}

static void tally_whole(struct work *work)
{
	uint32_t i, document;
	size_t j;

	work->whole = 0;
	for (i = 0; i < work->children; i++) {
		const struct child *child = &work->child[i];

		for (j = 0; j < child->documents; j++) {
			document = child->sight[j].document;
			if (!work->rarest_of[document])
				work->rarest[work->whole++] = document;
			if (!work->rarest_of[document] ||
			    child->documents < work->rarest_of[document])
				work->rarest_of[document] = child->documents;
		}
	}
	for (i = 0; i < work->whole; i++) {
		document = work->rarest[i];
		work->rarest[i] = work->rarest_of[document];
		work->rarest_of[document] = 0;
		work->trials.hits += work->rarest[i] == 1;
	}
	work->trials.trials += work->whole;
	qsort(work->rarest, work->whole, sizeof(*work->rarest), compare_numbers);
}

static void tally_sequences(struct work *work)
{
	const struct kanary_name_part *part;
	struct sequence *sequence;
	uint32_t i, later;
	size_t j;

	for (i = 0; i <= work->sequences; i++)
		work->sequence[i] = (struct sequence){ .first = KANARY_NAME_TRAIN_PARTS };
	for (i = 0; i < work->children; i++)
		for (j = work->child[i].documents; j < work->child[i].sights; j++) {
			part = part_of(work->train, &work->child[i].sight[j]);
			sequence = &work->sequence[part->sequence];
			/* NOLINTNEXTLINE(*UndefinedBinaryOperatorResult): set in the loop above */
			if (part->part < sequence->first)
				sequence->first = part->part;
		}
	for (i = 0; i < work->children; i++) {
		part = part_of(work->train, work->child[i].sight);
		sequence = &work->sequence[part->sequence];
		if (part->sequence && part->part > sequence->first)
			sequence->news |= 1u << part->part;
	}
	for (i = 1; i <= work->sequences; i++) {
		if (work->sequence[i].first == KANARY_NAME_TRAIN_PARTS)
			continue;
		sequence = &work->sequence[i];
		later = KANARY_NAME_TRAIN_PARTS - 1 - sequence->first;
		work->trials.trials += later;
		work->trials.hits += __builtin_popcount(sequence->news);
		work->late.trials += later < HALF ? later : HALF;
		work->late.hits += __builtin_popcount(sequence->news >> HALF);
	}
}

static void tally(struct work *work, const struct kanary_name_sight *sight, size_t sights)
{
	memset(&work->trials, 0, sizeof(work->trials));
	memset(&work->late, 0, sizeof(work->late));
	find_children(work, sight, sights);
	tally_whole(work);
	tally_sequences(work);
}

static size_t context_length(const struct kanary_name_train *train, size_t first)
{
	size_t next = first;

	while (next < train->sights && train->sight[next].context == train->sight[first].context)
		next++;
	return next - first;
}

static u16 cost_of(double chance)
{
	double cost = -log10(chance) * COST_UNIT;

	return cost < KANARY_NAME_HEAD_COST_MAX ? (u16)lround(cost) : KANARY_NAME_HEAD_COST_MAX;
}

/* Of a document more, the chance that its rarest child is as rare as this one. */
static u16 child_cost(const struct work *work, const struct kanary_beta_prior *prior,
		      const struct child *child)
{
	uint32_t as_rare = 0;

	if (!child->documents)
		return 0;
	while (as_rare < work->whole && work->rarest[as_rare] <= child->documents + 1)
		as_rare++;
	return cost_of(kanary_beta_prior_chance(prior, as_rare, work->whole));
}

static bool is_quiet(const struct work *work)
{
	return work->child->sight->directory && !work->whole && work->late.trials &&
	       !work->late.hits && work->trials.hits <= 1;
}

static u16 novel_cost(struct kanary_name_train *train, const struct work *work,
		      const struct kanary_beta_prior *prior)
{
	u16 cost = cost_of(kanary_beta_prior_chance(prior, work->trials.hits,
						    work->trials.trials));

	if (!is_quiet(work))
		return cost;
	if (train->told_cost > cost)
		cost = train->told_cost;
	train->quiet++;
	train->quiet_cost = cost > train->quiet_cost ? cost : train->quiet_cost;
	return cost;
}

static uint32_t write_context(struct kanary_name_train *train, const struct work *work,
			      const struct kanary_beta_prior *prior, struct draft *draft)
{
	u16 novel = novel_cost(train, work, prior);
	uint32_t i;

	draft[0].entry = (struct kanary_name_entry){
		.key = work->child->sight->context, .novel = novel,
	};
	for (i = 0; i < work->children; i++) {
		u16 cost = child_cost(work, prior, &work->child[i]);

		cost = cost < novel ? cost : novel;
		draft[1 + i].worth = novel - cost;
		draft[1 + i].entry = (struct kanary_name_entry){
			.key = work->child[i].sight->child, .cost = cost,
			.novel = KANARY_NAME_HEAD_NO_CONTEXT,
		};
	}
	return 1 + work->children;
}

static int compare_keys(const void *left, const void *right)
{
	const struct draft *a = left, *b = right;

	return ORDER(a->entry.key, b->entry.key);
}

static int compare_worth(const void *left, const void *right)
{
	const struct draft *a = left, *b = right;
	int order = ORDER(b->worth, a->worth);

	return order ? order : compare_keys(left, right);
}

/* A component is a child and may be a context: one entry for both. */
static uint32_t merge(struct draft *draft, uint32_t count)
{
	uint32_t i, kept = 0;

	qsort(draft, count, sizeof(*draft), compare_keys);
	for (i = 0; i < count; i++) {
		struct draft *last = kept ? &draft[kept - 1] : NULL;

		if (!last || last->entry.key != draft[i].entry.key) {
			draft[kept++] = draft[i];
			continue;
		}
		last->entry.cost |= draft[i].entry.cost;
		last->entry.novel &= draft[i].entry.novel;
		last->worth |= draft[i].worth;
	}
	/* what children are known in is worth more than any child */
	for (i = 0; i < kept; i++)
		if (draft[i].entry.novel != KANARY_NAME_HEAD_NO_CONTEXT)
			draft[i].worth = UINT32_MAX;
	return kept;
}

static bool write_table(struct draft *draft, uint32_t count, uint32_t limit,
			struct kanary_name_table *table)
{
	struct kanary_name_entry *entry;
	uint32_t i;

	count = merge(draft, count);
	if (count > limit) {
		qsort(draft, count, sizeof(*draft), compare_worth);
		count = limit;
		qsort(draft, count, sizeof(*draft), compare_keys);
	}
	entry = malloc((count + 1) * sizeof(*entry));
	if (!entry)
		return false;
	for (i = 0; i < count; i++)
		entry[i] = draft[i].entry;
	table->entry = entry;
	table->count = count;
	return true;
}

/* Twice over all contexts: what they have in common, then each in the light of it. */
static uint32_t write_drafts(struct kanary_name_train *train, struct work *work,
			     struct kanary_beta_trials *trials, struct draft *draft)
{
	struct kanary_beta_prior prior;
	uint32_t contexts = 0, count = 0;
	size_t first, length;

	for (first = 0; first < train->sights; first += length) {
		length = context_length(train, first);
		tally(work, train->sight + first, length);
		trials[contexts++] = work->trials;
	}
	kanary_beta_prior_fit(&prior, trials, contexts);
	for (first = 0; first < train->sights; first += length) {
		length = context_length(train, first);
		tally(work, train->sight + first, length);
		count += write_context(train, work, &prior, draft + count);
	}
	return count;
}

bool kanary_name_train_finish(struct kanary_name_train *train, struct kanary_name_table *table,
			      uint32_t limit)
{
	struct kanary_beta_trials *trials;
	struct work work = { .train = train, .sequences = train->sequences };
	struct draft *draft;
	bool done = false;

	train->quiet = 0;
	train->quiet_cost = 0;
	train->told_cost = train->news > 0 ? cost_of(fmin(train->news, 1)) : 0;
	order_sights(train);
	work.child = malloc((train->sights + 1) * sizeof(*work.child));
	work.rarest_of = calloc(train->documents + 1, sizeof(*work.rarest_of));
	work.rarest = malloc((train->documents + 1) * sizeof(*work.rarest));
	work.sequence = malloc((train->sequences + 1) * sizeof(*work.sequence));
	trials = malloc((train->sights + 1) * sizeof(*trials));
	draft = calloc(2 * train->sights + 1, sizeof(*draft));
	if (work.child && work.rarest_of && work.rarest && work.sequence && trials && draft)
		done = write_table(draft, write_drafts(train, &work, trials, draft), limit, table);
	free(work.child);
	free(work.rarest_of);
	free(work.rarest);
	free(work.sequence);
	free(trials);
	free(draft);
	return done;
}

void kanary_name_train_free(struct kanary_name_train *train)
{
	free(train->sight);
	free(train->slot);
	free(train->document);
	memset(train, 0, sizeof(*train));
}
