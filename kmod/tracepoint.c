// SPDX-License-Identifier: GPL-2.0
#include "tracepoint.h"

#include <linux/string.h>
#include <linux/tracepoint.h>

struct search {
	const char *name;
	struct tracepoint *found;
};

static void compare(struct tracepoint *tracepoint, void *data)
{
	struct search *search = data;

	if (!strcmp(tracepoint->name, search->name))
		search->found = tracepoint;
}

static struct tracepoint *find(const char *name)
{
	struct search search = { .name = name };

	for_each_kernel_tracepoint(compare, &search);
	return search.found;
}

int kanary_tracepoint_attach(const char *name, void *probe)
{
	struct tracepoint *tracepoint = find(name);

	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, probe, NULL);
}

void kanary_tracepoint_detach(const char *name, void *probe)
{
	struct tracepoint *tracepoint = find(name);

	if (tracepoint)
		tracepoint_probe_unregister(tracepoint, probe, NULL);
}
