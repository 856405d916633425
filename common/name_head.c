/* SPDX-License-Identifier: GPL-2.0 */
#include "name_head.h"

const char *kanary_name_head_check(const struct kanary_name_table *table)
{
	const struct kanary_name_entry *entry = table->entry;
	u32 i;

	for (i = 0; i < table->count; i++) {
		if (i && entry[i].key <= entry[i - 1].key)
			return "names of the model do not ascend";
		if (entry[i].cost > KANARY_NAME_HEAD_COST_MAX)
			return "cost of a name is out of range (0 to 16)";
		if (entry[i].novel > KANARY_NAME_HEAD_COST_MAX &&
		    entry[i].novel != KANARY_NAME_HEAD_NO_CONTEXT)
			return "cost of an unknown name is out of range (0 to 16)";
	}
	return NULL;
}

static const struct kanary_name_entry *find(const struct kanary_name_table *table, u32 key)
{
	u32 low = 0, high = table->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (table->entry[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < table->count && table->entry[low].key == key ? &table->entry[low] : NULL;
}

static const struct kanary_name_entry *find_context(const struct kanary_name_table *table,
						    u32 key)
{
	const struct kanary_name_entry *entry = find(table, key);

	return entry && entry->novel != KANARY_NAME_HEAD_NO_CONTEXT ? entry : NULL;
}

/* In a directory that is itself news: by its name, or as anywhere. */
static u16 back_off(const struct kanary_name_table *table, u32 parent, u32 name)
{
	u32 contexts[] = { kanary_name_head_alike(parent), kanary_name_head_any() };
	const struct kanary_name_entry *context, *child;
	u32 i;

	for (i = 0; i < 2; i++) {
		context = find_context(table, contexts[i]);
		if (!context)
			continue;
		child = find(table, kanary_name_head_child(contexts[i], name));
		return child ? child->cost : context->novel;
	}
	return 0;
}

u32 kanary_name_head_costs(const struct kanary_name_table *table,
			   const struct kanary_path_walk *walk,
			   u16 cost[KANARY_PATH_COMPONENTS + 1])
{
	const struct kanary_name_entry *entry;
	u32 sum = 0;
	u32 i;

	for (i = 1; i <= walk->count; i++) {
		entry = find(table, walk->prefix[i]);
		if (entry) {
			cost[i] = entry->cost;
		} else {
			entry = find_context(table, walk->prefix[i - 1]);
			cost[i] = entry ? entry->novel :
				  back_off(table, walk->name[i - 1], walk->name[i]);
		}
		sum += cost[i];
	}
	return sum;
}

u32 kanary_name_head_departure(const struct kanary_name_table *table, const u8 *name, u32 length,
			       u16 flags)
{
	struct kanary_path_walk walk;
	u32 i;

	kanary_path_take(name, length, flags, &walk);
	for (i = 1; i <= walk.count; i++) {
		if (!find(table, walk.prefix[i]))
			return walk.prefix[i] ? walk.prefix[i] : 1;
	}
	return 0;
}

u32 kanary_name_head_error(const struct kanary_name_table *table, const u8 *name, u32 length,
			   u16 flags)
{
	u16 cost[KANARY_PATH_COMPONENTS + 1];
	struct kanary_path_walk walk;

	kanary_path_take(name, length, flags, &walk);
	return kanary_name_head_costs(table, &walk, cost) * KANARY_NAME_HEAD_COST_TO_ERROR;
}
