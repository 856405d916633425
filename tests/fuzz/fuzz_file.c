// SPDX-License-Identifier: GPL-2.0
#include "fuzz_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char directory[] = "/dev/shm/kanary-fuzz-XXXXXX";
static char path[sizeof(directory) + 16];

static void remove_all(void)
{
	unlink(path);
	rmdir(directory);
}

const char *fuzz_file_write(const char *suffix, const uint8_t *data, size_t size)
{
	static int descriptor = -1;
	char before[sizeof(path)];

	if (descriptor < 0) {
		if (!mkdtemp(directory)) {
			perror(directory);
			exit(1);
		}
		snprintf(path, sizeof(path), "%s/input", directory);
		descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		atexit(remove_all);
	}
	strcpy(before, path);
	snprintf(path, sizeof(path), "%s/input%s", directory, suffix);
	if (strcmp(before, path) && rename(before, path)) {
		perror(path);
		exit(1);
	}
	if (ftruncate(descriptor, 0) || pwrite(descriptor, data, size, 0) != (ssize_t)size) {
		perror(path);
		exit(1);
	}
	return path;
}
