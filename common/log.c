/* SPDX-License-Identifier: GPL-2.0 */
#include "log.h"

void kanary_log_begin(u16 *before)
{
	u32 i;

	for (i = 0; i < KANARY_LOG_CONTEXT; i++)
		before[i] = KANARY_LOG_START;
}

/* Up to the start of the stream: there is nothing before it. */
static u32 unroll_context(u16 *memory, const u16 *before)
{
	u32 length = 0, i;

	while (length < KANARY_LOG_CONTEXT && (!length || before[length - 1] != KANARY_LOG_START))
		length++;
	for (i = 0; i < length; i++)
		memory[i] = before[length - 1 - i];
	return length;
}

void kanary_log_unroll(struct kanary_log *log, u16 *memory, const u16 *ring, u32 left, u32 calls,
		       const u16 *before)
{
	u32 i;

	log->call = memory;
	log->context = 0;
	log->calls = calls;
	if (calls <= KANARY_LOG_CALLS)
		log->context = unroll_context(memory, before);
	else
		log->calls = KANARY_LOG_CALLS;
	memory += log->context;
	for (i = left + log->calls; i-- > left;)
		*memory++ = ring[kanary_log_at(i)];
}

/* Calls in a word; words that are copied at once. */
enum { WORD_CALLS = sizeof(u64) / sizeof(u16), WORDS = 8, BLOCK_CALLS = WORD_CALLS * WORDS };

void kanary_log_copy(u16 *to, const u16 *from, u32 left, u32 calls)
{
	u64 *target = (u64 *)to;
	const u64 *source = (const u64 *)from;
	u32 i = 0, end = KANARY_LOG_CALLS / WORD_CALLS;

	if (left + calls <= KANARY_LOG_CALLS) {
		i = left / BLOCK_CALLS * WORDS;
		end = (left + calls + BLOCK_CALLS - 1) / BLOCK_CALLS * WORDS;
	}
	for (; i < end; i += WORDS) {
		target[i] = source[i];
		target[i + 1] = source[i + 1];
		target[i + 2] = source[i + 2];
		target[i + 3] = source[i + 3];
		target[i + 4] = source[i + 4];
		target[i + 5] = source[i + 5];
		target[i + 6] = source[i + 6];
		target[i + 7] = source[i + 7];
	}
}

const char *kanary_log_check(const struct kanary_log *log)
{
	u32 i = 0;

	if (log->context && log->call[0] == KANARY_LOG_START)
		i++;
	for (; i < log->context + log->calls; i++)
		if (log->call[i] >= KANARY_BINS)
			return "log of the vector has a bin out of range";
	return NULL;
}
