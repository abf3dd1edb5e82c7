// SPDX-License-Identifier: GPL-2.0
/* Tests the chain of a cache, the range of objects in use, and where objects are found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slabs_maker.h"
#include "unit.h"

static void assert_adds_up(const struct memmon_slabs_row *row)
{
	const struct memmon_slabs_chain *chain = &row->chain;

	assert_int_equal(chain->total, chain->ends + chain->free + chain->padding + chain->objects);
	assert_int_equal(chain->objects, chain->older + chain->rounding + chain->asked);
	assert_true(row->known <= row->in_use_min);
	assert_true(row->in_use_min <= row->in_use_max);
	assert_true(row->in_use_max <= row->places);
	assert_true(row->empty.known_objects <= row->empty.objects);
	assert_true(row->empty.explained_slabs + row->empty.partly_slabs <= row->empty.slabs);
	assert_true(row->empty.bytes <= chain->total);
}

/* 50 bytes asked for, objects of 60, 64 apart, 60 places of 64 in a page. */
static void the_chain_is_exact(void **state)
{
	const struct memmon_slabs_row *row;
	struct memmon_slabs_input input;
	struct memmon_slabs *slabs;
	struct slabs_maker maker;
	uint32_t cache, account;

	(void)state;
	slabs_maker_init(&maker);
	cache = slabs_maker_cache(&maker, "things", 60);
	account = slabs_maker_account(&maker, "make_thing+0x1", "/a", MEMMON_CLASS_KMALLOC, 0);
	slabs_maker_slab(&maker, cache, 1, 60, 40, 64);
	slabs_maker_place(&maker, account, 0, 3, 50, 60);
	slabs_maker_place(&maker, account, 0, 59, 50, 60);
	slabs_maker_slabinfo(&maker, "things 45 60 64 60 1");
	input = slabs_maker_input(&maker);
	slabs = slabs_maker_join(&input);
	row = slabs_maker_row(slabs, "things");
	assert_int_equal(memmon_slabs_count(slabs), 1);
	assert_int_equal(row->slabs, 1);
	assert_int_equal(row->places, 60);
	assert_int_equal(row->in_use_max, 40);
	assert_int_equal(row->in_use_min, 40);
	assert_true(row->has_kernel_active);
	assert_int_equal(row->kernel_active, 45);
	assert_int_equal(row->known, 2);
	assert_int_equal(row->chain.total, 4096);
	assert_int_equal(row->chain.ends, 4096 - 60 * 64);
	assert_int_equal(row->chain.free, 20 * 64);
	assert_int_equal(row->chain.padding, 40 * 4);
	assert_int_equal(row->chain.objects, 40 * 60);
	assert_int_equal(row->chain.older, 38 * 60);
	assert_int_equal(row->chain.rounding, 2 * 10);
	assert_int_equal(row->chain.asked, 2 * 50);
	assert_int_equal(memmon_slabs_strays(slabs), 0);
	assert_adds_up(row);
	memmon_slabs_destroy(slabs);
	slabs_maker_exit(&maker);
}

/* A slab that a CPU allocates from has all its free objects in use as far as can be seen. */
static void frozen_slabs_make_a_range(void **state)
{
	const struct memmon_slabs_row *row;
	struct memmon_slabs_input input;
	struct memmon_slabs *slabs;
	struct slabs_maker maker;
	uint32_t cache, account;

	(void)state;
	slabs_maker_init(&maker);
	cache = slabs_maker_cache(&maker, "things", 64);
	account = slabs_maker_account(&maker, "site", NULL, MEMMON_CLASS_CACHE_ALLOC, cache);
	slabs_maker_slab(&maker, cache, 1, 64, 64, 64);
	slabs_maker_slab(&maker, cache, 1, 64, 10, 64);
	maker.slabs[0].is_frozen = 1;
	for (uint32_t i = 0; i < 5; i++)
		slabs_maker_place(&maker, account, 0, i, 64, 64);
	slabs_maker_place(&maker, account, 1, 0, 64, 64);
	input = slabs_maker_input(&maker);
	slabs = slabs_maker_join(&input);
	row = slabs_maker_row(slabs, "things");
	assert_int_equal(row->in_use_max, 74);
	assert_int_equal(row->in_use_min, 10 + 5);
	assert_false(row->has_kernel_active);
	/* One of 64 is nearly empty, but the CPU will fill the other one. */
	assert_int_equal(row->empty.slabs, 1);
	assert_adds_up(row);
	memmon_slabs_destroy(slabs);

	/* The one CPU allocates from one of these; of the other one its objects are counted. */
	slabs_maker_slab(&maker, cache, 1, 64, 30, 64);
	maker.slabs[2].is_frozen = 1;
	input = slabs_maker_input(&maker);
	slabs = slabs_maker_join(&input);
	assert_int_equal(slabs_maker_row(slabs, "things")->in_use_max, 104);
	assert_int_equal(slabs_maker_row(slabs, "things")->in_use_min, 104 - 59);
	memmon_slabs_destroy(slabs);
	input.nr_cpus = 2;
	slabs = slabs_maker_join(&input);
	assert_int_equal(slabs_maker_row(slabs, "things")->in_use_min, 104 - 59 - 30);
	memmon_slabs_destroy(slabs);
	slabs_maker_exit(&maker);
}

static void put_file(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/kernel/slab/things/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void make_sys(char *folder)
{
	static const char *const parts[] = { "/kernel", "/kernel/slab", "/kernel/slab/things" };
	char path[256];

	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", folder, parts[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	snprintf(path, sizeof(path), "%s/kernel/slab/others", folder);
	assert_int_equal(symlink("things", path), 0);
	put_file(folder, "object_size", "60\n");
	put_file(folder, "slab_size", "64\n");
	put_file(folder, "objs_per_slab", "64\n");
	put_file(folder, "cpu_slabs", "2 N0=2\n");
}

static void remove_sys(const char *folder)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	assert_int_equal(system(command), 0);
}

/* Sizes, aliases and sheaves come from /sys: 7 objects in 3 sheaves of a CPU, and 10 of a node. */
static void sysfs_tells_sizes_and_sheaves(void **state)
{
	char folder[] = "/tmp/memmon-slabs-XXXXXX";
	const struct memmon_slabs_row *row;
	struct memmon_slabs_input input;
	struct memmon_slabs *slabs;
	struct slabs_maker maker;
	uint32_t cache;

	(void)state;
	make_sys(folder);
	put_file(folder, "sheaf_capacity", "7\n");
	slabs_maker_init(&maker);
	cache = slabs_maker_cache(&maker, "things", 0);
	for (int i = 0; i < 10; i++)
		slabs_maker_slab(&maker, cache, 1, 64, 64, 64);
	input = slabs_maker_input(&maker);
	input.sys = folder;
	slabs = slabs_maker_join(&input);
	row = slabs_maker_row(slabs, "things");
	assert_string_equal(row->aliases, "others");
	assert_int_equal(row->object_bytes, 60);
	assert_int_equal(row->slot_bytes, 64);
	assert_int_equal(row->in_use_max, 640);
	assert_int_equal(row->in_use_min, 640 - 13 * 7);
	assert_int_equal(row->chain.padding, 640 * 4);
	assert_adds_up(row);
	memmon_slabs_destroy(slabs);

	/* Without slabs, those of CPUs are not known one by one: two of 64 places. */
	slabs_maker_slabinfo(&maker, "things 600 640 64 64 1");
	put_file(folder, "sheaf_capacity", "0\n");
	input.has_slabs = false;
	input.nr_slabs = 0;
	slabs = slabs_maker_join(&input);
	row = slabs_maker_row(slabs, "things");
	assert_int_equal(row->in_use_max, 600);
	assert_int_equal(row->in_use_min, 600 - 128);
	assert_int_equal(row->chain.total, 10 * 4096);
	assert_int_equal(row->chain.free, 40 * 64);
	assert_adds_up(row);
	memmon_slabs_destroy(slabs);
	slabs_maker_exit(&maker);
	remove_sys(folder);
}

static void what_is_in_no_slab_is_a_stray(void **state)
{
	struct memmon_slabs_input input;
	struct memmon_slabs *slabs;
	struct slabs_maker maker;
	uint32_t cache, other, account;

	(void)state;
	slabs_maker_init(&maker);
	cache = slabs_maker_cache(&maker, "things", 2048);
	other = slabs_maker_cache(&maker, "others", 2048);
	account = slabs_maker_account(&maker, "site", NULL, MEMMON_CLASS_KMALLOC, 0);
	slabs_maker_slab(&maker, cache, 1, 2, 1, 2048);
	/* Three objects in a slab with two places: one of them is old news, and so is its count. */
	for (uint32_t i = 0; i < 3; i++)
		slabs_maker_place(&maker, account, 0, i % 2, 2000, 2048);
	/* Another cache has the slab now; and no one has the page behind it. */
	slabs_maker_slab(&maker, cache, 1, 2, 1, 2048);
	slabs_maker_place(&maker, account, 1, 0, 2000, 2048)->cache = other;
	slabs_maker_place(&maker, account, 0, 2, 2000, 2048);
	/* No slab objects at all: pages of their own, and a vmalloc. */
	slabs_maker_object(&maker, account, 9000, 16384);
	slabs_maker_object(&maker, account, 100, 4096)->event_class = MEMMON_CLASS_VMALLOC;
	input = slabs_maker_input(&maker);
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_strays(slabs), 3);
	assert_int_equal(slabs_maker_row(slabs, "things")->known, 2);
	assert_int_equal(slabs_maker_row(slabs, "things")->in_use_max, 2 + 1);
	assert_int_equal(slabs_maker_row(slabs, "others")->known, 0);
	assert_adds_up(slabs_maker_row(slabs, "things"));
	memmon_slabs_destroy(slabs);

	input.only = "oth*";
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_count(slabs), 1);
	assert_int_equal(memmon_slabs_total(slabs)->chain.total, 0);
	memmon_slabs_destroy(slabs);
	slabs_maker_exit(&maker);
}

/* A recording knows neither slabs nor which family of caches served a kmalloc. */
static void families_are_one_without_slabs(void **state)
{
	const struct memmon_slabs_row *row;
	struct memmon_slabs_input input;
	struct memmon_slabs *slabs;
	struct slabs_maker maker;
	uint32_t account;

	(void)state;
	slabs_maker_init(&maker);
	account = slabs_maker_account(&maker, "site", NULL, MEMMON_CLASS_KMALLOC, 0);
	slabs_maker_object(&maker, account, 1000, 1024);
	slabs_maker_object(&maker, account, 9000, 16384);
	slabs_maker_slabinfo(&maker, "kmalloc-1k 10 16 1024 16 4\n"
				     "kmalloc-cg-1k 5 16 1024 16 4\n"
				     "kmalloc-rnd-03-1k 1 16 1024 16 4\n"
				     "dma-kmalloc-1k 0 0 1024 16 4\n"
				     "kmalloc-1kx 1 16 1024 16 4\n"
				     "dentry 21 43 192 21 1");
	input = slabs_maker_input(&maker);
	input.has_slabs = false;
	input.nr_slabs = 0;
	input.cache = NULL;
	slabs = slabs_maker_join(&input);
	assert_int_equal(memmon_slabs_count(slabs), 3);
	row = slabs_maker_row(slabs, "kmalloc-1k");
	assert_true(row->is_size_class);
	assert_int_equal(row->kernel_active, 16);
	assert_int_equal(row->places, 48);
	assert_int_equal(row->known, 1);
	assert_int_equal(row->chain.rounding, 24);
	assert_int_equal(row->chain.total, 3 * 16384);
	assert_false(slabs_maker_row(slabs, "dentry")->is_size_class);
	assert_int_equal(slabs_maker_row(slabs, "dentry")->in_use_max, 21);
	assert_int_equal(slabs_maker_row(slabs, "dentry")->slabs, 3);
	for (size_t i = 0; i < memmon_slabs_count(slabs); i++)
		assert_adds_up(memmon_slabs_at(slabs, i));
	memmon_slabs_destroy(slabs);
	slabs_maker_exit(&maker);
}

/* Whatever the machine looks like: nothing is counted twice, or lost. */
static void make_machine(struct slabs_maker *maker, unsigned int seed)
{
	static const uint32_t sizes[] = { 32, 100, 256, 700, 2048 };
	uint32_t account[5], cache[5];
	char name[16];

	srand(seed);
	for (uint32_t i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "cache-%u", i);
		cache[i] = slabs_maker_cache(maker, name, sizes[i]);
		account[i] = slabs_maker_account(maker, i % 2 ? "odd" : "even", i < 2 ? "/a" : "/b",
						 MEMMON_CLASS_CACHE_ALLOC, cache[i]);
	}
	for (int i = 0; i < 200; i++) {
		uint32_t at = (uint32_t)rand() % 5, pages = 1U << rand() % 3;
		uint32_t slot = sizes[at] + (uint32_t)rand() % 2 * 8;
		uint16_t objects = (uint16_t)(pages * MAKER_PAGE_BYTES / slot);
		uint16_t in_use = (uint16_t)(rand() % (objects + 1));
		size_t slab = slabs_maker_slab(maker, cache[at], pages, objects, in_use, slot);

		maker->slabs[slab].is_frozen = rand() % 10 == 0;
		/* Now and then more than there were when the slab was looked at. */
		for (uint32_t place = 0; place < objects && place < in_use + 1u; place++)
			if (rand() % 3 == 0)
				slabs_maker_place(maker, account[at], slab, place,
						  1 + (uint32_t)rand() % sizes[at], sizes[at])
					->tgid = (uint32_t)rand() % 4;
	}
}

static void check_sums(struct memmon_slabs *slabs, size_t nr_slabs)
{
	const struct memmon_slabs_row *total = memmon_slabs_total(slabs);
	uint64_t objects = 0, alone = 0, pinned = 0, in_cgroups = 0;
	struct memmon_slabs_holder *holders;
	struct memmon_slabs_cgroup *cgroups;
	struct memmon_slabs_pin *pins;
	size_t nr;

	for (size_t i = 0; i < memmon_slabs_count(slabs); i++)
		assert_adds_up(memmon_slabs_at(slabs, i));
	assert_adds_up(total);
	assert_int_equal(total->slabs, nr_slabs);
	assert_int_equal(memmon_slabs_holders(slabs, "*", MEMMON_SLABS_BY_PROCESS, &holders, &nr),
			 0);
	for (size_t i = 0; i < nr; i++)
		objects += holders[i].sum.objects;
	free(holders);
	assert_int_equal(objects, total->known);
	assert_int_equal(memmon_slabs_pins(slabs, &pins, &nr), 0);
	for (size_t i = 0; i < nr; i++) {
		uint64_t of_pinners = 0;

		for (size_t who = 0; who < pins[i].nr_who; who++)
			of_pinners += pins[i].who[who].objects;
		assert_int_equal(of_pinners, pins[i].sum.objects);
		pinned += pins[i].sum.objects;
		alone += pins[i].slabs_alone;
		assert_true(pins[i].slabs <= pins[i].sum.objects);
	}
	free(pins);
	assert_int_equal(pinned, total->empty.known_objects);
	/* In these caches each slab has one call site. */
	assert_int_equal(alone, total->empty.explained_slabs);
	assert_int_equal(memmon_slabs_cgroups(slabs, &cgroups, &nr), 0);
	for (size_t i = 0; i < nr; i++)
		in_cgroups += cgroups[i].sum.objects;
	free(cgroups);
	assert_int_equal(in_cgroups, total->known);
}

static void all_sums_hold(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= 20; seed++) {
		struct memmon_slabs_input input;
		struct memmon_slabs *slabs;
		struct slabs_maker maker;

		slabs_maker_init(&maker);
		make_machine(&maker, seed);
		input = slabs_maker_input(&maker);
		slabs = slabs_maker_join(&input);
		assert_int_equal(memmon_slabs_strays(slabs), 0);
		check_sums(slabs, maker.nr_slabs);
		memmon_slabs_destroy(slabs);
		slabs_maker_exit(&maker);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_chain_is_exact),
		cmocka_unit_test(frozen_slabs_make_a_range),
		cmocka_unit_test(sysfs_tells_sizes_and_sheaves),
		cmocka_unit_test(what_is_in_no_slab_is_a_stray),
		cmocka_unit_test(families_are_one_without_slabs),
		cmocka_unit_test(all_sums_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
