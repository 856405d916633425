/* SPDX-License-Identifier: GPL-2.0 */
#include "vector.h"

static const char *check_counts(const struct kanary_vector *vector)
{
	const struct kanary_count *count = vector->counts;
	u32 calls = 0;
	u32 order = 0;
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
		else if (count[i].bin < KANARY_PATH_FIRST)
			order += count[i].count;
	}
	if (calls != vector->calls)
		return "counts of the vector do not add up to its calls";
	if (order && order != calls)
		return "triples of the vector are not as many as its calls";
	return NULL;
}

const char *kanary_vector_check(const struct kanary_vector *vector, size_t size)
{
	if (size < sizeof(*vector))
		return "vector is shorter than its fixed part";
	if (!vector->length || vector->length > KANARY_VECTOR_BINS)
		return "length of the vector is out of range (1 to 2496)";
	if (size != kanary_vector_size(vector->length))
		return "size of the vector does not follow from its length";
	if (!vector->calls || vector->calls > KANARY_PERIOD_MAX)
		return "calls of the vector are out of range (1 to 32768)";
	if (vector->reason > KANARY_REASON_EXIT)
		return "vector has an unknown reason";
	if (vector->comm[KANARY_COMM_SIZE - 1])
		return "task name of the vector is not terminated";
	return check_counts(vector);
}
