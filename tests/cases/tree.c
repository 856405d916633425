// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "container/container_name.h"
#include "describe.h"
#include "terminal/message.h"

#define MOUNT "sys/fs/cgroup"
#define ESCAPED KANARY_MESSAGE_ESCAPED_SIZE(1024)

static const char *root;

/* All directories above the last part, and that part with @last. */
static int make_directories(char *path, bool last)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(path, 0755) && errno != EEXIST)
			return kanary_message_error("%s: %s", path, strerror(errno));
		*slash = '/';
	}
	if (last && mkdir(path, 0755) && errno != EEXIST)
		return kanary_message_error("%s: %s", path, strerror(errno));
	return 0;
}

static int write_file(const char *relative, const char *text)
{
	char path[4096];
	FILE *file;
	int status;

	snprintf(path, sizeof(path), "%s/%s", root, relative);
	status = make_directories(path, false);
	if (status)
		return status;
	file = fopen(path, "we");
	if (!file)
		return kanary_message_error("%s: %s", path, strerror(errno));
	fputs(text, file);
	return fclose(file) ? kanary_message_error("%s: %s", path, strerror(errno)) : 0;
}

static int make_cgroup(const char *cgroup, bool populated)
{
	char path[4096];
	int status;

	snprintf(path, sizeof(path), "%s/" MOUNT "/%s", root, cgroup);
	status = make_directories(path, true);
	if (status)
		return status;
	snprintf(path, sizeof(path), MOUNT "/%s/cgroup.procs", cgroup);
	return write_file(path, populated ? "1\n" : "");
}

static uint64_t number_of(const char *cgroup)
{
	char path[4096];
	struct stat status;

	snprintf(path, sizeof(path), "%s/" MOUNT "/%s", root, cgroup);
	return stat(path, &status) ? 0 : status.st_ino;
}

static int show(const char *path)
{
	const struct kanary_container_name *name;
	char text[ESCAPED], id[ESCAPED];

	/* Nothing is remembered of what was there before. */
	kanary_container_name_root(root);
	name = kanary_container_name_resolve(number_of(path));
	printf("show %s -> %s", kanary_message_escape(path, 1023, text), name->runtime);
	printf(" %s %s\n", kanary_message_escape(name->name, 1023, text),
	       kanary_message_escape(name->id, 1023, id));
	return 0;
}

/* @hide: written as NUMBER where a path ends in it: numbers differ from run to run */
static void print_path(const char *path, const char *hide)
{
	size_t length = strlen(path), size = hide ? strlen(hide) : 0;
	char text[ESCAPED];

	if (size && length > size && path[length - size - 1] == '/' &&
	    !strcmp(path + length - size, hide))
		printf("%sNUMBER\n", kanary_message_escape(path, length - size, text));
	else
		printf("%s\n", kanary_message_escape(path, 1023, text));
}

static int find(const char *what, const char *hide)
{
	const struct kanary_container_name *name;
	char why[1024] = "", text[ESCAPED];
	uint64_t cgroup;

	printf("find %s -> ", hide ? "NUMBER" : kanary_message_escape(what, 1023, text));
	if (!kanary_container_name_find(what, &cgroup, why, sizeof(why))) {
		printf("refused: %s\n", why);
		return 0;
	}
	name = kanary_container_name_resolve(cgroup);
	printf("%s %s ", name->runtime, kanary_message_escape(name->name, 1023, text));
	print_path(name->path, hide);
	return 0;
}

/* A cgroup below @parent whose name is the number of another: that name is looked for. */
static int numbered(char *parent)
{
	char path[2048], number[32];
	char *other = strchr(parent, ' ');
	int status;

	if (!other)
		return kanary_message_error("numbered takes PARENT and OF");
	*other++ = 0;
	snprintf(number, sizeof(number), "%llu", (unsigned long long)number_of(other));
	snprintf(path, sizeof(path), "%s/%s", parent, number);
	status = make_cgroup(path, true);
	return status ? status : find(number, number);
}

static int cgroup(char *text)
{
	size_t length = strlen(text);
	bool populated = length > 2 && !strcmp(text + length - 2, " p");

	if (populated)
		text[length - 2] = 0;
	return make_cgroup(text, populated);
}

static int file(char *text)
{
	char *content = strchr(text, ' ');

	if (content)
		*content++ = 0;
	return write_file(text, content ? content : "");
}

static int execute(char *line)
{
	char *rest = strchr(line, ' ');

	if (!rest)
		return kanary_message_error("'%s' is no statement", line);
	*rest++ = 0;
	if (!strcmp(line, "cgroup"))
		return cgroup(rest);
	if (!strcmp(line, "numbered"))
		return numbered(rest);
	if (!strcmp(line, "file"))
		return file(rest);
	if (!strcmp(line, "show"))
		return show(rest);
	if (!strcmp(line, "find"))
		return find(rest, NULL);
	return kanary_message_error("'%s' is no statement", line);
}

int describe_tree(const char *statements, const char *directory)
{
	FILE *input = fopen(statements, "re");
	char *line = NULL;
	int status = 0;
	size_t size = 0;

	if (!input)
		return kanary_message_error("%s: %s", statements, strerror(errno));
	root = directory;
	kanary_container_name_root(root);
	while (!status && getline(&line, &size, input) > 0) {
		line[strcspn(line, "\r\n")] = 0;
		if (*line && *line != '#')
			status = execute(line);
	}
	kanary_container_name_root("");
	free(line);
	fclose(input);
	return status;
}
