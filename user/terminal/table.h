/* SPDX-License-Identifier: GPL-2.0 */
/* Text in columns, each as wide as what is in it. */
#ifndef KANARY_TABLE_H
#define KANARY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KANARY_TABLE_COLUMNS_MAX 16

/**
 * struct kanary_table - rows that wait to be printed
 * @heads: [@columns], of the columns; one that begins with '>' is of numbers, which are
 *	printed to the right, without it
 * @columns: how many, KANARY_TABLE_COLUMNS_MAX at most
 * @cell: [@rows * @columns], row by row
 * @rows: how many
 * @failed: there was no memory for a cell
 */
struct kanary_table {
	const char *const *heads;
	size_t columns;
	char **cell;
	size_t rows;
	bool failed;
};

/** kanary_table_row() - begin a row, all of whose cells are "-" */
void kanary_table_row(struct kanary_table *table);

/** kanary_table_text() - put a stranger's text into a cell of the last row, escaped */
void kanary_table_text(struct kanary_table *table, size_t column, const char *text);

/** kanary_table_number() - put a number there */
void kanary_table_number(struct kanary_table *table, size_t column, uint64_t number);

/**
 * kanary_table_print() - print heads and rows on stdout, and forget the rows
 *
 * Return: false where memory was short.
 */
bool kanary_table_print(struct kanary_table *table);

#endif /* KANARY_TABLE_H */
