/* SPDX-License-Identifier: GPL-2.0 */
/* What the readers of recordings and of live sessions have in common: the table of what a reader can. */
#ifndef MEMMON_READER_INTERNAL_H
#define MEMMON_READER_INTERNAL_H

#include "memmon/reader.h"

/**
 * struct memmon_reader_ops - what each kind of reader does; the calls of memmon/reader.h, one by one
 * @wait: may be missing: there is nothing to wait for
 * @stack: as memmon_session_stack(); may be missing in a reader that never has stacks
 */
struct memmon_reader_ops {
	void (*close)(struct memmon_reader *reader);
	int (*take)(struct memmon_reader *reader, struct memmon_event *events, unsigned int max);
	int (*wait)(struct memmon_reader *reader, int timeout_ms);
	const struct memmon_options *(*options)(const struct memmon_reader *reader);
	const struct memmon_cache *(*cache)(struct memmon_reader *reader, uint32_t id);
	const char *(*cgroup)(struct memmon_reader *reader, uint32_t tgid);
	struct memmon_symbols *(*symbols)(struct memmon_reader *reader);
	int (*loss)(struct memmon_reader *reader, struct memmon_loss *ret);
	int (*stack)(struct memmon_reader *reader, uint32_t id, const uint64_t **frames,
		     size_t *nr_frames);
};

/**
 * struct memmon_reader - the first member of each kind of reader
 * @machine: valid as long as the reader
 * @without_stack: events that were handed out without a stack, in a session that takes stacks
 * @ns_factor: nanoseconds of a tick, times 2^@ns_shift
 */
struct memmon_reader {
	const struct memmon_reader_ops *ops;
	const struct memmon_machine *machine;
	uint64_t without_stack;
	uint64_t ns_factor;
	unsigned int ns_shift;
};

/**
 * memmon_reader_init() - fill in the common part
 * @machine: its clock is known by now
 *
 * Return: 0, or -EBADMSG when the machine's clock makes no sense.
 */
int memmon_reader_init(struct memmon_reader *reader, const struct memmon_reader_ops *ops,
		       const struct memmon_machine *machine);

#endif
