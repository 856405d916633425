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
 * Names that strace or sysdig write otherwise than the kernel's headers, or that a kernel
 * renamed; and those of 32-bit calls in a trace that does not say of whom they are: the
 * 64-bit call that does the same.
 */
static const struct {
	const char *name;
	const char *official;
} aliases[] = {
	{ "_exit", "exit" }, { "_llseek", "lseek" }, { "_newselect", "select" },
	{ "accept", "accept4" }, { "arm_fadvise64_64", "fadvise64" },
	{ "chown32", "chown" }, { "fadvise64_64", "fadvise64" }, { "fchown32", "fchown" },
	{ "fcntl64", "fcntl" }, { "fstat64", "fstat" }, { "fstatat64", "newfstatat" },
	{ "fstatfs64", "fstatfs" }, { "ftruncate64", "ftruncate" }, { "getegid32", "getegid" },
	{ "geteuid32", "geteuid" }, { "getgid32", "getgid" }, { "getgroups32", "getgroups" },
	{ "getresgid32", "getresgid" }, { "getresuid32", "getresuid" }, { "getuid32", "getuid" },
	{ "lchown32", "lchown" }, { "llseek", "lseek" }, { "lstat64", "lstat" },
	{ "madvise1", "madvise" }, { "mmap2", "mmap" }, { "newuname", "uname" },
	{ "old_mmap", "mmap" }, { "old_select", "select" }, { "oldselect", "select" },
	{ "pread", "pread64" }, { "prlimit", "prlimit64" }, { "pwrite", "pwrite64" },
	{ "recv", "recvfrom" }, { "send", "sendto" }, { "sendfile64", "sendfile" },
	{ "setfsgid32", "setfsgid" }, { "setfsuid32", "setfsuid" }, { "setgid32", "setgid" },
	{ "setgroups32", "setgroups" }, { "setregid32", "setregid" },
	{ "setresgid32", "setresgid" }, { "setresuid32", "setresuid" },
	{ "setreuid32", "setreuid" }, { "setuid32", "setuid" }, { "sigaction", "rt_sigaction" },
	{ "sigpending", "rt_sigpending" }, { "sigprocmask", "rt_sigprocmask" },
	{ "sigreturn", "rt_sigreturn" }, { "sigsuspend", "rt_sigsuspend" },
	{ "stat64", "stat" }, { "statfs64", "statfs" }, { "sync_file_range2", "sync_file_range" },
	{ "sysctl", "_sysctl" }, { "timerfd", "timerfd_create" }, { "truncate64", "truncate" },
	{ "ugetrlimit", "getrlimit" }, { "umount", "umount2" }, { "waitpid", "wait4" },
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

static u32 limit(unsigned long number)
{
	return number < KANARY_BINS_BANK ? (u32)number : KANARY_BINS_BANK - 1;
}

/* "syscall_0x1ff", and of older versions of strace "syscall_318", "SYS_319" */
static bool take_number(const char *name, u32 *number)
{
	unsigned long value;
	char *end;

	if (!strncmp(name, "syscall_", 8))
		name += 8;
	else if (!strncmp(name, "SYS_", 4))
		name += 4;
	else
		return false;
	if (*name < '0' || *name > '9')
		return false;
	value = strtoul(name, &end, !strncmp(name, "0x", 2) ? 16 : 10);
	*number = limit(value);
	return !*end;
}

u32 kanary_syscall_number_bin(const char *name, bool compat, bool *known)
{
	u32 bank = compat ? KANARY_BINS_BANK : 0;
	const struct syscall *found;
	u32 number;
	size_t i;

	sort_names();
	found = find_name(name, compat);
	*known = true;
	if (found)
		return found->bin;
	if (take_number(name, &number))
		return bank + number;
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

bool kanary_syscall_number_is_i386(const char *name)
{
	sort_names();
	/* strace's older tables call umount2 so */
	return !find_name(name, false) && find_name(name, true) && strcmp(name, "umount");
}

u32 kanary_syscall_number_word(const char *word, enum kanary_syscall_abi abi, bool *known)
{
	u32 bank = abi == KANARY_SYSCALL_ABI_I386 ? KANARY_BINS_BANK : 0;
	unsigned long number;
	char *end;

	if (*word >= '0' && *word <= '9') {
		number = strtoul(word, &end, 10);
		if (abi == KANARY_SYSCALL_ABI_RAW)
			*known = !*end && number < KANARY_BINS_BANK;
		else
			*known = !*end && number < KANARY_BINS_BANK &&
				 (bank ? kanary_syscall_compat((u32)number) :
					 kanary_syscall_native((u32)number));
		return bank + limit(*end ? KANARY_BINS_BANK : number);
	}
	if (abi != KANARY_SYSCALL_ABI_RAW)
		return kanary_syscall_number_bin(word, bank, known);
	*known = false;
	return KANARY_BINS_BANK - 1;
}

bool kanary_syscall_number_is_exit(u32 bin, enum kanary_syscall_abi abi)
{
	if (abi == KANARY_SYSCALL_ABI_RAW)
		return false;
	if (abi == KANARY_SYSCALL_ABI_I386)
		return bin == KANARY_BINS_BANK + 1 || bin == KANARY_BINS_BANK + 252;
	return bin == 60 || bin == 231;
}

bool kanary_syscall_number_abi(const char *name, enum kanary_syscall_abi *abi)
{
	static const char *const names[] = {
		[KANARY_SYSCALL_ABI_X86_64] = "x86-64",
		[KANARY_SYSCALL_ABI_I386] = "i386",
		[KANARY_SYSCALL_ABI_RAW] = "raw",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i], name))
			continue;
		*abi = (enum kanary_syscall_abi)i;
		return true;
	}
	return false;
}
