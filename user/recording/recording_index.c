// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/message.h"
#include "path_record.h"
#include "recording_index.h"

/* Where a cgroup's life stands. */
struct place {
	uint64_t cgroup;
	size_t number;
};

/* A stream that was counted. */
struct stream {
	uint64_t cgroup;
	uint64_t stream;
	uint32_t next;	/* index of the vector that follows */
};

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return ORDER(a->cgroup, b->cgroup);
}

static int compare_streams(const void *left, const void *right)
{
	const struct stream *a = left, *b = right;
	int order = ORDER(a->cgroup, b->cgroup);

	return order ? order : ORDER(a->stream, b->stream);
}

/*
 * The entry of a set that equals @key, a copy of which is put in where there is none.
 * @is_new: whether that was done. Return: NULL where memory is short.
 */
static void *enter(void **set, const void *key, size_t size,
		   int (*compare)(const void *, const void *), bool *is_new)
{
	void **found = tfind(key, set, compare);
	void *copy;

	*is_new = !found;
	if (found)
		return *found;
	copy = malloc(size);
	if (!copy)
		return NULL;
	memcpy(copy, key, size);
	if (tsearch(copy, set, compare))
		return copy;
	free(copy);
	return NULL;
}

static struct kanary_recording_life *add_life(struct kanary_recording_index *index)
{
	struct kanary_recording_life *life;

	if (index->lives == index->room) {
		size_t room = 2 * index->room + 16;

		life = realloc(index->life, room * sizeof(*life));
		if (!life)
			return NULL;
		index->life = life;
		index->room = room;
	}
	life = &index->life[index->lives++];
	memset(life, 0, sizeof(*life));
	life->first = UINT64_MAX;
	return life;
}

/* Of this cgroup, which was there at this time; NULL where memory is short. */
static struct kanary_recording_life *life_of(struct kanary_recording_index *index, uint64_t cgroup,
					     uint64_t time)
{
	struct place key = { cgroup, index->lives }, *place;
	struct kanary_recording_life *life;
	bool is_new;

	place = enter(&index->by_cgroup, &key, sizeof(key), compare_places, &is_new);
	if (!place)
		return NULL;
	life = is_new ? add_life(index) : &index->life[place->number];
	if (!life)
		return NULL;
	life->cgroup = cgroup;
	life->first = time < life->first ? time : life->first;
	life->last = time > life->last ? time : life->last;
	return life;
}

static bool take_vector(struct kanary_recording_index *index, const struct kanary_vector *vector)
{
	struct kanary_recording_life *life = life_of(index, vector->cgroup, vector->time);
	struct stream key = { vector->cgroup, vector->stream, vector->index }, *stream;
	bool is_new;

	stream = enter(&index->seen, &key, sizeof(key), compare_streams, &is_new);
	if (!life || !stream)
		return false;
	if (vector->index > stream->next)
		life->missing += vector->index - stream->next;
	stream->next = vector->index + 1;
	life->vectors++;
	life->calls += vector->calls;
	life->streams += is_new;
	return true;
}

static bool take_path(struct kanary_recording_index *index, const struct kanary_path *path)
{
	struct kanary_recording_life *life = life_of(index, path->cgroup, path->time);

	if (life)
		life->paths++;
	return life;
}

static size_t note_size(const struct kanary_recording_container *note)
{
	const char *last = kanary_recording_note_text(note->text, KANARY_RECORDING_TEXTS - 1);

	return (size_t)(last + strlen(last) + 1 - (const char *)note);
}

static bool take_container(struct kanary_recording_index *index,
			   const struct kanary_recording_container *note)
{
	struct kanary_recording_life *life = life_of(index, note->cgroup, note->time);
	struct kanary_recording_container **name;
	size_t size = note_size(note);

	if (!life)
		return false;
	life->gone = note->event == KANARY_RECORDING_GONE;
	name = realloc(life->name, (life->names + 1) * sizeof(*name));
	if (!name)
		return false;
	life->name = name;
	name[life->names] = malloc(size);
	if (!name[life->names])
		return false;
	memcpy(name[life->names++], note, size);
	return true;
}

static bool take_host(struct kanary_recording_index *index,
		      const struct kanary_recording_host *host)
{
	index->begun = host->time;
	snprintf(index->boot, sizeof(index->boot), "%s", host->text);
	snprintf(index->release, sizeof(index->release), "%s",
		 kanary_recording_note_text(host->text, 1));
	return true;
}

static bool take_record(struct kanary_recording_index *index,
			const struct kanary_recording_record *record)
{
	if (record->vector)
		return take_vector(index, record->vector);
	if (record->path)
		return take_path(index, record->path);
	if (record->container)
		return take_container(index, record->container);
	if (record->host)
		return take_host(index, record->host);
	if (record->loss) {
		index->loss = *record->loss;
		index->has_loss = true;
	}
	return true;
}

static int compare_lives(const void *left, const void *right)
{
	const struct kanary_recording_life *a = left, *b = right;
	int order = ORDER(a->first, b->first);

	return order ? order : ORDER(a->cgroup, b->cgroup);
}

int kanary_recording_index_read(struct kanary_recording_index *index, const char *path)
{
	struct kanary_recording_reader *reader;
	struct kanary_recording_record record;
	const char *why = NULL;
	bool fits = true;

	memset(index, 0, sizeof(*index));
	reader = kanary_recording_open(path, &why);
	if (!reader)
		return kanary_message_error("cannot read %s: %s", path, why);
	index->header = *kanary_recording_describe(reader);
	while (fits && kanary_recording_read_any(reader, &record))
		fits = take_record(index, &record);
	why = kanary_recording_damage(reader);
	if (why)
		snprintf(index->damage, sizeof(index->damage), "%s", why);
	kanary_recording_close(reader);
	if (!fits)
		return kanary_message_error("cannot read %s: %s", path, strerror(ENOMEM));
	if (index->lives)
		qsort(index->life, index->lives, sizeof(*index->life), compare_lives);
	return 0;
}

const char *kanary_recording_index_text(const struct kanary_recording_life *life,
					enum kanary_recording_text text)
{
	if (!life->names)
		return "";
	return kanary_recording_note_text(life->name[life->names - 1]->text, text);
}

void kanary_recording_index_free(struct kanary_recording_index *index)
{
	size_t i;

	for (i = 0; i < index->lives; i++) {
		while (index->life[i].names)
			free(index->life[i].name[--index->life[i].names]);
		free(index->life[i].name);
	}
	free(index->life);
	tdestroy(index->by_cgroup, free);
	tdestroy(index->seen, free);
	memset(index, 0, sizeof(*index));
}
