// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "train_foreign.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "terminal/message.h"
#include "program.h"

/* Where the package's programs lie, seen from the folder of the one that runs. */
static const char *const places[] = { "foreign.rec", "../../share/kanary/foreign.rec" };

static const char *const ways[KANARY_FOREIGN_WAYS] = {
	[KANARY_FOREIGN_ALONE] = "as processes of their own",
	[KANARY_FOREIGN_FOURTH] = "each 4th call of one of yours",
	[KANARY_FOREIGN_SIXTEENTH] = "each 16th call of one of yours",
};

static const char *const keys[KANARY_FOREIGN_WAYS] = {
	[KANARY_FOREIGN_ALONE] = "alone",
	[KANARY_FOREIGN_FOURTH] = "fourth",
	[KANARY_FOREIGN_SIXTEENTH] = "sixteenth",
};

int kanary_train_foreign_read(struct kanary_foreign_list *list, const char *path)
{
	uint32_t before = list->programs;
	const char *why = NULL;

	if (kanary_foreign_program_read(list, path, &why))
		return kanary_message_error("train: %s: %s", path, why);
	if (why)
		kanary_message_note("%s: %s: going on with what was read", path, why);
	if (list->programs == before)
		return kanary_message_error("train: %s: there is no vector: record again", path);
	return 0;
}

int kanary_train_foreign_find(struct kanary_foreign_list *list)
{
	char path[PATH_MAX + 64], folder[PATH_MAX];
	size_t i;

	kanary_program_folder(folder);
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(path, sizeof(path), "%s%s", folder, places[i]);
		if (!access(path, F_OK))
			return kanary_train_foreign_read(list, path);
	}
	return 0;
}

static void print_found(const char *head, const char *whose,
			const struct kanary_foreign_found *found)
{
	int way;

	if (!found->programs)
		return;
	printf("%-9s %u %s that were not learned: they raise an alert (a critical one)\n", head,
	       found->programs, whose);
	for (way = 0; way < KANARY_FOREIGN_WAYS; way++) {
		printf("          %-32s %3.0f %% (%.0f %%)", ways[way],
		       100 * found->way[way].warned, 100 * found->way[way].critical);
		if (found->way[way].normal > 0)
			printf("; normal calls in their place %.0f %%",
			       100 * found->way[way].normal);
		printf("\n");
	}
}

void kanary_train_foreign_print(const struct kanary_trainer_result *result)
{
	print_found("foreign", "programs", &result->foreign);
	print_found("against", "programs of yours", &result->against);
	if (result->foreign.programs || result->against.programs)
		printf("          an estimate by what these programs do: attacks may do other things\n");
	else
		printf("foreign   no estimate of what the model would see: give recordings of other programs with --against\n");
}

static json_t *describe(const struct kanary_foreign_found *found)
{
	json_t *object = json_pack("{s:I}", "programs", (json_int_t)found->programs);
	int way;

	for (way = 0; way < KANARY_FOREIGN_WAYS; way++)
		json_object_set_new(object, keys[way], json_pack(
			"{s:f, s:f, s:f}", "alerts", found->way[way].warned, "critical",
			found->way[way].critical, "normal_calls_instead", found->way[way].normal));
	return object;
}

void kanary_train_foreign_json(json_t *object, const struct kanary_trainer_result *result)
{
	if (result->foreign.programs)
		json_object_set_new(object, "foreign", describe(&result->foreign));
	if (result->against.programs)
		json_object_set_new(object, "against", describe(&result->against));
}
