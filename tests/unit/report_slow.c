// SPDX-License-Identifier: GPL-2.0
/* The slow and obvious aggregation: lists that are searched from one end to the other. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_reader.h"
#include "report_slow.h"

#define MAX_PAGES 64

void slow_report_init(struct slow_report *slow, const struct memmon_report_options *options,
		      const struct memmon_machine *machine, size_t max_objects)
{
	memset(slow, 0, sizeof(*slow));
	slow->options = *options;
	slow->machine = machine;
	slow->objects = calloc(max_objects, sizeof(*slow->objects));
	slow->is_page_freed = calloc(max_objects, MAX_PAGES);
}

void slow_report_exit(struct slow_report *slow)
{
	for (size_t i = 0; i < slow->nr_rows; i++)
		free(slow->rows[i].lifetimes);
	free(slow->rows);
	free(slow->objects);
	free(slow->is_page_freed);
}

static void cache_text(const struct memmon_record *record, bool is_page, char *text, size_t size)
{
	static const char *const names[] = { "zero", "dentry", "inode", "filp", "cred",
					     "mm",   "task",   "vma",	"maple" };

	if (is_page)
		snprintf(text, size, "-");
	else if (record->event_class == MEMMON_CLASS_VMALLOC ||
		 record->event_class == MEMMON_CLASS_VFREE)
		snprintf(text, size, "vmalloc");
	else if (record->event_class == MEMMON_CLASS_PERCPU_ALLOC ||
		 record->event_class == MEMMON_CLASS_PERCPU_FREE)
		snprintf(text, size, "percpu");
	else if (record->detail && record->detail <= 8)
		snprintf(text, size, "%s", names[record->detail]);
	else if (record->detail)
		snprintf(text, size, "cache@%u", record->detail);
	else if (record->event_class != MEMMON_CLASS_KMALLOC &&
		 record->event_class != MEMMON_CLASS_KMALLOC_NOLOCK)
		snprintf(text, size, "(not known)");
	else if (record->bytes_alloc > 8192)
		snprintf(text, size, "kmalloc-large");
	else if (record->bytes_alloc >= 1024)
		snprintf(text, size, "kmalloc-%uk", record->bytes_alloc / 1024);
	else
		snprintf(text, size, "kmalloc-%u", record->bytes_alloc);
}

static void size_text(const struct memmon_record *record, char *text, size_t size)
{
	uint64_t most = 1;

	while (most < record->bytes_req)
		most *= 2;
	if (!record->bytes_req)
		snprintf(text, size, "(not known)");
	else if (most <= 2)
		snprintf(text, size, "%" PRIu64, most);
	else
		snprintf(text, size, "%" PRIu64 "-%" PRIu64, most / 2 + 1, most);
}

static void stack_text(uint32_t id, char *text, size_t size)
{
	const uint64_t *frames;
	size_t nr = fake_stack_frames(id, &frames);
	char frame[40];

	snprintf(text, size, "%s", id ? "" : "(no stack)");
	for (size_t i = 0; i < nr; i++) {
		snprintf(frame, sizeof(frame), "%s0x%" PRIx64, i ? " <- " : "", frames[i]);
		strncat(text, frame, size - strlen(text) - 1);
	}
}

static void key_text(enum memmon_key key, const struct memmon_event *event, bool is_page,
		     char *text, size_t size)
{
	const struct memmon_record *record = event->record;
	static const char *const contexts[] = { "task", "softirq", "hardirq", "nmi" };
	uint32_t node = record->pid_node >> MEMMON_PID_BITS;

	snprintf(text, size, "-");
	if (key == MEMMON_KEY_CACHE)
		cache_text(record, is_page, text, size);
	else if (key == MEMMON_KEY_SITE && (!is_page || record->call_site))
		snprintf(text, size, "0x%" PRIx64, (uint64_t)record->call_site);
	else if (key == MEMMON_KEY_PROCESS && record->context)
		snprintf(text, size, "(%s)", contexts[record->context]);
	else if (key == MEMMON_KEY_PROCESS)
		snprintf(text, size, "%.16s (%u)", record->comm, record->tgid);
	else if (key == MEMMON_KEY_SIZE)
		size_text(record, text, size);
	else if (key == MEMMON_KEY_ORDER && is_page)
		snprintf(text, size, "%u", record->detail & 31);
	else if (key == MEMMON_KEY_ZONE && is_page)
		snprintf(text, size, "%s", record->detail >> 5 & 7 ? "Normal" : "DMA");
	else if (key == MEMMON_KEY_NODE && node == MEMMON_NODE_UNKNOWN)
		snprintf(text, size, "(not known)");
	else if (key == MEMMON_KEY_NODE)
		snprintf(text, size, "%u", node);
	else if (key == MEMMON_KEY_CONTEXT)
		snprintf(text, size, "%s", contexts[record->context]);
	else if (key == MEMMON_KEY_STACK)
		stack_text(event->stack, text, size);
	else if (key == MEMMON_KEY_CPU)
		snprintf(text, size, "%u", event->cpu);
}

static size_t row_of(struct slow_report *slow, const struct memmon_event *event,
		     enum memmon_section section)
{
	char name[SLOW_NAME_BYTES] = "";
	size_t i;

	for (unsigned int k = 0; k < slow->options.nr_keys; k++) {
		size_t len = strlen(name);

		key_text(slow->options.keys[k], event, section == MEMMON_SECTION_PAGES, name + len,
			 sizeof(name) - len);
		strcat(name, "|");
	}
	for (i = 0; i < slow->nr_rows; i++)
		if (slow->rows[i].section == section && !strcmp(slow->rows[i].name, name))
			return i;
	slow->rows = realloc(slow->rows, (i + 1) * sizeof(*slow->rows));
	memset(&slow->rows[i], 0, sizeof(slow->rows[i]));
	slow->rows[i].section = section;
	strcpy(slow->rows[i].name, name);
	slow->nr_rows++;
	return i;
}

/* The live object that holds an address or page. */
static struct slow_object *find(struct slow_report *slow, enum memmon_section section, uint64_t key)
{
	for (size_t i = slow->nr_objects; i-- > 0;) {
		struct slow_object *object = &slow->objects[i];

		if (object->is_live && object->section == section && key >= object->key &&
		    key < object->key + object->pages &&
		    !slow->is_page_freed[i * MAX_PAGES + (key - object->key)])
			return object;
	}
	return NULL;
}

static void change(struct memmon_sums *sums, int objects, int64_t bytes)
{
	sums->outstanding_objects += (uint64_t)objects;
	sums->outstanding_bytes += (uint64_t)bytes;
	if (sums->outstanding_objects > sums->peak_objects)
		sums->peak_objects = sums->outstanding_objects;
	if (sums->outstanding_bytes > sums->peak_bytes)
		sums->peak_bytes = sums->outstanding_bytes;
}

static void change_both(struct slow_report *slow, const struct slow_object *object, int objects,
			int64_t bytes)
{
	change(&slow->rows[object->row].sums, objects, bytes);
	change(&slow->total[object->section], objects, bytes);
}

static void add_request(struct slow_report *slow, const struct memmon_event *event,
			enum memmon_section section)
{
	const struct memmon_record *record = event->record;
	size_t row = row_of(slow, event, section);
	struct memmon_sums *sums = &slow->rows[row].sums;
	struct slow_object *object;

	sums->requests++;
	if (!record->object) {
		sums->failed++;
		return;
	}
	sums->bytes_requested += record->bytes_req;
	sums->bytes_taken += record->bytes_alloc;
	object = find(slow, section, record->object);
	if (object) {
		slow->rows[object->row].sums.reused += object->is_counted;
		change_both(slow, object, -(int)object->is_counted, -(int64_t)object->bytes);
		object->is_live = false;
	}
	object = &slow->objects[slow->nr_objects++];
	*object = (struct slow_object){
		.is_live = true,
		.is_counted = true,
		.section = section,
		.row = row,
		.key = record->object,
		.pages = section == MEMMON_SECTION_PAGES ? 1U << (record->detail & 31) : 1,
		.bytes = record->bytes_alloc,
		.time = record->time,
		.cpu = event->cpu,
	};
	change_both(slow, object, 1, record->bytes_alloc);
}

static void add_free(struct slow_report *slow, const struct memmon_event *event,
		     enum memmon_section section)
{
	const struct memmon_record *record = event->record;
	uint64_t pages = section == MEMMON_SECTION_PAGES ? 1U << (record->detail & 31) : 1;
	struct slow_object *object = find(slow, section, record->object);
	uint64_t bytes;
	struct slow_row *row;

	if (!object) {
		size_t unknown = row_of(slow, event, section);

		slow->rows[unknown].sums.unknown_frees++;
		return;
	}
	row = &slow->rows[object->row];
	if (object->is_counted) {
		row->lifetimes =
			realloc(row->lifetimes, (row->nr_lifetimes + 1) * sizeof(uint64_t));
		row->lifetimes[row->nr_lifetimes++] = record->time - object->time;
		row->sums.frees++;
		row->sums.frees_other_cpu += event->cpu != object->cpu;
		row->sums.frees_other_node +=
			record->pid_node >> MEMMON_PID_BITS != MEMMON_NODE_UNKNOWN &&
			slow->machine->cpu_nodes[event->cpu] != record->pid_node >> MEMMON_PID_BITS;
	}
	bytes = object->bytes;
	/* More than the object is freed if it began before the window, and only a part of it was seen. */
	if (section == MEMMON_SECTION_PAGES && pages * 4096 < bytes)
		bytes = pages * 4096;
	for (uint64_t i = 0; i < pages; i++)
		slow->is_page_freed[(size_t)(object - slow->objects) * MAX_PAGES +
				    (record->object - object->key) + i] = true;
	change_both(slow, object, -(int)object->is_counted, -(int64_t)bytes);
	object->is_counted = false;
	object->bytes -= bytes;
	object->is_live = object->bytes > 0;
}

void slow_report_add(struct slow_report *slow, const struct memmon_event *event)
{
	uint64_t ns = event->record->time - slow->machine->clock_at_start;

	if (ns < slow->options.from_ns || ns >= slow->options.until_ns)
		return;
	switch (event->record->event_class) {
	case MEMMON_CLASS_KMALLOC:
	case MEMMON_CLASS_CACHE_ALLOC:
	case MEMMON_CLASS_CACHE_ALLOC_BULK:
	case MEMMON_CLASS_KMALLOC_NOLOCK:
	case MEMMON_CLASS_VMALLOC:
	case MEMMON_CLASS_PERCPU_ALLOC:
		add_request(slow, event, MEMMON_SECTION_SLAB);
		break;
	case MEMMON_CLASS_KFREE:
	case MEMMON_CLASS_CACHE_FREE:
	case MEMMON_CLASS_CACHE_FREE_BULK:
	case MEMMON_CLASS_RCU_FREE:
	case MEMMON_CLASS_KFREE_NOLOCK:
	case MEMMON_CLASS_VFREE:
	case MEMMON_CLASS_PERCPU_FREE:
		add_free(slow, event, MEMMON_SECTION_SLAB);
		break;
	case MEMMON_CLASS_PAGE_ALLOC:
		add_request(slow, event, MEMMON_SECTION_PAGES);
		break;
	case MEMMON_CLASS_PAGE_ALLOC_BULK:
		if (!find(slow, MEMMON_SECTION_PAGES, event->record->object))
			add_request(slow, event, MEMMON_SECTION_PAGES);
		break;
	case MEMMON_CLASS_PAGE_FREE:
		add_free(slow, event, MEMMON_SECTION_PAGES);
		break;
	}
}

const struct slow_row *slow_report_find(const struct slow_report *slow, enum memmon_section section,
					const char *name)
{
	for (size_t i = 0; i < slow->nr_rows; i++)
		if (slow->rows[i].section == section && !strcmp(slow->rows[i].name, name))
			return &slow->rows[i];
	return NULL;
}

static int compare(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

uint64_t slow_row_quantile(const struct slow_row *row, double share)
{
	qsort(row->lifetimes, row->nr_lifetimes, sizeof(uint64_t), compare);
	return row->lifetimes[(size_t)ceil((double)row->nr_lifetimes * share) - 1];
}
