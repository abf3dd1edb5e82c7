// SPDX-License-Identifier: GPL-2.0
/* Tests what the handlers of the tracepoints record. */
#include "cache.h"
#include "event.h"
#include "layout.h"
#include "probe.h"
#include "rings.h"
#include "unit.h"

#define SITE 0xffffffff81234567
#define INNER_SITE 0xffffffff81000010
#define OBJECT 0xffff888100000040

static const char *const tracepoints[] = {
	"unrelated",	 "kmalloc",	 "kmem_cache_alloc",	 "kfree", "kmem_cache_free",
	"mm_page_alloc", "mm_page_free", "mm_page_free_batched", NULL,
};

static struct kmem_cache dentry = { .name = "dentry", .object_size = 192 };

/* Calls the handler that sits on a tracepoint. */
#define FIRE(name, ...)                                               \
	do {                                                          \
		shim_##name##_handler *handler = shim_handler(#name); \
		assert_non_null(handler);                             \
		handler(NULL, __VA_ARGS__);                           \
	} while (0)

static int start(void **state)
{
	(void)state;
	rings_start(64);
	memmon_clock_init();
	memmon_cache_init();
	memmon_layout.inner_sites[0] = INNER_SITE;
	memmon_layout.nr_inner_sites = 1;
	shim_tracepoints = tracepoints;
	return memmon_probe_attach(&memmon_probe_tracepoint);
}

static int stop(void **state)
{
	(void)state;
	memmon_probe_detach(&memmon_probe_tracepoint);
	assert_null(shim_handler("kmalloc"));
	rings_stop();
	return 0;
}

/* Compares the only record of a ring, all but what every record has alike. */
static void check(enum memmon_ring_kind kind, struct memmon_record expected)
{
	struct memmon_balance b;
	struct memmon_record r;
	u64 oldest, end;

	memmon_ring_window(0, kind, &oldest, &end);
	assert_int_equal(end - oldest, MEMMON_RECORD_BYTES);
	assert_true(memmon_ring_copy(0, kind, oldest, &r));
	expected.time = r.time;
	expected.pid_node = 316;
	expected.tgid = 300;
	memcpy(expected.comm, "a.out", sizeof("a.out"));
	assert_memory_equal(&r, &expected, sizeof(r));
	memmon_books_balance(&b);
	assert_int_equal(b.seen[r.event_class], 1);
	assert_int_equal(b.in_flight, 0);
}

static void a_kmalloc_is_recorded(void **state)
{
	(void)state;
	FIRE(kmalloc, SITE, (void *)OBJECT, 100, 128, 0xcc0, 1);
	check(MEMMON_RING_REQUESTS, (struct memmon_record){ .event_class = MEMMON_CLASS_KMALLOC,
							    .call_site = SITE,
							    .object = OBJECT,
							    .bytes_req = 100,
							    .bytes_alloc = 128,
							    .gfp = 0xcc0 });
}

static void a_failed_kmalloc_is_recorded(void **state)
{
	(void)state;
	FIRE(kmalloc, SITE, NULL, 5UL << 32, 6UL << 32, 0xcc0, 1);
	check(MEMMON_RING_REQUESTS, (struct memmon_record){ .event_class = MEMMON_CLASS_KMALLOC,
							    .call_site = SITE,
							    .bytes_req = U32_MAX,
							    .bytes_alloc = U32_MAX,
							    .gfp = 0xcc0 });
}

static void a_large_kmalloc_counts_once(void **state)
{
	struct memmon_balance b;

	(void)state;
	FIRE(kmalloc, INNER_SITE, (void *)OBJECT, 20000, 32768, 0xcc0, 1);
	FIRE(kmalloc, SITE, (void *)OBJECT, 20000, 32768, 0xcc0, 1);
	FIRE(kmalloc, INNER_SITE, (void *)OBJECT, 100, 128, 0xcc0, 1);
	memmon_books_balance(&b);
	assert_int_equal(b.seen[MEMMON_CLASS_KMALLOC], 3);
	assert_int_equal(b.filtered[MEMMON_FILTERED_DUPLICATE], 1);
	assert_int_equal(b.recorded[MEMMON_RING_REQUESTS], 2);
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
	FIRE(kmem_cache_alloc, SITE, (void *)OBJECT, &dentry, 0xcc0, 1);
	expected.detail = memmon_cache_lookup(&dentry).id;
	assert_int_not_equal(expected.detail, MEMMON_CACHE_UNKNOWN);
	check(MEMMON_RING_REQUESTS, expected);

	FIRE(kmem_cache_free, SITE, (void *)OBJECT, &dentry);
	expected.event_class = MEMMON_CLASS_CACHE_FREE;
	expected.gfp = 0;
	check(MEMMON_RING_FREES, expected);
}

/* Two caches with the same home: one of them is always searched for. */
static void a_cache_not_at_home_is_found(void **state)
{
	static struct kmem_cache caches[4 * MEMMON_CACHE_SLOTS];
	unsigned int home = memmon_cache_home((unsigned long)&caches[0]), i = 1;
	u64 oldest, end;
	struct memmon_record r;

	(void)state;
	while (memmon_cache_home((unsigned long)&caches[i]) != home)
		assert_true(++i < ARRAY_SIZE(caches));
	caches[i].object_size = 40;
	memmon_cache_lookup(&caches[0]);
	FIRE(kmem_cache_alloc, SITE, (void *)OBJECT, &caches[i], 0xcc0, 1);
	FIRE(kmem_cache_alloc, SITE, (void *)OBJECT, &caches[i], 0xcc0, 1);
	FIRE(kmem_cache_free, SITE, (void *)OBJECT, &caches[i]);
	memmon_ring_window(0, MEMMON_RING_REQUESTS, &oldest, &end);
	assert_int_equal(end - oldest, 2 * MEMMON_RECORD_BYTES);
	memmon_ring_copy(0, MEMMON_RING_REQUESTS, oldest, &r);
	assert_int_equal(r.detail, memmon_cache_lookup(&caches[i]).id);
	assert_int_not_equal(r.detail, home);
	assert_int_equal(r.bytes_req, 40);
}

static void frees_are_recorded(void **state)
{
	(void)state;
	FIRE(kfree, SITE, (void *)OBJECT);
	check(MEMMON_RING_FREES, (struct memmon_record){ .event_class = MEMMON_CLASS_KFREE,
							 .call_site = SITE,
							 .object = OBJECT });
}

static void freeing_nothing_is_counted_only(void **state)
{
	struct memmon_balance b;

	(void)state;
	FIRE(kfree, SITE, NULL);
	FIRE(kfree, SITE, (void *)16);
	memmon_books_balance(&b);
	assert_int_equal(b.seen[MEMMON_CLASS_KFREE], 2);
	assert_int_equal(b.filtered[MEMMON_FILTERED_NULL], 2);
	assert_int_equal(b.recorded[MEMMON_RING_FREES], 0);
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
	FIRE(mm_page_alloc, &shim_pages[3], 3, 0xcc0, 1);
	check(MEMMON_RING_REQUESTS, expected);

	FIRE(mm_page_free, &shim_pages[3], 3);
	expected.event_class = MEMMON_CLASS_PAGE_FREE;
	expected.gfp = 0;
	expected.detail = MEMMON_PAGE_DETAIL(3, 2, 0);
	check(MEMMON_RING_FREES, expected);

	stop(state);
	start(state);
	FIRE(mm_page_free_batched, &shim_pages[3]);
	expected.event_class = MEMMON_CLASS_PAGE_FREE_BATCHED;
	expected.bytes_req = PAGE_SIZE;
	expected.bytes_alloc = PAGE_SIZE;
	expected.detail = MEMMON_PAGE_DETAIL(0, 2, 0);
	check(MEMMON_RING_FREES, expected);
}

static void no_page_is_a_failed_request(void **state)
{
	(void)state;
	FIRE(mm_page_alloc, NULL, 10, 0xcc0, 2);
	check(MEMMON_RING_REQUESTS,
	      (struct memmon_record){ .event_class = MEMMON_CLASS_PAGE_ALLOC,
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
