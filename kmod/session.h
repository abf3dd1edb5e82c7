/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions: who wants which events, where their records go, and when they begin and end. */
#ifndef MEMMON_SESSION_H
#define MEMMON_SESSION_H

#include <linux/types.h>

#include <uapi/mem_monitor.h>

#include "books.h"
#include "ledger.h"
#include "listener.h"
#include "ring.h"
#include "totals.h"

/* A session may keep frees in rings of their own, so that a flood of frees cannot push requests out. */
enum memmon_session_rings {
	MEMMON_RINGS_ALL = 0,
	MEMMON_RINGS_REQUESTS = 0,
	MEMMON_RINGS_FREES = 1,
	MEMMON_NR_RINGS
};

/**
 * struct memmon_session - a session that has been set up
 * @state: enum memmon_session_state; written under the lock of the owner
 * @classes: mask of 1 << enum memmon_class that it wants
 * @missing_classes: of those, the ones that could not be attached
 * @nr_rings: sets of rings: 1, or 2 if frees have their own, or 0 if there are other sinks alone
 * @rings: by enum memmon_session_rings
 * @listeners: by class, those of @classes in use
 * @sieve: its filter, or NULL
 * @stacks: call stacks of its events, or NULL if none are taken
 * @ledger: its books on what is alive, or NULL
 * @totals: what happened, added up, or NULL
 * @is_fast: its stacks are taken on the fast way, as all handlers can do that; under the session lock
 * @is_quick: its first condition is tested by the handlers, see quick.h; this, @rejected and @node are
 *	      under the session lock
 * @rejected: events that did not meet it, but for those of the present run of it
 * @node: in the list of those enabled
 * @missed_before: what the kprobes had missed when it was enabled; once disabled, what they missed in all
 */
struct memmon_session {
	u32 state;
	u32 classes;
	u32 missing_classes;
	unsigned int nr_rings;
	struct memmon_rings rings[MEMMON_NR_RINGS];
	struct memmon_listener listeners[MEMMON_NR_CLASSES];
	struct memmon_sieve *sieve;
	struct memmon_stacks *stacks;
	struct memmon_ledger *ledger;
	struct memmon_totals *totals;
	u64 missed_before;
	bool is_fast;
	bool is_quick;
	u64 rejected[MEMMON_NR_CLASSES];
	struct list_head node;
};

int memmon_session_set_up(struct memmon_session *session, const struct memmon_options *options,
			  bool has_rings_for_frees);
void memmon_session_tear_down(struct memmon_session *session);
int memmon_session_enable(struct memmon_session *session);
void memmon_session_disable(struct memmon_session *session);
void memmon_session_balance(struct memmon_session *session, struct memmon_balance *balance);

#endif /* MEMMON_SESSION_H */
