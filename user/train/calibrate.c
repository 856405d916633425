// SPDX-License-Identifier: GPL-2.0
#include "calibrate.h"

#include <gsl/gsl_multimin.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

/*
 * All counts of errors below are of independent ones: successive errors tell less.
 * Larger errors that an order statistic needs: its rate is then right to a third (1 sigma).
 */
#define LARGER_MIN 10
/* Excesses: of the largest errors this share, but not fewer than the number, if there are. */
#define EXCESS_SHARE 0.02
#define EXCESSES_MIN 50
#define EXCESS_SHARE_MAX 0.2
/*
 * What is believed of the shape before any data. Reconstruction errors with
 * weights of inverse variance have heavy tails: an event of probability p that
 * the fit could not see makes an error near 1 / p.
 */
#define SHAPE_MEAN 0.3
#define SHAPE_DEVIATION 0.2
#define ITERATIONS 400
#define SURPRISE_MAX 100.0
#define ERROR_UNIT 4096.0
#define ERROR_MAX 4294967295.0
/* Smallest scale of a tail by its threshold: errors that are all alike have no tail to fit. */
#define SCALE_MIN 0.02

struct excesses {
	const double *value;
	size_t count;
	double repeats;
	double mean;
};

/* @point: logarithm of scale / mean, shape. Returns the negative log posterior. */
static double posterior(const gsl_vector *point, void *context)
{
	const struct excesses *excesses = context;
	double shape = gsl_vector_get(point, 1), sum = 0, belief, scale;
	size_t i;

	if (shape < KANARY_TAIL_SHAPE_MIN || shape > KANARY_TAIL_SHAPE_MAX)
		return 1e300;
	scale = excesses->mean * exp(gsl_vector_get(point, 0));
	for (i = 0; i < excesses->count; i++) {
		double z = excesses->value[i] / scale;

		sum += shape < 1e-6 ? z : (1 + 1 / shape) * log1p(shape * z);
	}
	belief = (shape - SHAPE_MEAN) / SHAPE_DEVIATION;
	return (sum + excesses->count * log(scale)) / excesses->repeats + 0.5 * belief * belief;
}

static void fit(struct kanary_tail *tail, struct excesses *excesses)
{
	double variance = gsl_stats_variance_m(excesses->value, 1, excesses->count, excesses->mean);
	double ratio = variance > 0 ? excesses->mean * excesses->mean / variance : 1;
	gsl_vector *point = gsl_vector_alloc(2), *step = gsl_vector_alloc(2);
	gsl_multimin_function function = { .f = posterior, .n = 2, .params = excesses };
	gsl_multimin_fminimizer *minimizer =
		gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, 2);
	double shape;
	int i;

	/* moments (Hosking and Wallis 1987), where they exist and are within bounds */
	shape = 0.5 * (1 - ratio);
	if (!(shape >= KANARY_TAIL_SHAPE_MIN + 0.05))
		shape = KANARY_TAIL_SHAPE_MIN + 0.05;
	if (shape > 0.5)
		shape = 0.5;
	tail->shape = SHAPE_MEAN;
	tail->scale = excesses->mean * (1 - SHAPE_MEAN);
	if (!point || !step || !minimizer)
		goto out;
	gsl_vector_set(point, 0, log1p(-shape));
	gsl_vector_set(point, 1, shape);
	gsl_vector_set(step, 0, 0.3);
	gsl_vector_set(step, 1, 0.1);
	if (gsl_multimin_fminimizer_set(minimizer, &function, point, step))
		goto out;
	for (i = 0; i < ITERATIONS; i++) {
		if (gsl_multimin_fminimizer_iterate(minimizer))
			break;
		if (gsl_multimin_test_size(gsl_multimin_fminimizer_size(minimizer), 1e-5) !=
		    GSL_CONTINUE)
			break;
	}
	tail->scale = excesses->mean * exp(gsl_vector_get(minimizer->x, 0));
	tail->shape = gsl_vector_get(minimizer->x, 1);
out:
	if (minimizer)
		gsl_multimin_fminimizer_free(minimizer);
	gsl_vector_free(step);
	gsl_vector_free(point);
}

void kanary_calibrate_tail(struct kanary_tail *tail, const double *errors, size_t count,
			   double repeats)
{
	size_t wanted = EXCESS_SHARE * count, event = lround(repeats), i;
	struct excesses excesses;
	double *value;

	if (wanted < EXCESSES_MIN * repeats)
		wanted = EXCESSES_MIN * repeats;
	if (wanted > EXCESS_SHARE_MAX * count)
		wanted = EXCESS_SHARE_MAX * count;
	if (wanted < 2)
		wanted = 2;
	/* One event may be the only one of its kind: it must not be the tail of all others. */
	if (event > wanted / 4)
		event = 0;
	/* NOLINTNEXTLINE(*uninitialized.Assign): of 10 and more, 2 leave some */
	tail->threshold = errors[count - wanted - 1];
	tail->rate = (double)wanted / count;
	wanted -= event;
	count -= event;
	tail->excesses = wanted;
	tail->shape = SHAPE_MEAN;
	value = malloc(wanted * sizeof(*value));
	excesses = (struct excesses){ .value = value, .count = wanted, .repeats = repeats };
	if (value) {
		for (i = 0; i < wanted; i++)
			value[i] = errors[count - wanted + i] - tail->threshold;
		excesses.mean = gsl_stats_mean(value, 1, wanted);
	}
	tail->scale = 0;
	if (value && excesses.mean > 1 / ERROR_UNIT)
		fit(tail, &excesses);
	tail->scale = fmax(tail->scale, SCALE_MIN * tail->threshold + 16 / ERROR_UNIT);
	free(value);
}

double kanary_calibrate_surprise(const struct kanary_tail *tail, double error)
{
	double z = (error - tail->threshold) / tail->scale;

	if (z < 0)
		z = 0;
	if (tail->shape < 1e-6)
		return z * M_LOG10E - log10(tail->rate);
	return log1p(tail->shape * z) / tail->shape * M_LOG10E - log10(tail->rate);
}

static int compare_errors(const void *left, const void *right)
{
	u32 a = *(const u32 *)left, b = *(const u32 *)right;

	return a < b ? -1 : a > b;
}

/* Adds a knot where it ascends; both lists only grow. */
static uint32_t add_knot(struct kanary_model_knot *knot, uint32_t used, double error,
			 double surprise)
{
	u32 value = (u32)fmin(error, ERROR_MAX);
	u32 height = surprise < SURPRISE_MAX ? (u32)(surprise * 256) : (u32)(SURPRISE_MAX * 256);

	if (used && value <= knot[used - 1].error)
		return used;
	if (used && height < knot[used - 1].surprise)
		height = knot[used - 1].surprise;
	knot[used].error = value;
	knot[used].surprise = height;
	return used + 1;
}

void kanary_calibrate_knots(u32 *errors, size_t count, double repeats,
			    struct kanary_model_knot *knot, uint32_t knots,
			    struct kanary_tail *tail)
{
	uint32_t body = knots / 2, used = 0, i;
	double *real = malloc(count * sizeof(*real)), last, first, top, larger_min;
	uint32_t left;
	size_t j, larger;

	qsort(errors, count, sizeof(*errors), compare_errors);
	*tail = (struct kanary_tail){ .threshold = errors[count - 1] / ERROR_UNIT, .rate = 1.0 };
	if (real) {
		for (j = 0; j < count; j++)
			real[j] = errors[j] / ERROR_UNIT;
		kanary_calibrate_tail(tail, real, count, repeats);
		free(real);
	}

	/* the body: how many errors are as large, for shares equally spaced in logarithm */
	larger_min = fmin(LARGER_MIN * repeats, tail->rate * count);
	for (i = 0; i < body; i++) {
		double share = pow(larger_min / count, (double)i / (body - 1));

		larger = (size_t)ceil(share * count);
		j = count - larger;
		/* of errors that are equal, all are as large */
		while (j && errors[j - 1] == errors[j])
			j--;
		used = add_knot(knot, used, fmin(errors[j], ERROR_MAX - knots),
				-log10((double)(count - j) / count));
	}

	/* the tail: steps in geometric progression, as the curve is nearly a logarithm */
	last = fmax(knot[used - 1].error / ERROR_UNIT - tail->threshold, 0);
	first = last + 0.1 * tail->scale;
	top = ERROR_MAX / ERROR_UNIT - tail->threshold;
	first = fmin(first, top);
	left = knots - used;
	for (i = 0; i < left; i++) {
		double excess = first * pow(top / first, (double)i / (left - 1));
		double error = (tail->threshold + excess) * ERROR_UNIT;

		/* ascending, with room for those that follow */
		error = fmax(fmin(error, ERROR_MAX - (left - 1 - i)), knot[used - 1].error + 1.0);
		used = add_knot(knot, used, error,
				kanary_calibrate_surprise(tail, tail->threshold + excess));
	}
}

/* Of an error that is minus log10 of a chance in a document: what it is in a look, Q24.8. */
static u32 witnessed(u32 error, double per_look)
{
	double surprise = error / ERROR_UNIT + log10(fmax(per_look, 1));

	return (u32)(fmin(surprise, SURPRISE_MAX) * 256);
}

void kanary_calibrate_bound(struct kanary_model_knot *knot, uint32_t knots, double per_look)
{
	uint32_t i;

	for (i = 0; i < knots; i++) {
		u32 bound = witnessed(knot[i].error, per_look);

		knot[i].surprise = knot[i].surprise < bound ? knot[i].surprise : bound;
	}
}

void kanary_calibrate_told(struct kanary_model_knot *knot, uint32_t knots, u32 error,
			   double per_look)
{
	uint32_t i;

	/* the first knot stays, for errors that are none */
	for (i = 1; i < knots; i++) {
		if (i + 1 < knots && knot[i + 1].error <= error)
			continue;
		if (knot[i].error < error)
			knot[i].error = error;
		knot[i].surprise = witnessed(knot[i].error, per_look);
	}
}
