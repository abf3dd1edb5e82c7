// SPDX-License-Identifier: GPL-2.0
/* Tests what memmon stat counts by sessions of a device that is made up. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_device.h"
#include "unit.h"

#define memmon_session_open_path(path, ret) session_open_on(&fake_device, path, ret)
#include "stat_session.c"

#define DENTRY 7 /* the one cache that the device knows */

int stat_cgroup_fd(const struct stat_cgroup *cgroup)
{
	return *(const int *)(const void *)cgroup;
}

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_free();
	unsetenv("MEMMON_TEST_DEVICE");
	return 0;
}

static void push(uint32_t cpu, uint64_t time, enum memmon_class event_class, uint64_t object,
		 uint64_t call_site)
{
	bool is_cache = event_class == MEMMON_CLASS_CACHE_ALLOC ||
			event_class == MEMMON_CLASS_CACHE_FREE;
	struct memmon_record record = {
		.time = time,
		.event_class = (uint8_t)event_class,
		.detail = is_cache ? DENTRY : 0,
		.object = object,
		.call_site = call_site,
		.bytes_req = event_class == MEMMON_CLASS_KFREE ? 0 :
			     is_cache			       ? 192 :
								 50,
		.bytes_alloc = event_class == MEMMON_CLASS_KFREE ? 0 :
			       is_cache				 ? 192 :
								   64,
	};

	assert_true(fake_push(cpu, &record));
}

static struct stat_session *create(const struct stat_cgroup *cgroup)
{
	struct stat_session *session;

	assert_int_equal(stat_session_create(cgroup, false, &session), 0);
	return session;
}

/* The rings of the next session are new. */
static void forget_rings(void)
{
	fake_free();
	memset(fake.heads, 0, sizeof(fake.heads));
}

/* Two objects of a cache, one freed; one kmalloc; and a free that belongs to nobody here. */
static void make_run(struct stat_session *session, struct memmon_experiment *experiment)
{
	assert_int_equal(stat_session_begin(session), 0);
	push(0, 10, MEMMON_CLASS_CACHE_ALLOC, 0x1000, 0x99);
	push(1, 20, MEMMON_CLASS_CACHE_ALLOC, 0x2000, 0x99);
	assert_int_equal(stat_session_drain(session), 0);
	push(1, 30, MEMMON_CLASS_CACHE_FREE, 0x1000, 0x77);
	push(0, 40, MEMMON_CLASS_KMALLOC, 0x3000, 0x55);
	push(0, 50, MEMMON_CLASS_KFREE, 0x4000, 0x77);
	fake.stats.recorded = 5;
	fake.stats.seen[MEMMON_CLASS_CACHE_ALLOC] = 2;
	fake.stats.seen[MEMMON_CLASS_KMALLOC] = 1;
	assert_int_equal(stat_session_end(session, experiment), 0);
	memmon_experiment_end_run(experiment);
	assert_int_equal(fake.nr_open, 0);
	assert_int_equal(fake.nr_mapped, 0);
	forget_rings();
}

static const struct memmon_row *row_of(struct memmon_experiment *experiment, const char *name)
{
	size_t nr;

	assert_int_equal(memmon_experiment_select(experiment, name, "*", &nr), 0);
	assert_int_equal(nr, 1);
	return memmon_experiment_at(experiment, 0);
}

static void counts_of_two_runs(void **state)
{
	struct stat_session *session = create(NULL);
	struct memmon_experiment *experiment;
	const struct memmon_row *row;
	size_t nr;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	make_run(session, experiment);
	make_run(session, experiment);
	assert_int_equal(memmon_experiment_select(experiment, NULL, "*", &nr), 0);
	assert_int_equal(nr, 2);
	row = row_of(experiment, "dentry");
	assert_true(row->has_requests && row->has_counts);
	assert_int_equal(row->total.requests, 4);
	assert_int_equal(row->total.bytes_requested, 4 * 192);
	assert_int_equal(row->total.bytes_taken, 4 * 192);
	assert_int_equal(row->total.frees, 2);
	assert_int_equal(row->total.outstanding_objects, 2);
	assert_int_equal(row->total.outstanding_bytes, 2 * 192);
	row = row_of(experiment, "kmalloc-64");
	assert_int_equal(row->total.requests, 2);
	assert_int_equal(row->total.bytes_requested, 100);
	assert_int_equal(row->total.bytes_taken, 128);
	assert_int_equal(row->total.outstanding_objects, 2);
	assert_int_equal(stat_session_loss(session)->recorded, 10);
	assert_int_equal(stat_session_seen(session, MEMMON_CLASS_CACHE_ALLOC), 4);
	assert_int_equal(stat_session_missing(session), 0);
	assert_false(stat_session_lacks_frees(session));
	memmon_experiment_destroy(experiment);
	stat_session_destroy(session);
}

/* Two chains to one call site, of which one is taken twice in each run. */
static void stacks_of_two_runs(void **state)
{
	static const struct memmon_stack rows[] = {
		{ .id = 1, .nr_frames = 2, .frames = { 0x9900000000, 0x1100000000 } },
		{ .id = 2, .nr_frames = 3, .frames = { 0x9900000000, 0x2200000000, 0 } },
	};
	struct memmon_experiment *experiment;
	const struct stat_sites *stacks;
	struct stat_session *session;

	(void)state;
	assert_int_equal(stat_session_create(NULL, true, &session), 0);
	assert_true(fake.options.stacks > 0);
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	fake.tables[MEMMON_TABLE_STACKS] = (struct fake_table){ rows, 2 };
	for (int i = 0; i < 2; i++) {
		assert_int_equal(stat_session_begin(session), 0);
		push(0, 10, MEMMON_CLASS_CACHE_ALLOC, 0x1000, 1);
		push(1, 20, MEMMON_CLASS_CACHE_ALLOC, 0x2000, 2);
		push(0, 30, MEMMON_CLASS_CACHE_ALLOC, 0x3000, 2);
		push(0, 40, MEMMON_CLASS_KMALLOC, 0x4000, 0x9900000000);
		assert_int_equal(stat_session_end(session, experiment), 0);
		memmon_experiment_end_run(experiment);
		forget_rings();
	}
	stacks = stat_session_stacks(session);
	assert_int_equal(stat_sites_count(stacks), 3);
	assert_string_equal(stat_sites_at(stacks, 0)->name,
			    "0x9900000000\n0x2200000000\n(code that is gone)");
	assert_int_equal(stat_sites_at(stacks, 0)->total.requests, 4);
	assert_string_equal(stat_sites_at(stacks, 1)->name, "0x9900000000\n0x1100000000");
	assert_int_equal(stat_sites_at(stacks, 1)->total.requests, 2);
	assert_string_equal(stat_sites_at(stacks, 2)->name, "(no stack)");
	assert_string_equal(stat_sites_at(stacks, 2)->cache, "kmalloc-64");
	/* Caches and call sites count as without stacks. */
	assert_int_equal(stat_sites_count(stat_session_sites(session)), 2);
	assert_int_equal(stat_sites_at(stat_session_sites(session), 0)->total.requests, 6);
	assert_int_equal(row_of(experiment, "dentry")->total.requests, 6);
	assert_int_equal(stat_session_loss(session)->without_stack, 2);
	memmon_experiment_destroy(experiment);
	stat_session_destroy(session);
}

static void sites_of_two_runs(void **state)
{
	struct stat_session *session = create(NULL);
	struct memmon_experiment *experiment;
	const struct stat_sites *sites;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	make_run(session, experiment);
	make_run(session, experiment);
	sites = stat_session_sites(session);
	/* The site of the frees asked for nothing; the most bytes come first. */
	assert_int_equal(stat_sites_count(sites), 2);
	assert_string_equal(stat_sites_at(sites, 0)->cache, "dentry");
	assert_int_equal(stat_sites_at(sites, 0)->total.requests, 4);
	assert_int_equal(stat_sites_at(sites, 0)->total.bytes_taken, 4 * 192);
	assert_string_equal(stat_sites_at(sites, 1)->cache, "kmalloc-64");
	assert_int_equal(stat_sites_at(sites, 1)->total.requests, 2);
	assert_true(*stat_sites_at(sites, 1)->name);
	memmon_experiment_destroy(experiment);
	stat_session_destroy(session);
}

static void losses_add_up(void **state)
{
	struct stat_session *session = create(NULL);
	struct memmon_experiment *experiment;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	fake.stats.dropped[MEMMON_DROPPED_FULL] = 3;
	fake.stats.filtered[MEMMON_FILTERED_SELF] = 2;
	fake.stats.missing_classes = 1U << MEMMON_CLASS_KMALLOC | 1U << MEMMON_CLASS_PAGE_FREE;
	make_run(session, experiment);
	make_run(session, experiment);
	assert_int_equal(stat_session_loss(session)->dropped, 6);
	assert_int_equal(stat_session_loss(session)->dropped_by[MEMMON_DROPPED_FULL], 6);
	assert_int_equal(stat_session_loss(session)->filtered_by[MEMMON_FILTERED_SELF], 4);
	/* Pages were not asked for. */
	assert_int_equal(stat_session_missing(session), 1U << MEMMON_CLASS_KMALLOC);
	memmon_experiment_destroy(experiment);
	stat_session_destroy(session);
}

static void a_session_asks_for_slab_events_and_a_cgroup(void **state)
{
	int fd = 42;
	struct stat_session *session = create(NULL);

	(void)state;
	assert_int_equal(fake.options.classes, CLASSES);
	assert_int_equal(fake.options.filter.conditions, 0);
	assert_int_equal(fake.options.flags, 0);
	stat_session_destroy(session);
	forget_rings();
	session = create((const struct stat_cgroup *)(const void *)&fd);
	assert_int_equal(fake.options.filter.conditions, 1U << MEMMON_FILTERED_CGROUP);
	assert_int_equal(fake.options.filter.cgroup_fd, 42);
	stat_session_destroy(session);
	assert_int_equal(fake.nr_open, 0);
}

static void failures_are_told_and_leave_nothing(void **state)
{
	struct stat_session *session;
	struct memmon_experiment *experiment;

	(void)state;
	setenv("MEMMON_TEST_DEVICE", "none", 1);
	assert_int_equal(stat_session_create(NULL, false, &session), -ENOENT);
	unsetenv("MEMMON_TEST_DEVICE");
	fake.info.abi_major++;
	assert_int_equal(stat_session_create(NULL, false, &session), -EPROTO);
	fake.info.abi_major--;
	fake.fail_request = MEMMON_IOC_SETUP;
	fake.fail_errno = ENOMEM;
	assert_int_equal(stat_session_create(NULL, false, &session), -ENOMEM);
	fake.fail_request = MEMMON_IOC_ENABLE;
	session = create(NULL);
	assert_int_equal(stat_session_begin(session), -ENOMEM);
	stat_session_destroy(session);
	forget_rings();
	fake.fail_request = MEMMON_IOC_DISABLE;
	session = create(NULL);
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	assert_int_equal(stat_session_begin(session), 0);
	assert_int_equal(stat_session_end(session, experiment), -ENOMEM);
	stat_session_destroy(session);
	memmon_experiment_destroy(experiment);
	assert_int_equal(fake.nr_open, 0);
	assert_int_equal(fake.nr_mapped, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(counts_of_two_runs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sites_of_two_runs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stacks_of_two_runs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(losses_add_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_session_asks_for_slab_events_and_a_cgroup, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(failures_are_told_and_leave_nothing, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
