// SPDX-License-Identifier: GPL-2.0
/* Tests folded call stacks: names that could be taken for something else, lines that are alike, sums. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_reader.h"
#include "memmon/symbols.h"
#include "report.h"
#include "unit.h"

#define NR_EVENTS 400

/* Call sites of the stacks 1 to 3, and what all their callers lie in; see fake_stack_frames(). */
#define KALLSYMS                                  \
	"ffffffff81000010 t odd;name one\n"       \
	"ffffffff81000020 t back\\slash\t[mod]\n" \
	"ffffffff81000030 t plain\n"              \
	"ffffffff82000000 t caller\x01\x7f\n"

static struct memmon_record records[NR_EVENTS];
static struct memmon_event events[NR_EVENTS];

static struct memmon_symbols *make_symbols(void)
{
	char path[] = "/tmp/memmon-unit.XXXXXX";
	struct memmon_symbols *symbols;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, KALLSYMS, strlen(KALLSYMS)), strlen(KALLSYMS));
	close(fd);
	assert_int_equal(memmon_symbols_open(path, "/dev/null", &symbols), 0);
	unlink(path);
	return symbols;
}

static void make_events(uint32_t nr_stacks)
{
	for (size_t i = 0; i < NR_EVENTS; i++) {
		records[i] = (struct memmon_record){
			.time = 1000 + i,
			.event_class = i % 5 ? MEMMON_CLASS_KMALLOC : MEMMON_CLASS_PAGE_ALLOC,
			.call_site = i % (nr_stacks + 1),
			.object = 0xffff888000000000 + 64 * i,
			.bytes_req = 10,
			.bytes_alloc = 16,
			.tgid = 7,
			.comm = "a;b c",
		};
		events[i].record = &records[i];
	}
}

/* What is printed; to free(). */
static char *fold(const struct memmon_report_options *options, const char *value, uint64_t *sum)
{
	const struct report_column *column = report_column_find(value, strlen(value));
	struct report_view view = { .options = *options, .value = column };
	struct fake_reader fake;
	char *text;
	size_t len;
	FILE *out;

	fake_reader_init(&fake);
	fake.options.stacks = FAKE_STACKS;
	fake.events = events;
	fake.nr_events = NR_EVENTS;
	fake.symbols = make_symbols();
	view.reader = &fake.reader;
	assert_int_equal(memmon_report_create(&fake.reader, options, &view.report), 0);
	assert_int_equal(memmon_report_read(view.report), 0);
	assert_int_equal(memmon_report_finish(view.report), 0);
	out = open_memstream(&text, &len);
	assert_non_null(out);
	assert_int_equal(report_folded(&view, out), 0);
	fclose(out);
	*sum = column->value(memmon_report_total(view.report, MEMMON_SECTION_SLAB)) +
	       column->value(memmon_report_total(view.report, MEMMON_SECTION_PAGES));
	memmon_report_destroy(view.report);
	memmon_symbols_close(fake.symbols);
	return text;
}

static void names_are_escaped(void **state)
{
	static const struct memmon_report_options options = {
		.keys = { MEMMON_KEY_STACK },
		.nr_keys = 1,
		.until_ns = UINT64_MAX,
	};
	uint64_t sum;
	char *text;

	(void)state;
	make_events(2);
	text = fold(&options, "requests", &sum);
	/* One line for each section and stack; frames of one function are named alike. */
	assert_string_equal(text, "pages;(no-stack) 27\n"
				  "pages;caller\\x01\\x7f;caller\\x01\\x7f;back\\\\slash_[mod] 27\n"
				  "pages;caller\\x01\\x7f;odd\\x3bname\\x20one 26\n"
				  "slab;(no-stack) 107\n"
				  "slab;caller\\x01\\x7f;caller\\x01\\x7f;back\\\\slash_[mod] 106\n"
				  "slab;caller\\x01\\x7f;odd\\x3bname\\x20one 107\n");
	assert_int_equal(sum, NR_EVENTS);
	free(text);
}

static uint64_t add_up(char *text, size_t *nr_lines)
{
	uint64_t sum = 0;

	*nr_lines = 0;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		/* As programs take it apart: the last blank begins the value, and is the only one. */
		char *value = strrchr(line, ' ');

		assert_non_null(value);
		assert_ptr_equal(strchr(line, ' '), value);
		sum += strtoull(value + 1, NULL, 10);
		++*nr_lines;
	}
	return sum;
}

static void lines_add_up_to_the_report(void **state)
{
	static const char *const values[] = { "requests", "requested", "taken", "outstanding",
					      "outstanding_objects" };
	static const struct memmon_report_options options = {
		.keys = { MEMMON_KEY_PROCESS, MEMMON_KEY_STACK },
		.nr_keys = 2,
		.until_ns = UINT64_MAX,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		size_t nr_lines;
		uint64_t sum;
		char *text;

		make_events(FAKE_STACKS + 3);
		text = fold(&options, values[i], &sum);
		assert_non_null(strstr(text, "slab;a\\x3bb\\x20c\\x20(7);caller"));
		/* Ids that nobody knows. */
		assert_non_null(strstr(text, "slab;a\\x3bb\\x20c\\x20(7);(not-known) "));
		assert_int_equal(add_up(text, &nr_lines), sum);
		assert_true(nr_lines > 10);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(lines_add_up_to_the_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
