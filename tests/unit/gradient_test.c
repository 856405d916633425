// SPDX-License-Identifier: GPL-2.0
/*
 * Backpropagation through time against central differences.
 *
 * The loss is about 1 and computed in float, so a difference of two losses is
 * wrong by some 1e-6; divided by 2 * STEP that is 5e-5. The truncation error is
 * STEP^2 times a third derivative. Gradients are held to 1 % plus 5e-4, while
 * dropping any one path through the network moves some of them by tens of percent.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "train/head/adam.h"
#include "train/head/lstm_train.h"

#define STEP 1e-2f
enum { INPUTS = 6, HIDDEN = 4, STEPS = 5, BATCH = 3 };

struct fixture {
	struct kanary_network *network;
	float x[STEPS * BATCH * INPUTS];
};

static struct fixture make(unsigned long seed, float scale)
{
	gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
	struct fixture fixture;
	size_t i;

	gsl_rng_set(random, seed);
	fixture.network = kanary_network_create(INPUTS, HIDDEN, STEPS, BATCH + 2);
	assert_non_null(fixture.network);
	kanary_network_init(fixture.network, random);
	/* biases that are zero hide mistakes in them */
	for (i = 0; i < fixture.network->parameters; i++)
		fixture.network->parameter[i] =
			scale * fixture.network->parameter[i] +
			0.2f * (float)(gsl_rng_uniform(random) - 0.5);
	for (i = 0; i < INPUTS; i++)
		fixture.network->importance[i] = 0.2f + 0.3f * i;
	for (i = 0; i < STEPS * BATCH * INPUTS; i++)
		fixture.x[i] = (float)gsl_rng_uniform(random);
	gsl_rng_free(random);
	return fixture;
}

static double loss(struct fixture *fixture)
{
	return kanary_lstm_train_forward(fixture->network, fixture->x, BATCH) / BATCH / STEPS;
}

static void check_group(struct fixture *fixture, const char *name, const float *first,
			size_t count, const float *gradient)
{
	struct kanary_network *network = fixture->network;
	size_t start = first - network->parameter, i;
	double largest = 0;

	for (i = start; i < start + count; i++) {
		float before = network->parameter[i];
		double numerical, exact = gradient[i] / BATCH / STEPS;

		network->parameter[i] = before + STEP;
		numerical = loss(fixture);
		network->parameter[i] = before - STEP;
		numerical = (numerical - loss(fixture)) / (2 * STEP);
		network->parameter[i] = before;
		if (fabs(numerical - exact) > 0.01 * fabs(numerical) + 5e-4)
			fail_msg("%s[%zu]: gradient %g, by differences %g", name, i - start, exact,
				 numerical);
		largest = fmax(largest, fabs(numerical));
	}
	/* a group that does not matter would pass whatever its gradient */
	assert_true(largest > 2e-3);
}

static void gradients_are_right(void **state)
{
	unsigned long seed;

	for (seed = 1; seed <= 3; seed++) {
		struct fixture fixture = make(seed, 1.0f);
		struct kanary_network *network = fixture.network;
		float gradient[2000];

		assert_true(network->parameters <= 2000);
		loss(&fixture);
		kanary_lstm_train_backward(network, fixture.x, BATCH);
		memcpy(gradient, network->gradient, network->parameters * sizeof(float));
		check_group(&fixture, "encoder", network->encoder, 4 * HIDDEN * (INPUTS + HIDDEN),
			    gradient);
		check_group(&fixture, "encoder bias", network->encoder_bias, 4 * HIDDEN, gradient);
		check_group(&fixture, "decoder", network->decoder, 4 * HIDDEN * 2 * HIDDEN, gradient);
		check_group(&fixture, "decoder bias", network->decoder_bias, 4 * HIDDEN, gradient);
		check_group(&fixture, "dense", network->dense, INPUTS * HIDDEN, gradient);
		check_group(&fixture, "dense bias", network->dense_bias, INPUTS, gradient);
		kanary_network_free(network);
	}
}

/* A sequence's reconstruction does not depend on who else is in its batch. */
static void batches_do_not_mix(void **state)
{
	struct fixture fixture = make(7, 1.0f);
	double alone = 0, together = kanary_lstm_train_forward(fixture.network, fixture.x, BATCH);
	float x[STEPS * INPUTS];
	int b, t;

	for (b = 0; b < BATCH; b++) {
		for (t = 0; t < STEPS; t++)
			memcpy(x + t * INPUTS, fixture.x + (t * BATCH + b) * INPUTS,
			       INPUTS * sizeof(float));
		alone += kanary_lstm_train_forward(fixture.network, x, 1);
	}
	assert_true(fabs(alone - together) < 1e-4 * together);
	kanary_network_free(fixture.network);
}

/*
 * Cells that run into the clip, stay there for a while, and come down in the last
 * step: what raised them has no say any more, and no gradient.
 */
static void cells_are_clipped(void **state)
{
	enum { LONG = 40 };
	struct kanary_network *network = kanary_network_create(2, 2, LONG, 1);
	float x[LONG * 2] = { 0 }, gradient;
	double above, below;
	int i;

	for (i = 0; i < LONG; i++)
		x[2 * i] = 1.0f;
	x[2 * LONG - 1] = 1.0f;
	for (i = 0; i < 8; i++)
		network->encoder_bias[i] = i < 4 ? 8.0f : 1.0f;
	/* the second input closes all gates but the output's */
	for (i = 0; i < 6; i++)
		network->encoder[i * 4 + 1] = -10.0f;
	network->decoder[0] = network->decoder[5] = 1.0f;
	network->decoder[8 + 8] = network->decoder[8 + 8 + 5] = 1.0f;
	network->dense[0] = network->dense[3] = 1.0f;
	network->decoder_bias[4] = network->decoder_bias[5] = 1.0f;

	kanary_lstm_train_forward(network, x, 1);
	assert_true(network->encoding.cell[(LONG - 1) * 2] == 16.0f);
	assert_true(network->encoding.cell[LONG * 2] < 4.0f);
	kanary_lstm_train_backward(network, x, 1);
	for (i = 0; i < 8; i++) {
		gradient = network->gradient[network->encoder_bias - network->parameter + i];
		network->encoder_bias[i] += STEP;
		above = kanary_lstm_train_forward(network, x, 1);
		network->encoder_bias[i] -= 2 * STEP;
		below = kanary_lstm_train_forward(network, x, 1);
		network->encoder_bias[i] += STEP;
		above = (above - below) / (2 * STEP);
		if (fabs(above - gradient) > 0.02 * fabs(above) + 5e-3)
			fail_msg("encoder bias %d: gradient %g, by differences %g", i, gradient, above);
	}
	kanary_network_free(network);
}

static void silence_is_exact(void **state)
{
	struct fixture fixture = make(5, 1.0f);
	float before[STEPS * BATCH * INPUTS];
	int i;

	kanary_network_silence(fixture.network, 2);
	kanary_lstm_train_forward(fixture.network, fixture.x, BATCH);
	memcpy(before, fixture.network->reconstruction, sizeof(before));
	for (i = 0; i < STEPS * BATCH; i++) {
		assert_true(before[i * INPUTS + 2] == 0.0f);
		fixture.x[i * INPUTS + 2] = 5.0f;
	}
	kanary_lstm_train_forward(fixture.network, fixture.x, BATCH);
	assert_memory_equal(before, fixture.network->reconstruction, sizeof(before));
	kanary_network_free(fixture.network);
}

/* One step of Adam by its definition: m = g / 10, v = g^2 / 1000, both unbiased. */
static void adam_steps_as_defined(void **state)
{
	struct kanary_adam *adam = kanary_adam_create(3);
	float parameter[3] = { 1, 2, 3 }, gradient[3] = { 0.3f, -0.4f, 0 };

	kanary_adam_step(adam, parameter, gradient, 1.0f, 1.0f, 0.1f);
	assert_true(fabsf(parameter[0] - 0.9f) < 1e-5f);
	assert_true(fabsf(parameter[1] - 2.1f) < 1e-5f);
	assert_true(parameter[2] == 3.0f);
	kanary_adam_step(adam, parameter, gradient, 1.0f, 1.0f, 0.1f);
	assert_true(fabsf(parameter[0] - 0.8f) < 1e-5f);
	kanary_adam_free(adam);
}

/* Two gradients of one direction, one beyond the clip: after it both are the same. */
static void long_gradients_are_shortened(void **state)
{
	struct kanary_adam *one = kanary_adam_create(2), *other = kanary_adam_create(2);
	float a[2] = { 0 }, b[2] = { 0 }, small[2] = { 0.01f, 0.02f };
	float unit[2] = { 0.6f, 0.8f }, large[2] = { 600, 800 };

	kanary_adam_step(one, a, small, 1.0f, 1.0f, 0.1f);
	kanary_adam_step(one, a, unit, 1.0f, 1.0f, 0.1f);
	kanary_adam_step(other, b, small, 1.0f, 1.0f, 0.1f);
	kanary_adam_step(other, b, large, 1.0f, 1.0f, 0.1f);
	assert_true(fabsf(a[0] - b[0]) < 1e-6f && fabsf(a[1] - b[1]) < 1e-6f);
	kanary_adam_free(one);
	kanary_adam_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gradients_are_right),
		cmocka_unit_test(batches_do_not_mix),
		cmocka_unit_test(cells_are_clipped),
		cmocka_unit_test(silence_is_exact),
		cmocka_unit_test(adam_steps_as_defined),
		cmocka_unit_test(long_gradients_are_shortened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
