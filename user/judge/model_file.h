/* SPDX-License-Identifier: GPL-2.0 */
/* A model file in memory, checked exactly as the kernel checks it. */
#ifndef KANARY_MODEL_FILE_H
#define KANARY_MODEL_FILE_H

#include "model.h"

/**
 * struct kanary_model_file - a model file in memory
 * @data: the file, 8-byte aligned
 * @size: bytes of @data
 * @model: @data taken apart, and prepared for scoring
 * @packed: of @model
 */
struct kanary_model_file {
	void *data;
	size_t size;
	struct kanary_model model;
	void *packed;
};

/**
 * kanary_model_file_read() - read and validate a model
 * @command: for errors, "load"
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_model_file_read(const char *command, const char *path,
			   struct kanary_model_file *file);

void kanary_model_file_free(struct kanary_model_file *file);

/**
 * kanary_model_file_write() - replace a model file by @file, whole or not at all
 * @command: for errors
 *
 * Return: 0, or 1 after a line on stderr.
 */
int kanary_model_file_write(const char *command, const char *path, const void *file, size_t size);

#endif /* KANARY_MODEL_FILE_H */
