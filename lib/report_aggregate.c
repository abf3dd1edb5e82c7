// SPDX-License-Identifier: GPL-2.0
/* Takes events into account, one by one: the hot loop of a report. */
#include <errno.h>

#include "report_internal.h"

/* Splitting the largest block of pages leaves a piece for each order. */
#define MAX_PIECES (1 << MEMMON_PAGE_ORDER_BITS)

static void hold(struct memmon_sums *sums, uint64_t bytes)
{
	sums->outstanding_bytes += bytes;
	if (++sums->outstanding_objects > sums->peak_objects)
		sums->peak_objects = sums->outstanding_objects;
	if (sums->outstanding_bytes > sums->peak_bytes)
		sums->peak_bytes = sums->outstanding_bytes;
}

static void let_go(struct memmon_sums *sums, uint64_t bytes, bool is_piece)
{
	sums->outstanding_bytes -= bytes;
	if (!is_piece)
		sums->outstanding_objects--;
}

/* The address is given out again, so the object must have been freed where no tracepoint says so. */
static void replace(struct report_section *section, const struct live_object *object)
{
	struct memmon_sums *sums = &section->rows[object->row].sums;

	let_go(sums, object->bytes, object->is_piece);
	let_go(&section->total, object->bytes, object->is_piece);
	section->live_of_order[object->order]--;
	if (!object->is_piece)
		sums->reused++;
}

static int add_request(struct memmon_report *report, struct report_section *section,
		       const struct memmon_event *event)
{
	const struct memmon_record *record = event->record;
	struct live_object *object;
	struct memmon_sums *sums;
	uint8_t order;
	uint32_t row;

	if (report->options.is_wanted && !report->options.is_wanted(report->options.arg, event))
		return 0;
	if (report_row_find(report, section, event, &row))
		return -ENOMEM;
	sums = &section->rows[row].sums;
	sums->requests++;
	if (!record->object) {
		sums->failed++;
		return 0;
	}
	sums->bytes_requested += record->bytes_req;
	sums->bytes_taken += record->bytes_alloc;
	if (section->frees == MEMMON_FREES_NONE)
		return 0;
	order = report_class_is_page(record->event_class) ? MEMMON_PAGE_ORDER(record->detail) : 0;
	object = live_table_slot(&section->live, record->object);
	if (unlikely(object->key))
		replace(section, object);
	else
		section->live.nr++;
	*object = (struct live_object){
		.key = record->object,
		.time = record->time,
		.row = row,
		.bytes = record->bytes_alloc,
		.cpu = event->cpu,
		.order = order,
	};
	section->live_of_order[order]++;
	hold(sums, record->bytes_alloc);
	hold(&section->total, record->bytes_alloc);
	return 0;
}

/* kprobes say what was asked for, but not whether it was given, nor what. */
static int add_call(struct memmon_report *report, struct report_section *section,
		    const struct memmon_event *event)
{
	struct memmon_sums *sums;
	uint32_t row;

	if (report->options.is_wanted && !report->options.is_wanted(report->options.arg, event))
		return 0;
	if (report_row_find(report, section, event, &row))
		return -ENOMEM;
	sums = &section->rows[row].sums;
	sums->requests++;
	sums->bytes_requested += event->record->bytes_req;
	return 0;
}

static bool is_on_other_node(const struct memmon_report *report, const struct memmon_event *event)
{
	uint32_t node = event->record->pid_node >> MEMMON_PID_BITS;
	const struct memmon_machine *machine = report->machine;

	return machine->cpu_nodes && event->cpu < machine->nr_cpus && node != MEMMON_NODE_UNKNOWN &&
	       machine->cpu_nodes[event->cpu] != node;
}

/* The end of an object. Whoever frees it, it counts for the row that asked for it. */
static void end_object(struct memmon_report *report, struct report_section *section,
		       const struct live_object *object, const struct memmon_event *event)
{
	struct report_row *row = &section->rows[object->row];
	uint64_t lifetime = event->record->time - object->time;

	row->sums.frees++;
	row->sums.frees_other_cpu += object->cpu != event->cpu;
	row->sums.frees_other_node += is_on_other_node(report, event);
	if (lifetime < row->lifetime_min)
		row->lifetime_min = lifetime;
	report->ended[report->nr_ended++] = (struct report_ended){
		.section = section,
		.lifetime = lifetime,
		.row = object->row,
	};
}

static int count_lifetimes(struct memmon_report *report)
{
	int err = 0;

	for (unsigned int i = 0; i < report->nr_ended; i++) {
		const struct report_ended *ended = &report->ended[i];

		histogram_prefetch(&ended->section->rows[ended->row].lifetimes, ended->lifetime);
	}
	for (unsigned int i = 0; i < report->nr_ended; i++) {
		const struct report_ended *ended = &report->ended[i];

		err |= histogram_add(&ended->section->rows[ended->row].lifetimes, ended->lifetime);
	}
	report->nr_ended = 0;
	return err;
}

static int add_unknown_free(struct memmon_report *report, struct report_section *section,
			    const struct memmon_event *event)
{
	uint32_t row;

	/* Whether its object would have been wanted cannot be told. */
	if (report->options.is_wanted)
		return 0;
	if (report_row_find(report, section, event, &row))
		return -ENOMEM;
	section->rows[row].sums.unknown_frees++;
	return 0;
}

/* The block of pages that holds a page frame, other than one that begins there; NULL without. */
static struct live_object *find_block(struct report_section *section, uint64_t pfn)
{
	for (unsigned int order = 1; order < 1 << MEMMON_PAGE_ORDER_BITS; order++) {
		uint64_t first = pfn & ~((1ULL << order) - 1);
		struct live_object *object;

		if (!section->live_of_order[order] || !first || first == pfn)
			continue;
		object = live_table_slot(&section->live, first);
		if (object->key && object->order >= order)
			return object;
	}
	return NULL;
}

/*
 * Part of a block is freed: what is left stays, in pieces that are each a block of their own, as the
 * page allocator would split it.
 */
static int split_block(struct memmon_report *report, struct report_section *section,
		       struct live_object block, const struct memmon_event *event,
		       unsigned int order)
{
	uint64_t pfn = event->record->object;
	uint32_t page_bytes = block.bytes >> block.order;

	if (live_table_reserve(&section->live, REPORT_BATCH + MAX_PIECES))
		return -ENOMEM;
	if (!block.is_piece)
		end_object(report, section, &block, event);
	let_go(&section->rows[block.row].sums, (uint64_t)page_bytes << order, block.is_piece);
	let_go(&section->total, (uint64_t)page_bytes << order, block.is_piece);
	section->live_of_order[block.order]--;
	live_table_remove(&section->live, live_table_slot(&section->live, block.key));
	block.is_piece = true;
	while (block.order > order) {
		struct live_object piece = block;
		struct live_object *slot;

		block.order--;
		block.bytes = page_bytes << block.order;
		piece.order = block.order;
		piece.bytes = block.bytes;
		/* The half with the freed pages is split further, the other one stays. */
		if (pfn & (1ULL << block.order))
			block.key |= 1ULL << block.order;
		else
			piece.key |= 1ULL << block.order;
		slot = live_table_slot(&section->live, piece.key);
		if (slot->key)
			replace(section, slot);
		else
			section->live.nr++;
		*slot = piece;
		section->live_of_order[piece.order]++;
	}
	return 0;
}

static int add_free(struct memmon_report *report, struct report_section *section,
		    const struct memmon_event *event)
{
	const struct memmon_record *record = event->record;
	bool is_page = section == &report->sections[MEMMON_SECTION_PAGES];
	unsigned int order = is_page ? MEMMON_PAGE_ORDER(record->detail) : 0;
	struct live_object *object;

	if (section->frees == MEMMON_FREES_NONE || !record->object)
		return 0;
	object = live_table_slot(&section->live, record->object);
	if (unlikely(!object->key)) {
		object = is_page ? find_block(section, record->object) : NULL;
		if (!object)
			return add_unknown_free(report, section, event);
	}
	if (unlikely(object->order > order))
		return split_block(report, section, *object, event, order);
	if (likely(!object->is_piece))
		end_object(report, section, object, event);
	let_go(&section->rows[object->row].sums, object->bytes, object->is_piece);
	let_go(&section->total, object->bytes, object->is_piece);
	section->live_of_order[object->order]--;
	live_table_remove(&section->live, object);
	return 0;
}

/* A request in bulk that got no more than one page has told of it as of a single one already. */
static int add_bulk_page(struct memmon_report *report, struct report_section *section,
			 const struct memmon_event *event)
{
	uint64_t pfn = event->record->object;

	if (pfn && (live_table_slot(&section->live, pfn)->key || find_block(section, pfn)))
		return 0;
	return add_request(report, section, event);
}

static int add(struct memmon_report *report, const struct memmon_event *event)
{
	struct report_section *slab = &report->sections[MEMMON_SECTION_SLAB];
	struct report_section *pages = &report->sections[MEMMON_SECTION_PAGES];

	switch (event->record->event_class) {
	case MEMMON_CLASS_KMALLOC:
	case MEMMON_CLASS_CACHE_ALLOC:
	case MEMMON_CLASS_CACHE_ALLOC_BULK:
	case MEMMON_CLASS_KMALLOC_NOLOCK:
		return add_request(report, slab, event);
	case MEMMON_CLASS_VMALLOC:
	case MEMMON_CLASS_PERCPU_ALLOC:
		report->has_areas = true;
		return add_request(report, slab, event);
	case MEMMON_CLASS_KFREE:
	case MEMMON_CLASS_CACHE_FREE:
	case MEMMON_CLASS_CACHE_FREE_BULK:
	case MEMMON_CLASS_RCU_FREE:
	case MEMMON_CLASS_KFREE_NOLOCK:
	case MEMMON_CLASS_VFREE:
	case MEMMON_CLASS_PERCPU_FREE:
		return add_free(report, slab, event);
	case MEMMON_CLASS_PAGE_ALLOC:
		return add_request(report, pages, event);
	case MEMMON_CLASS_PAGE_ALLOC_BULK:
		return add_bulk_page(report, pages, event);
	case MEMMON_CLASS_PAGE_FREE:
		return add_free(report, pages, event);
	case MEMMON_CLASS_CALL_KMALLOC:
	case MEMMON_CLASS_CALL_KMALLOC_LARGE:
	case MEMMON_CLASS_CALL_KMALLOC_SLAB:
	case MEMMON_CLASS_CALL_KMALLOC_NODE:
	case MEMMON_CLASS_CALL_CACHE_ALLOC:
	case MEMMON_CLASS_CALL_KMALLOC_CACHE:
		return add_call(report, slab, event);
	default:
		/*
		 * Nothing that begins or ends: of the page of an mm_page_free_batched the kernel has
		 * said mm_page_free before, what is given to kfree_rcu() is not yet free, and what
		 * krealloc() leaves where it is takes the same memory as before.
		 */
		return 0;
	}
}

int report_aggregate(struct memmon_report *report, const struct memmon_event *events,
		     unsigned int nr)
{
	struct live_table *slab = &report->sections[MEMMON_SECTION_SLAB].live;
	struct live_table *pages = &report->sections[MEMMON_SECTION_PAGES].live;
	int err = 0;

	if (live_table_reserve(slab, nr) || live_table_reserve(pages, nr))
		return -ENOMEM;
	/* The slots come from memory while the events before them are counted. */
	for (unsigned int i = 0; i < nr; i++) {
		const struct memmon_record *record = events[i].record;

		live_table_prefetch(report_class_is_page(record->event_class) ? pages : slab,
				    record->object);
	}
	for (unsigned int i = 0; i < nr && !err; i++)
		err = add(report, &events[i]);
	return err ? err : count_lifetimes(report);
}
