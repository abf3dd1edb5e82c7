// SPDX-License-Identifier: GPL-2.0
/*
 * Births and deaths of blocks of pages. A block can be split, and freed in parts and in any order, and its
 * first page can be born again while others of it still live: so there may be two blocks with one key,
 * and a part that is freed is looked for in the blocks that may contain it.
 */
#include <linux/preempt.h>

#include "ledger_event.h"

static __always_inline unsigned int order_of(const struct memmon_ledger_entry *e)
{
	return MEMMON_PAGE_ORDER(e->class_context_detail >> 16);
}

/**
 * find_block - the block with a certain first page and at least a certain order
 * @t: the table of pages
 * @pfn: its first page
 * @order: of what is freed
 * @is_exact: it must have just this order
 * @place: set if it is found
 *
 * Two blocks with one key lie in one search: memmon_ledger_find() knows only the first.
 */
static notrace bool find_block(const struct memmon_ledger_table *t, unsigned long pfn,
			       unsigned int order, bool is_exact, struct memmon_ledger_place *place)
{
	u64 key = memmon_ledger_page_key(pfn);
	struct memmon_ledger_bucket *bucket = memmon_ledger_home(t, key);
	unsigned int i, way;

	place->home = bucket;
	for (i = 0; i < MEMMON_LEDGER_REACH; i++, bucket++) {
		if (i == 1 && !atomic_read(&place->home->overflow))
			return false;
		for (way = 0; way < MEMMON_LEDGER_WAYS; way++) {
			unsigned int found;

			if (READ_ONCE(bucket->keys[way]) != key)
				continue;
			place->key = &bucket->keys[way];
			place->entry = memmon_ledger_entry(t, bucket, way);
			found = order_of(place->entry);
			if (found == order || (!is_exact && found > order))
				return true;
		}
	}
	return false;
}

/* The block that contains some pages which are not a whole block. */
static notrace bool find_container(struct memmon_ledger *ledger, unsigned long pfn,
				   unsigned int order, struct memmon_ledger_place *place)
{
	unsigned int o;

	for (o = order + 1; o < MEMMON_LEDGER_ORDERS; o++) {
		/* Blocks are aligned to their size, and mostly there are none of an order. */
		if (atomic_read(&ledger->blocks[o]) &&
		    find_block(&ledger->pages, pfn & ~((1UL << o) - 1), o, true, place))
			return true;
	}
	return false;
}

/* Single pages contain no others: nobody asks for them. */
static __always_inline void count_block(struct memmon_ledger *ledger, unsigned int order, int nr)
{
	if (order)
		atomic_add(nr, &ledger->blocks[order]);
}

/* Ends a block that is BUSY by us. */
static notrace void end_block(struct memmon_ledger *ledger, struct memmon_ledger_cpu *cpu,
			      const struct memmon_ledger_place *place)
{
	memmon_ledger_close(cpu, place->entry);
	local64_inc(&cpu->page_deaths);
	count_block(ledger, order_of(place->entry), -1);
	memmon_ledger_vacate(place);
}

/* Some pages of a block are freed, perhaps its last ones. */
static noinline notrace enum memmon_ledger_count free_part(struct memmon_ledger *ledger,
							   struct memmon_ledger_cpu *cpu,
							   const struct memmon_ledger_place *place,
							   unsigned long block, unsigned int order)
{
	struct memmon_ledger_entry *e = place->entry;
	u32 bytes = (u32)PAGE_SIZE << order;

	local64_add(bytes, &cpu->accounts[e->account].died_bytes);
	/*
	 * Other parts may be freed on other CPUs just now. The bytes first: who frees the last page, after
	 * the full barrier of atomic_sub_return(), finds none left.
	 */
	atomic_sub(bytes, (atomic_t *)&e->bytes_alloc);
	if (atomic_sub_return(1U << order, &e->pages_left) > 0)
		return MEMMON_LEDGER_PARTLY_FREED;
	if (!memmon_ledger_seize(place, memmon_ledger_page_key(block)))
		return MEMMON_LEDGER_UNKNOWN;
	end_block(ledger, cpu, place);
	return MEMMON_LEDGER_FREED;
}

static notrace enum memmon_ledger_count bury(struct memmon_ledger *ledger,
					     struct memmon_ledger_cpu *cpu, unsigned long pfn,
					     unsigned int order)
{
	struct memmon_ledger_place place;
	unsigned long block = pfn;

	if (likely(find_block(&ledger->pages, pfn, order, true, &place))) {
		if (unlikely(!memmon_ledger_seize(&place, memmon_ledger_page_key(pfn))))
			return MEMMON_LEDGER_UNKNOWN;
		end_block(ledger, cpu, &place);
		return MEMMON_LEDGER_FREED;
	}
	if (!find_container(ledger, pfn, order, &place))
		return MEMMON_LEDGER_UNKNOWN;
	block &= ~((1UL << order_of(place.entry)) - 1);
	return free_part(ledger, cpu, &place, block, order);
}

/**
 * memmon_ledger_bury_pages - pages are freed
 * @pfn: the first
 * @class_and_detail: event class | MEMMON_PAGE_DETAIL() << 16
 *
 * Context: any.
 */
notrace void memmon_ledger_bury_pages(unsigned long pfn, u32 class_and_detail)
{
	const enum memmon_class event_class = class_and_detail & 0xff;
	unsigned int order = MEMMON_PAGE_ORDER(class_and_detail >> 16);
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	for (ledger = READ_ONCE(memmon_ledger_first); ledger; ledger = READ_ONCE(ledger->next)) {
		struct memmon_ledger_cpu *cpu = this_cpu_ptr(ledger->cpu);

		if (!(ledger->classes & 1U << event_class))
			continue;
		local64_inc(&cpu->seen[event_class]);
		memmon_ledger_inc(cpu, bury(ledger, cpu, pfn, order));
	}
	preempt_enable_notrace();
}

/*
 * A block is born whose first page is alive. If all of the old block is, its death went a way that nobody
 * sees, and the place is the new one's. Return: what the birth is, or MEMMON_LEDGER_BORN if it needs a place.
 */
static noinline notrace enum memmon_ledger_count replace(struct memmon_ledger *ledger,
							 struct memmon_ledger_cpu *cpu,
							 const struct memmon_ledger_place *place,
							 const struct memmon_birth *birth)
{
	const struct memmon_ledger_entry *e = place->entry;

	/* The bulk allocator may take its only page from the one that is traced. */
	if ((birth->class_and_detail & 0xff) == MEMMON_CLASS_PAGE_ALLOC_BULK)
		return MEMMON_LEDGER_DUPLICATE;
	if (atomic_read(&e->pages_left) < 1 << order_of(e) ||
	    !memmon_ledger_seize(place, memmon_ledger_page_key(birth->object)))
		return MEMMON_LEDGER_BORN;
	memmon_ledger_close(cpu, e);
	count_block(ledger, order_of(e), -1);
	return MEMMON_LEDGER_REBORN;
}

static notrace void bear(struct memmon_ledger *ledger, const struct memmon_birth *birth)
{
	const enum memmon_class event_class = birth->class_and_detail & 0xff;
	unsigned int order = MEMMON_PAGE_ORDER(birth->class_and_detail >> 16);
	struct memmon_ledger_cpu *cpu = this_cpu_ptr(ledger->cpu);
	u64 key = memmon_ledger_page_key(birth->object);
	enum memmon_ledger_count count = MEMMON_LEDGER_BORN;
	struct memmon_ledger_place place;

	local64_inc(&cpu->seen[event_class]);
	if (unlikely(memmon_ledger_must_judge(ledger)) && !memmon_ledger_wants(ledger, cpu, birth))
		return;
	if (unlikely(memmon_ledger_find(&ledger->pages, key, &place))) {
		count = replace(ledger, cpu, &place, birth);
		if (count == MEMMON_LEDGER_DUPLICATE) {
			memmon_ledger_inc(cpu, count);
			return;
		}
	}
	if (count == MEMMON_LEDGER_BORN && unlikely(!memmon_ledger_claim(&ledger->pages, &place))) {
		memmon_ledger_lack(cpu, birth->bytes_alloc);
		return;
	}
	memmon_ledger_fill(ledger, cpu, place.entry, birth,
			   event_class | MEMMON_PAGE_DETAIL(order, 0, 0) << 16);
	atomic_set(&place.entry->pages_left, 1 << order);
	if (count == MEMMON_LEDGER_BORN)
		local64_inc(&cpu->page_births);
	count_block(ledger, order, 1);
	memmon_ledger_inc(cpu, count);
	memmon_ledger_publish(&place, key);
}

/**
 * memmon_ledger_bear_pages - a block of pages is born
 * @call_site: return address, or 0
 * @pfn: frame number of its first page
 * @bytes_req: bytes asked for
 * @bytes_alloc: bytes taken
 * @gfp: flags of the request
 * @class_and_detail: event class | MEMMON_PAGE_DETAIL() << 16
 *
 * Context: any.
 */
notrace void memmon_ledger_bear_pages(unsigned long call_site, unsigned long pfn, u32 bytes_req,
				      u32 bytes_alloc, gfp_t gfp, u32 class_and_detail)
{
	const struct memmon_birth birth = {
		.call_site = call_site,
		.object = pfn,
		.bytes_req = bytes_req,
		.bytes_alloc = bytes_alloc,
		.gfp = gfp,
		.class_and_detail = class_and_detail,
		.context = memmon_event_context(),
	};
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	for (ledger = READ_ONCE(memmon_ledger_first); ledger; ledger = READ_ONCE(ledger->next)) {
		if (likely(ledger->classes & 1U << (class_and_detail & 0xff)))
			bear(ledger, &birth);
	}
	preempt_enable_notrace();
}
