// SPDX-License-Identifier: GPL-2.0
/*
 * Writes a recording of made-up events, to measure what reads recordings without a kernel module:
 * generate [-n EVENTS] [-c CPUS] [-o LONG-LIVED] [-s SEED] [-r] [-k] [-t] DIR. With -r, frees happen, but the
 * session did not ask for them. With -k, there are events of hooks, too, on two NUMA nodes. With -t, the same events
 * have call stacks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"
#include "memmon/recording.h"
#include "memmon/symbols.h"
#include "stacks.h"

/* Written at a time for each CPU: a quarter of a megabyte, as a reader of rings would. */
#define SPAN_RECORDS 4096

struct settings {
	uint64_t nr_events;
	uint32_t nr_cpus;
	size_t nr_old;
	uint64_t seed;
	bool only_requests;
	bool has_hooks;
	bool has_stacks;
	const char *dir;
};

#define REQUEST_CLASSES                                                \
	(1U << MEMMON_CLASS_KMALLOC | 1U << MEMMON_CLASS_CACHE_ALLOC | \
	 1U << MEMMON_CLASS_PAGE_ALLOC)

struct output {
	struct memmon_recording *recording;
	struct memmon_record *records; /* SPAN_RECORDS of each CPU */
	size_t *nr_records;
	uint64_t seen[MEMMON_STATS_COUNTERS];
};

static int cache_info(void *context, uint32_t id, struct memmon_cache_info *ret)
{
	(void)context;
	if (!id || id > LOAD_CACHES)
		return -ENOENT;
	load_cache(id, ret);
	return 0;
}

static int stack_frames(void *context, uint32_t id, const uint64_t **frames, size_t *nr_frames)
{
	static uint64_t room[MEMMON_STACK_FRAMES];

	(void)context;
	*nr_frames = stacks_frames(id, room);
	*frames = room;
	return 0;
}

static int flush(struct output *output, uint32_t cpu)
{
	struct memmon_span span = {
		.first = output->records + (size_t)cpu * SPAN_RECORDS,
		.nr_first = output->nr_records[cpu],
	};
	int err = 0;

	if (span.nr_first)
		err = memmon_recording_write(output->recording, cpu, &span);
	output->nr_records[cpu] = 0;
	return err;
}

/* Symbols of a kernel that there is not: functions in a row, every tenth in a module. */
static int make_symbols(const char *dir, struct memmon_symbols **ret)
{
	char kallsyms[4096], modules[4096];
	FILE *file;
	int err;

	snprintf(kallsyms, sizeof(kallsyms), "%s.kallsyms", dir);
	snprintf(modules, sizeof(modules), "%s.modules", dir);
	file = fopen(modules, "w");
	if (!file)
		return -errno;
	fputs("generated 16384 0 - Live 0xffffffff81000000\n", file);
	fclose(file);
	file = fopen(kallsyms, "w");
	if (!file)
		return -errno;
	for (unsigned int i = 0; i <= LOAD_SITES / 2; i++)
		fprintf(file, "%016llx T function_%u%s\n",
			LOAD_FIRST_ADDRESS + (unsigned long long)i * LOAD_FUNCTION_BYTES, i,
			i % 10 ? "" : "\t[generated]");
	fclose(file);
	err = memmon_symbols_open(kallsyms, modules, ret);
	unlink(kallsyms);
	unlink(modules);
	return err;
}

static int write_events(const struct settings *settings, struct load *load, struct output *output)
{
	int err = 0;

	for (uint64_t i = 0; i < settings->nr_events && !err; i++) {
		struct memmon_record record;
		uint32_t cpu;

		err = load_next(load, &record, &cpu);
		if (err)
			break;
		if (settings->only_requests && !(REQUEST_CLASSES & 1U << record.event_class))
			continue;
		if (settings->has_stacks)
			stacks_take(&record);
		output->seen[record.event_class]++;
		output->records[(size_t)cpu * SPAN_RECORDS + output->nr_records[cpu]++] = record;
		if (output->nr_records[cpu] == SPAN_RECORDS)
			err = flush(output, cpu);
	}
	for (uint32_t cpu = 0; cpu < settings->nr_cpus && !err; cpu++)
		err = flush(output, cpu);
	return err;
}

static uint32_t classes_of(const struct settings *settings)
{
	if (settings->only_requests)
		return REQUEST_CLASSES;
	return settings->has_hooks ? MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK : 0;
}

static int generate(const struct settings *settings, struct load *load, struct output *output)
{
	static const struct memmon_value_name types[] = { { 0, "Unmovable" },
							  { 1, "Movable" },
							  { 2, "Reclaimable" } };
	static const struct memmon_value_name gfp[] = { { 0xcc0, "GFP_KERNEL" } };
	static const struct memmon_value_name zones[] = { { 2, "Normal" } };
	const struct memmon_options options = {
		.size = sizeof(options),
		.classes = classes_of(settings),
		.stacks = settings->has_stacks ? STACKS_PLACES : 0,
	};
	struct memmon_stats stats = { .size = sizeof(stats) };
	uint16_t *nodes = calloc(settings->nr_cpus, sizeof(*nodes));
	const struct memmon_machine machine = {
		.host = "generated",
		.kernel_release = "6.1.0-generated",
		.kernel_version = "#1",
		.architecture = "x86_64",
		.page_bytes = 4096,
		.nr_cpus = settings->nr_cpus,
		.clock = MEMMON_CLOCK_MONO_NS,
		.clock_khz = 1000000,
		.gfp = gfp,
		.nr_gfp = 1,
		.zones = zones,
		.nr_zones = 1,
		.migratetypes = types,
		.nr_migratetypes = settings->has_hooks ? 3 : 0,
		.cpu_nodes = nodes,
	};
	struct memmon_recording_setup setup = {
		.machine = &machine,
		.options = &options,
		.cache = cache_info,
		.stack = stack_frames,
		/* Nothing of this machine belongs into it. */
		.proc = "/nonexistent",
		.sys = "/nonexistent",
	};
	struct memmon_symbols *symbols = NULL;
	int err = nodes ? make_symbols(settings->dir, &symbols) : -ENOMEM;

	for (uint32_t cpu = 0; !err && settings->has_hooks && cpu < settings->nr_cpus; cpu++)
		nodes[cpu] = cpu % 2;
	setup.symbols = symbols;
	if (!err)
		err = memmon_recording_create(settings->dir, &setup, &output->recording);
	if (!err)
		err = write_events(settings, load, output);
	if (!err) {
		memcpy(stats.seen, output->seen, sizeof(stats.seen));
		for (size_t i = 0; i < MEMMON_NR_CLASSES; i++)
			stats.recorded += stats.seen[i];
		err = memmon_recording_finish(output->recording, &stats, NULL);
	}
	memmon_recording_destroy(output->recording);
	memmon_symbols_close(symbols);
	free(nodes);
	return err;
}

static int usage(void)
{
	fputs("usage: generate [-n EVENTS] [-c CPUS] [-o LONG-LIVED] [-s SEED] [-r] [-k] [-t] DIR\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.nr_events = 1000000,
		.nr_cpus = 4,
		.nr_old = 50000,
		.seed = 1,
	};
	struct output output = { 0 };
	struct load load;
	int option, err;

	while ((option = getopt(argc, argv, "n:c:o:s:rkt")) != -1) {
		unsigned long long number = optarg ? strtoull(optarg, NULL, 0) : 0;

		if (option == 'n')
			settings.nr_events = number;
		else if (option == 'c' && number && number <= 1024)
			settings.nr_cpus = (uint32_t)number;
		else if (option == 'o')
			settings.nr_old = number;
		else if (option == 's')
			settings.seed = number;
		else if (option == 'r')
			settings.only_requests = true;
		else if (option == 'k')
			settings.has_hooks = true;
		else if (option == 't')
			settings.has_stacks = true;
		else
			return usage();
	}
	if (optind + 1 != argc)
		return usage();
	settings.dir = argv[optind];
	err = load_init(&load, settings.nr_cpus, settings.nr_old, settings.seed);
	load.has_hooks = settings.has_hooks;
	output.records = calloc((size_t)settings.nr_cpus * SPAN_RECORDS, sizeof(*output.records));
	output.nr_records = calloc(settings.nr_cpus, sizeof(*output.nr_records));
	if (!err)
		err = output.records && output.nr_records ? generate(&settings, &load, &output) :
							    -ENOMEM;
	if (err)
		fprintf(stderr, "generate: cannot write %s: %s\n", settings.dir, strerror(-err));
	free(output.records);
	free(output.nr_records);
	load_exit(&load);
	return err ? 1 : 0;
}
