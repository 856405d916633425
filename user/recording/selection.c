// SPDX-License-Identifier: GPL-2.0
#include "selection.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/arguments.h"
#include "terminal/message.h"

#define TEXT_MAX 256
/* Bytes of an id that people write, and of a runtime's name. */
#define SHORT 12
#define ESCAPED KANARY_MESSAGE_ESCAPED_SIZE(TEXT_MAX)
/* What two containers are called, in a message. */
#define CALLED (ESCAPED + 2 * KANARY_MESSAGE_ESCAPED_SIZE(SHORT) + 4)

/* How a wish may fit, the best last. */
enum fit {
	FIT_NONE,
	FIT_ID_BEGINNING,
	FIT_ID,
	FIT_NUMBER,
	FIT_NAME,
	FIT_PATTERN,
	FIT_PATH,
};

/*
 * A wish, and the recording in which its number was a cgroup first: its path there, its boot,
 * and what that cgroup was called.
 */
struct kanary_selection_wish {
	const char *text;
	uint64_t number;
	bool is_number;		/* an import's records are of cgroup 0 */
	bool found;
	const char *recording;
	char boot[KANARY_RECORDING_INDEX_TEXT];
	char *called;
	const char *nameless;	/* a recording without names */
};

/* The one life that a wish fits best, of those seen so far. */
struct match {
	const struct kanary_recording_life *life;
	const char *note;	/* the texts that fit, NULL for none */
	enum fit fit;
};

static bool is_pattern(const char *text)
{
	return strpbrk(text, "*?[");
}

bool kanary_selection_add(struct kanary_selection *selection, const char *text)
{
	struct kanary_selection_wish *wish;

	wish = realloc(selection->wish, (selection->wishes + 1) * sizeof(*wish));
	if (!wish)
		return false;
	selection->wish = wish;
	wish += selection->wishes++;
	memset(wish, 0, sizeof(*wish));
	wish->text = text;
	wish->is_number = kanary_arguments_number(text, 0, UINT64_MAX, &wish->number);
	return true;
}

error_t kanary_selection_parse(struct kanary_selection *selection, const char *text,
			       const struct argp_state *state)
{
	if (!*text)
		return kanary_arguments_refuse(state, "an empty name is no container");
	if (!kanary_selection_add(selection, text))
		return kanary_arguments_refuse(state, "%s", strerror(ENOMEM));
	return 0;
}

/* "CONTAINER", "POD/CONTAINER" or all of "NAMESPACE/POD/CONTAINER" */
static bool is_called(const char *name, const char *wish)
{
	size_t length = strlen(name), part = strlen(wish);

	return length >= part && !strcmp(name + length - part, wish) &&
	       (length == part || name[length - part - 1] == '/');
}

static bool is_like(const char *name, const char *pattern)
{
	const char *last = strrchr(name, '/');

	return !fnmatch(pattern, name, 0) || (last && !fnmatch(pattern, last + 1, 0));
}

static enum fit fit_texts(const char *wish, const char *texts)
{
	const char *name = kanary_recording_note_text(texts, KANARY_RECORDING_NAME);
	const char *id = kanary_recording_note_text(texts, KANARY_RECORDING_ID);
	const char *path = kanary_recording_note_text(texts, KANARY_RECORDING_PATH);

	if (*wish == '/') {
		if (!strncmp(wish, "/sys/fs/cgroup/", 15))
			wish += 14;
		return strcmp(path, wish) ? FIT_NONE : FIT_PATH;
	}
	if (is_called(name, wish))
		return FIT_NAME;
	if (is_pattern(wish))
		return is_like(name, wish) ? FIT_PATTERN : FIT_NONE;
	if (!strcmp(id, wish))
		return FIT_ID;
	return strncmp(id, wish, strlen(wish)) ? FIT_NONE : FIT_ID_BEGINNING;
}

static bool fits_number(const struct kanary_selection_wish *wish,
			const struct kanary_recording_life *life)
{
	return wish->is_number && wish->number == life->cgroup;
}

/* How well a life fits, by the best of its names. */
static struct match fit_life(const struct kanary_selection_wish *wish,
			     const struct kanary_recording_life *life)
{
	struct match match = { .life = life };
	size_t i;

	if (fits_number(wish, life))
		match.fit = FIT_NUMBER;
	for (i = 0; i < life->names; i++) {
		enum fit fit = fit_texts(wish->text, life->name[i]->text);

		if (fit <= match.fit)
			continue;
		match.fit = fit;
		match.note = life->name[i]->text;
	}
	return match;
}

static void describe(const struct kanary_recording_life *life, const char *texts,
		     char called[CALLED])
{
	char runtime[KANARY_MESSAGE_ESCAPED_SIZE(SHORT)], id[KANARY_MESSAGE_ESCAPED_SIZE(SHORT)];
	char name[ESCAPED];

	if (!texts && life->names)
		texts = life->name[life->names - 1]->text;
	if (!texts) {
		snprintf(called, CALLED, "cgroup %llu", (unsigned long long)life->cgroup);
		return;
	}
	kanary_message_escape(texts, SHORT, runtime);
	kanary_message_escape(kanary_recording_note_text(texts, KANARY_RECORDING_NAME), TEXT_MAX,
			      name);
	kanary_message_escape(kanary_recording_note_text(texts, KANARY_RECORDING_ID), SHORT, id);
	snprintf(called, CALLED, "%s %s (%s)", runtime, name, id);
}

static bool same(const struct match *a, const struct match *b, enum kanary_recording_text text)
{
	return !strcmp(kanary_recording_note_text(a->note, text),
		       kanary_recording_note_text(b->note, text));
}

/* Whether two that fit equally well are one container: of its name, or of its id. */
static bool is_one(const struct match *a, const struct match *b)
{
	if (a->fit == FIT_PATTERN || a->fit == FIT_PATH)
		return true;
	if (a->fit == FIT_NUMBER)
		return a->life == b->life;
	return same(a, b, KANARY_RECORDING_RUNTIME) &&
	       same(a, b, a->fit == FIT_NAME ? KANARY_RECORDING_NAME : KANARY_RECORDING_ID);
}

static int refuse(const struct kanary_selection_wish *wish, const char *path,
		  const struct match *a, const struct match *b)
{
	char one[CALLED], other[CALLED], escaped[ESCAPED];

	describe(a->life, a->note, one);
	describe(b->life, b->note, other);
	return kanary_message_error("'%s' may be %s or %s in %s: give the id",
				    kanary_message_escape(wish->text, TEXT_MAX, escaped), one,
				    other, path);
}

/* @best: set to the life that fits best; what may be meant as well is refused. */
static int find_best(const struct kanary_selection_wish *wish, const char *path,
		     const struct kanary_recording_index *index, struct match *best)
{
	struct match numbered = { 0 }, match;
	size_t i;

	memset(best, 0, sizeof(*best));
	for (i = 0; i < index->lives; i++) {
		match = fit_life(wish, &index->life[i]);
		if (fits_number(wish, &index->life[i]))
			numbered = match;
		if (match.fit > best->fit)
			*best = match;
	}
	/* A name may look like a number; then it is not for us to say which was meant. */
	if (best->fit == FIT_NAME && numbered.fit == FIT_NUMBER)
		return refuse(wish, path, best, &numbered);
	for (i = 0; i < index->lives; i++) {
		match = fit_life(wish, &index->life[i]);
		if (match.fit && match.fit == best->fit && !is_one(best, &match))
			return refuse(wish, path, best, &match);
	}
	return 0;
}

/* The same number is another container's after the next boot. */
static int check_boot(struct kanary_selection_wish *wish, const char *path,
		      const struct kanary_recording_index *index,
		      const struct kanary_recording_life *life)
{
	char called[CALLED];

	describe(life, NULL, called);
	if (!wish->recording) {
		wish->recording = path;
		memcpy(wish->boot, index->boot, sizeof(wish->boot));
		wish->called = strdup(called);
		return wish->called ? 0 : kanary_message_error("%s", strerror(ENOMEM));
	}
	if (!strcmp(wish->boot, index->boot) || (life->names && !strcmp(wish->called, called)))
		return 0;
	return kanary_message_error("%llu is %s in %s, and %s in %s, which is of another boot: give the name",
				    (unsigned long long)wish->number, wish->called,
				    wish->recording, called, path);
}

static int add_cgroup(struct kanary_selection *selection, uint64_t number)
{
	uint64_t *cgroup = realloc(selection->cgroup, (selection->cgroups + 1) * sizeof(*cgroup));

	if (!cgroup)
		return kanary_message_error("%s", strerror(ENOMEM));
	selection->cgroup = cgroup;
	cgroup[selection->cgroups++] = number;
	return 0;
}

static int grant(struct kanary_selection *selection, struct kanary_selection_wish *wish,
		 const char *path, const struct kanary_recording_index *index)
{
	struct match best;
	size_t i;

	for (i = 0; i < index->lives; i++)
		if (!index->life[i].names)
			wish->nameless = path;
	if (find_best(wish, path, index, &best))
		return 1;
	if (!best.fit)
		return 0;
	wish->found = true;
	if (best.fit == FIT_NUMBER && check_boot(wish, path, index, best.life))
		return 1;
	for (i = 0; i < index->lives; i++)
		if (fit_life(wish, &index->life[i]).fit == best.fit &&
		    add_cgroup(selection, index->life[i].cgroup))
			return 1;
	return 0;
}

static int compare_numbers(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

int kanary_selection_resolve(struct kanary_selection *selection, const char *path)
{
	struct kanary_recording_index index;
	int error;
	size_t i;

	if (!selection || !selection->wishes)
		return 0;
	selection->cgroups = 0;
	error = kanary_recording_index_read(&index, path);
	for (i = 0; !error && i < selection->wishes; i++)
		error = grant(selection, &selection->wish[i], path, &index);
	kanary_recording_index_free(&index);
	if (!error && selection->cgroups)
		qsort(selection->cgroup, selection->cgroups, sizeof(*selection->cgroup),
		      compare_numbers);
	return error;
}

bool kanary_selection_wants(const struct kanary_selection *selection, uint64_t cgroup)
{
	if (!selection || !selection->wishes)
		return true;
	return selection->cgroups && bsearch(&cgroup, selection->cgroup, selection->cgroups,
					     sizeof(cgroup), compare_numbers);
}

int kanary_selection_check(const struct kanary_selection *selection)
{
	char escaped[ESCAPED];
	size_t i;

	for (i = 0; selection && i < selection->wishes; i++) {
		const struct kanary_selection_wish *wish = &selection->wish[i];

		if (wish->found)
			continue;
		kanary_message_escape(wish->text, TEXT_MAX, escaped);
		if (wish->nameless)
			return kanary_message_error("no container '%s' is in the recordings, and %s has no names: give a cgroup's number, as kanary info lists them",
						    escaped, wish->nameless);
		return kanary_message_error("no container '%s' is in the recordings: kanary info lists them",
					    escaped);
	}
	return 0;
}

void kanary_selection_free(struct kanary_selection *selection)
{
	while (selection->wishes)
		free(selection->wish[--selection->wishes].called);
	free(selection->wish);
	free(selection->cgroup);
	memset(selection, 0, sizeof(*selection));
}
