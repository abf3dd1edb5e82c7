// SPDX-License-Identifier: GPL-2.0
/* Tests the words of a filter, and its decision on records. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memmon/filter.h"
#include "unit.h"

static const struct memmon_value_name gfp_names[] = {
	{ 0x820, "GFP_ATOMIC" },
	{ 0xcc0, "GFP_KERNEL" },
	{ 0x100, "__GFP_ZERO" },
	{ 0x400, "__GFP_DIRECT_RECLAIM" },
};

static const struct memmon_machine machine = {
	.gfp = gfp_names,
	.nr_gfp = sizeof(gfp_names) / sizeof(gfp_names[0]),
};

static struct memmon_filter filter;
static char why[128];
static char dir[32] = "/tmp/memmon-filter.XXXXXX";
static struct memmon_symbols *symbols;

static void write_file(const char *name, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int start(void **state)
{
	char kallsyms[64], modules[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	write_file("kallsyms", "ffffffff81000000 T first\n"
			       "ffffffff81000100 T alloc_thing\n"
			       "ffffffff81000200 T last\n"
			       "ffffffffc0000000 t inside\t[thing]\n"
			       "ffffffffc0000080 t inside_too\t[thing]\n");
	write_file("modules", "thing 16384 0 - Live 0xffffffffc0000000\n");
	snprintf(kallsyms, sizeof(kallsyms), "%s/kallsyms", dir);
	snprintf(modules, sizeof(modules), "%s/modules", dir);
	return memmon_symbols_open(kallsyms, modules, &symbols);
}

static int end(void **state)
{
	char command[64];

	(void)state;
	memmon_symbols_close(symbols);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static int parse(struct memmon_filter_words words)
{
	const struct memmon_filter_world world = {
		.machine = &machine,
		.symbols = symbols,
		.cgroup_root = dir,
	};

	why[0] = '\0';
	return memmon_filter_parse(&words, &world, &filter, why, sizeof(why));
}

#define PARSE(...) parse((struct memmon_filter_words){ __VA_ARGS__ })

#define REFUSES(text, ...)                                     \
	do {                                                   \
		assert_int_equal(PARSE(__VA_ARGS__), -EINVAL); \
		assert_non_null(strstr(why, text));            \
	} while (0)

static const char *cache_name(void *context, uint32_t id)
{
	(void)context;
	return id == 5 ? "dentry" : NULL;
}

static const struct memmon_filter_names names = { .cache = cache_name };

static int match(struct memmon_record record)
{
	return memmon_filter_match(&filter, &record, &names);
}

#define MATCH(...) match((struct memmon_record){ __VA_ARGS__ })
#define WANTED (-1)

static void no_words_want_all(void **state)
{
	(void)state;
	assert_int_equal(PARSE(.pid = NULL), 0);
	assert_int_equal(filter.conditions, 0);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_KFREE), WANTED);
}

static void pid_is_a_thread_or_a_process(void **state)
{
	(void)state;
	assert_int_equal(PARSE(.pid = "316"), 0);
	assert_int_equal(MATCH(.pid_node = 316 | 1 << MEMMON_PID_BITS, .tgid = 300), WANTED);
	assert_int_equal(MATCH(.pid_node = 317, .tgid = 316), WANTED);
	assert_int_equal(MATCH(.pid_node = 317, .tgid = 300), MEMMON_FILTERED_PID);
	assert_int_equal(PARSE(.tgid = "0"), 0);
	assert_int_equal(MATCH(.pid_node = 1, .tgid = 0), WANTED);
	assert_int_equal(MATCH(.pid_node = 0, .tgid = 1), MEMMON_FILTERED_TGID);
	REFUSES("pid takes a number", .pid = "");
	REFUSES("pid takes a number", .pid = "-1");
	REFUSES("pid takes a number", .pid = "4194304");
	REFUSES("tgid takes a number", .tgid = "1x");
}

static void comm_is_globs(void **state)
{
	(void)state;
	assert_int_equal(PARSE(.comm = "a*,?.out"), 0);
	assert_int_equal(MATCH(.comm = "abc"), WANTED);
	assert_int_equal(MATCH(.comm = "b.out"), WANTED);
	assert_int_equal(MATCH(.comm = "bb.out"), MEMMON_FILTERED_COMM);
	assert_int_equal(MATCH(.comm = ""), MEMMON_FILTERED_COMM);
	assert_int_equal(PARSE(.comm = "kworker/[0-9]"), 0);
	assert_int_equal(MATCH(.comm = "kworker/[0-9]"), WANTED);
	assert_int_equal(MATCH(.comm = "kworker/0"), MEMMON_FILTERED_COMM);
	assert_int_equal(PARSE(.comm = "xxxxxxxxxxxxxxx"), 0);
	assert_int_equal(MATCH(.comm = { 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x',
					 'x', 'x', 'x', 'x' }),
			 WANTED);
	REFUSES("comm takes patterns", .comm = "");
	REFUSES("comm takes patterns", .comm = "a,,b");
	REFUSES("at most 31 characters, not 32", .comm = "12345678901234567890123456789012");
}

static void cache_needs_a_name(void **state)
{
	(void)state;
	assert_int_equal(PARSE(.cache = "kmalloc-*,dentry"), 0);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_CACHE_ALLOC, .detail = 5), WANTED);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_CACHE_ALLOC, .detail = 6),
			 MEMMON_FILTERED_CACHE);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_KFREE), MEMMON_FILTERED_CACHE);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_PAGE_ALLOC, .detail = 5),
			 MEMMON_FILTERED_CACHE);
	REFUSES("cache takes patterns", .cache = ",a");
}

static void sizes_are_ranges(void **state)
{
	static const struct {
		const char *text;
		uint64_t min, max;
	} good[] = {
		{ "64", 64, 64 },   { "1K-4K", 1024, 4096 }, { "8M-", 8 << 20, UINT64_MAX },
		{ "-4k", 0, 4096 }, { "0-1G", 0, 1 << 30 },
	};
	static const char *const bad[] = { "",	       "-",    "K",
					   "4K-1K",    "1.5K", "1KK",
					   "1-2-3",    "0x10", "99999999999999999999",
					   "99999999T" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(PARSE(.bytes = good[i].text), 0);
		assert_int_equal(filter.min_bytes, good[i].min);
		assert_int_equal(filter.max_bytes, good[i].max);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSES("bytes takes a size or a range", .bytes = bad[i]);
	assert_int_equal(PARSE(.bytes = "-100"), 0);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_KMALLOC, .bytes_req = 100), WANTED);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_KMALLOC, .bytes_req = 101),
			 MEMMON_FILTERED_BYTES);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_KFREE), MEMMON_FILTERED_BYTES);
}

static void orders_and_nodes_are_lists(void **state)
{
	(void)state;
	assert_int_equal(PARSE(.order = "3"), 0);
	assert_int_equal(filter.orders, 1 << 3);
	assert_int_equal(PARSE(.order = "0,2-10"), 0);
	assert_int_equal(filter.orders, 0x7fd);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_PAGE_FREE, .detail = 10), WANTED);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_PAGE_FREE, .detail = 1),
			 MEMMON_FILTERED_ORDER);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_KMALLOC), MEMMON_FILTERED_ORDER);
	REFUSES("order takes numbers up to 31", .order = "32");
	REFUSES("order takes numbers", .order = "3-2");
	REFUSES("order takes numbers", .order = "1,");
	assert_int_equal(PARSE(.node = "1,64-65"), 0);
	assert_int_equal(filter.nodes[0], 2);
	assert_int_equal(filter.nodes[1], 3);
	assert_int_equal(MATCH(.object = 1, .pid_node = 65U << MEMMON_PID_BITS), WANTED);
	assert_int_equal(MATCH(.object = 1, .pid_node = 0), MEMMON_FILTERED_NODE);
	assert_int_equal(MATCH(.object = 1, .pid_node = MEMMON_NODE_UNKNOWN << MEMMON_PID_BITS),
			 MEMMON_FILTERED_NODE);
	REFUSES("node takes numbers up to 1022", .node = "1023");
}

static void flags_are_wanted_or_not(void **state)
{
	(void)state;
	assert_int_equal(PARSE(.gfp = "GFP_ATOMIC"), 0);
	assert_int_equal(filter.gfp_mask, 0x820);
	assert_int_equal(filter.gfp_value, 0x820);
	assert_int_equal(PARSE(.gfp = "__GFP_ZERO|!__GFP_DIRECT_RECLAIM"), 0);
	assert_int_equal(filter.gfp_mask, 0x500);
	assert_int_equal(filter.gfp_value, 0x100);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_KMALLOC, .gfp = 0x920), WANTED);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_KMALLOC, .gfp = 0xdc0),
			 MEMMON_FILTERED_GFP);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_KFREE, .gfp = 0x920),
			 MEMMON_FILTERED_GFP);
	assert_int_equal(PARSE(.gfp = "GFP_NONSENSE"), -ENOENT);
	assert_non_null(strstr(why, "no gfp flag 'GFP_NONSENSE' on this kernel"));
	REFUSES("is several flags", .gfp = "!GFP_ATOMIC");
	REFUSES("wants and excludes", .gfp = "__GFP_ZERO|!__GFP_ZERO");
	REFUSES("wants and excludes", .gfp = "!__GFP_ZERO|__GFP_ZERO");
}

static void sites_are_functions_and_modules(void **state)
{
	(void)state;
	assert_int_equal(PARSE(.site = "alloc_thing,[thing]"), 0);
	assert_int_equal(filter.nr_sites, 2);
	assert_int_equal(MATCH(.call_site = 0xffffffff81000180), WANTED);
	assert_int_equal(MATCH(.call_site = 0xffffffffc0000084), WANTED);
	assert_int_equal(MATCH(.call_site = 0xffffffff81000000), MEMMON_FILTERED_SITE);
	assert_int_equal(MATCH(.call_site = 0xffffffff81000200), MEMMON_FILTERED_SITE);
	assert_int_equal(MATCH(.call_site = 0), MEMMON_FILTERED_SITE);
	assert_int_equal(PARSE(.site = "nothing"), -ENOENT);
	assert_string_equal(why, "no function 'nothing' is known");
	assert_int_equal(PARSE(.site = "[nothing]"), -ENOENT);
	REFUSES("site takes function or [module]", .site = "[thing");
	REFUSES("site takes function or [module]", .site = "last,");
}

static void contexts_have_names(void **state)
{
	(void)state;
	assert_int_equal(PARSE(.context = "softirq,hardirq"), 0);
	assert_int_equal(MATCH(.context = MEMMON_CONTEXT_HARDIRQ), WANTED);
	assert_int_equal(MATCH(.context = MEMMON_CONTEXT_TASK), MEMMON_FILTERED_CONTEXT);
	REFUSES("context takes task", .context = "irq");
}

static void a_sample_keeps_objects_whole(void **state)
{
	unsigned int kept = 0;

	(void)state;
	assert_int_equal(PARSE(.sample = "10"), 0);
	for (uint64_t i = 0; i < 100000; i++) {
		uint64_t object = 0xffff888000000000 + i * 64;
		int alloc = MATCH(.event_class = MEMMON_CLASS_KMALLOC, .object = object);

		assert_int_equal(alloc, MATCH(.event_class = MEMMON_CLASS_KFREE, .object = object));
		kept += alloc == WANTED;
	}
	assert_in_range(kept, 9000, 11000);
	REFUSES("sample takes a number from 1", .sample = "0");
}

static void cgroups_are_folders(void **state)
{
	char path[64], full[64];
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/a", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(PARSE(.cgroup = "/a"), 0);
	fd = filter.cgroup_fd;
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	memmon_filter_release(&filter);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	snprintf(full, sizeof(full), "%s/a", dir);
	assert_int_equal(PARSE(.cgroup = full), 0);
	memmon_filter_release(&filter);
	assert_int_equal(PARSE(.cgroup = "b"), -ENOENT);
	assert_non_null(strstr(why, "cannot open the cgroup 'b'"));
	/* A later mistake gives the folder back. */
	assert_int_equal(PARSE(.cgroup = "a", .gfp = "x"), -ENOENT);
	assert_int_equal(filter.cgroup_fd, -1);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void the_first_unmet_is_told(void **state)
{
	(void)state;
	assert_int_equal(PARSE(.pid = "1", .bytes = "64", .context = "task"), 0);
	assert_int_equal(MATCH(.context = 2, .event_class = MEMMON_CLASS_KFREE, .tgid = 2),
			 MEMMON_FILTERED_PID);
	assert_int_equal(MATCH(.context = 2, .event_class = MEMMON_CLASS_KFREE, .tgid = 1),
			 MEMMON_FILTERED_BYTES);
}

static void classes_have_names(void **state)
{
	uint32_t mask;

	(void)state;
	assert_int_equal(memmon_classes_parse("kmalloc,kfree", MEMMON_SOURCE_TRACEPOINT, &mask, why,
					      sizeof(why)),
			 0);
	assert_int_equal(mask, 1 << MEMMON_CLASS_KMALLOC | 1 << MEMMON_CLASS_KFREE);
	assert_int_equal(
		memmon_classes_parse("kmalloc", MEMMON_SOURCE_KPROBE, &mask, why, sizeof(why)), 0);
	assert_int_equal(mask, 1 << MEMMON_CLASS_CALL_KMALLOC);
	assert_int_equal(
		memmon_classes_parse("page", MEMMON_SOURCE_TRACEPOINT, &mask, why, sizeof(why)), 0);
	assert_int_equal(mask, 1 << MEMMON_CLASS_PAGE_ALLOC | 1 << MEMMON_CLASS_PAGE_FREE |
				       1 << MEMMON_CLASS_PAGE_FREE_BATCHED |
				       1 << MEMMON_CLASS_PAGE_ALLOC_BULK |
				       1 << MEMMON_CLASS_PAGE_EXTFRAG);
	assert_int_equal(memmon_classes_parse("free", MEMMON_SOURCE_KPROBE, &mask, why,
					      sizeof(why)),
			 -EINVAL);
	assert_string_equal(why, "no event class 'free' in this source");
}

static void flags_are_printed(void **state)
{
	char text[64];

	(void)state;
	assert_int_equal(memmon_gfp_print(&machine, 0xdc0, text, sizeof(text)), 21);
	assert_string_equal(text, "GFP_KERNEL|__GFP_ZERO");
	memmon_gfp_print(&machine, 0x20100, text, sizeof(text));
	assert_string_equal(text, "__GFP_ZERO|0x20000");
	memmon_gfp_print(&machine, 0, text, sizeof(text));
	assert_string_equal(text, "0");
	assert_int_equal(memmon_gfp_print(&machine, 0xdc0, text, 5), 21);
	assert_string_equal(text, "GFP_");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_words_want_all),
		cmocka_unit_test(pid_is_a_thread_or_a_process),
		cmocka_unit_test(comm_is_globs),
		cmocka_unit_test(cache_needs_a_name),
		cmocka_unit_test(sizes_are_ranges),
		cmocka_unit_test(orders_and_nodes_are_lists),
		cmocka_unit_test(flags_are_wanted_or_not),
		cmocka_unit_test(sites_are_functions_and_modules),
		cmocka_unit_test(contexts_have_names),
		cmocka_unit_test(a_sample_keeps_objects_whole),
		cmocka_unit_test(cgroups_are_folders),
		cmocka_unit_test(the_first_unmet_is_told),
		cmocka_unit_test(classes_have_names),
		cmocka_unit_test(flags_are_printed),
	};

	return cmocka_run_group_tests(tests, start, end);
}
