// SPDX-License-Identifier: GPL-2.0
/* Tests memmon pages on a device in memory: what is held from the ledger, the rest from the rings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cmd.h"
#include "fake_device.h"
#include "unit.h"

#include <jansson.h>

#define memmon_session_open_path(path, ret) session_open_on(&fake_device, path, ret)
#include "ledger_session.c"

/* The number that the device's descriptor has. */
#define DEVICE_FD 1000

/* Addresses without a name in any kernel. */
#define CALLER 0x1000
#define OTHER_CALLER 0x2000

const struct cmd *const cmd_table[] = { &cmd_pages, NULL };

static bool has_happened;

static const struct memmon_object page_rows[] = {
	{
		.address = 512,
		.born = 60000,
		.bytes_alloc = 16384,
		.event_class = MEMMON_CLASS_PAGE_ALLOC,
		.detail = MEMMON_PAGE_DETAIL(3, 2, 1),
		.account = 6,
		.stack = 1,
		.flags = MEMMON_OBJECT_IN_SLAB,
		.tgid = 7,
		.comm = "sh",
	},
	{
		.address = 9,
		.born = 60000,
		.bytes_alloc = 4096,
		.event_class = MEMMON_CLASS_PAGE_ALLOC_BULK,
		.account = 7,
		.flags = MEMMON_OBJECT_ANON,
		.context = MEMMON_CONTEXT_SOFTIRQ,
	},
};

static const struct memmon_account account_rows[] = {
	{
		.id = 6,
		.event_class = MEMMON_CLASS_PAGE_ALLOC,
		.detail = MEMMON_PAGE_DETAIL(3, 0, 0),
		.cgroup = 4711,
		.born = 5,
		.died = 4,
		.born_bytes = 5 * 32768,
		.died_bytes = 4 * 32768,
	},
	{
		.id = 7,
		.event_class = MEMMON_CLASS_PAGE_ALLOC_BULK,
		.call_site = OTHER_CALLER,
		.born = 1,
		.born_bytes = 4096,
	},
};

static const struct memmon_stack stack_rows[] = {
	{ .id = 1, .nr_frames = 2, .frames = { CALLER, 0x3000 } },
};

static void push(uint32_t cpu, struct memmon_record record)
{
	assert_true(fake_push(cpu, &record));
}

/* What the rings have when they are looked at for the first time. */
static void happen(void)
{
	if (has_happened)
		return;
	has_happened = true;
	fake.info.clock_now = 100000;
	push(0, (struct memmon_record){ .time = 2000,
					.event_class = MEMMON_CLASS_PAGE_ALLOC,
					.object = 512,
					.bytes_alloc = 32768,
					.detail = MEMMON_PAGE_DETAIL(3, 2, 1),
					.tgid = 7,
					.comm = "sh" });
	push(0, (struct memmon_record){ .time = 3000,
					.event_class = MEMMON_CLASS_PAGE_ALLOC,
					.detail = MEMMON_PAGE_DETAIL(9, 0, 0),
					.tgid = 8,
					.comm = "large" });
	push(1, (struct memmon_record){ .time = 2500,
					.event_class = MEMMON_CLASS_PAGE_ALLOC_BULK,
					.object = 9,
					.bytes_alloc = 4096,
					.context = MEMMON_CONTEXT_SOFTIRQ });
	push(1, (struct memmon_record){ .time = 2600,
					.event_class = MEMMON_CLASS_PAGE_EXTFRAG,
					.object = 9,
					.detail = MEMMON_PAGE_DETAIL(0, 2, 1),
					.gfp = MEMMON_PAGE_DETAIL(7, 0, 0),
					.tgid = 7,
					.comm = "sh" });
}

#define SET_TABLE(table, array)                                 \
	fake.tables[MEMMON_TABLE_##table] = (struct fake_table) \
	{                                                       \
		array, sizeof(array) / sizeof((array)[0])       \
	}

static int begin_test(void **state)
{
	int fd = eventfd(0, EFD_CLOEXEC);

	(void)state;
	fake_reset();
	has_happened = false;
	fake.on_sync = happen;
	fake.ledger.now = 1000000;
	fake.ledger.enabled_at = 1000;
	fake.ledger.counts[MEMMON_LEDGER_BORN] = 6;
	SET_TABLE(PAGES, page_rows);
	SET_TABLE(ACCOUNTS, account_rows);
	SET_TABLE(STACKS, stack_rows);
	/* Something that can be polled, and has nothing to say. */
	assert_int_equal(dup2(fd, DEVICE_FD), DEVICE_FD);
	return close(fd);
}

static int end_test(void **state)
{
	(void)state;
	assert_int_equal(fake.nr_open, 0);
	fake_free();
	return close(DEVICE_FD);
}

/* What the command prints as JSON. */
static json_t *run(int expected, const char *key, const char *more)
{
	const char *const argv[] = {
		"pages", "--json", "--duration", "0.2", "--by", key, more, NULL
	};
	char path[] = "/tmp/memmon-pages.XXXXXX";
	int out = dup(STDOUT_FILENO), fd = mkstemp(path);
	json_t *ret;

	assert_true(out >= 0 && fd >= 0);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	assert_int_equal(cmd_pages.run(&cmd_pages, more ? 7 : 6, (char **)argv), expected);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	close(fd);
	ret = json_load_file(path, 0, NULL);
	unlink(path);
	return ret;
}

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const json_t *row(const json_t *result, size_t i)
{
	return json_array_get(json_object_get(result, "rows"), i);
}

static void assert_name(const json_t *object, const char *key, const char *expected)
{
	assert_string_equal(json_string_value(json_object_get(object, key)), expected);
}

static void both_are_joined(void **state)
{
	json_t *result = run(CMD_OK, "process", NULL);
	const json_t *requests = json_object_get(result, "requests");
	const json_t *broken = json_array_get(json_object_get(result, "fragmentation"), 0);
	const json_t *worst = json_array_get(json_object_get(result, "processes"), 0);

	(void)state;
	assert_int_equal(fake.options.flags, MEMMON_OPTION_LEDGER);
	assert_int_equal(fake.options.classes, 1U << MEMMON_CLASS_PAGE_ALLOC |
						       1U << MEMMON_CLASS_PAGE_FREE |
						       1U << MEMMON_CLASS_PAGE_ALLOC_BULK |
						       1U << MEMMON_CLASS_PAGE_EXTFRAG);
	assert_name(row(result, 0), "name", "sh (7)");
	assert_int_equal(number(row(result, 0), "live_bytes"), 16384);
	assert_int_equal(number(row(result, 0), "born_bytes"), 32768);
	assert_name(row(result, 1), "name", "(softirq)");
	assert_int_equal(number(row(result, 1), "born_blocks"), 1);
	assert_int_equal(number(requests, "all"), 3);
	assert_int_equal(number(requests, "failed"), 1);
	assert_int_equal(number(requests, "broken"), 1);
	assert_int_equal(number(broken, "from_order"), 7);
	assert_int_equal(number(worst, "failed") + number(worst, "broken"), 1);
	assert_int_equal(number(result, "duration_ns"), 999000);
	json_decref(result);
}

static void uses_come_with_the_objects(void **state)
{
	json_t *result = run(CMD_OK, "use", NULL);

	(void)state;
	assert_int_equal(fake.options.classes, MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK);
	assert_name(row(result, 0), "name", "slab");
	assert_name(row(result, 1), "name", "anonymous");
	assert_true(json_is_null(json_object_get(row(result, 0), "born_bytes")));
	json_decref(result);
}

static void sites_come_with_stacks(void **state)
{
	json_t *result = run(CMD_OK, "site", NULL);

	(void)state;
	assert_true(fake.options.stacks > 0);
	assert_name(row(result, 0), "name", "0x1000");
	assert_name(row(result, 1), "name", "0x2000");
	json_decref(result);
}

/* The ledger knows those of processes that are gone, too. */
static void cgroups_come_from_accounts(void **state)
{
	json_t *result = run(CMD_OK, "cgroup", NULL);

	(void)state;
	assert_name(row(result, 0), "name", "(cgroup 4711, gone)");
	assert_int_equal(number(row(result, 0), "born_blocks"), 5);
	assert_int_equal(number(row(result, 0), "live_blocks"), 1);
	assert_name(row(result, 1), "name", "(interrupts, or not known)");
	json_decref(result);
}

static void lost_events_are_no_loss_of_the_ledger(void **state)
{
	const json_t *loss;
	json_t *result;

	(void)state;
	fake.stats.dropped[MEMMON_DROPPED_FULL] = 3;
	result = run(CMD_INCOMPLETE, "order", "--strict");
	loss = json_object_get(result, "loss");
	assert_true(json_is_true(json_object_get(json_object_get(loss, "ledger"), "complete")));
	assert_true(json_is_false(json_object_get(json_object_get(loss, "events"), "complete")));
	json_decref(result);
}

static void a_sample_is_rescaled(void **state)
{
	json_t *result = run(CMD_OK, "order", "--sample=4");
	const json_t *requests = json_object_get(result, "requests");

	(void)state;
	assert_int_equal(number(result, "sample_one_in"), 4);
	assert_int_equal(number(row(result, 0), "live_bytes"), 4 * 16384);
	assert_int_equal(number(row(result, 0), "born_blocks"), 4);
	/* Requests that failed are not sampled: they have no address. */
	assert_int_equal(number(requests, "failed"), 1);
	assert_int_equal(number(requests, "all"), 2 * 4 + 1);
	assert_true(json_real_value(json_object_get(result, "live_bytes_error")) > 0);
	json_decref(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_are_joined, begin_test, end_test),
		cmocka_unit_test_setup_teardown(uses_come_with_the_objects, begin_test, end_test),
		cmocka_unit_test_setup_teardown(sites_come_with_stacks, begin_test, end_test),
		cmocka_unit_test_setup_teardown(cgroups_come_from_accounts, begin_test, end_test),
		cmocka_unit_test_setup_teardown(lost_events_are_no_loss_of_the_ledger, begin_test,
						end_test),
		cmocka_unit_test_setup_teardown(a_sample_is_rescaled, begin_test, end_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
