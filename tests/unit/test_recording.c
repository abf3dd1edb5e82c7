// SPDX-License-Identifier: GPL-2.0
/* Tests that what is written into a recording is read from it again, event by event and name by name. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memmon/reader.h"
#include "recording_maker.h"
#include "unit.h"

static struct memmon_reader *open_recording(const struct maker *maker)
{
	struct memmon_reader *reader;

	assert_int_equal(memmon_reader_open(maker->dir, &reader), 0);
	return reader;
}

/* The events of maker_make(), in the order that they must come in. */
static void assert_events(struct memmon_reader *reader, uint32_t nr_cpus, size_t nr,
			  unsigned int max)
{
	struct memmon_event *events = calloc(max, sizeof(*events));
	uint64_t next[8] = { 0 };
	uint64_t last_time = 0;
	uint32_t last_cpu = 0;
	int got;

	assert_non_null(events);
	while ((got = memmon_reader_take(reader, events, max)) > 0) {
		for (int i = 0; i < got; i++) {
			uint32_t cpu = events[i].cpu;
			const struct memmon_record *record = events[i].record;
			struct memmon_record expected;

			assert_true(cpu < nr_cpus);
			expected = maker_record(cpu, next[cpu], MAKER_START + next[cpu] / 2 * 100);
			next[cpu]++;
			assert_memory_equal(record, &expected, sizeof(expected));
			assert_true(record->time > last_time ||
				    (record->time == last_time && cpu >= last_cpu));
			last_time = record->time;
			last_cpu = cpu;
		}
	}
	assert_int_equal(got, 0);
	for (uint32_t cpu = 0; cpu < nr_cpus; cpu++)
		assert_int_equal(next[cpu], nr);
	assert_int_equal(memmon_reader_take(reader, events, max), 0);
	assert_int_equal(memmon_reader_wait(reader, 1000), 0);
	free(events);
}

static void events_come_back(void **state)
{
	static const struct {
		uint32_t nr_cpus;
		size_t nr;
		size_t packet_records;
		unsigned int max;
	} cases[] = {
		{ 1, 1, 1, 1 },	       { 1, 1000, 7, 13 },	    { 3, 1000, 64, 1 },
		{ 4, 5000, 5000, 64 }, { 4, 20000, 17000, 100000 }, { 2, 40000, 33000, 1024 },
	};
	struct maker *maker = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct memmon_reader *reader;
		struct memmon_loss loss;

		maker_make(maker, cases[i].nr_cpus, cases[i].nr, cases[i].packet_records);
		reader = open_recording(maker);
		assert_events(reader, cases[i].nr_cpus, cases[i].nr, cases[i].max);
		assert_int_equal(memmon_reader_loss(reader, &loss), 0);
		assert_false(loss.is_unfinished);
		assert_int_equal(loss.cut_bytes, 0);
		assert_int_equal(loss.missing_classes, MAKER_MISSING_CLASSES);
		assert_int_equal(memmon_reader_machine(reader)->classes, MAKER_CLASSES);
		assert_int_equal(loss.recorded, cases[i].nr * cases[i].nr_cpus);
		assert_int_equal(loss.seen, loss.recorded);
		memmon_reader_close(reader);
		maker_remove(maker->dir);
	}
}

static void assert_names(const struct memmon_value_name *names, size_t nr,
			 const struct memmon_value_name *expected, size_t nr_expected)
{
	assert_int_equal(nr, nr_expected);
	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(names[i].value, expected[i].value);
		assert_string_equal(names[i].name, expected[i].name);
	}
}

static void the_machine_comes_back(void **state)
{
	struct maker *maker = *state;
	const struct memmon_machine *expected = &maker->machine;
	const struct memmon_machine *machine;
	struct memmon_reader *reader;

	maker->machine.clock_at_start = 0xfffffffffffffff0;
	memmon_recording_destroy(maker_create(maker));
	reader = open_recording(maker);
	machine = memmon_reader_machine(reader);
	assert_string_equal(machine->host, expected->host);
	assert_string_equal(machine->kernel_release, expected->kernel_release);
	assert_string_equal(machine->kernel_version, expected->kernel_version);
	assert_string_equal(machine->architecture, expected->architecture);
	assert_int_equal(machine->page_bytes, 4096);
	assert_int_equal(machine->nr_cpus, 4);
	assert_int_equal(machine->clock, MEMMON_CLOCK_TSC);
	assert_int_equal(machine->clock_khz, MAKER_KHZ);
	assert_int_equal(machine->clock_at_start, 0xfffffffffffffff0);
	assert_int_equal(machine->monotonic_start_ns, expected->monotonic_start_ns);
	assert_int_equal(machine->realtime_start_ns, MAKER_REALTIME_NS);
	assert_names(machine->gfp, machine->nr_gfp, expected->gfp, expected->nr_gfp);
	assert_names(machine->zones, machine->nr_zones, expected->zones, expected->nr_zones);
	assert_names(machine->migratetypes, machine->nr_migratetypes, expected->migratetypes,
		     expected->nr_migratetypes);
	assert_memory_equal(machine->cpu_nodes, expected->cpu_nodes, 4 * sizeof(uint16_t));
	memmon_reader_close(reader);
}

/* A session that begins after its recording was made. */
static void the_clock_can_be_set(void **state)
{
	struct maker *maker = *state;
	struct memmon_recording *recording = maker_create(maker);
	struct memmon_machine later = { .clock = MEMMON_CLOCK_MONO_NS,
					.clock_khz = 7,
					.clock_at_start = 11,
					.monotonic_start_ns = 12,
					.realtime_start_ns = 13 };
	const struct memmon_machine *machine;
	struct memmon_reader *reader;

	assert_int_equal(memmon_recording_set_clock(recording, &later), 0);
	memmon_recording_destroy(recording);
	reader = open_recording(maker);
	machine = memmon_reader_machine(reader);
	assert_int_equal(machine->clock, MEMMON_CLOCK_MONO_NS);
	assert_int_equal(machine->clock_khz, 7);
	assert_int_equal(machine->clock_at_start, 11);
	assert_int_equal(machine->monotonic_start_ns, 12);
	assert_int_equal(machine->realtime_start_ns, 13);
	assert_string_equal(machine->host, maker->machine.host);
	assert_int_equal(machine->nr_gfp, maker->machine.nr_gfp);
	assert_int_equal(memmon_reader_ns(reader, 111), 100);
	memmon_reader_close(reader);
}

static void options_come_back(void **state)
{
	struct maker *maker = *state;
	struct memmon_options *options = &maker->options;
	struct memmon_reader *reader;

	options->flags = MEMMON_OPTION_OVERWRITE;
	options->source = MEMMON_SOURCE_KPROBE;
	options->classes = MEMMON_CLASSES_KPROBE;
	options->ring_bytes = 1 << 20;
	options->watermark_bytes = 1 << 18;
	options->map_bytes = (1 << 20) + 4096;
	options->filter = (struct memmon_filter){
		.conditions = 1U << MEMMON_FILTERED_PID | 1U << MEMMON_FILTERED_CONTEXT,
		.pid = 7,
		.tgid = 8,
		.cgroup_fd = -1,
		.contexts = 1U << MEMMON_CONTEXT_NMI,
		.orders = 0xffffffff,
		.gfp_mask = 0x80000000,
		.gfp_value = 0x100,
		.min_bytes = 1,
		.max_bytes = UINT64_MAX,
		.sample_one_in = 9,
		.nr_sites = 2,
		.sites = { { 1, 2 }, { 0xffffffff81000000, UINT64_MAX } },
		.nodes = { [0] = 1, [15] = 1ULL << 63 },
		.comm = "odd\n\"\\\xff",
	};
	memset(options->filter.cache, 'x', sizeof(options->filter.cache) - 1);
	memmon_recording_destroy(maker_create(maker));
	reader = open_recording(maker);
	assert_memory_equal(memmon_reader_options(reader), options, sizeof(*options));
	memmon_reader_close(reader);
}

static void names_come_back(void **state)
{
	struct maker *maker = *state;
	const struct memmon_cache *cache;
	struct memmon_reader *reader;
	char text[128];

	maker_make(maker, 3, 100, 9);
	reader = open_recording(maker);
	cache = memmon_reader_cache(reader, 1);
	assert_non_null(cache);
	assert_int_equal(cache->id, 1);
	assert_int_equal(cache->object_bytes, 64);
	assert_string_equal(cache->name, "kmalloc-64");
	assert_string_equal(cache->aliases, "vm_thing");
	assert_string_equal(memmon_reader_cache(reader, 3)->name, MAKER_EVIL_CACHE);
	assert_string_equal(memmon_reader_cache(reader, 3)->aliases, "");
	assert_null(memmon_reader_cache(reader, 0));
	assert_null(memmon_reader_cache(reader, 4));
	assert_null(memmon_reader_cache(reader, UINT32_MAX));
	assert_string_equal(memmon_reader_cgroup(reader, 101), "/user.slice/odd\\name");
	assert_null(memmon_reader_cgroup(reader, 100));
	assert_null(memmon_reader_cgroup(reader, 99));
	memmon_symbols_print(memmon_reader_symbols(reader), 0xffffffffc0001030, text, sizeof(text));
	assert_string_equal(text, "ext4_fill_super+0x30 [ext4]");
	memmon_symbols_print(memmon_reader_symbols(reader), 0xffffffff00000000, text, sizeof(text));
	assert_string_equal(text, "0xffffffff00000000");
	memmon_reader_close(reader);
}

/* Whether the recording on disk has a name for the site that maker_record() gives its first events. */
static bool has_site_names(const struct maker *maker)
{
	char path[128];
	struct stat info;

	snprintf(path, sizeof(path), "%s/memmon/symbols", maker->dir);
	assert_int_equal(stat(path, &info), 0);
	return info.st_size > 0;
}

static void sites_can_be_named_later(void **state)
{
	struct maker *maker = *state;
	struct memmon_record records[16];
	struct memmon_recording *recording;

	for (uint64_t i = 0; i < 16; i++)
		records[i] = maker_record(0, i, MAKER_START + i);
	maker->setup.names_sites_later = true;
	recording = maker_create(maker);
	assert_int_equal(maker_write(recording, 0, records, 16, 16), 0);
	assert_false(has_site_names(maker));
	assert_int_equal(memmon_recording_name_sites(recording), 0);
	assert_true(has_site_names(maker));
	memmon_recording_destroy(recording);
}

static void times_are_in_ns(void **state)
{
	struct maker *maker = *state;
	struct memmon_reader *reader;

	memmon_recording_destroy(maker_create(maker));
	reader = open_recording(maker);
	assert_int_equal(memmon_reader_ns(reader, MAKER_START), 0);
	assert_int_equal(memmon_reader_ns(reader, MAKER_START - 5), 0);
	assert_int_equal(memmon_reader_ns(reader, MAKER_START + 2500), 1000);
	/* A year later, not a nanosecond is missing. */
	assert_int_equal(memmon_reader_ns(reader, MAKER_START + 78840000000000000ULL),
			 31536000000000000ULL);
	memmon_reader_close(reader);
}

static void order_of_time_is_checked(void **state)
{
	struct maker *maker = *state;
	struct memmon_recording *recording = maker_create(maker);
	struct memmon_record records[3];
	struct memmon_reader *reader;
	struct memmon_event event;

	for (uint64_t i = 0; i < 3; i++)
		records[i] = maker_record(0, i, MAKER_START + 10 + i);
	assert_int_equal(maker_write(recording, 0, records, 3, 2), 0);
	/* Earlier than the one before: in a piece, over the seam, over packets; and no record. */
	records[1].time = MAKER_START + 20;
	assert_int_equal(maker_write(recording, 0, records, 3, 3), -EINVAL);
	records[0].time = MAKER_START + 19;
	assert_int_equal(maker_write(recording, 0, records, 3, 2), -EINVAL);
	assert_int_equal(maker_write(recording, 4, records, 2, 2), -EINVAL);
	records[0].time = MAKER_START + 11;
	assert_int_equal(maker_write(recording, 0, records, 2, 2), -EINVAL);
	records[0].time = MAKER_START + 12;
	records[1].event_class = MEMMON_NR_CLASSES;
	assert_int_equal(maker_write(recording, 0, records, 2, 2), -EINVAL);
	records[1].event_class = MEMMON_CLASS_NONE;
	assert_int_equal(maker_write(recording, 0, records, 2, 2), -EINVAL);
	assert_int_equal(maker_write(recording, 0, records, 1, 1), 0);
	assert_int_equal(memmon_recording_records(recording), 4);
	assert_int_equal(memmon_recording_bytes(recording), 2 * 128 + 4 * 64);
	memmon_recording_destroy(recording);
	reader = open_recording(maker);
	for (int i = 0; i < 4; i++)
		assert_int_equal(memmon_reader_take(reader, &event, 1), 1);
	assert_int_equal(event.record->time, MAKER_START + 12);
	assert_int_equal(memmon_reader_take(reader, &event, 1), 0);
	memmon_reader_close(reader);
}

/* What was lost is in the end, and without an end in the last packets. */
static void losses_come_back(void **state)
{
	struct maker *maker = *state;

	for (int is_finished = 0; is_finished < 2; is_finished++) {
		struct memmon_recording *recording = maker_create(maker);
		struct memmon_record record = maker_record(1, 0, MAKER_START);
		const struct memmon_span span = {
			.first = &record, .nr_first = 1, .end = 640, .overwritten = 9
		};
		struct memmon_stats stats = { .recorded = 1 + 9, .in_flight = 2 };
		const struct memmon_info info = { .clock_now = MAKER_START + 5 };
		struct memmon_reader *reader;
		struct memmon_loss loss;

		stats.seen[MEMMON_CLASS_KFREE] = 20;
		stats.dropped[MEMMON_DROPPED_FULL] = 3;
		stats.filtered[MEMMON_FILTERED_COMM] = 5;
		memmon_recording_set_stats(recording, &stats);
		assert_int_equal(memmon_recording_write(recording, 1, &span), 0);
		if (is_finished)
			assert_int_equal(memmon_recording_finish(recording, &stats, &info), 0);
		memmon_recording_destroy(recording);
		reader = open_recording(maker);
		assert_int_equal(memmon_reader_loss(reader, &loss), 0);
		assert_int_equal(loss.is_unfinished, !is_finished);
		assert_int_equal(loss.recorded, 10);
		assert_int_equal(loss.overwritten, 9);
		assert_int_equal(loss.dropped, 3);
		assert_int_equal(loss.filtered, 5);
		assert_int_equal(loss.seen, is_finished ? 20 : 18);
		assert_int_equal(loss.in_flight, is_finished ? 2 : 0);
		assert_int_equal(loss.dropped_by[MEMMON_DROPPED_FULL], is_finished ? 3 : 0);
		assert_int_equal(loss.filtered_by[MEMMON_FILTERED_COMM], is_finished ? 5 : 0);
		memmon_reader_close(reader);
		maker_remove(maker->dir);
	}
}

static void files_are_private(void **state)
{
	static const char *const files[] = { "metadata",
					     "cpu0",
					     "memmon/session.json",
					     "memmon/symbols",
					     "memmon/end.json",
					     "memmon/before/vmstat",
					     "memmon/after/slabinfo" };
	struct maker *maker = *state;
	struct memmon_recording *recording;
	char path[128];
	struct stat info;

	maker_make(maker, 1, 1, 1);
	assert_int_equal(stat(maker->dir, &info), 0);
	assert_int_equal(info.st_mode, S_IFDIR | 0700);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", maker->dir, files[i]);
		assert_int_equal(stat(path, &info), 0);
		assert_int_equal(info.st_mode, S_IFREG | 0600);
	}
	/* Nothing is written over, and where nothing could be made, nothing is left. */
	assert_int_equal(memmon_recording_create(maker->dir, &maker->setup, &recording),
			 -ENOTEMPTY);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(memmon_recording_create(path, &maker->setup, &recording), -ENOTDIR);
	snprintf(path, sizeof(path), "%s/none/below", maker->dir);
	assert_int_equal(memmon_recording_create(path, &maker->setup, &recording), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(events_come_back, maker_set_up, maker_tear_down),
		cmocka_unit_test_setup_teardown(the_machine_comes_back, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(the_clock_can_be_set, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(options_come_back, maker_set_up, maker_tear_down),
		cmocka_unit_test_setup_teardown(names_come_back, maker_set_up, maker_tear_down),
		cmocka_unit_test_setup_teardown(sites_can_be_named_later, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(times_are_in_ns, maker_set_up, maker_tear_down),
		cmocka_unit_test_setup_teardown(order_of_time_is_checked, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(losses_come_back, maker_set_up, maker_tear_down),
		cmocka_unit_test_setup_teardown(files_are_private, maker_set_up, maker_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
