// SPDX-License-Identifier: GPL-2.0
/* Tests who is said to hold objects and slabs: pins, holders, advice, cgroups, samples. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "slabs_maker.h"
#include "unit.h"

static int setup(void **state)
{
	struct slabs_maker *maker = calloc(1, sizeof(*maker));

	slabs_maker_init(maker);
	*state = maker;
	return 0;
}

static int teardown(void **state)
{
	slabs_maker_exit(*state);
	free(*state);
	return 0;
}

static const struct memmon_slabs_pin *pin_of(const struct memmon_slabs_pin *pins, size_t nr,
					     const char *site)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(pins[i].site, site))
			return &pins[i];
	fail_msg("no pin of %s", site);
	return NULL;
}

/* Twelve slabs with one object each, one shared with another call site, one that is not explained. */
static void make_pins(struct slabs_maker *maker)
{
	uint32_t cache = slabs_maker_cache(maker, "inodes", 1000);
	uint32_t site =
		slabs_maker_account(maker, "alloc_inode", "/a", MEMMON_CLASS_CACHE_ALLOC, cache);
	uint32_t other =
		slabs_maker_account(maker, "alloc_other", "/a", MEMMON_CLASS_CACHE_ALLOC, cache);
	struct memmon_held *held;

	for (uint32_t i = 0; i < 12; i++) {
		slabs_maker_slab(maker, cache, 8, 32, 1, 1024);
		held = slabs_maker_place(maker, site, i, i, 1000, 1000);
		held->age_ns = 1000 + i;
		held->tgid = i < 9 ? 42 : 43;
	}
	/* Shared; not explained; too full; full and known, but a CPU is about to fill it. */
	slabs_maker_slab(maker, cache, 8, 32, 2, 1024);
	slabs_maker_place(maker, site, 12, 0, 1000, 1000);
	slabs_maker_place(maker, other, 12, 1, 1000, 1000)->queued_ns = 5;
	slabs_maker_slab(maker, cache, 8, 32, 8, 1024);
	slabs_maker_slab(maker, cache, 8, 32, 9, 1024);
	slabs_maker_place(maker, site, 14, 0, 1000, 1000);
	maker->slabs[slabs_maker_slab(maker, cache, 8, 32, 1, 1024)].is_frozen = 1;
	slabs_maker_place(maker, site, 15, 0, 1000, 1000);
}

static void nearly_empty_slabs_are_counted(void **state)
{
	struct slabs_maker *maker = *state;
	struct memmon_slabs_input input;
	const struct memmon_slabs_empty *empty;
	struct memmon_slabs_pin *pins;
	struct memmon_slabs *slabs;
	size_t nr;

	make_pins(maker);
	input = slabs_maker_input(maker);
	slabs = slabs_maker_join(&input);
	empty = &slabs_maker_row(slabs, "inodes")->empty;
	assert_int_equal(empty->slabs, 14);
	assert_int_equal(empty->explained_slabs, 13);
	assert_int_equal(empty->partly_slabs, 0);
	assert_int_equal(empty->objects, 12 + 2 + 8);
	assert_int_equal(empty->known_objects, 14);
	assert_int_equal(empty->bytes, 14 * 32768);
	assert_int_equal(empty->explained_bytes, 13 * 32768);
	memmon_slabs_destroy(slabs);

	/* Where pages are is not known: neither is who is in them, but what is held is. */
	input.page_offset = 0;
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_pins(slabs, &pins, &nr), -ENODATA);
	assert_int_equal(slabs_maker_row(slabs, "inodes")->known, 16);
	memmon_slabs_destroy(slabs);
}

static void pins_are_counted_exactly(void **state)
{
	struct slabs_maker *maker = *state;
	struct memmon_slabs_input input;
	const struct memmon_slabs_pin *pin;
	struct memmon_slabs_pin *pins;
	struct memmon_slabs *slabs;
	size_t nr;

	make_pins(maker);
	input = slabs_maker_input(maker);
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_pins(slabs, &pins, &nr), 0);
	assert_int_equal(nr, 2);
	pin = pin_of(pins, nr, "alloc_inode");
	assert_int_equal(pin->sum.objects, 13);
	assert_int_equal(pin->sum.queued, 0);
	assert_int_equal(pin->slabs, 13);
	assert_int_equal(pin->slabs_alone, 12);
	assert_int_equal(pin->bytes, 13 * 32768);
	assert_int_equal(pin->sum.youngest_ns, 1000);
	assert_int_equal(pin->sum.oldest_ns, 1011);
	assert_int_equal(pin->nr_who, 2);
	assert_string_equal(pin->who[0].name, "cat (42)");
	assert_int_equal(pin->who[0].objects, 10);
	assert_string_equal(pin->who[1].name, "cat (43)");
	assert_int_equal(pin->who[1].objects, 3);
	pin = pin_of(pins, nr, "alloc_other");
	assert_int_equal(pin->sum.queued, 1);
	assert_int_equal(pin->slabs_alone, 0);
	free(pins);
	memmon_slabs_destroy(slabs);
}

static const struct memmon_slabs_holder *holder_of(const struct memmon_slabs_holder *holders,
						   size_t nr, const char *site, const char *who)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(holders[i].site, site) && !strcmp(holders[i].who, who))
			return &holders[i];
	fail_msg("no holder %s %s", site, who);
	return NULL;
}

static void holders_are_told_apart(void **state)
{
	struct slabs_maker *maker = *state;
	uint32_t cache = slabs_maker_cache(maker, "dentry", 192);
	uint32_t other = slabs_maker_cache(maker, "other", 192);
	/* The same call site, in two cgroups: two accounts. */
	uint32_t one = slabs_maker_account(maker, "d_alloc", "/a", MEMMON_CLASS_CACHE_ALLOC, cache);
	uint32_t two = slabs_maker_account(maker, "d_alloc", NULL, MEMMON_CLASS_CACHE_ALLOC, cache);
	uint32_t not_meant = slabs_maker_account(maker, "x", "/a", MEMMON_CLASS_CACHE_ALLOC, other);
	struct memmon_slabs_holder *holders;
	struct memmon_slabs_input input;
	struct memmon_slabs *slabs;
	struct memmon_held *held;
	size_t nr;

	slabs_maker_slab(maker, cache, 1, 21, 21, 192);
	slabs_maker_slab(maker, other, 1, 21, 21, 192);
	slabs_maker_place(maker, one, 0, 0, 192, 192)->age_ns = 7;
	slabs_maker_place(maker, one, 0, 1, 192, 192)->age_ns = 9;
	slabs_maker_place(maker, not_meant, 1, 0, 192, 192);
	/* An interrupt: who was interrupted is no holder. */
	held = slabs_maker_place(maker, two, 0, 2, 192, 192);
	held->context = MEMMON_CONTEXT_SOFTIRQ;
	input = slabs_maker_input(maker);
	slabs = slabs_maker_join(&input);

	assert_int_equal(
		memmon_slabs_holders(slabs, "den*", MEMMON_SLABS_BY_PROCESS, &holders, &nr), 0);
	assert_int_equal(nr, 2);
	assert_int_equal(holder_of(holders, nr, "d_alloc", "cat (42)")->sum.objects, 2);
	assert_int_equal(holder_of(holders, nr, "d_alloc", "cat (42)")->sum.taken_bytes, 384);
	assert_int_equal(holder_of(holders, nr, "d_alloc", "cat (42)")->sum.oldest_ns, 9);
	assert_int_equal(holder_of(holders, nr, "d_alloc", "cat (42)")->sum.youngest_ns, 7);
	assert_int_equal(holder_of(holders, nr, "d_alloc", "(softirq)")->sum.objects, 1);
	free(holders);
	assert_int_equal(
		memmon_slabs_holders(slabs, "dentry", MEMMON_SLABS_BY_CGROUP, &holders, &nr), 0);
	assert_int_equal(nr, 2);
	assert_int_equal(holder_of(holders, nr, "d_alloc", "/a")->sum.objects, 2);
	assert_int_equal(holder_of(holders, nr, "d_alloc", "(none)")->sum.objects, 1);
	free(holders);
	assert_int_equal(memmon_slabs_holders(slabs, "*", MEMMON_SLABS_BY_SITE, &holders, &nr), 0);
	assert_int_equal(nr, 2);
	assert_int_equal(holder_of(holders, nr, "d_alloc", "")->sum.objects, 3);
	free(holders);
	memmon_slabs_destroy(slabs);

	input.snapshot = NULL;
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_holders(slabs, "*", MEMMON_SLABS_BY_PROCESS, &holders, &nr),
			 -ENODATA);
	memmon_slabs_destroy(slabs);
}

static const struct memmon_slabs_advice *advice_of(const struct memmon_slabs_advice *advice,
						   size_t nr, uint64_t class_bytes)
{
	for (size_t i = 0; i < nr; i++)
		if (advice[i].class_bytes == class_bytes)
			return &advice[i];
	fail_msg("no advice on %u", (unsigned int)class_bytes);
	return NULL;
}

static void advice_fits(void **state)
{
	struct slabs_maker *maker = *state;
	uint32_t site = slabs_maker_account(maker, "site", "/a", MEMMON_CLASS_KMALLOC, 0);
	uint32_t full = slabs_maker_account(maker, "full", "/a", MEMMON_CLASS_KMALLOC, 0);
	uint32_t cache = slabs_maker_cache(maker, "own", 100);
	uint32_t own = slabs_maker_account(maker, "own", "/a", MEMMON_CLASS_CACHE_ALLOC, cache);
	struct memmon_slabs_advice *advice;
	struct memmon_slabs_input input;
	struct memmon_slabs *slabs;
	size_t nr;

	/* Of 128 bytes, 65 to 67 are asked for: 72 would fit. What waits for RCU needs no place. */
	for (uint32_t i = 0; i < 10; i++)
		slabs_maker_object(maker, site, 65 + i % 3, 128);
	slabs_maker_object(maker, site, 120, 128)->queued_ns = 3;
	/* Whole pages, of which 3 would do instead of 4. A class that is full. A cache of its own. */
	slabs_maker_object(maker, site, 9000, 16384);
	slabs_maker_object(maker, full, 60, 64);
	slabs_maker_object(maker, own, 50, 100);
	maker->snapshot->accounts[site].born = 1000;
	maker->snapshot->accounts[site].born_bytes = 130000;
	input = slabs_maker_input(maker);
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_advise(slabs, &advice, &nr), 0);
	assert_int_equal(nr, 2);
	assert_int_equal(advice_of(advice, nr, 128)->sum.objects, 10);
	assert_int_equal(advice_of(advice, nr, 128)->asked_min, 65);
	assert_int_equal(advice_of(advice, nr, 128)->asked_max, 67);
	assert_int_equal(advice_of(advice, nr, 128)->fit_bytes, 72);
	assert_int_equal(advice_of(advice, nr, 128)->saved_bytes, 10 * (128 - 72));
	assert_int_equal(advice_of(advice, nr, 128)->born, 1000);
	assert_int_equal(advice_of(advice, nr, 128)->born_bytes, 130000);
	assert_int_equal(advice_of(advice, nr, 16384)->fit_bytes, 12288);
	assert_int_equal(advice_of(advice, nr, 16384)->saved_bytes, 4096);
	free(advice);
	memmon_slabs_destroy(slabs);
}

static const struct memmon_slabs_cgroup *cgroup_of(const struct memmon_slabs_cgroup *rows,
						   size_t nr, const char *cgroup, const char *cache)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(rows[i].cgroup, cgroup) && !strcmp(rows[i].cache, cache))
			return &rows[i];
	fail_msg("no row %s %s", cgroup, cache);
	return NULL;
}

/* Accounts of kmalloc do not tell their cache: what they hold does, or their mean size, or nothing. */
static void cgroups_have_all_that_was_asked_for(void **state)
{
	struct slabs_maker *maker = *state;
	uint32_t dentry = slabs_maker_cache(maker, "dentry", 192);
	uint32_t gone = slabs_maker_cache(maker, "gone", 100);
	uint32_t kmalloc = slabs_maker_cache(maker, "kmalloc-cg-64", 64);
	uint32_t in_dentry =
		slabs_maker_account(maker, "a", "/a", MEMMON_CLASS_CACHE_ALLOC, dentry);
	uint32_t in_gone = slabs_maker_account(maker, "b", "/a", MEMMON_CLASS_CACHE_ALLOC, gone);
	uint32_t held = slabs_maker_account(maker, "c", "/b", MEMMON_CLASS_KMALLOC, 0);
	uint32_t freed = slabs_maker_account(maker, "d", "/b", MEMMON_CLASS_KMALLOC, 0);
	uint32_t mixed = slabs_maker_account(maker, "e", "/b", MEMMON_CLASS_KMALLOC, 0);
	uint32_t vmalloc = slabs_maker_account(maker, "f", "/b", MEMMON_CLASS_VMALLOC, 0);
	struct memmon_held_account *accounts = maker->snapshot->accounts;
	const struct memmon_slabs_cgroup *row;
	struct memmon_slabs_cgroup *rows;
	struct memmon_slabs_input input;
	struct memmon_slabs *slabs;
	size_t nr;

	slabs_maker_slab(maker, dentry, 1, 21, 21, 192);
	slabs_maker_slab(maker, kmalloc, 1, 64, 64, 64);
	slabs_maker_place(maker, in_dentry, 0, 0, 192, 192);
	slabs_maker_place(maker, held, 1, 0, 50, 64);
	accounts[in_dentry].born = 100;
	accounts[in_dentry].born_bytes = 19200;
	accounts[in_gone].born = 3;
	accounts[in_gone].born_bytes = 300;
	accounts[held].born = 10;
	accounts[held].born_bytes = 640;
	accounts[freed].born = 5;
	accounts[freed].born_bytes = 5 * 96;
	accounts[mixed].born = 2;
	accounts[mixed].born_bytes = 64 + 96;
	accounts[vmalloc].born = 1;
	accounts[vmalloc].born_bytes = 4096;
	input = slabs_maker_input(maker);
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_cgroups(slabs, &rows, &nr), 0);
	assert_int_equal(nr, 5);
	row = cgroup_of(rows, nr, "/a", "dentry");
	assert_int_equal(row->sum.objects, 1);
	assert_int_equal(row->born, 100);
	assert_int_equal(row->born_bytes, 19200);
	assert_false(row->is_size_class);
	assert_int_equal(cgroup_of(rows, nr, "/a", "gone")->born_bytes, 300);
	row = cgroup_of(rows, nr, "/b", "kmalloc-cg-64");
	assert_int_equal(row->sum.taken_bytes, 64);
	assert_int_equal(row->born_bytes, 640);
	assert_false(row->is_size_class);
	row = cgroup_of(rows, nr, "/b", "kmalloc-96");
	assert_int_equal(row->born, 5);
	assert_true(row->is_size_class);
	assert_int_equal(cgroup_of(rows, nr, "/b", "(kmalloc)")->born_bytes, 160);
	free(rows);
	memmon_slabs_destroy(slabs);
}

/* Objects of one size in two caches: which one served those that are gone is not known. */
static void cgroups_do_not_guess_a_cache(void **state)
{
	struct slabs_maker *maker = *state;
	uint32_t plain = slabs_maker_cache(maker, "kmalloc-64", 64);
	uint32_t charged = slabs_maker_cache(maker, "kmalloc-cg-64", 64);
	uint32_t site = slabs_maker_account(maker, "a", "/a", MEMMON_CLASS_KMALLOC, 0);
	struct memmon_slabs_cgroup *rows;
	struct memmon_slabs_input input;
	struct memmon_slabs *slabs;
	size_t nr;

	slabs_maker_slab(maker, plain, 1, 64, 64, 64);
	slabs_maker_slab(maker, charged, 1, 64, 64, 64);
	slabs_maker_place(maker, site, 0, 0, 50, 64);
	slabs_maker_place(maker, site, 1, 0, 50, 64);
	input = slabs_maker_input(maker);
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_cgroups(slabs, &rows, &nr), 0);
	assert_int_equal(nr, 3);
	assert_int_equal(cgroup_of(rows, nr, "/a", "kmalloc-cg-64")->born, 0);
	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(rows[i].is_size_class, rows[i].born == 2);
		assert_int_equal(rows[i].sum.objects, rows[i].is_size_class ? 0 : 1);
	}
	free(rows);
	memmon_slabs_destroy(slabs);
}

static void samples_say_how_wrong_they_are(void **state)
{
	struct slabs_maker *maker = *state;
	uint32_t cache = slabs_maker_cache(maker, "things", 100);
	uint32_t site = slabs_maker_account(maker, "s", "/a", MEMMON_CLASS_CACHE_ALLOC, cache);
	struct memmon_slabs_holder *holders;
	struct memmon_slabs_input input;
	struct memmon_slabs *slabs;
	size_t nr;

	slabs_maker_slab(maker, cache, 1, 40, 40, 100);
	for (uint32_t i = 0; i < 25; i++)
		slabs_maker_place(maker, site, 0, i, 100, 100);
	input = slabs_maker_input(maker);
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_one_in(slabs), 1);
	memmon_slabs_destroy(slabs);

	maker->snapshot->books.filter.conditions = 1U << MEMMON_FILTERED_SAMPLE;
	maker->snapshot->books.filter.sample_one_in = 4;
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_one_in(slabs), 4);
	assert_int_equal(memmon_slabs_holders(slabs, "*", MEMMON_SLABS_BY_SITE, &holders, &nr), 0);
	assert_int_equal(nr, 1);
	/* 1.96 * sqrt(25 * 100^2 * 3/4) * 4 */
	assert_true(fabs(memmon_slabs_error(&holders[0].sum, 4) - 3394.82) < 0.01);
	assert_true(memmon_slabs_error(&holders[0].sum, 1) == 0);
	free(holders);
	memmon_slabs_destroy(slabs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nearly_empty_slabs_are_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(pins_are_counted_exactly, setup, teardown),
		cmocka_unit_test_setup_teardown(holders_are_told_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(advice_fits, setup, teardown),
		cmocka_unit_test_setup_teardown(cgroups_have_all_that_was_asked_for, setup,
						teardown),
		cmocka_unit_test_setup_teardown(cgroups_do_not_guess_a_cache, setup, teardown),
		cmocka_unit_test_setup_teardown(samples_say_how_wrong_they_are, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
