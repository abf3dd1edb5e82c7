/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What lives at a moment of a recording: an open-addressing table with linear probing. What is removed
 * leaves no trace. Two objects may have one key: a block of pages that was freed in part, and what was
 * born where its first page was.
 */
#ifndef MEMMON_REPLAY_TABLE_H
#define MEMMON_REPLAY_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "mem_monitor.h"

/**
 * struct replay_object - a live object, or a block of pages; as in struct memmon_object
 * @key: its address or page frame number; 0 marks a free slot
 * @born: ticks
 * @queued: ticks, or 0
 * @pages_left: of a block: how many have not been freed
 * @pages: which ones, a bitmap that is there once some have been freed; @key is the first
 */
struct replay_object {
	uint64_t key;
	uint64_t born;
	uint64_t queued;
	uint64_t *pages;
	uint32_t bytes_req;
	uint32_t bytes_alloc;
	uint32_t pid_node;
	uint32_t tgid;
	uint32_t gfp;
	uint32_t account;
	uint32_t stack;
	uint32_t pages_left;
	uint16_t detail;
	uint8_t event_class;
	uint8_t context;
	char comm[MEMMON_COMM_BYTES];
};

/**
 * struct replay_table - all of them
 * @slots: 1 << (64 - @shift) of them
 */
struct replay_table {
	struct replay_object *slots;
	size_t nr;
	unsigned int shift;
};

/* Return: 0 or -ENOMEM. */
int replay_table_init(struct replay_table *table);
void replay_table_exit(struct replay_table *table);

/* How many slots there are, free ones too. */
size_t replay_table_slots(const struct replay_table *table);

/* Pointers into the table are valid until something is added or removed. */
struct replay_object *replay_table_find(const struct replay_table *table, uint64_t key);

/* The next one with the same key, or NULL. */
struct replay_object *replay_table_next(const struct replay_table *table,
					const struct replay_object *object);

/* A new object with this key, the rest of it zero; NULL without memory. */
struct replay_object *replay_table_add(struct replay_table *table, uint64_t key);
void replay_table_remove(struct replay_table *table, struct replay_object *object);

#endif
