// SPDX-License-Identifier: GPL-2.0
/* A report from its beginning to its end: options, time window, sums. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report_internal.h"

/* Events that are taken from a reader at a time. */
#define READ_EVENTS 1024

static const char *const key_names[] = {
#define KEY_NAME(id, name) [MEMMON_KEY_##id] = name,
	MEMMON_KEYS(KEY_NAME)
#undef KEY_NAME
};

int memmon_key_find(const char *name, size_t len, enum memmon_key *ret)
{
	for (unsigned int i = 0; i < MEMMON_NR_KEYS; i++) {
		if (strlen(key_names[i]) == len && !memcmp(key_names[i], name, len)) {
			*ret = (enum memmon_key)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *memmon_key_name(enum memmon_key key)
{
	return key_names[key];
}

/* The first tick that is not before a moment. */
static uint64_t tick_at(const struct memmon_report *report, uint64_t ns)
{
	/* Of a clock of 1 GHz, these are 146 years. */
	uint64_t low = report->machine->clock_at_start;
	uint64_t high = low + (1ULL << 62) < low ? UINT64_MAX : low + (1ULL << 62);

	if (!ns)
		return 0;
	if (ns == UINT64_MAX)
		return UINT64_MAX;
	while (low < high) {
		uint64_t mid = low + (high - low) / 2;

		if (memmon_reader_ns(report->reader, mid) < ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_sensible(const struct memmon_report_options *options)
{
	if (!options->nr_keys || options->nr_keys > MEMMON_REPORT_MAX_KEYS ||
	    options->from_ns >= options->until_ns)
		return false;
	for (unsigned int i = 0; i < options->nr_keys; i++)
		if ((unsigned int)options->keys[i] >= MEMMON_NR_KEYS)
			return false;
	return true;
}

int memmon_report_create(struct memmon_reader *reader, const struct memmon_report_options *options,
			 struct memmon_report **ret)
{
	struct memmon_report *report;
	int err = 0;

	if (!is_sensible(options))
		return -EINVAL;
	report = calloc(1, sizeof(*report));
	if (!report)
		return -ENOMEM;
	report->options = *options;
	report->reader = reader;
	report->machine = memmon_reader_machine(reader);
	report->from = tick_at(report, options->from_ns);
	report->until = tick_at(report, options->until_ns);
	if (report_parts_init(&report->parts, reader))
		err = -ENOMEM;
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS; i++) {
		struct report_section *section = &report->sections[i];

		section->frees = report_frees_known(memmon_reader_options(reader), i);
		if (report_map_init(&section->map) || live_table_init(&section->live))
			err = -ENOMEM;
	}
	if (err) {
		memmon_report_destroy(report);
		return err;
	}
	*ret = report;
	return 0;
}

void memmon_report_destroy(struct memmon_report *report)
{
	if (!report)
		return;
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS; i++) {
		struct report_section *section = &report->sections[i];

		for (size_t row = 0; row < section->nr_rows; row++)
			histogram_exit(&section->rows[row].lifetimes);
		free(section->rows);
		free(section->parts);
		report_map_exit(&section->map);
		live_table_exit(&section->live);
	}
	report_parts_exit(&report->parts);
	free(report);
}

int memmon_report_add(struct memmon_report *report, const struct memmon_event *events,
		      unsigned int nr)
{
	while (nr && events[0].record->time < report->from) {
		events++;
		nr--;
	}
	while (nr && events[nr - 1].record->time >= report->until) {
		nr--;
		report->has_ended = true;
	}
	if (nr)
		report->last = events[nr - 1].record->time;
	report->events += nr;
	while (nr) {
		unsigned int part = nr < REPORT_BATCH ? nr : REPORT_BATCH;
		int err = report_aggregate(report, events, part);

		if (err)
			return err;
		events += part;
		nr -= part;
	}
	return report->has_ended;
}

int memmon_report_read(struct memmon_report *report)
{
	struct memmon_event events[READ_EVENTS];
	int nr;

	do {
		nr = memmon_reader_take(report->reader, events, READ_EVENTS);
		if (nr > 0) {
			int ret = memmon_report_add(report, events, (unsigned int)nr);

			if (ret)
				return ret < 0 ? ret : 0;
		}
	} while (nr > 0);
	return nr;
}

static uint64_t to_ns(const struct memmon_report *report, uint64_t ticks)
{
	return memmon_reader_ns(report->reader, report->machine->clock_at_start + ticks);
}

static void set_lifetimes(const struct memmon_report *report, struct memmon_sums *sums,
			  uint64_t min, const struct histogram *lifetimes)
{
	uint64_t median = histogram_quantile(lifetimes, 500);
	uint64_t p99 = histogram_quantile(lifetimes, 990);

	if (!sums->frees)
		return;
	sums->lifetime_min_ns = to_ns(report, min);
	/* The middle of the shortest one's bucket may lie below it. */
	sums->lifetime_median_ns = to_ns(report, median < min ? min : median);
	sums->lifetime_p99_ns = to_ns(report, p99 < min ? min : p99);
}

static void add_sums(struct memmon_sums *total, const struct memmon_sums *sums)
{
	total->requests += sums->requests;
	total->failed += sums->failed;
	total->bytes_requested += sums->bytes_requested;
	total->bytes_taken += sums->bytes_taken;
	total->frees += sums->frees;
	total->reused += sums->reused;
	total->unknown_frees += sums->unknown_frees;
	total->frees_other_cpu += sums->frees_other_cpu;
	total->frees_other_node += sums->frees_other_node;
}

static int finish_section(struct memmon_report *report, struct report_section *section)
{
	/* Peaks of rows are of different moments, so that of all has been kept apart. */
	struct memmon_sums total = {
		.outstanding_objects = section->total.outstanding_objects,
		.outstanding_bytes = section->total.outstanding_bytes,
		.peak_objects = section->total.peak_objects,
		.peak_bytes = section->total.peak_bytes,
	};
	struct histogram lifetimes = { 0 };
	uint64_t min = UINT64_MAX;
	int err = 0;

	for (size_t i = 0; i < section->nr_rows && !err; i++) {
		struct report_row *row = &section->rows[i];

		set_lifetimes(report, &row->sums, row->lifetime_min, &row->lifetimes);
		add_sums(&total, &row->sums);
		if (row->lifetime_min < min)
			min = row->lifetime_min;
		err = histogram_merge(&lifetimes, &row->lifetimes);
	}
	set_lifetimes(report, &total, min, &lifetimes);
	histogram_exit(&lifetimes);
	section->total = total;
	return err;
}

int memmon_report_finish(struct memmon_report *report)
{
	int err = 0;

	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS && !err; i++)
		err = finish_section(report, &report->sections[i]);
	return err;
}

struct memmon_report_window memmon_report_window(const struct memmon_report *report)
{
	struct memmon_report_window window = {
		.from_ns = report->options.from_ns,
		.until_ns = report->options.until_ns,
		.events = report->events,
	};

	if (!report->has_ended)
		window.until_ns = memmon_reader_ns(report->reader, report->last);
	if (window.until_ns < window.from_ns)
		window.until_ns = window.from_ns;
	return window;
}

enum memmon_frees memmon_report_frees(const struct memmon_report *report,
				      enum memmon_section section)
{
	return report->sections[section].frees;
}

uint32_t memmon_report_unseen(const struct memmon_report *report, enum memmon_section section)
{
	struct memmon_loss loss;

	/* Each page that is freed passes the one tracepoint. */
	if (section != MEMMON_SECTION_SLAB || report->sections[section].frees == MEMMON_FREES_NONE)
		return 0;
	if (memmon_reader_loss(report->reader, &loss))
		loss.missing_classes = 0;
	return report_frees_unseen(memmon_reader_options(report->reader), report->machine,
				   loss.missing_classes);
}

bool memmon_report_has_areas(const struct memmon_report *report)
{
	return report->has_areas;
}

bool memmon_report_knows_taken(const struct memmon_report *report)
{
	return memmon_reader_options(report->reader)->source != MEMMON_SOURCE_KPROBE;
}

size_t memmon_report_count(const struct memmon_report *report, enum memmon_section section)
{
	return report->sections[section].nr_rows;
}

const struct memmon_sums *memmon_report_sums(const struct memmon_report *report,
					     enum memmon_section section, size_t row)
{
	return &report->sections[section].rows[row].sums;
}

const struct memmon_sums *memmon_report_total(const struct memmon_report *report,
					      enum memmon_section section)
{
	return &report->sections[section].total;
}
