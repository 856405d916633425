// SPDX-License-Identifier: GPL-2.0
#include "bench_data.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/adfa.h"
#include "terminal/message.h"
#include "recording/trace.h"

/* The folders of ADFA-LD. They are read one by one: who leaves one out, has not seen it. */
#define TRAINING "*Training_Data_Master/*"
#define VALIDATION "*Validation_Data_Master/*"
#define ATTACKS_FOLDER "Attack_Data_Master/"
#define ATTACKS "*" ATTACKS_FOLDER "*"

/* Who is reading what; @run is the name of the latest run of attacks, or NULL. */
struct reading {
	struct kanary_bench_data *data;
	const char *folder;
	char *run;
};

/* Doubles @array until it has room for @needed elements; false where memory is short. */
static bool make_room(void **array, size_t *room, size_t needed, size_t size)
{
	size_t larger = *room ? *room : 1024;
	void *moved;

	if (needed <= *room)
		return true;
	while (larger < needed)
		larger *= 2;
	moved = realloc(*array, larger * size);
	if (!moved)
		return false;
	*array = moved;
	*room = larger;
	return true;
}

/* What a name is numbered by: UVD-0435.txt of a validation trace, Adduser_7 of an attack. */
struct numbered {
	const char *name;
	size_t length;
};

static struct numbered validation_name(const char *path)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

	return (struct numbered){ base, strcspn(base, ".") };
}

/* What is right below the folder of attacks, whatever lies below that. */
static struct numbered run_name(const char *path)
{
	const char *name = path, *next;

	while ((next = strstr(name, ATTACKS_FOLDER)))
		name = next + strlen(ATTACKS_FOLDER);
	return (struct numbered){ name, strcspn(name, "/") };
}

/* Whether its last number is odd. One without a number is as good as even. */
static bool is_odd(struct numbered numbered)
{
	size_t i = numbered.length;

	while (i > 0 && !isdigit((unsigned char)numbered.name[i - 1]))
		i--;
	return i > 0 && (numbered.name[i - 1] - '0') % 2;
}

static bool is_same(struct numbered one, const char *name)
{
	return strlen(name) == one.length && !strncmp(one.name, name, one.length);
}

/* The runs come in the order of their names: one that is not the latest is new. */
static int set_run(struct reading *reading, const char *path, struct kanary_bench_trace *trace)
{
	struct numbered name = run_name(path);

	if (!reading->run || !is_same(name, reading->run)) {
		free(reading->run);
		reading->run = strndup(name.name, name.length);
		if (!reading->run)
			return -ENOMEM;
		reading->data->runs++;
	}
	trace->run = reading->data->runs - 1;
	trace->odd = is_odd(name);
	return 0;
}

/* Which part a trace is of, by the folder that is being read and by its name. */
static int sort_trace(struct reading *reading, const char *path, struct kanary_bench_trace *trace)
{
	trace->run = 0;
	trace->odd = false;
	if (!strcmp(reading->folder, VALIDATION)) {
		trace->odd = is_odd(validation_name(path));
		trace->part = trace->odd ? KANARY_BENCH_DESIGN : KANARY_BENCH_REPORTED;
		return 0;
	}
	trace->part = KANARY_BENCH_TRAIN;
	if (!strcmp(reading->folder, TRAINING))
		return 0;
	trace->part = KANARY_BENCH_ATTACK;
	return set_run(reading, path, trace);
}

static int take_trace(void *context, const char *name, const uint16_t *call, uint32_t length)
{
	struct reading *reading = context;
	struct kanary_bench_data *data = reading->data;
	struct kanary_bench_trace *trace;

	if (!make_room((void **)&data->call, &data->call_room, data->calls + length,
		       sizeof(*data->call)) ||
	    !make_room((void **)&data->trace, &data->trace_room, data->traces + 1,
		       sizeof(*data->trace)))
		return -ENOMEM;
	trace = &data->trace[data->traces];
	trace->first = data->calls;
	trace->length = length;
	if (sort_trace(reading, name, trace))
		return -ENOMEM;
	data->traces++;
	data->in_part[trace->part]++;
	memcpy(data->call + data->calls, call, length * sizeof(*call));
	data->calls += length;
	return 0;
}

static bool read_folder(struct kanary_bench_data *data, const char *path, const char *folder)
{
	struct reading reading = { data, folder, NULL };
	struct kanary_adfa adfa = {
		.only = folder, .trace = take_trace, .context = &reading,
	};
	int error = kanary_adfa_read(&adfa, path);

	free(reading.run);
	if (error)
		kanary_message_error("bench: %s", *adfa.why ? adfa.why : strerror(-error));
	return !error;
}

/* A trace, to be sorted by what is in it. */
struct content {
	const uint16_t *call;
	uint32_t length;
};

static int compare_contents(const void *left, const void *right)
{
	const struct content *a = left, *b = right;

	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	return memcmp(a->call, b->call, a->length * sizeof(*a->call));
}

static bool count_duplicates(struct kanary_bench_data *data)
{
	struct content *training = malloc((data->traces + 1) * sizeof(*training));
	uint32_t trained = 0, i;

	if (!training) {
		kanary_message_error("bench: %s", strerror(ENOMEM));
		return false;
	}
	for (i = 0; i < data->traces; i++) {
		const struct kanary_bench_trace *trace = &data->trace[i];
		struct content content = { data->call + trace->first, trace->length };

		if (trace->part == KANARY_BENCH_TRAIN)
			training[trained++] = content;
	}
	qsort(training, trained, sizeof(*training), compare_contents);
	for (i = 0; i < data->traces; i++) {
		const struct kanary_bench_trace *trace = &data->trace[i];
		struct content content = { data->call + trace->first, trace->length };

		if (trace->part == KANARY_BENCH_DESIGN || trace->part == KANARY_BENCH_REPORTED)
			data->duplicates += !!bsearch(&content, training, trained,
						      sizeof(*training), compare_contents);
	}
	free(training);
	return true;
}

bool kanary_bench_data_read(struct kanary_bench_data *data, const char *path, bool attacks)
{
	memset(data, 0, sizeof(*data));
	if (!read_folder(data, path, TRAINING) || !read_folder(data, path, VALIDATION) ||
	    (attacks && !read_folder(data, path, ATTACKS)))
		return false;
	if (!data->in_part[KANARY_BENCH_DESIGN] || !data->in_part[KANARY_BENCH_REPORTED]) {
		kanary_message_error("bench: %s: no validation trace of an %s number: is it all of ADFA-LD?",
				     path, data->in_part[KANARY_BENCH_DESIGN] ? "even" : "odd");
		return false;
	}
	return count_duplicates(data);
}

int kanary_bench_data_vectors(const struct kanary_bench_data *data, uint32_t number,
			      uint32_t period,
			      int (*take)(void *taker, const struct kanary_vector *vector),
			      void *taker)
{
	const struct kanary_bench_trace *source = &data->trace[number];
	struct kanary_import import = {
		.take = take, .taker = taker, .period = period, .streams = number,
	};
	struct kanary_trace trace;
	int error = 0;
	uint32_t i;

	kanary_trace_begin(&trace, &import, number + 1, "", 0);
	for (i = 0; !error && i < source->length; i++)
		error = kanary_trace_call(&trace, KANARY_BINS_BANK +
						  data->call[source->first + i]);
	if (!error)
		error = kanary_trace_end(&trace, KANARY_REASON_EXIT);
	kanary_trace_discard(&trace);
	return error;
}

void kanary_bench_data_free(struct kanary_bench_data *data)
{
	free(data->call);
	free(data->trace);
	memset(data, 0, sizeof(*data));
}
