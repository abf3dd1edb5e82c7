/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects that are live at the moment: an open-addressing table with linear probing, keyed by
 * address or page frame number. What is removed leaves no trace, so that its size follows the greatest
 * number of objects that were live at one time.
 */
#ifndef MEMMON_REPORT_LIVE_H
#define MEMMON_REPORT_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report_memory.h"

/**
 * struct live_object - an allocated object
 * @key: its address or page frame number; 0 marks a free slot
 * @time: of the request, ticks
 * @row: that it counts for
 * @bytes: taken
 * @cpu: of the request
 * @order: of a block of pages
 * @is_piece: what is left of a block that was freed in part; it is no object of its own any more
 *
 * Two of them fill a cache line.
 */
struct live_object {
	uint64_t key;
	uint64_t time;
	uint32_t row;
	uint32_t bytes;
	uint32_t cpu;
	uint8_t order;
	bool is_piece;
};

/**
 * struct live_table - all of them
 * @slots: 1 << (64 - @shift) of them
 * @limit: how many may be used before it must grow
 */
struct live_table {
	struct live_object *slots;
	size_t nr;
	size_t limit;
	unsigned int shift;
};

/* Return: 0 or -ENOMEM. */
int live_table_init(struct live_table *table);
void live_table_exit(struct live_table *table);

/* Makes room for @nr more. Return: 0 or -ENOMEM. */
int live_table_grow(struct live_table *table, size_t nr);

static inline size_t live_table_mask(const struct live_table *table)
{
	return ((size_t)1 << (64 - table->shift)) - 1;
}

static inline size_t live_table_home(const struct live_table *table, uint64_t key)
{
	return report_hash(key) >> table->shift;
}

static inline void live_table_prefetch(const struct live_table *table, uint64_t key)
{
	__builtin_prefetch(&table->slots[live_table_home(table, key)], 1);
}

static inline int live_table_reserve(struct live_table *table, size_t nr)
{
	return likely(table->nr + nr <= table->limit) ? 0 : live_table_grow(table, nr);
}

/*
 * The slot of @key, or the free one where it belongs: its key tells. Pointers into the table are valid
 * until it grows or something is removed.
 */
static inline struct live_object *live_table_slot(const struct live_table *table, uint64_t key)
{
	size_t mask = live_table_mask(table);
	size_t at = live_table_home(table, key);

	while (table->slots[at].key && table->slots[at].key != key)
		at = (at + 1) & mask;
	return &table->slots[at];
}

/* Removes an object, and moves those up that had to make way for it. */
static inline void live_table_remove(struct live_table *table, struct live_object *object)
{
	size_t mask = live_table_mask(table);
	size_t hole = (size_t)(object - table->slots);
	size_t at = hole;

	table->nr--;
	for (;;) {
		at = (at + 1) & mask;
		if (!table->slots[at].key)
			break;
		if (((at - live_table_home(table, table->slots[at].key)) & mask) >=
		    ((at - hole) & mask)) {
			table->slots[hole] = table->slots[at];
			hole = at;
		}
	}
	table->slots[hole].key = 0;
}

#endif
