/* SPDX-License-Identifier: GPL-2.0 */
/* The LSTM cell against floating point, and at its clip. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "lstm.h"
#include "model_fixture.h"

#define HIDDEN 24

static double sigmoid(s32 x)
{
	return 1 / (1 + exp(-x / 4096.0));
}

/* Random gates over 200 steps; the integer state is what both continue from. */
static void follows_floating_point(void **state)
{
	double i, f, g, o, c, cell_error = 0, h_error = 0;
	s32 gates[4 * HIDDEN];
	uint64_t random = 23;
	s32 cell[HIDDEN] = { 0 };
	double before[HIDDEN];
	s16 h[HIDDEN];
	u32 step, unit;

	for (step = 0; step < 200; step++) {
		for (unit = 0; unit < 4 * HIDDEN; unit++)
			gates[unit] = (s32)(model_fixture_random(&random) % 65535) - 32767;
		for (unit = 0; unit < HIDDEN; unit++)
			before[unit] = cell[unit] / 1048576.0;
		kanary_lstm_step(HIDDEN, gates, cell, h);
		for (unit = 0; unit < HIDDEN; unit++) {
			i = sigmoid(gates[unit]);
			f = sigmoid(gates[HIDDEN + unit]);
			g = tanh(gates[2 * HIDDEN + unit] / 4096.0);
			o = sigmoid(gates[3 * HIDDEN + unit]);
			c = f * before[unit] + i * g;
			cell_error = fmax(cell_error, fabs(c - cell[unit] / 1048576.0));
			h_error = fmax(h_error, fabs(o * tanh(c) - h[unit] / 32768.0));
		}
	}
	/* |c| reaches about 4 here: 0.8 units of f times 4, and those of i and g */
	if (cell_error > 6 / 32768.0 || h_error > 8 / 32768.0)
		fail_msg("cell is %.2f, h %.2f units of Q0.15 off", cell_error * 32768,
			 h_error * 32768);
}

static void drive(s32 candidate, s32 *cell, s16 *h)
{
	s32 gates[4] = { 32767, 32767, candidate, 32767 };
	int step;

	*cell = 0;
	for (step = 0; step < 100; step++)
		kanary_lstm_step(1, gates, cell, h);
}

static void cell_is_clipped(void **state)
{
	s32 cell;
	s16 h;

	drive(32767, &cell, &h);
	assert_int_equal(cell, KANARY_MODEL_CELL_CLIP << 20);
	assert_in_range(h, 32700, 32767);
	drive(-32767, &cell, &h);
	assert_int_equal(cell, -(KANARY_MODEL_CELL_CLIP << 20));
	assert_in_range(-h, 32700, 32767);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_floating_point),
		cmocka_unit_test(cell_is_clipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
