// SPDX-License-Identifier: GPL-2.0
/* The tables of a descriptor as user space reads them, and the books of its ledger. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cache.h"
#include "device.h"
#include "slab.h"
#include "stack.h"

/* Rows are gathered in a page before they are copied out. */
#define BATCH_BYTES PAGE_SIZE

static size_t row_bytes(u32 table)
{
	switch (table) {
	case MEMMON_TABLE_OBJECTS:
	case MEMMON_TABLE_PAGES:
		return sizeof(struct memmon_object);
	case MEMMON_TABLE_ACCOUNTS:
		return sizeof(struct memmon_account);
	case MEMMON_TABLE_STACKS:
		return sizeof(struct memmon_stack);
	case MEMMON_TABLE_TOTALS:
	case MEMMON_TABLE_TOTALS_LAST:
		return sizeof(struct memmon_total);
	default:
		return sizeof(struct memmon_slab);
	}
}

static bool next_row(struct memmon_session *session, struct memmon_cursor *cursor, void *row)
{
	struct memmon_ledger *ledger = session->ledger;

	switch (cursor->table) {
	case MEMMON_TABLE_OBJECTS:
		return memmon_ledger_object_row(ledger, &cursor->position, row);
	case MEMMON_TABLE_PAGES:
		return memmon_ledger_page_row(ledger, &cursor->position, row);
	case MEMMON_TABLE_ACCOUNTS:
		return memmon_ledger_account_row(ledger, &cursor->position, row);
	case MEMMON_TABLE_STACKS:
		return memmon_stacks_row(session->stacks, &cursor->position, row);
	case MEMMON_TABLE_TOTALS:
	case MEMMON_TABLE_TOTALS_LAST:
		return memmon_totals_next_row(session->totals,
					      cursor->table == MEMMON_TABLE_TOTALS_LAST,
					      &cursor->position, row);
	default:
		return memmon_slab_row(&cursor->position, row);
	}
}

/* Fills a batch. Return: how many rows. */
static u32 fill_batch(struct memmon_session *session, struct memmon_cursor *cursor, void *batch,
		      u32 capacity)
{
	size_t bytes = row_bytes(cursor->table);
	u32 nr = 0;

	while (nr < capacity && next_row(session, cursor, batch + nr * bytes))
		nr++;
	return nr;
}

/* Copies as many rows as there are and fit. */
static int copy_rows(struct memmon_session *session, struct memmon_cursor *cursor, void *batch)
{
	size_t bytes = row_bytes(cursor->table);
	u32 in_batch = BATCH_BYTES / bytes;
	char __user *to = u64_to_user_ptr(cursor->to);
	u32 nr;

	cursor->nr = 0;
	do {
		u32 capacity = min(in_batch, cursor->capacity - cursor->nr);

		nr = fill_batch(session, cursor, batch, capacity);
		if (copy_to_user(to + cursor->nr * bytes, batch, nr * bytes))
			return -EFAULT;
		cursor->nr += nr;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	} while (nr == in_batch && cursor->nr < cursor->capacity);
	return 0;
}

/* Why a table cannot be read: a negative errno, or 0 if it can. */
static int check_table(const struct memmon_descriptor *d, u32 table)
{
	const struct memmon_session *session = &d->session;

	if (table >= MEMMON_NR_TABLES)
		return -EINVAL;
	if (table == MEMMON_TABLE_SLABS)
		return memmon_slab_is_readable() ? 0 : -EOPNOTSUPP;
	if (!memmon_descriptor_is_set_up(d))
		return -ENODATA;
	if (table == MEMMON_TABLE_STACKS)
		return session->stacks ? 0 : -ENODATA;
	if (table == MEMMON_TABLE_TOTALS || table == MEMMON_TABLE_TOTALS_LAST)
		return session->totals ? 0 : -ENODATA;
	return session->ledger ? 0 : -ENODATA;
}

/**
 * memmon_device_table - MEMMON_IOC_TABLE
 * @d: the descriptor; what it holds once set up stays, so that no lock is needed
 * @argument: struct memmon_cursor of user space
 *
 * Context: process; may sleep. Return: see mem_monitor_ledger.h.
 */
int memmon_device_table(struct memmon_descriptor *d, void __user *argument)
{
	struct memmon_cursor cursor;
	void *batch;
	u32 size;
	int ret;

	ret = memmon_device_get_struct(&cursor, sizeof(cursor), argument, &size);
	if (ret)
		return ret;
	ret = check_table(d, cursor.table);
	if (ret)
		return ret;
	if (cursor.table == MEMMON_TABLE_SLABS && !cursor.position)
		memmon_cache_doubt();
	/* For the rows of stacks, which are too large for the stack; user space sees no old memory. */
	batch = kzalloc(BATCH_BYTES, GFP_KERNEL);
	if (!batch)
		return -ENOMEM;
	ret = copy_rows(&d->session, &cursor, batch);
	kfree(batch);
	return ret ?: memmon_device_put_struct(argument, &cursor, sizeof(cursor), size);
}

/**
 * memmon_device_ledger - MEMMON_IOC_LEDGER
 * @d: the descriptor
 * @argument: struct memmon_ledger_stats of user space
 *
 * Context: process; may sleep. Return: 0, -ENODATA without a ledger, or another negative errno.
 */
int memmon_device_ledger(struct memmon_descriptor *d, void __user *argument)
{
	struct memmon_ledger_stats stats;
	u32 size;
	int ret;

	ret = memmon_device_get_struct(&stats, sizeof(stats), argument, &size);
	if (ret)
		return ret;
	if (!memmon_descriptor_is_set_up(d) || !d->session.ledger)
		return -ENODATA;
	memmon_ledger_balance(d->session.ledger, &stats);
	return memmon_device_put_struct(argument, &stats, sizeof(stats), size);
}
