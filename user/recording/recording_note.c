// SPDX-License-Identifier: GPL-2.0
#include "recording_note.h"

#include <string.h>

enum { HOST_TEXTS = 2 };

const char *kanary_recording_note_text(const char *text, unsigned int number)
{
	while (number--)
		text += strlen(text) + 1;
	return text;
}

size_t kanary_recording_note_join(char *joined, size_t size, const char *const *texts,
				  unsigned int count)
{
	size_t used = 0, length, room;
	unsigned int i;

	for (i = 0; i < count; i++) {
		room = size - used - (count - i);
		length = texts[i] ? strlen(texts[i]) : 0;
		if (length > room)
			length = room;
		if (length)
			memcpy(joined + used, texts[i], length);
		used += length;
		joined[used++] = '\0';
	}
	return used;
}

static const char *check_texts(const char *text, size_t size, unsigned int count)
{
	unsigned int zeros = 0;
	size_t i;

	if (size > KANARY_RECORDING_TEXT_MAX)
		return "note with a text that is too long";
	for (i = 0; i < size; i++)
		zeros += !text[i];
	if (zeros != count || text[size - 1])
		return "note with another number of texts";
	return NULL;
}

const char *kanary_recording_note_container(const void *bytes, size_t size)
{
	const struct kanary_recording_container *container = bytes;

	if (size < sizeof(*container))
		return "note of a container that is too short";
	if (container->event >= KANARY_RECORDING_EVENTS || container->reserved)
		return "note of a container with an unknown event";
	if (!container->cgroup)
		return "note of a container without a cgroup";
	return check_texts(container->text, size - sizeof(*container), KANARY_RECORDING_TEXTS);
}

const char *kanary_recording_note_host(const void *bytes, size_t size)
{
	const struct kanary_recording_host *host = bytes;

	if (size < sizeof(*host))
		return "note of the host that is too short";
	return check_texts(host->text, size - sizeof(*host), HOST_TEXTS);
}

const char *kanary_recording_note_loss(const void *bytes, size_t size)
{
	const struct kanary_recording_loss *loss = bytes;

	if (size != sizeof(*loss))
		return "note of losses of another size";
	if (loss->end >= KANARY_RECORDING_ENDS || loss->reserved)
		return "note of losses with an unknown end";
	return NULL;
}

const char *kanary_recording_note_file(const void *bytes, size_t size)
{
	return check_texts(bytes, size, 1);
}
