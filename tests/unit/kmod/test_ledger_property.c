// SPDX-License-Identifier: GPL-2.0
/*
 * Compares a ledger with a plain model of the machine, on events made by chance: objects in a small table that is
 * often full.
 */
#include <stdlib.h>

#include "ledgers.h"
#include "unit.h"

#define NR_ADDRESSES 500
#define NR_SITES 12
#define NR_CGROUPS 3
#define NR_STEPS 60000

/* What is known of an object; the number of its address is that in the array, per-CPU ones have their own. */
struct object {
	bool is_live;
	bool is_queued;
	u32 bytes_req;
	u32 bytes;
	enum memmon_class event_class;
	unsigned int site;
	u64 cgroup;
};

static struct object objects[2][NR_ADDRESSES];
static struct memmon_ledger_stats before;
static u64 nr_seen[MEMMON_NR_LEDGER_COUNTS];

static unsigned int one_in(unsigned int n)
{
	return random() % n;
}

static unsigned long address_of(unsigned int i)
{
	return 0xffff888100000000UL + 192UL * i;
}

static unsigned long site_of(unsigned int i)
{
	return LEDGERS_SITE + 0x123 * i;
}

/* What the last event was counted as: exactly one thing. */
static enum memmon_ledger_count counted(void)
{
	struct memmon_ledger_stats now = ledgers_stats();
	int found = -1;
	unsigned int i;

	for (i = 0; i < MEMMON_NR_LEDGER_COUNTS; i++) {
		if (now.counts[i] == before.counts[i])
			continue;
		assert_int_equal(now.counts[i], before.counts[i] + 1);
		assert_int_equal(found, -1);
		found = i;
	}
	assert_int_not_equal(found, -1);
	before = now;
	nr_seen[found]++;
	return found;
}

static void check(enum memmon_ledger_count expected)
{
	enum memmon_ledger_count count = counted();

	if (count != expected)
		fail_msg("%d instead of %d", count, expected);
}

/* On any CPU, in any context. */
static void move(void)
{
	static const unsigned int contexts[] = { 0, 0, SOFTIRQ_OFFSET, HARDIRQ_OFFSET };

	shim_cpu = one_in(SHIM_NR_CPUS);
	shim_preempt_count = contexts[one_in(ARRAY_SIZE(contexts))];
	current->cgroup = &shim_cgroups[one_in(NR_CGROUPS)];
}

static void bear(struct object *o, unsigned int i, bool is_percpu)
{
	static const enum memmon_class classes[] = { MEMMON_CLASS_KMALLOC, MEMMON_CLASS_CACHE_ALLOC,
						     MEMMON_CLASS_CACHE_ALLOC_BULK,
						     MEMMON_CLASS_KMALLOC_NOLOCK,
						     MEMMON_CLASS_VMALLOC };
	bool was_live = o->is_live;
	u64 live = before.objects;

	*o = (struct object){
		.is_live = true,
		.bytes_req = one_in(1000),
		.bytes = 1000 + one_in(1000),
		.event_class = is_percpu ? MEMMON_CLASS_PERCPU_ALLOC :
					   classes[one_in(ARRAY_SIZE(classes))],
		.site = one_in(NR_SITES),
		.cgroup = shim_preempt_count ? 0 : current->cgroup->id,
	};
	memmon_ledger_submit(o->event_class, site_of(o->site), address_of(i), o->bytes_req,
			     o->bytes, 0xcc0, 0);
	if (was_live) {
		check(MEMMON_LEDGER_REBORN);
		return;
	}
	o->is_live = counted() == MEMMON_LEDGER_BORN;
	/* Only a table that is fairly full refuses. */
	if (!o->is_live)
		assert_in_range(live, before.object_places * 6 / 10, before.object_places);
}

static void bury(struct object *o, unsigned int i, bool is_percpu)
{
	static const enum memmon_class classes[] = {
		MEMMON_CLASS_KFREE,    MEMMON_CLASS_CACHE_FREE,	  MEMMON_CLASS_CACHE_FREE_BULK,
		MEMMON_CLASS_RCU_FREE, MEMMON_CLASS_KFREE_NOLOCK, MEMMON_CLASS_VFREE
	};

	ledgers_free(is_percpu ? MEMMON_CLASS_PERCPU_FREE : classes[one_in(ARRAY_SIZE(classes))],
		     address_of(i));
	check(o->is_live ? MEMMON_LEDGER_FREED : MEMMON_LEDGER_UNKNOWN);
	o->is_live = false;
}

static void amend(struct object *o, unsigned int i)
{
	u32 bytes_req = one_in(1000);

	if (one_in(2)) {
		ledgers_free(MEMMON_CLASS_RCU_QUEUE, address_of(i));
		check(o->is_live ? MEMMON_LEDGER_QUEUED : MEMMON_LEDGER_UNKNOWN);
		o->is_queued = true;
	} else {
		memmon_ledger_submit(MEMMON_CLASS_KREALLOC, 1, address_of(i), bytes_req, 2000, 0,
				     0);
		check(o->is_live ? MEMMON_LEDGER_RESIZED : MEMMON_LEDGER_UNKNOWN);
		o->bytes_req = bytes_req;
	}
}

static void step_objects(unsigned int births_of_ten)
{
	unsigned int i = one_in(NR_ADDRESSES);
	bool is_percpu = !one_in(8);
	struct object *o = &objects[is_percpu][i];

	move();
	if (!is_percpu && !one_in(8))
		amend(o, i);
	else if (!one_in(30))
		memmon_ledger_submit(MEMMON_CLASS_KMALLOC, site_of(0), 0, 1, 0, 0, 0),
			check(MEMMON_LEDGER_FAILED);
	else if (one_in(10) < births_of_ten)
		bear(o, i, is_percpu);
	else
		bury(o, i, is_percpu);
}

/* All rows are of the model, and all of the model are rows. */
static void compare_objects(void)
{
	struct memmon_object row;
	u64 position = 0;
	unsigned int nr = 0, i;

	for (; memmon_ledger_object_row(ledger, &position, &row); nr++) {
		const struct object *o;

		i = (row.address - address_of(0)) / 192;
		assert_in_range(i, 0, NR_ADDRESSES - 1);
		o = &objects[row.event_class == MEMMON_CLASS_PERCPU_ALLOC][i];
		assert_true(o->is_live);
		assert_int_equal(row.address, address_of(i));
		assert_int_equal(row.event_class, o->event_class);
		assert_int_equal(row.bytes_req, o->bytes_req);
		assert_int_equal(row.bytes_alloc, o->bytes);
		assert_int_equal(!!(row.flags & MEMMON_OBJECT_QUEUED), o->is_queued);
		assert_true(!row.queued || row.queued >= row.born);
	}
	for (i = 0; i < 2 * NR_ADDRESSES; i++)
		nr -= objects[i / NR_ADDRESSES][i % NR_ADDRESSES].is_live;
	assert_int_equal(nr, 0);
}

/* What lives of an account, by the model. */
static u64 live_bytes(const struct memmon_account *row, u64 *nr)
{
	u64 bytes = 0;
	unsigned int i;

	for (*nr = 0, i = 0; i < 2 * NR_ADDRESSES; i++) {
		const struct object *o = &objects[i / NR_ADDRESSES][i % NR_ADDRESSES];

		if (!o->is_live || o->event_class != row->event_class || o->cgroup != row->cgroup ||
		    site_of(o->site) != row->call_site)
			continue;
		bytes += o->bytes;
		++*nr;
	}
	return bytes;
}

static void compare_accounts(void)
{
	struct memmon_account row;
	u64 position = 0, nr;

	while (memmon_ledger_account_row(ledger, &position, &row)) {
		if (!row.id)
			continue;
		assert_int_equal(row.born_bytes - row.died_bytes, live_bytes(&row, &nr));
		assert_int_equal(row.born - row.died, nr);
	}
}

static int start(void **state)
{
	unsigned int i;

	(void)state;
	srandom(1);
	ledgers_prepare();
	for (i = 0; i < NR_CGROUPS; i++)
		shim_cgroups[i].id = 10 + i;
	memset(objects, 0, sizeof(objects));
	memset(nr_seen, 0, sizeof(nr_seen));
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_cpu = 0;
	shim_preempt_count = 0;
	return 0;
}

/* The table is small: it fills, is full for a while, and is emptied. */
static void objects_are_as_in_the_model(void **state)
{
	static const enum memmon_ledger_count all[] = {
		MEMMON_LEDGER_BORN,   MEMMON_LEDGER_REBORN, MEMMON_LEDGER_UNTRACKED,
		MEMMON_LEDGER_FREED,  MEMMON_LEDGER_QUEUED, MEMMON_LEDGER_RESIZED,
		MEMMON_LEDGER_FAILED, MEMMON_LEDGER_UNKNOWN
	};
	unsigned int i;

	(void)state;
	ledgers_start(300, 16, 512, 0);
	before = ledgers_stats();
	for (i = 0; i < NR_STEPS; i++) {
		step_objects(i / 5000 % 2 ? 3 : 8);
		if (i % 500)
			continue;
		compare_objects();
		compare_accounts();
		ledgers_check();
	}
	for (i = 0; i < ARRAY_SIZE(all); i++)
		assert_in_range(nr_seen[all[i]], 500, NR_STEPS);
	ledgers_stop();
}

/* Accounts do not suffice: their sums must be right all the same. */
static void too_few_accounts_change_no_sum(void **state)
{
	unsigned int i;

	(void)state;
	ledgers_start(2000, 16, 16, 0);
	before = ledgers_stats();
	for (i = 0; i < NR_STEPS / 4; i++) {
		step_objects(5);
		if (i % 500 == 0)
			ledgers_check();
	}
	assert_int_equal(before.accounts, 15);
	assert_int_equal(before.counts[MEMMON_LEDGER_UNTRACKED], 0);
	ledgers_check();
	ledgers_stop();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(objects_are_as_in_the_model),
		TEST(too_few_accounts_change_no_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
