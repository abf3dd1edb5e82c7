// SPDX-License-Identifier: GPL-2.0
/* Reads the tables of a session: its ledger, stacks and totals, and the slabs of the machine. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "memmon/snapshot.h"
#include "session_internal.h"

#define PIECE_BYTES ((size_t)256 * 1024)

static const size_t row_bytes[MEMMON_NR_TABLES] = {
	[MEMMON_TABLE_OBJECTS] = sizeof(struct memmon_object),
	[MEMMON_TABLE_PAGES] = sizeof(struct memmon_object),
	[MEMMON_TABLE_ACCOUNTS] = sizeof(struct memmon_account),
	[MEMMON_TABLE_STACKS] = sizeof(struct memmon_stack),
	[MEMMON_TABLE_SLABS] = sizeof(struct memmon_slab),
	[MEMMON_TABLE_TOTALS] = sizeof(struct memmon_total),
	[MEMMON_TABLE_TOTALS_LAST] = sizeof(struct memmon_total),
};

int session_ledger_stats(const struct memmon_session *session, struct memmon_ledger_stats *ret)
{
	int err;

	memset(ret, 0, sizeof(*ret));
	ret->size = sizeof(*ret);
	err = session_ioctl(session, MEMMON_IOC_LEDGER, ret);
	return err < 0 ? err : 0;
}

static int read_piece(const struct memmon_session *session, struct memmon_cursor *cursor)
{
	uint64_t before = cursor->position;
	int err;

	cursor->nr = 0;
	err = session_ioctl(session, MEMMON_IOC_TABLE, cursor);
	if (err < 0)
		return err;
	/* Rows that there is no room for, or that come for ever, are none of ours. */
	if (cursor->nr > cursor->capacity || (cursor->nr && cursor->position <= before))
		return -EPROTO;
	return 0;
}

int session_table_read_by(const struct memmon_session *session, enum memmon_table table,
			  void *piece, size_t piece_bytes, int (*row)(const void *row, void *arg),
			  void *arg)
{
	size_t bytes = row_bytes[table];
	struct memmon_cursor cursor = {
		.size = sizeof(cursor),
		.table = table,
		.to = (uintptr_t)piece,
		.capacity = (uint32_t)(piece_bytes / bytes),
	};
	int err;

	do {
		err = read_piece(session, &cursor);
		for (uint32_t i = 0; !err && i < cursor.nr; i++)
			err = row((const char *)piece + i * bytes, arg);
	} while (!err && cursor.nr);
	return err;
}

int session_table_read(const struct memmon_session *session, enum memmon_table table,
		       int (*row)(const void *row, void *arg), void *arg)
{
	char *piece = malloc(PIECE_BYTES);
	int err;

	if (!piece)
		return -ENOMEM;
	err = session_table_read_by(session, table, piece, PIECE_BYTES, row, arg);
	free(piece);
	return err;
}

int session_totals_stats(const struct memmon_session *session, struct memmon_totals_stats *ret)
{
	int err;

	memset(ret, 0, sizeof(*ret));
	ret->size = sizeof(*ret);
	err = session_ioctl(session, MEMMON_IOC_TOTALS, ret);
	return err < 0 ? err : 0;
}

int session_turn(const struct memmon_session *session)
{
	int err = session_ioctl(session, MEMMON_IOC_TURN, NULL);

	return err < 0 ? err : 0;
}

struct slab_list {
	struct memmon_slab *slabs;
	size_t nr;
	size_t room;
};

static int add_slab(const void *row, void *arg)
{
	struct slab_list *list = arg;
	int err = memmon_array_grow((void **)&list->slabs, list->nr, &list->room,
				    sizeof(*list->slabs));

	if (!err)
		memcpy(&list->slabs[list->nr++], row, sizeof(*list->slabs));
	return err;
}

static int compare(const void *a, const void *b)
{
	const struct memmon_slab *left = a;
	const struct memmon_slab *right = b;

	return left->pfn < right->pfn ? -1 : left->pfn > right->pfn;
}

int memmon_session_slabs(struct memmon_session *session, struct memmon_slab **ret, size_t *nr)
{
	struct slab_list list = { 0 };
	int err = session_table_read(session, MEMMON_TABLE_SLABS, add_slab, &list);

	if (err) {
		free(list.slabs);
		return err;
	}
	if (list.nr)
		qsort(list.slabs, list.nr, sizeof(*list.slabs), compare);
	*ret = list.slabs;
	*nr = list.nr;
	return 0;
}
