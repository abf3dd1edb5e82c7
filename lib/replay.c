// SPDX-License-Identifier: GPL-2.0
/* Makes the ledger of a recording, moment by moment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay_internal.h"
#include "snapshot_internal.h"

int memmon_replay_open(struct memmon_reader *reader, struct memmon_replay **ret)
{
	struct memmon_replay *replay;
	int err;

	if (memmon_reader_options(reader)->source == MEMMON_SOURCE_KPROBE)
		return -EOPNOTSUPP;
	replay = calloc(1, sizeof(*replay));
	if (!replay)
		return -ENOMEM;
	replay->reader = reader;
	replay->classes = UINT32_MAX;
	replay->last = memmon_reader_machine(reader)->clock_at_start;
	err = replay_accounts_init(&replay->accounts, reader);
	for (int i = 0; i < REPLAY_NR_KINDS && !err; i++)
		err = replay_table_init(&replay->tables[i]);
	if (err) {
		memmon_replay_close(replay);
		return err;
	}
	*ret = replay;
	return 0;
}

void memmon_replay_close(struct memmon_replay *replay)
{
	if (!replay)
		return;
	replay_accounts_exit(&replay->accounts);
	for (int i = 0; i < REPLAY_NR_KINDS; i++)
		replay_table_exit(&replay->tables[i]);
	free(replay);
}

void memmon_replay_want(struct memmon_replay *replay, uint32_t classes,
			bool (*is_wanted)(void *arg, const struct memmon_event *event), void *arg)
{
	replay->classes = classes;
	replay->is_wanted = is_wanted;
	replay->arg = arg;
}

int replay_peek(struct memmon_replay *replay, const struct memmon_event **ret)
{
	*ret = NULL;
	if (replay->at == replay->nr_events) {
		int nr = memmon_reader_take(replay->reader, replay->events, REPLAY_BATCH);

		replay->at = 0;
		replay->nr_events = nr > 0 ? nr : 0;
		if (nr <= 0)
			return nr;
	}
	*ret = &replay->events[replay->at];
	return 0;
}

int memmon_replay_until(struct memmon_replay *replay, uint64_t until_ns,
			struct memmon_snapshot **ret)
{
	const struct memmon_event *event;
	int err;

	for (;;) {
		err = replay_peek(replay, &event);
		if (err)
			return err;
		if (!event || memmon_reader_ns(replay->reader, event->record->time) > until_ns)
			break;
		err = replay_event(replay, event);
		if (err)
			return err;
		replay->at++;
	}
	err = replay_snapshot(
		replay, event ? until_ns : memmon_reader_ns(replay->reader, replay->last), ret);
	return err ? err : event != NULL;
}
