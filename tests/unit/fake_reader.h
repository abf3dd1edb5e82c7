/* SPDX-License-Identifier: GPL-2.0 */
/* A reader whose events, options and names a test makes up. */
#ifndef FAKE_READER_H
#define FAKE_READER_H

#include "reader_internal.h"

/**
 * struct fake_reader - the reader; the test may change its parts before it is used
 * @events: what memmon_reader_take() gives, @nr_events of them
 * @cgroup: of every process
 * @symbols: NULL for none
 * @loss: what memmon_reader_loss() says
 */
struct fake_reader {
	struct memmon_reader reader;
	struct memmon_machine machine;
	struct memmon_options options;
	const struct memmon_event *events;
	size_t nr_events;
	size_t at;
	const char *cgroup;
	struct memmon_symbols *symbols;
	struct memmon_loss loss;
};

/* Ids of stacks that a session with options.stacks knows: from 1 on, below this. */
#define FAKE_STACKS 64

/* The stack with an id: up to 6 frames. Return: how many; 0 for an id that is not known. */
size_t fake_stack_frames(uint32_t id, const uint64_t **frames);

/* A machine with 8 CPUs on 2 nodes, whose clock counts nanoseconds from 1000; the caches 1 to 8 have names. */
void fake_reader_init(struct fake_reader *fake);

#endif
