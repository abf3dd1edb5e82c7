// SPDX-License-Identifier: GPL-2.0
/* Tests the text of /proc/mem_monitor. */
#include <regex.h>
#include <stdlib.h>

#include "cache.h"
#include "layout.h"
#include "reader_log.h"
#include "rings.h"
#include "unit.h"

/* The two formats that the first mem_monitor had. */
#define FORMAT_KMALLOC "^\\[[a-z_]+\\]: Process '[ -~]*' with PID [0-9]+ allocated [0-9]+ bytes$"
#define FORMAT_CACHE                                                                        \
	"^\\[kmem_cache_alloc\\]: Process '[ -~]*' with PID [0-9]+ allocated [0-9]+ bytes " \
	"in cache '[ -~]+'$"

static int start(void **state)
{
	(void)state;
	rings_start(64);
	memmon_layout.name_offset = offsetof(struct kmem_cache, name);
	memmon_cache_init();
	return memmon_reader_log_create(0400, &rings, 100);
}

static int stop(void **state)
{
	(void)state;
	memmon_reader_log_remove();
	rings_stop();
	return 0;
}

static void check(const char *expected)
{
	char *text;

	assert_int_equal(shim_read("mem_monitor", &text), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void check_format(const char *format)
{
	regex_t regex;
	char *text;

	assert_int_equal(shim_read("mem_monitor", &text), 0);
	assert_int_equal(text[strlen(text) - 1], '\n');
	text[strlen(text) - 1] = '\0';
	assert_int_equal(regcomp(&regex, format, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&regex, text, 0, NULL, 0))
		fail_msg("%s", text);
	regfree(&regex);
	free(text);
}

/* Writes a request of 40 bytes with the next time. */
static void write_request(enum memmon_class event_class, const char *comm, u16 detail)
{
	struct memmon_record r = {
		.time = ++shim_time,
		.object = event_class < MEMMON_CLASS_CALL_KMALLOC,
		.bytes_req = 40,
		.bytes_alloc = 64,
		.detail = detail,
		.event_class = event_class,
		.pid_node = 316 | 1 << MEMMON_PID_BITS,
		.tgid = 300,
	};

	memcpy(r.comm, comm, strnlen(comm, sizeof(r.comm)));
	rings_write(&rings, 0, &r);
}

static void write_cache_alloc(enum memmon_class event_class, const char *name)
{
	static struct kmem_cache caches[8];
	static unsigned int nr_caches;
	struct kmem_cache *s = &caches[nr_caches++];

	s->name = name;
	write_request(event_class, "a.out", memmon_cache_lookup(s).id);
}

static void an_empty_log_is_an_empty_file(void **state)
{
	(void)state;
	check("");
}

static void a_kmalloc_is_one_line(void **state)
{
	(void)state;
	rings_write_kmalloc(0, 1, 4096);
	check("[kmalloc]: Process 'a.out' with PID 316 allocated 4096 bytes\n");
	check_format(FORMAT_KMALLOC);
}

static void an_object_of_a_cache_names_it(void **state)
{
	(void)state;
	write_cache_alloc(MEMMON_CLASS_CACHE_ALLOC, "vma_lock");
	check("[kmem_cache_alloc]: Process 'a.out' with PID 316 allocated 40 bytes "
	      "in cache 'vma_lock'\n");
	check_format(FORMAT_CACHE);
}

static void calls_have_their_labels(void **state)
{
	(void)state;
	write_request(MEMMON_CLASS_CALL_KMALLOC, "a", 0);
	write_request(MEMMON_CLASS_CALL_KMALLOC_LARGE, "a", 0);
	write_request(MEMMON_CLASS_CALL_KMALLOC_SLAB, "a", 0);
	write_request(MEMMON_CLASS_CALL_KMALLOC_NODE, "a", 0);
	write_request(MEMMON_CLASS_CALL_KMALLOC_CACHE, "a", 0);
	write_cache_alloc(MEMMON_CLASS_CALL_CACHE_ALLOC, "dentry");
	check("[kmalloc]: Process 'a' with PID 316 allocated 40 bytes\n"
	      "[kmalloc_large]: Process 'a' with PID 316 allocated 40 bytes\n"
	      "[kmalloc_slab]: Process 'a' with PID 316 allocated 40 bytes\n"
	      "[kmalloc_node]: Process 'a' with PID 316 allocated 40 bytes\n"
	      "[kmalloc_cache]: Process 'a' with PID 316 allocated 40 bytes\n"
	      "[kmem_cache_alloc]: Process 'a.out' with PID 316 allocated 40 bytes "
	      "in cache 'dentry'\n");
}

static void pages_say_where_they_are(void **state)
{
	struct memmon_record r = {
		.time = 1,
		.object = 77,
		.bytes_req = 8192,
		.detail = MEMMON_PAGE_DETAIL(1, 2, 3),
		.event_class = MEMMON_CLASS_PAGE_ALLOC,
		.pid_node = 1,
		.comm = "x",
	};

	(void)state;
	rings_write(&rings, 0, &r);
	r.time++;
	r.detail = MEMMON_PAGE_DETAIL(10, 7, 0);
	r.bytes_req = 4 << 20;
	r.pid_node = MEMMON_PID_MASK | 1023U << MEMMON_PID_BITS;
	rings_write(&rings, 0, &r);
	check("[alloc_pages]: Process 'x' with PID 1 allocated 8192 bytes "
	      "(order 1, node 0, zone Normal)\n"
	      "[alloc_pages]: Process 'x' with PID 4194303 allocated 4194304 bytes "
	      "(order 10, node 1023, zone ?)\n");
}

static void no_name_reaches_the_terminal_as_it_is(void **state)
{
	(void)state;
	write_request(MEMMON_CLASS_KMALLOC, "\x1b[31m\n\t\x7f\xff'x y", 0);
	check("[kmalloc]: Process '?[31m???\?'x y' with PID 316 allocated 40 bytes\n");
	check_format(FORMAT_KMALLOC);
	write_cache_alloc(MEMMON_CLASS_CACHE_ALLOC, "evil\x1b]0;name\a\n");
	check("[kmalloc]: Process '?[31m???\?'x y' with PID 316 allocated 40 bytes\n"
	      "[kmem_cache_alloc]: Process 'a.out' with PID 316 allocated 40 bytes "
	      "in cache 'evil?]0;name?\?'\n");
}

static void a_torn_comm_is_cut(void **state)
{
	(void)state;
	write_request(MEMMON_CLASS_KMALLOC, "0123456789abcdef", 0);
	check("[kmalloc]: Process '0123456789abcde' with PID 316 allocated 40 bytes\n");
}

static void only_the_newest_are_shown(void **state)
{
	(void)state;
	memmon_reader_log_remove();
	assert_int_equal(memmon_reader_log_create(0444, &rings, 2), 0);
	assert_int_equal(shim_mode("mem_monitor"), 0444);
	rings_write_kmalloc(0, 1, 1);
	rings_write_kmalloc(1, 3, 3);
	rings_write_kmalloc(2, 2, 2);
	check("[kmalloc]: Process 'a.out' with PID 316 allocated 2 bytes\n"
	      "[kmalloc]: Process 'a.out' with PID 316 allocated 3 bytes\n");
}

static void without_memory_it_does_not_open(void **state)
{
	char *text;
	int left;

	(void)state;
	for (left = 0; left < 3; left++) {
		shim_allocations_left = left;
		assert_int_equal(shim_read("mem_monitor", &text), -ENOMEM);
	}
	shim_allocations_left = -1;
	check("");
}

static void a_file_that_cannot_be_made_is_an_error(void **state)
{
	(void)state;
	memmon_reader_log_remove();
	assert_int_equal(shim_mode("mem_monitor"), 0);
	shim_proc_is_full = true;
	assert_int_equal(memmon_reader_log_create(0400, &rings, 1), -ENOMEM);
	shim_proc_is_full = false;
	assert_int_equal(memmon_reader_log_create(0400, &rings, 1), 0);
	assert_int_equal(shim_mode("mem_monitor"), 0400);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_log_is_an_empty_file),
		TEST(a_kmalloc_is_one_line),
		TEST(an_object_of_a_cache_names_it),
		TEST(calls_have_their_labels),
		TEST(pages_say_where_they_are),
		TEST(no_name_reaches_the_terminal_as_it_is),
		TEST(a_torn_comm_is_cut),
		TEST(only_the_newest_are_shown),
		TEST(without_memory_it_does_not_open),
		TEST(a_file_that_cannot_be_made_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
