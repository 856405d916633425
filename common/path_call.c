/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Not here, though they take a string: names of file systems, of kernel modules, of
 * message queues, of keys and of extended attributes; and what only some commands of
 * fsconfig(), bpf() and connect() take. tests/check/path_calls.py holds this against
 * the kernel's own declarations.
 */
#include "path_call.h"

#define NONE KANARY_PATH_CALL_NONE

/* path;  path, path;  directory, path;  and two of those */
#define PATH(name, a) { name, { a, NONE }, { NONE, NONE } }
#define PATHS(name, a, b) { name, { a, b }, { NONE, NONE } }
#define AT(name, directory, a) { name, { a, NONE }, { directory, NONE } }
#define AT_BOTH(name, d, a, e, b) { name, { a, b }, { d, e } }

static const struct kanary_path_call calls[] = {
	PATH("access", 0),
	PATH("acct", 0),
	PATH("chdir", 0),
	PATH("chmod", 0),
	PATH("chown", 0),
	PATH("chown32", 0),
	PATH("chroot", 0),
	PATH("creat", 0),
	PATH("execve", 0),
	AT("execveat", 0, 1),
	AT("faccessat", 0, 1),
	AT("faccessat2", 0, 1),
	AT("fanotify_mark", 3, 4),
	AT("fchmodat", 0, 1),
	AT("fchmodat2", 0, 1),
	AT("fchownat", 0, 1),
	AT("file_getattr", 0, 1),
	AT("file_setattr", 0, 1),
	AT("fspick", 0, 1),
	AT("fstatat64", 0, 1),
	AT("futimesat", 0, 1),
	PATH("getxattr", 0),
	AT("getxattrat", 0, 1),
	PATH("inotify_add_watch", 1),
	PATH("lchown", 0),
	PATH("lchown32", 0),
	PATH("lgetxattr", 0),
	PATHS("link", 0, 1),
	AT_BOTH("linkat", 0, 1, 2, 3),
	PATH("listxattr", 0),
	AT("listxattrat", 0, 1),
	PATH("llistxattr", 0),
	PATH("lremovexattr", 0),
	PATH("lsetxattr", 0),
	PATH("lstat", 0),
	PATH("lstat64", 0),
	PATH("mkdir", 0),
	AT("mkdirat", 0, 1),
	PATH("mknod", 0),
	AT("mknodat", 0, 1),
	PATHS("mount", 0, 1),
	AT("mount_setattr", 0, 1),
	AT_BOTH("move_mount", 0, 1, 2, 3),
	AT("name_to_handle_at", 0, 1),
	AT("newfstatat", 0, 1),
	PATH("oldlstat", 0),
	PATH("oldstat", 0),
	PATH("open", 0),
	AT("open_tree", 0, 1),
	AT("open_tree_attr", 0, 1),
	AT("openat", 0, 1),
	AT("openat2", 0, 1),
	PATHS("pivot_root", 0, 1),
	PATH("quotactl", 1),
	PATH("readlink", 0),
	AT("readlinkat", 0, 1),
	PATH("removexattr", 0),
	AT("removexattrat", 0, 1),
	PATHS("rename", 0, 1),
	AT_BOTH("renameat", 0, 1, 2, 3),
	AT_BOTH("renameat2", 0, 1, 2, 3),
	PATH("rmdir", 0),
	PATH("setxattr", 0),
	AT("setxattrat", 0, 1),
	PATH("stat", 0),
	PATH("stat64", 0),
	PATH("statfs", 0),
	PATH("statfs64", 0),
	AT("statx", 0, 1),
	PATH("swapoff", 0),
	PATH("swapon", 0),
	PATHS("symlink", 0, 1),
	AT_BOTH("symlinkat", NONE, 0, 1, 2),
	PATH("truncate", 0),
	PATH("truncate64", 0),
	PATH("umount", 0),
	PATH("umount2", 0),
	PATH("unlink", 0),
	AT("unlinkat", 0, 1),
	PATH("uselib", 0),
	PATH("utime", 0),
	AT("utimensat", 0, 1),
	AT("utimensat_time64", 0, 1),
	PATH("utimes", 0),
};

/* Of the 32-bit ABI, a mask of 64 bits takes two arguments. */
static const struct kanary_path_call compat_calls[] = {
	AT("fanotify_mark", 4, 5),
};

static bool same(const char *left, const char *right)
{
	while (*left && *left == *right) {
		left++;
		right++;
	}
	return *left == *right;
}

static const struct kanary_path_call *find(const struct kanary_path_call *table, u32 length,
					   const char *name)
{
	u32 i;

	for (i = 0; i < length; i++)
		if (same(table[i].name, name))
			return &table[i];
	return NULL;
}

const struct kanary_path_call *kanary_path_call_find(const char *name, bool compat)
{
	const struct kanary_path_call *call = NULL;

	if (compat)
		call = find(compat_calls, sizeof(compat_calls) / sizeof(*compat_calls), name);
	return call ? call : find(calls, sizeof(calls) / sizeof(*calls), name);
}
