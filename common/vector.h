/* SPDX-License-Identifier: GPL-2.0 */
/* Vectors on the wire and in a recording: size, parts and validity. */
#ifndef _KANARY_VECTOR_H
#define _KANARY_VECTOR_H

#include "kanary_netlink.h"
#include "log.h"
#include "types.h"

/* Bytes of the longest vector. */
#define KANARY_VECTOR_SIZE_MAX \
	(sizeof(struct kanary_vector) + KANARY_VECTOR_BINS * sizeof(struct kanary_count) + \
	 KANARY_LOG_MAX * sizeof(u16))

/** kanary_vector_size() - bytes of a vector with its counts and its log */
static inline size_t kanary_vector_size(const struct kanary_vector *vector)
{
	return sizeof(*vector) + vector->length * sizeof(struct kanary_count) +
	       ((size_t)vector->context + vector->logged) * sizeof(u16);
}

/** kanary_vector_calls() - how many of a vector's first counts are of calls */
static inline u32 kanary_vector_calls(const struct kanary_vector *vector)
{
	u32 length = vector->length;

	while (length && vector->counts[length - 1].bin >= KANARY_BINS)
		length--;
	return length;
}

/** kanary_vector_log() - the calls of a vector in their order; none without a log */
static inline struct kanary_log kanary_vector_log(const struct kanary_vector *vector)
{
	struct kanary_log log = {
		.call = (const u16 *)(vector->counts + vector->length),
		.context = vector->context,
		.calls = vector->logged,
	};

	return log;
}

/** kanary_vector_append_log() - add the log behind all counts, when there will be no more */
void kanary_vector_append_log(struct kanary_vector *vector, const struct kanary_log *log);

/**
 * kanary_vector_check() - whether untrusted bytes are a whole, valid vector
 * @vector: 8-byte aligned
 * @size: bytes there are
 *
 * Return: NULL, or one sentence that says what is wrong.
 */
const char *kanary_vector_check(const struct kanary_vector *vector, size_t size);

#endif /* _KANARY_VECTOR_H */
