// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "sysdig_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a word, and of an argument's key: strspn() would make a table of them each time. */
static size_t word_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

static size_t key_length(const char *text)
{
	size_t length = 0;

	while (islower((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

void kanary_sysdig_line_uncolour(char *text)
{
	char *escape = text, *end;

	while ((escape = strstr(escape, "\x1b["))) {
		end = escape + 2 + strspn(escape + 2, "0123456789;");
		if (*end == 'm')
			memmove(escape, end + 1, strlen(end + 1) + 1);
		else
			escape = end;
	}
}

/* "(812)", "(812.813)" with the process first, "(813:1)" with the namespace's last */
static const char *take_thread(const char *open, u32 *tid)
{
	unsigned long number;
	char *end;

	if (*open != '(' || !isdigit((unsigned char)open[1]))
		return NULL;
	number = strtoul(open + 1, &end, 10);
	if (*end == '.' && isdigit((unsigned char)end[1]))
		number = strtoul(end + 1, &end, 10);
	else if (*end == ':' && isdigit((unsigned char)end[1]))
		strtoul(end + 1, &end, 10);
	*tid = (u32)number;
	return end[0] == ')' && end[1] == ' ' ? end + 2 : NULL;
}

/* Behind a word of digits, as numbers, times and dates are; NULL for another. */
static const char *skip_number(const char *text)
{
	const char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	end = text + strspn(text, "0123456789:.,+-TZ");
	return *end == ' ' ? end + 1 : NULL;
}

/* Behind the id of a container in parentheses, or NULL. */
static const char *skip_id(const char *open)
{
	size_t length;

	if (*open++ != '(')
		return NULL;
	length = strspn(open, "0123456789abcdef");
	if (length && length < 12)
		return NULL;
	if (!length && (!strncmp(open, "host", 4) || !strncmp(open, "<NA>", 4)))
		length = 4;
	return open[length] == ')' && open[length + 1] == ' ' ? open + length + 2 : NULL;
}

/* The last of them is a name if a thread or a container's id comes next. */
u32 kanary_sysdig_line_numbers(const char *text)
{
	u32 numbers = 0, tid;

	while ((text = skip_number(text)) && !take_thread(text, &tid) && !skip_id(text))
		numbers++;
	return numbers;
}

static bool is_argument(const char *text)
{
	size_t length = word_length(text);

	return length && text[length] == '=';
}

static bool take_call(const char *text, bool strict, struct kanary_sysdig_line *line)
{
	size_t length = word_length(text), blanks;

	if (!length || length >= sizeof(line->call) || !isalpha((unsigned char)*text))
		return false;
	blanks = strspn(text + length, " ");
	if (text[length] && !blanks)
		return false;
	if (strict && text[length + blanks] && !is_argument(text + length + blanks))
		return false;
	memcpy(line->call, text, length);
	line->call[length] = 0;
	line->arguments = text + length;
	return true;
}

static bool take_event(const char *text, const struct kanary_sysdig_layout *layout,
		       struct kanary_sysdig_line *line)
{
	if (!layout->direction)
		return take_call(text, true, line);
	if ((*text != '>' && *text != '<') || text[1] != ' ')
		return false;
	line->direction = *text == '>' ? KANARY_SYSDIG_ENTER : KANARY_SYSDIG_EXIT;
	return take_call(text + 2, !layout->columns, line);
}

/* Behind "web (0123456789ab) ", "host (host) " and "<NA> () ", or where there is none. */
static const char *skip_container(const char *text)
{
	const char *end = text + strcspn(text, " (");

	end = *end == ' ' ? skip_id(end + 1) : NULL;
	return end ? end : text;
}

static void take_name(const char *text, const char *end, struct kanary_sysdig_line *line)
{
	while (end > text && end[-1] == ' ')
		end--;
	if (end - text >= KANARY_COMM_SIZE)
		end = text + KANARY_COMM_SIZE - 1;
	memcpy(line->comm, text, (size_t)(end - text));
}

static bool take_rest(const char *open, const struct kanary_sysdig_layout *layout,
		      struct kanary_sysdig_line *line)
{
	const char *event;

	memset(line, 0, sizeof(*line));
	event = take_thread(open, &line->tid);
	return event && take_event(event, layout, line);
}

/*
 * Where the thread stands behind a name. A process may call itself "a (1) > dup b=": as no name
 * is longer than that, the thread is the last that can be one within its reach. Longer names
 * are the kernel's own, and have no blank.
 */
static const char *find_thread(const char *name, const struct kanary_sysdig_layout *layout,
			       struct kanary_sysdig_line *line)
{
	const char *found = NULL, *open = name, *blank;
	struct kanary_sysdig_line tried;

	while ((open = strchr(open, '(')) && open - name <= KANARY_COMM_SIZE) {
		if ((open == name || open[-1] == ' ') && take_rest(open, layout, &tried)) {
			found = open;
			*line = tried;
		}
		open++;
	}
	if (found)
		return found;
	blank = strchr(name, ' ');
	return blank && take_rest(blank + 1, layout, line) ? blank + 1 : NULL;
}

static bool take_columns(const char *text, const struct kanary_sysdig_layout *layout,
			 struct kanary_sysdig_line *line)
{
	const char *open;
	u32 i;

	for (i = 0; text && i < layout->numbers; i++)
		text = skip_number(text);
	if (!text)
		return false;
	text = skip_container(text);
	open = find_thread(text, layout, line);
	if (open)
		take_name(text, open, line);
	return open;
}

bool kanary_sysdig_line_take(const char *text, const struct kanary_sysdig_layout *layout,
			     struct kanary_sysdig_line *line)
{
	if (layout->columns)
		return take_columns(text, layout, line);
	memset(line, 0, sizeof(*line));
	return take_event(text, layout, line);
}

/* Where "key=" begins at or after @text, with a blank before it. */
static const char *next_key(const char *text, const char *key, size_t length)
{
	while ((text = strchr(text, ' '))) {
		text++;
		if (!strncmp(text, key, length) && text[length] == '=')
			return text;
	}
	return NULL;
}

const char *kanary_sysdig_line_value(const char *arguments, const char *key, size_t *length)
{
	size_t size = strlen(key), word;
	const char *value, *end;

	value = next_key(arguments, key, size);
	if (!value)
		return NULL;
	value += size + 1;
	for (end = value; (end = strchr(end, ' ')); end++) {
		word = key_length(end + 1);
		if (word && end[1 + word] == '=')
			break;
	}
	if (!end)
		end = value + strlen(value);
	while (end > value && end[-1] == ' ')
		end--;
	*length = (size_t)(end - value);
	return value;
}

const char *kanary_sysdig_line_path(const char *value, size_t *length)
{
	const char *open;

	if (!*length || !strncmp(value, "<NA>", 4) || !strncmp(value, "(NULL)", 6))
		return NULL;
	if (*value == '/' || value[*length - 1] != ')')
		return value;
	open = memmem(value, *length, "(/", 2);
	if (!open)
		return value;
	*length -= (size_t)(open + 1 - value) + 1;
	return open + 1;
}
