// SPDX-License-Identifier: GPL-2.0
/* Tests what is read in buddyinfo and pagetypeinfo. */
#include <errno.h>
#include <string.h>

#include "memmon/pages.h"
#include "unit.h"

/* The kernel ends its lines so. */
#define EOL \
	" " \
	"\n"

#define BUDDYINFO                                                                           \
	"Node 0, zone      DMA      0      0      1      0      2      1      1      0" EOL \
	"Node 0, zone   Normal   1341   3103   1779    808    656    389    250    116" EOL \
	"Node 1, zone   Normal      4      0      0      0      0      0      0      3" EOL

#define PAGETYPEINFO                                                                \
	"Page block order: 9\n"                                                     \
	"Pages per block:  512\n"                                                   \
	"\n"                                                                        \
	"Free pages count per migrate type at order       0      1      2" EOL      \
	"Node    0, zone      DMA, type    Unmovable      1      0      2" EOL      \
	"Node    0, zone      DMA, type      Movable      5 >100000      0" EOL     \
	"Node    0, zone   Normal, type    Unmovable      0      0      7" EOL "\n" \
	"Number of blocks type     Unmovable      Movable" EOL                      \
	"Node 0, zone      DMA            1            7" EOL                       \
	"Node 0, zone   Normal          146         1753" EOL "\n"                  \
	"Number of mixed blocks    Unmovable      Movable" EOL                      \
	"Node 0, zone      DMA            9            9" EOL

static void zones_have_blocks_by_order(void **state)
{
	struct memmon_free_lists lists;

	(void)state;
	assert_int_equal(memmon_buddyinfo_parse(BUDDYINFO, strlen(BUDDYINFO), &lists), 0);
	assert_int_equal(lists.nr, 3);
	assert_string_equal(lists.lists[0].zone, "DMA");
	assert_string_equal(lists.lists[0].type, "");
	assert_int_equal(lists.lists[0].nr_orders, 8);
	assert_int_equal(lists.lists[0].blocks[4], 2);
	assert_int_equal(memmon_free_list_pages(&lists.lists[0]), 4 + 32 + 32 + 64);
	assert_int_equal(lists.lists[1].node, 0);
	assert_int_equal(lists.lists[1].blocks[1], 3103);
	assert_int_equal(lists.lists[2].node, 1);
	assert_int_equal(lists.pageblock_pages, 0);
	memmon_free_lists_release(&lists);
	assert_int_equal(lists.nr, 0);
}

static void small_blocks_are_unusable(void **state)
{
	const struct memmon_free_list half = { .nr_orders = 4, .blocks = { 8, 0, 0, 1 } };
	const struct memmon_free_list none = { .nr_orders = 4 };

	(void)state;
	assert_float_equal(memmon_free_list_unusable(&half, 0), 0.0, 0);
	assert_float_equal(memmon_free_list_unusable(&half, 1), 0.5, 0);
	assert_float_equal(memmon_free_list_unusable(&half, 3), 0.5, 0);
	assert_float_equal(memmon_free_list_unusable(&half, 4), 1.0, 0);
	assert_float_equal(memmon_free_list_unusable(&half, 31), 1.0, 0);
	assert_float_equal(memmon_free_list_unusable(&none, 2), 0.0, 0);
}

static void types_have_blocks_and_pageblocks(void **state)
{
	struct memmon_free_lists lists;

	(void)state;
	assert_int_equal(memmon_pagetypeinfo_parse(PAGETYPEINFO, strlen(PAGETYPEINFO), &lists), 0);
	assert_int_equal(lists.nr, 3);
	assert_int_equal(lists.pageblock_pages, 512);
	assert_string_equal(lists.lists[0].type, "Unmovable");
	assert_int_equal(lists.lists[0].blocks[2], 2);
	assert_int_equal(lists.lists[0].pageblocks, 1);
	assert_false(lists.lists[0].is_least);
	assert_string_equal(lists.lists[1].type, "Movable");
	assert_int_equal(lists.lists[1].blocks[1], 100000);
	assert_true(lists.lists[1].is_least);
	assert_int_equal(lists.lists[1].pageblocks, 7);
	assert_string_equal(lists.lists[2].zone, "Normal");
	assert_int_equal(lists.lists[2].pageblocks, 146);
	memmon_free_lists_release(&lists);
}

static void nonsense_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"Node 0, zone\n",
		"Node 0, zone DMA\n",
		"Node 0, zone DMA 1 x\n",
		"Node 0, zone DMA 1 >\n",
		"Node x, zone DMA 1\n",
		"Node 5000000000, zone DMA 1\n",
		"Node 0 zone DMA 1\n",
		"Node 0, zone a_name_that_is_too_long_for_a_zone 1\n",
		"Node 0, zone DMA 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 "
		"28 29 30 31 32 33\n",
		"Node 0, zone DMA 1\nnothing\n",
	};
	static const char *const bad_types[] = {
		"",
		"Pages per block: x\n",
		"Node 0, zone DMA, type\n",
		"Node 0, zone DMA, type Movable\n",
		"Node 0, zone DMA, type Movable 1\nNumber of blocks type Movable\nNode 0, zone DMA x\n",
		"Number of blocks type Movable\nNode 0, zone DMA 1\n",
	};
	struct memmon_free_lists lists;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(memmon_buddyinfo_parse(bad[i], strlen(bad[i]), &lists), -EBADMSG);
	for (size_t i = 0; i < sizeof(bad_types) / sizeof(bad_types[0]); i++)
		assert_int_equal(memmon_pagetypeinfo_parse(bad_types[i], strlen(bad_types[i]),
							   &lists),
				 -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_have_blocks_by_order),
		cmocka_unit_test(small_blocks_are_unusable),
		cmocka_unit_test(types_have_blocks_and_pageblocks),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
