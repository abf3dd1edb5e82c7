// SPDX-License-Identifier: GPL-2.0
/* Adds up who has pages, and which requests for pages went wrong. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "pages_internal.h"

static const char *const key_names[] = {
#define KEY_NAME(id, name) [MEMMON_PAGES_KEY_##id] = name,
	MEMMON_PAGES_KEYS(KEY_NAME)
#undef KEY_NAME
};

int memmon_pages_key_find(const char *name, enum memmon_pages_key *ret)
{
	for (unsigned int i = 0; i < MEMMON_PAGES_NR_KEYS; i++) {
		if (!strcmp(key_names[i], name)) {
			*ret = (enum memmon_pages_key)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *memmon_pages_key_name(enum memmon_pages_key key)
{
	return key_names[key];
}

int memmon_pages_create(struct memmon_reader *reader, enum memmon_pages_key key,
			struct memmon_pages **ret)
{
	struct memmon_pages *pages = calloc(1, sizeof(*pages));

	if (!pages)
		return -ENOMEM;
	pages->reader = reader;
	pages->machine = memmon_reader_machine(reader);
	pages->key = key;
	for (uint32_t cpu = 1; pages->machine->cpu_nodes && cpu < pages->machine->nr_cpus; cpu++)
		if (pages->machine->cpu_nodes[cpu] != pages->machine->cpu_nodes[0])
			pages->total.has_nodes = true;
	if (report_parts_init(&pages->parts, reader) || report_map_init(&pages->row_map) ||
	    report_map_init(&pages->trouble_map) || report_map_init(&pages->broken_map)) {
		memmon_pages_destroy(pages);
		return -ENOMEM;
	}
	*ret = pages;
	return 0;
}

void memmon_pages_destroy(struct memmon_pages *pages)
{
	if (!pages)
		return;
	report_parts_exit(&pages->parts);
	report_map_exit(&pages->row_map);
	report_map_exit(&pages->trouble_map);
	report_map_exit(&pages->broken_map);
	memmon_intern_exit(&pages->names);
	free(pages->rows);
	free(pages->row_keys);
	free(pages->troubles);
	free(pages->trouble_keys);
	free(pages->broken);
	free(pages);
}

static struct pages_recent *recent_of(struct memmon_pages *pages, uint64_t pfn)
{
	return &pages->recent[pfn % PAGES_RECENT];
}

/*
 * A request in bulk may take its only page from the one that the tracepoint tells of: the same thread has
 * asked for the page a moment ago, and it was not freed since.
 */
static bool is_duplicate(struct memmon_pages *pages, const struct memmon_record *record)
{
	struct pages_recent *recent = recent_of(pages, record->object);
	bool is_same = recent->pfn == record->object &&
		       recent->pid == (record->pid_node & MEMMON_PID_MASK);

	if (is_same)
		recent->pfn = 0;
	return is_same;
}

static struct memmon_pages_trouble *trouble_of(struct memmon_pages *pages,
					       const struct memmon_record *record)
{
	size_t nr = pages->nr_troubles;
	uint64_t process;
	uint32_t number;

	if (pages_process(pages, record, &process))
		return NULL;
	number = report_map_find(&pages->trouble_map, process);
	if (number != REPORT_MAP_NONE)
		return &pages->troubles[number];
	if (memmon_array_grow((void **)&pages->troubles, nr, &pages->room_troubles,
			      sizeof(*pages->troubles)) ||
	    memmon_array_grow((void **)&pages->trouble_keys, nr, &pages->room_trouble_keys,
			      sizeof(*pages->trouble_keys)) ||
	    report_map_add(&pages->trouble_map, process, (uint32_t)nr))
		return NULL;
	memset(&pages->troubles[nr], 0, sizeof(pages->troubles[nr]));
	pages->trouble_keys[nr] = process;
	return &pages->troubles[pages->nr_troubles++];
}

static bool is_remote(const struct memmon_pages *pages, const struct memmon_event *event)
{
	const struct memmon_machine *machine = pages->machine;
	uint32_t node = event->record->pid_node >> MEMMON_PID_BITS;

	return pages->total.has_nodes && event->cpu < machine->nr_cpus &&
	       node != MEMMON_NODE_UNKNOWN && machine->cpu_nodes[event->cpu] != node;
}

static int add_failure(struct memmon_pages *pages, const struct memmon_record *record)
{
	struct memmon_pages_trouble *trouble = trouble_of(pages, record);

	if (!trouble)
		return -ENOMEM;
	trouble->failed++;
	pages->total.trouble.failed++;
	pages->total.failed[MEMMON_PAGE_ORDER(record->detail)]++;
	return 0;
}

static int add_remote(struct memmon_pages *pages, const struct memmon_record *record)
{
	struct memmon_pages_trouble *trouble = trouble_of(pages, record);

	if (!trouble)
		return -ENOMEM;
	trouble->remote++;
	trouble->remote_bytes += record->bytes_alloc;
	pages->total.trouble.remote++;
	pages->total.trouble.remote_bytes += record->bytes_alloc;
	return 0;
}

static int add_request(struct memmon_pages *pages, const struct memmon_event *event)
{
	const struct memmon_record *record = event->record;
	struct memmon_pages_row *row;
	uint64_t key;

	pages->total.requests++;
	if (!record->object)
		return add_failure(pages, record);
	if (is_remote(pages, event) && add_remote(pages, record))
		return -ENOMEM;
	/* The accounts of a snapshot know it better. */
	if (!memmon_pages_knows_born(pages) || pages->key == MEMMON_PAGES_KEY_CGROUP)
		return 0;
	if (pages_event_key(pages, event, &key))
		return -ENOMEM;
	row = pages_row(pages, key);
	if (!row)
		return -ENOMEM;
	row->born_blocks++;
	row->born_bytes += record->bytes_alloc;
	return 0;
}

static int add_broken(struct memmon_pages *pages, const struct memmon_record *record)
{
	struct memmon_pages_trouble *trouble = trouble_of(pages, record);
	uint64_t key = (uint64_t)record->gfp << 16 |
		       MEMMON_PAGE_DETAIL(MEMMON_PAGE_ORDER(record->detail), 0,
					  MEMMON_PAGE_MIGRATETYPE(record->detail));
	uint32_t number = report_map_find(&pages->broken_map, key);
	size_t nr = pages->nr_broken;

	if (!trouble)
		return -ENOMEM;
	trouble->broken++;
	pages->total.trouble.broken++;
	if (number != REPORT_MAP_NONE) {
		pages->broken[number].events++;
		return 0;
	}
	if (memmon_array_grow((void **)&pages->broken, nr, &pages->room_broken,
			      sizeof(*pages->broken)) ||
	    report_map_add(&pages->broken_map, key, (uint32_t)nr))
		return -ENOMEM;
	pages->broken[nr] = (struct memmon_pages_broken){
		.order = MEMMON_PAGE_ORDER(record->detail),
		.from_order = MEMMON_PAGE_ORDER(record->gfp),
		.type = pages_type_name(pages, MEMMON_PAGE_MIGRATETYPE(record->detail)),
		.from_type = pages_type_name(pages, MEMMON_PAGE_MIGRATETYPE(record->gfp)),
		.events = 1,
	};
	pages->nr_broken++;
	return pages->broken[nr].type && pages->broken[nr].from_type ? 0 : -ENOMEM;
}

static int take(struct memmon_pages *pages, const struct memmon_event *event)
{
	const struct memmon_record *record = event->record;
	struct pages_recent *recent = recent_of(pages, record->object);

	switch (record->event_class) {
	case MEMMON_CLASS_PAGE_ALLOC:
		if (!MEMMON_PAGE_ORDER(record->detail))
			*recent = (struct pages_recent){
				.pfn = record->object,
				.pid = record->pid_node & MEMMON_PID_MASK,
			};
		return add_request(pages, event);
	case MEMMON_CLASS_PAGE_ALLOC_BULK:
		return record->object && is_duplicate(pages, record) ? 0 :
								       add_request(pages, event);
	case MEMMON_CLASS_PAGE_FREE:
		if (recent->pfn == record->object)
			recent->pfn = 0;
		return 0;
	case MEMMON_CLASS_PAGE_EXTFRAG:
		return add_broken(pages, record);
	default:
		return 0;
	}
}

int memmon_pages_take(struct memmon_pages *pages, const struct memmon_event *events,
		      unsigned int nr)
{
	int err = 0;

	for (unsigned int i = 0; i < nr && !err; i++)
		err = take(pages, &events[i]);
	return err;
}

/* Puts the greater number first; of equals, the names decide. */
static int compare(uint64_t a, uint64_t b, const char *name_a, const char *name_b)
{
	if (a != b)
		return a < b ? 1 : -1;
	return strcmp(name_a, name_b);
}

static int compare_rows(const void *a, const void *b)
{
	const struct memmon_pages_row *first = a, *second = b;

	if (first->bytes == second->bytes)
		return compare(first->born_bytes, second->born_bytes, first->name, second->name);
	return compare(first->bytes, second->bytes, first->name, second->name);
}

static int compare_troubles(const void *a, const void *b)
{
	const struct memmon_pages_trouble *first = a, *second = b;

	return compare(first->failed + first->broken + first->remote,
		       second->failed + second->broken + second->remote, first->name, second->name);
}

static int compare_broken(const void *a, const void *b)
{
	const struct memmon_pages_broken *first = a, *second = b;

	if (first->events == second->events && first->order != second->order)
		return first->order < second->order ? -1 : 1;
	return compare(first->events, second->events, first->type, second->type);
}

static void sort(void *array, size_t nr, size_t size, int (*order)(const void *a, const void *b))
{
	if (nr)
		qsort(array, nr, size, order);
}

static int name_all(struct memmon_pages *pages)
{
	for (size_t i = 0; i < pages->nr_rows; i++) {
		struct memmon_pages_row *row = &pages->rows[i];

		if (!row->name)
			row->name = pages_key_name(pages, pages->row_keys[i]);
		if (!row->name)
			return -ENOMEM;
		pages->total.held.blocks += row->blocks;
		pages->total.held.bytes += row->bytes;
		pages->total.held.born_blocks += row->born_blocks;
		pages->total.held.born_bytes += row->born_bytes;
	}
	for (size_t i = 0; i < pages->nr_troubles; i++) {
		pages->troubles[i].name = pages_process_name(pages, pages->trouble_keys[i]);
		if (!pages->troubles[i].name)
			return -ENOMEM;
	}
	return 0;
}

int memmon_pages_hold(struct memmon_pages *pages, const struct memmon_snapshot *snapshot)
{
	if (pages_add_held(pages, snapshot) || name_all(pages))
		return -ENOMEM;
	sort(pages->rows, pages->nr_rows, sizeof(*pages->rows), compare_rows);
	sort(pages->troubles, pages->nr_troubles, sizeof(*pages->troubles), compare_troubles);
	sort(pages->broken, pages->nr_broken, sizeof(*pages->broken), compare_broken);
	return 0;
}

bool memmon_pages_knows_born(const struct memmon_pages *pages)
{
	return pages->key != MEMMON_PAGES_KEY_SITE && pages->key != MEMMON_PAGES_KEY_USE;
}

const struct memmon_pages_row *memmon_pages_rows(const struct memmon_pages *pages, size_t *nr)
{
	*nr = pages->nr_rows;
	return pages->rows;
}

const struct memmon_pages_trouble *memmon_pages_troubles(const struct memmon_pages *pages,
							 size_t *nr)
{
	*nr = pages->nr_troubles;
	return pages->troubles;
}

const struct memmon_pages_broken *memmon_pages_broken(const struct memmon_pages *pages, size_t *nr)
{
	*nr = pages->nr_broken;
	return pages->broken;
}

const struct memmon_pages_total *memmon_pages_total(const struct memmon_pages *pages)
{
	return &pages->total;
}
