// SPDX-License-Identifier: GPL-2.0
/* Tests how the probes of a source are attached and detached together. */
#include "probe.h"
#include "shim.h"
#include "unit.h"

static const char *const tracepoints[] = { "kfree", "kmalloc", NULL };

static int start(void **state)
{
	(void)state;
	shim_tracepoints = tracepoints;
	shim_tracepoint_error = 0;
	shim_printed();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	memmon_probe_detach(&memmon_probe_tracepoint);
	return 0;
}

static void sources_have_names(void **state)
{
	(void)state;
	assert_ptr_equal(memmon_probe_source_find("tracepoint"), &memmon_probe_tracepoint);
	assert_ptr_equal(memmon_probe_source_find("kprobe"), &memmon_probe_kprobe);
	assert_null(memmon_probe_source_find("k"));
	assert_null(memmon_probe_source_find(""));
}

static void what_there_is_is_attached(void **state)
{
	unsigned int i, nr_attached = 0;

	(void)state;
	assert_int_equal(memmon_probe_attach(&memmon_probe_tracepoint), 0);
	for (i = 0; i < memmon_probe_tracepoint.nr_probes; i++)
		nr_attached += memmon_probe_tracepoint.probe(i)->is_attached;
	assert_int_equal(nr_attached, 2);
	assert_non_null(shim_handler("kfree"));
	assert_non_null(shim_handler("kmalloc"));
	assert_string_equal(shim_printed(), "");
}

static void what_was_attached_is_detached(void **state)
{
	unsigned int i;

	(void)state;
	memmon_probe_attach(&memmon_probe_tracepoint);
	memmon_probe_detach(&memmon_probe_tracepoint);
	for (i = 0; i < memmon_probe_tracepoint.nr_probes; i++)
		assert_false(memmon_probe_tracepoint.probe(i)->is_attached);
	assert_null(shim_handler("kfree"));
	assert_null(shim_handler("kmalloc"));
}

static void nothing_to_attach_is_an_error(void **state)
{
	(void)state;
	shim_tracepoints = NULL;
	assert_int_equal(memmon_probe_attach(&memmon_probe_tracepoint), -ENODEV);
	assert_string_equal(shim_printed(),
			    "mem_monitor: nothing to watch: no probe of source=tracepoint could be "
			    "attached (no such tracepoint in this kernel)\n");
}

static void a_refusal_is_said(void **state)
{
	(void)state;
	shim_tracepoint_error = -EEXIST;
	assert_int_equal(memmon_probe_attach(&memmon_probe_tracepoint), -ENODEV);
	assert_string_equal(memmon_probe_tracepoint.probe(0)->reason,
			    "the kernel refused with error -17");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sources_have_names),
		TEST(what_there_is_is_attached),
		TEST(what_was_attached_is_detached),
		TEST(nothing_to_attach_is_an_error),
		TEST(a_refusal_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
