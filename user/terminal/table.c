// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

/* Of a cell: what is longer is a stranger's. */
#define TEXT_MAX 256
/* Between two columns. */
#define GAP 2

void kanary_table_row(struct kanary_table *table)
{
	char **cell = realloc(table->cell, (table->rows + 1) * table->columns * sizeof(*cell));

	if (!cell) {
		table->failed = true;
		return;
	}
	table->cell = cell;
	memset(cell + table->rows++ * table->columns, 0, table->columns * sizeof(*cell));
}

static void put(struct kanary_table *table, size_t column, const char *text)
{
	char **cell;

	if (table->failed)
		return;
	cell = &table->cell[(table->rows - 1) * table->columns + column];
	free(*cell);
	*cell = strdup(text);
	table->failed = !*cell;
}

void kanary_table_text(struct kanary_table *table, size_t column, const char *text)
{
	char escaped[KANARY_MESSAGE_ESCAPED_SIZE(TEXT_MAX)];

	if (*text)
		put(table, column, kanary_message_escape(text, TEXT_MAX, escaped));
}

void kanary_table_number(struct kanary_table *table, size_t column, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	put(table, column, text);
}

static const char *cell_of(const struct kanary_table *table, size_t row, size_t column)
{
	const char *text = table->cell[row * table->columns + column];

	return text ? text : "-";
}

static const char *head_of(const struct kanary_table *table, size_t column)
{
	return table->heads[column] + (*table->heads[column] == '>');
}

static size_t width_of(const struct kanary_table *table, size_t column)
{
	size_t width = strlen(head_of(table, column)), row, length;

	for (row = 0; row < table->rows; row++) {
		length = strlen(cell_of(table, row, column));
		width = length > width ? length : width;
	}
	return width;
}

static void print_cell(const struct kanary_table *table, size_t column, size_t width,
		       const char *text)
{
	if (*table->heads[column] == '>')
		printf("%*s", (int)width, text);
	else if (column + 1 < table->columns)
		printf("%-*s", (int)width, text);
	else
		fputs(text, stdout);
	if (column + 1 < table->columns)
		printf("%*s", GAP, "");
	else
		putchar('\n');
}

static void forget(struct kanary_table *table)
{
	size_t i;

	for (i = 0; i < table->rows * table->columns; i++)
		free(table->cell[i]);
	free(table->cell);
	table->cell = NULL;
	table->rows = 0;
}

bool kanary_table_print(struct kanary_table *table)
{
	size_t width[KANARY_TABLE_COLUMNS_MAX], row, column;
	bool done = !table->failed;

	for (column = 0; done && column < table->columns; column++) {
		width[column] = width_of(table, column);
		print_cell(table, column, width[column], head_of(table, column));
	}
	for (row = 0; done && row < table->rows; row++)
		for (column = 0; column < table->columns; column++)
			print_cell(table, column, width[column], cell_of(table, row, column));
	forget(table);
	return done;
}
