// SPDX-License-Identifier: GPL-2.0
/*
 * A vector, as any caller of KANARY_CMD_SCORE can send it: one that passes the check
 * keeps every promise that those who count on the check rely upon.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vector.h"

static void must(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "a vector passed the check: %s\n", what);
	abort();
}

static void hold(const struct kanary_vector *vector, size_t size)
{
	struct kanary_log log = kanary_vector_log(vector);
	u32 sum = 0, before = 0, i;

	must(kanary_vector_size(vector) == size, "it has another size");
	must(vector->length >= 1 && vector->length <= KANARY_VECTOR_BINS, "its length is wrong");
	must(vector->reason <= KANARY_REASON_EXIT, "its reason is none");
	must(!vector->comm[KANARY_COMM_SIZE - 1], "its comm does not end");
	for (i = 0; i < vector->length; i++) {
		must(vector->counts[i].bin < KANARY_VECTOR_BINS, "a bin is beyond the last");
		must(!i || vector->counts[i].bin > before, "its bins do not ascend");
		must(vector->counts[i].count, "a count is 0");
		before = vector->counts[i].bin;
		sum += before < KANARY_BINS ? vector->counts[i].count : 0;
	}
	must(sum == vector->calls && vector->calls <= KANARY_PERIOD_MAX, "its calls are no sum");
	must(log.context <= KANARY_LOG_CONTEXT && log.calls <= KANARY_LOG_CALLS &&
	     log.calls <= vector->calls, "its log is too long");
	for (i = 0; i < log.context + log.calls; i++)
		must(log.call[i] < KANARY_BINS || (!i && log.call[i] == KANARY_LOG_START),
		     "its log has a call that is none");
	must(kanary_vector_calls(vector) <= vector->length, "it has more calls than counts");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A block of its own for each, so that reading beyond it is seen. */
	struct kanary_vector *vector = malloc(size);

	if (size)
		memcpy(vector, data, size);
	if (!kanary_vector_check(vector, size))
		hold(vector, size);
	free(vector);
	return 0;
}
