// SPDX-License-Identifier: GPL-2.0
/* Reads tables of the device. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "check.h"
#include "tables.h"

size_t table_row_bytes(enum memmon_table which)
{
	switch (which) {
	case MEMMON_TABLE_ACCOUNTS:
		return sizeof(struct memmon_account);
	case MEMMON_TABLE_STACKS:
		return sizeof(struct memmon_stack);
	case MEMMON_TABLE_TOTALS:
	case MEMMON_TABLE_TOTALS_LAST:
		return sizeof(struct memmon_total);
	case MEMMON_TABLE_SLABS:
		return sizeof(struct memmon_slab);
	default:
		return sizeof(struct memmon_object);
	}
}

int table_read(int fd, enum memmon_table which, unsigned int capacity, struct table *table)
{
	struct memmon_cursor cursor = { .size = sizeof(cursor), .table = which };
	size_t row_bytes = table_row_bytes(which);

	memset(table, 0, sizeof(*table));
	table->row_bytes = row_bytes;
	do {
		table->rows = realloc(table->rows, (table->nr + capacity) * row_bytes);
		if (!table->rows)
			die("no memory");
		cursor.to = (uintptr_t)(table->rows + table->nr * row_bytes);
		cursor.capacity = capacity;
		if (ioctl(fd, MEMMON_IOC_TABLE, &cursor)) {
			int err = -errno;

			table_free(table);
			return err;
		}
		if (cursor.nr > capacity)
			die("table %u: %u rows where there is room for %u", which, cursor.nr,
			    capacity);
		table->nr += cursor.nr;
	} while (cursor.nr);
	return 0;
}

void table_free(struct table *table)
{
	free(table->rows);
	memset(table, 0, sizeof(*table));
}
