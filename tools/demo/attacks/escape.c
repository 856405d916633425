// SPDX-License-Identifier: GPL-2.0
/*
 * The tricks of a container escape, one after another: namespaces, mounts,
 * pivot_root, file handles of the host's file system, devices, foreign
 * namespaces. A well-kept container refuses most of them; each try is a system
 * call that no service makes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define INODES 64

static int done;

static void tried(long result)
{
	done += result >= 0;
}

static void join_init(void)
{
	static const char *const kinds[] = { "mnt", "pid", "net", "ipc", "uts", "user", "cgroup" };
	char path[64];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		snprintf(path, sizeof(path), "/proc/1/ns/%s", kinds[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		tried(setns(fd, 0));
		if (fd >= 0)
			close(fd);
	}
}

static void mount_things(void)
{
	mkdir("/tmp/escape", 0700);
	tried(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	tried(mount("proc", "/tmp/escape", "proc", 0, NULL));
	tried(mount("cgroup", "/tmp/escape", "cgroup", 0, "rdma"));
	tried(mount("/dev/vda", "/tmp/escape", "ext4", MS_RDONLY, NULL));
	tried(mount("tmpfs", "/tmp/escape", "tmpfs", 0, NULL));
	mkdir("/tmp/escape/old", 0700);
	tried(syscall(SYS_pivot_root, "/tmp/escape", "/tmp/escape/old"));
	tried(umount2("/proc/sys", MNT_DETACH));
}

static void open_by_inode(void)
{
	struct {
		struct file_handle handle;
		unsigned char bytes[8];
	} guess;
	unsigned int inode;
	int fd, mount;

	mount = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
	memset(&guess, 0, sizeof(guess));
	guess.handle.handle_bytes = sizeof(guess.bytes);
	guess.handle.handle_type = 1;
	for (inode = 2; inode < INODES; inode++) {
		memcpy(guess.bytes, &inode, sizeof(inode));
		fd = open_by_handle_at(mount, &guess.handle, O_RDONLY);
		tried(fd);
		if (fd >= 0)
			close(fd);
	}
	close(mount);
}

int main(void)
{
	pid_t child;

	tried(mknod("/tmp/vda", S_IFBLK | 0600, makedev(254, 0)));
	tried(open("/tmp/vda", O_RDONLY | O_CLOEXEC));
	tried(open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC));
	tried(open("/sys/kernel/uevent_helper", O_WRONLY | O_CLOEXEC));
	tried(open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC));
	join_init();
	open_by_inode();
	mount_things();
	tried(unshare(CLONE_NEWNS));
	child = fork();
	if (!child) {
		tried(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID));
		mount_things();
		_exit(0);
	}
	waitpid(child, NULL, 0);
	tried(chroot("/proc/1/root"));
	printf("escape: %d tries were let through\n", done);
	return 0;
}
