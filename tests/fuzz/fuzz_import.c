// SPDX-License-Identifier: GPL-2.0
#include "fuzz_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/path_news.h"
#include "path_record.h"
#include "vector.h"

static struct kanary_path_news news;
static uint64_t taken;
static uint64_t paths;
static uint64_t calls;

static int take(void *unused, const struct kanary_vector *vector)
{
	const char *why = kanary_vector_check(vector, kanary_vector_size(vector));

	if (why) {
		fprintf(stderr, "an importer made a vector that is none: %s\n", why);
		abort();
	}
	taken++;
	calls += vector->calls;
	return 0;
}

static int take_path(void *unused, const struct kanary_path *path)
{
	const char *why = kanary_path_record_check(path, kanary_path_record_size(path->length));

	if (why) {
		fprintf(stderr, "an importer made a path that is none: %s\n", why);
		abort();
	}
	paths++;
	return 0;
}

void fuzz_import_begin(struct kanary_import *import)
{
	kanary_path_news_forget(&news);
	taken = 0;
	paths = 0;
	calls = 0;
	memset(import, 0, sizeof(*import));
	import->take = take;
	import->take_path = take_path;
	import->news = &news;
	import->period = KANARY_PERIOD_MIN;
}

void fuzz_import_end(const struct kanary_import *import, int error)
{
	if (!error != !*import->why || error > 0) {
		fprintf(stderr, "the importer returned %d and said '%s'\n", error, import->why);
		abort();
	}
	if (import->vectors != taken || import->paths != paths ||
	    (!error && import->calls != calls)) {
		fprintf(stderr, "%llu vectors of %llu calls are reported, %llu of %llu were made\n",
			(unsigned long long)import->vectors, (unsigned long long)import->calls,
			(unsigned long long)taken, (unsigned long long)calls);
		abort();
	}
}

void fuzz_import_stream(struct kanary_import *import, kanary_trace_input_reader *reader,
			const uint8_t *data, size_t size)
{
	FILE *file;

	/* There is no memory stream of nothing. */
	if (!size)
		return;
	file = fmemopen((void *)data, size, "r");
	if (!file)
		abort();
	fuzz_import_end(import, reader(import, "input", file));
	fclose(file);
}
