/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a vector tells something of its task.
 *
 * Some calls tell of the host instead. The kernel maps a library into each process, the vDSO,
 * which answers a few calls without entering the kernel wherever the kernel and its clock source
 * let it: then they are not seen. Elsewhere the same program makes a true call each time. To a
 * model that is to outlive its kernel (KANARY_MODEL_DROPS_CLOCK) such calls are no evidence. They
 * are recorded and count towards a period, but it neither learns nor judges them: shares are of the
 * other calls, and those are each other's neighbours.
 */
#ifndef _KANARY_EVIDENCE_H
#define _KANARY_EVIDENCE_H

#include "log.h"
#include "types.h"

/**
 * struct kanary_evidence - what is left of a vector
 * @counts: ascending bins
 * @length: of @counts; 0 where no call is left
 * @calls: sum of the counts of calls
 * @log: the calls in their order
 */
struct kanary_evidence {
	const struct kanary_count *counts;
	u32 length;
	u32 calls;
	struct kanary_log log;
};

/**
 * struct kanary_evidence_memory - where it stands, if anything had to be left out
 * @counts: of calls and paths; nobody reads those of reserved bins
 */
struct kanary_evidence_memory {
	struct kanary_count counts[KANARY_BINS + KANARY_PATH_BINS];
	u16 call[KANARY_LOG_MAX];
};

/** kanary_evidence_is() - whether a call tells of its task; @bin below KANARY_BINS, or START */
bool kanary_evidence_is(u32 bin);

/**
 * kanary_evidence_take() - leave out what tells nothing
 * @evidence: set; leads into what is given, or into @memory
 * @counts: valid, ascending bins
 * @length: of @counts
 * @log: the calls in their order, or none
 * @memory: 8-byte aligned, contents undefined; or NULL to leave out nothing
 *
 * Never fails.
 */
void kanary_evidence_take(struct kanary_evidence *evidence, const struct kanary_count *counts,
			  u32 length, const struct kanary_log *log,
			  struct kanary_evidence_memory *memory);

/**
 * kanary_evidence_vector() - the same of a whole vector
 * @to: set, of KANARY_VECTOR_SIZE_MAX bytes; where nothing is left of @from, its calls and its
 *	length are 0; its log may be of fewer calls than there are
 * @from: valid
 * @memory: as above
 */
void kanary_evidence_vector(struct kanary_vector *to, const struct kanary_vector *from,
			    struct kanary_evidence_memory *memory);

#endif /* _KANARY_EVIDENCE_H */
