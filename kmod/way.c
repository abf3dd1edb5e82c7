// SPDX-License-Identifier: GPL-2.0
/* Chooses the way that events take to the sessions that are enabled: which handlers, and whether the fast one. */
#include <linux/list.h>
#include <linux/tracepoint.h>

#include "handler.h"
#include "quick.h"
#include "session.h"
#include "way.h"

/**
 * memmon_way_set_slow - say whether events may come to a session by the fast way
 * @session: enabled; the gates of its classes are closed
 * @is_slow: they may not
 *
 * Context: process, under the session lock; may sleep.
 */
void memmon_way_set_slow(struct memmon_session *session, bool is_slow)
{
	unsigned int i;

	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		session->listeners[i].is_slow = is_slow;
	for (i = 0; i < session->nr_rings; i++)
		memmon_rings_set_slow(&session->rings[i], is_slow);
}

/*
 * All handlers of tracepoints take stacks, and none that does not is still running: sessions that want some need not be
 * slow.
 */
static void start_fast_stacks(struct list_head *enabled)
{
	struct memmon_session *session;

	tracepoint_synchronize_unregister();
	list_for_each_entry(session, enabled, node) {
		/* The handlers of kprobes do not. */
		session->is_fast = session->stacks && !session->sieve &&
				   !(session->classes & MEMMON_CLASSES_KPROBE);
		if (!session->is_fast)
			continue;
		memmon_way_set_slow(session, false);
		memmon_listener_open_gates(session->classes);
	}
}

static void stop_fast_stacks(struct list_head *enabled)
{
	struct memmon_session *session;

	list_for_each_entry(session, enabled, node) {
		if (!session->is_fast)
			continue;
		session->is_fast = false;
		memmon_listener_close_gates(session->classes);
		memmon_way_set_slow(session, true);
		memmon_listener_open_gates(session->classes);
	}
}

/**
 * memmon_way_stop - before a session comes or goes: no handler knows any session in particular
 * @enabled: all sessions that are enabled
 *
 * Context: process, under the session lock; may sleep.
 */
void memmon_way_stop(struct list_head *enabled)
{
	struct memmon_session *session;

	list_for_each_entry(session, enabled, node) {
		if (session->is_quick)
			memmon_quick_stop(session);
		session->is_quick = false;
	}
	stop_fast_stacks(enabled);
}

/* Kinds of sinks. The ledger of a session with totals sees what they see. */
#define SINK_RINGS 1U
#define SINK_LEDGER 2U
#define SINK_TOTALS 4U
#define SINK_STACKS 8U /* rings, whose records name stacks */

static unsigned int sinks_of(const struct memmon_session *session)
{
	return (session->nr_rings ? SINK_RINGS : 0) |
	       (session->nr_rings && session->stacks ? SINK_STACKS : 0) |
	       (session->totals ? SINK_TOTALS : 0) |
	       (session->ledger && !session->totals ? SINK_LEDGER : 0);
}

/**
 * memmon_way_choose - have all handlers serve the sinks that there are
 * @enabled: all sessions that are enabled
 * @session: one more, or NULL
 *
 * Context: process, under the session lock; may sleep.
 * Return: enum memmon_handlers.
 */
int memmon_way_choose(struct list_head *enabled, const struct memmon_session *session)
{
	unsigned int sinks = session ? sinks_of(session) : 0;
	int handlers = MEMMON_HANDLERS_ALL;

	list_for_each_entry(session, enabled, node)
		sinks |= sinks_of(session);
	if (sinks & SINK_TOTALS)
		handlers = sinks == SINK_TOTALS ? MEMMON_HANDLERS_TOTALS : MEMMON_HANDLERS_MANY;
	else if (sinks & SINK_LEDGER)
		handlers = sinks & SINK_RINGS ? MEMMON_HANDLERS_BOTH : MEMMON_HANDLERS_LEDGER;
	else if (sinks & SINK_STACKS)
		handlers = MEMMON_HANDLERS_STACKS;
	memmon_handler_choose(MEMMON_CLASSES_TRACEPOINT, handlers);
	return handlers;
}

/**
 * memmon_way_start - after a session has come or gone: take the shortest way that serves all
 * @enabled: all sessions that are enabled
 *
 * A ledger must see all deaths, so that nothing may be rejected before it.
 *
 * Context: process, under the session lock; may sleep.
 */
void memmon_way_start(struct list_head *enabled)
{
	struct memmon_session *session;

	if (memmon_way_choose(enabled, NULL) == MEMMON_HANDLERS_STACKS)
		start_fast_stacks(enabled);
	if (!list_is_singular(enabled))
		return;
	session = list_first_entry(enabled, struct memmon_session, node);
	if ((sinks_of(session) & ~SINK_STACKS) == SINK_RINGS)
		session->is_quick = memmon_quick_start(session);
}
