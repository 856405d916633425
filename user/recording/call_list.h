/* SPDX-License-Identifier: GPL-2.0 */
/* Calls in the order in which they were made, out of vectors. */
#ifndef KANARY_CALL_LIST_H
#define KANARY_CALL_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "kanary_netlink.h"
#include "types.h"

/**
 * struct kanary_call_list - it is empty when it is zeroed
 * @count: of calls
 * @call: [@count], bins below KANARY_BINS
 */
struct kanary_call_list {
	size_t count;
	u16 *call;
	/* the rest belongs to call_list.c */
	size_t room;
};

/** kanary_call_list_has() - whether a vector tells the order of all its calls */
static inline bool kanary_call_list_has(const struct kanary_vector *vector)
{
	return vector->logged == vector->calls;
}

/** kanary_call_list_add() - append a vector's calls, as far as it has them; false without memory */
bool kanary_call_list_add(struct kanary_call_list *list, const struct kanary_vector *vector);

/** kanary_call_list_free() - free what is inside */
void kanary_call_list_free(struct kanary_call_list *list);

#endif /* KANARY_CALL_LIST_H */
