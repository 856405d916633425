// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
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
