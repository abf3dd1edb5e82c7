/* SPDX-License-Identifier: GPL-2.0 */
/* memmon top with a device in memory and without a screen: for its tests. */
#ifndef TOP_SHOWN_H
#define TOP_SHOWN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_device.h"
#include "top.h"
#include "totals_live.h"
#include "unit.h"

#define CLASS(name) .event_class = MEMMON_CLASS_##name

static struct memmon_session *session;
static struct memmon_totals *totals;
static struct top_model model;
static struct top_frame frame;

static struct memmon_total rows[] = {
	{ CLASS(CACHE_ALLOC), .cache = 7, .call_site = 0x1000, .tgid = 10, .comm = "one",
	  .cgroup = 1, .count = 50, .bytes_alloc = 9600, .died = 10, .died_bytes = 1920 },
	{ CLASS(KMALLOC), .cache = 1, .call_site = 0x2000, .tgid = 20, .comm = "two", .cgroup = 1,
	  .count = 1000, .bytes_alloc = 64000, .died = 1000, .died_bytes = 64000 },
	{ CLASS(KMALLOC), .cache = 1, .call_site = 0x1000, .tgid = 10, .cgroup = 1, .count = 5,
	  .bytes_alloc = 320 },
	{ CLASS(KMALLOC), .cache = 2, .call_site = 0x3000, .tgid = 10, .cgroup = 1, .count = 1,
	  .bytes_alloc = 1048576 },
	{ CLASS(PAGE_ALLOC), .order = 3, .tgid = 10, .cgroup = 1, .count = 2,
	  .bytes_alloc = 65536 },
};

static void look(void)
{
	fake.totals.now += 1000000000;
	assert_int_equal(memmon_totals_look(totals), 0);
}

static int start_with(uint32_t flags)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_TOTALS | MEMMON_OPTION_NO_RINGS | flags,
		.total_keys = MEMMON_TOTALS_KEYS,
	};

	fake_reset();
	fake.caches[0] = (struct memmon_cache_info){ .id = 1, .name = "kmalloc-64" };
	fake.caches[1] = (struct memmon_cache_info){ .id = 2, .name = "large\033[2J" };
	fake.nr_caches = 2;
	fake.totals = (struct memmon_totals_stats){ .places = 100, .now = 1000 };
	fake.tables[MEMMON_TABLE_TOTALS] =
		(struct fake_table){ rows, sizeof(rows) / sizeof(rows[0]) };
	memset(&frame, 0, sizeof(frame));
	frame.width = 80;
	frame.height = 24;
	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	assert_int_equal(memmon_session_enable(session), 0);
	assert_int_equal(totals_live_open(session, "/nonexistent", &totals), 0);
	assert_int_equal(top_model_init(&model, totals, false), 0);
	look();
	return 0;
}

static int start(void **state)
{
	(void)state;
	return start_with(MEMMON_OPTION_LEDGER);
}

static int end(void **state)
{
	(void)state;
	top_model_exit(&model);
	memmon_totals_close(totals);
	memmon_session_close(session);
	fake_free();
	return 0;
}

static void draw(void)
{
	assert_int_equal(top_draw(&model, &frame), 0);
}

static void press(int key)
{
	assert_int_equal(top_key(&model, key, frame.page), 0);
	draw();
}

/* Which row is at a place, by its first word. */
static void expect_row(size_t place, const char *name)
{
	const char *line = frame.lines[4 + place].text;

	if (strncmp(line, name, strlen(name)) || !strchr(" ", line[strlen(name)])) {
		print_message("row %zu is not %s: %s\n", place, name, line);
		fail();
	}
}

static void expect_line(unsigned int line, const char *text)
{
	if (!strstr(frame.lines[line].text, text)) {
		print_message("line %u lacks '%s': %s\n", line, text, frame.lines[line].text);
		fail();
	}
}

#endif
