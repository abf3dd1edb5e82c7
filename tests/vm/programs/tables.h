/* SPDX-License-Identifier: GPL-2.0 */
/* Whole tables of a ledger, as they were read. */
#ifndef TABLES_H
#define TABLES_H

#include "session.h"

/**
 * struct table - the rows of a table
 * @nr: how many
 * @row_bytes: size of one
 * @rows: they, one behind the other
 */
struct table {
	uint64_t nr;
	size_t row_bytes;
	char *rows;
};

/* Reads all of it, @capacity rows at a time. Return: 0 or a negative errno. */
int table_read(int fd, enum memmon_table which, unsigned int capacity, struct table *table);
void table_free(struct table *table);

size_t table_row_bytes(enum memmon_table which);

#endif
