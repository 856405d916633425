/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths that are given to system calls, good and bad, and what was recorded of them.
 *
 *	paths bad		each way to be wrong once; says on stdout how many paths could
 *				not be read
 *	paths race SECONDS	a path in a page that another thread takes away
 *	paths new N [PREFIX]	N paths that never were
 *	paths open N FILE...	open each N times, in turn; 0 for ever
 *	paths read REC		a recording's paths, as JSON, names as hexadecimal
 *	paths check REC CGROUP	in its one stream there, the histogram is that of the paths
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "path.h"
#include "recording/recording.h"
#include "syscall_name.h"

enum { PAGE = 4096, I386_RENAME = 38, I386_OPEN = 5, I386_STAT64 = 195, I386_OPENAT = 295 };

static unsigned int unread;

static void give(const void *path)
{
	syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
}

static void give_unreadable(const void *path)
{
	unread++;
	give(path);
}

static char *map(void *at, size_t size, int flags)
{
	char *memory = mmap(at, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (memory == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return memory;
}

static void give_addresses(void)
{
	static const uint64_t addresses[] = {
		8, 0x10000, 0x7fffffffeffc, 0x7ffffffff000, 0x8000000000000000, 0xffff888000000000,
		0xffffffff81000000, 0xfffffffffffffff8,
	};
	unsigned int i;

	for (i = 0; i < sizeof(addresses) / sizeof(*addresses); i++)
		give_unreadable((void *)addresses[i]);
	/* none at all is no path */
	syscall(SYS_openat, AT_FDCWD, NULL, O_RDONLY);
}

/* The last bytes of a page with nothing behind it. */
static void give_edges(void)
{
	char *page = map(NULL, 2 * PAGE, 0), *path;
	unsigned int length;

	munmap(page + PAGE, PAGE);
	for (length = 1; length < 24; length++) {
		path = page + PAGE - length - 1;
		memset(path, 'a' + length, length);
		path[0] = '/';
		path[length] = 0;
		give(path);
	}
	memcpy(page + PAGE - 8, "/endless", 8);
	give_unreadable(page + PAGE - 8);
	give_unreadable(page + PAGE - 3);
	mprotect(page, PAGE, PROT_NONE);
	give_unreadable(page);
}

static void give_lengths(void)
{
	static const unsigned int lengths[] = { 254, 255, 256, 257, 300, 4095, 5000 };
	static char path[PAGE + 1024];
	unsigned int i;

	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		memset(path, 'k' + i, lengths[i]);
		path[lengths[i]] = 0;
		give(path);
	}
}

static void give_bytes(void)
{
	char every[256];
	unsigned int i;

	give("/tmp/\xff\xfe\x80\xc0 no UTF-8");
	give("/tmp/line\nkanary: alert container=1 \x1b[2J\x07\"\\,=%s%n");
	for (i = 1; i < 256; i++)
		every[i - 1] = (char)i;
	every[255] = 0;
	give(every);
}

static void give_directories(void)
{
	struct statx status;
	int directory = open("/usr", O_RDONLY | O_DIRECTORY);

	syscall(SYS_openat, directory, "relative-to-usr", O_RDONLY);
	syscall(SYS_openat, directory, "/absolute-beside-usr", O_RDONLY);
	syscall(SYS_openat, AT_FDCWD, "relative-to-here", O_RDONLY);
	/* the directory itself is meant */
	syscall(SYS_statx, directory, "", AT_EMPTY_PATH, STATX_SIZE, &status);
	syscall(SYS_statx, directory, NULL, AT_EMPTY_PATH, STATX_SIZE, &status);
	syscall(SYS_rename, "/tmp/rename-from", "/tmp/rename-to");
	syscall(SYS_linkat, directory, "link-from", AT_FDCWD, "/tmp/link-to", 0);
	syscall(SYS_symlinkat, "symlink-from", directory, "symlink-to");
	close(directory);
}

static long call_compat(long number, uint64_t a, uint64_t b, uint64_t c)
{
	long result;

	/* r8 to r11 are not kept */
	asm volatile("int $0x80" : "=a" (result) : "a" (number), "b" (a), "c" (b), "d" (c)
		     : "r8", "r9", "r10", "r11", "memory");
	return result;
}

static void give_compat(void)
{
	char *low = map(NULL, PAGE, MAP_32BIT);

	strcpy(low, "/compat-open");
	strcpy(low + 64, "compat-openat");
	strcpy(low + 128, "/compat-rename-from");
	strcpy(low + 192, "/compat-rename-to");
	strcpy(low + 256, "/compat-stat64");
	/* Half of the register is not the 32-bit program's. */
	call_compat(I386_OPEN, (uintptr_t)low | 0xdeadbeef00000000, O_RDONLY, 0);
	call_compat(I386_OPENAT, (uint32_t)AT_FDCWD, (uintptr_t)low + 64, O_RDONLY);
	call_compat(I386_RENAME, (uintptr_t)low + 128, (uintptr_t)low + 192, 0);
	call_compat(I386_STAT64, (uintptr_t)low + 256, (uintptr_t)low + 512, 0);
	unread++;
	call_compat(I386_OPEN, 16, O_RDONLY, 0);
}

static int bad(void)
{
	/* Pages of the program that were never touched are not in memory. */
	volatile const char *touch = "/tmp/line";

	(void)*touch;
	give_addresses();
	give_edges();
	give_lengths();
	give_bytes();
	give_directories();
	give_compat();
	printf("%u\n", unread);
	return 0;
}

static char *raced;
static atomic_bool ended;

static void *take_away(void *unused)
{
	char *page = raced + 2 * PAGE;

	/* There with all of it, or not there at all: it is written where nobody looks. */
	while (!ended) {
		map(page, PAGE, MAP_FIXED);
		strcpy(page + PAGE - 16, "/tmp/raced");
		mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, raced);
		munmap(raced, PAGE);
	}
	return NULL;
}

static int race(unsigned int seconds)
{
	time_t end = time(NULL) + seconds;
	unsigned long calls = 0;
	pthread_t thread;

	raced = map(NULL, 3 * PAGE, 0);
	/* Nothing to read yet, and no room for the thread's stack. */
	mprotect(raced, PAGE, PROT_NONE);
	if (pthread_create(&thread, NULL, take_away, NULL))
		return 1;
	while (time(NULL) < end) {
		give(raced + PAGE - 16);
		calls++;
	}
	ended = true;
	pthread_join(thread, NULL);
	printf("%lu\n", calls);
	return 0;
}

static int give_new(unsigned long number, const char *prefix)
{
	/* Words and not numbers, which all are the same. */
	static const char letters[] = "abcdefghijklmnop";
	char path[128], word[9] = "";
	unsigned long i, j;

	for (i = 0; i < number; i++) {
		for (j = 0; j < 8; j++)
			word[j] = letters[i >> 4 * j & 15];
		snprintf(path, sizeof(path), "%s/%s", prefix, word);
		give(path);
	}
	return 0;
}

static int open_in_turn(unsigned long number, char **files)
{
	unsigned long i;
	char **file;
	int fd;

	for (i = 0; !number || i < number; i++) {
		for (file = files; *file; file++) {
			fd = open(*file, O_RDONLY);
			if (fd >= 0)
				close(fd);
		}
	}
	return 0;
}

static struct kanary_recording_reader *open_recording(const char *name)
{
	struct kanary_recording_reader *reader;
	const char *why;

	reader = kanary_recording_open(name, &why);
	if (!reader) {
		fprintf(stderr, "%s: %s\n", name, why);
		exit(1);
	}
	return reader;
}

static int print(const char *recording)
{
	struct kanary_recording_reader *reader = open_recording(recording);
	struct kanary_recording_record record;
	char buffer[64];
	unsigned int i;

	while (kanary_recording_read(reader, &record)) {
		const struct kanary_path *path = record.path;

		if (!path)
			continue;
		printf("{\"cgroup\": %llu, \"stream\": %llu, \"pid\": %u, \"call\": \"%s\", \"flags\": %u, \"name\": \"",
		       path->cgroup, path->stream, path->pid,
		       kanary_syscall_name(path->call, buffer, sizeof(buffer)), path->flags);
		for (i = 0; i < path->length; i++)
			printf("%02x", (unsigned char)path->name[i]);
		puts("\"}");
	}
	kanary_recording_close(reader);
	return 0;
}

static int check(const char *recording, uint64_t cgroup)
{
	struct kanary_recording_reader *reader = open_recording(recording);
	static long expected[KANARY_VECTOR_BINS], found[KANARY_VECTOR_BINS];
	struct kanary_recording_record record;
	u16 bins[KANARY_PATH_DEPTH_MAX];
	unsigned int i, paths = 0, wrong = 0;

	while (kanary_recording_read(reader, &record)) {
		const struct kanary_vector *vector = record.vector;
		const struct kanary_path *path = record.path;

		if (path && path->cgroup == cgroup) {
			u32 count = kanary_path_bins((const u8 *)path->name, path->length,
						     path->flags, bins);

			paths++;
			for (i = 0; i < count; i++)
				expected[bins[i]]++;
		}
		for (i = 0; vector && vector->cgroup == cgroup && i < vector->length; i++)
			if (vector->counts[i].bin >= KANARY_PATH_FIRST)
				found[vector->counts[i].bin] += vector->counts[i].count;
	}
	kanary_recording_close(reader);
	for (i = KANARY_PATH_FIRST; i < KANARY_VECTOR_BINS; i++) {
		if (expected[i] == found[i])
			continue;
		wrong++;
		printf("bin %u: the paths make %ld, the histogram has %ld\n", i, expected[i],
		       found[i]);
	}
	printf("%u paths\n", paths);
	return wrong || !paths;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "bad"))
		return bad();
	if (argc == 3 && !strcmp(argv[1], "race"))
		return race(atoi(argv[2]));
	if (argc >= 3 && !strcmp(argv[1], "new"))
		return give_new(strtoul(argv[2], NULL, 10), argc > 3 ? argv[3] : "/tmp/new");
	if (argc > 3 && !strcmp(argv[1], "open"))
		return open_in_turn(strtoul(argv[2], NULL, 10), argv + 3);
	if (argc == 3 && !strcmp(argv[1], "read"))
		return print(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "check"))
		return check(argv[2], strtoull(argv[3], NULL, 10));
	fprintf(stderr, "usage: paths bad|race|new|open|read|check: see its source\n");
	return 2;
}
