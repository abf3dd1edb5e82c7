// SPDX-License-Identifier: GPL-2.0
/* Tests what the handlers of the tracepoints record. */
#include "cache.h"
#include "event.h"
#include "layout.h"
#include "probe.h"
#include "sessions.h"
#include "unit.h"

#define SITE 0xffffffff81234567
#define INNER_SITE 0xffffffff81000010
#define OBJECT 0xffff888100000040

static struct kmem_cache dentry = { .name = "dentry", .object_size = 192 };

static struct memmon_session session;

static int start(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	sessions_init();
	memmon_layout.inner_sites[0] = INNER_SITE;
	memmon_layout.nr_inner_sites = 1;
	sessions_start(&session, &options);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	sessions_stop(&session);
	assert_null(shim_handler("kmalloc"));
	sessions_exit();
	return 0;
}

/* Compares the newest record, all but what every record has alike, and the only one of its class. */
static void check(struct memmon_record expected)
{
	struct memmon_record r = sessions_newest(&session, 0);

	expected.time = r.time;
	expected.pid_node = 316;
	expected.tgid = 300;
	memcpy(expected.comm, "a.out", sizeof("a.out"));
	assert_memory_equal(&r, &expected, sizeof(r));
	assert_int_equal(sessions_balance(&session).counts.seen[r.event_class], 1);
}

static void a_kmalloc_is_recorded(void **state)
{
	(void)state;
	SESSIONS_FIRE(kmalloc, SITE, (void *)OBJECT, 100, 128, 0xcc0, 1);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_KMALLOC,
				      .call_site = SITE,
				      .object = OBJECT,
				      .bytes_req = 100,
				      .bytes_alloc = 128,
				      .gfp = 0xcc0 });
}

static void a_failed_kmalloc_is_recorded(void **state)
{
	(void)state;
	SESSIONS_FIRE(kmalloc, SITE, NULL, 5UL << 32, 6UL << 32, 0xcc0, 1);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_KMALLOC,
				      .call_site = SITE,
				      .bytes_req = U32_MAX,
				      .bytes_alloc = U32_MAX,
				      .gfp = 0xcc0 });
}

static void a_large_kmalloc_counts_once(void **state)
{
	struct memmon_balance b;

	(void)state;
	SESSIONS_FIRE(kmalloc, INNER_SITE, (void *)OBJECT, 20000, 32768, 0xcc0, 1);
	SESSIONS_FIRE(kmalloc, SITE, (void *)OBJECT, 20000, 32768, 0xcc0, 1);
	SESSIONS_FIRE(kmalloc, INNER_SITE, (void *)OBJECT, 100, 128, 0xcc0, 1);
	b = sessions_balance(&session);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], 3);
	assert_int_equal(b.counts.filtered[MEMMON_FILTERED_DUPLICATE], 1);
	assert_int_equal(b.recorded[0], 2);
}

static void objects_of_caches_are_recorded(void **state)
{
	struct memmon_record expected = { .event_class = MEMMON_CLASS_CACHE_ALLOC,
					  .call_site = SITE,
					  .object = OBJECT,
					  .bytes_req = 192,
					  .bytes_alloc = 192,
					  .gfp = 0xcc0 };

	(void)state;
	SESSIONS_FIRE(kmem_cache_alloc, SITE, (void *)OBJECT, &dentry, 0xcc0, 1);
	expected.detail = memmon_cache_lookup(&dentry).id;
	assert_int_not_equal(expected.detail, MEMMON_CACHE_UNKNOWN);
	check(expected);

	SESSIONS_FIRE(kmem_cache_free, SITE, (void *)OBJECT, &dentry);
	expected.event_class = MEMMON_CLASS_CACHE_FREE;
	expected.gfp = 0;
	check(expected);
}

/* Two caches with the same home: one of them is always searched for. */
static void a_cache_not_at_home_is_found(void **state)
{
	static struct kmem_cache caches[4 * MEMMON_CACHE_SLOTS];
	unsigned int home = memmon_cache_home((unsigned long)&caches[0]), i = 1;
	struct memmon_record r;

	(void)state;
	while (memmon_cache_home((unsigned long)&caches[i]) != home)
		assert_true(++i < ARRAY_SIZE(caches));
	caches[i].object_size = 40;
	memmon_cache_lookup(&caches[0]);
	SESSIONS_FIRE(kmem_cache_alloc, SITE, (void *)OBJECT, &caches[i], 0xcc0, 1);
	SESSIONS_FIRE(kmem_cache_alloc, SITE, (void *)OBJECT, &caches[i], 0xcc0, 1);
	SESSIONS_FIRE(kmem_cache_free, SITE, (void *)OBJECT, &caches[i]);
	assert_int_equal(sessions_count(&session, 0), 3);
	r = sessions_newest(&session, 1);
	assert_int_equal(r.detail, memmon_cache_lookup(&caches[i]).id);
	assert_int_not_equal(r.detail, home);
	assert_int_equal(r.bytes_req, 40);
}

static void frees_are_recorded(void **state)
{
	(void)state;
	SESSIONS_FIRE(kfree, SITE, (void *)OBJECT);
	check((struct memmon_record){
		.event_class = MEMMON_CLASS_KFREE, .call_site = SITE, .object = OBJECT });
}

static void freeing_nothing_is_counted_only(void **state)
{
	struct memmon_balance b;

	(void)state;
	SESSIONS_FIRE(kfree, SITE, NULL);
	SESSIONS_FIRE(kfree, SITE, (void *)16);
	b = sessions_balance(&session);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KFREE], 2);
	assert_int_equal(b.counts.filtered[MEMMON_FILTERED_NULL], 2);
	assert_int_equal(b.recorded[0], 0);
}

static void pages_are_recorded(void **state)
{
	struct memmon_record expected = { .event_class = MEMMON_CLASS_PAGE_ALLOC,
					  .object = 4,
					  .bytes_req = 8 * PAGE_SIZE,
					  .bytes_alloc = 8 * PAGE_SIZE,
					  .gfp = 0xcc0,
					  .detail = MEMMON_PAGE_DETAIL(3, 2, 1) };

	shim_pages[3].zone = 2;
	SESSIONS_FIRE(mm_page_alloc, &shim_pages[3], 3, 0xcc0, 1);
	check(expected);

	SESSIONS_FIRE(mm_page_free, &shim_pages[3], 3);
	expected.event_class = MEMMON_CLASS_PAGE_FREE;
	expected.gfp = 0;
	expected.detail = MEMMON_PAGE_DETAIL(3, 2, 0);
	check(expected);

	stop(state);
	start(state);
	SESSIONS_FIRE(mm_page_free_batched, &shim_pages[3]);
	expected.event_class = MEMMON_CLASS_PAGE_FREE_BATCHED;
	expected.bytes_req = PAGE_SIZE;
	expected.bytes_alloc = PAGE_SIZE;
	expected.detail = MEMMON_PAGE_DETAIL(0, 2, 0);
	check(expected);
}

static void no_page_is_a_failed_request(void **state)
{
	(void)state;
	SESSIONS_FIRE(mm_page_alloc, NULL, 10, 0xcc0, 2);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_PAGE_ALLOC,
				      .bytes_req = 4 << 20,
				      .bytes_alloc = 4 << 20,
				      .gfp = 0xcc0,
				      .detail = MEMMON_PAGE_DETAIL(10, 0, 2) });
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kmalloc_is_recorded),	       TEST(a_failed_kmalloc_is_recorded),
		TEST(a_large_kmalloc_counts_once),     TEST(objects_of_caches_are_recorded),
		TEST(a_cache_not_at_home_is_found),    TEST(frees_are_recorded),
		TEST(freeing_nothing_is_counted_only), TEST(pages_are_recorded),
		TEST(no_page_is_a_failed_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
