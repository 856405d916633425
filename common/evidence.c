/* SPDX-License-Identifier: GPL-2.0 */
#include "evidence.h"

#include "vector.h"

/* Of the second bank: numbers of the 32-bit ABI. */
#define COMPAT(number) (KANARY_BINS_BANK + (number))

/* The calls that a vDSO of x86 has a function for; arch/x86/entry/vdso, all its linker scripts. */
bool kanary_evidence_is(u32 bin)
{
	switch (bin) {
	case 96: /* gettimeofday */
	case 201: /* time */
	case 228: /* clock_gettime */
	case 229: /* clock_getres */
	case 309: /* getcpu */
	case 318: /* getrandom */
	case COMPAT(13): /* time */
	case COMPAT(78): /* gettimeofday */
	case COMPAT(265): /* clock_gettime */
	case COMPAT(266): /* clock_getres */
	case COMPAT(318): /* getcpu */
	case COMPAT(403): /* clock_gettime64 */
	case COMPAT(406): /* clock_getres_time64 */
		return false;
	default:
		return true;
	}
}

static bool is_call(const struct kanary_count *count)
{
	return count->bin < KANARY_BINS;
}

static bool is_reserved(const struct kanary_count *count)
{
	return count->bin >= KANARY_BINS && count->bin < KANARY_PATH_FIRST;
}

/* What comes before the calls is looked at as well: it may be left out of a vector before. */
static bool is_whole(const struct kanary_count *counts, u32 length, const struct kanary_log *log)
{
	u32 i;

	for (i = 0; i < length && is_call(&counts[i]); i++)
		if (!kanary_evidence_is(counts[i].bin))
			return false;
	for (i = 0; i < log->context; i++)
		if (!kanary_evidence_is(log->call[i]))
			return false;
	return true;
}

static void take_log(struct kanary_log *to, u16 *call, const struct kanary_log *from)
{
	u32 length = 0, i;

	to->call = call;
	to->context = 0;
	for (i = 0; i < from->context + from->calls; i++) {
		if (i == from->context)
			to->context = length;
		if (kanary_evidence_is(from->call[i]))
			call[length++] = from->call[i];
	}
	to->calls = length - to->context;
}

/* Returns how many of @counts are dealt with. */
static u32 take_calls(struct kanary_evidence *evidence, struct kanary_count *to,
		      const struct kanary_count *counts, u32 length)
{
	u32 i;

	for (i = 0; i < length && is_call(&counts[i]); i++) {
		if (!kanary_evidence_is(counts[i].bin))
			continue;
		to[evidence->length++] = counts[i];
		evidence->calls += counts[i].count;
	}
	return i;
}

void kanary_evidence_take(struct kanary_evidence *evidence, const struct kanary_count *counts,
			  u32 length, const struct kanary_log *log,
			  struct kanary_evidence_memory *memory)
{
	u32 i;

	evidence->calls = 0;
	if (!memory || is_whole(counts, length, log)) {
		evidence->counts = counts;
		evidence->length = length;
		evidence->log = *log;
		for (i = 0; i < length && is_call(&counts[i]); i++)
			evidence->calls += counts[i].count;
		return;
	}
	evidence->counts = memory->counts;
	evidence->length = 0;
	evidence->log = (struct kanary_log){ .call = memory->call };
	i = take_calls(evidence, memory->counts, counts, length);
	if (!evidence->length)
		return;
	take_log(&evidence->log, memory->call, log);
	for (; i < length; i++)
		if (!is_reserved(&counts[i]))
			memory->counts[evidence->length++] = counts[i];
}

void kanary_evidence_vector(struct kanary_vector *to, const struct kanary_vector *from,
			    struct kanary_evidence_memory *memory)
{
	struct kanary_log log = kanary_vector_log(from);
	struct kanary_evidence evidence;

	kanary_evidence_take(&evidence, from->counts, from->length, &log, memory);
	memcpy(to, from, sizeof(*to));
	to->calls = evidence.calls;
	to->length = (u16)evidence.length;
	memcpy(to->counts, evidence.counts, to->length * sizeof(*to->counts));
	kanary_vector_append_log(to, &evidence.log);
}
