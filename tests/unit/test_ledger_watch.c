// SPDX-License-Identifier: GPL-2.0
/* Tests when snapshots are taken and of what, with a device in memory and real commands. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_device.h"
#include "ledger_internal.h"
#include "unit.h"

/* What the watcher saw, and what it is to do. */
static struct {
	unsigned int nr;
	unsigned int nr_last;
	uint32_t missing_classes;
	unsigned int end_at;
	int end_with;
} seen;

static struct ledger_request wanted;
static int begin_status;

/* In the place of ledger_session.c: a session of the device in memory. */
int ledger_session_begin(const struct ledger_request *request, struct memmon_session **ret)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS,
		.classes = request->classes,
	};

	wanted = *request;
	if (begin_status != CMD_GO_ON)
		return begin_status;
	assert_int_equal(session_open_on(&fake_device, "device", ret), 0);
	assert_int_equal(memmon_session_set_up(*ret, &options), 0);
	return CMD_GO_ON;
}

int ledger_watch_recording(const struct ledger_request *request)
{
	wanted = *request;
	return CMD_OK;
}

static int look(const struct memmon_snapshot *snapshot, bool is_last, void *arg)
{
	assert_ptr_equal(arg, &seen);
	assert_int_equal(seen.nr_last, 0);
	seen.nr++;
	seen.nr_last += is_last;
	seen.missing_classes = snapshot->books.missing_classes;
	return seen.nr == seen.end_at ? seen.end_with : 0;
}

static const struct ledger_watcher watcher = { .look = look, .arg = &seen };

static int start(void **state)
{
	(void)state;
	fake_reset();
	memset(&seen, 0, sizeof(seen));
	memset(&wanted, 0, sizeof(wanted));
	begin_status = CMD_GO_ON;
	return 0;
}

static int end(void **state)
{
	(void)state;
	assert_int_equal(fake.nr_open, 0);
	fake_free();
	return 0;
}

static int watch(const struct ledger_options *said, char **command, int *command_status)
{
	return ledger_watch(said, command, 0, &watcher, command_status);
}

static void looks_until_the_time_is_over(void **state)
{
	const struct ledger_options said = { .seconds = 1, .interval = 0.25 };
	int command_status;

	(void)state;
	assert_int_equal(watch(&said, NULL, &command_status), CMD_OK);
	/* At 0, 0.25, 0.5, 0.75 and the end; a slow machine may miss some. */
	assert_in_range(seen.nr, 2, 5);
	assert_int_equal(seen.nr_last, 1);
	assert_int_equal(command_status, 0);
}

static void looks_while_a_command_runs(void **state)
{
	const struct ledger_options said = { .interval = 0.1 };
	char *command[4] = { (char *)"sh", (char *)"-c", (char *)"sleep 0.5; exit 7", NULL };
	int command_status;

	(void)state;
	assert_int_equal(watch(&said, command, &command_status), CMD_OK);
	assert_in_range(seen.nr, 2, 8);
	assert_int_equal(seen.nr_last, 1);
	assert_int_equal(command_status, 7);
}

static void a_command_that_is_not_there(void **state)
{
	const struct ledger_options said = { 0 };
	char *command[2] = { (char *)"/nonexistent", NULL };
	int command_status;

	(void)state;
	assert_int_equal(watch(&said, command, &command_status), 127);
	assert_int_equal(seen.nr_last, 0);
}

static void a_watcher_can_end_it(void **state)
{
	const struct ledger_options said = { .seconds = 1000, .interval = 0.1 };
	int command_status;

	(void)state;
	for (unsigned int at = 1; at < 3; at++) {
		seen.nr = 0;
		seen.end_at = at;
		seen.end_with = 1;
		assert_int_equal(watch(&said, NULL, &command_status), CMD_OK);
		assert_int_equal(seen.nr, at);
		assert_int_equal(seen.nr_last, 0);
	}
}

static void a_command_runs_to_its_end(void **state)
{
	const struct ledger_options said = { .interval = 0.1 };
	char *command[4] = { (char *)"sh", (char *)"-c", (char *)"sleep 0.5; exit 3", NULL };
	int command_status;

	(void)state;
	seen.end_at = 2;
	seen.end_with = 1;
	assert_int_equal(watch(&said, command, &command_status), CMD_OK);
	assert_int_equal(seen.nr, 2);
	assert_int_equal(command_status, 3);
}

static void failures_end_it(void **state)
{
	const struct ledger_options said = { .seconds = 1, .interval = 0.1 };
	int command_status;

	(void)state;
	for (unsigned int at = 1; at < 3; at++) {
		seen.nr = 0;
		seen.end_at = at;
		seen.end_with = -ENOMEM;
		assert_int_equal(watch(&said, NULL, &command_status), CMD_FAILED);
		assert_int_equal(seen.nr, at);
	}
	fake.fail_request = MEMMON_IOC_ENABLE;
	fake.fail_errno = EBUSY;
	assert_int_equal(watch(&said, NULL, &command_status), CMD_FAILED);
	begin_status = CMD_NO_ACCESS;
	assert_int_equal(watch(&said, NULL, &command_status), CMD_NO_ACCESS);
}

static void what_was_left_out_is_not_missing(void **state)
{
	const struct ledger_options said = { .seconds = 0.1, .filter = { .classes = "kmalloc" } };
	const uint32_t needed = 1U << MEMMON_CLASS_KMALLOC | 1U << MEMMON_CLASS_CACHE_ALLOC |
				1U << MEMMON_CLASS_KFREE | 1U << MEMMON_CLASS_CACHE_FREE;
	int command_status;

	(void)state;
	fake.stats.missing_classes = 1U << MEMMON_CLASS_CACHE_FREE;
	assert_int_equal(ledger_watch(&said, NULL, needed, &watcher, &command_status), CMD_OK);
	/* Births are left out, ends never. */
	assert_int_equal(wanted.classes, needed & ~(1U << MEMMON_CLASS_CACHE_ALLOC));
	assert_int_equal(seen.missing_classes, 1U << MEMMON_CLASS_CACHE_FREE);
}

static void nonsense_is_refused(void **state)
{
	char *command[2] = { (char *)"true", NULL };
	const struct {
		struct ledger_options said;
		char **command;
	} cases[] = {
		{ { .seconds = 1 }, command },
		{ { .input = "dir", .seconds = 1 }, NULL },
		{ { .input = "dir" }, command },
		{ { .input = "dir", .objects = "1M" }, NULL },
		{ { .input = "dir", .pages = "1M" }, NULL },
		{ { .input = "dir", .filter = { .words = { .sample = "10" } } }, NULL },
		{ { .filter = { .classes = "kfree" } }, NULL },
		{ { .filter = { .classes = "nonsense" } }, NULL },
	};
	int command_status;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(watch(&cases[i].said, cases[i].command, &command_status),
				 CMD_USAGE);
	assert_int_equal(seen.nr, 0);
}

static void pauses_grow_where_the_end_is_not_known(void **state)
{
	const struct ledger_options said = { 0 };
	const struct ledger_options fixed = { .interval = 2.5 };

	(void)state;
	assert_true(ledger_pause(&said, 10, 3) == 1);
	assert_true(ledger_pause(&said, 0.2, 0) == 0.1);
	assert_true(ledger_pause(&said, 0, 0) == 0.1);
	assert_true(ledger_pause(&said, 0, 50) == 5);
	assert_true(ledger_pause(&fixed, 10, 3) == 2.5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(looks_until_the_time_is_over),
		TEST(looks_while_a_command_runs),
		TEST(a_command_that_is_not_there),
		TEST(a_watcher_can_end_it),
		TEST(a_command_runs_to_its_end),
		TEST(failures_end_it),
		TEST(what_was_left_out_is_not_missing),
		TEST(nonsense_is_refused),
		TEST(pauses_grow_where_the_end_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
