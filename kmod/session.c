// SPDX-License-Identifier: GPL-2.0
/* Sets sessions up, connects them with the probes, and takes them apart. */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "cache.h"
#include "probe.h"
#include "session.h"
#include "sieve.h"

/* Orders those who enable and disable sessions. */
static DEFINE_MUTEX(session_lock);
/* Sessions that are enabled. Under session_lock. */
static unsigned int nr_enabled;

#define FREE_CLASSES                                                                               \
	(1U << MEMMON_CLASS_KFREE | 1U << MEMMON_CLASS_CACHE_FREE | 1U << MEMMON_CLASS_PAGE_FREE | \
	 1U << MEMMON_CLASS_PAGE_FREE_BATCHED)

static struct memmon_rings *rings_of_class(struct memmon_session *session, int event_class)
{
	bool is_free = FREE_CLASSES & 1U << event_class;

	return &session->rings[session->nr_rings == MEMMON_NR_RINGS && is_free ? MEMMON_RINGS_FREES :
										 MEMMON_RINGS_ALL];
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
		rings->has_sieve = session->sieve;
		rings->is_keeping = !(options->flags & MEMMON_OPTION_OVERWRITE);
		ret = memmon_rings_create(rings);
		if (ret) {
			destroy_rings(session, i);
			return ret;
		}
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
	bool skips_self = !(options->flags & MEMMON_OPTION_WITH_SELF);
	int ret, i;

	ret = memmon_sieve_create(&options->filter, &session->sieve);
	if (ret)
		return ret;
	session->classes = options->classes;
	session->nr_rings = has_rings_for_frees ? MEMMON_NR_RINGS : 1;
	ret = create_rings(session, options);
	if (ret) {
		memmon_sieve_destroy(session->sieve);
		return ret;
	}
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		struct memmon_listener *listener = &session->listeners[i];

		listener->ring = rings_of_class(session, i)->cpu;
		listener->sieve = session->sieve;
		listener->skipped_tgid = skips_self ? current->tgid : MEMMON_LISTENER_SKIPS_NOBODY;
	}
	/* Whoever sees the state sees the rings: pairs with memmon_descriptor_has_rings(). */
	smp_store_release(&session->state, MEMMON_SESSION_SET_UP);
	return 0;
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
	memmon_sieve_destroy(session->sieve);
}

static void add_listeners(struct memmon_session *session)
{
	int i;

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

	memmon_listener_close_gates(session->classes);
	synchronize_rcu(); /* nobody is on the fast way: see listener.c */
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		if (session->classes & 1U << i)
			memmon_listener_remove(i, &session->listeners[i]);
	}
	memmon_listener_open_gates(session->classes);
	synchronize_rcu(); /* nobody looks at our listeners */
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
	if (!nr_enabled)
		ret = memmon_cache_watch();
	if (ret)
		goto out_unlock;
	session->missed_before = memmon_probe_missed(session->classes);
	add_listeners(session);
	session->missing_classes = memmon_probe_get(session->classes);
	if (session->missing_classes == session->classes) {
		memmon_probe_put(session->classes);
		remove_listeners(session);
		if (!nr_enabled)
			memmon_cache_unwatch();
		ret = -ENODEV;
		goto out_unlock;
	}
	nr_enabled++;
	WRITE_ONCE(session->state, MEMMON_SESSION_ENABLED);
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
	mutex_lock(&session_lock);
	session->missed_before = memmon_probe_missed(session->classes) - session->missed_before;
	memmon_probe_put(session->classes);
	remove_listeners(session);
	if (!--nr_enabled)
		memmon_cache_unwatch();
	WRITE_ONCE(session->state, MEMMON_SESSION_DISABLED);
	mutex_unlock(&session_lock);
}

/**
 * memmon_session_balance - add up a session's books
 * @session: set up, or beyond
 * @balance: set
 *
 * Context: process.
 */
void memmon_session_balance(const struct memmon_session *session, struct memmon_balance *balance)
{
	u64 *missed = &balance->counts.dropped[MEMMON_DROPPED_KPROBE_MISSED];
	unsigned int i;

	BUILD_BUG_ON(MEMMON_NR_RINGS != MEMMON_BOOKS_RINGS);
	memset(balance, 0, sizeof(*balance));
	for (i = 0; i < session->nr_rings; i++)
		memmon_books_add(balance, &session->rings[i], i);
	if (session->state == MEMMON_SESSION_ENABLED)
		*missed = memmon_probe_missed(session->classes) - session->missed_before;
	else if (session->state == MEMMON_SESSION_DISABLED)
		*missed = session->missed_before;
}
