// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "trace_input.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace_name.h"

#define BLOCK 65536
/* A .gz in a .tar in a .zip is as deep as anybody packs. */
#define DEPTH_MAX 4

/*
 * One walk over what lies at a path.
 * @input: the path, as the user gave it
 * @all: files are read whatever their names end in
 * @files: read so far
 * @others: left out so far for what their names end in
 * @links: symbolic links left out so far, each of which may be a file that is read anyway
 */
struct walk {
	struct kanary_import *import;
	kanary_trace_input_reader *reader;
	const char *input;
	bool all;
	u64 files;
	u64 others;
	u64 links;
};

/* Bytes of a file or of a member; everything is read through libarchive. */
struct source {
	struct archive *archive;
	struct archive *within;
	char block[BLOCK];
};

static bool is_chosen(const struct kanary_import *import, const char *input, const char *name)
{
	size_t length = strlen(input);

	if (!import->only || !fnmatch(import->only, name, 0))
		return true;
	if (strncmp(name, input, length))
		return false;
	name += length;
	return !fnmatch(import->only, name + strspn(name, "/"), 0);
}

static bool is_wanted(struct walk *walk, const char *name)
{
	if (kanary_trace_name_is_hidden(name) || !is_chosen(walk->import, walk->input, name))
		return false;
	if (walk->all || kanary_trace_name_is_trace(name))
		return true;
	walk->others++;
	return false;
}

/* libarchive has no words for some: a gzip without its last bytes */
static const char *reason(struct archive *archive)
{
	const char *why = archive_error_string(archive);

	return why ? why : "its end is missing";
}

static ssize_t read_text(void *cookie, char *buffer, size_t size)
{
	struct archive *archive = cookie;
	ssize_t got;

	if (archive_format(archive) == ARCHIVE_FORMAT_EMPTY)
		return 0;
	got = archive_read_data(archive, buffer, size);
	if (got < 0)
		errno = EIO;
	return got < 0 ? -1 : got;
}

/* The text that a source is, unpacked. */
static int read_stream(struct walk *walk, struct source *source, const char *name)
{
	cookie_io_functions_t functions = { .read = read_text };
	FILE *file = fopencookie(source->archive, "r", functions);
	int error;

	if (!file)
		return kanary_trace_fail(walk->import, "%s: %s", name, strerror(ENOMEM));
	setvbuf(file, source->block, _IOFBF, sizeof(source->block));
	if (walk->import->news)
		kanary_path_news_forget(walk->import->news);
	walk->files++;
	walk->import->source = name;
	error = walk->reader(walk->import, name, file);
	if (error && ferror(file))
		error = kanary_trace_fail(walk->import, "%s: damaged: %s", name,
					  reason(source->archive));
	fclose(file);
	return error;
}

static int read_source(struct walk *walk, struct source *source, const char *name, u32 depth);

static la_ssize_t read_within(struct archive *archive, void *cookie, const void **block)
{
	struct source *source = cookie;
	la_ssize_t got = archive_read_data(source->within, source->block, sizeof(source->block));

	*block = source->block;
	if (got < 0)
		archive_set_error(archive, EIO, "%s", reason(source->within));
	return got < 0 ? -1 : got;
}

static struct source *make_source(void)
{
	struct source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;
	source->archive = archive_read_new();
	if (!source->archive) {
		free(source);
		return NULL;
	}
	archive_read_support_filter_gzip(source->archive);
	archive_read_support_filter_bzip2(source->archive);
	archive_read_support_filter_xz(source->archive);
	archive_read_support_filter_zstd(source->archive);
	archive_read_support_filter_lz4(source->archive);
	archive_read_support_filter_compress(source->archive);
	archive_read_support_format_tar(source->archive);
	archive_read_support_format_zip(source->archive);
	archive_read_support_format_empty(source->archive);
	archive_read_support_format_raw(source->archive);
	return source;
}

static void free_source(struct source *source)
{
	archive_read_free(source->archive);
	free(source);
}

static int read_member(struct walk *walk, struct archive *within, const char *name, u32 depth)
{
	struct source *source;
	int error;

	if (depth > DEPTH_MAX)
		return kanary_trace_fail(walk->import, "%s: packed more than %d times: unpack it",
					 name, DEPTH_MAX);
	source = make_source();
	if (!source)
		return kanary_trace_fail(walk->import, "%s: %s", name, strerror(ENOMEM));
	source->within = within;
	if (archive_read_open(source->archive, source, NULL, read_within, NULL) != ARCHIVE_OK)
		error = kanary_trace_fail(walk->import, "%s: cannot be unpacked: %s", name,
					  reason(source->archive));
	else
		error = read_source(walk, source, name, depth);
	free_source(source);
	return error;
}

static int take_entry(struct walk *walk, struct source *source, struct archive_entry *entry,
		      const char *path, u32 depth)
{
	const char *member = archive_entry_pathname(entry);
	char *name;
	int error;

	if (archive_entry_filetype(entry) != AE_IFREG || !member || !is_wanted(walk, member))
		return 0;
	if (asprintf(&name, "%s/%s", path, member) < 0)
		return kanary_trace_fail(walk->import, "%s: %s", path, strerror(ENOMEM));
	error = read_member(walk, source->archive, name, depth + 1);
	free(name);
	return error;
}

/* A text, or what is packed in an archive; libarchive tells them apart by their bytes. */
static int read_source(struct walk *walk, struct source *source, const char *name, u32 depth)
{
	struct archive_entry *entry;
	int error = 0, status;

	while (!error) {
		status = archive_read_next_header(source->archive, &entry);
		if (status < ARCHIVE_WARN)
			return kanary_trace_fail(walk->import,
						 "%s: cannot be unpacked: %s", name,
						 reason(source->archive));
		if (archive_format(source->archive) == ARCHIVE_FORMAT_EMPTY ||
		    (status != ARCHIVE_EOF &&
		     archive_format(source->archive) == ARCHIVE_FORMAT_RAW))
			return read_stream(walk, source, name);
		if (status == ARCHIVE_EOF)
			break;
		error = take_entry(walk, source, entry, name, depth);
	}
	return error;
}

static int read_descriptor(struct walk *walk, int descriptor, const char *name)
{
	struct source *source = make_source();
	int error;

	if (!source)
		return kanary_trace_fail(walk->import, "%s: %s", name, strerror(ENOMEM));
	if (archive_read_open_fd(source->archive, descriptor, BLOCK) != ARCHIVE_OK)
		error = kanary_trace_fail(walk->import, "%s: cannot be unpacked: %s", name,
					  reason(source->archive));
	else
		error = read_source(walk, source, name, 0);
	free_source(source);
	return error;
}

static int read_file(struct walk *walk, const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	int error;

	if (descriptor < 0)
		return kanary_trace_fail(walk->import, "%s: %s", path, strerror(errno));
	error = read_descriptor(walk, descriptor, path);
	close(descriptor);
	return error;
}

static int compare_names(const FTSENT **left, const FTSENT **right)
{
	return strcmp((*left)->fts_name, (*right)->fts_name);
}

static int read_directory(struct walk *walk, const char *path)
{
	char *paths[] = { (char *)path, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, compare_names);
	FTSENT *entry;
	int error = 0;

	if (!fts)
		return kanary_trace_fail(walk->import, "%s: %s", path, strerror(errno));
	while (!error && (entry = fts_read(fts))) {
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
			error = kanary_trace_fail(walk->import, "%s: %s", entry->fts_path,
						  strerror(entry->fts_errno));
		else if (entry->fts_info == FTS_F && is_wanted(walk, entry->fts_path))
			error = read_file(walk, entry->fts_path);
		else if (entry->fts_info == FTS_SL)
			walk->links += !kanary_trace_name_is_hidden(entry->fts_path);
	}
	fts_close(fts);
	return error;
}

static int read_path(struct walk *walk)
{
	struct stat status;

	if (!strcmp(walk->input, KANARY_TRACE_INPUT_STANDARD))
		return read_descriptor(walk, STDIN_FILENO, KANARY_TRACE_NAME_STANDARD);
	if (stat(walk->input, &status))
		return kanary_trace_fail(walk->import, "%s: %s", walk->input, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return read_directory(walk, walk->input);
	return read_file(walk, walk->input);
}

bool kanary_trace_input_is_lasting(const char *path)
{
	struct stat status;

	return strcmp(path, KANARY_TRACE_INPUT_STANDARD) && !stat(path, &status) &&
	       (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

int kanary_trace_input_read(struct kanary_import *import, const char *path,
			    kanary_trace_input_reader *reader)
{
	struct walk walk = { .import = import, .reader = reader, .input = path };
	int error = read_path(&walk);

	/* Nothing is called like a trace: then names say nothing. */
	if (!error && !walk.files && walk.others && kanary_trace_input_is_lasting(path)) {
		walk.all = true;
		walk.others = 0;
		walk.links = 0;
		error = read_path(&walk);
	}
	import->files_left_out += walk.others + walk.links;
	if (!error && !walk.files && walk.links)
		error = kanary_trace_fail(import, "%s: %llu symbolic links, which are not followed, and no trace in it",
					  path, (unsigned long long)walk.links);
	else if (!error && !walk.files)
		error = kanary_trace_fail(import, "%s: no trace in it%s%s", path,
					  import->only ? " whose path matches " : "",
					  import->only ? import->only : "");
	return error;
}
