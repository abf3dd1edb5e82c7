// SPDX-License-Identifier: GPL-2.0
/* Tests the registry of slab caches at its limits: the first slot, the last one, and no slot left. */
#include "cache.h"
#include "layout.h"
#include "shim.h"
#include "unit.h"

/* Room for caches at many addresses, of which some have the home that a test wants. */
static struct kmem_cache caches[64 * MEMMON_CACHE_SLOTS];
static u64 overflows_before;

static int start(void **state)
{
	(void)state;
	memset(memmon_cache_keys, 0, sizeof(memmon_cache_keys));
	memmon_layout.name_offset = offsetof(struct kmem_cache, name);
	overflows_before = memmon_cache_overflows();
	memmon_cache_init();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	memmon_cache_unwatch();
	return 0;
}

/* The next cache from number *@next on whose search begins at @home. */
static struct kmem_cache *find_cache(unsigned int home, unsigned int *next)
{
	struct kmem_cache *s;

	do {
		assert_true(*next < ARRAY_SIZE(caches));
		s = &caches[(*next)++];
	} while (memmon_cache_home((unsigned long)s) != home);
	s->name = "some";
	s->object_size = 8 * *next;
	return s;
}

static void slot_0_is_nobodys(void **state)
{
	unsigned int next = 0;
	struct kmem_cache *s = find_cache(0, &next);

	(void)state;
	assert_int_equal(memmon_cache_lookup(s).id, 1);
	assert_int_equal(memmon_cache_lookup(s).bytes, s->object_size);
}

static void the_search_goes_round(void **state)
{
	unsigned int next = 0;
	struct kmem_cache *first = find_cache(MEMMON_CACHE_SLOTS - 1, &next);
	struct kmem_cache *second = find_cache(MEMMON_CACHE_SLOTS - 1, &next);

	(void)state;
	assert_int_equal(memmon_cache_lookup(first).id, MEMMON_CACHE_SLOTS - 1);
	assert_int_equal(memmon_cache_lookup(second).id, 1);
	assert_int_equal(memmon_cache_lookup(first).id, MEMMON_CACHE_SLOTS - 1);
	assert_int_equal(memmon_cache_lookup(second).id, 1);
}

static struct kmem_cache *interrupted_by;

static void look_up(void)
{
	memmon_cache_lookup(interrupted_by);
}

static void check(const struct kmem_cache *s, const char *expected)
{
	struct memmon_cache cache = memmon_cache_lookup(s);
	char name[MEMMON_CACHE_NAME_BYTES];

	assert_int_equal(cache.bytes, s->object_size);
	memmon_cache_name(cache.id, name);
	assert_string_equal(name, expected);
}

static void an_interrupt_may_want_the_same_slot(void **state)
{
	unsigned int next = 0, point;
	struct kmem_cache *below = find_cache(1000, &next);
	struct kmem_cache *above = find_cache(1000, &next);
	bool has_run = true;

	below->name = "below";
	above->name = "above";
	for (point = 0; has_run; point++) {
		start(state);
		interrupted_by = above;
		shim_interrupt_at(point, look_up);
		check(below, "below");
		has_run = !shim_interrupt_cancel();
		check(above, "above");
		check(below, "below");
	}
	assert_in_range(point, 8, 100);
}

static void a_full_table_is_counted(void **state)
{
	struct memmon_cache cache;
	unsigned int i, nr_found = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(caches); i++) {
		caches[i].name = "many";
		caches[i].object_size = i + 1;
		cache = memmon_cache_lookup(&caches[i]);
		assert_int_equal(cache.bytes, i + 1);
		nr_found += cache.id != MEMMON_CACHE_UNKNOWN;
	}
	assert_in_range(nr_found, MEMMON_CACHE_SLOTS / 2, MEMMON_CACHE_SLOTS - 1);
	assert_int_equal(memmon_cache_overflows() - overflows_before, i - nr_found);
	for (i = 1; i < MEMMON_CACHE_SLOTS; i++)
		assert_non_null(memmon_cache_keys[i]);
}

/* Tombstones are never given to another cache, because records name them. */
static void tombstones_take_room(void **state)
{
	static const char *const symbols[] = { "kmem_cache_destroy", NULL };
	struct kmem_cache *s = &caches[7];
	struct pt_regs regs = { .arguments = { (unsigned long)s } };
	char names[MEMMON_CACHE_PROBES + 1][16];
	struct kprobe *p;
	unsigned int i;

	(void)state;
	shim_symbols = symbols;
	memmon_cache_watch();
	p = shim_kprobe("kmem_cache_destroy");
	for (i = 0; i <= MEMMON_CACHE_PROBES; i++) {
		snprintf(names[i], sizeof(names[i]), "life-%u", i);
		s->name = names[i];
		assert_int_equal(memmon_cache_lookup(s).id == MEMMON_CACHE_UNKNOWN,
				 i == MEMMON_CACHE_PROBES);
		p->pre_handler(p, &regs);
	}
	assert_int_equal(memmon_cache_overflows() - overflows_before, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(slot_0_is_nobodys),
		TEST(the_search_goes_round),
		TEST(an_interrupt_may_want_the_same_slot),
		TEST(a_full_table_is_counted),
		TEST(tombstones_take_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
