/* SPDX-License-Identifier: GPL-2.0 */
/* What an event says under each key, as a number: the parts that rows are found by. */
#ifndef MEMMON_REPORT_PARTS_H
#define MEMMON_REPORT_PARTS_H

#include "memmon/report.h"
#include "report_map.h"

/* The key makes no sense for the event, like the zone of a slab object. */
#define REPORT_PART_NONE UINT64_MAX
/* It would, but the event does not say. */
#define REPORT_PART_UNKNOWN (UINT64_MAX - 1)
/* Of a cache: not its id, but the size class of a kmalloc; 0 for a large one. */
#define REPORT_PART_SIZE_CLASS (1ULL << 32)
/* Of a process or cgroup: an interrupt, by enum memmon_context: who was interrupted asked for nothing. */
#define REPORT_PART_CONTEXT (1ULL << 33)
/* In the place of a cache: vmalloc or per-CPU memory, by the class of its requests. */
#define REPORT_PART_AREA (1ULL << 34)

/* That of an event of vmalloc or per-CPU memory; 0 for others. */
static inline uint64_t report_part_area(uint32_t event_class)
{
	switch (event_class) {
	case MEMMON_CLASS_VMALLOC:
	case MEMMON_CLASS_VFREE:
		return REPORT_PART_AREA | MEMMON_CLASS_VMALLOC;
	case MEMMON_CLASS_PERCPU_ALLOC:
	case MEMMON_CLASS_PERCPU_FREE:
		return REPORT_PART_AREA | MEMMON_CLASS_PERCPU_ALLOC;
	default:
		return 0;
	}
}

/**
 * struct report_process - a thread's name and its process, as the key "process" tells them apart
 */
struct report_process {
	char comm[MEMMON_COMM_BYTES];
	uint32_t tgid;
};

/**
 * struct report_parts - the numbers given to what does not fit in 64 bits
 * @last: as in the record, for the common case that the next event is of the same process
 * @last_process: number of @last
 * @processes: by number; found by hash in @process_map
 * @texts: paths of cgroups and names of modules, by number; found by hash in @text_map
 * @of_tgid: number of the text of its cgroup
 * @of_site: number of the text of its module
 */
struct report_parts {
	struct memmon_reader *reader;
	struct report_process last;
	uint32_t last_process;
	struct report_process *processes;
	size_t nr_processes;
	size_t room_processes;
	struct report_map process_map;
	char **texts;
	size_t nr_texts;
	size_t room_texts;
	struct report_map text_map;
	struct report_map of_tgid;
	struct report_map of_site;
};

/* Return: 0 or -ENOMEM; report_parts_exit() is right after either. */
int report_parts_init(struct report_parts *parts, struct memmon_reader *reader);
void report_parts_exit(struct report_parts *parts);

/* Return: 0 or -ENOMEM. */
int report_parts_get(struct report_parts *parts, enum memmon_key key,
		     const struct memmon_event *event, uint64_t *ret);

#define REPORT_CLASS(name) (1U << MEMMON_CLASS_##name)
#define REPORT_PAGE_CLASSES                                                                     \
	(REPORT_CLASS(PAGE_ALLOC) | REPORT_CLASS(PAGE_FREE) | REPORT_CLASS(PAGE_FREE_BATCHED) | \
	 REPORT_CLASS(PAGE_ALLOC_BULK) | REPORT_CLASS(PAGE_EXTFRAG))

static inline bool report_class_is_page(unsigned int event_class)
{
	return REPORT_PAGE_CLASSES >> event_class & 1;
}

#endif
