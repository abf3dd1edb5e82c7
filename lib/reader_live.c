// SPDX-License-Identifier: GPL-2.0
/*
 * The reader of a live session: in rounds. Each notes the clock, has all rings brought up to date, and
 * delivers what happened until then, merged over all CPUs. What is newer waits for the next round, as
 * another CPU may have something between.
 */
#include <errno.h>
#include <stdlib.h>

#include "merge.h"
#include "reader_internal.h"
#include "reader_live.h"
#include "session_internal.h"

/**
 * struct live_cpu - what a round has of one CPU
 * @span: its records; its end is where @nr_taken = nr_first + nr_second is
 * @nr_filled: records given to the merge
 */
struct live_cpu {
	struct memmon_span span;
	size_t nr_filled;
};

/**
 * struct live_reader - a reader of a session
 * @cpus: by CPU
 * @until: time up to which this round delivers
 * @is_in_round: the round may have more
 */
struct live_reader {
	struct memmon_reader base;
	struct memmon_session *session;
	struct live_names *names;
	struct memmon_merge merge;
	struct live_cpu *cpus;
	uint64_t until;
	bool is_in_round;
};

static struct live_reader *live_of(struct memmon_reader *reader)
{
	return (struct live_reader *)(void *)reader;
}

static void close_live(struct memmon_reader *reader)
{
	struct live_reader *live = live_of(reader);

	live_names_destroy(live->names);
	memmon_merge_exit(&live->merge);
	free(live->cpus);
	free(live);
}

/* Gives the merge the next piece of a CPU. */
static void fill(struct live_reader *live, uint32_t cpu)
{
	struct live_cpu *own = &live->cpus[cpu];
	const struct memmon_span *span = &own->span;

	if (!own->nr_filled && span->nr_first) {
		memmon_merge_fill(&live->merge, cpu, span->first, span->nr_first);
		own->nr_filled = span->nr_first;
	} else if (own->nr_filled == span->nr_first && span->nr_second) {
		memmon_merge_fill(&live->merge, cpu, span->second, span->nr_second);
		own->nr_filled = span->nr_first + span->nr_second;
	}
}

/* Tells the kernel how far each ring has been delivered. */
static void release(struct live_reader *live)
{
	for (uint32_t cpu = 0; cpu < live->merge.nr_cursors; cpu++) {
		const struct memmon_merge_cursor *cursor = &live->merge.cursors[cpu];
		const struct live_cpu *own = &live->cpus[cpu];
		size_t nr = own->span.nr_first + own->span.nr_second;
		size_t nr_left = nr - own->nr_filled;

		if (!own->nr_filled)
			continue;
		nr_left += (size_t)(cursor->end - cursor->next);
		memmon_session_consume(live->session, cpu,
				       own->span.end - nr_left * sizeof(struct memmon_record));
	}
}

static int begin_round(struct live_reader *live)
{
	struct memmon_info info;
	int err = memmon_session_info(live->session, &info);

	if (!err)
		err = memmon_session_sync(live->session);
	live->until = info.clock_now;
	live->merge.nr_heap = 0;
	for (uint32_t cpu = 0; cpu < live->merge.nr_cursors; cpu++) {
		live->cpus[cpu] = (struct live_cpu){ 0 };
		if (!err)
			err = memmon_session_span(live->session, cpu, &live->cpus[cpu].span);
		if (!err)
			fill(live, cpu);
	}
	live->is_in_round = !err;
	return err;
}

/* What the round still has, until the caller's room or the round's time is at its end. */
static unsigned int drain(struct live_reader *live, struct memmon_event *events, unsigned int max)
{
	unsigned int nr = 0;
	uint32_t empty;

	do {
		nr += memmon_merge_take(&live->merge, live->until, events + nr, max - nr, &empty);
		if (empty != MEMMON_MERGE_NONE)
			fill(live, empty);
	} while (empty != MEMMON_MERGE_NONE && nr < max);
	live->is_in_round = nr == max;
	return nr;
}

static int take(struct memmon_reader *reader, struct memmon_event *events, unsigned int max)
{
	struct live_reader *live = live_of(reader);
	unsigned int nr = 0;
	int err;

	if (!max)
		return 0;
	release(live);
	if (live->is_in_round)
		nr = drain(live, events, max);
	if (nr)
		return (int)nr;
	err = begin_round(live);
	return err ? err : (int)drain(live, events, max);
}

static int wait_live(struct memmon_reader *reader, int timeout_ms)
{
	const struct live_reader *live = live_of(reader);

	return live->is_in_round ? 1 : session_wait(live->session, timeout_ms);
}

static const struct memmon_options *options(const struct memmon_reader *reader)
{
	return memmon_session_options(((const struct live_reader *)(const void *)reader)->session);
}

static const struct memmon_cache *cache(struct memmon_reader *reader, uint32_t id)
{
	return live_names_cache(live_of(reader)->names, id);
}

static const char *cgroup(struct memmon_reader *reader, uint32_t tgid)
{
	return live_names_cgroup(live_of(reader)->names, tgid);
}

static struct memmon_symbols *symbols(struct memmon_reader *reader)
{
	return live_of(reader)->session->symbols;
}

static int loss(struct memmon_reader *reader, struct memmon_loss *ret)
{
	return memmon_session_loss(live_of(reader)->session, ret);
}

static int stack(struct memmon_reader *reader, uint32_t id, const uint64_t **frames,
		 size_t *nr_frames)
{
	return memmon_session_stack(live_of(reader)->session, id, frames, nr_frames);
}

static const struct memmon_reader_ops live_ops = {
	.close = close_live,
	.take = take,
	.wait = wait_live,
	.options = options,
	.cache = cache,
	.cgroup = cgroup,
	.symbols = symbols,
	.loss = loss,
	.stack = stack,
};

int memmon_reader_open_session(struct memmon_session *session, struct memmon_reader **ret)
{
	struct live_reader *live;
	struct memmon_symbols *unused;
	int err;

	/* So that memmon_reader_symbols() cannot fail. */
	err = memmon_session_symbols(session, &unused);
	if (err)
		return err;
	live = calloc(1, sizeof(*live));
	if (!live)
		return -ENOMEM;
	live->session = session;
	err = memmon_reader_init(&live->base, &live_ops, memmon_session_machine(session));
	if (!err)
		err = memmon_merge_init(&live->merge, session->info.nr_cpus);
	if (!err)
		err = live_names_create(session, &live->names);
	live->cpus = calloc(session->info.nr_cpus, sizeof(*live->cpus));
	if (!err && !live->cpus)
		err = -ENOMEM;
	if (err) {
		close_live(&live->base);
		return err;
	}
	*ret = &live->base;
	return 0;
}
