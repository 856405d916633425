// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that a container runs in a learned order, and in one that it never did:
 *
 *	learned		fetch sort (pack)+ send, over and over; sometimes a check between
 *	unlearned	the same programs, each as ever, in random order
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_rng.h>

#include "explain.h"
#include "train/features/process_stream.h"
#include "judge/replay.h"
#include "train/trainer.h"

#define PERIOD 64
#define CGROUP 7
/* One process in so many makes a call that no other makes, where there is anything odd. */
#define ODD 53

enum program { FETCH, SORT, PACK, SEND, CHECK, PROGRAMS };

static const char *const names[] = { "fetch", "sort", "pack", "send", "check" };

/* Shares of calls in percent, and how many there are in all. */
static const struct {
	uint16_t bin[4];
	uint16_t share[4];
	uint32_t calls;
} programs[] = {
	{ { 0, 1, 45, 44 }, { 10, 20, 50, 20 }, 150 },
	{ { 0, 1, 9, 12 }, { 45, 25, 15, 15 }, 90 },
	{ { 0, 1, 8, 257 }, { 55, 35, 5, 5 }, 200 },
	{ { 1, 44, 45, 3 }, { 30, 60, 5, 5 }, 60 },
	{ { 5, 6, 257, 3 }, { 40, 10, 30, 20 }, 40 },
};

struct world {
	gsl_rng *random;
	enum program program;
	uint32_t again;
	uint64_t stream;
	uint64_t time;
	bool late;
	bool rigid;
	bool odd;
};

/* Whatever is rigid does always the same. */
static bool chance(struct world *world, double share)
{
	return !world->rigid && gsl_rng_uniform(world->random) < share;
}

static void next_learned(struct world *world)
{
	switch (world->program) {
	case FETCH:
		world->program = chance(world, 0.2) ? CHECK : SORT;
		break;
	case CHECK:
		world->program = SORT;
		break;
	case SORT:
		world->program = PACK;
		break;
	case PACK:
		world->program = chance(world, 0.3) ? PACK : SEND;
		break;
	default:
		world->program = FETCH;
	}
}

/* The calls that @calls draws of a program's mix come to. */
static void fill(struct world *world, enum program program, uint32_t calls,
		 struct kanary_vector *vector)
{
	uint32_t i, call, draw, count[4] = { 0 };

	for (call = 0; call < calls; call++) {
		draw = world->rigid ? 37 * call % 100 :
				      (uint32_t)gsl_rng_uniform_int(world->random, 100);
		for (i = 0; i < 3 && draw >= programs[program].share[i]; i++)
			draw -= programs[program].share[i];
		count[i]++;
	}
	vector->length = 0;
	vector->calls = calls;
	/* by ascending bin */
	for (i = 0; i < KANARY_BINS; i++) {
		if (world->odd && world->stream % ODD == 0 && i == 100 + world->stream / ODD)
			vector->counts[vector->length++] = (struct kanary_count){ (uint16_t)i, 1 };
		for (draw = 0; draw < 4; draw++)
			if (programs[program].bin[draw] == i && count[draw])
				vector->counts[vector->length++] =
					(struct kanary_count){ (uint16_t)i, (uint16_t)count[draw] };
	}
}

typedef void take_vector(void *context, const struct kanary_vector *vector);

/* One process from start to end. */
static void run(struct world *world, take_vector *take, void *context)
{
	uint32_t left = programs[world->program].calls +
			(world->rigid ? 0 : gsl_rng_uniform_int(world->random, 12));
	union {
		struct kanary_vector vector;
		u8 bytes[KANARY_VECTOR_SIZE_MAX];
	} memory = { .vector = { .cgroup = CGROUP, .stream = ++world->stream, .pid = 100 } };
	struct kanary_vector *vector = (struct kanary_vector *)memory.bytes;

	strcpy(vector->comm, names[world->program]);
	vector->index = world->late;
	while (left) {
		uint32_t calls = left < PERIOD ? left : PERIOD;

		left -= calls;
		vector->reason = left ? KANARY_REASON_PERIOD : KANARY_REASON_EXIT;
		vector->time = world->time += 1000000;
		fill(world, world->program, calls, vector);
		take(context, vector);
		vector->index++;
	}
}

static void add(void *dataset, const struct kanary_vector *vector)
{
	assert_true(kanary_dataset_add(dataset, 0, vector));
}

static void learn(struct world *world, uint32_t processes, uint32_t folds, unsigned long seed,
		  struct kanary_trainer_result *result)
{
	const struct kanary_trainer_settings settings = {
		.name = "container", .inputs = 32, .code = 8, .codewords = 16, .stride = 16,
		.decay_limit = 4 * PERIOD, .budget = 20000, .strict_budget = true, .folds = folds,
		.container = { .hidden = 24, .steps = 6, .epochs = 60,
			       .seed = seed },
		.container_stride = 1,
	};
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_progress progress;
	const char *failure;

	kanary_progress_init(&progress, true);
	while (processes--) {
		run(world, add, &dataset);
		next_learned(world);
	}
	assert_true(kanary_dataset_finish(&dataset));
	failure = kanary_trainer_run(result, &dataset, &settings, &progress);
	if (failure)
		fail_msg("%s", failure);
	kanary_dataset_free(&dataset);
}

/**
 * struct watch - what a model says of a container
 * @processes: that ended
 * @spoken: of these, with a container head that spoke
 * @alerts: of vectors
 * @order: of these, because of the container's order
 * @strangest: largest surprise of that, Q24.8
 */
struct watch {
	struct kanary_replay replay;
	uint32_t processes;
	uint32_t spoken;
	uint32_t alerts;
	uint32_t order;
	u32 strangest;
};

static void watch_open(struct watch *watch, const struct kanary_trainer_result *result)
{
	memset(watch, 0, sizeof(*watch));
	assert_true(kanary_replay_init(&watch->replay, result->file));
}

static void see(void *context, const struct kanary_vector *vector)
{
	struct watch *watch = context;
	struct kanary_replay_stream *stream = kanary_replay_vector(&watch->replay, vector);

	watch->processes += vector->reason == KANARY_REASON_EXIT;
	watch->spoken += !!(stream->last.flags & KANARY_VERDICT_CONTAINER);
	if (stream->last.flags & KANARY_VERDICT_CONTAINER &&
	    stream->last.container_surprise > watch->strangest)
		watch->strangest = stream->last.container_surprise;
	if (stream->last.flags & KANARY_VERDICT_ALERT) {
		watch->alerts++;
		watch->order += kanary_explain_loudest(&stream->last) == KANARY_SCORE_CONTAINER;
	}
	if (vector->reason == KANARY_REASON_EXIT)
		kanary_replay_drop(&watch->replay, stream);
}

static void order_that_never_was_is_unusual(void **state)
{
	struct world world = { .random = gsl_rng_alloc(gsl_rng_mt19937) };
	struct kanary_trainer_result result;
	struct watch watch;
	uint32_t i;

	learn(&world, 1500, 1, 1, &result);
	assert_true(result.has_container);
	assert_int_equal(result.processes, 1500);
	print_message("container head: loss %g to %g, calibrated on %u, fixed point differs by %g\n",
		      result.container_first_loss, result.container_loss, result.container.errors,
		      result.container.loss_median);
	assert_true(result.container_loss < 0.5 * result.container_first_loss);
	assert_true(result.container.loss_median < 0.02);

	watch_open(&watch, &result);
	/* one that ran before anyone looked is not judged by what is left of it */
	world.late = true;
	run(&world, see, &watch);
	world.late = false;
	watch.processes = 0;
	for (i = 0; i < 600; i++) {
		run(&world, see, &watch);
		next_learned(&world);
	}
	print_message("learned order: %u processes, %u verdicts, %u alerts, %u for the order\n",
		      watch.processes, watch.spoken, watch.alerts, watch.order);
	assert_int_equal(watch.spoken, 595);
	assert_true(watch.alerts <= 1);

	watch.processes = watch.alerts = watch.order = 0;
	for (i = 0; i < 600; i++) {
		world.program = (enum program)gsl_rng_uniform_int(world.random, PROGRAMS);
		run(&world, see, &watch);
	}
	print_message("random order: %u processes, %u alerts, %u for the order\n",
		      watch.processes, watch.alerts, watch.order);
	assert_true(watch.order > 300);
	/* each process by itself was as ever */
	assert_true(watch.alerts - watch.order <= 2);
	kanary_replay_free(&watch.replay);
	free(result.file);
	gsl_rng_free(world.random);
}

static void few_processes_make_no_container_head(void **state)
{
	struct world world = { .random = gsl_rng_alloc(gsl_rng_mt19937) };
	struct kanary_trainer_result result;

	learn(&world, 80, 1, 1, &result);
	assert_false(result.has_container);
	assert_int_equal(result.processes, 80);
	assert_int_equal(((struct kanary_model_header *)result.file)->container.hidden, 0);
	free(result.file);
	gsl_rng_free(world.random);
}

/*
 * Where nothing varies, each of the four programs ends a quarter of the sequences, and none of
 * them is rarer than that. But a curve of another network's errors would know nothing of this
 * one's: what is odd in the recording makes them differ, as calls of the one part are none of the
 * other's.
 */
static void order_that_never_varies_is_usual(void **state)
{
	struct kanary_trainer_result result;
	struct watch watch;
	unsigned long seed;
	uint32_t i;

	for (seed = 1; seed <= 4; seed++) {
		struct world world = {
			.random = gsl_rng_alloc(gsl_rng_mt19937), .rigid = true, .odd = true,
		};

		learn(&world, 400, 5, seed, &result);
		assert_true(result.has_container);
		world.odd = false;
		watch_open(&watch, &result);
		for (i = 0; i < 400; i++) {
			run(&world, see, &watch);
			next_learned(&world);
		}
		print_message("seed %lu: %u verdicts, the strangest of %.2f\n", seed, watch.spoken,
			      watch.strangest / 256.0);
		assert_int_equal(watch.spoken, 395);
		/* a quarter: 0.6 */
		assert_true(watch.strangest > 0.35 * 256);
		assert_true(watch.strangest < 0.65 * 256);
		assert_int_equal(watch.alerts, 0);
		kanary_replay_free(&watch.replay);
		free(result.file);
		gsl_rng_free(world.random);
	}
}

/*
 * By the time of their ends, whenever they began and in whatever order they were
 * recorded; without one that has no time, and one that began before the recording.
 */
static void processes_are_ordered_by_their_ends(void **state)
{
	/* stream, time, reason, cgroup */
	static const struct {
		uint64_t stream, time, cgroup;
		enum kanary_reason reason;
	} vectors[] = {
		{ 1, 10, 5, KANARY_REASON_PERIOD }, { 2, 20, 5, KANARY_REASON_EXIT },
		{ 3, 15, 5, KANARY_REASON_EXEC }, { 1, 30, 5, KANARY_REASON_EXIT },
		{ 4, 40, 5, KANARY_REASON_PERIOD }, { 5, 12, 4, KANARY_REASON_EXIT },
		{ 6, 0, 5, KANARY_REASON_EXIT }, { 7, 35, 5, KANARY_REASON_EXIT },
	};
	static const uint64_t order[] = { 5, 3, 2, 1 };
	struct kanary_dataset dataset = { .period = PERIOD };
	struct kanary_process_stream processes;
	uint32_t i, index;

	for (i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		struct { struct kanary_vector vector; struct kanary_count count; } memory = {
			.vector = {
				.stream = vectors[i].stream, .time = vectors[i].time,
				.cgroup = vectors[i].cgroup, .reason = vectors[i].reason,
				.calls = 3, .length = 1, .index = i == 3 || i == 7,
			},
			.count = { 1, 3 },
		};

		assert_true(kanary_dataset_add(&dataset, 0, &memory.vector));
	}
	assert_true(kanary_dataset_finish(&dataset));
	assert_true(kanary_process_stream_create(&processes, &dataset, 2));
	assert_int_equal(processes.count, 4);
	for (i = 0; i < 4; i++) {
		index = dataset.stream[processes.stream[i]].first;
		assert_int_equal(kanary_dataset_vector(&dataset, index)->stream, order[i]);
	}
	/* another container's are not in one run with them */
	assert_int_equal(processes.runs, 2);
	assert_int_equal(processes.run[0].length, 1);
	assert_int_equal(processes.run[1].length, 3);
	kanary_process_stream_free(&processes);
	kanary_dataset_free(&dataset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_that_never_was_is_unusual),
		cmocka_unit_test(order_that_never_varies_is_usual),
		cmocka_unit_test(few_processes_make_no_container_head),
		cmocka_unit_test(processes_are_ordered_by_their_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
