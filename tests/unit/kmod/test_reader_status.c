// SPDX-License-Identifier: GPL-2.0
/* Tests the text of /proc/mem_monitor_status. */
#include <stdlib.h>

#include "devices.h"
#include "layout.h"
#include "probe.h"
#include "reader_status.h"
#include "rings.h"
#include "sessions.h"
#include "settings.h"
#include "unit.h"

static const char *const tracepoints[] = { "kmalloc", "kfree", NULL };
static const char *const symbols[] = { "__kmalloc", NULL };
/* As it was read last, after a line feed, so that one stands before each key. */
static char *text;

static const struct memmon_record made = { .event_class = MEMMON_CLASS_KMALLOC };
static const struct memmon_record freed = { .event_class = MEMMON_CLASS_KFREE };
static struct memmon_session session;

static int start(void **state)
{
	(void)state;
	memmon_settings = (struct memmon_settings){ .is_logging = true,
						    .entries = 100,
						    .rings_max_bytes = 7 << 20 };
	memmon_settings.log_options = sessions_options();
	memmon_settings.log_options.ring_bytes = 128 * MEMMON_RECORD_BYTES;
	sessions_init();
	shim_tracepoints = tracepoints;
	shim_symbols = symbols;
	return memmon_reader_status_create(0440, &session);
}

static int stop(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	memmon_reader_status_remove();
	if (session.state != MEMMON_SESSION_NEW)
		sessions_stop(&session);
	sessions_exit();
	return 0;
}

/* As the log's session: with rings for frees. */
static void set_up(void)
{
	assert_int_equal(memmon_session_set_up(&session, &memmon_settings.log_options, true), 0);
}

static void attach(void)
{
	set_up();
	assert_int_equal(memmon_session_enable(&session), 0);
}

static void read_status(void)
{
	char *status;

	free(text);
	assert_int_equal(shim_read("mem_monitor_status", &status), 0);
	text = malloc(strlen(status) + 2);
	assert_non_null(text);
	text[0] = '\n';
	strcpy(text + 1, status);
	free(status);
}

/* There is one line of this key, and it has this value. */
static void check(const char *key, const char *value)
{
	char line[200];
	const char *found;

	snprintf(line, sizeof(line), "\n%s ", key);
	found = strstr(text, line);
	if (!found || strstr(found + 1, line))
		fail_msg("not one line of %s:%s", key, text);
	snprintf(line, sizeof(line), "\n%s %s\n", key, value);
	if (strncmp(found, line, strlen(line)))
		fail_msg("%s is not %s:%s", key, value, text);
}

static void check_number(const char *key, u64 value)
{
	char number[24];

	snprintf(number, sizeof(number), "%llu", value);
	check(key, number);
}

static void every_line_is_a_key_and_a_value(void **state)
{
	char *line, *rest;

	(void)state;
	attach();
	read_status();
	assert_int_equal(text[strlen(text) - 1], '\n');
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		size_t key_length = strspn(line, "abcdefghijklmnopqrstuvwxyz_.");

		assert_in_range(key_length, 1, 40);
		assert_int_equal(line[key_length], ' ');
		assert_in_range(line[key_length + 1], '!', '~');
	}
}

static void says_what_was_asked_for(void **state)
{
	(void)state;
	read_status();
	check("version", "1.2.3");
	check("abi", "2.0");
	check("source", "tracepoint");
	check("log", "1");
	check("entries", "100");
	check("filter.pid", "0");
	check("filter.comm", "-");
	check("filter.cache", "-");
	check("filter.min_bytes", "0");
	memmon_settings.log_options.filter = (struct memmon_filter){
		.pid = 316, .comm = "a\nseen 99", .cache = "evil\x1b", .min_bytes = 4096
	};
	read_status();
	check("filter.pid", "316");
	check("filter.comm", "a?seen 99");
	check("filter.cache", "evil?");
	check("filter.min_bytes", "4096");
}

static void says_how_large_the_rings_are(void **state)
{
	(void)state;
	set_up();
	read_status();
	check("ring_slots", "128");
	check_number("ring_cpus", SHIM_NR_CPUS);
	check_number("ring_bytes", SHIM_NR_CPUS * 128 * 64 * 2);
	check_number("rings_total_bytes", SHIM_NR_CPUS * (PAGE_SIZE + 128 * 64) * 2);
	check_number("rings_max_bytes", 7 << 20);
	check("sessions", "0");
}

static void without_a_log_nothing_is_there(void **state)
{
	(void)state;
	memmon_settings.is_logging = false;
	read_status();
	check("log", "0");
	check("ring_slots", "0");
	check("ring_bytes", "0");
	check("ring_cpus", "0");
	check("probe.kmalloc", "off");
	check("probe.mm_page_free", "off");
}

static void says_what_is_attached(void **state)
{
	(void)state;
	attach();
	read_status();
	check("probe.kmalloc", "attached");
	check("probe.kfree", "attached");
	check("probe.mm_page_alloc", "missing: no such tracepoint in this kernel");
}

static void says_where_calls_are_watched(void **state)
{
	(void)state;
	memmon_settings.source = MEMMON_SOURCE_KPROBE;
	memmon_settings.log_options.classes = MEMMON_CLASSES_KPROBE &
					      ~(1U << MEMMON_CLASS_CALL_KMALLOC_CACHE);
	attach();
	shim_kprobe("__kmalloc")->nmissed = 5;
	rings_write(&session.rings[MEMMON_RINGS_REQUESTS], 0, &made);
	read_status();
	check("source", "kprobe");
	check("probe.kmalloc", "attached __kmalloc");
	check("probe.kmalloc_slab", "missing: no function kmalloc_slab in this kernel");
	check("probe.kmalloc_cache", "off");
	check("seen", "6");
	check("seen.kmalloc", "0");
	check("dropped", "5");
	check("dropped.kprobe_missed", "5");
}

/* Hooks have their lines whatever the source is, but no counters, since the log never has them. */
static void says_which_hooks_there_are(void **state)
{
	static const char *const some[] = { "vfree", "vfree_atomic", NULL };

	(void)state;
	read_status();
	check("probe.vfree", "off");
	check("probe.percpu_alloc", "off");
	shim_symbols = some;
	memmon_settings.log_options.classes |= MEMMON_CLASSES_HOOK;
	attach();
	read_status();
	check("probe.kmalloc", "attached");
	check("probe.vfree", "attached vfree");
	check("probe.krealloc", "missing: no function krealloc in this kernel");
	check("probe.kfree_nolock", "not_needed: no function kfree_nolock in this kernel");
	check("probe.percpu_alloc", "missing: no tracepoint percpu_alloc_percpu in this kernel");
	assert_null(strstr(text, "seen.vfree"));
}

static void says_what_it_could_find_out(void **state)
{
	(void)state;
	memmon_layout = (struct memmon_layout){ .name_offset = -1, .slab_cache_offset = -1 };
	read_status();
	assert_non_null(strstr(text, "\ncache_names unavailable: "));
	assert_non_null(strstr(text, "\ncache_of_object unavailable: "));
	check("duplicate_sites", "0");
	memmon_layout = (struct memmon_layout){ .nr_inner_sites = 3 };
	read_status();
	check("cache_names", "calibrated");
	check("cache_of_object", "calibrated");
	check("duplicate_sites", "3");
}

static void the_books_are_open(void **state)
{
	struct memmon_books *books;
	unsigned int i;

	(void)state;
	set_up();
	books = &per_cpu_ptr(session.rings[MEMMON_RINGS_REQUESTS].cpu, 2)->books;
	for (i = 0; i < 128 + 7; i++)
		rings_write(&session.rings[MEMMON_RINGS_REQUESTS], 1, &made);
	rings_write(&session.rings[MEMMON_RINGS_FREES], 2, &freed);
	local64_add_return(11, &books->filtered[MEMMON_FILTERED_COMM]);
	local64_add_return(13, &books->filtered[MEMMON_FILTERED_SELF]);
	local64_add_return(17, &books->dropped[MEMMON_DROPPED_NESTED]);
	local64_add_return(11 + 13 + 17 + 1, &books->seen[MEMMON_CLASS_PAGE_ALLOC]);
	read_status();
	check_number("seen", i + 1 + 11 + 13 + 17 + 1);
	check_number("seen.kmalloc", i);
	check("seen.kfree", "1");
	check("seen.mm_page_alloc", "42");
	check_number("recorded", i + 1);
	check_number("recorded.requests", i);
	check("recorded.frees", "1");
	check("filtered", "24");
	check("filtered.comm", "11");
	check("filtered.self", "13");
	check("filtered.pid", "0");
	check("dropped", "17");
	check("dropped.no_ring", "0");
	check("dropped.nested", "17");
	check("overwritten.requests", "7");
	check("overwritten.frees", "0");
	check("in_flight", "1");
}

/* The session of the last descriptor opened has this value of a key, or if NULL no line at all. */
static void check_session(unsigned int number, const char *key, const char *value)
{
	char name[64];

	snprintf(name, sizeof(name), "session.%u.%s", number, key);
	if (value)
		check(name, value);
	else
		assert_null(strstr(text, name));
}

static unsigned int find_number(void)
{
	const char *found = strstr(text, "\nsession.");

	assert_non_null(found);
	return strtoul(found + strlen("\nsession."), NULL, 10);
}

static void says_whose_sessions_there_are(void **state)
{
	struct memmon_options o = devices_options();
	struct file file, second;
	unsigned int number;

	(void)state;
	assert_int_equal(memmon_device_create(), 0);
	memmon_settings.rings_max_bytes = 8 << 20;
	assert_int_equal(devices_open(&file), 0);
	read_status();
	check("sessions", "1");
	number = find_number();
	check_session(number, "pid", "300");
	check_session(number, "state", "new");
	check_session(number, "seen", "0");
	devices_start(&second, &o);
	devices_record_many(70);
	read_status();
	check("sessions", "2");
	check_session(number, "state", "new");
	check_session(number + 1, "state", "enabled");
	check_session(number + 1, "seen", "70");
	check_session(number + 1, "recorded", "59");
	check_session(number + 1, "filtered", "0");
	check_session(number + 1, "dropped", "11");
	assert_int_equal(devices_ioctl(&second, MEMMON_IOC_DISABLE, NULL), 0);
	devices_close(&file);
	read_status();
	check("sessions", "1");
	check_session(number, "state", NULL);
	check_session(number + 1, "state", "disabled");
	check_session(number + 1, "seen", "70");
	devices_close(&second);
	memmon_device_remove();
}

static void a_file_that_cannot_be_made_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(shim_mode("mem_monitor_status"), 0440);
	memmon_reader_status_remove();
	assert_int_equal(shim_mode("mem_monitor_status"), 0);
	shim_proc_is_full = true;
	assert_int_equal(memmon_reader_status_create(0400, &session), -ENOMEM);
	shim_proc_is_full = false;
	assert_int_equal(memmon_reader_status_create(0400, &session), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_line_is_a_key_and_a_value),
		TEST(says_what_was_asked_for),
		TEST(says_how_large_the_rings_are),
		TEST(without_a_log_nothing_is_there),
		TEST(says_what_is_attached),
		TEST(says_where_calls_are_watched),
		TEST(says_which_hooks_there_are),
		TEST(says_what_it_could_find_out),
		TEST(the_books_are_open),
		TEST(says_whose_sessions_there_are),
		TEST(a_file_that_cannot_be_made_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
