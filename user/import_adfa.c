// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "import_adfa.h"

/* No 32-bit call has a number of six digits: what is longer is no number of ours. */
#define NUMBER_MAX 99999

/* Where a trace's bytes come from. */
struct source {
	ssize_t (*read)(void *handle, void *data, size_t size);
	void *handle;
};

static ssize_t read_file(void *handle, void *data, size_t size)
{
	size_t got = fread(data, 1, size, handle);

	return ferror((FILE *)handle) ? -1 : (ssize_t)got;
}

static ssize_t read_member(void *handle, void *data, size_t size)
{
	return zip_fread(handle, data, size);
}

static int count_number(struct kanary_trace *trace, u32 number)
{
	if (number >= KANARY_BINS_BANK)
		number = KANARY_BINS_BANK - 1;
	return kanary_trace_call(trace, KANARY_BINS_BANK + number);
}

static int import_trace(struct kanary_import *import, const char *name,
			const struct source *source)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	struct kanary_trace trace;
	bool in_number = false;
	char block[16384];
	u64 offset = 0;
	u32 number = 0;
	ssize_t got, i;
	int error;

	kanary_trace_begin(&trace, import, (uint32_t)import->streams + 1, base,
			   strcspn(base, "."));
	while ((got = source->read(source->handle, block, sizeof(block))) > 0) {
		for (i = 0; i < got; i++, offset++) {
			char byte = block[i];

			if (byte >= '0' && byte <= '9') {
				number = 10 * (in_number ? number : 0) + (u32)(byte - '0');
				in_number = true;
				if (number > NUMBER_MAX)
					return kanary_trace_fail(import,
						"%s: byte %llu: a number too large for a system call",
						name, (unsigned long long)offset);
			} else if (byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t') {
				error = in_number ? count_number(&trace, number) : 0;
				if (error)
					return error;
				in_number = false;
			} else {
				return kanary_trace_fail(import,
					"%s: byte %llu: not a number: ADFA traces are system call numbers with blanks between",
					name, (unsigned long long)offset);
			}
		}
	}
	if (got < 0)
		return kanary_trace_fail(import, "%s: byte %llu: cannot be read: is it damaged?",
					  name, (unsigned long long)offset);
	error = in_number ? count_number(&trace, number) : 0;
	if (error)
		return error;
	if (!trace.vector.calls)
		return kanary_trace_fail(import,
			"%s: byte %llu: no system call in the whole file: leave it out", name,
			(unsigned long long)offset);
	import->files++;
	return kanary_trace_end(&trace, KANARY_REASON_EXIT);
}

/*
 * @name: within the input. Archives made on a Mac carry a shadow of each file;
 * the archive of ADFA-LD carries a list of system calls as well.
 */
static bool is_trace(const struct kanary_import *import, const char *name)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	size_t length = strlen(base);

	if (*base == '.' || strstr(name, "__MACOSX/") || length < 5 ||
	    strcmp(base + length - 4, ".txt") || !strcmp(base, "ADFA-LD+Syscall+List.txt"))
		return false;
	return !import->only || !fnmatch(import->only, name, 0);
}

static int import_file(struct kanary_import *import, const char *path)
{
	struct source source = { .read = read_file };
	int error;

	source.handle = fopen(path, "rbe");
	if (!source.handle)
		return kanary_trace_fail(import, "%s: %s", path, strerror(errno));
	error = import_trace(import, path, &source);
	fclose(source.handle);
	return error;
}

static int compare_entries(const FTSENT **left, const FTSENT **right)
{
	return strcmp((*left)->fts_name, (*right)->fts_name);
}

static int import_directory(struct kanary_import *import, const char *path)
{
	char *paths[] = { (char *)path, NULL };
	size_t prefix = strlen(path);
	FTSENT *entry;
	int error = 0;
	FTS *tree;

	tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, compare_entries);
	if (!tree)
		return kanary_trace_fail(import, "%s: %s", path, strerror(errno));
	while (!error && (errno = 0, entry = fts_read(tree))) {
		const char *within = entry->fts_path + prefix;

		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
			error = kanary_trace_fail(import, "%s: %s", entry->fts_path,
						   strerror(entry->fts_errno));
		else if (entry->fts_info == FTS_F &&
			 is_trace(import, within + strspn(within, "/")))
			error = import_file(import, entry->fts_path);
	}
	fts_close(tree);
	return error;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static int import_member(struct kanary_import *import, const char *path, zip_t *archive,
			 const char *member)
{
	struct source source = { .read = read_member };
	char name[1024];
	int error;

	snprintf(name, sizeof(name), "%s/%s", path, member);
	source.handle = zip_fopen(archive, member, 0);
	if (!source.handle)
		return kanary_trace_fail(import, "%s: cannot be read: %s", name,
					  zip_strerror(archive));
	error = import_trace(import, name, &source);
	/* A checksum that does not match shows at the end of the member at the latest. */
	if (zip_fclose(source.handle) && !error)
		error = kanary_trace_fail(import, "%s: damaged", name);
	return error;
}

static int import_archive(struct kanary_import *import, const char *path)
{
	zip_int64_t entries, i;
	const char **names;
	size_t count = 0;
	int error = 0;
	zip_t *archive;

	archive = zip_open(path, ZIP_RDONLY, &error);
	if (!archive) {
		zip_error_t reason;

		zip_error_init_with_code(&reason, error);
		kanary_trace_fail(import, "%s: not a readable zip archive: %s", path,
				   zip_error_strerror(&reason));
		zip_error_fini(&reason);
		return -EINVAL;
	}
	error = 0;
	entries = zip_get_num_entries(archive, 0);
	names = calloc((size_t)entries + 1, sizeof(*names));
	if (!names) {
		error = kanary_trace_fail(import, "%s: %s", path, strerror(ENOMEM));
		goto out_close;
	}
	for (i = 0; i < entries; i++) {
		const char *name = zip_get_name(archive, (zip_uint64_t)i, 0);

		if (name && is_trace(import, name))
			names[count++] = name;
	}
	qsort(names, count, sizeof(*names), compare_names);
	for (i = 0; !error && i < (zip_int64_t)count; i++)
		error = import_member(import, path, archive, names[i]);
	free(names);
out_close:
	zip_discard(archive);
	return error;
}

int kanary_import_adfa(struct kanary_import *import, const char *path)
{
	u64 files = import->files;
	size_t length = strlen(path);
	struct stat status;
	int error;

	if (stat(path, &status))
		return kanary_trace_fail(import, "%s: %s", path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		error = import_directory(import, path);
	else if (length > 4 && !strcasecmp(path + length - 4, ".zip"))
		error = import_archive(import, path);
	else
		error = import_file(import, path);
	if (!error && import->files == files)
		error = kanary_trace_fail(import, "%s: no trace in it: a trace is a *.txt%s", path,
					   import->only ? " that --only lets in" : "");
	return error;
}
