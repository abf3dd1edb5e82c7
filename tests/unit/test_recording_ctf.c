// SPDX-License-Identifier: GPL-2.0
/* Tests that babeltrace2, which knows nothing of us, reads the same in a recording as we do. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memmon/filter.h"
#include "memmon/reader.h"
#include "recording_maker.h"
#include "unit.h"

static const char *const classes[] = {
#define NAME(id, name) [MEMMON_CLASS_##id] = name,
	MEMMON_CLASSES(NAME)
#undef NAME
};

static const char *const contexts[] = {
#define NAME(id, name) [MEMMON_CONTEXT_##id] = name,
	MEMMON_CONTEXTS(NAME)
#undef NAME
};

/* Fails here, and not in some line that is missing, when the program is not installed. */
static FILE *start(const char *options, const char *dir)
{
	char command[256];
	FILE *output;

	assert_int_equal(system("command -v babeltrace2 >/dev/null || "
				"{ echo 'no babeltrace2; run scripts/deps test' >&2; false; }"),
			 0);
	snprintf(command, sizeof(command), "TZ=UTC LC_ALL=C babeltrace2 %s %s 2>&1", options, dir);
	output = popen(command, "re");
	assert_non_null(output);
	return output;
}

static void assert_has(const char *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void assert_has(const char *line, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!strstr(line, text))
		fail_msg("'%s' is not in: %s", text, line);
}

static const char *value_name(const struct memmon_value_name *names, size_t nr, uint64_t value)
{
	for (size_t i = 0; i < nr; i++)
		if (names[i].value == value)
			return names[i].name;
	return "<unknown>";
}

static void assert_page(const char *line, const struct memmon_machine *machine,
			const struct memmon_record *record)
{
	unsigned int zone = MEMMON_PAGE_ZONE(record->detail);
	unsigned int type = MEMMON_PAGE_MIGRATETYPE(record->detail);

	assert_has(line, " order = %u,", MEMMON_PAGE_ORDER(record->detail));
	assert_has(line, " zone = ( \"%s\" : container = %u )",
		   value_name(machine->zones, machine->nr_zones, zone), zone);
	assert_has(line, " migratetype = ( \"%s\" : container = %u )",
		   value_name(machine->migratetypes, machine->nr_migratetypes, type), type);
	assert_has(line, " pfn = 0x%" PRIX64 ",", (uint64_t)record->object);
}

static void assert_broken_block(const char *line, const struct memmon_machine *machine,
				const struct memmon_record *record)
{
	unsigned int type = MEMMON_PAGE_MIGRATETYPE(record->gfp);

	assert_has(line, " from_order = %u,", MEMMON_PAGE_ORDER(record->gfp));
	assert_has(line, " from_migratetype = ( \"%s\" : container = %u )",
		   value_name(machine->migratetypes, machine->nr_migratetypes, type), type);
	assert_has(line, " call_site = 0x%" PRIX64 ",", (uint64_t)record->call_site);
}

static void assert_line(const char *line, struct memmon_reader *reader,
			const struct memmon_event *event)
{
	const struct memmon_record *record = event->record;

	assert_has(line, " %s: ", classes[record->event_class]);
	assert_has(line, "{ cpu_id = %u }", event->cpu);
	assert_has(line, " context = ( \"%s\" : container = %u )", contexts[record->context],
		   record->context);
	if (record->event_class == MEMMON_CLASS_PAGE_EXTFRAG)
		assert_broken_block(line, memmon_reader_machine(reader), record);
	else
		assert_has(line, " gfp = ( ");
	if (record->event_class != MEMMON_CLASS_PAGE_EXTFRAG)
		assert_has(line, " : container = %u ), call_site = 0x%" PRIX64 ",", record->gfp,
			   (uint64_t)record->call_site);
	assert_has(line, " bytes_req = %u,", record->bytes_req);
	assert_has(line, " bytes_alloc = %u,", record->bytes_alloc);
	assert_has(line, " pid = %u,", record->pid_node & MEMMON_PID_MASK);
	assert_has(line, " node = %u,", record->pid_node >> MEMMON_PID_BITS);
	assert_has(line, " tgid = %u,", record->tgid);
	assert_has(line, " comm = \"%s\"", record->comm);
	if (memmon_class_is_page(record->event_class)) {
		assert_page(line, memmon_reader_machine(reader), record);
		return;
	}
	assert_has(line, " : container = %u ), gfp", record->detail);
	assert_has(line, " object = 0x%" PRIX64 ",", (uint64_t)record->object);
}

/* Each line of babeltrace2 against the event that we read, in the same order. */
static void compare(const struct maker *maker, size_t expected)
{
	FILE *output = start("--clock-seconds", maker->dir);
	struct memmon_reader *reader;
	struct memmon_event event;
	char line[1024];
	size_t nr = 0;

	assert_int_equal(memmon_reader_open(maker->dir, &reader), 0);
	while (fgets(line, sizeof(line), output)) {
		uint64_t ns;

		assert_int_equal(memmon_reader_take(reader, &event, 1), 1);
		ns = MAKER_REALTIME_NS + memmon_reader_ns(reader, event.record->time);
		assert_has(line, "[%" PRIu64 ".%09" PRIu64 "]", ns / 1000000000, ns % 1000000000);
		assert_line(line, reader, &event);
		nr++;
	}
	assert_int_equal(memmon_reader_take(reader, &event, 1), 0);
	assert_int_equal(nr, expected);
	memmon_reader_close(reader);
	assert_int_equal(pclose(output), 0);
}

static void prints_the_same_events(void **state)
{
	struct maker *maker = *state;

	maker_make(maker, 4, 500, 64);
	compare(maker, 2000);
}

static void prints_events_of_hooks(void **state)
{
	struct maker *maker = *state;
	struct memmon_recording *recording = maker_create(maker);
	struct memmon_stats stats = { 0 };
	struct memmon_record records[MEMMON_NR_CLASSES];
	size_t nr = 0;

	for (unsigned int i = 0; i < MEMMON_NR_CLASSES; i++) {
		struct memmon_record *record = &records[nr];

		if (!(MEMMON_CLASSES_HOOK >> i & 1))
			continue;
		*record = maker_record(1, i, MAKER_START + i);
		record->event_class = (uint8_t)i;
		record->gfp = 0xcc0;
		record->detail = memmon_class_is_page(i) ?
					 (uint16_t)MEMMON_PAGE_DETAIL(i % 11, i % 3, i % 2) :
					 (uint16_t)(i % 4);
		if (i == MEMMON_CLASS_PAGE_EXTFRAG)
			record->gfp = MEMMON_PAGE_DETAIL(9, 0, 1);
		nr++;
	}
	assert_int_equal(maker_write(recording, 1, records, nr, nr), 0);
	assert_int_equal(memmon_recording_finish(recording, &stats, NULL), 0);
	memmon_recording_destroy(recording);
	compare(maker, nr);
}

/* It knows less names of a recording without an end, and the same numbers. */
static void prints_a_recording_without_an_end(void **state)
{
	struct maker *maker = *state;
	struct memmon_recording *recording = maker_create(maker);
	struct memmon_record records[10];

	for (uint64_t i = 0; i < 10; i++)
		records[i] = maker_record(2, i, MAKER_START + 10 * i);
	assert_int_equal(maker_write(recording, 2, records, 10, 5), 0);
	compare(maker, 10);
	memmon_recording_destroy(recording);
}

static void names_flags_and_caches(void **state)
{
	static const char *const expected[] = { "gfp = ( \"GFP_KERNEL\" : container = 3264 )",
						"gfp = ( \"GFP_KERNEL|__GFP_ZERO\" : container = ",
						"gfp = ( \"__GFP_ZERO|0x4000\" : container = ",
						"gfp = ( \"none\" : container = 0 )",
						"cache_id = ( \"kmalloc-64\" : container = 1 )",
						"cache_id = ( \"unknown\" : container = 0 )" };
	struct maker *maker = *state;
	size_t found[sizeof(expected) / sizeof(expected[0])] = { 0 };
	char line[1024];
	FILE *output;

	maker_make(maker, 1, 100, 100);
	output = start("", maker->dir);
	while (fgets(line, sizeof(line), output))
		for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
			found[i] += strstr(line, expected[i]) != NULL;
	assert_int_equal(pclose(output), 0);
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		assert_true(found[i] > 0);
}

/* Losses between packets, and those after the last one. */
static void tells_of_discarded_events(void **state)
{
	struct maker *maker = *state;
	struct memmon_recording *recording = maker_create(maker);
	struct memmon_record record = maker_record(1, 0, MAKER_START);
	struct memmon_span span = { .first = &record, .nr_first = 1, .end = 64 };
	struct memmon_stats stats = { 0 };
	size_t nr_told = 0;
	char line[1024];
	FILE *output;

	assert_int_equal(memmon_recording_write(recording, 1, &span), 0);
	record.time += 100;
	span.end += 64 + 5 * 64;
	span.overwritten = 5;
	stats.dropped[MEMMON_DROPPED_NESTED] = 2;
	memmon_recording_set_stats(recording, &stats);
	assert_int_equal(memmon_recording_write(recording, 1, &span), 0);
	stats.dropped[MEMMON_DROPPED_FULL] = 11;
	assert_int_equal(memmon_recording_finish(recording, &stats, NULL), 0);
	memmon_recording_destroy(recording);
	output = start("", maker->dir);
	while (fgets(line, sizeof(line), output))
		nr_told += strstr(line, "discarded 7 events") != NULL ||
			   strstr(line, "discarded 11 events") != NULL;
	assert_int_equal(pclose(output), 0);
	assert_int_equal(nr_told, 2);
}

/* A machine with names that mean something in TSDL, and one without names. */
static void odd_machines_are_no_trouble(void **state)
{
	static const struct memmon_value_name evil[] = { { 1, "a\" = 1 };\n\\" },
							 { 1, "second name of 1" },
							 { 1ULL << 40, "does not fit" } };
	struct maker *maker = *state;

	maker->machine.zones = evil;
	maker->machine.nr_zones = 3;
	maker->machine.gfp = evil;
	maker->machine.nr_gfp = 3;
	maker->machine.migratetypes = evil + 2;
	maker->machine.nr_migratetypes = 1;
	for (int i = 0; i < 2; i++) {
		FILE *output;
		char line[1024];
		int nr = 0;

		maker_make(maker, 1, 10, 10);
		output = start("", maker->dir);
		while (fgets(line, sizeof(line), output))
			nr++;
		assert_int_equal(pclose(output), 0);
		assert_int_equal(nr, 10);
		maker_remove(maker->dir);
		maker->machine.nr_zones = 0;
		maker->machine.nr_gfp = 0;
		maker->machine.nr_migratetypes = 0;
		maker->machine.clock = MEMMON_CLOCK_MONO_NS;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(prints_the_same_events, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(prints_events_of_hooks, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(prints_a_recording_without_an_end, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(names_flags_and_caches, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(tells_of_discarded_events, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(odd_machines_are_no_trouble, maker_set_up,
						maker_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
