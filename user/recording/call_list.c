// SPDX-License-Identifier: GPL-2.0
#include "call_list.h"

#include <stdlib.h>
#include <string.h>

#include "vector.h"

#define ROOM_FIRST 256

static bool reserve(struct kanary_call_list *list, size_t more)
{
	size_t room = list->room ? list->room : ROOM_FIRST;
	u16 *call;

	while (room < list->count + more)
		room *= 2;
	if (room == list->room)
		return true;
	call = realloc(list->call, room * sizeof(*call));
	if (!call)
		return false;
	list->call = call;
	list->room = room;
	return true;
}

bool kanary_call_list_add(struct kanary_call_list *list, const struct kanary_vector *vector)
{
	struct kanary_log log = kanary_vector_log(vector);

	if (!reserve(list, log.calls))
		return false;
	memcpy(list->call + list->count, log.call + log.context, log.calls * sizeof(*log.call));
	list->count += log.calls;
	return true;
}

void kanary_call_list_free(struct kanary_call_list *list)
{
	free(list->call);
	memset(list, 0, sizeof(*list));
}
