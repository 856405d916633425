/* SPDX-License-Identifier: GPL-2.0 */
/* Packed layers against a row-at-a-time reference, bit for bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "layer.h"
#include "model_fixture.h"

#define ROWS_MAX 40
#define COLUMNS_MAX 40

static int16_t weights[ROWS_MAX * COLUMNS_MAX];
static struct kanary_model_row rows[ROWS_MAX];

static int32_t reference_row(const struct kanary_layer *layer, uint32_t row,
			     const int16_t *values, int32_t limit)
{
	__int128 sum = layer->row[row].bias;
	uint32_t column;

	for (column = 0; column < layer->columns; column++)
		sum += layer->weights[row * layer->columns + column] * (__int128)values[column];
	sum = sum * layer->row[row].multiplier + ((__int128)1 << (layer->row[row].shift - 1));
	sum >>= layer->row[row].shift;
	if (sum > limit)
		sum = limit;
	if (sum < -limit)
		sum = -limit;
	return (int32_t)sum;
}

static void compare(const struct kanary_layer *shape, const int16_t *values, int32_t limit)
{
	struct kanary_layer_operand operands[COLUMNS_MAX];
	struct kanary_layer layer = *shape;
	int64_t *packed = malloc(kanary_layer_packed_size(&layer));
	int64_t *sums = malloc(kanary_layer_sums(layer.rows) * sizeof(*sums));
	int32_t *output = malloc(layer.rows * sizeof(*output));
	uint32_t half = layer.columns / 2;
	uint32_t row, count;
	int32_t expected;

	kanary_layer_pack(&layer, (s64 *)packed);
	count = kanary_layer_gather(operands, 0, values, layer.columns);
	kanary_layer_accumulate(&layer, (s64 *)sums, NULL, operands, count);
	kanary_layer_finish(&layer, (s64 *)sums, limit, output);
	for (row = 0; row < layer.rows; row++) {
		expected = reference_row(&layer, row, values, limit);
		if (output[row] != expected)
			fail_msg("row %u of %u x %u: %d, expected %d", row, layer.rows,
				 layer.columns, output[row], expected);
	}

	/* in two parts, the second on top of the first */
	count = kanary_layer_gather(operands, 0, values, half);
	kanary_layer_accumulate(&layer, (s64 *)sums, NULL, operands, count);
	count = kanary_layer_gather(operands, half, values + half, layer.columns - half);
	kanary_layer_accumulate(&layer, (s64 *)sums, (s64 *)sums, operands, count);
	kanary_layer_finish(&layer, (s64 *)sums, limit, output);
	for (row = 0; row < layer.rows; row++)
		assert_int_equal(output[row], reference_row(&layer, row, values, limit));
	free(packed);
	free(sums);
	free(output);
}

static void agrees_on_random_layers(void **state)
{
	struct kanary_layer layer = { .weights = weights, .row = rows };
	uint64_t random = 11;
	int16_t values[COLUMNS_MAX];
	uint32_t round, i, j;
	int32_t largest;

	for (round = 0; round < 2000; round++) {
		layer.rows = 2 + model_fixture_random(&random) % (ROWS_MAX / 2) * 2;
		layer.columns = 1 + model_fixture_random(&random) % COLUMNS_MAX;
		largest = 65535 / (int32_t)(layer.columns + 1);
		for (i = 0; i < layer.rows; i++) {
			for (j = 0; j < layer.columns; j++)
				weights[i * layer.columns + j] = (int16_t)
					((int32_t)(model_fixture_random(&random) %
						   (uint32_t)(2 * largest + 1)) - largest);
			rows[i].bias = (int32_t)(model_fixture_random(&random) % 65535) - 32767;
			rows[i].multiplier = (int32_t)(model_fixture_random(&random) >> 1) | 1;
			rows[i].shift = 1 + model_fixture_random(&random) % 62;
		}
		for (j = 0; j < layer.columns; j++)
			values[j] = model_fixture_random(&random) % 3 ? (int16_t)
				((int32_t)(model_fixture_random(&random) % 65535) - 32767) : 0;
		compare(&layer, values, round % 2 ? 32767 : 65535);
	}
}

/* Both rows at the ends of what validation lets through, in all four combinations of signs. */
static void agrees_at_the_limits(void **state)
{
	struct kanary_layer layer = { .rows = 2, .columns = 2, .weights = weights, .row = rows };
	static const uint32_t shifts[] = { 1, 15, 31, 47, 62 };
	int16_t values[2] = { 32767, -32767 };
	unsigned int signs, row, shift;

	for (signs = 0; signs < 4; signs++) {
		for (row = 0; row < 2; row++) {
			/* sum of |weight| * 32767 + |bias| = 2^31 - 1 */
			weights[2 * row] = signs >> row & 1 ? -32767 : 32767;
			weights[2 * row + 1] = signs >> row & 1 ? 32767 : -32768;
			rows[row].bias = signs >> row & 1 ? -131069 : 98302;
			rows[row].multiplier = INT32_MAX;
		}
		for (shift = 0; shift < sizeof(shifts) / sizeof(*shifts); shift++) {
			rows[0].shift = shifts[shift];
			rows[1].shift = shifts[shift];
			compare(&layer, values, 32767);
			compare(&layer, values, INT32_MAX);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_on_random_layers),
		cmocka_unit_test(agrees_at_the_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
