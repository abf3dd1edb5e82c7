/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of a live session share, and what a test may put in the place of the kernel. */
#ifndef MEMMON_SESSION_INTERNAL_H
#define MEMMON_SESSION_INTERNAL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "memmon/session.h"

/**
 * struct session_device - the system calls that a session makes on its device
 *
 * Each is as in the C library: -1 and errno on failure.
 */
struct session_device {
	int (*open)(const char *path, int flags);
	int (*close)(int fd);
	int (*ioctl)(int fd, unsigned long request, void *arg);
	void *(*mmap)(int fd, size_t bytes, off_t offset);
	int (*munmap)(void *region, size_t bytes);
	int (*poll)(struct pollfd *fds, nfds_t nr, int timeout_ms);
};

/**
 * struct session_ring - one CPU's ring, as it is mapped
 * @page: its control page; NULL as long as the CPU has no ring
 * @data: its records
 * @position: behind the newest record that was read
 * @last_time: of the newest record that was read
 * @copy: in a session that overwrites: the records of the last span
 * @copy_bytes: room there
 * @copy_position: of the first record there
 */
struct session_ring {
	struct memmon_ring_page *page;
	char *data;
	uint64_t data_bytes;
	uint64_t position;
	uint64_t last_time;
	char *copy;
	size_t copy_bytes;
	uint64_t copy_position;
};

/**
 * struct session_machine - the machine, and the memory of its tables
 */
struct session_machine {
	struct memmon_machine machine;
	struct memmon_value_name *tables[3];
	uint16_t *cpu_nodes;
};

struct snapshot_names;
struct stack_table;

struct memmon_session {
	const struct session_device *device;
	int fd;
	struct memmon_info info;
	struct memmon_options options;
	struct session_machine machine;
	struct session_ring *rings; /* by CPU, info.nr_cpus of them, once it is set up */
	uint32_t nr_mapped;
	uint64_t overwritten;
	struct memmon_symbols *symbols; /* NULL until somebody asks */
	struct snapshot_names *names; /* NULL until the first snapshot */
	struct stack_table *stacks; /* NULL until the first one is asked for */
};

/* memmon_session_open() of another device. */
int session_open_on(const struct session_device *device, const char *path,
		    struct memmon_session **ret);

/* An ioctl that is made again after a signal. Return: what it returned, or a negative errno. */
int session_ioctl(const struct memmon_session *session, unsigned long request, void *arg);

/* Return: 1 when a watermark is reached, 0 after the time, -EINTR after a signal, or another errno. */
int session_wait(const struct memmon_session *session, int timeout_ms);

/* The books of the ledger. Return: 0; -ENODATA without a ledger; another negative errno. */
int session_ledger_stats(const struct memmon_session *session, struct memmon_ledger_stats *ret);

/**
 * session_table_read() - have each row of a table looked at
 * @row: called with each; what it returns, if it is not 0, ends the reading
 *
 * Return: 0, what @row returned, or a negative errno of MEMMON_IOC_TABLE.
 */
int session_table_read(const struct memmon_session *session, enum memmon_table table,
		       int (*row)(const void *row, void *arg), void *arg);

/* What memmon_session_stack() keeps. */
void session_stacks_free(struct memmon_session *session);
/* The same for who reads often: @piece is room for rows, of @piece_bytes. */
int session_table_read_by(const struct memmon_session *session, enum memmon_table table,
			  void *piece, size_t piece_bytes, int (*row)(const void *row, void *arg),
			  void *arg);

/* The books of the totals. Return: 0; -ENODATA without totals; another negative errno. */
int session_totals_stats(const struct memmon_session *session, struct memmon_totals_stats *ret);

/* Ends an interval of the totals. Return: 0 or a negative errno. */
int session_turn(const struct memmon_session *session);

/* Maps the rings that are not yet. Return: 0 or a negative errno. */
int session_map_rings(struct memmon_session *session);
void session_unmap_rings(struct memmon_session *session);

int session_machine_fill(struct memmon_session *session);
void session_machine_free(struct session_machine *machine);

/* Reads again which CPU belongs to which node: a CPU may have come. */
void session_machine_find_nodes(struct memmon_session *session);

/**
 * memmon_loss_from_stats() - a session's books as those of a reader
 * @stats: the books
 * @overwritten: records that the reader did not get in time
 * @ret: the loss
 */
void memmon_loss_from_stats(const struct memmon_stats *stats, uint64_t overwritten,
			    struct memmon_loss *ret);

/**
 * session_sort() - put records in the order of time, in place
 * @first: the older piece, @nr_first records
 * @second: the newer one, @nr_second records
 *
 * Made for records that are nearly in order already: one look at each when they are.
 */
void session_sort(struct memmon_record *first, size_t nr_first, struct memmon_record *second,
		  size_t nr_second);

#endif
