// SPDX-License-Identifier: GPL-2.0
/* Tests the registry of slab caches: entering, finding, names, and caches that go away. */
#include "cache.h"
#include "layout.h"
#include "shim.h"
#include "unit.h"

static const char *const destroy_only[] = { "kmem_cache_destroy", NULL };
static unsigned int nr_before;

static int start(void **state)
{
	(void)state;
	shim_unreadable = NULL;
	memmon_layout.name_offset = offsetof(struct kmem_cache, name);
	memmon_layout.slab_cache_offset = offsetof(struct page, slab_cache);
	memset(memmon_cache_keys, 0, sizeof(memmon_cache_keys));
	memmon_cache_init();
	shim_symbols = destroy_only;
	assert_int_equal(memmon_cache_watch(), 0);
	nr_before = memmon_cache_count();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_interrupt_cancel();
	memmon_cache_unwatch();
	return 0;
}

/* Calls the module's probe as the kernel does at the entry of kmem_cache_destroy(). */
static void destroy(const struct kmem_cache *s)
{
	struct kprobe *p = shim_kprobe("kmem_cache_destroy");
	struct pt_regs regs = { .arguments = { (unsigned long)s } };

	assert_non_null(p);
	assert_int_equal(p->pre_handler(p, &regs), 0);
}

static void check(const struct kmem_cache *s, const char *expected)
{
	struct memmon_cache cache = memmon_cache_lookup(s);
	char name[MEMMON_CACHE_NAME_BYTES];

	assert_in_range(cache.id, 1, MEMMON_CACHE_SLOTS - 1);
	assert_int_equal(cache.bytes, s->object_size);
	memmon_cache_name(cache.id, name);
	assert_string_equal(name, expected);
}

static void knows_a_cache_again(void **state)
{
	struct kmem_cache dentry = { .name = "dentry", .object_size = 192 };
	u32 id = memmon_cache_lookup(&dentry).id;

	(void)state;
	check(&dentry, "dentry");
	assert_int_equal(memmon_cache_lookup(&dentry).id, id);
	assert_int_equal(memmon_cache_find(&dentry).id, id);
	assert_int_equal(memmon_cache_count(), nr_before + 1);
}

static void tells_caches_apart(void **state)
{
	static struct kmem_cache caches[300];
	static char names[300][16];
	unsigned int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		snprintf(names[i], sizeof(names[i]), "cache-%u", i);
		caches[i].name = names[i];
		caches[i].object_size = 8 * i;
		memmon_cache_lookup(&caches[i]);
	}
	for (i = 0; i < 300; i++)
		check(&caches[i], names[i]);
	assert_int_equal(memmon_cache_count(), nr_before + 300);
	assert_int_equal(memmon_cache_overflows(), 0);
}

static void keeps_the_name_of_a_destroyed_cache(void **state)
{
	char text[] = "short_lived", name[MEMMON_CACHE_NAME_BYTES];
	struct kmem_cache s = { .name = text, .object_size = 64 };
	u32 id = memmon_cache_lookup(&s).id;

	(void)state;
	destroy(&s);
	memset(text, 'x', sizeof(text) - 1);
	memmon_cache_name(id, name);
	assert_string_equal(name, "short_lived");
}

static void a_new_cache_at_an_old_address_is_another(void **state)
{
	struct kmem_cache s = { .name = "old", .object_size = 64 };
	char name[MEMMON_CACHE_NAME_BYTES];
	u32 old_id = memmon_cache_lookup(&s).id;

	(void)state;
	destroy(&s);
	s.name = "new";
	check(&s, "new");
	assert_int_not_equal(memmon_cache_lookup(&s).id, old_id);
	destroy(&s);
	s.object_size = 128;
	check(&s, "new");
	memmon_cache_name(old_id, name);
	assert_string_equal(name, "old");
	assert_int_equal(memmon_cache_count(), nr_before + 3);
}

/* kmem_cache_destroy() of a merged cache takes a reference only. */
static void a_cache_that_lives_on_is_the_same(void **state)
{
	struct kmem_cache s = { .name = "merged", .object_size = 64 };
	u32 id = memmon_cache_lookup(&s).id;

	(void)state;
	destroy(&s);
	check(&s, "merged");
	assert_int_equal(memmon_cache_lookup(&s).id, id);
	assert_int_equal(memmon_cache_count(), nr_before + 1);
}

static void destroying_what_is_not_known_does_nothing(void **state)
{
	struct kmem_cache known = { .name = "known" }, unknown = { .name = "unknown" };
	u32 id = memmon_cache_lookup(&known).id;

	(void)state;
	destroy(NULL);
	destroy(&unknown);
	assert_int_equal(memmon_cache_lookup(&known).id, id);
	assert_int_equal(memmon_cache_count(), nr_before + 1);
}

static void long_names_are_cut(void **state)
{
	char text[100], cut[MEMMON_CACHE_NAME_BYTES];
	struct kmem_cache s = { .name = text };

	(void)state;
	memset(text, 'n', sizeof(text));
	memset(cut, 'n', sizeof(cut));
	cut[sizeof(cut) - 1] = '\0';
	check(&s, cut);
}

static void names_end_where_memory_ends(void **state)
{
	static struct kmem_cache s = { .name = "not what is left of an earlier name" };

	memmon_cache_lookup(&s);
	stop(state);
	start(state);
	s.name = memcpy(shim_memory + PAGE_SIZE - 4, "half", 4);
	shim_unreadable = shim_memory + PAGE_SIZE;
	check(&s, "half");
}

static void nameless_caches_are_numbered(void **state)
{
	static struct kmem_cache unreadable, unknown;
	char expected[MEMMON_CACHE_NAME_BYTES];

	(void)state;
	unreadable.name = "beyond reach";
	shim_unreadable = (char *)&unreadable.name;
	snprintf(expected, sizeof(expected), "cache@%u", memmon_cache_lookup(&unreadable).id);
	check(&unreadable, expected);

	shim_unreadable = NULL;
	unknown.name = "somewhere else";
	memmon_layout.name_offset = -1;
	snprintf(expected, sizeof(expected), "cache@%u", memmon_cache_lookup(&unknown).id);
	check(&unknown, expected);
}

static struct kmem_cache *interrupted_by;

static void look_up(void)
{
	check(interrupted_by, "twice");
}

/* Whoever looks up a cache that is just being entered may make a second entry for it. */
static void an_interrupt_may_enter_the_same_cache(void **state)
{
	unsigned int point;
	bool has_run = true;

	for (point = 0; has_run; point++) {
		struct kmem_cache s = { .name = "twice", .object_size = 24 };

		interrupted_by = &s;
		shim_interrupt_at(point, look_up);
		check(&s, "twice");
		has_run = !shim_interrupt_cancel();
		destroy(&s);
		s.name = "new";
		check(&s, "new");
		stop(state);
		start(state);
	}
	assert_in_range(point, 8, 100);
}

static void an_interrupt_may_find_the_same_cache_alive(void **state)
{
	struct kmem_cache s = { .name = "twice", .object_size = 24 };
	unsigned int point;
	bool has_run = true;

	(void)state;
	interrupted_by = &s;
	check(&s, "twice");
	for (point = 0; has_run; point++) {
		destroy(&s);
		shim_interrupt_at(point, look_up);
		check(&s, "twice");
		has_run = !shim_interrupt_cancel();
	}
	assert_in_range(point, 8, 100);
	assert_int_equal(memmon_cache_count(), nr_before + 1);
}

static void the_cache_of_an_object(void **state)
{
	struct kmem_cache s = { .name = "kmalloc-64", .object_size = 64 };
	struct page *page = &shim_pages[2];
	const char *object = shim_memory + 2 * PAGE_SIZE + 128;

	(void)state;
	*page = (struct page){ .is_slab = true, .slab_cache = &s };
	assert_ptr_equal(memmon_cache_of_slab(object), &s);
	page->is_slab = false;
	assert_null(memmon_cache_of_slab(object));
	*page = (struct page){ .is_slab = true };
	assert_null(memmon_cache_of_slab(object));
	assert_null(memmon_cache_of_slab(&s));
	page->slab_cache = &s;
	memmon_layout.slab_cache_offset = -1;
	assert_null(memmon_cache_of_slab(object));
	assert_int_equal(memmon_cache_lookup(NULL).id, MEMMON_CACHE_UNKNOWN);
}

static void says_what_it_can_do(void **state)
{
	(void)state;
	assert_string_equal(memmon_cache_names_state(), "calibrated");
	memmon_layout.name_offset = -1;
	assert_memory_equal(memmon_cache_names_state(), "unavailable: ", 13);
	assert_string_equal(memmon_cache_watch_state(), "attached kmem_cache_destroy");
	memmon_cache_unwatch();
	assert_null(shim_kprobe("kmem_cache_destroy"));
	shim_symbols = NULL;
	assert_int_equal(memmon_cache_watch(), 0);
	assert_memory_equal(memmon_cache_watch_state(), "unavailable: ", 13);
	shim_kprobe_error = -ENOMEM;
	assert_int_equal(memmon_cache_watch(), -ENOMEM);
	shim_kprobe_error = -ENOENT;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(knows_a_cache_again),
		TEST(tells_caches_apart),
		TEST(keeps_the_name_of_a_destroyed_cache),
		TEST(a_new_cache_at_an_old_address_is_another),
		TEST(a_cache_that_lives_on_is_the_same),
		TEST(destroying_what_is_not_known_does_nothing),
		TEST(long_names_are_cut),
		TEST(names_end_where_memory_ends),
		TEST(nameless_caches_are_numbered),
		TEST(an_interrupt_may_enter_the_same_cache),
		TEST(an_interrupt_may_find_the_same_cache_alive),
		TEST(the_cache_of_an_object),
		TEST(says_what_it_can_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
