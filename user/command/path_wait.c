// SPDX-License-Identifier: GPL-2.0
#include "path_wait.h"

#include <stdlib.h>
#include <string.h>

bool kanary_path_wait_add(struct kanary_path_wait *wait, const struct kanary_path *path)
{
	if (wait->count == wait->room) {
		u32 larger = 2 * wait->room + 64;
		void *slot = realloc(wait->slot, larger * sizeof(*wait->slot));

		if (!slot)
			return false;
		wait->slot = slot;
		wait->room = larger;
	}
	memcpy(wait->slot[wait->count++].record, path, kanary_path_record_size(path->length));
	return true;
}

int kanary_path_wait_pass(struct kanary_path_wait *wait, u64 until,
			  int (*take)(const struct kanary_path *path, void *context),
			  void *context)
{
	u32 kept = 0, i;
	int result = 0;

	for (i = 0; i < wait->count; i++) {
		const struct kanary_path *path = (const void *)wait->slot[i].record;

		if (!result && path->time <= until)
			result = take(path, context);
		else if (kept++ != i)
			wait->slot[kept - 1] = wait->slot[i];
	}
	wait->count = kept;
	return result;
}

void kanary_path_wait_free(struct kanary_path_wait *wait)
{
	free(wait->slot);
	memset(wait, 0, sizeof(*wait));
}
