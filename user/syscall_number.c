// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "syscall_name.h"
#include "syscall_number.h"

struct syscall {
	const char *name;
	u32 bin;
};

/*
 * Names that strace writes otherwise than the kernel's headers, or that a
 * kernel renamed.
 */
static const struct {
	const char *name;
	const char *official;
} aliases[] = {
	{ "umount", "umount2" }, { "fstatat64", "newfstatat" }, { "sysctl", "_sysctl" },
	{ "oldselect", "select" }, { "old_mmap", "mmap" }, { "old_select", "select" },
	{ "pread", "pread64" }, { "pwrite", "pwrite64" },
	{ "sendfile64", "sendfile" }, { "madvise1", "madvise" },
	{ "arm_fadvise64_64", "fadvise64" }, { "newuname", "uname" },
};

static struct syscall names[2][KANARY_BINS_BANK];
static size_t name_count[2];

static int compare_syscalls(const void *left, const void *right)
{
	const struct syscall *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static void sort_names(void)
{
	u32 number;

	if (name_count[0])
		return;
	for (number = 0; number < KANARY_BINS_BANK; number++) {
		const char *native = kanary_syscall_native(number);
		const char *compat = kanary_syscall_compat(number);

		if (native)
			names[0][name_count[0]++] = (struct syscall){ native, number };
		if (compat)
			names[1][name_count[1]++] =
				(struct syscall){ compat, KANARY_BINS_BANK + number };
	}
	qsort(names[0], name_count[0], sizeof(**names), compare_syscalls);
	qsort(names[1], name_count[1], sizeof(**names), compare_syscalls);
}

static const struct syscall *find_name(const char *name, bool compat)
{
	struct syscall key = { .name = name };

	return bsearch(&key, names[compat], name_count[compat], sizeof(key), compare_syscalls);
}

u32 kanary_syscall_number_bin(const char *name, bool compat, bool *known)
{
	u32 bank = compat ? KANARY_BINS_BANK : 0;
	const struct syscall *found;
	size_t i;

	sort_names();
	found = find_name(name, compat);
	*known = true;
	if (found)
		return found->bin;
	if (!strncmp(name, "syscall_0x", 10)) {
		unsigned long number = strtoul(name + 10, NULL, 16);

		return bank + (number < KANARY_BINS_BANK ? number : KANARY_BINS_BANK - 1);
	}
	for (i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
		if (strcmp(name, aliases[i].name))
			continue;
		found = find_name(aliases[i].official, compat);
		if (found)
			return found->bin;
	}
	*known = false;
	return bank + KANARY_BINS_BANK - 1;
}
