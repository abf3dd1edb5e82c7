// SPDX-License-Identifier: GPL-2.0
/* Sets sessions up, connects them with the probes, and takes them apart. */
#include <linux/bug.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "cache.h"
#include "event.h"
#include "probe.h"
#include "quick.h"
#include "session.h"
#include "sieve.h"
#include "stack.h"
#include "way.h"

/* Orders those who enable and disable sessions. */
static DEFINE_MUTEX(session_lock);
/* Sessions that are enabled. Under session_lock. */
static LIST_HEAD(enabled);

static struct memmon_rings *rings_of_class(struct memmon_session *session, int event_class)
{
	bool has_own = session->nr_rings == MEMMON_NR_RINGS && memmon_event_is_free(event_class);

	return &session->rings[has_own ? MEMMON_RINGS_FREES : MEMMON_RINGS_ALL];
}

static void destroy_rings(struct memmon_session *session, unsigned int nr)
{
	while (nr--)
		memmon_rings_destroy(&session->rings[nr]);
}

static int create_rings(struct memmon_session *session, const struct memmon_options *options)
{
	unsigned int i;
	int ret;

	for (i = 0; i < session->nr_rings; i++) {
		struct memmon_rings *rings = &session->rings[i];

		rings->data_bytes = options->ring_bytes;
		rings->watermark_bytes = options->watermark_bytes;
		rings->is_slow = session->sieve || session->stacks;
		rings->is_keeping = !(options->flags & MEMMON_OPTION_OVERWRITE);
		rings->skipped_tgid = options->flags & MEMMON_OPTION_WITH_SELF ?
					      MEMMON_LISTENER_SKIPS_NOBODY :
					      current->tgid;
		rings->stacks = session->stacks;
		ret = memmon_rings_create(rings);
		if (ret) {
			destroy_rings(session, i);
			return ret;
		}
	}
	return 0;
}

static void fill_listeners(struct memmon_session *session)
{
	int i;

	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		struct memmon_listener *listener = &session->listeners[i];

		listener->ring = rings_of_class(session, i)->cpu;
		listener->sieve = session->sieve;
		listener->is_slow = session->sieve || session->stacks;
	}
}

/* What the session has beside rings. */
static int create_tables(struct memmon_session *session, const struct memmon_options *options)
{
	int ret = 0;

	if (options->flags & MEMMON_OPTION_LEDGER) {
		ret = memmon_ledger_create(options, &session->ledger);
		if (ret)
			return ret;
		session->ledger->sieve = session->sieve;
		session->ledger->stacks = session->stacks;
	}
	if (options->flags & MEMMON_OPTION_TOTALS) {
		ret = memmon_totals_create(options, &session->totals);
		if (ret) {
			memmon_ledger_destroy(session->ledger);
			session->ledger = NULL;
			return ret;
		}
		memmon_totals_attach(session->totals, session->sieve, session->stacks,
				     session->ledger);
	}
	return 0;
}

/**
 * memmon_session_set_up - give a session its memory
 * @session: zeroed
 * @options: checked; sizes are powers of two. Flags, classes and filter count.
 * @has_rings_for_frees: frees go to rings of their own, of the same size
 *
 * Context: process; may sleep.
 * Return: 0, or a negative errno with nothing left behind.
 */
int memmon_session_set_up(struct memmon_session *session, const struct memmon_options *options,
			  bool has_rings_for_frees)
{
	int ret;

	ret = memmon_sieve_create(&options->filter, &session->sieve);
	if (ret)
		return ret;
	if (options->stacks) {
		session->stacks = memmon_stacks_create(options->stacks);
		ret = session->stacks ? 0 : -ENOMEM;
	}
	if (ret)
		goto out_sieve;
	session->classes = options->classes;
	session->nr_rings = has_rings_for_frees ? MEMMON_NR_RINGS : 1;
	if (options->flags & MEMMON_OPTION_NO_RINGS)
		session->nr_rings = 0;
	ret = create_rings(session, options);
	if (ret)
		goto out_stacks;
	ret = create_tables(session, options);
	if (ret)
		goto out_rings;
	fill_listeners(session);
	/* Whoever sees the state sees the rings: pairs with memmon_descriptor_has_rings(). */
	smp_store_release(&session->state, MEMMON_SESSION_SET_UP);
	return 0;

out_rings:
	destroy_rings(session, session->nr_rings);
out_stacks:
	memmon_stacks_destroy(session->stacks);
	session->stacks = NULL; /* the next try may want none */
out_sieve:
	memmon_sieve_destroy(session->sieve);
	return ret;
}

/**
 * memmon_session_tear_down - free a session that is not enabled
 * @session: set up; all its memory goes
 *
 * Context: process; may sleep.
 */
void memmon_session_tear_down(struct memmon_session *session)
{
	WARN_ON_ONCE(session->state == MEMMON_SESSION_ENABLED);
	destroy_rings(session, session->nr_rings);
	memmon_totals_destroy(session->totals);
	memmon_ledger_destroy(session->ledger);
	memmon_stacks_destroy(session->stacks);
	memmon_sieve_destroy(session->sieve);
}

static void add_listeners(struct memmon_session *session)
{
	int i;

	if (!session->nr_rings)
		return;
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		if (session->classes & 1U << i)
			memmon_listener_add(i, &session->listeners[i]);
	}
	memmon_listener_open_gates(session->classes);
}

/* When it returns, no probe knows the session any more. */
static void remove_listeners(struct memmon_session *session)
{
	int i;

	if (!session->nr_rings)
		return;
	memmon_listener_close_gates(session->classes);
	synchronize_rcu(); /* nobody is on the fast way: see listener.c */
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		if (session->classes & 1U << i)
			memmon_listener_remove(i, &session->listeners[i]);
	}
	memmon_listener_open_gates(session->classes);
	synchronize_rcu(); /* nobody looks at our listeners */
}

/*
 * Connects a session with the probes. Returns -ENODEV if none of its classes can be attached.
 *
 * The sinks come last, when all is attached: what is born while its death cannot be seen yet would look
 * alive for ever.
 */
static int connect(struct memmon_session *session)
{
	session->missed_before = memmon_probe_missed(session->classes);
	session->missing_classes = memmon_probe_get(session->classes);
	if (session->missing_classes == session->classes) {
		memmon_probe_put(session->classes);
		return -ENODEV;
	}
	if (session->ledger || session->totals)
		memmon_way_choose(&enabled, session);
	if (session->ledger)
		memmon_ledger_add(session->ledger);
	if (session->totals)
		memmon_totals_add(session->totals);
	add_listeners(session);
	return 0;
}

/**
 * memmon_session_enable - begin to record
 * @session: set up
 *
 * Context: process; may sleep.
 * Return: 0, also if some of its classes cannot be attached on this kernel (@session says which); -ENODEV
 * if none can; -ENOMEM.
 */
int memmon_session_enable(struct memmon_session *session)
{
	int ret = 0;

	mutex_lock(&session_lock);
	if (list_empty(&enabled))
		ret = memmon_cache_watch();
	if (ret)
		goto out_unlock;
	memmon_way_stop(&enabled);
	ret = connect(session);
	if (!ret) {
		list_add(&session->node, &enabled);
		WRITE_ONCE(session->state, MEMMON_SESSION_ENABLED);
	} else if (list_empty(&enabled)) {
		memmon_cache_unwatch();
	}
	memmon_way_start(&enabled);
out_unlock:
	mutex_unlock(&session_lock);
	return ret;
}

/**
 * memmon_session_disable - end recording; what nobody else needs is detached
 * @session: enabled
 *
 * Context: process; may sleep.
 */
void memmon_session_disable(struct memmon_session *session)
{
	unsigned int i;

	mutex_lock(&session_lock);
	session->missed_before = memmon_probe_missed(session->classes) - session->missed_before;
	/* And go first, while all of their events are seen. */
	if (session->totals)
		memmon_totals_remove(session->totals);
	if (session->ledger)
		memmon_ledger_remove(session->ledger);
	memmon_probe_put(session->classes);
	memmon_way_stop(&enabled);
	remove_listeners(session);
	for (i = 0; i < session->nr_rings; i++) {
		/* Who sees it sees all records: pairs with memmon_ring_window(). */
		smp_store_release(&session->rings[i].is_closed, true);
	}
	list_del(&session->node);
	if (list_empty(&enabled))
		memmon_cache_unwatch();
	memmon_way_start(&enabled);
	WRITE_ONCE(session->state, MEMMON_SESSION_DISABLED);
	mutex_unlock(&session_lock);
}

/* Adds what handlers have rejected before anybody judged it. Under session_lock. */
static void add_rejected(const struct memmon_session *session, struct memmon_counts *counts)
{
	int i;

	if (!session->sieve)
		return;
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		u64 nr = session->rejected[i] + (session->is_quick ? memmon_quick_count(i) : 0);

		counts->seen[i] += nr;
		counts->filtered[__ffs(session->sieve->filter.conditions)] += nr;
	}
}

/**
 * memmon_session_balance - add up a session's books
 * @session: set up, or beyond; or all zero
 * @balance: set
 *
 * Context: process; may sleep.
 */
void memmon_session_balance(struct memmon_session *session, struct memmon_balance *balance)
{
	u64 *missed = &balance->counts.dropped[MEMMON_DROPPED_KPROBE_MISSED];
	unsigned int i;

	BUILD_BUG_ON(MEMMON_NR_RINGS != MEMMON_BOOKS_RINGS);
	memset(balance, 0, sizeof(*balance));
	mutex_lock(&session_lock);
	for (i = 0; i < session->nr_rings; i++)
		memmon_books_add(balance, &session->rings[i], i);
	add_rejected(session, &balance->counts);
	if (session->state == MEMMON_SESSION_ENABLED)
		*missed = memmon_probe_missed(session->classes) - session->missed_before;
	else if (session->state == MEMMON_SESSION_DISABLED)
		*missed = session->missed_before;
	mutex_unlock(&session_lock);
}
