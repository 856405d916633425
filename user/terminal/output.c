// SPDX-License-Identifier: GPL-2.0
#include "output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

/* /dev/stdout is a link into /proc, whatever it leads to. */
static bool leads_to_descriptor(const char *path)
{
	char target[16];
	ssize_t length = readlink(path, target, sizeof(target));

	return length > 6 && !memcmp(target, "/proc/", 6);
}

static int check_folder(const char *command, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash + 1 - path)) : strdup(".");
	int error = 0;

	if (!folder)
		return kanary_message_error("%s: %s", command, strerror(ENOMEM));
	if (access(folder, W_OK))
		error = kanary_message_error("%s: cannot write %s: %s", command, path,
					     strerror(errno));
	free(folder);
	return error;
}

int kanary_output_check(const char *command, const char *path)
{
	struct stat status;

	if (!stat(path, &status) && (!S_ISREG(status.st_mode) || leads_to_descriptor(path)))
		return kanary_message_error("%s: %s is there already, and no file: give another name",
					    command, path);
	return check_folder(command, path);
}
