// SPDX-License-Identifier: GPL-2.0
#include "archive_fixture.h"

#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(struct archive *archive, int status)
{
	if (status == ARCHIVE_OK)
		return;
	fprintf(stderr, "archive fixture: %s\n", archive_error_string(archive));
	abort();
}

struct archive *archive_fixture_create(const char *path)
{
	struct archive *archive = archive_write_new();

	check(archive, archive_write_set_format_filter_by_ext(archive, path));
	check(archive, archive_write_open_filename(archive, path));
	return archive;
}

void archive_fixture_add(struct archive *archive, const char *name, const char *text)
{
	struct archive_entry *entry = archive_entry_new();
	size_t size = strlen(text);

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)size);
	check(archive, archive_write_header(archive, entry));
	if (archive_write_data(archive, text, size) != (la_ssize_t)size)
		check(archive, ARCHIVE_FATAL);
	archive_entry_free(entry);
}

void archive_fixture_finish(struct archive *archive)
{
	check(archive, archive_write_close(archive));
	check(archive, archive_write_free(archive));
}
