// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "adfa.h"
#include "kanary_netlink.h"

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

static int fail(struct kanary_adfa *adfa, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int fail(struct kanary_adfa *adfa, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(adfa->why, sizeof(adfa->why), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* The calls of a trace, as they are read. */
struct calls {
	uint16_t *call;
	uint32_t length;
	uint32_t room;
};

static bool add_number(struct calls *calls, uint32_t number)
{
	if (calls->length == calls->room) {
		uint32_t larger = 2 * calls->room + 1024;
		uint16_t *call = NULL;

		if (larger > calls->room)
			call = realloc(calls->call, larger * sizeof(*call));
		if (!call)
			return false;
		calls->call = call;
		calls->room = larger;
	}
	if (number >= KANARY_BINS_BANK)
		number = KANARY_BINS_BANK - 1;
	calls->call[calls->length++] = (uint16_t)number;
	return true;
}

static int read_calls(struct kanary_adfa *adfa, const char *name, const struct source *source,
		      struct calls *calls)
{
	bool in_number = false, fits = true;
	uint64_t offset = 0;
	uint32_t number = 0;
	char block[16384];
	ssize_t got, i;

	while (fits && (got = source->read(source->handle, block, sizeof(block))) > 0) {
		for (i = 0; fits && i < got; i++, offset++) {
			char byte = block[i];

			if (byte >= '0' && byte <= '9') {
				number = 10 * (in_number ? number : 0) + (uint32_t)(byte - '0');
				in_number = true;
				if (number > NUMBER_MAX)
					return fail(adfa,
						"%s: byte %llu: a number too large for a system call",
						name, (unsigned long long)offset);
			} else if (byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t') {
				fits = !in_number || add_number(calls, number);
				in_number = false;
			} else {
				return fail(adfa,
					"%s: byte %llu: not a number: ADFA traces are system call numbers with blanks between",
					name, (unsigned long long)offset);
			}
		}
	}
	if (!fits || (in_number && !add_number(calls, number)))
		return fail(adfa, "%s: %s", name, strerror(ENOMEM));
	if (got < 0)
		return fail(adfa, "%s: byte %llu: cannot be read: is it damaged?", name,
			    (unsigned long long)offset);
	if (!calls->length)
		return fail(adfa,
			"%s: byte %llu: no system call in the whole file: leave it out", name,
			(unsigned long long)offset);
	return 0;
}

static int read_trace(struct kanary_adfa *adfa, const char *name, const struct source *source)
{
	struct calls calls = { 0 };
	int error;

	error = read_calls(adfa, name, source, &calls);
	if (!error)
		error = adfa->trace(adfa->context, name, calls.call, calls.length);
	free(calls.call);
	adfa->traces += !error;
	return error;
}

/*
 * @name: within the input. Archives made on a Mac carry a shadow of each file;
 * the archive of ADFA-LD carries a list of system calls as well.
 */
static bool is_trace(const struct kanary_adfa *adfa, const char *name)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	size_t length = strlen(base);

	if (*base == '.' || strstr(name, "__MACOSX/") || length < 5 ||
	    strcmp(base + length - 4, ".txt") || !strcmp(base, "ADFA-LD+Syscall+List.txt"))
		return false;
	return !adfa->only || !fnmatch(adfa->only, name, 0);
}

static int read_plain(struct kanary_adfa *adfa, const char *path)
{
	struct source source = { .read = read_file };
	int error;

	source.handle = fopen(path, "rbe");
	if (!source.handle)
		return fail(adfa, "%s: %s", path, strerror(errno));
	error = read_trace(adfa, path, &source);
	fclose(source.handle);
	return error;
}

static int compare_entries(const FTSENT **left, const FTSENT **right)
{
	return strcmp((*left)->fts_name, (*right)->fts_name);
}

static int read_directory(struct kanary_adfa *adfa, const char *path)
{
	char *paths[] = { (char *)path, NULL };
	size_t prefix = strlen(path);
	FTSENT *entry;
	int error = 0;
	FTS *tree;

	tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, compare_entries);
	if (!tree)
		return fail(adfa, "%s: %s", path, strerror(errno));
	while (!error && (errno = 0, entry = fts_read(tree))) {
		const char *within = entry->fts_path + prefix;

		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
			error = fail(adfa, "%s: %s", entry->fts_path, strerror(entry->fts_errno));
		else if (entry->fts_info == FTS_F &&
			 is_trace(adfa, within + strspn(within, "/")))
			error = read_plain(adfa, entry->fts_path);
	}
	fts_close(tree);
	return error;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static int read_compressed(struct kanary_adfa *adfa, const char *path, zip_t *archive,
			   const char *member)
{
	struct source source = { .read = read_member };
	char name[1024];
	int error;

	snprintf(name, sizeof(name), "%s/%s", path, member);
	source.handle = zip_fopen(archive, member, 0);
	if (!source.handle)
		return fail(adfa, "%s: cannot be read: %s", name, zip_strerror(archive));
	error = read_trace(adfa, name, &source);
	/* A checksum that does not match shows at the end of the member at the latest. */
	if (zip_fclose(source.handle) && !error)
		error = fail(adfa, "%s: damaged", name);
	return error;
}

static int read_archive(struct kanary_adfa *adfa, const char *path)
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
		fail(adfa, "%s: not a readable zip archive: %s", path, zip_error_strerror(&reason));
		zip_error_fini(&reason);
		return -EINVAL;
	}
	error = 0;
	entries = zip_get_num_entries(archive, 0);
	names = calloc((size_t)entries + 1, sizeof(*names));
	if (!names) {
		error = fail(adfa, "%s: %s", path, strerror(ENOMEM));
		goto out_close;
	}
	for (i = 0; i < entries; i++) {
		const char *name = zip_get_name(archive, (zip_uint64_t)i, 0);

		if (name && is_trace(adfa, name))
			names[count++] = name;
	}
	qsort(names, count, sizeof(*names), compare_names);
	for (i = 0; !error && i < (zip_int64_t)count; i++)
		error = read_compressed(adfa, path, archive, names[i]);
	free(names);
out_close:
	zip_discard(archive);
	return error;
}

int kanary_adfa_read(struct kanary_adfa *adfa, const char *path)
{
	uint64_t traces = adfa->traces;
	size_t length = strlen(path);
	struct stat status;
	int error;

	if (stat(path, &status))
		return fail(adfa, "%s: %s", path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		error = read_directory(adfa, path);
	else if (length > 4 && !strcasecmp(path + length - 4, ".zip"))
		error = read_archive(adfa, path);
	else
		error = read_plain(adfa, path);
	if (!error && adfa->traces == traces)
		error = fail(adfa, "%s: no trace in it: a trace is a *.txt%s%s", path,
			     adfa->only ? " whose path matches " : "",
			     adfa->only ? adfa->only : "");
	return error;
}
