// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "train_foreign.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "terminal/message.h"
#include "program.h"

/* Where the package's programs lie, seen from the folder of the one that runs. */
static const char *const places[] = { "foreign.rec", "../../share/kanary/foreign.rec" };

/* Share of the cases in which normal calls alert, above which it is not known what alerted. */
#define NORMAL_MUCH 0.5

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
	size_t streams = list->streams;
	const char *why = NULL;

	if (kanary_foreign_program_read(list, path, &why))
		return kanary_message_error("train: --against %s: %s", path, why);
	if (why)
		kanary_message_note("%s: %s: going on with what was read", path, why);
	if (list->programs == before)
		return kanary_message_error("train: --against %s: there is no vector in it: record or import again",
					    path);
	if (list->streams == streams)
		return kanary_message_error("train: --against %s: no process tells the order of all its calls: record or import with a period of up to %d",
					    path, KANARY_LOG_CALLS);
	return 0;
}

void kanary_train_foreign_find(struct kanary_foreign_list *list)
{
	char path[PATH_MAX + 64], folder[PATH_MAX];
	const char *why = NULL;
	struct stat status;
	size_t i;

	kanary_program_folder(folder);
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(path, sizeof(path), "%s%s", folder, places[i]);
		if (stat(path, &status) || !S_ISREG(status.st_mode))
			continue;
		if (kanary_foreign_program_read(list, path, &why) || why)
			kanary_message_note("%s: %s: no estimate by its programs: run make foreign again",
					    path, why);
		if (!why)
			return;
		kanary_foreign_program_free(list);
	}
}

static void print_way(const struct kanary_foreign_found *found, int way)
{
	printf("          %-30s ", ways[way]);
	if (!found->way[way].folds)
		printf("not measured: no held-out process tells the order of its calls\n");
	else if (found->way[way].normal > NORMAL_MUCH)
		printf("cannot be told: normal calls there raise alerts, too (%.0f %%)\n",
		       100 * found->way[way].normal);
	else
		printf("%3.0f %%, by critical alerts %.0f %%\n", 100 * found->way[way].warned,
		       100 * found->way[way].critical);
}

static void print_found(const char *head, const char *whose,
			const struct kanary_foreign_found *found)
{
	int way;

	if (found->programs) {
		printf("%-9s of %s, %u in all, the model would see\n", head, whose, found->programs);
		for (way = 0; way < KANARY_FOREIGN_WAYS; way++)
			print_way(found, way);
	}
	if (found->left_out)
		printf("%-9s %u %s cannot be judged: of another ABI than the recordings, or without the order of calls\n",
		       head, found->left_out, found->left_out == 1 ? "program" : "programs");
}

void kanary_train_foreign_print(const struct kanary_trainer_result *result)
{
	print_found("foreign", "the programs of make foreign", &result->foreign);
	print_found("against", "your programs", &result->against);
	if (result->foreign.programs || result->against.programs)
		printf("          an estimate by what these programs do: attacks may do other things\n");
	else if (!result->foreign.left_out && !result->against.left_out)
		printf("foreign   no estimate of what the model would see: run make foreign, or give recordings of other programs with --against\n");
}

static json_t *describe_way(const struct kanary_foreign_found *found, int way)
{
	if (!found->way[way].folds)
		return json_null();
	return json_pack("{s:f, s:f, s:f}", "alerts", found->way[way].warned, "critical",
			 found->way[way].critical, "normal_calls_instead", found->way[way].normal);
}

static void describe(json_t *object, const char *head, const struct kanary_foreign_found *found)
{
	json_t *said;
	int way;

	if (!found->programs && !found->left_out)
		return;
	said = json_pack("{s:I, s:I}", "programs", (json_int_t)found->programs, "left_out",
			 (json_int_t)found->left_out);
	for (way = 0; found->programs && way < KANARY_FOREIGN_WAYS; way++)
		json_object_set_new(said, keys[way], describe_way(found, way));
	json_object_set_new(object, head, said);
}

void kanary_train_foreign_json(json_t *object, const struct kanary_trainer_result *result)
{
	describe(object, "foreign", &result->foreign);
	describe(object, "against", &result->against);
}
