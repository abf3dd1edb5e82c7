/* SPDX-License-Identifier: GPL-2.0 */
/* Snapshots of a ledger on a device in memory, for the tests of snapshots. */
#ifndef SNAPSHOT_TAKEN_H
#define SNAPSHOT_TAKEN_H

#include "fake_device.h"
#include "memmon/snapshot.h"
#include "snapshot_names.h"
#include "unit.h"

static struct memmon_session *session;

/* Sets a session up, with the names of a folder, and enables it. */
static void begin_with(uint32_t stacks, const char *dir, const char *mountinfo)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS,
		.stacks = stacks,
	};

	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	assert_int_equal(fake.nr_mapped, 0);
	assert_int_equal(snapshot_names_create(session, dir, mountinfo, &session->names), 0);
	assert_int_equal(memmon_session_enable(session), 0);
	fake.ledger.now = 100000;
	fake.ledger.enabled_at = 40000;
}

static struct memmon_snapshot *take(void)
{
	struct memmon_snapshot *snapshot;

	assert_int_equal(memmon_snapshot_take(session, &snapshot), 0);
	return snapshot;
}

#define SET_TABLE(table, array)                                 \
	fake.tables[MEMMON_TABLE_##table] = (struct fake_table) \
	{                                                       \
		array, sizeof(array) / sizeof((array)[0])       \
	}

static void assert_site(const struct memmon_snapshot *snapshot, uint32_t account,
			const char *expected)
{
	char text[128];

	memmon_snapshot_site(snapshot, account, text, sizeof(text));
	assert_string_equal(text, expected);
}

#endif
