/* SPDX-License-Identifier: GPL-2.0 */
/* A report on a few records, for the tests of reports. */
#ifndef REPORT_ON_H
#define REPORT_ON_H

#include "fake_reader.h"
#include "memmon/report.h"
#include "unit.h"

#define SLAB MEMMON_SECTION_SLAB
#define PAGES MEMMON_SECTION_PAGES
#define CONDITION(name) (1U << MEMMON_FILTERED_##name)
#define CLASS(name) (1U << MEMMON_CLASS_##name)

/* A report on a few records, each on CPU 0, a microsecond after the one before. */
static struct memmon_report *report_on(struct fake_reader *fake, enum memmon_key key,
				       struct memmon_record *records, unsigned int nr)
{
	struct memmon_report_options options = {
		.keys = { key },
		.nr_keys = 1,
		.until_ns = UINT64_MAX,
	};
	struct memmon_event events[16];
	struct memmon_report *report;

	for (unsigned int i = 0; i < nr; i++) {
		if (!records[i].time)
			records[i].time = 2000 + i * 1000;
		events[i] = (struct memmon_event){ .record = &records[i] };
	}
	assert_int_equal(memmon_report_create(&fake->reader, &options, &report), 0);
	assert_int_equal(memmon_report_add(report, events, nr), 0);
	assert_int_equal(memmon_report_finish(report), 0);
	return report;
}

static void assert_name(struct memmon_report *report, enum memmon_section section, size_t row,
			const char *full, const char *stable)
{
	char text[128];

	memmon_report_name(report, section, row, 0, MEMMON_NAME_FULL, text, sizeof(text));
	assert_string_equal(text, full);
	memmon_report_name(report, section, row, 0, MEMMON_NAME_STABLE, text, sizeof(text));
	assert_string_equal(text, stable);
}

#endif
