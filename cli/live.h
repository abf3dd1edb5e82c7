/* SPDX-License-Identifier: GPL-2.0 */
/* How the commands begin a session of the device, each failure with one line that says what to do. */
#ifndef LIVE_H
#define LIVE_H

#include "filter_options.h"

/*
 * A CPU that has so many bytes unread wakes us, the kernel takes half of the ring at most. It is small beside
 * the rings that are made by default, so that most of a ring is left for the time that waking up takes.
 */
#define LIVE_WATERMARK_BYTES (1U << 20)

/* As many different call stacks as a busy machine has, and some. */
#define LIVE_STACKS 32768

/**
 * struct live_options - what a session is to be; part of a command's settings
 * @source: "tracepoint" or "kprobe"; NULL for the first
 * @ring_size: bytes for each CPU; NULL for the default
 * @stacks: room for so many different call stacks; 0 to take none
 * @wants_hooks: beside the tracepoints, unless the user says which classes
 */
struct live_options {
	struct filter_options filter;
	const char *source;
	const char *ring_size;
	unsigned int stacks;
	bool wants_hooks;
};

/* The options for it, in the table of a command whose settings have it as @part. */
#define LIVE_OPTIONS(settings, part)                                                  \
	FILTER_OPTIONS(settings, part.filter),                                        \
		FILTER_OPTION(settings, part.source, source, "SOURCE",                \
			      "tracepoint (the default) or kprobe"),                  \
		{                                                                     \
			.name = "ring-size",                                          \
			.type = CMD_TEXT,                                             \
			.value = "BYTES",                                             \
			.help = "memory for events on each CPU, like 4M",             \
			.offset = offsetof(settings, part.ring_size),                 \
		},                                                                    \
	{                                                                             \
		.name = "stacks", .type = CMD_NUMBER_OR_NOT, .value = "N",            \
		.help = "take call stacks, up to N different ones",                   \
		.offset = offsetof(settings, part.stacks), .min = 1, .max = 1U << 24, \
		.otherwise = LIVE_STACKS,                                             \
	}

/**
 * live_begin() - open a session and set it up; it is not yet enabled
 * @said: what the user said
 * @flags: MEMMON_OPTION_*
 * @ret: the session, when the call succeeds
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int live_begin(const struct live_options *said, uint32_t flags, struct memmon_session **ret);

/**
 * live_enable() - begin to record; says what this kernel cannot show
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int live_enable(struct memmon_session *session);

#endif
