/* SPDX-License-Identifier: GPL-2.0 */
/* A session with totals on a device in memory, and looks at it: for tests of totals. */
#ifndef TOTALS_TAKEN_H
#define TOTALS_TAKEN_H

#include <errno.h>
#include <string.h>

#include "fake_device.h"
#include "totals_live.h"
#include "unit.h"

#define CLASS(name) .event_class = MEMMON_CLASS_##name

/* A folder without processes. */
#define NO_PROC "/nonexistent"

static struct memmon_session *session;
static struct memmon_totals *totals;

static void set_rows(const struct memmon_total *rows, uint32_t nr)
{
	fake.tables[MEMMON_TABLE_TOTALS] = (struct fake_table){ .rows = rows, .nr = nr };
}

static void look(const struct memmon_total *rows, uint32_t nr)
{
	set_rows(rows, nr);
	fake.totals.now += 500000000;
	assert_int_equal(memmon_totals_look(totals), 0);
}

#define LOOK(rows) look(rows, sizeof(rows) / sizeof((rows)[0]))

static int start(void **state)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_TOTALS | MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS,
		.total_keys = MEMMON_TOTALS_KEYS,
	};

	(void)state;
	fake_reset();
	fake.caches[0] = (struct memmon_cache_info){ .id = 3, .name = "filp" };
	fake.nr_caches = 1;
	fake.totals = (struct memmon_totals_stats){ .places = 100, .now = 1000 };
	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	assert_int_equal(memmon_session_enable(session), 0);
	assert_int_equal(totals_live_open(session, NO_PROC, &totals), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	memmon_totals_close(totals);
	memmon_session_close(session);
	assert_int_equal(fake.nr_open, 0);
	fake_free();
	return 0;
}

static struct memmon_totals_view *open_view(enum memmon_section section, enum memmon_total_key key)
{
	struct memmon_totals_view *view;

	assert_int_equal(memmon_totals_view_open(totals, section, key, NULL, 0, &view), 0);
	return view;
}

/* The row of that name. */
static const struct memmon_totals_row *find(struct memmon_totals_view *view, const char *name)
{
	for (size_t i = 0; i < memmon_totals_view_count(view); i++)
		if (!strcmp(memmon_totals_view_name(view, i), name))
			return memmon_totals_view_at(view, i);
	print_message("there is no row %s\n", name);
	fail();
	return NULL;
}

#endif
