/* SPDX-License-Identifier: GPL-2.0 */
/* Call stacks by id, each kept once: those of a session, or those of a recording. */
#ifndef MEMMON_STACK_TABLE_H
#define MEMMON_STACK_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "report_map.h"

/**
 * struct stack_entry - a stack
 * @frames: return addresses, innermost first
 */
struct stack_entry {
	const uint64_t *frames;
	size_t nr_frames;
};

struct stack_piece;

/**
 * struct stack_table - the stacks; all zero but for what stack_table_init() makes
 * @of_id: place of each id in @entries
 * @pieces: memory of the frames, the piece that is being filled first: frames stay where they are
 * @left: frames that there is still room for in the first piece
 */
struct stack_table {
	struct report_map of_id;
	struct stack_entry *entries;
	size_t nr;
	size_t room;
	struct stack_piece *pieces;
	size_t left;
};

/* Return: 0 or -ENOMEM; stack_table_exit() is right after either. */
int stack_table_init(struct stack_table *table);
void stack_table_exit(struct stack_table *table);

/**
 * stack_table_add() - keep a stack
 * @frames: copied
 * @nr_frames: up to MEMMON_STACK_FRAMES; 0 for one of which is known that there is nothing to know
 *
 * An id that is there already keeps the frames that it has.
 *
 * Return: 0 or -ENOMEM.
 */
int stack_table_add(struct stack_table *table, uint32_t id, const uint64_t *frames,
		    size_t nr_frames);

/* Return: the stack, valid until the next one is added, its frames as long as the table; or NULL. */
const struct stack_entry *stack_table_find(const struct stack_table *table, uint32_t id);

/**
 * stack_table_add_lines() - keep the stacks of the line file of a recording
 * @text: cut into pieces by this call; lines that make no sense, or were cut off, are left out
 *
 * Return: 0 or -ENOMEM.
 */
int stack_table_add_lines(struct stack_table *table, char *text, size_t len);

#endif
