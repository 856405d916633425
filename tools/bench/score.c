/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time of one verdict of the sequence head: encoder, decoder, output layer and
 * error over a whole sequence, and of one of the process head. tools/bench/score.sh
 * builds the arithmetic with the kernel's flags, so that this is its time in the
 * kernel; this file alone is ordinary userspace.
 *
 *	score [INPUTS HIDDEN STEPS [ROUNDS]]
 *
 * prints one JSON object, times in microseconds: the minimum over rounds that
 * alternate between all that is measured, so that none has the machine's better
 * hours. Built with -DCMSIS_NN it measures that library's LSTM beside ours.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "model_fixture.h"
#include "score.h"
#ifdef CMSIS_NN
#include "score_cmsis.h"
#endif

#define VECTORS 64

struct bench {
	struct model_fixture fixture;
	struct kanary_score_stream *stream;
	void *scratch;
	struct kanary_count counts[VECTORS][16];
	uint32_t length[VECTORS];
};

static void create(struct bench *bench, unsigned int inputs, unsigned int hidden,
		   unsigned int steps)
{
	const struct kanary_model *model = &bench->fixture.model;
	struct kanary_count counts[KANARY_BINS];
	uint64_t state = 1;
	unsigned int i;

	model_fixture_create(&bench->fixture, 1, inputs, 8, hidden, steps, hidden ? 1 : 0);
	bench->stream = malloc(kanary_score_stream_size(model));
	bench->scratch = aligned_alloc(64, (kanary_score_scratch_size(model) + 63) / 64 * 64);
	kanary_score_stream_init(model, bench->stream);
	/* eleven kinds of call in a vector, as busy services have */
	for (i = 0; i < VECTORS; i++) {
		do
			bench->length[i] = model_fixture_counts(&state, counts, 500);
		while (bench->length[i] != 11);
		memcpy(bench->counts[i], counts, 11 * sizeof(*counts));
	}
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec * 1e-3;
}

static double microseconds_per_vector(struct bench *bench)
{
	struct kanary_verdict verdict;
	double start = now();
	unsigned int i;

	for (i = 0; i < VECTORS; i++)
		kanary_score_vector(&bench->fixture.model, bench->stream, bench->counts[i],
				    bench->length[i], &model_fixture_no_log, bench->scratch,
				    &verdict);
	return (now() - start) / VECTORS;
}

static void keep_smaller(double *smallest, double time)
{
	if (time < *smallest)
		*smallest = time;
}

#ifdef CMSIS_NN
static double cmsis_microseconds(unsigned int inputs, unsigned int hidden, unsigned int steps,
				 int dense)
{
	double start = now();
	unsigned int i;

	for (i = 0; i < VECTORS / 4; i++)
		score_cmsis_sequence((int)inputs, (int)hidden, (int)steps, dense);
	return (now() - start) / (VECTORS / 4);
}
#endif

int main(int argc, char **argv)
{
	unsigned int inputs = argc > 3 ? (unsigned int)atoi(argv[1]) : 64;
	unsigned int hidden = argc > 3 ? (unsigned int)atoi(argv[2]) : 32;
	unsigned int steps = argc > 3 ? (unsigned int)atoi(argv[3]) : 16;
	unsigned int rounds = argc > 4 ? (unsigned int)atoi(argv[4]) : 400;
	static struct bench process, both;
	double process_time = 1e9;
	double both_time = 1e9;
#ifdef CMSIS_NN
	double lstm_time = 1e9;
	double cmsis_time = 1e9;
#endif

	if (inputs < KANARY_MODEL_INPUTS_MIN || inputs > KANARY_MODEL_INPUTS_MAX || inputs % 2 ||
	    !hidden || hidden > KANARY_MODEL_HIDDEN_MAX || hidden % 2 ||
	    !steps || steps > KANARY_MODEL_STEPS_MAX) {
		fprintf(stderr, "kanary: no such model: give even INPUTS of 4 to %d, even HIDDEN "
			"of 2 to %d, STEPS of 1 to %d\n", KANARY_MODEL_INPUTS_MAX,
			KANARY_MODEL_HIDDEN_MAX, KANARY_MODEL_STEPS_MAX);
		return 2;
	}
#ifdef CMSIS_NN
	score_cmsis_init();
#endif
	create(&process, inputs, 0, 0);
	create(&both, inputs, hidden, steps);
	microseconds_per_vector(&both); /* fills the ring */
	while (rounds--) {
		keep_smaller(&process_time, microseconds_per_vector(&process));
		keep_smaller(&both_time, microseconds_per_vector(&both));
#ifdef CMSIS_NN
		keep_smaller(&lstm_time, cmsis_microseconds(inputs, hidden, steps, 0));
		keep_smaller(&cmsis_time, cmsis_microseconds(inputs, hidden, steps, 1));
#endif
	}
	printf("{\"inputs\": %u, \"hidden\": %u, \"steps\": %u, \"us_per_sequence\": %.1f, "
	       "\"us_per_process_verdict\": %.2f, \"file_bytes\": %zu, \"packed_bytes\": %zu",
	       inputs, hidden, steps, both_time - process_time, process_time,
	       both.fixture.size, kanary_model_packed_size(&both.fixture.model));
#ifdef CMSIS_NN
	printf(", \"cmsis_nn_us_lstm_only\": %.1f, \"cmsis_nn_us_per_sequence\": %.1f, "
	       "\"ratio\": %.2f", lstm_time, cmsis_time, (both_time - process_time) / cmsis_time);
#endif
	printf("}\n");
	return 0;
}
