// SPDX-License-Identifier: GPL-2.0
/* Tests how probes are attached for the first that wants them, and detached after the last. */
#include "probe.h"
#include "shim.h"
#include "unit.h"

#define KMALLOC (1U << MEMMON_CLASS_KMALLOC)
#define KFREE (1U << MEMMON_CLASS_KFREE)
#define BOTH (KMALLOC | KFREE)
#define CALL_KMALLOC (1U << MEMMON_CLASS_CALL_KMALLOC)

static const char *const tracepoints[] = { "kfree", "kmalloc", NULL };
static const char *const symbols[] = { "__kmalloc", NULL };
/* What a test holds, for stop(). */
static u32 held[4];
static unsigned int nr_held;

static int start(void **state)
{
	(void)state;
	shim_tracepoints = tracepoints;
	shim_tracepoint_error = 0;
	shim_symbols = symbols;
	shim_kprobe_error = -ENOENT;
	nr_held = 0;
	shim_printed();
	return 0;
}

static u32 get(u32 classes)
{
	held[nr_held++] = classes;
	return memmon_probe_get(classes);
}

static void put(void)
{
	memmon_probe_put(held[--nr_held]);
}

static int stop(void **state)
{
	unsigned int s, i;

	(void)state;
	while (nr_held)
		put();
	for (s = 0; s < MEMMON_NR_SOURCES; s++) {
		for (i = 0; i < memmon_probe_source(s)->nr_probes; i++) {
			assert_int_equal(memmon_probe_source(s)->probe(i)->nr_users, 0);
			assert_false(memmon_probe_source(s)->probe(i)->is_attached);
		}
	}
	return 0;
}

static const struct memmon_probe *find_probe(enum memmon_class event_class)
{
	unsigned int s, i;

	for (s = 0; s < MEMMON_NR_SOURCES; s++) {
		for (i = 0; i < memmon_probe_source(s)->nr_probes; i++) {
			if (memmon_probe_source(s)->probe(i)->event_class == event_class)
				return memmon_probe_source(s)->probe(i);
		}
	}
	fail_msg("no probe of class %d", event_class);
	return NULL;
}

static void sources_have_names(void **state)
{
	(void)state;
	assert_int_equal(memmon_probe_source_find("tracepoint"), MEMMON_SOURCE_TRACEPOINT);
	assert_int_equal(memmon_probe_source_find("kprobe"), MEMMON_SOURCE_KPROBE);
	assert_ptr_equal(memmon_probe_source(MEMMON_SOURCE_TRACEPOINT), &memmon_probe_tracepoint);
	assert_ptr_equal(memmon_probe_source(MEMMON_SOURCE_KPROBE), &memmon_probe_kprobe);
	assert_int_equal(memmon_probe_source_find("k"), -EINVAL);
	assert_int_equal(memmon_probe_source_find(""), -EINVAL);
}

/* Every class has its probe, and no two probes have one class. */
static void probes_cover_their_classes(void **state)
{
	static const u32 all[] = { MEMMON_CLASSES_TRACEPOINT, MEMMON_CLASSES_KPROBE };
	unsigned int s, i;

	(void)state;
	for (s = 0; s < MEMMON_NR_SOURCES; s++) {
		u32 classes = 0;

		for (i = 0; i < memmon_probe_source(s)->nr_probes; i++) {
			u32 bit = 1U << memmon_probe_source(s)->probe(i)->event_class;

			assert_false(classes & bit);
			classes |= bit;
		}
		assert_int_equal(classes, all[s]);
	}
}

static void what_there_is_is_attached(void **state)
{
	unsigned int i, nr_attached = 0;

	(void)state;
	assert_int_equal(get(MEMMON_CLASSES_TRACEPOINT), MEMMON_CLASSES_TRACEPOINT & ~BOTH);
	for (i = 0; i < memmon_probe_tracepoint.nr_probes; i++)
		nr_attached += memmon_probe_tracepoint.probe(i)->is_attached;
	assert_int_equal(nr_attached, 2);
	assert_non_null(shim_handler("kfree"));
	assert_non_null(shim_handler("kmalloc"));
	assert_string_equal(shim_printed(), "");
}

static void only_what_is_wanted_is_attached(void **state)
{
	(void)state;
	assert_int_equal(get(KMALLOC), 0);
	assert_non_null(shim_handler("kmalloc"));
	assert_null(shim_handler("kfree"));
	assert_null(shim_kprobe("__kmalloc"));
	assert_int_equal(find_probe(MEMMON_CLASS_KFREE)->nr_users, 0);
}

static void what_was_attached_is_detached(void **state)
{
	unsigned int i;

	(void)state;
	get(MEMMON_CLASSES_TRACEPOINT);
	put();
	for (i = 0; i < memmon_probe_tracepoint.nr_probes; i++)
		assert_false(memmon_probe_tracepoint.probe(i)->is_attached);
	assert_null(shim_handler("kfree"));
	assert_null(shim_handler("kmalloc"));
}

static void the_last_one_detaches(void **state)
{
	(void)state;
	assert_int_equal(get(KMALLOC), 0);
	assert_int_equal(get(BOTH), 0);
	assert_int_equal(find_probe(MEMMON_CLASS_KMALLOC)->nr_users, 2);
	assert_int_equal(find_probe(MEMMON_CLASS_KFREE)->nr_users, 1);
	put();
	assert_non_null(shim_handler("kmalloc"));
	assert_null(shim_handler("kfree"));
	put();
	assert_null(shim_handler("kmalloc"));
}

static void both_sources_can_be_wanted_at_once(void **state)
{
	(void)state;
	assert_int_equal(get(KMALLOC | CALL_KMALLOC), 0);
	assert_non_null(shim_handler("kmalloc"));
	assert_non_null(shim_kprobe("__kmalloc"));
	put();
	assert_null(shim_handler("kmalloc"));
	assert_null(shim_kprobe("__kmalloc"));
}

static void nothing_to_attach_is_missing(void **state)
{
	(void)state;
	shim_tracepoints = NULL;
	assert_int_equal(get(MEMMON_CLASSES_TRACEPOINT), MEMMON_CLASSES_TRACEPOINT);
	assert_string_equal(memmon_probe_tracepoint.probe(0)->reason,
			    "no such tracepoint in this kernel");
}

static void a_refusal_is_said(void **state)
{
	(void)state;
	shim_tracepoint_error = -EEXIST;
	assert_int_equal(get(KMALLOC), KMALLOC);
	assert_string_equal(memmon_probe_tracepoint.probe(0)->reason,
			    "the kernel refused with error -17");
}

/* Each first one tries anew; who comes while somebody else goes without goes without, too. */
static void a_refusal_is_not_for_ever(void **state)
{
	(void)state;
	shim_tracepoint_error = -ENOMEM;
	assert_int_equal(get(KMALLOC), KMALLOC);
	assert_int_equal(get(BOTH), BOTH);
	put();
	put();
	shim_tracepoint_error = 0;
	assert_int_equal(get(BOTH), 0);
	assert_non_null(shim_handler("kmalloc"));
}

static void what_was_missed_stays_counted(void **state)
{
	(void)state;
	get(CALL_KMALLOC);
	assert_int_equal(memmon_probe_missed(CALL_KMALLOC), 0);
	shim_kprobe("__kmalloc")->nmissed = 3;
	assert_int_equal(memmon_probe_missed(CALL_KMALLOC), 3);
	assert_int_equal(memmon_probe_missed(MEMMON_CLASSES_KPROBE), 3);
	assert_int_equal(memmon_probe_missed(MEMMON_CLASSES_TRACEPOINT), 0);
	put();
	assert_int_equal(memmon_probe_missed(CALL_KMALLOC), 3);
	get(CALL_KMALLOC);
	shim_kprobe("__kmalloc")->nmissed = 4;
	assert_int_equal(memmon_probe_missed(CALL_KMALLOC), 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sources_have_names),
		TEST(probes_cover_their_classes),
		TEST(what_there_is_is_attached),
		TEST(only_what_is_wanted_is_attached),
		TEST(what_was_attached_is_detached),
		TEST(the_last_one_detaches),
		TEST(both_sources_can_be_wanted_at_once),
		TEST(nothing_to_attach_is_missing),
		TEST(a_refusal_is_said),
		TEST(a_refusal_is_not_for_ever),
		TEST(what_was_missed_stays_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
