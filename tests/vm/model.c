/* SPDX-License-Identifier: GPL-2.0 */
/*
 * model FILE PERIOD quiet|keen|warn|alarm [SEED [STRIDE [STATES [PATHS [NAMES]]]]]:
 * a model for tests and benchmarks.
 *
 * 64 inputs, 32 hidden units, 16 steps, random weights, which cost the same as learned
 * ones; and, where these are given and not 0, a grams head of STATES, a path histogram head
 * of 256 inputs whose code is PATHS wide, and a names head of NAMES entries, some of usual
 * paths. A quiet model never raises an alert, a keen one a warning whenever there is any
 * surprise, and one of warn or alarm for each vector: a warning, or a critical alert.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_fixture.h"
#include "score.h"

enum {
	INPUTS = 64, CODE = 8, HIDDEN = 32, STEPS = 16, HISTOGRAM_INPUTS = 256,
	SURPRISE_MAX = 25600, SURPRISE = 2648,
};

/* Every error is as surprising as every other. */
static void flatten(const struct kanary_model_knot *knots, unsigned int number)
{
	struct kanary_model_knot *knot = (struct kanary_model_knot *)knots;
	unsigned int i;

	for (i = 0; i < number; i++) {
		knot[i].error = i;
		knot[i].surprise = SURPRISE;
	}
}

int main(int argc, char **argv)
{
	struct model_fixture_shape shape = {
		.inputs = INPUTS, .code = CODE, .kinds = 2,
		.sequence = { .hidden = HIDDEN, .steps = STEPS },
		.container = { .hidden = 8, .steps = 4, .stride = 1 },
	};
	struct kanary_model_header *header;
	struct model_fixture fixture;
	const char *why;
	FILE *file;

	if (argc < 4) {
		fprintf(stderr, "usage: model FILE PERIOD quiet|keen|warn|alarm "
			"[SEED [STRIDE [STATES [PATHS [NAMES]]]]]\n");
		return 2;
	}
	shape.sequence.stride = argc > 5 ? (u16)strtoul(argv[5], NULL, 10) : STEPS;
	if (argc > 6)
		shape.states = (unsigned int)strtoul(argv[6], NULL, 10);
	if (argc > 7 && strtoul(argv[7], NULL, 10)) {
		shape.paths_inputs = HISTOGRAM_INPUTS;
		shape.paths_code = (unsigned int)strtoul(argv[7], NULL, 10);
	}
	if (argc > 8)
		shape.names = (unsigned int)strtoul(argv[8], NULL, 10);
	model_fixture_create_whole(&fixture, argc > 4 ? strtoull(argv[4], NULL, 10) : 1, &shape);
	header = fixture.file;
	header->period = (u32)strtoul(argv[2], NULL, 10);
	header->threshold = strcmp(argv[3], "keen") ? SURPRISE_MAX : 1;
	header->critical_threshold = SURPRISE_MAX;
	/* What is quiet is known, and not searched for in the codebook. */
	if (!strcmp(argv[3], "quiet"))
		header->codebook_gate = 0xffffffff;
	if (!strcmp(argv[3], "alarm"))
		header->critical_threshold = SURPRISE / 2;
	if (!strcmp(argv[3], "alarm") || !strcmp(argv[3], "warn")) {
		header->threshold = SURPRISE / 2;
		flatten(fixture.model.process_knot, header->knots);
		if (fixture.model.task_knot)
			flatten(fixture.model.task_knot, header->knots);
		if (fixture.model.paths.knot)
			flatten(fixture.model.paths.knot, header->knots);
		if (fixture.model.name_knot)
			flatten(fixture.model.name_knot, header->knots);
		if (fixture.model.grams_knot)
			flatten(fixture.model.grams_knot, header->knots);
		flatten(fixture.model.sequence.knot, header->knots);
		flatten(fixture.model.container.knot, header->knots);
	}
	model_fixture_reference(&fixture.model);
	model_fixture_seal(fixture.file, fixture.size);
	why = kanary_model_parse(&fixture.model, fixture.file, fixture.size);
	if (why) {
		fprintf(stderr, "model: %s\n", why);
		return 1;
	}
	file = fopen(argv[1], "wb");
	if (!file || fwrite(fixture.file, fixture.size, 1, file) != 1 || fclose(file)) {
		perror(argv[1]);
		return 1;
	}
	model_fixture_destroy(&fixture);
	return 0;
}
