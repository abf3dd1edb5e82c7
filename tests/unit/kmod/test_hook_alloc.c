// SPDX-License-Identifier: GPL-2.0
/* Tests what the handlers of the hooks record at the return of functions, and of pages. */
#include "hook_session.h"

static struct kretprobe_instance *call(const char *function, const unsigned long arguments[6])
{
	struct pt_regs regs = { .stack = { SITE, 0, 0, CALLER } };

	memcpy(regs.arguments, arguments, sizeof(regs.arguments));
	return shim_call(function, &regs);
}

#define CALL(function, ...) call(function, (const unsigned long[6]){ __VA_ARGS__ })

static void a_bulk_request_is_one_for_each(void **state)
{
	static const char function[] = "kmem_cache_alloc_bulk_noprof";
	unsigned long objects[2] = {};
	struct memmon_record wanted = { .event_class = MEMMON_CLASS_CACHE_ALLOC_BULK,
					.call_site = SITE,
					.bytes_req = 192,
					.bytes_alloc = 192,
					.gfp = GFP_SOME,
					.detail = memmon_cache_lookup(&cache).id };
	struct kretprobe_instance *ri;

	(void)state;
	assert_null(CALL(function, (unsigned long)&cache, GFP_SOME, 0, (unsigned long)objects));
	ri = CALL(function, (unsigned long)&cache, GFP_SOME, 2, (unsigned long)objects);
	objects[0] = OBJECT;
	objects[1] = OBJECT + 192;
	shim_return(function, ri, 1);
	nr_checked++;
	wanted.object = OBJECT + 192;
	check(wanted);
	wanted.object = OBJECT;
	check_back(1, wanted);
	/* Only the lowest byte is the bool. */
	ri = CALL(function, (unsigned long)&cache, GFP_SOME, 2, (unsigned long)objects);
	shim_return(function, ri, 0xabcd00);
	wanted.object = 0;
	check(wanted);
}

static void a_nolock_request_is_recorded(void **state)
{
	static const char function[] = "_kmalloc_nolock_noprof";

	(void)state;
	shim_return(function, CALL(function, 100, GFP_SOME), OBJECT);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_KMALLOC_NOLOCK,
				      .call_site = SITE,
				      .object = OBJECT,
				      .bytes_req = 100,
				      .bytes_alloc = 192,
				      .gfp = GFP_SOME,
				      .detail = memmon_cache_lookup(&cache).id });
	shim_return(function, CALL(function, 100, GFP_SOME), 0);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_KMALLOC_NOLOCK,
				      .call_site = SITE,
				      .bytes_req = 100,
				      .gfp = GFP_SOME });
	assert_null(CALL(function, 0, GFP_SOME));
}

static void a_krealloc_in_place_is_recorded(void **state)
{
	static const char function[] = "krealloc_node_align_noprof";

	(void)state;
	shim_return(function, CALL(function, OBJECT, 120, 1, GFP_SOME), OBJECT);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_KREALLOC,
				      .call_site = SITE,
				      .object = OBJECT,
				      .bytes_req = 120,
				      .gfp = GFP_SOME });
	shim_return(function, CALL(function, OBJECT, 120, 1, GFP_SOME), OBJECT + 4096);
	shim_return(function, CALL(function, OBJECT, 120, 1, GFP_SOME), 0);
	assert_null(CALL(function, 0, 120, 1, GFP_SOME));
	assert_null(CALL(function, 16, 120, 1, GFP_SOME));
	assert_null(CALL(function, OBJECT, 0, 1, GFP_SOME));
	/* It does not fit where it is. What it is moved by must see who called it. */
	assert_null(CALL(function, OBJECT, 193, 1, GFP_SOME));
	check_nothing();
	shim_return(function, CALL(function, OBJECT, 192, 1, GFP_SOME), OBJECT);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_KREALLOC,
				      .call_site = SITE,
				      .object = OBJECT,
				      .bytes_req = 192,
				      .gfp = GFP_SOME });
}

static void an_area_is_recorded_with_its_caller(void **state)
{
	static const char function[] = "__vmalloc_node_range_noprof";

	(void)state;
	shim_return(function, CALL(function, 10000, 1, 0, 0, GFP_SOME), AREA);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_VMALLOC,
				      .call_site = CALLER,
				      .object = AREA,
				      .bytes_req = 10000,
				      .bytes_alloc = 12288,
				      .gfp = GFP_SOME });
	shim_return(function, CALL(function, 5UL << 32, 1, 0, 0, GFP_SOME), 0);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_VMALLOC,
				      .call_site = CALLER,
				      .bytes_req = U32_MAX,
				      .bytes_alloc = U32_MAX,
				      .gfp = GFP_SOME });
}

static void nobody_but_the_return_address_may_be_known(void **state)
{
	struct pt_regs regs = { .stack = { SITE }, .arguments = { 4096 } };
	struct kretprobe_instance *ri = shim_call("__vmalloc_node_range_noprof", &regs);

	(void)state;
	shim_return("__vmalloc_node_range_noprof", ri, AREA);
	assert_int_equal(sessions_newest(&session, 0).call_site, SITE);
}

static struct memmon_record page_record(unsigned long pfn, u32 type, u32 gfp)
{
	return (struct memmon_record){ .event_class = MEMMON_CLASS_PAGE_ALLOC_BULK,
				       .call_site = SITE,
				       .object = pfn,
				       .bytes_req = PAGE_SIZE,
				       .bytes_alloc = PAGE_SIZE,
				       .gfp = gfp,
				       .detail = MEMMON_PAGE_DETAIL(0, pfn ? 3 : 0, type) };
}

static void only_new_pages_are_recorded(void **state)
{
	static const char function[] = "alloc_pages_bulk_noprof";
	struct page *pages[6] = { &shim_pages[0], NULL, NULL, &shim_pages[3] };
	struct kretprobe_instance *ri;
	unsigned int i;

	(void)state;
	for (i = 0; i < SHIM_NR_PAGES; i++)
		shim_pages[i].zone = 3;
	ri = CALL(function, GFP_SOME, 0, 0, 6, (unsigned long)pages);
	pages[1] = &shim_pages[1];
	pages[2] = &shim_pages[2];
	pages[4] = &shim_pages[4];
	shim_return(function, ri, 5);
	nr_checked += 2;
	check(page_record(5, MIGRATE_UNMOVABLE, GFP_SOME));
	check_back(1, page_record(3, MIGRATE_UNMOVABLE, GFP_SOME));
	check_back(2, page_record(2, MIGRATE_UNMOVABLE, GFP_SOME));
	ri = CALL(function, GFP_SOME | __GFP_MOVABLE, 0, 0, 6, (unsigned long)pages);
	shim_return(function, ri, 5);
	check(page_record(0, MIGRATE_MOVABLE, GFP_SOME | __GFP_MOVABLE));
}

static void a_full_array_asks_for_no_pages(void **state)
{
	static const char function[] = "alloc_pages_bulk_noprof";
	struct page *pages[] = { &shim_pages[0], &shim_pages[1] };

	(void)state;
	assert_null(CALL(function, GFP_SOME, 0, 0, 2, (unsigned long)pages));
	assert_null(CALL(function, GFP_SOME, 0, 0, 0, (unsigned long)pages));
	assert_null(CALL(function, GFP_SOME, 0, 0, (u32)-1, (unsigned long)pages));
	assert_null(CALL(function, GFP_SOME, 0, 0, 2, 0));
}

/* What was there beyond the places that are known is said again. */
static void a_huge_array_is_not_lost(void **state)
{
	static const char function[] = "alloc_pages_bulk_noprof";
	static struct page *pages[1100];
	struct kretprobe_instance *ri;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = i == 1020 ? NULL : &shim_pages[i % 2];
	ri = CALL(function, GFP_SOME, 0, 0, ARRAY_SIZE(pages), (unsigned long)pages);
	pages[1020] = &shim_pages[5];
	shim_return(function, ri, 1030);
	nr_checked = 1 + (1030 - 1024);
	check_nothing();
	assert_int_equal(sessions_newest(&session, 6).object, 6);
}

static void per_cpu_objects_are_recorded(void **state)
{
	(void)state;
	SESSIONS_FIRE(percpu_alloc_percpu, SITE, false, false, 8, 8, NULL, 0, (void *)0x1240, 32,
		      GFP_SOME);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_PERCPU_ALLOC,
				      .call_site = SITE,
				      .object = 0x1240,
				      .bytes_req = 8,
				      .bytes_alloc = 32,
				      .gfp = GFP_SOME });
	SESSIONS_FIRE(percpu_free_percpu, NULL, 0, (void *)0x1240);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_PERCPU_FREE, .object = 0x1240 });
}

static void a_block_of_another_type_is_recorded(void **state)
{
	(void)state;
	shim_pages[2].zone = 2;
	SESSIONS_FIRE(mm_page_alloc_extfrag, &shim_pages[2], 1, 9, MIGRATE_UNMOVABLE,
		      MIGRATE_MOVABLE);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_PAGE_EXTFRAG,
				      .object = 3,
				      .bytes_req = 2 * PAGE_SIZE,
				      .bytes_alloc = 512 * PAGE_SIZE,
				      .gfp = MEMMON_PAGE_DETAIL(9, 0, MIGRATE_MOVABLE),
				      .detail = MEMMON_PAGE_DETAIL(1, 2, MIGRATE_UNMOVABLE) });
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bulk_request_is_one_for_each),
		TEST(a_nolock_request_is_recorded),
		TEST(a_krealloc_in_place_is_recorded),
		TEST(an_area_is_recorded_with_its_caller),
		TEST(nobody_but_the_return_address_may_be_known),
		TEST(only_new_pages_are_recorded),
		TEST(a_full_array_asks_for_no_pages),
		TEST(a_huge_array_is_not_lost),
		TEST(per_cpu_objects_are_recorded),
		TEST(a_block_of_another_type_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
