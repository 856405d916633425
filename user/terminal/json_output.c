// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_output.h"
#include "message.h"

int kanary_json_output_print(json_t *object)
{
	int failed = !object;

	if (object) {
		/* 15 digits give back a fixed-point number as it was written. */
		failed = json_dumpf(object, stdout, JSON_REAL_PRECISION(15)) ||
			 putchar('\n') == EOF || fflush(stdout);
		json_decref(object);
	}
	if (failed)
		return kanary_message_error("cannot write the JSON output: check that stdout is open and not full");
	return 0;
}

json_t *kanary_json_output_text(const char *text, size_t length)
{
	char *escaped;
	json_t *string;

	length = strnlen(text, length);
	escaped = malloc(KANARY_MESSAGE_ESCAPED_SIZE(length));
	if (!escaped)
		return NULL;
	string = json_string(kanary_message_escape(text, length, escaped));
	free(escaped);
	return string;
}

json_t *kanary_json_output_fixed(uint64_t value, unsigned int fraction_bits)
{
	return json_real(round(ldexp(value, -(int)fraction_bits) * 1e3) / 1e3);
}

void kanary_json_output_views(json_t *object, const struct kanary_verdict *verdict)
{
	if (!object)
		return;
	json_object_set_new(object, "path_names_surprise",
			    kanary_json_output_fixed(verdict->path_names_surprise, 8));
	/* null rather than 0: without paths this head says nothing */
	json_object_set_new(object, "path_histogram_surprise",
			    verdict->flags & KANARY_VERDICT_PATH_HISTOGRAM ?
			    kanary_json_output_fixed(verdict->path_histogram_surprise, 8) :
			    json_null());
	json_object_set_new(object, "grams_bits",
			    kanary_json_output_fixed(verdict->grams_error, 12));
	json_object_set_new(object, "grams_surprise",
			    kanary_json_output_fixed(verdict->grams_surprise, 8));
	json_object_set_new(object, "task_surprise",
			    kanary_json_output_fixed(verdict->task_surprise, 8));
}
