// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "trace_input.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK 65536

/* One walk over what lies at a path. */
struct walk {
	struct kanary_import *import;
	kanary_trace_input_reader *reader;
	u64 files;
};

static bool ends_with(const char *name, const char *suffix)
{
	size_t length = strlen(name), size = strlen(suffix);

	return length > size && !strcmp(name + length - size, suffix);
}

static bool is_wanted(const struct kanary_import *import, const char *name)
{
	static const char *const suffixes[] = { ".log", ".txt", ".strace", ".sysdig" };
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	size_t i;

	/* What archivers leave beside a file is none. */
	if (*base == '.' || strstr(name, "__MACOSX/"))
		return false;
	if (import->only && fnmatch(import->only, name, 0))
		return false;
	for (i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (ends_with(name, suffixes[i]))
			return true;
	return false;
}

static int read_stream(struct walk *walk, const char *name, FILE *file)
{
	if (walk->import->news)
		kanary_path_news_forget(walk->import->news);
	walk->files++;
	walk->import->source = name;
	return walk->reader(walk->import, name, file);
}

static int read_file(struct walk *walk, const char *path)
{
	FILE *file = fopen(path, "rbe");
	int error;

	if (!file)
		return kanary_trace_fail(walk->import, "%s: %s", path, strerror(errno));
	error = read_stream(walk, path, file);
	fclose(file);
	return error;
}

static int compare_names(const FTSENT **left, const FTSENT **right)
{
	return strcmp((*left)->fts_name, (*right)->fts_name);
}

static int read_directory(struct walk *walk, const char *path)
{
	char *paths[] = { (char *)path, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, compare_names);
	FTSENT *entry;
	int error = 0;

	if (!fts)
		return kanary_trace_fail(walk->import, "%s: %s", path, strerror(errno));
	while (!error && (entry = fts_read(fts))) {
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
			error = kanary_trace_fail(walk->import, "%s: %s", entry->fts_path,
						  strerror(entry->fts_errno));
		else if (entry->fts_info == FTS_F && is_wanted(walk->import, entry->fts_path))
			error = read_file(walk, entry->fts_path);
	}
	fts_close(fts);
	return error;
}

static ssize_t read_entry(void *cookie, char *buffer, size_t size)
{
	ssize_t got = archive_read_data(cookie, buffer, size);

	if (got < 0)
		errno = EIO;
	return got < 0 ? -1 : got;
}

static int read_member(struct walk *walk, struct archive *archive, const char *name)
{
	cookie_io_functions_t functions = { .read = read_entry };
	FILE *file = fopencookie(archive, "r", functions);
	int error;

	if (!file)
		return kanary_trace_fail(walk->import, "%s: %s", name, strerror(ENOMEM));
	error = read_stream(walk, name, file);
	fclose(file);
	return error;
}

static int read_archive(struct walk *walk, const char *path, struct archive *archive)
{
	struct archive_entry *entry;
	char *name = NULL;
	int error = 0, status;

	while (!error && (status = archive_read_next_header(archive, &entry)) != ARCHIVE_EOF) {
		if (status < ARCHIVE_WARN)
			return kanary_trace_fail(walk->import, "%s: %s", path,
						 archive_error_string(archive));
		if (archive_entry_filetype(entry) != AE_IFREG || !archive_entry_pathname(entry) ||
		    !is_wanted(walk->import, archive_entry_pathname(entry)))
			continue;
		if (asprintf(&name, "%s/%s", path, archive_entry_pathname(entry)) < 0)
			return kanary_trace_fail(walk->import, "%s: %s", path, strerror(ENOMEM));
		error = read_member(walk, archive, name);
		free(name);
	}
	return error;
}

/* A plain text is no archive, whatever libarchive would make of one. */
static bool has_archive_name(const char *path)
{
	static const char *const suffixes[] = {
		".tar", ".tar.zst", ".tzst", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".zip",
	};
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (ends_with(path, suffixes[i]))
			return true;
	return false;
}

static int open_archive(struct walk *walk, const char *path)
{
	struct archive *archive = archive_read_new();
	int error;

	if (!archive)
		return kanary_trace_fail(walk->import, "%s: %s", path, strerror(ENOMEM));
	archive_read_support_filter_all(archive);
	archive_read_support_format_tar(archive);
	archive_read_support_format_zip(archive);
	if (archive_read_open_filename(archive, path, BLOCK) != ARCHIVE_OK)
		error = kanary_trace_fail(walk->import, "%s: %s", path,
					  archive_error_string(archive));
	else
		error = read_archive(walk, path, archive);
	archive_read_free(archive);
	return error;
}

int kanary_trace_input_read(struct kanary_import *import, const char *path,
			    kanary_trace_input_reader *reader)
{
	struct walk walk = { .import = import, .reader = reader };
	struct stat status;
	int error;

	if (stat(path, &status))
		return kanary_trace_fail(import, "%s: %s", path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		error = read_directory(&walk, path);
	else if (has_archive_name(path))
		error = open_archive(&walk, path);
	else
		return read_file(&walk, path);
	if (!error && !walk.files)
		error = kanary_trace_fail(import, "%s: no recording in it: they end in .log, .txt, .strace or .sysdig%s",
					  path, import->only ? ", and --only leaves none" : "");
	return error;
}
