// SPDX-License-Identifier: GPL-2.0
#include "reference.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include "reference_data.h"

const u32 kanary_references = ARRAY_SIZE(kanary_reference);

void *kanary_reference_copy(u32 number)
{
	void *copy = kvmalloc(kanary_reference[number].size, GFP_KERNEL);

	if (copy)
		memcpy(copy, kanary_reference[number].file, kanary_reference[number].size);
	return copy;
}
