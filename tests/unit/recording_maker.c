// SPDX-License-Identifier: GPL-2.0
/* Makes recordings of known events for the tests. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording_maker.h"
#include "unit.h"

static const struct memmon_value_name gfp[] = {
	{ 0xcc0, "GFP_KERNEL" }, { 0x820, "GFP_ATOMIC" }, { 0x40, "__GFP_IO" },
	{ 0x80, "__GFP_FS" },	 { 0x100, "__GFP_ZERO" }, { 0x2000, "__GFP_NOWARN" },
};
static const struct memmon_value_name zones[] = { { 0, "DMA" }, { 1, "DMA32" }, { 2, "Normal" } };
static const struct memmon_value_name migratetypes[] = { { 0, "Unmovable" }, { 1, "Movable" } };
static const uint16_t nodes[] = { 0, 0, 1, 1 };

#define KALLSYMS                               \
	"ffffffff81000000 T _text\n"           \
	"ffffffff81100000 T alloc_something\n" \
	"ffffffff81200000 t free_something\n"  \
	"ffffffffc0001000 t ext4_fill_super\t[ext4]\n"

void maker_put(const struct maker *maker, const char *path, const char *text)
{
	char full[256];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", maker->root, path);
	for (char *slash = full + strlen(maker->root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	file = fopen(full, "we");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static int get_cache(void *context, uint32_t id, struct memmon_cache_info *ret)
{
	(void)context;
	if (id > 3)
		return -ENOENT;
	ret->object_bytes = 64 * id;
	if (id == 3)
		strcpy(ret->name, MAKER_EVIL_CACHE);
	else
		snprintf(ret->name, sizeof(ret->name), "kmalloc-%u", 64 * id);
	return 0;
}

static void put_kernel(struct maker *maker)
{
	char path[128];

	maker_put(maker, "proc/kallsyms", KALLSYMS);
	maker_put(maker, "proc/modules", "ext4 1000000 2 - Live 0xffffffffc0001000\n");
	maker_put(maker, "proc/slabinfo", "slabinfo - version: 2.1\n");
	maker_put(maker, "proc/vmstat", "nr_free_pages 1\n");
	maker_put(maker, "proc/101/cgroup", "0::/user.slice/odd\\name\n");
	maker_put(maker, "proc/101/comm", MAKER_EVIL_COMM "\n");
	maker_put(maker, "sys/kernel/slab/:0000064/x", "");
	snprintf(path, sizeof(path), "%s/kernel/slab/kmalloc-64", maker->sys);
	assert_int_equal(symlink(":0000064", path), 0);
	snprintf(path, sizeof(path), "%s/kernel/slab/vm_thing", maker->sys);
	assert_int_equal(symlink(":0000064", path), 0);
}

static void set_machine(struct memmon_machine *machine)
{
	*machine = (struct memmon_machine){
		.host = "tes\"t\n\\host",
		.kernel_release = "6.1.0-test",
		.kernel_version = "#1 SMP",
		.architecture = "x86_64",
		.page_bytes = 4096,
		.nr_cpus = 4,
		.classes = MAKER_CLASSES,
		.clock = MEMMON_CLOCK_TSC,
		.clock_khz = MAKER_KHZ,
		.clock_at_start = MAKER_START,
		.monotonic_start_ns = 400000000,
		.realtime_start_ns = MAKER_REALTIME_NS,
		.gfp = gfp,
		.nr_gfp = sizeof(gfp) / sizeof(gfp[0]),
		.zones = zones,
		.nr_zones = sizeof(zones) / sizeof(zones[0]),
		.migratetypes = migratetypes,
		.nr_migratetypes = sizeof(migratetypes) / sizeof(migratetypes[0]),
		.cpu_nodes = nodes,
	};
}

int maker_set_up(void **state)
{
	struct maker *maker = calloc(1, sizeof(*maker));
	char path[128];

	assert_non_null(maker);
	strcpy(maker->root, "/tmp/memmon-unit.XXXXXX");
	assert_non_null(mkdtemp(maker->root));
	snprintf(maker->dir, sizeof(maker->dir), "%s/recording", maker->root);
	snprintf(maker->proc, sizeof(maker->proc), "%s/proc", maker->root);
	snprintf(maker->sys, sizeof(maker->sys), "%s/sys", maker->root);
	put_kernel(maker);
	set_machine(&maker->machine);
	maker->options.size = sizeof(maker->options);
	maker->options.classes = MEMMON_CLASSES_TRACEPOINT;
	snprintf(path, sizeof(path), "%s/kallsyms", maker->proc);
	assert_int_equal(memmon_symbols_open(path, "/dev/null", &maker->symbols), 0);
	maker->setup = (struct memmon_recording_setup){
		.machine = &maker->machine,
		.options = &maker->options,
		.symbols = maker->symbols,
		.cache = get_cache,
		.proc = maker->proc,
		.sys = maker->sys,
	};
	*state = maker;
	return 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)info;
	(void)type;
	(void)ftw;
	return remove(path);
}

void maker_remove(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int maker_tear_down(void **state)
{
	struct maker *maker = *state;

	memmon_symbols_close(maker->symbols);
	maker_remove(maker->root);
	free(maker);
	return 0;
}

struct memmon_record maker_record(uint32_t cpu, uint64_t i, uint64_t time)
{
	static const uint64_t sites[] = { 0xffffffff81100010, 0xffffffff81200020,
					  0xffffffffc0001030, 0xffffffff00000000 };
	static const uint32_t flags[] = { 0xcc0, 0xdc0, 0x820, 0x4100 };
	struct memmon_record record = {
		.time = time,
		.event_class = (uint8_t)(MEMMON_CLASS_KMALLOC + i % 7),
		.context = (uint8_t)(i % MEMMON_NR_CONTEXTS),
		.call_site = sites[i % 4],
		.object = 0xffff888000000000 + 64 * i,
		.bytes_req = (uint32_t)i,
		.bytes_alloc = (uint32_t)(i + 7),
		.pid_node = (uint32_t)(100 + cpu) | (i % 3 ? cpu / 2 : MEMMON_NODE_UNKNOWN)
							    << MEMMON_PID_BITS,
		.tgid = 100 + cpu,
	};

	snprintf(record.comm, sizeof(record.comm), "worker/%u", cpu);
	switch (record.event_class) {
	case MEMMON_CLASS_PAGE_ALLOC:
		record.gfp = flags[i % 4];
		/* fall through */
	case MEMMON_CLASS_PAGE_FREE:
	case MEMMON_CLASS_PAGE_FREE_BATCHED:
		record.call_site = 0;
		record.detail = (uint16_t)MEMMON_PAGE_DETAIL(i % 11, i % 3, i % 2);
		break;
	case MEMMON_CLASS_KMALLOC:
	case MEMMON_CLASS_CACHE_ALLOC:
		record.gfp = flags[i % 4];
		/* fall through */
	default:
		record.detail = (uint16_t)(i % 5);
	}
	return record;
}

struct memmon_recording *maker_create(struct maker *maker)
{
	struct memmon_recording *recording;

	assert_int_equal(memmon_recording_create(maker->dir, &maker->setup, &recording), 0);
	return recording;
}

int maker_write(struct memmon_recording *recording, uint32_t cpu, struct memmon_record *records,
		size_t nr, size_t seam)
{
	const struct memmon_span span = {
		.first = records,
		.nr_first = seam,
		.second = records + seam,
		.nr_second = nr - seam,
		.end = 0x100000 + nr * sizeof(*records),
	};

	return memmon_recording_write(recording, cpu, &span);
}

void maker_make(struct maker *maker, uint32_t nr_cpus, size_t nr, size_t packet_records)
{
	struct memmon_recording *recording = maker_create(maker);
	struct memmon_record *records = calloc(packet_records, sizeof(*records));
	struct memmon_stats stats = {
		.recorded = nr * nr_cpus,
		.missing_classes = MAKER_MISSING_CLASSES,
	};

	assert_non_null(records);
	stats.seen[MEMMON_CLASS_KMALLOC] = nr * nr_cpus;
	for (size_t at = 0; at < nr; at += packet_records) {
		for (uint32_t cpu = 0; cpu < nr_cpus; cpu++) {
			size_t wanted = nr - at < packet_records ? nr - at : packet_records;

			/* Equal times on several CPUs, and twice on each. */
			for (size_t i = 0; i < wanted; i++)
				records[i] =
					maker_record(cpu, at + i, MAKER_START + (at + i) / 2 * 100);
			assert_int_equal(maker_write(recording, cpu, records, wanted, wanted / 3),
					 0);
		}
	}
	assert_int_equal(memmon_recording_records(recording), nr * nr_cpus);
	assert_int_equal(memmon_recording_finish(recording, &stats, NULL), 0);
	memmon_recording_destroy(recording);
	free(records);
}
