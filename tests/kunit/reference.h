/* SPDX-License-Identifier: GPL-2.0 */
/* Random models, vectors, paths, and what userspace said of them when this was built. */
#ifndef _KANARY_KUNIT_REFERENCE_H
#define _KANARY_KUNIT_REFERENCE_H

#include <linux/types.h>

#include "judge.h"
#include "kanary_netlink.h"

enum { REFERENCE_PERIOD = 500, REFERENCE_VECTORS = 40 };

/**
 * struct reference - one model
 * @name: what it has
 * @file: the model file
 * @size: of @file
 * @step: REFERENCE_VECTORS, of several streams; the names head is told of paths before them
 * @verdict: on each
 */
struct reference {
	const char *name;
	const void *file;
	u32 size;
	const struct kanary_judge_step *step;
	const struct kanary_verdict *verdict;
};

extern const struct reference kanary_reference[];
extern const u32 kanary_references;

/** kanary_reference_copy() - the file in memory that kvfree() frees, or NULL */
void *kanary_reference_copy(u32 number);

#endif /* _KANARY_KUNIT_REFERENCE_H */
