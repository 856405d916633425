/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints common/activation_table.c. Run once, checked in, so that no host's
 * libm has a say in what a model computes:
 *
 *	gcc -O2 -o /tmp/t tools/activation-table.c -lm && /tmp/t > common/activation_table.c
 */
#include <math.h>
#include <stdio.h>

#define SEGMENTS 512
/* of Q0.16: anything more would interpolate to 1, which Q0.15 does not have */
#define LARGEST 65534
#define RANGE 8.0

static void print_table(const char *name, int tanh_table)
{
	double x, y;
	int i;

	printf("\nconst u16 %s[KANARY_ACTIVATION_SEGMENTS + 2] = {", name);
	for (i = 0; i <= SEGMENTS + 1; i++) {
		x = fmin(i * RANGE / SEGMENTS, RANGE);
		y = tanh_table ? tanh(x) : 1 / (1 + exp(-x));
		printf("%s%5.0f,", i % 12 ? " " : "\n\t", fmin(round(y * 65536), LARGEST));
	}
	printf("\n};\n");
}

int main(void)
{
	printf("/* SPDX-License-Identifier: GPL-2.0 */\n");
	printf("/* Made by tools/activation-table.c. */\n");
	printf("#include \"activation.h\"\n");
	print_table("kanary_activation_sigmoid_table", 0);
	print_table("kanary_activation_tanh_table", 1);
	return 0;
}
