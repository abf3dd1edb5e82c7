/* SPDX-License-Identifier: GPL-2.0 */
/* Makes up call stacks for made-up events, the same ones for the same call sites and processes. */
#ifndef STACKS_H
#define STACKS_H

#include <stddef.h>
#include <stdint.h>

#include "mem_monitor.h"

/* Room that a session with such stacks says it has. */
#define STACKS_PLACES (1U << 19)

/* Puts the id of a stack in the place of the call site, but for one record in 64, which gets none. */
void stacks_take(struct memmon_record *record);

/**
 * stacks_frames() - the stack with an id that stacks_take() gave
 * @frames: room for MEMMON_STACK_FRAMES
 *
 * Its first frame is the call site, or of pages one function for all. One stack in 64 is as deep as a stack can
 * be, and of one in 64 a frame is gone.
 *
 * Return: how many frames there are.
 */
size_t stacks_frames(uint32_t id, uint64_t *frames);

#endif
