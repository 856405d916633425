/* SPDX-License-Identifier: GPL-2.0 */
#include "vector.h"

void kanary_vector_append_log(struct kanary_vector *vector, const struct kanary_log *log)
{
	vector->context = (u16)log->context;
	vector->logged = (u16)log->calls;
	memcpy(vector->counts + vector->length, log->call,
	       ((size_t)log->context + log->calls) * sizeof(u16));
}

/* Calls that a log of @calls holds. */
static u32 logged(u32 calls)
{
	return calls < KANARY_LOG_CALLS ? calls : KANARY_LOG_CALLS;
}

static const char *check_counts(const struct kanary_vector *vector)
{
	const struct kanary_count *count = vector->counts;
	u32 calls = 0;
	u32 i;

	for (i = 0; i < vector->length; i++) {
		if (count[i].bin >= KANARY_VECTOR_BINS)
			return "vector has a bin out of range";
		if (i && count[i].bin <= count[i - 1].bin)
			return "bins of the vector do not ascend";
		if (!count[i].count)
			return "vector has a count of 0";
		if (count[i].bin < KANARY_BINS)
			calls += count[i].count;
	}
	if (calls != vector->calls)
		return "counts of the vector do not add up to its calls";
	return NULL;
}

static const char *check_log(const struct kanary_vector *vector)
{
	struct kanary_log log = kanary_vector_log(vector);

	if (!log.calls)
		return log.context ? "vector without a log has a context of one" : NULL;
	if (log.context > KANARY_LOG_CONTEXT)
		return "context of the vector's log is too long (up to 8 calls)";
	if (log.calls != logged(vector->calls))
		return "log of the vector has not as many calls as the vector";
	return NULL;
}

const char *kanary_vector_check(const struct kanary_vector *vector, size_t size)
{
	struct kanary_log log;
	const char *why;

	if (size < sizeof(*vector))
		return "vector is shorter than its fixed part";
	if (!vector->length || vector->length > KANARY_VECTOR_BINS)
		return "length of the vector is out of range (1 to 2496)";
	if (size != kanary_vector_size(vector))
		return "size of the vector does not follow from its length";
	if (!vector->calls || vector->calls > KANARY_PERIOD_MAX)
		return "calls of the vector are out of range (1 to 32768)";
	if (vector->reason > KANARY_REASON_EXIT)
		return "vector has an unknown reason";
	if (vector->comm[KANARY_COMM_SIZE - 1])
		return "task name of the vector is not terminated";
	if (vector->reserved)
		return "reserved bytes of the vector are not 0";
	log = kanary_vector_log(vector);
	why = check_log(vector);
	if (!why)
		why = check_counts(vector);
	return why ? why : kanary_log_check(&log);
}
