// SPDX-License-Identifier: GPL-2.0
/*
 * Births and deaths of blocks of pages. A block can be split, and freed in parts and in any order, and its
 * first page can be born again while others of it still live: so there may be two blocks with one key,
 * and a part that is freed is looked for in the blocks that may contain it.
 */
#include <linux/preempt.h>

#include "ledger_event.h"
#include "totals.h"

/**
 * find_block - the block with a certain first page and a certain order
 * @t: the table of pages
 * @pfn: its first page
 * @order: its order
 * @home: set to the home of its key
 *
 * Two blocks with one key lie in one search: memmon_ledger_find() knows only the first.
 * Return: its place, or NULL.
 */
static notrace u64 *find_block(const struct memmon_ledger_table *t, unsigned long pfn,
			       unsigned int order, struct memmon_ledger_bucket **home)
{
	u64 key = memmon_ledger_page_key(pfn);
	struct memmon_ledger_bucket *bucket = memmon_ledger_home(t, key);
	unsigned int i, way;

	*home = bucket;
	for (i = 0; i < MEMMON_LEDGER_REACH; i++, bucket++) {
		if (i == 1 && !atomic_read(&(*home)->overflow))
			return NULL;
		for (way = 0; way < MEMMON_LEDGER_WAYS; way++) {
			u64 *place = &bucket->keys[way];

			if (READ_ONCE(*place) == key &&
			    memmon_ledger_order(memmon_ledger_entry(t, place)) == order)
				return place;
		}
	}
	return NULL;
}

/**
 * find_container - the block that contains some pages which are not a whole block
 * @ledger: of a session
 * @pfn: the first of the pages
 * @order: of them
 * @home: set to the home of its key
 * @key: set to its key
 * @block_order: set to its order
 *
 * Return: its place, or NULL.
 */
static notrace u64 *find_container(struct memmon_ledger *ledger, unsigned long pfn,
				   unsigned int order, struct memmon_ledger_bucket **home, u64 *key,
				   unsigned int *block_order)
{
	unsigned int o;
	u64 *place;

	for (o = order + 1; o < MEMMON_LEDGER_ORDERS; o++) {
		unsigned long block = pfn & ~((1UL << o) - 1);

		/* Blocks are aligned to their size, and mostly there are none of an order. */
		if (!atomic_read(&ledger->blocks[o]))
			continue;
		*key = memmon_ledger_page_key(block);
		place = find_block(&ledger->pages, block, o, home);
		if (place) {
			*block_order = o;
			return place;
		}
	}
	return NULL;
}

/* Single pages contain no others: nobody asks for them. */
static __always_inline void count_block(struct memmon_ledger *ledger, unsigned int order, int nr)
{
	if (order)
		atomic_add(nr, &ledger->blocks[order]);
}

/* Counts the death of a block in the totals of its session, if there are any. Its place is BUSY by us. */
static notrace void tell_totals(struct memmon_ledger *ledger, const struct memmon_ledger_entry *e)
{
	struct memmon_totals_key birth;

	if (!ledger->totals)
		return;
	/* The cache of a page is none, so that its number does not matter. */
	memmon_totals_find_birth(ledger, e, 0, &birth);
	memmon_totals_bury(ledger->totals, &birth, true, e->bytes_alloc);
}

/* Ends a block, unless somebody else just does. @may_have_totals: a constant. */
static __always_inline enum memmon_ledger_count
end_block(struct memmon_ledger *ledger, struct memmon_ledger_cpu *cpu,
	  struct memmon_ledger_bucket *home, u64 *place, u64 key, const bool may_have_totals)
{
	const struct memmon_ledger_entry *e = memmon_ledger_entry(&ledger->pages, place);

	if (unlikely(!memmon_ledger_seize(place, key)))
		return MEMMON_LEDGER_UNKNOWN;
	memmon_ledger_close(cpu, e);
	if (may_have_totals)
		tell_totals(ledger, e);
	local64_inc(&cpu->page_deaths);
	count_block(ledger, memmon_ledger_order(e), -1);
	memmon_ledger_vacate(home, place);
	return MEMMON_LEDGER_FREED;
}

/*
 * Takes pages away from a block. Those of a small block are known one by one, so that a page that has left
 * it, went to somebody who is not tracked, and is freed again, is not taken for one of its own.
 * @nr: set to how many were still there. Return: whether others are left.
 */
static notrace bool take_away(struct memmon_ledger_entry *e, unsigned int first, unsigned int order,
			      unsigned int *nr)
{
	u32 bits, before;

	*nr = 1U << order;
	if (memmon_ledger_order(e) > MEMMON_LEDGER_BITS_ORDER)
		return atomic_sub_return(*nr, &e->pages_left) > 0;
	bits = memmon_ledger_page_bits(first, order);
	before = atomic_fetch_andnot(bits, &e->pages_left);
	*nr = hweight32(before & bits);
	return !*nr || before & ~bits;
}

/* Some pages are freed that are no block: a part of one, perhaps its last. */
static noinline notrace enum memmon_ledger_count bury_part(struct memmon_ledger *ledger,
							   struct memmon_ledger_cpu *cpu,
							   unsigned long pfn, unsigned int order)
{
	struct memmon_ledger_bucket *home;
	struct memmon_account_counts *counts;
	struct memmon_totals_key birth;
	unsigned int block_order, nr;
	u64 *place, key;
	bool is_left;

	place = find_container(ledger, pfn, order, &home, &key, &block_order);
	if (!place)
		return MEMMON_LEDGER_UNKNOWN;
	/* Before the pages are taken away: whoever takes the last ones frees the place. */
	counts = &cpu->accounts[READ_ONCE(memmon_ledger_entry(&ledger->pages, place)->account)];
	if (ledger->totals)
		memmon_totals_find_birth(ledger, memmon_ledger_entry(&ledger->pages, place), 0,
					 &birth);
	is_left = take_away(memmon_ledger_entry(&ledger->pages, place),
			    pfn & ((1UL << block_order) - 1), order, &nr);
	local64_add((u64)nr << PAGE_SHIFT, &counts->died_bytes);
	if (ledger->totals)
		memmon_totals_bury(ledger->totals, &birth, false, (u64)nr << PAGE_SHIFT);
	if (is_left)
		return nr ? MEMMON_LEDGER_PARTLY_FREED : MEMMON_LEDGER_UNKNOWN;
	if (!memmon_ledger_seize(place, key))
		return MEMMON_LEDGER_UNKNOWN;
	if (ledger->totals)
		memmon_totals_bury(ledger->totals, &birth, true, 0);
	local64_inc(&counts->died);
	local64_inc(&cpu->page_deaths);
	count_block(ledger, block_order, -1);
	memmon_ledger_vacate(home, place);
	return MEMMON_LEDGER_FREED;
}

/**
 * memmon_ledger_bury_block - pages are freed, of any block: with the key of another, behind its home, or of none
 * @ledger: of a session
 * @cpu: what this CPU counts for it
 * @pfn: the first page
 * @order: how many: 2^order
 *
 * Context: any, preemption off. Return: what is to be counted.
 */
noinline notrace enum memmon_ledger_count memmon_ledger_bury_block(struct memmon_ledger *ledger,
								   struct memmon_ledger_cpu *cpu,
								   unsigned long pfn,
								   unsigned int order)
{
	struct memmon_ledger_bucket *home;
	u64 *place = find_block(&ledger->pages, pfn, order, &home);

	if (place)
		return end_block(ledger, cpu, home, place, memmon_ledger_page_key(pfn), true);
	return bury_part(ledger, cpu, pfn, order);
}

static __always_inline enum memmon_ledger_count bury(struct memmon_ledger *ledger,
						     struct memmon_ledger_cpu *cpu,
						     unsigned long pfn, unsigned int order)
{
	u64 key = memmon_ledger_page_key(pfn);
	struct memmon_ledger_bucket *home = memmon_ledger_home(&ledger->pages, key);
	unsigned int way = memmon_ledger_scan(home, key);

	if (likely(way < MEMMON_LEDGER_WAYS) &&
	    likely(memmon_ledger_order(memmon_ledger_entry(&ledger->pages, &home->keys[way])) ==
		   order))
		return end_block(ledger, cpu, home, &home->keys[way], key, false);
	return memmon_ledger_bury_block(ledger, cpu, pfn, order);
}

/**
 * memmon_ledger_bury_pages - pages are freed
 * @pfn: the first
 * @order: how many: 2^order
 *
 * Context: any.
 */
notrace void memmon_ledger_bury_pages(unsigned long pfn, unsigned int order)
{
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	memmon_ledger_for_each(ledger, MEMMON_CLASS_PAGE_FREE) {
		struct memmon_ledger_cpu *cpu = memmon_ledger_see(ledger, MEMMON_CLASS_PAGE_FREE);

		memmon_ledger_inc(cpu, bury(ledger, cpu, pfn, order));
	}
	preempt_enable_notrace();
}

static notrace bool is_whole(const struct memmon_ledger_entry *e)
{
	unsigned int order = memmon_ledger_order(e);

	return memmon_ledger_count_left(order, atomic_read(&e->pages_left)) == 1U << order;
}

/* The block with a key of which no part was freed, or NULL: a new one cannot share its first page with it. */
static notrace u64 *find_whole(const struct memmon_ledger_table *t,
			       struct memmon_ledger_bucket *bucket, u64 key)
{
	unsigned int i, way;

	for (i = 0; i < MEMMON_LEDGER_REACH; i++, bucket++) {
		for (way = 0; way < MEMMON_LEDGER_WAYS; way++) {
			u64 *place = &bucket->keys[way];
			const struct memmon_ledger_entry *e = memmon_ledger_entry(t, place);

			if (READ_ONCE(*place) == key && is_whole(e))
				return place;
		}
	}
	return NULL;
}

/*
 * A block is born whose first page is that of a block that lives. If all of the old one does, its death
 * went a way that nobody sees, and @place is set to its place, which is ours now. Return: what the birth is,
 * BORN if it needs a place.
 */
static noinline notrace enum memmon_ledger_count
replace(struct memmon_ledger *ledger, struct memmon_ledger_cpu *cpu,
	struct memmon_ledger_bucket *home, u64 **place, u64 key, enum memmon_class event_class)
{
	const struct memmon_ledger_entry *e;

	*place = find_whole(&ledger->pages, home, key);
	if (!*place)
		return MEMMON_LEDGER_BORN;
	e = memmon_ledger_entry(&ledger->pages, *place);
	/* The bulk allocator may take its only page from the one that is traced. */
	if (event_class == MEMMON_CLASS_PAGE_ALLOC_BULK && !memmon_ledger_order(e))
		return MEMMON_LEDGER_DUPLICATE;
	if (!memmon_ledger_seize(*place, key))
		return MEMMON_LEDGER_BORN;
	memmon_ledger_close(cpu, e);
	tell_totals(ledger, e);
	count_block(ledger, memmon_ledger_order(e), -1);
	return MEMMON_LEDGER_REBORN;
}

/* Fills and publishes a place that is BUSY by us. */
static __always_inline void enter(struct memmon_ledger *ledger, struct memmon_ledger_cpu *cpu,
				  u64 *place, u64 key, const struct memmon_birth *birth)
{
	struct memmon_ledger_entry *e = memmon_ledger_entry(&ledger->pages, place);
	unsigned int order = MEMMON_PAGE_ORDER(birth->class_context_detail >> 16);

	memmon_ledger_fill(ledger, e, birth,
			   memmon_ledger_open(ledger, cpu, birth, MEMMON_PAGE_DETAIL(order, 0, 0)));
	atomic_set(&e->pages_left, order <= MEMMON_LEDGER_BITS_ORDER ?
					   memmon_ledger_page_bits(0, order) :
					   1U << order);
	count_block(ledger, order, 1);
	memmon_ledger_publish(place, key);
}

static __always_inline enum memmon_ledger_count
bear(struct memmon_ledger *ledger, struct memmon_ledger_cpu *cpu, const struct memmon_birth *birth)
{
	u64 key = memmon_ledger_page_key(birth->object);
	struct memmon_ledger_bucket *home = memmon_ledger_home(&ledger->pages, key);
	enum memmon_ledger_count count = MEMMON_LEDGER_BORN;
	u64 *place = memmon_ledger_find(home, key);

	if (unlikely(place))
		count = replace(ledger, cpu, home, &place, key, birth->class_context_detail & 0xff);
	if (count == MEMMON_LEDGER_BORN) {
		place = memmon_ledger_claim(home);
		if (unlikely(!place)) {
			local64_add(birth->bytes_alloc, &cpu->untracked_bytes);
			return MEMMON_LEDGER_UNTRACKED;
		}
		local64_inc(&cpu->page_births);
	}
	if (count != MEMMON_LEDGER_DUPLICATE)
		enter(ledger, cpu, place, key, birth);
	return count;
}

/**
 * memmon_ledger_enter_block - a block that is wanted is born
 * @ledger: of a session
 * @cpu: what this CPU counts for it
 * @birth: its facts
 *
 * Context: any, preemption off. Return: what is to be counted.
 */
notrace enum memmon_ledger_count memmon_ledger_enter_block(struct memmon_ledger *ledger,
							   struct memmon_ledger_cpu *cpu,
							   const struct memmon_birth *birth)
{
	return bear(ledger, cpu, birth);
}

static __always_inline void bear_all(const struct memmon_birth *birth)
{
	const enum memmon_class event_class = birth->class_context_detail & 0xff;
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	memmon_ledger_for_each(ledger, event_class) {
		struct memmon_ledger_cpu *cpu = memmon_ledger_see(ledger, event_class);

		if (memmon_ledger_admits(ledger, birth))
			memmon_ledger_inc(cpu, bear(ledger, cpu, birth));
	}
	preempt_enable_notrace();
}

/**
 * memmon_ledger_bear_pages - a block of pages is born
 * @event_class: of the event
 * @call_site: return address, or 0
 * @pfn: frame number of its first page
 * @gfp: flags of the request
 * @detail: MEMMON_PAGE_DETAIL()
 *
 * Context: any.
 */
notrace void memmon_ledger_bear_pages(enum memmon_class event_class, unsigned long call_site,
				      unsigned long pfn, gfp_t gfp, u32 detail)
{
	const u32 bytes = (u32)PAGE_SIZE << MEMMON_PAGE_ORDER(detail);
	const struct memmon_birth birth = {
		.call_site = call_site,
		.object = pfn,
		.bytes_req = bytes,
		.bytes_alloc = bytes,
		.gfp = gfp,
		.class_context_detail = event_class | memmon_event_context() << 8 | detail << 16,
	};

	bear_all(&birth);
}

/* The same of class PAGE_ALLOC, which is the frequent one. */
notrace void memmon_ledger_bear_traced_pages(unsigned long pfn, gfp_t gfp, u32 detail)
{
	const u32 bytes = (u32)PAGE_SIZE << MEMMON_PAGE_ORDER(detail);
	const struct memmon_birth birth = {
		.object = pfn,
		.bytes_req = bytes,
		.bytes_alloc = bytes,
		.gfp = gfp,
		.class_context_detail = MEMMON_CLASS_PAGE_ALLOC | memmon_event_context() << 8 |
					detail << 16,
	};

	bear_all(&birth);
}
