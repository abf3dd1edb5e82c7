// SPDX-License-Identifier: GPL-2.0
/* Finds the row of an event by its keys, and makes it when it is the first of its kind. */
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "report_internal.h"

static int add_row(struct memmon_report *report, struct report_section *section,
		   const uint64_t *parts, uint64_t key, uint32_t *ret)
{
	unsigned int nr_keys = report->options.nr_keys;
	size_t row = section->nr_rows;

	/* The arrays grow apart from each other: what one of them could not get loses nothing. */
	if (memmon_array_grow((void **)&section->rows, row, &section->room_rows,
			      sizeof(*section->rows)) ||
	    memmon_array_grow((void **)&section->parts, row, &section->room_parts,
			      nr_keys * sizeof(*parts)))
		return -ENOMEM;
	memset(&section->rows[row], 0, sizeof(section->rows[row]));
	section->rows[row].lifetime_min = UINT64_MAX;
	memcpy(&section->parts[row * nr_keys], parts, nr_keys * sizeof(*parts));
	section->nr_rows++;
	*ret = (uint32_t)row;
	return report_map_add(&section->map, key, *ret);
}

int report_row_find(struct memmon_report *report, struct report_section *section,
		    const struct memmon_event *event, uint32_t *ret)
{
	unsigned int nr_keys = report->options.nr_keys;
	uint64_t parts[MEMMON_REPORT_MAX_KEYS];
	uint64_t key = 0;

	for (unsigned int i = 0; i < nr_keys; i++) {
		if (report_parts_get(&report->parts, report->options.keys[i], event, &parts[i]))
			return -ENOMEM;
		key = i ? report_hash_two(key, parts[i]) : parts[i];
	}
	for (;; key++) {
		*ret = report_map_find(&section->map, key);
		if (*ret == REPORT_MAP_NONE)
			return add_row(report, section, parts, key, ret);
		/* A key alone is its own hash; several may have the same one. */
		if (nr_keys == 1 || !memcmp(&section->parts[(size_t)*ret * nr_keys], parts,
					    nr_keys * sizeof(*parts)))
			return 0;
	}
}
