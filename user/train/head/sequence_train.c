// SPDX-License-Identifier: GPL-2.0
#include "sequence_train.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adam.h"
#include "lstm_train.h"

#define BATCH 32
#define RATE 4e-3
/* What the rate drops to, when, and how often before the end. */
#define RATE_DROP 0.3
#define PATIENCE 3
#define DROPS 3
/* A held-out loss that falls by less is no improvement. */
#define IMPROVEMENT 0.003
#define GRADIENT_NORM 1.0f
/* Sequences between two looks at the held-out loss. */
#define EPOCH_MIN 1024
#define EPOCH_MAX 4096
/* Sequences that the held-out loss is measured on, and the residuals. */
#define HELD_OUT_MAX 256
#define WEIGH_MAX 2048

/**
 * struct windows - places where sequences begin
 * @count: of them
 * @start: numbers of their first vectors
 */
struct windows {
	uint32_t count;
	uint32_t *start;
};

/**
 * struct trainer - what the steps of a training share
 * @source: of the elements
 * @batch: [steps][BATCH][inputs]
 * @best: copy of the best parameters
 * @work: sequences times steps that were learned from
 */
struct trainer {
	const struct kanary_sequence_settings *settings;
	struct kanary_network *network;
	struct kanary_adam *adam;
	gsl_rng *random;
	struct windows train;
	struct windows validation;
	const struct kanary_sequence_source *source;
	float *batch;
	float *best;
	uint64_t work;
};

/* In each of the copies of the elements. */
static bool find_windows(struct windows *windows, const struct kanary_sequence_source *source,
			 enum kanary_dataset_part part, uint32_t steps)
{
	uint32_t i, j, copy;

	windows->count = 0;
	windows->start = malloc((kanary_sequence_source_windows(source->run, source->runs, part,
								steps) + 1) *
				source->copies * sizeof(uint32_t));
	if (!windows->start)
		return false;
	for (i = 0; i < source->runs; i++) {
		const struct kanary_dataset_run *run = &source->run[i];

		if (run->part != part)
			continue;
		for (j = 0; j + steps <= run->length; j++)
			for (copy = 0; copy < source->copies; copy++)
				windows->start[windows->count++] =
					copy * source->count + run->first + j;
	}
	return true;
}

/* Every so many-th, so that at most @limit are left. */
static void thin(struct windows *windows, uint32_t limit)
{
	uint32_t count = windows->count < limit ? windows->count : limit, i;

	for (i = 0; i < count; i++)
		windows->start[i] = windows->start[(uint64_t)i * windows->count / count];
	windows->count = count;
}

static void load(struct trainer *trainer, const uint32_t *start, uint32_t count)
{
	uint32_t inputs = trainer->network->inputs, t, b, i;
	float *out = trainer->batch;

	for (t = 0; t < trainer->network->steps; t++) {
		for (b = 0; b < count; b++) {
			const s16 *x = trainer->source->x + (size_t)(start[b] + t) * inputs;

			for (i = 0; i < inputs; i++)
				*out++ = x[i] * (1.0f / 32768);
		}
	}
}

/*
 * A call that is rare has small residuals, whatever the network makes of it; but
 * they will weigh the more. So let the loss, too, care about it.
 */
static void set_importance(struct trainer *trainer, uint32_t period)
{
	struct kanary_network *network = trainer->network;
	double squares[KANARY_MODEL_INPUTS_MAX] = { 0 }, total = 0;
	uint32_t count = trainer->train.count, i, input;

	for (i = 0; i < count; i++)
		for (input = 0; input < network->inputs; input++) {
			size_t at = (size_t)trainer->train.start[i] * network->inputs + input;
			double x = trainer->source->x[at] / 32768.0;

			squares[input] += x * x;
		}
	for (input = 0; input < network->inputs; input++) {
		double mean = (squares[input] + 1.0 / period) / (count + 1);

		network->importance[input] = 1 / sqrt(mean);
		total += mean * network->importance[input];
	}
	for (input = 0; input < network->inputs; input++)
		network->importance[input] /= total;
}

static double held_out_loss(struct trainer *trainer)
{
	double loss = 0;
	uint32_t i;

	for (i = 0; i < trainer->validation.count; i += BATCH) {
		uint32_t count = trainer->validation.count - i;

		count = count < BATCH ? count : BATCH;
		load(trainer, trainer->validation.start + i, count);
		loss += kanary_lstm_train_forward(trainer->network, trainer->batch, count);
	}
	return loss / trainer->validation.count / trainer->network->steps;
}

/* Returns false where the next batch would be more work than is allowed. */
static bool run_epoch(struct trainer *trainer, uint32_t *position, float rate)
{
	uint32_t size = trainer->train.count, done;

	size = size < EPOCH_MIN ? EPOCH_MIN : size;
	size = size > EPOCH_MAX ? EPOCH_MAX : size;
	for (done = 0; done < size; done += BATCH) {
		uint32_t count = trainer->train.count < BATCH ? trainer->train.count : BATCH;
		uint64_t work = (uint64_t)count * trainer->network->steps;

		if (trainer->settings->work && trainer->work + work > trainer->settings->work)
			return false;
		trainer->work += work;
		if (*position + count > trainer->train.count) {
			gsl_ran_shuffle(trainer->random, trainer->train.start, trainer->train.count,
					sizeof(uint32_t));
			*position = 0;
		}
		load(trainer, trainer->train.start + *position, count);
		*position += count;
		kanary_lstm_train_forward(trainer->network, trainer->batch, count);
		kanary_lstm_train_backward(trainer->network, trainer->batch, count);
		kanary_adam_step(trainer->adam, trainer->network->parameter,
				 trainer->network->gradient,
				 1.0f / (count * trainer->network->steps), GRADIENT_NORM, rate);
	}
	return true;
}

/* Of what may be done at most. */
static double work_share(const struct trainer *trainer)
{
	return trainer->settings->work ? (double)trainer->work / trainer->settings->work : 0;
}

/* Keeps the best parameters; returns whether these are better than any before, by enough. */
static bool look(struct trainer *trainer, struct kanary_sequence_head *head)
{
	double loss = held_out_loss(trainer);
	bool better = loss < head->loss * (1 - IMPROVEMENT);

	if (loss < head->loss) {
		head->loss = loss;
		memcpy(trainer->best, trainer->network->parameter,
		       trainer->network->parameters * sizeof(float));
	}
	return better;
}

/* Returns false when this was the last epoch, and says why. */
static bool go_on(struct trainer *trainer, struct kanary_sequence_head *head, uint32_t *bad,
		  uint32_t *drops, float *rate)
{
	double share = work_share(trainer);

	/* a tight limit still leaves work for a small rate in the end */
	if (*bad < PATIENCE && share < 1 - 0.5 / (*drops + 1) / (*drops + 1))
		return true;
	*bad = 0;
	*rate *= RATE_DROP;
	memcpy(trainer->network->parameter, trainer->best,
	       trainer->network->parameters * sizeof(float));
	if (++*drops < DROPS)
		return true;
	head->stopped = share < 0.9 ? "no further improvement" : "work limit";
	return false;
}

static void run_training(struct trainer *trainer, struct kanary_sequence_head *head,
			 const struct kanary_progress_part *part)
{
	const struct kanary_sequence_settings *settings = trainer->settings;
	struct kanary_network *network = trainer->network;
	uint32_t position = UINT32_MAX / 2, bad = 0, drops = 0;
	size_t bytes = network->parameters * sizeof(float);
	float rate = RATE;
	bool more = true;

	head->first_loss = head->loss = held_out_loss(trainer);
	memcpy(trainer->best, network->parameter, bytes);
	head->stopped = "epochs";
	while (more && head->epochs < settings->epochs) {
		more = run_epoch(trainer, &position, rate);
		head->epochs++;
		bad = look(trainer, head) ? 0 : bad + 1;
		kanary_progress_part(part, fmax(work_share(trainer),
						(double)head->epochs / settings->epochs),
				     "epoch %u, held-out loss %.5f (%.5f before)",
				     head->epochs, head->loss, head->first_loss);
		if (!more)
			head->stopped = "work limit";
		else
			more = go_on(trainer, head, &bad, &drops, &rate);
	}
	head->work = trainer->work;
	memcpy(network->parameter, trainer->best, bytes);
}

static void add_squares(struct trainer *trainer, const struct windows *windows, double *squares)
{
	struct kanary_network *network = trainer->network;
	uint32_t i, t, b, input;

	for (i = 0; i < windows->count; i += BATCH) {
		uint32_t count = windows->count - i < BATCH ? windows->count - i : BATCH;
		const float *y = network->reconstruction;

		load(trainer, windows->start + i, count);
		kanary_lstm_train_forward(network, trainer->batch, count);
		for (t = 0; t < network->steps; t++) {
			const float *x = trainer->batch + (size_t)(network->steps - 1 - t) * count *
							  network->inputs;

			for (b = 0; b < count; b++)
				for (input = 0; input < network->inputs; input++, x++, y++)
					squares[input] += (double)(*y - *x) * (*y - *x);
		}
	}
}

static void silence_unseen(struct trainer *trainer)
{
	const struct kanary_network *network = trainer->network;
	uint32_t input, i, t;

	for (input = 0; input < network->inputs; input++) {
		bool seen = false;

		for (i = 0; i < trainer->train.count && !seen; i++)
			for (t = 0; t < network->steps && !seen; t++)
				seen = trainer->source->x[(size_t)(trainer->train.start[i] + t) *
						  network->inputs + input];
		if (!seen)
			kanary_network_silence(trainer->network, input);
	}
}

/*
 * Weight of an input's squared residual, of @count that add up to @squares; @share is one call of
 * a usual total.
 *
 * The inverse of the variance, with one imagined vector more, in which the input had one call
 * that nobody expected. So an input that was always reconstructed exactly, be it because nobody
 * ever made the call, has after n vectors an error of about n for its first call: the less the
 * data know, the less they claim.
 */
static u32 weight_of(double squares, double count, double share)
{
	double weight = 16 * (count + 1) / (squares + share);

	if (weight > KANARY_MODEL_WEIGHT_MAX)
		return KANARY_MODEL_WEIGHT_MAX;
	return weight < 1 ? 1 : (u32)lround(weight);
}

static void weigh(struct trainer *trainer, struct kanary_sequence_head *head, uint32_t period)
{
	double squares[KANARY_MODEL_INPUTS_MAX] = { 0 };
	uint32_t steps = trainer->network->steps, count, input;

	/* shuffled, so the first are as good as any */
	if (trainer->train.count > WEIGH_MAX)
		trainer->train.count = WEIGH_MAX;
	add_squares(trainer, &trainer->train, squares);
	add_squares(trainer, &trainer->validation, squares);
	/* sequences overlap, and copies repeat: they know no more than so many vectors */
	count = (trainer->train.count + trainer->validation.count) / trainer->source->copies;
	for (input = 0; input < trainer->network->inputs; input++)
		head->weight[input] = weight_of(squares[input] / steps / trainer->source->copies,
						count, 1.0 / period);
}

bool kanary_sequence_train(struct kanary_sequence_head *head,
			   const struct kanary_sequence_source *source,
			   const struct kanary_sequence_settings *settings,
			   const struct kanary_progress_part *part)
{
	uint32_t inputs = source->inputs;
	struct trainer trainer = {
		.settings = settings,
		.network = kanary_network_create(inputs, settings->hidden, settings->steps, BATCH),
		.random = gsl_rng_alloc(gsl_rng_mt19937),
		.source = source,
		.batch = malloc((size_t)settings->steps * BATCH * inputs * sizeof(float)),
	};
	bool done = false;

	head->weight = malloc(inputs * sizeof(u32));
	if (!trainer.network || !trainer.random || !trainer.batch || !head->weight)
		goto out;
	trainer.adam = kanary_adam_create(trainer.network->parameters);
	trainer.best = malloc(trainer.network->parameters * sizeof(float));
	if (!trainer.adam || !trainer.best ||
	    !find_windows(&trainer.train, source, KANARY_DATASET_TRAIN, settings->steps) ||
	    !find_windows(&trainer.validation, source, KANARY_DATASET_VALIDATION, settings->steps))
		goto out;
	head->sequences = trainer.train.count / source->copies;
	gsl_rng_set(trainer.random, settings->seed);
	thin(&trainer.validation, HELD_OUT_MAX);
	kanary_network_init(trainer.network, trainer.random);
	set_importance(&trainer, source->period);
	run_training(&trainer, head, part);
	silence_unseen(&trainer);
	weigh(&trainer, head, source->period);
	head->network = trainer.network;
	trainer.network = NULL;
	done = true;
out:
	kanary_network_free(trainer.network);
	kanary_adam_free(trainer.adam);
	if (trainer.random)
		gsl_rng_free(trainer.random);
	free(trainer.train.start);
	free(trainer.validation.start);
	free(trainer.batch);
	free(trainer.best);
	return done;
}

double kanary_sequence_train_error(const struct kanary_sequence_head *head, const s16 *x)
{
	struct kanary_network *network = head->network;
	uint32_t t, i;
	double error = 0;
	float *values = malloc((size_t)network->steps * network->inputs * sizeof(*values));

	if (!values)
		return NAN;
	for (i = 0; i < network->steps * network->inputs; i++)
		values[i] = x[i] * (1.0f / 32768);
	kanary_lstm_train_forward(network, values, 1);
	for (t = 0; t < network->steps; t++) {
		const float *expected = values + (size_t)(network->steps - 1 - t) * network->inputs;
		const float *y = network->reconstruction + (size_t)t * network->inputs;

		for (i = 0; i < network->inputs; i++)
			error += head->weight[i] / 16.0 * (y[i] - expected[i]) *
				 (y[i] - expected[i]);
	}
	free(values);
	return error;
}

void kanary_sequence_train_free(struct kanary_sequence_head *head)
{
	kanary_network_free(head->network);
	free(head->weight);
	memset(head, 0, sizeof(*head));
}
