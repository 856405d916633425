// SPDX-License-Identifier: GPL-2.0
#include "trace_line.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* A line as far as it was read. */
struct progress {
	size_t head;		/* bytes of it in @head */
	size_t tail;		/* in @long_tail, once @head is full */
	bool is_whole;
};

void kanary_trace_line_begin(struct kanary_trace_line *line, FILE *file)
{
	*line->head = 0;
	line->tail = line->head;
	line->number = 0;
	line->file = file;
	line->at = 0;
	line->end = 0;
}

/* Return: whether there is a byte to read. */
static bool fill(struct kanary_trace_line *line)
{
	if (line->at < line->end)
		return true;
	line->at = 0;
	line->end = fread(line->block, 1, sizeof(line->block), line->file);
	return line->end;
}

static void begin(struct kanary_trace_line *line)
{
	const size_t mark = sizeof(BYTE_ORDER_MARK) - 1;

	fill(line);
	if (line->end >= mark && !memcmp(line->block, BYTE_ORDER_MARK, mark))
		line->at = mark;
}

const char *kanary_trace_line_peek(struct kanary_trace_line *line, size_t *size)
{
	if (!line->end)
		begin(line);
	*size = line->end - line->at;
	return line->block + line->at;
}

/* The last bytes of what came so far and of what comes now. */
static void keep_tail(struct kanary_trace_line *line, struct progress *progress,
		      const char *bytes, size_t count)
{
	const size_t room = sizeof(line->long_tail) - 1;
	size_t kept;

	if (count > room) {
		bytes += count - room;
		count = room;
	}
	kept = progress->tail < room - count ? progress->tail : room - count;
	memmove(line->long_tail, line->long_tail + progress->tail - kept, kept);
	memcpy(line->long_tail + kept, bytes, count);
	progress->tail = kept + count;
}

static void take(struct kanary_trace_line *line, struct progress *progress, const char *bytes,
		 size_t count)
{
	const size_t room = sizeof(line->head) - 1, tail = sizeof(line->long_tail) - 1;
	size_t fits = room - progress->head < count ? room - progress->head : count;

	memcpy(line->head + progress->head, bytes, fits);
	progress->head += fits;
	if (fits == count)
		return;
	if (!progress->tail)
		keep_tail(line, progress, line->head + room - tail, tail);
	keep_tail(line, progress, bytes + fits, count - fits);
}

/* What is left of the line in the block. */
static void take_block(struct kanary_trace_line *line, struct progress *progress)
{
	const char *bytes = line->block + line->at;
	const char *end = memchr(bytes, '\n', line->end - line->at);
	size_t count = end ? (size_t)(end - bytes) : line->end - line->at;

	take(line, progress, bytes, count);
	progress->is_whole = end;
	line->at += count + progress->is_whole;
}

static void replace_zeros(char *text, size_t length)
{
	char *zero;

	while ((zero = memchr(text, 0, length)))
		*zero = '?';
}

/* Return: the last bytes of a line's end, without a carriage return. */
static const char *terminate(char *text, size_t length)
{
	if (length && text[length - 1] == '\r')
		length--;
	text[length] = 0;
	return length < KANARY_TRACE_LINE_TAIL ? text : text + length - KANARY_TRACE_LINE_TAIL + 1;
}

static void finish(struct kanary_trace_line *line, const struct progress *progress)
{
	size_t head = progress->head, tail = progress->tail;

	replace_zeros(line->head, head);
	replace_zeros(line->long_tail, tail);
	line->head[head] = 0;
	line->tail = tail ? terminate(line->long_tail, tail) : terminate(line->head, head);
}

int kanary_trace_line_next(struct kanary_trace_line *line)
{
	struct progress progress = { 0 };
	bool any = false;

	if (!line->number && !line->end)
		begin(line);
	while (!progress.is_whole && fill(line)) {
		take_block(line, &progress);
		any = true;
	}
	if (ferror(line->file))
		return -(errno ? errno : EIO);
	if (!any)
		return 0;
	line->number++;
	finish(line, &progress);
	return 1;
}

size_t kanary_trace_line_skip_mark(FILE *file)
{
	static const char mark[] = BYTE_ORDER_MARK;
	size_t length = 0;
	int byte = EOF;

	while (length < sizeof(mark) - 1 &&
	       (byte = getc_unlocked(file)) == (unsigned char)mark[length])
		length++;
	if (length == sizeof(mark) - 1)
		return length;
	if (byte != EOF)
		ungetc(byte, file);
	/* What was just read, so that it lies in the buffer still. */
	while (length)
		ungetc((unsigned char)mark[--length], file);
	return 0;
}
