// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal/message.h"
#include "model_file.h"

int kanary_model_file_read(const char *command, const char *path,
			   struct kanary_model_file *file)
{
	const char *why = NULL;
	FILE *stream;

	memset(file, 0, sizeof(*file));
	stream = fopen(path, "rbe");
	if (!stream)
		return kanary_message_error("%s: %s: %s", command, path, strerror(errno));
	/* A byte more than is allowed, to see that there is more. */
	file->data = malloc(KANARY_MODEL_SIZE_MAX + 8);
	if (file->data)
		file->size = fread(file->data, 1, KANARY_MODEL_SIZE_MAX + 1, stream);
	if (!file->data || ferror(stream))
		why = strerror(errno);
	fclose(stream);
	if (!why)
		why = kanary_model_parse(&file->model, file->data, file->size);
	if (!why) {
		file->packed = aligned_alloc(64, (kanary_model_packed_size(&file->model) + 63) &
						 ~63ul);
		why = file->packed ? NULL : strerror(ENOMEM);
	}
	if (why) {
		kanary_model_file_free(file);
		return kanary_message_error("%s: %s: %s", command, path, why);
	}
	kanary_model_prepare(&file->model, file->packed);
	return 0;
}

void kanary_model_file_free(struct kanary_model_file *file)
{
	free(file->data);
	free(file->packed);
	file->data = NULL;
	file->packed = NULL;
}

int kanary_model_file_write(const char *command, const char *path, const void *file, size_t size)
{
	char *partial = NULL;
	int descriptor, status = 1;
	ssize_t written;

	if (asprintf(&partial, "%s.XXXXXX", path) < 0)
		return kanary_message_error("%s: %s", command, strerror(ENOMEM));
	descriptor = mkstemp(partial);
	if (descriptor < 0) {
		kanary_message_error("%s: cannot write %s: %s", command, path, strerror(errno));
		goto out_free;
	}
	written = write(descriptor, file, size);
	if (written != (ssize_t)size || fsync(descriptor) || fchmod(descriptor, 0644)) {
		kanary_message_error("%s: cannot write %s: %s", command, path,
				     written < 0 || (size_t)written == size ? strerror(errno) :
									      "the disk is full");
		close(descriptor);
		goto out_unlink;
	}
	close(descriptor);
	if (rename(partial, path)) {
		kanary_message_error("%s: cannot write %s: %s", command, path, strerror(errno));
		goto out_unlink;
	}
	status = 0;
	goto out_free;
out_unlink:
	unlink(partial);
out_free:
	free(partial);
	return status;
}
