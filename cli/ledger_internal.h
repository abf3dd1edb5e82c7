/* SPDX-License-Identifier: GPL-2.0 */
/* What the files behind ledger.h share. */
#ifndef LEDGER_INTERNAL_H
#define LEDGER_INTERNAL_H

#include "ledger.h"

/* How long to look on, if nobody says it. */
#define LEDGER_DEFAULT_SECONDS 10

/**
 * struct ledger_request - what a command wants
 * @classes: mask of 1 << enum memmon_class that its view needs: of the births those that the user wants
 */
struct ledger_request {
	const struct ledger_options *said;
	char **command;
	uint32_t classes;
	const struct ledger_watcher *watcher;
	int *command_status;
};

/**
 * ledger_session_begin() - open a session with a ledger; it is not yet enabled
 * @request: what is wanted
 * @ret: the session, when the call succeeds
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int ledger_session_begin(const struct ledger_request *request, struct memmon_session **ret);

/* Both return CMD_OK, or the exit code to end with, after a message. */
int ledger_watch_live(const struct ledger_request *request);
int ledger_watch_recording(const struct ledger_request *request);

/**
 * ledger_pause() - how long until the next look
 * @said: what the user said
 * @seconds: how long it is looked on; 0 if nobody knows
 * @elapsed: since the beginning
 *
 * Where the end is not known, the pause is a tenth of the time so far: a look costs time, and many of them
 * say no more than some.
 *
 * Return: seconds.
 */
double ledger_pause(const struct ledger_options *said, double seconds, double elapsed);

/* Has a snapshot looked at, and frees it. Return: what the watcher returns. */
int ledger_look(const struct ledger_request *request, struct memmon_snapshot *snapshot,
		bool is_last);

#endif
