// SPDX-License-Identifier: GPL-2.0
/*
 * Writes a recording of 20 s of a made-up driver, to try what looks for leaks without a kernel module:
 * leaky [-n] [-l LOST] DIR. With -n the paths that only hooks see were not recorded; LOST events were dropped.
 *
 * leak_one() leaks 1000 bytes 50 times a second; forget_some() one of ten objects of 100 bytes, 100 times a
 * second; churn() none; set_up() holds 50 objects from the beginning; look_up() fills the dentry cache;
 * replace() gives what it takes to kfree_rcu(), which is done with it a second later.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memmon/recording.h"
#include "memmon/symbols.h"

#define MS 1000000ULL
#define S (1000 * MS)
#define END (20 * S)
#define MAX_RECORDS 100000
#define SPAN_RECORDS 4096

#define MODULE_BASE 0xffffffffc0000000ULL
#define KERNEL_BASE 0xffffffff81000000ULL
#define LEAK_ONE (MODULE_BASE + 0x110)
#define FORGET_SOME (MODULE_BASE + 0x210)
#define CHURN (KERNEL_BASE + 0x110)
#define SET_UP (KERNEL_BASE + 0x210)
#define LOOK_UP (KERNEL_BASE + 0x310)
#define REPLACE (KERNEL_BASE + 0x410)

#define DENTRY 1
#define FILP 2

struct story {
	struct memmon_record *records;
	size_t nr;
	uint64_t next_object;
	bool has_hooks;
};

static struct memmon_record *add(struct story *story, uint64_t time, enum memmon_class event_class,
				 uint64_t object)
{
	struct memmon_record *record = &story->records[story->nr];

	*record = (struct memmon_record){
		.time = time,
		.event_class = (uint8_t)event_class,
		.object = object,
		.pid_node = 100,
		.tgid = 100,
		.comm = "use-driver",
	};
	if (time < END && (story->has_hooks || MEMMON_CLASSES_TRACEPOINT & 1U << event_class))
		story->nr++;
	return record;
}

/* A request; cache 0 is a kmalloc. Return: the object. */
static uint64_t take(struct story *story, uint64_t time, uint64_t site, uint32_t cache,
		     uint32_t bytes)
{
	uint64_t object = story->next_object;
	struct memmon_record *record =
		add(story, time, cache ? MEMMON_CLASS_CACHE_ALLOC : MEMMON_CLASS_KMALLOC, object);

	record->call_site = site;
	record->detail = (uint16_t)cache;
	record->bytes_req = bytes;
	record->bytes_alloc = bytes == 1000 ? 1024 : bytes == 100 ? 128 : bytes;
	record->gfp = 0xcc0;
	story->next_object += 4096;
	return object;
}

static void tell(struct story *story)
{
	for (uint64_t i = 0; i < 50; i++)
		take(story, 1 + i * MS, SET_UP, 0, 256);
	for (uint64_t time = 10 * MS; time < END; time += 20 * MS) {
		uint64_t object = take(story, time, REPLACE, 0, 64);

		take(story, time + 1, LEAK_ONE, 0, 1000);
		take(story, time + 2, LOOK_UP, DENTRY, 192);
		add(story, time + 10 * MS, MEMMON_CLASS_RCU_QUEUE, object);
		add(story, time + S, MEMMON_CLASS_CACHE_FREE_BULK, object);
	}
	for (uint64_t i = 0; i < END / (10 * MS); i++) {
		uint64_t time = 5 * MS + i * 10 * MS;
		uint64_t object = take(story, time, CHURN, FILP, 256);

		add(story, time + 50 * MS, MEMMON_CLASS_CACHE_FREE, object)->detail = FILP;
		object = take(story, time + 1, FORGET_SOME, 0, 100);
		if (i % 10)
			add(story, time + 3 * MS, MEMMON_CLASS_KFREE, object);
	}
}

static int compare(const void *a, const void *b)
{
	const struct memmon_record *first = a, *second = b;

	return first->time < second->time ? -1 : first->time > second->time;
}

static int cache_info(void *context, uint32_t id, struct memmon_cache_info *ret)
{
	(void)context;
	if (id != DENTRY && id != FILP)
		return -ENOENT;
	snprintf(ret->name, sizeof(ret->name), "%s", id == DENTRY ? "dentry" : "filp");
	ret->object_bytes = id == DENTRY ? 192 : 256;
	return 0;
}

static int put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return -errno;
	fputs(text, file);
	return fclose(file) ? -errno : 0;
}

static int make_symbols(const char *dir, struct memmon_symbols **ret)
{
	char kallsyms[4096], modules[4096];
	int err;

	snprintf(kallsyms, sizeof(kallsyms), "%s.kallsyms", dir);
	snprintf(modules, sizeof(modules), "%s.modules", dir);
	err = put(modules, "leaky 16384 0 - Live 0xffffffffc0000000\n");
	if (!err)
		err = put(kallsyms, "ffffffff81000100 T churn\n"
				    "ffffffff81000200 T set_up\n"
				    "ffffffff81000300 T look_up\n"
				    "ffffffff81000400 T replace\n"
				    "ffffffff81000500 T behind\n"
				    "ffffffffc0000100 t leak_one\t[leaky]\n"
				    "ffffffffc0000200 t forget_some\t[leaky]\n"
				    "ffffffffc0000300 t last\t[leaky]\n");
	if (!err)
		err = memmon_symbols_open(kallsyms, modules, ret);
	unlink(kallsyms);
	unlink(modules);
	return err;
}

static int write_records(struct memmon_recording *recording, const struct story *story)
{
	int err = 0;

	for (size_t at = 0; at < story->nr && !err; at += SPAN_RECORDS) {
		const struct memmon_span span = {
			.first = story->records + at,
			.nr_first = story->nr - at < SPAN_RECORDS ? story->nr - at : SPAN_RECORDS,
		};

		err = memmon_recording_write(recording, 0, &span);
	}
	return err;
}

static int record(const char *dir, const struct story *story, uint64_t lost)
{
	static const struct memmon_value_name gfp[] = { { 0xcc0, "GFP_KERNEL" } };
	static const uint16_t node;
	const uint32_t hooks = story->has_hooks ? MEMMON_CLASSES_HOOK : 0;
	const struct memmon_options options = {
		.size = sizeof(options),
		.classes = MEMMON_CLASSES_TRACEPOINT | hooks,
	};
	struct memmon_stats stats = { .size = sizeof(stats), .recorded = story->nr };
	const struct memmon_machine machine = {
		.host = "generated",
		.kernel_release = "6.1.0-generated",
		.kernel_version = "#1",
		.architecture = "x86_64",
		.page_bytes = 4096,
		.nr_cpus = 1,
		.clock = MEMMON_CLOCK_MONO_NS,
		.clock_khz = 1000000,
		.gfp = gfp,
		.nr_gfp = 1,
		.cpu_nodes = &node,
	};
	struct memmon_recording_setup setup = {
		.machine = &machine,
		.options = &options,
		.cache = cache_info,
		/* Nothing of this machine belongs into it. */
		.proc = "/nonexistent",
		.sys = "/nonexistent",
	};
	struct memmon_recording *recording = NULL;
	struct memmon_symbols *symbols = NULL;
	int err = make_symbols(dir, &symbols);

	setup.symbols = symbols;
	if (!err)
		err = memmon_recording_create(dir, &setup, &recording);
	if (!err)
		err = write_records(recording, story);
	for (size_t i = 0; i < story->nr; i++)
		stats.seen[story->records[i].event_class]++;
	stats.seen[MEMMON_CLASS_KFREE] += lost;
	stats.dropped[MEMMON_DROPPED_FULL] = lost;
	if (!err)
		err = memmon_recording_finish(recording, &stats, NULL);
	memmon_recording_destroy(recording);
	memmon_symbols_close(symbols);
	return err;
}

int main(int argc, char **argv)
{
	struct story story = { .next_object = 0xffff888000000000, .has_hooks = true };
	unsigned long long lost = 0;
	int option, err;

	while ((option = getopt(argc, argv, "nl:")) != -1) {
		if (option == 'n') {
			story.has_hooks = false;
		} else if (option == 'l') {
			lost = strtoull(optarg, NULL, 0);
		} else {
			optind = argc;
			break;
		}
	}
	if (optind + 1 != argc) {
		fputs("usage: leaky [-n] [-l LOST] DIR\n", stderr);
		return 2;
	}
	story.records = calloc(MAX_RECORDS, sizeof(*story.records));
	if (!story.records)
		return 1;
	tell(&story);
	qsort(story.records, story.nr, sizeof(*story.records), compare);
	err = record(argv[optind], &story, lost);
	if (err)
		fprintf(stderr, "leaky: cannot write %s: %s\n", argv[optind], strerror(-err));
	free(story.records);
	return err ? 1 : 0;
}
