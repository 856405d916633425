/* SPDX-License-Identifier: GPL-2.0 */
/* The distance to what was learned by heart: by hand, against real numbers, at the extremes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "feature.h"
#include "memory_head.h"
#include "model_fixture.h"

enum { ITEMS = 40, ENTRIES = 24, COLUMNS = 30, SCALE_ONE = 4096, WITHOUT = KANARY_MODEL_NO_COLUMN };

/* A memory of few bins, to write to, and the state of a stream under it. */
struct subject {
	struct kanary_model_memory_shape shape;
	struct kanary_model_memory memory;
	u16 column[KANARY_ORDER_BINS];
	u32 scale[ITEMS];
	u32 start[ITEMS + 1];
	struct kanary_model_entry entry[KANARY_ORDER_BINS];
	s16 x[KANARY_ORDER_BINS];
	struct kanary_memory_head_state *state;
};

static void create(struct subject *subject, u32 first, u32 bins, u32 columns)
{
	memset(subject, 0, sizeof(*subject));
	subject->shape.columns = (u16)columns;
	subject->memory = (struct kanary_model_memory){
		.shape = &subject->shape, .first = first, .bins = bins, .column = subject->column,
		.scale = subject->scale, .start = subject->start, .entry = subject->entry,
	};
	memset(subject->column, 0xff, sizeof(subject->column));
	/* exactly as large as it says, so that any access beyond shows */
	subject->state = calloc(1, kanary_memory_head_size(&subject->memory));
}

static void destroy(struct subject *subject)
{
	free(subject->state);
}

static void add_entry(struct subject *subject, u32 column, s32 value)
{
	u32 at = subject->start[subject->shape.items]++;

	subject->entry[at] = (struct kanary_model_entry){ (u16)column, (s16)value };
}

/* What add_entry() put there since the last item is one. */
static void add_item(struct subject *subject, u32 scale)
{
	u32 item = subject->shape.items++;

	subject->scale[item] = scale;
	subject->start[item + 1] = subject->start[item];
	/* the end of one is the beginning of the next */
	subject->start[item] = item ? subject->shape.entries : 0;
	subject->shape.entries = subject->start[item + 1];
}

static void forget(struct subject *subject)
{
	memset(subject->state, 0, kanary_memory_head_size(&subject->memory));
}

static void add(struct subject *subject, const struct kanary_count *counts, u32 length)
{
	kanary_memory_head_add(&subject->memory, subject->state, counts, length);
}

static u32 ask(struct subject *subject)
{
	return kanary_memory_head_error(&subject->memory, subject->state, subject->x);
}

/* Of a stream that is nothing but these. */
static u32 ask_alone(struct subject *subject, const struct kanary_count *counts, u32 length)
{
	forget(subject);
	add(subject, counts, length);
	return ask(subject);
}

/* Bins 2, 3, 5 and 7 of calls; one item is all of bin 2, the other half of it and half of bin 3. */
static void create_small(struct subject *subject)
{
	create(subject, 0, KANARY_BINS, 4);
	subject->column[2] = 0;
	subject->column[3] = 1;
	subject->column[5] = 2;
	subject->column[7] = 3;
	add_entry(subject, 0, 32767);
	add_item(subject, SCALE_ONE);
	add_entry(subject, 0, 23170);
	add_entry(subject, 1, 23170);
	add_item(subject, SCALE_ONE);
}

static void distances_by_hand(void **state)
{
	static const struct kanary_count only[] = { { 2, 9 } };
	static const struct kanary_count halves[] = { { 2, 50 }, { 3, 50 } };
	static const struct kanary_count other[] = { { 3, 1 } };
	static const struct kanary_count far[] = { { 5, 700 }, { 7, 11 } };
	struct subject subject;

	create_small(&subject);
	assert_int_equal(subject.shape.entries, 3);
	/* what was learned itself */
	assert_int_equal(ask_alone(&subject, only, 1), 0);
	assert_int_equal(subject.state->last, 0);
	assert_int_equal(subject.x[0], 32767);
	assert_int_equal(ask_alone(&subject, halves, 2), 0);
	assert_int_equal(subject.state->last, 1);
	assert_int_equal(subject.x[1], 23170);
	/* 2^30 - 32767 * 23170 = 314530434, * 4096 >> 30 = 1199; 1 - sqrt(1/2) of 4096 is 1199.7 */
	assert_int_equal(ask_alone(&subject, other, 1), 1199);
	assert_int_equal(subject.state->last, 1);
	/* nothing in common: one radius; both items say so, and the first stays */
	assert_int_equal(ask_alone(&subject, far, 2), SCALE_ONE);
	assert_int_equal(subject.state->last, 0);
	/* of the same distance, an eighth of the radius is eight times as far */
	subject.scale[1] = 8 * SCALE_ONE;
	assert_int_equal(ask_alone(&subject, other, 1), SCALE_ONE);
	assert_int_equal(subject.state->last, 0);
	subject.scale[0] = 16 * SCALE_ONE;
	/* 314530434 * 32768 >> 30 */
	assert_int_equal(ask_alone(&subject, other, 1), 9598);
	destroy(&subject);
}

/* They have no place in an item, but a share in the whole. */
static void bins_without_a_column_count_towards_the_total(void **state)
{
	static const struct kanary_count counts[] = { { 2, 100 }, { 4, 200 }, { 900, 100 } };
	struct subject subject;

	create_small(&subject);
	/* a quarter: x = 16384, 2^30 - 16384 * 32767 = 536887296, * 4096 >> 30 */
	assert_int_equal(ask_alone(&subject, counts, 3), 2048);
	assert_int_equal(subject.x[0], 16384);
	assert_int_equal(subject.state->other, 300);
	assert_int_equal(subject.state->count[0], 100);
	destroy(&subject);
}

/* Calls are nothing to the memory of order, nor triples to that of calls, whatever their bins. */
static void each_memory_counts_its_own(void **state)
{
	static const struct kanary_count counts[] = {
		{ 0, 1 }, { 3, 10 }, { KANARY_BINS - 1, 100 }, { KANARY_BINS, 1000 },
		{ KANARY_BINS + 3, 10000 }, { KANARY_PATH_FIRST - 1, 60000 },
	};
	struct subject subject;

	create(&subject, 0, KANARY_BINS, 2);
	subject.column[3] = 1;
	add(&subject, counts, 6);
	assert_int_equal(subject.state->count[0], 0);
	assert_int_equal(subject.state->count[1], 10);
	assert_int_equal(subject.state->other, 101);
	destroy(&subject);

	create(&subject, KANARY_BINS, KANARY_ORDER_BINS, 2);
	subject.column[3] = 1;
	subject.column[KANARY_ORDER_BINS - 1] = 0;
	add(&subject, counts, 6);
	assert_int_equal(subject.state->count[0], 60000);
	assert_int_equal(subject.state->count[1], 10000);
	assert_int_equal(subject.state->other, 1000);
	add(&subject, counts, 5);
	assert_int_equal(subject.state->count[0], 60000);
	assert_int_equal(subject.state->count[1], 20000);
	assert_int_equal(subject.state->other, 2000);
	destroy(&subject);
}

static void halving_halves_everything(void **state)
{
	static const struct kanary_count counts[] = { { 2, 5 }, { 3, 1 }, { 4, 7 }, { 7, 60000 } };
	struct subject subject;

	create_small(&subject);
	add(&subject, counts, 4);
	kanary_memory_head_halve(&subject.memory, subject.state);
	assert_int_equal(subject.state->count[0], 2);
	assert_int_equal(subject.state->count[1], 0);
	assert_int_equal(subject.state->count[2], 0);
	assert_int_equal(subject.state->count[3], 30000);
	assert_int_equal(subject.state->other, 3);
	destroy(&subject);
}

/* A stream that has nothing in common with any of three items: their scales are their errors. */
static void create_gated(struct subject *subject, u32 gate)
{
	static const u32 scale[] = { 3000, 2000, 1000 };
	u32 item;

	create(subject, 0, KANARY_BINS, 4);
	subject->column[0] = 0;
	for (item = 0; item < 3; item++) {
		add_entry(subject, item + 1, 32767);
		add_item(subject, scale[item]);
	}
	subject->shape.gate = gate;
}

static void what_is_within_the_gate_ends_the_search(void **state)
{
	static const struct kanary_count counts[] = { { 0, 100 } };
	struct subject subject;

	create_gated(&subject, 999);
	assert_int_equal(ask_alone(&subject, counts, 1), 1000);
	assert_int_equal(subject.state->last, 2);
	/* on the gate is within it */
	subject.shape.gate = 2000;
	assert_int_equal(ask_alone(&subject, counts, 1), 2000);
	assert_int_equal(subject.state->last, 1);
	subject.shape.gate = 1999;
	assert_int_equal(ask_alone(&subject, counts, 1), 1000);
	subject.shape.gate = 3000;
	assert_int_equal(ask_alone(&subject, counts, 1), 3000);
	assert_int_equal(subject.state->last, 0);
	destroy(&subject);
}

static void the_last_item_is_tried_first(void **state)
{
	static const struct kanary_count counts[] = { { 0, 100 } };
	struct subject subject;

	create_gated(&subject, 2000);
	add(&subject, counts, 1);
	/* the first within the gate, each time again */
	assert_int_equal(ask(&subject), 2000);
	assert_int_equal(ask(&subject), 2000);
	subject.state->last = 2;
	assert_int_equal(ask(&subject), 1000);
	assert_int_equal(ask(&subject), 1000);
	assert_int_equal(subject.state->last, 2);
	/* of items that are all beyond the gate, the nearest, wherever the search began */
	subject.shape.gate = 10;
	subject.state->last = 0;
	assert_int_equal(ask(&subject), 1000);
	assert_int_equal(subject.state->last, 2);
	/* one that is not nearer does not take its place */
	subject.scale[0] = subject.scale[1] = 1000;
	assert_int_equal(ask(&subject), 1000);
	assert_int_equal(subject.state->last, 2);
	destroy(&subject);
}

static u32 random_below(uint64_t *state, u32 limit)
{
	return model_fixture_random(state) % limit;
}

/* Items that are histograms, of calls or of triples. */
static void create_random(struct subject *subject, uint64_t *random)
{
	bool calls = random_below(random, 2);
	u32 length, column, total, i;
	u32 share[ENTRIES];

	create(subject, calls ? 0 : KANARY_BINS, calls ? KANARY_BINS : KANARY_ORDER_BINS, COLUMNS);
	for (i = 0; i < 80; i++)
		subject->column[i] = random_below(random, 5) ?
			(u16)random_below(random, COLUMNS) : WITHOUT;
	while (subject->shape.items < ITEMS) {
		length = 1 + random_below(random, ENTRIES);
		for (total = 0, i = 0; i < length; i++)
			total += share[i] = 1 + random_below(random, 100);
		for (column = random_below(random, 3), i = 0; i < length; i++) {
			if (column < COLUMNS)
				add_entry(subject, column,
					  (s32)fmin(lrint(32768 * sqrt((double)share[i] / total)),
						    32767));
			column += 1 + random_below(random, 2);
		}
		add_item(subject, 2048 + random_below(random, 2048));
	}
	subject->shape.gate = random_below(random, 3) * random_below(random, 1 << 10);
}

/* What the subject ought to have counted: bins, not columns. */
struct plain {
	uint64_t count[KANARY_VECTOR_BINS];
	uint64_t column[COLUMNS];
	uint64_t total;
};

static void plain_columns(struct plain *plain, const struct subject *subject)
{
	u32 bin, column;

	plain->total = 0;
	memset(plain->column, 0, sizeof(plain->column));
	for (bin = 0; bin < subject->memory.bins; bin++) {
		column = subject->column[bin];
		plain->total += plain->count[subject->memory.first + bin];
		if (column != WITHOUT)
			plain->column[column] += plain->count[subject->memory.first + bin];
	}
}

/* In real numbers, how far an item is, and how far off fixed point may be. */
static double plain_distance(const struct plain *plain, const struct subject *subject, u32 item,
			     double *slack)
{
	double likeness = 0, values = 0, x;
	u32 i;

	for (i = subject->start[item]; i < subject->start[item + 1]; i++) {
		x = plain->total ? sqrt((double)plain->column[subject->entry[i].column] /
					plain->total) : 0;
		likeness += x * subject->entry[i].value / 32768;
		values += subject->entry[i].value / 32768.0;
	}
	/* a unit of each feature (two at 1.0), and one of the result */
	*slack = subject->scale[item] * (2 * values / 32768) + 1;
	return subject->scale[item] * fmax(1 - likeness, 0);
}

static void agrees_with_real_numbers(void **state)
{
	u32 error, within = 0, beyond = 0, moved = 0, number, vector, i, last;
	struct kanary_count counts[KANARY_VECTOR_BINS];
	double nearest, far, slack, most;
	uint64_t random = 77;
	struct subject subject;
	struct plain plain;

	for (number = 0; number < 60; number++) {
		create_random(&subject, &random);
		for (vector = 0; vector < 40; vector++) {
			u32 length = 0, bin = random_below(&random, 9);

			if (vector % 4 == 0) {
				memset(&plain, 0, sizeof(plain));
				forget(&subject);
			}
			for (; bin < 100; bin += 1 + random_below(&random, 30)) {
				counts[length].bin = (u16)(subject.memory.first + bin);
				counts[length].count = (u16)(1 + random_below(&random, 500));
				plain.count[counts[length].bin] += counts[length].count;
				length++;
			}
			add(&subject, counts, length);
			last = subject.state->last;
			error = ask(&subject);
			moved += last != subject.state->last;
			plain_columns(&plain, &subject);
			far = plain_distance(&plain, &subject, subject.state->last, &most);
			if (fabs(error - far) > most)
				fail_msg("error %u of an item that is %g away", error, far);
			for (nearest = INFINITY, i = 0; i < ITEMS; i++) {
				far = plain_distance(&plain, &subject, i, &slack);
				nearest = fmin(nearest, far + slack);
			}
			/* beyond the gate, all were looked at */
			if (error > subject.shape.gate && error > nearest + most)
				fail_msg("error %u, but there is an item at %g", error, nearest);
			within += error <= subject.shape.gate;
			beyond += error > subject.shape.gate;
		}
		destroy(&subject);
	}
	print_message("%u within the gate, %u beyond, %u nearer to another item than before\n",
		      within, beyond, moved);
	assert_true(within > 100 && beyond > 100 && moved > 100);
}

/* What validation lets pass: values need not be of length 1, nor scales of this world. */
static void extremes_do_not_overflow(void **state)
{
	struct kanary_count counts[KANARY_ORDER_BINS];
	struct subject subject;
	u32 columns, i;

	/* the sum of products leaves 32 bits with the 17th column */
	for (columns = 2; columns <= KANARY_ORDER_BINS; columns += 2) {
		create(&subject, KANARY_BINS, KANARY_ORDER_BINS, columns);
		for (i = 0; i < columns; i++) {
			subject.column[i] = (u16)i;
			counts[i] = (struct kanary_count){ (u16)(KANARY_BINS + i), 65535 };
			add_entry(&subject, i, 32767);
		}
		add_item(&subject, KANARY_MODEL_SCALE_MAX);
		if (ask_alone(&subject, counts, columns))
			fail_msg("%u columns, of which an item has all: error %u", columns,
				 ask(&subject));
		destroy(&subject);
	}
	/* an item of nothing is like nothing, nor is a stream without counts like anything */
	create_small(&subject);
	subject.start[1] = 0;
	subject.scale[0] = subject.scale[1] = KANARY_MODEL_SCALE_MAX;
	counts[0] = (struct kanary_count){ 7, 65535 };
	assert_int_equal(ask_alone(&subject, counts, 1), KANARY_MODEL_SCALE_MAX);
	assert_int_equal(ask_alone(&subject, NULL, 0), KANARY_MODEL_SCALE_MAX);
	/* counts as high as a stream's are before they are halved */
	forget(&subject);
	subject.state->count[0] = subject.state->count[1] = 0x3fffffff;
	assert_in_range(ask(&subject), 0, 60);
	subject.state->other = 0x7fffffff;
	ask(&subject);
	assert_int_equal(subject.x[0], 16384);
	destroy(&subject);
}

static void sizes(void **state)
{
	static const struct kanary_model_memory none;
	struct subject subject;

	assert_int_equal(kanary_memory_head_size(&none), 0);
	create(&subject, 0, KANARY_BINS, KANARY_BINS);
	assert_int_equal(kanary_memory_head_size(&subject.memory), 8 + 4 * KANARY_BINS);
	destroy(&subject);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances_by_hand),
		cmocka_unit_test(bins_without_a_column_count_towards_the_total),
		cmocka_unit_test(each_memory_counts_its_own),
		cmocka_unit_test(halving_halves_everything),
		cmocka_unit_test(what_is_within_the_gate_ends_the_search),
		cmocka_unit_test(the_last_item_is_tried_first),
		cmocka_unit_test(agrees_with_real_numbers),
		cmocka_unit_test(extremes_do_not_overflow),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
