// SPDX-License-Identifier: GPL-2.0
/* Memory of the table of live objects. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "report_live.h"

#define FIRST_BITS 12

static_assert(sizeof(struct live_object) == 32, "two live objects fill a cache line");

static int make_slots(struct live_table *table, unsigned int bits)
{
	size_t nr_slots = (size_t)1 << bits;
	/* Fresh zero pages for a large table, which is never touched where it is not used. */
	struct live_object *slots = calloc(nr_slots, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	table->slots = slots;
	table->shift = 64 - bits;
	table->limit = nr_slots / 8 * 5;
	return 0;
}

int live_table_init(struct live_table *table)
{
	table->nr = 0;
	return make_slots(table, FIRST_BITS);
}

void live_table_exit(struct live_table *table)
{
	free(table->slots);
}

int live_table_grow(struct live_table *table, size_t nr)
{
	struct live_table old = *table;
	unsigned int bits = 64 - table->shift;

	while (((size_t)1 << bits) / 8 * 5 < table->nr + nr)
		bits++;
	if (make_slots(table, bits))
		return -ENOMEM;
	for (size_t i = 0; i <= live_table_mask(&old); i++)
		if (old.slots[i].key)
			*live_table_slot(table, old.slots[i].key) = old.slots[i];
	free(old.slots);
	return 0;
}
