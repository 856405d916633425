// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_fixture.h"

#define WORDS_MAX 32

static void redirect(FILE *stream, int *saved, FILE **target)
{
	fflush(stream);
	*target = tmpfile();
	assert_non_null(*target);
	*saved = dup(fileno(stream));
	dup2(fileno(*target), fileno(stream));
}

static void restore(FILE *stream, int saved, FILE *target, char *text, size_t size)
{
	size_t got;

	fflush(stream);
	dup2(saved, fileno(stream));
	close(saved);
	rewind(target);
	got = fread(text, 1, size - 1, target);
	text[got] = 0;
	fclose(target);
}

void command_run(struct command_result *result, int (*run)(int argc, char **argv),
		 const char *words)
{
	char *argv[WORDS_MAX + 1] = { NULL };
	char *copy = strdup(words), *rest = copy, *word;
	FILE *out, *err;
	int argc = 0, saved_out, saved_err;

	while ((word = strsep(&rest, " ")) && argc < WORDS_MAX)
		argv[argc++] = word;
	redirect(stdout, &saved_out, &out);
	redirect(stderr, &saved_err, &err);
	result->status = run(argc, argv);
	restore(stderr, saved_err, err, result->err, sizeof(result->err));
	restore(stdout, saved_out, out, result->out, sizeof(result->out));
	free(copy);
}

void command_expect(int (*run)(int argc, char **argv), const char *words, int status,
		    const char *err)
{
	static struct command_result result;
	const char *newline;

	command_run(&result, run, words);
	if (result.status != status)
		fail_msg("'%s': exit status %d instead of %d: %s", words, result.status, status,
			 result.err);
	if (!err)
		return;
	if (!strstr(result.err, err))
		fail_msg("'%s' says '%s', not '%s'", words, result.err, err);
	newline = strchr(result.err, '\n');
	if (strncmp(result.err, "kanary: ", 8) || !newline || newline[1])
		fail_msg("'%s': not one line that begins with 'kanary: ': '%s'", words,
			 result.err);
}

int command_directory(void **state)
{
	static char path[32];

	strcpy(path, "/tmp/kanary-test-XXXXXX");
	if (!mkdtemp(path) || chdir(path))
		return -1;
	*state = path;
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	return remove(path);
}

int command_directory_remove(void **state)
{
	return nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void command_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}
