/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of sessions share: a module that has been loaded, with all its tracepoints, and no log. */
#ifndef SESSIONS_H
#define SESSIONS_H

#include "shim.h"

#include "session.h"

/* All tracepoints that the module knows, NULL at the end. */
extern const char *const sessions_tracepoints[];

/* Prepares clock, listeners, rings and caches, as loading does. */
void sessions_init(void);
/* Takes that back. No session is left. */
void sessions_exit(void);

/* Wishes for all tracepoint classes: rings of 64 records that overwrite, with what this process does. */
struct memmon_options sessions_options(void);
/* Sets a session up and enables it. */
void sessions_start(struct memmon_session *session, const struct memmon_options *options);
/* Disables it if it is enabled, and frees it. */
void sessions_stop(struct memmon_session *session);

/* The books of a session, which balance. */
struct memmon_balance sessions_balance(struct memmon_session *session);
/* How many whole records a CPU's ring keeps, and the one that is @back before the newest of CPU 0. */
u64 sessions_count(const struct memmon_session *session, int cpu);
struct memmon_record sessions_newest(const struct memmon_session *session, unsigned int back);

/* Calls the handler that sits on a tracepoint. */
#define SESSIONS_FIRE(name, ...)                                      \
	do {                                                          \
		shim_##name##_handler *handler = shim_handler(#name); \
		assert_non_null(handler);                             \
		handler(NULL, __VA_ARGS__);                           \
	} while (0)

#endif /* SESSIONS_H */
