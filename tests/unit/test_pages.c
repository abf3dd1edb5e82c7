// SPDX-License-Identifier: GPL-2.0
/* Tests who has pages, and which requests for pages went wrong, on made-up events and snapshots. */
#include <errno.h>
#include <string.h>

#include "fake_reader.h"
#include "memmon/pages.h"
#include "pages_internal.h"
#include "unit.h"

#define NODE(node) ((uint32_t)(node) << MEMMON_PID_BITS)

static const struct memmon_value_name types[] = { { 0, "Unmovable" }, { 1, "Movable" } };

static struct memmon_pages *make(struct fake_reader *fake, enum memmon_pages_key key)
{
	struct memmon_pages *pages;

	fake_reader_init(fake);
	fake->machine.migratetypes = types;
	fake->machine.nr_migratetypes = 2;
	assert_int_equal(memmon_pages_create(&fake->reader, key, &pages), 0);
	return pages;
}

static void take(struct memmon_pages *pages, uint32_t cpu, struct memmon_record record)
{
	const struct memmon_event event = { .record = &record, .cpu = cpu };

	assert_int_equal(memmon_pages_take(pages, &event, 1), 0);
}

#define TAKE(cpu, ...) take(pages, cpu, (struct memmon_record){ __VA_ARGS__ })

/* A snapshot of some blocks, without anything that names what is in it. */
static void hold(struct memmon_pages *pages, struct memmon_held *held, size_t nr)
{
	struct memmon_held_account account = { .section = MEMMON_SECTION_PAGES };
	const struct memmon_snapshot snapshot = {
		.held = { [MEMMON_SECTION_PAGES] = held },
		.nr_held = { [MEMMON_SECTION_PAGES] = nr },
		.accounts = &account,
		.nr_accounts = 1,
	};

	assert_int_equal(memmon_pages_hold(pages, &snapshot), 0);
}

static void assert_row(const struct memmon_pages *pages, size_t i, const char *name,
		       uint64_t blocks, uint64_t bytes, uint64_t born_blocks, uint64_t born_bytes)
{
	const struct memmon_pages_row *rows;
	size_t nr;

	rows = memmon_pages_rows(pages, &nr);
	assert_true(i < nr);
	assert_string_equal(rows[i].name, name);
	assert_int_equal(rows[i].blocks, blocks);
	assert_int_equal(rows[i].bytes, bytes);
	assert_int_equal(rows[i].born_blocks, born_blocks);
	assert_int_equal(rows[i].born_bytes, born_bytes);
}

static void keys_have_names(void **state)
{
	enum memmon_pages_key key;

	(void)state;
	assert_int_equal(memmon_pages_key_find("migratetype", &key), 0);
	assert_int_equal(key, MEMMON_PAGES_KEY_MIGRATETYPE);
	assert_string_equal(memmon_pages_key_name(key), "migratetype");
	assert_int_equal(memmon_pages_key_find("cache", &key), -ENOENT);
}

/* The same two blocks under each key that events know. */
static void rows_join_events_and_what_is_held(void **state)
{
	static const struct {
		enum memmon_pages_key key;
		const char *large, *small;
	} cases[] = {
		{ MEMMON_PAGES_KEY_ORDER, "3", "0" },
		{ MEMMON_PAGES_KEY_MIGRATETYPE, "Movable", "Unmovable" },
		{ MEMMON_PAGES_KEY_NODE, "1", "0" },
		{ MEMMON_PAGES_KEY_ZONE, "Normal", "DMA" },
		{ MEMMON_PAGES_KEY_PROCESS, "sh (7)", "(softirq)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct memmon_held held = {
			.event_class = MEMMON_CLASS_PAGE_ALLOC,
			.bytes_alloc = 20480,
			.order = 3,
			.zone = 2,
			.migratetype = 1,
			.node = 1,
			.tgid = 7,
			.comm = "sh",
		};
		struct fake_reader fake;
		struct memmon_pages *pages = make(&fake, cases[i].key);

		TAKE(4, .event_class = MEMMON_CLASS_PAGE_ALLOC, .object = 8, .bytes_alloc = 32768,
		     .detail = MEMMON_PAGE_DETAIL(3, 2, 1), .pid_node = NODE(1), .tgid = 7,
		     .comm = "sh");
		TAKE(0, .event_class = MEMMON_CLASS_PAGE_ALLOC, .object = 16, .bytes_alloc = 4096,
		     .context = MEMMON_CONTEXT_SOFTIRQ);
		TAKE(0, .event_class = MEMMON_CLASS_PAGE_FREE, .object = 16, .bytes_alloc = 4096);
		TAKE(0, .event_class = MEMMON_CLASS_KMALLOC, .object = 4096, .bytes_alloc = 4096);
		hold(pages, &held, 1);
		assert_true(memmon_pages_knows_born(pages));
		assert_row(pages, 0, cases[i].large, 1, 20480, 1, 32768);
		assert_row(pages, 1, cases[i].small, 0, 0, 1, 4096);
		assert_int_equal(memmon_pages_total(pages)->held.born_bytes, 36864);
		assert_int_equal(memmon_pages_total(pages)->requests, 2);
		memmon_pages_destroy(pages);
	}
}

static void uses_are_told(void **state)
{
	struct memmon_held held[] = {
		{ .bytes_alloc = 1, .flags = MEMMON_OBJECT_IN_SLAB },
		{ .bytes_alloc = 2, .flags = MEMMON_OBJECT_LARGE },
		{ .bytes_alloc = 3, .flags = MEMMON_OBJECT_ANON },
		{ .bytes_alloc = 4, .flags = MEMMON_OBJECT_FILE },
		{ .bytes_alloc = 5, .flags = MEMMON_OBJECT_PAGE_TABLE },
		{ .bytes_alloc = 6 },
	};
	static const char *const names[] = { "other kernel", "page table",    "page cache",
					     "anonymous",    "large kmalloc", "slab" };
	struct fake_reader fake;
	struct memmon_pages *pages = make(&fake, MEMMON_PAGES_KEY_USE);

	(void)state;
	TAKE(0, .event_class = MEMMON_CLASS_PAGE_ALLOC, .object = 8, .bytes_alloc = 4096);
	hold(pages, held, 6);
	assert_false(memmon_pages_knows_born(pages));
	for (size_t i = 0; i < 6; i++)
		assert_row(pages, i, names[i], 1, 6 - i, 0, 0);
	memmon_pages_destroy(pages);
}

static void troubles_have_a_process(void **state)
{
	const struct memmon_pages_trouble *troubles;
	const struct memmon_pages_total *total;
	struct fake_reader fake;
	struct memmon_pages *pages = make(&fake, MEMMON_PAGES_KEY_ORDER);
	size_t nr;

	(void)state;
	/* CPUs 0 to 3 are on node 0, the others on node 1. */
	TAKE(0, .event_class = MEMMON_CLASS_PAGE_ALLOC, .object = 8, .bytes_alloc = 4096,
	     .pid_node = NODE(1), .tgid = 1, .comm = "a");
	TAKE(7, .event_class = MEMMON_CLASS_PAGE_ALLOC_BULK, .object = 9, .bytes_alloc = 4096,
	     .pid_node = NODE(0), .tgid = 1, .comm = "a");
	TAKE(7, .event_class = MEMMON_CLASS_PAGE_ALLOC, .object = 10, .bytes_alloc = 4096,
	     .pid_node = NODE(1), .tgid = 2, .comm = "b");
	TAKE(0, .event_class = MEMMON_CLASS_PAGE_ALLOC, .pid_node = NODE(MEMMON_NODE_UNKNOWN),
	     .detail = MEMMON_PAGE_DETAIL(9, 0, 0), .tgid = 3, .comm = "c");
	hold(pages, NULL, 0);
	total = memmon_pages_total(pages);
	assert_true(total->has_nodes);
	assert_int_equal(total->requests, 4);
	assert_int_equal(total->trouble.failed, 1);
	assert_int_equal(total->failed[9], 1);
	assert_int_equal(total->trouble.remote, 2);
	assert_int_equal(total->trouble.remote_bytes, 8192);
	troubles = memmon_pages_troubles(pages, &nr);
	assert_int_equal(nr, 2);
	assert_string_equal(troubles[0].name, "a (1)");
	assert_int_equal(troubles[0].remote, 2);
	assert_string_equal(troubles[1].name, "c (3)");
	assert_int_equal(troubles[1].failed, 1);
	memmon_pages_destroy(pages);
}

static void broken_blocks_are_counted_by_kind(void **state)
{
	const struct memmon_pages_broken *broken;
	struct fake_reader fake;
	struct memmon_pages *pages = make(&fake, MEMMON_PAGES_KEY_ORDER);
	size_t nr;

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		TAKE(0, .event_class = MEMMON_CLASS_PAGE_EXTFRAG, .object = 8, .tgid = 1,
		     .detail = MEMMON_PAGE_DETAIL(i == 4 ? 2 : 0, i % 3, 1),
		     .gfp = MEMMON_PAGE_DETAIL(9, 0, 0), .comm = "a");
	hold(pages, NULL, 0);
	broken = memmon_pages_broken(pages, &nr);
	assert_int_equal(nr, 2);
	assert_int_equal(broken[0].events, 4);
	assert_int_equal(broken[0].order, 0);
	assert_int_equal(broken[0].from_order, 9);
	assert_string_equal(broken[0].type, "Movable");
	assert_string_equal(broken[0].from_type, "Unmovable");
	assert_int_equal(broken[1].order, 2);
	assert_int_equal(memmon_pages_total(pages)->trouble.broken, 5);
	assert_int_equal(memmon_pages_total(pages)->requests, 0);
	memmon_pages_destroy(pages);
}

/* One page in bulk is told of twice, unless it was freed between. */
static void a_page_in_bulk_counts_once(void **state)
{
	const struct memmon_record page = { .event_class = MEMMON_CLASS_PAGE_ALLOC,
					    .object = 9,
					    .pid_node = 5,
					    .bytes_alloc = 4096 };
	struct memmon_record bulk = page, other = page;
	struct fake_reader fake;
	struct memmon_pages *pages = make(&fake, MEMMON_PAGES_KEY_ORDER);

	(void)state;
	bulk.event_class = MEMMON_CLASS_PAGE_ALLOC_BULK;
	other = bulk;
	other.object = 10;
	take(pages, 0, page);
	take(pages, 0, bulk);
	assert_int_equal(memmon_pages_total(pages)->requests, 1);
	take(pages, 0, other);
	assert_int_equal(memmon_pages_total(pages)->requests, 2);
	take(pages, 0, page);
	TAKE(0, .event_class = MEMMON_CLASS_PAGE_FREE, .object = 9);
	take(pages, 0, bulk);
	assert_int_equal(memmon_pages_total(pages)->requests, 4);
	take(pages, 0, page);
	bulk.pid_node = 6;
	take(pages, 0, bulk);
	assert_int_equal(memmon_pages_total(pages)->requests, 6);
	memmon_pages_destroy(pages);
}

static void the_allocators_own_functions(void **state)
{
	static const char *const own[] = { "__alloc_pages+0x1d2", "alloc_pages_noprof+0x5a",
					   "get_free_pages_noprof+0x11",
					   "__alloc_pages_slowpath.constprop.0+0xb2c",
					   "get_page_from_freelist" };
	static const char *const others[] = {
		"allocate_slab+0x1f", "alloc_pages_of_mine+0x3", "alloc_pages+0x5a [driver]",
		"pte_alloc_one+0x14", "0xffffffff81000000",	 ""
	};

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		assert_true(pages_is_wrapper(own[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(pages_is_wrapper(others[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_have_names),
		cmocka_unit_test(rows_join_events_and_what_is_held),
		cmocka_unit_test(uses_are_told),
		cmocka_unit_test(troubles_have_a_process),
		cmocka_unit_test(broken_blocks_are_counted_by_kind),
		cmocka_unit_test(a_page_in_bulk_counts_once),
		cmocka_unit_test(the_allocators_own_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
