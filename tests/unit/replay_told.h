/* SPDX-License-Identifier: GPL-2.0 */
/* A story told to a replay, for the tests of replays. */
#ifndef REPLAY_TOLD_H
#define REPLAY_TOLD_H

#include "fake_reader.h"
#include "memmon/snapshot.h"
#include "replay_story.h"
#include "unit.h"

static struct fake_reader fake_reader;
static struct story *story;
static struct memmon_replay *replay;

static void open_replay(void)
{
	fake_reader.events = story->events;
	fake_reader.nr_events = story->nr;
	assert_int_equal(memmon_replay_open(&fake_reader.reader, &replay), 0);
}

static void tell(const struct memmon_record *records, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		story_tell(story, &records[i]);
	open_replay();
}

#define TELL(records) tell(records, sizeof(records) / sizeof((records)[0]))

static struct memmon_snapshot *until(uint64_t ns, int has_more)
{
	struct memmon_snapshot *snapshot;

	assert_int_equal(memmon_replay_until(replay, ns, &snapshot), has_more);
	return snapshot;
}

#endif
