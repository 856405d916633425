/* SPDX-License-Identifier: GPL-2.0 */
/*
 * order_check RECORDING CGROUP: whether the kernel counted the calls of order_calls and
 * kept their order, as an importer would.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "order_sequence.h"
#include "recording/recording.h"
#include "recording/trace.h"
#include "vector.h"

enum { STREAMS = 3, VECTORS = 64 };

struct expected {
	u32 vectors;
	_Alignas(8) u8 memory[VECTORS][KANARY_VECTOR_SIZE_MAX];
};

static struct expected expected[STREAMS];

static int take(void *context, const struct kanary_vector *vector)
{
	struct expected *to = context;

	memcpy(to->memory[to->vectors++], vector, kanary_vector_size(vector));
	return 0;
}

static void expect(u32 stream, u32 period, u32 bins, const u32 *bin, enum kanary_reason reason)
{
	struct kanary_import import = { .take = take, .taker = &expected[stream],
					.period = period };
	struct kanary_trace trace;
	u32 state = stream + 1, i;

	kanary_trace_begin(&trace, &import, 1, "", 0);
	for (i = 0; i < ORDER_CALLS; i++)
		kanary_trace_call(&trace, order_sequence_next(&state));
	for (i = 0; i < bins; i++)
		kanary_trace_call(&trace, bin[i]);
	kanary_trace_end(&trace, reason);
}

static bool same(const struct kanary_vector *a, const struct kanary_vector *b)
{
	size_t log = ((size_t)a->context + a->logged) * sizeof(u16);

	return a->context == b->context && a->logged == b->logged &&
	       !memcmp(kanary_vector_log(a).call, kanary_vector_log(b).call, log) &&
	       a->reason == b->reason && a->index == b->index && a->calls == b->calls &&
	       a->length == b->length &&
	       !memcmp(a->counts, b->counts, a->length * sizeof(*a->counts));
}

/* Which of the streams' vectors this is: it is crossed off. */
static bool find(const struct kanary_vector *vector, u32 *left)
{
	struct kanary_vector *other;
	u32 stream;

	for (stream = 0; stream < STREAMS; stream++) {
		if (vector->index >= expected[stream].vectors)
			continue;
		other = (void *)expected[stream].memory[vector->index];
		if (same(vector, other)) {
			/* no other is like this now */
			other->length = 0;
			--*left;
			return true;
		}
	}
	return false;
}

int main(int argc, char **argv)
{
	static const u32 first[] = { ORDER_FORK, ORDER_WAIT4, ORDER_EXIT };
	static const u32 child[] = { ORDER_EXECVE };
	static const u32 again[] = { ORDER_EXIT };
	struct kanary_recording_reader *reader;
	const struct kanary_vector *vector;
	u32 period, left = 0, i;
	const char *why;
	u64 cgroup;

	if (argc != 3)
		return 2;
	cgroup = strtoull(argv[2], NULL, 10);
	reader = kanary_recording_open(argv[1], &why);
	if (!reader) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	period = kanary_recording_describe(reader)->period;
	expect(0, period, 3, first, KANARY_REASON_EXIT);
	expect(1, period, 1, child, KANARY_REASON_EXEC);
	expect(2, period, 1, again, KANARY_REASON_EXIT);
	for (i = 0; i < STREAMS; i++)
		left += expected[i].vectors;
	while ((vector = kanary_recording_next(reader))) {
		if (vector->cgroup != cgroup || strncmp(vector->comm, "order_calls", 11))
			continue;
		if (!find(vector, &left)) {
			printf("vector %u of stream %llu, %u calls, is none that was expected\n",
			       vector->index, vector->stream, vector->calls);
			return 1;
		}
	}
	kanary_recording_close(reader);
	if (left)
		printf("%u of the expected vectors were not recorded\n", left);
	return !!left;
}
