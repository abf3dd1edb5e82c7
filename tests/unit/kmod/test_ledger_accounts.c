// SPDX-License-Identifier: GPL-2.0
/* Tests whose a ledger says that something is: accounts, filters, stacks, caches, and several ledgers. */
#include "cache.h"
#include "ledgers.h"
#include "module_watch.h"
#include "sieve.h"
#include "stack.h"
#include "unit.h"

#define OBJECT 0xffff888101234500UL
#define PLACES 200

static int start(void **state)
{
	(void)state;
	ledgers_prepare();
	ledgers_start(PLACES, PLACES, 64, 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	ledgers_check();
	if (ledger->sieve)
		memmon_sieve_destroy(ledger->sieve);
	ledgers_stop();
	return 0;
}

/* The account of what is alive of a site; @id is set to its number. */
static u64 live_of(unsigned long site, u64 cgroup, enum memmon_class event_class, u32 *id)
{
	struct memmon_account row;
	u64 position = 0, live = 0;

	while (memmon_ledger_account_row(ledger, &position, &row)) {
		if (row.call_site != site || row.cgroup != cgroup || row.event_class != event_class)
			continue;
		live += row.born - row.died;
		*id = row.id;
	}
	return live;
}

static void accounts_are_by_site_class_and_cgroup(void **state)
{
	struct memmon_object row;
	u32 id = 0;

	(void)state;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT + 128);
	ledgers_alloc(MEMMON_CLASS_CACHE_ALLOC, OBJECT + 256);
	current->cgroup = NULL;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT + 384);
	current->cgroup = &shim_cgroups[1];
	shim_preempt_count = HARDIRQ_OFFSET;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT + 512);
	ledgers_free(MEMMON_CLASS_KFREE, OBJECT + 128);
	shim_preempt_count = 0;
	assert_int_equal(live_of(LEDGERS_SITE, 77, MEMMON_CLASS_CACHE_ALLOC, &id), 1);
	assert_int_equal(live_of(LEDGERS_SITE, 1, MEMMON_CLASS_KMALLOC, &id), 1);
	assert_int_equal(live_of(LEDGERS_SITE, 0, MEMMON_CLASS_KMALLOC, &id), 1);
	assert_int_equal(live_of(LEDGERS_SITE, 77, MEMMON_CLASS_KMALLOC, &id), 1);
	assert_true(ledgers_find(OBJECT, &row));
	assert_int_equal(row.account, id);
	assert_int_equal(ledgers_stats().accounts, 4);
}

static void what_has_no_account_belongs_to_the_first(void **state)
{
	struct memmon_account row;
	unsigned int i;
	u64 position = 0;

	(void)state;
	for (i = 0; i < 100; i++)
		memmon_ledger_submit(MEMMON_CLASS_KMALLOC, LEDGERS_SITE + 16 * i, OBJECT + 128 * i,
				     100, 128, 0, 0);
	assert_in_range(ledgers_stats().accounts, 55, 63);
	assert_true(memmon_ledger_account_row(ledger, &position, &row));
	assert_int_equal(row.id, 0);
	assert_int_equal(row.born, 100 - ledgers_stats().accounts);
	assert_int_equal(row.call_site, 0);
}

static struct module leaving = {
	.name = "leaver",
	.mem = { { (void *)LEDGERS_SITE, 16 }, { (void *)(LEDGERS_SITE + 0x1000), 16 } },
};

/* What of a site was named; @nr is set to the number of its accounts. */
static const char *name_of(unsigned long site, unsigned int *nr)
{
	static struct memmon_account row;
	static char name[MEMMON_SITE_NAME_BYTES];
	u64 position = 0;

	name[0] = '\0';
	for (*nr = 0; memmon_ledger_account_row(ledger, &position, &row);) {
		if (row.call_site != site)
			continue;
		if (row.site_name[0])
			memcpy(name, row.site_name, sizeof(name));
		++*nr;
	}
	return name;
}

static void code_that_goes_leaves_its_name(void **state)
{
	unsigned int nr;

	(void)state;
	assert_int_equal(memmon_module_watch_init(), 0);
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	memmon_ledger_submit(MEMMON_CLASS_KMALLOC, LEDGERS_SITE + 0x1000, OBJECT + 128, 1, 8, 0, 0);
	memmon_ledger_submit(MEMMON_CLASS_KMALLOC, LEDGERS_SITE + 15, OBJECT + 256, 1, 8, 0, 0);
	memmon_ledger_submit(MEMMON_CLASS_KMALLOC, LEDGERS_SITE + 16, OBJECT + 384, 1, 8, 0, 0);
	shim_module_change(1, &leaving); /* MODULE_STATE_COMING */
	assert_string_equal(name_of(LEDGERS_SITE + 0x1000, &nr), "");
	/* It is there; the code of its init function goes. */
	shim_module_change(MODULE_STATE_LIVE, &leaving);
	assert_string_equal(name_of(LEDGERS_SITE + 0x1000, &nr),
			    "function_ffffffff81235567+0x12/0x34 [leaver]");
	assert_string_equal(name_of(LEDGERS_SITE, &nr), "");
	/* It goes itself, also out of ledgers that are not enabled any more. */
	memmon_ledger_remove(ledger);
	leaving.mem[MOD_INIT_TEXT].size = 0;
	shim_module_change(MODULE_STATE_GOING, &leaving);
	memmon_ledger_add(ledger);
	assert_string_equal(name_of(LEDGERS_SITE, &nr),
			    "function_ffffffff81234567+0x12/0x34 [leaver]");
	assert_string_equal(name_of(LEDGERS_SITE + 15, &nr),
			    "function_ffffffff81234576+0x12/0x34 [leaver]");
	assert_string_equal(name_of(LEDGERS_SITE + 16, &nr), "");
	/* Another module at the same address has another account; the old objects die in the old one. */
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT + 512);
	name_of(LEDGERS_SITE, &nr);
	assert_int_equal(nr, 2);
	ledgers_free(MEMMON_CLASS_KFREE, OBJECT);
	ledgers_check();
	memmon_module_watch_exit();
	assert_false(shim_has_notifier());
}

static void without_a_notifier_there_is_no_watch(void **state)
{
	(void)state;
	shim_notifier_error = -ENOMEM;
	assert_int_equal(memmon_module_watch_init(), -ENOMEM);
	shim_notifier_error = 0;
}

static void set_filter(struct memmon_filter filter)
{
	assert_int_equal(memmon_sieve_create(&filter, &ledger->sieve), 0);
}

static void only_births_are_filtered(void **state)
{
	struct memmon_ledger_stats stats;

	(void)state;
	set_filter((struct memmon_filter){ .conditions = 1U << MEMMON_FILTERED_TGID, .tgid = 300 });
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	ledgers_alloc_pages(8, 1);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 2);
	current->tgid = 301;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT + 128);
	ledgers_alloc_pages(16, 1);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 0);
	stats = ledgers_stats();
	assert_int_equal(stats.filtered[MEMMON_FILTERED_TGID], 2);
	/* Whoever frees. */
	ledgers_free(MEMMON_CLASS_KFREE, OBJECT);
	ledgers_free_pages(8, 1);
	ledgers_check_counted(MEMMON_LEDGER_FREED, 2);
	ledgers_free(MEMMON_CLASS_KFREE, OBJECT + 128);
	ledgers_free_pages(16, 1);
	ledgers_check_counted(MEMMON_LEDGER_UNKNOWN, 2);
}

static void the_cache_of_a_kmalloc_is_looked_up(void **state)
{
	static struct kmem_cache s = { .name = "kmalloc-128", .object_size = 128 };
	struct memmon_object row;

	(void)state;
	shim_pages[3] = (struct page){ .is_slab = true, .slab_cache = &s };
	ledgers_alloc(MEMMON_CLASS_KMALLOC, (unsigned long)page_address(&shim_pages[3]) + 256);
	assert_true(ledgers_find((unsigned long)page_address(&shim_pages[3]) + 256, &row));
	assert_int_equal(row.detail, memmon_cache_lookup(&s).id);
}

static void births_bring_their_stack(void **state)
{
	struct memmon_object row;
	struct memmon_stack stack;
	u64 position = 0;

	stop(state);
	ledgers_start(PLACES, PLACES, 64, 16);
	shim_frames[0] = LEDGERS_SITE;
	shim_frames[1] = 5;
	shim_nr_frames = 2;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	shim_nr_frames = 0;
	assert_true(ledgers_find(OBJECT, &row));
	assert_true(memmon_stacks_row(ledger->stacks, &position, &stack));
	assert_int_equal(row.stack, stack.id);
	assert_int_equal(stack.nr_frames, 2);
	assert_int_equal(ledgers_stats().stacks, 1);
	assert_int_equal(ledgers_stats().stack_places, 16);
}

static void lack_of_memory_leaves_nothing_behind(void **state)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_LEDGER,
		.ledger_objects = 10,
		.ledger_pages = 10,
		.ledger_accounts = 4,
	};
	u64 before = memmon_ledger_total_bytes();
	struct memmon_ledger *other;
	int left = 0;

	(void)state;
	for (;; left++) {
		shim_allocations_left = left;
		if (!memmon_ledger_create(&options, &other))
			break;
		assert_int_equal(memmon_ledger_total_bytes(), before);
	}
	shim_allocations_left = -1;
	assert_true(left > 5);
	assert_int_equal(memmon_ledger_total_bytes(), before + memmon_ledger_bytes(&options));
	memmon_ledger_destroy(other);
	memmon_ledger_destroy(NULL);
}

/* Each of several ledgers sees all; none sees what is not of its classes, or after its end. */
static void ledgers_do_not_know_each_other(void **state)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_LEDGER,
		.classes = 1U << MEMMON_CLASS_KMALLOC,
		.ledger_objects = 10,
		.ledger_pages = 10,
		.ledger_accounts = 4,
	};
	struct memmon_ledger_stats stats;
	struct memmon_ledger *other;

	(void)state;
	assert_int_equal(memmon_ledger_create(&options, &other), 0);
	memmon_ledger_add(other);
	current->tgid = 301; /* not who has made it */
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	ledgers_free(MEMMON_CLASS_KFREE, OBJECT);
	memmon_ledger_balance(other, &stats);
	assert_int_equal(stats.objects, 1);
	assert_int_equal(stats.seen[MEMMON_CLASS_KFREE], 0);
	current->tgid = 300;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT + 128);
	memmon_ledger_balance(other, &stats);
	assert_int_equal(stats.filtered[MEMMON_FILTERED_SELF], 1);
	memmon_ledger_remove(other);
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT + 256);
	memmon_ledger_balance(other, &stats);
	assert_int_equal(stats.seen[MEMMON_CLASS_KMALLOC], 2);
	memmon_ledger_destroy(other);
	assert_int_equal(ledgers_stats().objects, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(accounts_are_by_site_class_and_cgroup),
		TEST(what_has_no_account_belongs_to_the_first),
		TEST(code_that_goes_leaves_its_name),
		TEST(without_a_notifier_there_is_no_watch),
		TEST(only_births_are_filtered),
		TEST(the_cache_of_a_kmalloc_is_looked_up),
		TEST(births_bring_their_stack),
		TEST(lack_of_memory_leaves_nothing_behind),
		TEST(ledgers_do_not_know_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
