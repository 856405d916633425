// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cgroup_tree.h"

/* FILEID_KERNFS of the kernel: the handle is the number. */
#define HANDLE_KERNFS 0xfe
/* Real trees have ten; a container can make what it likes of its own. */
#define DEPTH_MAX 64

static struct {
	char root[512];
	char mount[600];
	bool looked;
	bool is_cgroup;	/* of @mount: a test's tree is none */
} tree;

struct walk {
	kanary_cgroup_tree_visit *visit;
	void *context;
	char path[KANARY_CGROUP_TREE_PATH];
};

static bool is_cgroup2(const char *path)
{
	struct statfs status;

	return !statfs(path, &status) && status.f_type == CGROUP2_SUPER_MAGIC;
}

/* Where the host has it, if not where systemd mounts it. */
static bool find_elsewhere(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;
	bool found = false;

	while (mounts && !found && (entry = getmntent(mounts))) {
		found = !strcmp(entry->mnt_type, "cgroup2");
		if (found)
			snprintf(tree.mount, sizeof(tree.mount), "%s", entry->mnt_dir);
	}
	if (mounts)
		endmntent(mounts);
	return found;
}

static void find_mount(void)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	size_t i;

	tree.looked = true;
	tree.is_cgroup = true;
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(tree.mount, sizeof(tree.mount), "%s%s", tree.root, places[i]);
		if (is_cgroup2(tree.mount))
			return;
	}
	if (!*tree.root && find_elsewhere())
		return;
	tree.is_cgroup = false;
	snprintf(tree.mount, sizeof(tree.mount), "%s%s", tree.root, places[0]);
}

/* The mount, or NULL where the host has none. */
static const char *mount_point(void)
{
	if (!tree.looked)
		find_mount();
	return tree.is_cgroup || *tree.root ? tree.mount : NULL;
}

void kanary_cgroup_tree_root(const char *root)
{
	snprintf(tree.root, sizeof(tree.root), "%s", root);
	tree.looked = false;
}

static bool path_of_descriptor(int descriptor, char *path, size_t size)
{
	char link[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
	length = readlink(link, path, size - 1);
	if (length < 0 || (size_t)length == size - 1)
		return false;
	path[length] = 0;
	return true;
}

/* @full: of a descriptor below @mount, of another; what is left of it goes to @path */
static bool strip_mount(const char *full, const char *mount, char *path)
{
	size_t length = strlen(mount);

	if (strncmp(full, mount, length) || (full[length] && full[length] != '/'))
		return false;
	snprintf(path, KANARY_CGROUP_TREE_PATH, "%s", full[length] ? full + length : "/");
	return strlen(full) - length < KANARY_CGROUP_TREE_PATH;
}

/* Return: whether the kernel may be asked; @path is empty for a cgroup that is not there. */
static bool ask_kernel(uint64_t cgroup, char *path)
{
	struct {
		struct file_handle head;
		uint64_t number;
	} handle = { .head = { .handle_bytes = sizeof(cgroup), .handle_type = HANDLE_KERNFS } };
	char full[2 * KANARY_CGROUP_TREE_PATH], mount[1024];
	int at, descriptor = -1;
	bool may = true;

	*path = 0;
	at = open(tree.mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return true;
	memcpy(handle.head.f_handle, &cgroup, sizeof(cgroup));
	descriptor = open_by_handle_at(at, &handle.head, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		may = errno == ESTALE || errno == ENOTDIR;
	else if (!path_of_descriptor(descriptor, full, sizeof(full)) ||
		 !path_of_descriptor(at, mount, sizeof(mount)) ||
		 !strip_mount(full, mount, path) || kanary_cgroup_tree_number(path) != cgroup)
		*path = 0;
	if (descriptor >= 0)
		close(descriptor);
	close(at);
	return may;
}

struct search {
	uint64_t cgroup;
	char *path;
};

static enum kanary_cgroup_tree_step compare(void *context, const char *path, uint64_t cgroup)
{
	struct search *search = context;

	if (cgroup != search->cgroup)
		return KANARY_CGROUP_TREE_INTO;
	snprintf(search->path, KANARY_CGROUP_TREE_PATH, "%s", path);
	return KANARY_CGROUP_TREE_END;
}

bool kanary_cgroup_tree_path(uint64_t cgroup, char *path)
{
	struct search search = { .cgroup = cgroup, .path = path };

	*path = 0;
	if (!mount_point())
		return false;
	if (tree.is_cgroup && ask_kernel(cgroup, path))
		return *path != 0;
	if (kanary_cgroup_tree_number("/") == cgroup)
		strcpy(path, "/");
	else
		kanary_cgroup_tree_walk("/", compare, &search);
	return *path != 0;
}

/* Below the mount, whatever a user wrote. */
static bool full_path(const char *path, char *full, size_t size)
{
	const char *mount = mount_point();

	if (!mount || *path != '/' || strstr(path, "/../") ||
	    (strlen(path) > 2 && !strcmp(path + strlen(path) - 3, "/..")))
		return false;
	return (size_t)snprintf(full, size, "%s%s", mount, path) < size;
}

uint64_t kanary_cgroup_tree_number(const char *path)
{
	char full[2 * KANARY_CGROUP_TREE_PATH];
	struct stat status;

	if (!full_path(path, full, sizeof(full)) || lstat(full, &status) ||
	    !S_ISDIR(status.st_mode))
		return 0;
	return status.st_ino;
}

bool kanary_cgroup_tree_file(const char *path, const char *file, char *full, size_t size)
{
	size_t used;

	if (!full_path(path, full, size))
		return false;
	used = strlen(full);
	return (size_t)snprintf(full + used, size - used, "/%s", file) < size - used;
}

bool kanary_cgroup_tree_populated(const char *path)
{
	char full[2 * KANARY_CGROUP_TREE_PATH], line[32];
	bool populated;
	FILE *file;

	/* Of this cgroup itself: cgroup.events would count those below, too. */
	if (!full_path(path, full, sizeof(full) - 16))
		return false;
	strcat(full, "/cgroup.procs");
	file = fopen(full, "re");
	if (!file)
		return false;
	populated = fgets(line, sizeof(line), file) != NULL;
	fclose(file);
	return populated;
}

static bool descend(struct walk *walk, int at, const char *name, size_t length, int depth);

/* @length: of the path above; @entry is one that may be a cgroup */
static bool visit(struct walk *walk, int at, const struct dirent *entry, size_t length, int depth)
{
	size_t size = strlen(entry->d_name);
	enum kanary_cgroup_tree_step step;
	struct stat status;

	if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
	    (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN) ||
	    length + 1 + size >= sizeof(walk->path) ||
	    fstatat(at, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(status.st_mode))
		return true;
	walk->path[length] = '/';
	memcpy(walk->path + length + 1, entry->d_name, size + 1);
	step = walk->visit(walk->context, walk->path, status.st_ino);
	/* Two links, "." and its name: nothing is below. */
	if (step == KANARY_CGROUP_TREE_INTO && status.st_nlink != 2)
		return descend(walk, at, entry->d_name, length + 1 + size, depth + 1);
	return step != KANARY_CGROUP_TREE_END;
}

static bool descend(struct walk *walk, int at, const char *name, size_t length, int depth)
{
	int descriptor = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *entry;
	bool go_on = true;
	DIR *directory;

	if (descriptor < 0)
		return true;
	directory = depth < DEPTH_MAX ? fdopendir(descriptor) : NULL;
	if (!directory) {
		close(descriptor);
		return true;
	}
	while (go_on && (entry = readdir(directory)))
		go_on = visit(walk, descriptor, entry, length, depth);
	closedir(directory);
	return go_on;
}

bool kanary_cgroup_tree_walk(const char *path, kanary_cgroup_tree_visit *step, void *context)
{
	struct walk walk = { .visit = step, .context = context };
	char full[2 * KANARY_CGROUP_TREE_PATH];
	size_t length = strlen(path);

	if (!full_path(path, full, sizeof(full)) || length >= sizeof(walk.path))
		return true;
	if (!strcmp(path, "/"))
		length = 0;
	memcpy(walk.path, path, length);
	return descend(&walk, AT_FDCWD, full, length, 0);
}
