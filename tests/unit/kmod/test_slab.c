// SPDX-License-Identifier: GPL-2.0
/* Tests the walk over slabs, the calibration of their counters, and what pages are said to be used for. */
#include "cache.h"
#include "layout.h"
#include "shim.h"
#include "slab.h"
#include "unit.h"

#define OBJECT_BYTES 1000
/* In the two pages of a slab. */
#define OBJECTS 8

static struct kmem_cache *s;
static void *objects[3 * OBJECTS];

static int start(void **state)
{
	(void)state;
	shim_allocations_left = -1;
	shim_has_signal = false;
	shim_kfence = NULL;
	shim_kfence_samples = false;
	shim_slabs_do_not_count = false;
	memmon_layout.name_offset = offsetof(struct kmem_cache, name);
	memmon_layout.slab_cache_offset = offsetof(struct page, slab_cache);
	memmon_slab_layout.counters_offset = -1;
	memmon_slab_layout.cache_of_caches = NULL;
	memmon_cache_init();
	return 0;
}

/* A cache with three slabs, of which the second has one object, and the third is allocated from. */
static int start_with_slabs(void **state)
{
	unsigned int i;

	start(state);
	assert_int_equal(memmon_slab_find_layout(), 0);
	s = kmem_cache_create("test-slabs", OBJECT_BYTES, 0, 0, NULL);
	for (i = 0; i < 2 * OBJECTS + 1; i++)
		objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
	for (i = OBJECTS; i < 2 * OBJECTS - 1; i++)
		kmem_cache_free(s, objects[i]);
	return 0;
}

static int stop_with_slabs(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < OBJECTS; i++)
		kmem_cache_free(s, objects[i]);
	kmem_cache_free(s, objects[2 * OBJECTS - 1]);
	kmem_cache_free(s, objects[2 * OBJECTS]);
	kmem_cache_destroy(s);
	memset(shim_pages, 0, sizeof(shim_pages[0]) * SHIM_NR_PAGES / 2);
	return 0;
}

static void finds_the_counters(void **state)
{
	(void)state;
	assert_false(memmon_slab_is_readable());
	assert_int_equal(memmon_slab_find_layout(), 0);
	assert_true(memmon_slab_is_readable());
	assert_int_equal(memmon_slab_layout.counters_offset, offsetof(struct page, counters));
	assert_string_equal(memmon_slab_state(), "calibrated");
}

static void unknown_counters_are_no_error(void **state)
{
	struct memmon_slab row;
	u64 position = 0;

	(void)state;
	shim_slabs_do_not_count = true;
	assert_int_equal(memmon_slab_find_layout(), 0);
	assert_false(memmon_slab_is_readable());
	assert_non_null(strstr(memmon_slab_state(), "unavailable"));
	assert_false(memmon_slab_row(&position, &row));
}

static void without_the_cache_of_a_slab_nothing_is_found(void **state)
{
	(void)state;
	memmon_layout.slab_cache_offset = -1;
	assert_int_equal(memmon_slab_find_layout(), 0);
	assert_false(memmon_slab_is_readable());
	assert_non_null(strstr(memmon_slab_state(), "the cache of a test slab"));
}

/* After a failure all is given back: the shim says so when the cache is destroyed. */
static void lack_of_memory_is_survived(void **state)
{
	int left, ret;

	for (left = 0; left < 14; left++) {
		start(state);
		shim_allocations_left = left;
		ret = memmon_slab_find_layout();
		assert_int_equal(ret, left < 2 ? -ENOMEM : 0);
		/* Two objects are no two slabs that differ. */
		assert_int_equal(memmon_slab_is_readable(), left > 7);
	}
}

static void objects_of_kfence_show_nothing(void **state)
{
	(void)state;
	shim_kfence = shim_memory + 3 * PAGE_SIZE;
	shim_kfence_samples = true;
	assert_int_equal(memmon_slab_find_layout(), 0);
	assert_false(memmon_slab_is_readable());
}

static struct page *first_of(const void *object)
{
	return virt_to_head_page(object);
}

/* Looks for the slab of an object among the rows. Return: whether it is there, once. */
static bool find_row(const void *object, struct memmon_slab *found)
{
	struct memmon_slab row;
	unsigned int nr = 0;
	u64 position = 0;

	while (memmon_slab_row(&position, &row)) {
		assert_true(row.pfn < position);
		if (row.pfn != page_to_pfn(first_of(object)))
			continue;
		*found = row;
		nr++;
	}
	assert_in_range(nr, 0, 1);
	return nr;
}

static void check_row(const void *object, unsigned int in_use, bool is_frozen)
{
	char name[MEMMON_CACHE_NAME_BYTES];
	struct memmon_slab row;

	assert_true(find_row(object, &row));
	memmon_cache_name(row.cache, name);
	assert_string_equal(name, "test-slabs");
	assert_int_equal(row.pages, 2);
	assert_int_equal(row.objects, OBJECTS);
	assert_int_equal(row.in_use, in_use);
	assert_int_equal(row.is_frozen, is_frozen);
	assert_int_equal(row.node, first_of(object)->node);
}

static void rows_say_what_is_in_use(void **state)
{
	(void)state;
	first_of(objects[0])->node = 3;
	check_row(objects[0], OBJECTS, false);
	check_row(objects[2 * OBJECTS - 1], 1, false);
	check_row(objects[2 * OBJECTS], OBJECTS, true);
	kmem_cache_shrink(s);
	check_row(objects[2 * OBJECTS], 1, false);
}

static unsigned int count_rows(void)
{
	struct memmon_slab row;
	unsigned int nr = 0;
	u64 position = 0;

	for (; memmon_slab_row(&position, &row); nr++)
		assert_int_equal(memmon_slab_page_flags(row.pfn), MEMMON_OBJECT_IN_SLAB);
	assert_true(position > SHIM_NR_PAGES);
	return nr;
}

static void what_is_no_slab_is_no_row(void **state)
{
	unsigned int nr = count_rows(), i;

	(void)state;
	assert_true(nr >= 4); /* the slab of the caches is one, too */
	/* The page frame number of page 7 is 8. Inside these blocks nothing is looked at. */
	shim_pages[7] = (struct page){ .is_buddy = true, .private = 3 };
	for (i = 8; i < 15; i++)
		shim_pages[i] =
			(struct page){ .is_slab = true, .slab_cache = s, .counters = 1 << 16 };
	assert_int_equal(count_rows(), nr);
	/* A free block that is just taken apart says nonsense; then all pages are looked at. */
	shim_pages[7].private = 1000;
	assert_int_equal(count_rows(), nr + 7);
	shim_pages[7].private = 4;
	assert_int_equal(count_rows(), nr + 7);
}

static void garbage_is_not_followed(void **state)
{
	static struct kmem_cache elsewhere;
	unsigned int nr = count_rows();
	struct kmem_cache *const garbage[] = {
		NULL,	      (void *)8,  (void *)((char *)s + 1),
		(void *)~7UL, &elsewhere, (void *)shim_memory,
		objects[0],
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(garbage); i++) {
		shim_pages[21] = (struct page){ .is_slab = true,
						.slab_cache = garbage[i],
						.counters = 1 << 16 };
		assert_int_equal(count_rows(), nr);
	}
	shim_pages[21].slab_cache = s;
	assert_int_equal(count_rows(), nr + 1);
	shim_pages[21].counters = 2 | 1 << 16; /* more in use than there are */
	assert_int_equal(count_rows(), nr);
	shim_pages[21].counters = 0; /* not set up yet */
	assert_int_equal(count_rows(), nr);
}

static void kfence_and_holes_are_left_out(void **state)
{
	unsigned int nr = count_rows(), i;

	(void)state;
	shim_pages[21] = (struct page){ .is_slab = true, .slab_cache = s, .counters = 1 << 16 };
	assert_int_equal(count_rows(), nr + 1);
	shim_kfence = shim_memory + 21 * PAGE_SIZE;
	assert_int_equal(count_rows(), nr);
	shim_kfence = NULL;
	/* Page frames 8 to 15. */
	shim_pages[21].is_slab = false;
	for (i = 7; i < 15; i++) {
		shim_pages[i] = (struct page){
			.is_slab = true, .slab_cache = s, .counters = 1 << 16, .is_missing = true
		};
	}
	shim_pages[15] = (struct page){ .is_slab = true, .slab_cache = s, .counters = 1 << 16 };
	assert_int_equal(count_rows(), nr + 1);
	assert_int_equal(memmon_slab_page_flags(8), 0);
	assert_int_equal(memmon_slab_page_flags(1 << 20), 0);
}

static struct page *changing;

static void stop_being_a_slab(void)
{
	changing->is_slab = false;
}

static void become_a_slab_of_another(void)
{
	changing->slab_cache = (struct kmem_cache *)memmon_slab_layout.cache_of_caches;
}

/* A slab that goes while it is read is no row, nor is its cache believed. */
static void what_changes_meanwhile_is_left_out(void **state)
{
	static void (*const handlers[])(void) = { stop_being_a_slab, become_a_slab_of_another };
	unsigned int point = 0, i;
	struct memmon_slab row;

	(void)state;
	changing = first_of(objects[0]);
	for (i = 0; i < 2 * 8; i++) {
		u64 position = page_to_pfn(changing);

		shim_interrupt_at(point, handlers[i % 2]);
		if (memmon_slab_row(&position, &row) && !shim_interrupt_cancel())
			assert_int_not_equal(row.pfn, page_to_pfn(changing));
		changing->is_slab = true;
		changing->slab_cache = s;
		point += i % 2;
	}
	check_row(objects[0], OBJECTS, false);
}

static void pages_are_used_for_something(void **state)
{
	struct page *page = &shim_pages[2];

	(void)state;
	assert_int_equal(memmon_slab_page_flags(page_to_pfn(page)), 0);
	page->mapping = shim_memory;
	assert_int_equal(memmon_slab_page_flags(page_to_pfn(page)), MEMMON_OBJECT_FILE);
	page->mapping = shim_memory + 1;
	assert_int_equal(memmon_slab_page_flags(page_to_pfn(page)), MEMMON_OBJECT_ANON);
	page->mapping = shim_memory + 2; /* neither: somebody's own flag */
	assert_int_equal(memmon_slab_page_flags(page_to_pfn(page)), 0);
	page->mapping = shim_memory;
	page->is_table = true;
	assert_int_equal(memmon_slab_page_flags(page_to_pfn(page)), MEMMON_OBJECT_PAGE_TABLE);
	page->is_slab = true;
	assert_int_equal(memmon_slab_page_flags(page_to_pfn(page)), MEMMON_OBJECT_IN_SLAB);
	*page = (struct page){ .is_buddy = true, .mapping = shim_memory };
	assert_int_equal(memmon_slab_page_flags(page_to_pfn(page)), 0);
	/* All of a block is what its first page is. */
	*page = (struct page){ .head = first_of(objects[0]), .mapping = shim_memory };
	assert_int_equal(memmon_slab_page_flags(page_to_pfn(page)), MEMMON_OBJECT_IN_SLAB);
}

#define TEST(name) cmocka_unit_test_setup(name, start)
#define TEST_SLABS(name) cmocka_unit_test_setup_teardown(name, start_with_slabs, stop_with_slabs)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(finds_the_counters),
		TEST(unknown_counters_are_no_error),
		TEST(without_the_cache_of_a_slab_nothing_is_found),
		TEST(lack_of_memory_is_survived),
		TEST(objects_of_kfence_show_nothing),
		TEST_SLABS(rows_say_what_is_in_use),
		TEST_SLABS(what_is_no_slab_is_no_row),
		TEST_SLABS(garbage_is_not_followed),
		TEST_SLABS(kfence_and_holes_are_left_out),
		TEST_SLABS(what_changes_meanwhile_is_left_out),
		TEST_SLABS(pages_are_used_for_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
