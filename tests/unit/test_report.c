// SPDX-License-Identifier: GPL-2.0
/* Tests aggregation against the slow and obvious one, on random events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_reader.h"
#include "report_slow.h"
#include "unit.h"

#define NR_EVENTS 6000
#define NR_OBJECTS 300
#define NR_BLOCKS 32
#define FIRST_PFN 4096

/* @stacks: ids of the stacks of the events, if they have any */
struct world {
	unsigned int seed;
	struct memmon_record records[NR_EVENTS];
	struct memmon_event events[NR_EVENTS];
	uint32_t stacks[NR_EVENTS];
	bool has_stacks;
	bool is_free[NR_BLOCKS][64]; /* pages of a block that were given back */
	unsigned int order[NR_BLOCKS];
	bool is_held[NR_BLOCKS];
};

static unsigned int dice(struct world *world, unsigned int sides)
{
	world->seed = world->seed * 1103515245 + 12345;
	return (world->seed >> 8) % sides;
}

static void make_slab(struct world *world, struct memmon_record *record)
{
	static const uint32_t sizes[] = { 8, 64, 96, 192, 512, 1024, 8192, 65536 };
	bool is_kmalloc = dice(world, 2);

	/* The same addresses again and again: freed twice, given out twice, never given out. */
	record->object = 0xffff888000000000ULL + dice(world, NR_OBJECTS) * 64;
	record->call_site = 0xffffffff81000000ULL + dice(world, 40) * 16;
	if (dice(world, 2)) {
		record->event_class = is_kmalloc ? MEMMON_CLASS_KFREE : MEMMON_CLASS_CACHE_FREE;
		record->detail = is_kmalloc ? 0 : (uint16_t)dice(world, 10);
		record->bytes_req = is_kmalloc ? 0 : 200;
		record->bytes_alloc = record->bytes_req;
		return;
	}
	record->event_class = is_kmalloc ? MEMMON_CLASS_KMALLOC : MEMMON_CLASS_CACHE_ALLOC;
	record->bytes_alloc = is_kmalloc ? sizes[dice(world, 8)] : 200;
	record->bytes_req = is_kmalloc ? 1 + dice(world, record->bytes_alloc) : 200;
	record->detail = is_kmalloc ? 0 : (uint16_t)dice(world, 10);
	if (!dice(world, 20))
		record->object = 0;
}

static bool is_all_free(const struct world *world, unsigned int block, unsigned int first,
			unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		if (world->is_free[block][first + i])
			return false;
	return true;
}

static void set_pages(struct world *world, struct memmon_record *record, unsigned int block,
		      unsigned int first, unsigned int order)
{
	record->object = FIRST_PFN + block * 64 + first;
	record->bytes_req = record->bytes_alloc = 4096U << order;
	record->detail = (uint16_t)MEMMON_PAGE_DETAIL(order, dice(world, 2) * 2, 0);
}

/* The paths that only hooks see, on the same addresses. */
static void make_hooked(struct world *world, struct memmon_record *record)
{
	static const uint8_t classes[] = {
		MEMMON_CLASS_CACHE_ALLOC_BULK, MEMMON_CLASS_KMALLOC_NOLOCK, MEMMON_CLASS_KREALLOC,
		MEMMON_CLASS_CACHE_FREE_BULK,  MEMMON_CLASS_RCU_QUEUE,	    MEMMON_CLASS_RCU_FREE,
		MEMMON_CLASS_KFREE_NOLOCK,
	};

	do
		make_slab(world, record);
	while (!record->object);
	record->event_class = classes[dice(world, 7)];
	record->detail = record->event_class == MEMMON_CLASS_CACHE_ALLOC_BULK ?
				 (uint16_t)dice(world, 10) :
				 0;
	record->bytes_req = record->bytes_alloc = 0;
	if (record->event_class == MEMMON_CLASS_CACHE_ALLOC_BULK) {
		record->bytes_req = record->bytes_alloc = 200;
	} else if (record->event_class == MEMMON_CLASS_KMALLOC_NOLOCK) {
		record->bytes_alloc = 64U << dice(world, 3);
		record->bytes_req = 1 + dice(world, record->bytes_alloc);
	} else if (record->event_class == MEMMON_CLASS_KREALLOC) {
		record->bytes_req = 1 + dice(world, 64);
	}
}

/* Memory of other allocators, with addresses of its own. */
static void make_area(struct world *world, struct memmon_record *record)
{
	bool is_percpu = dice(world, 2), is_free = dice(world, 2);

	record->object =
		(is_percpu ? 0x607f00000000ULL : 0xffffc90000000000ULL) + dice(world, 20) * 4096;
	record->call_site = 0xffffffff81000000ULL + dice(world, 40) * 16;
	if (is_percpu)
		record->event_class = is_free ? MEMMON_CLASS_PERCPU_FREE :
						MEMMON_CLASS_PERCPU_ALLOC;
	else
		record->event_class = is_free ? MEMMON_CLASS_VFREE : MEMMON_CLASS_VMALLOC;
	if (is_free)
		return;
	record->bytes_req = 1 + dice(world, 100000);
	record->bytes_alloc = is_percpu ? record->bytes_req * 8 : (record->bytes_req | 4095) + 1;
}

/* Blocks of up to 64 pages, each in a place of its own, freed whole or in parts. */
static void make_pages(struct world *world, struct memmon_record *record)
{
	unsigned int block = dice(world, NR_BLOCKS);
	unsigned int order, first;

	if (!world->is_held[block]) {
		bool is_bulk = !dice(world, 4);

		world->order[block] = is_bulk ? 0 : dice(world, 7);
		world->is_held[block] = true;
		memset(world->is_free[block], 0, 64);
		record->event_class = is_bulk ? MEMMON_CLASS_PAGE_ALLOC_BULK :
						MEMMON_CLASS_PAGE_ALLOC;
		record->call_site = is_bulk ? 0xffffffff81000010 : 0;
		set_pages(world, record, block, 0, world->order[block]);
		if (!dice(world, 20)) {
			record->object = 0;
			world->is_held[block] = false;
		}
		return;
	}
	if (!dice(world, 10)) {
		/* Of a page that is held already: that is no new one. */
		record->event_class = dice(world, 2) ? MEMMON_CLASS_PAGE_ALLOC_BULK :
						       MEMMON_CLASS_PAGE_EXTFRAG;
		first = dice(world, 1U << world->order[block]);
		set_pages(world, record, block, first, 0);
		if (world->is_free[block][first])
			record->event_class = MEMMON_CLASS_PAGE_EXTFRAG;
		return;
	}
	record->event_class = MEMMON_CLASS_PAGE_FREE;
	order = dice(world, world->order[block] + 1);
	first = dice(world, 1U << (world->order[block] - order)) << order;
	/* What is free already is freed again as a whole, which nobody knows of. */
	if (!is_all_free(world, block, first, 1U << order)) {
		record->event_class = MEMMON_CLASS_PAGE_FREE_BATCHED;
		set_pages(world, record, block, first, 0);
		return;
	}
	set_pages(world, record, block, first, order);
	memset(&world->is_free[block][first], 1, 1U << order);
	world->is_held[block] = false;
	for (unsigned int i = 0; i < 1U << world->order[block]; i++)
		world->is_held[block] |= !world->is_free[block][i];
}

static void make_world(struct world *world, unsigned int seed)
{
	uint64_t time = 1000;

	memset(world, 0, sizeof(*world));
	world->seed = seed;
	for (size_t i = 0; i < NR_EVENTS; i++) {
		struct memmon_record *record = &world->records[i];

		time += 1ULL << dice(world, 24);
		switch (dice(world, 8)) {
		case 0:
		case 1:
			make_pages(world, record);
			break;
		case 2:
			make_hooked(world, record);
			break;
		case 3:
			make_area(world, record);
			break;
		default:
			make_slab(world, record);
		}
		record->time = time;
		record->context = (uint8_t)(dice(world, 4) ? 0 : dice(world, 3));
		record->tgid = 100 + dice(world, 3);
		record->pid_node = (dice(world, 9) ? dice(world, 2) : MEMMON_NODE_UNKNOWN)
				   << MEMMON_PID_BITS;
		snprintf(record->comm, sizeof(record->comm), "thread%u", dice(world, 3));
		/* Behind the name may be anything. */
		record->comm[12] = (char)dice(world, 256);
		world->events[i] = (struct memmon_event){ .record = record, .cpu = dice(world, 8) };
	}
}

static void assert_near(uint64_t value, uint64_t exact)
{
	double error = (double)exact * MEMMON_LIFETIME_ERROR + 1;

	assert_true((double)value <= (double)exact + error);
	assert_true((double)value >= (double)exact - error);
}

static void assert_sums(const struct memmon_sums *sums, const struct memmon_sums *slow)
{
	assert_int_equal(sums->requests, slow->requests);
	assert_int_equal(sums->failed, slow->failed);
	assert_int_equal(sums->bytes_requested, slow->bytes_requested);
	assert_int_equal(sums->bytes_taken, slow->bytes_taken);
	assert_int_equal(sums->frees, slow->frees);
	assert_int_equal(sums->reused, slow->reused);
	assert_int_equal(sums->unknown_frees, slow->unknown_frees);
	assert_int_equal(sums->frees_other_cpu, slow->frees_other_cpu);
	assert_int_equal(sums->frees_other_node, slow->frees_other_node);
	assert_int_equal(sums->outstanding_objects, slow->outstanding_objects);
	assert_int_equal(sums->outstanding_bytes, slow->outstanding_bytes);
	assert_int_equal(sums->peak_objects, slow->peak_objects);
	assert_int_equal(sums->peak_bytes, slow->peak_bytes);
	assert_int_equal(sums->requests,
			 sums->failed + sums->frees + sums->reused + sums->outstanding_objects);
}

static void assert_section(struct memmon_report *report, const struct slow_report *slow,
			   enum memmon_section section)
{
	const struct memmon_sums *total = memmon_report_total(report, section);
	size_t nr_slow = 0;
	uint64_t requests = 0;

	for (size_t i = 0; i < slow->nr_rows; i++)
		nr_slow += slow->rows[i].section == section;
	assert_int_equal(memmon_report_count(report, section), nr_slow);
	for (size_t i = 0; i < nr_slow; i++) {
		const struct memmon_sums *sums = memmon_report_sums(report, section, i);
		const struct slow_row *row;
		char name[SLOW_NAME_BYTES] = "";

		for (unsigned int key = 0; key < slow->options.nr_keys; key++) {
			size_t len = strlen(name);

			memmon_report_name(report, section, i, key, MEMMON_NAME_FULL, name + len,
					   sizeof(name) - len);
			strcat(name, "|");
		}
		row = slow_report_find(slow, section, name);
		assert_non_null(row);
		assert_sums(sums, &row->sums);
		requests += sums->requests;
		if (!row->nr_lifetimes)
			continue;
		assert_near(sums->lifetime_median_ns, slow_row_quantile(row, 0.5));
		assert_near(sums->lifetime_p99_ns, slow_row_quantile(row, 0.99));
		assert_int_equal(sums->lifetime_min_ns, row->lifetimes[0]);
	}
	assert_int_equal(total->requests, requests);
	assert_int_equal(total->peak_bytes, slow->total[section].peak_bytes);
	assert_int_equal(total->peak_objects, slow->total[section].peak_objects);
	assert_int_equal(total->outstanding_bytes, slow->total[section].outstanding_bytes);
	assert_int_equal(total->outstanding_objects, slow->total[section].outstanding_objects);
}

static void assert_agrees(struct world *world, const struct memmon_report_options *options)
{
	struct fake_reader fake;
	struct memmon_report *report;
	struct slow_report slow;

	fake_reader_init(&fake);
	fake.events = world->events;
	fake.nr_events = NR_EVENTS;
	fake.options.stacks = world->has_stacks ? FAKE_STACKS : 0;
	assert_int_equal(memmon_report_create(&fake.reader, options, &report), 0);
	assert_int_equal(memmon_report_read(report), 0);
	assert_int_equal(memmon_report_finish(report), 0);
	slow_report_init(&slow, options, &fake.machine, NR_EVENTS);
	for (size_t i = 0; i < NR_EVENTS; i++) {
		struct memmon_event event = world->events[i];

		/* The reader has put the call site back into the record. */
		event.stack = world->stacks[i];
		slow_report_add(&slow, &event);
	}
	assert_section(report, &slow, MEMMON_SECTION_SLAB);
	assert_section(report, &slow, MEMMON_SECTION_PAGES);
	slow_report_exit(&slow);
	memmon_report_destroy(report);
}

static void every_key_agrees(void **state)
{
	struct world *world = *state;

	for (unsigned int key = 0; key < MEMMON_NR_KEYS; key++) {
		const struct memmon_report_options options = {
			.keys = { key },
			.nr_keys = 1,
			.until_ns = UINT64_MAX,
		};

		/* They need names that only a recording has. */
		if (key == MEMMON_KEY_CGROUP || key == MEMMON_KEY_MODULE)
			continue;
		make_world(world, 7 + key);
		assert_agrees(world, &options);
	}
}

/* As the kernel tells them: an id in the place of the call site, where a stack was taken. */
static void add_stacks(struct world *world)
{
	world->has_stacks = true;
	for (size_t i = 0; i < NR_EVENTS; i++) {
		world->stacks[i] = dice(world, FAKE_STACKS + 5) % FAKE_STACKS;
		if (world->stacks[i])
			world->records[i].call_site = world->stacks[i];
	}
}

static void stacks_agree(void **state)
{
	const struct memmon_report_options options[] = {
		{ .keys = { MEMMON_KEY_STACK }, .nr_keys = 1, .until_ns = UINT64_MAX },
		{ .keys = { MEMMON_KEY_SITE }, .nr_keys = 1, .until_ns = UINT64_MAX },
		{ .keys = { MEMMON_KEY_PROCESS, MEMMON_KEY_STACK, MEMMON_KEY_SITE },
		  .nr_keys = 3,
		  .until_ns = UINT64_MAX },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		make_world(*state, 300 + (unsigned int)i);
		add_stacks(*state);
		assert_agrees(*state, &options[i]);
	}
}

static void combined_keys_agree(void **state)
{
	const struct memmon_report_options options = {
		.keys = { MEMMON_KEY_SITE, MEMMON_KEY_PROCESS, MEMMON_KEY_CACHE, MEMMON_KEY_CPU },
		.nr_keys = 4,
		.until_ns = UINT64_MAX,
	};

	make_world(*state, 99);
	assert_agrees(*state, &options);
}

static void time_windows_agree(void **state)
{
	struct world *world = *state;

	for (unsigned int i = 0; i < 10; i++) {
		struct memmon_report_options options = {
			.keys = { MEMMON_KEY_SITE, MEMMON_KEY_CACHE },
			.nr_keys = 2,
		};
		uint64_t a, b;

		make_world(world, 1000 + i);
		/* Bounds that lie on an event: the first counts, the second does not. */
		a = world->records[dice(world, NR_EVENTS)].time - 1000;
		b = world->records[dice(world, NR_EVENTS)].time - 1000;
		options.from_ns = a < b ? a : b;
		options.until_ns = a < b ? b : a + 1;
		assert_agrees(world, &options);
	}
}

static int set_up(void **state)
{
	*state = malloc(sizeof(struct world));
	return !*state;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_agrees),
		cmocka_unit_test(stacks_agree),
		cmocka_unit_test(combined_keys_agree),
		cmocka_unit_test(time_windows_agree),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
