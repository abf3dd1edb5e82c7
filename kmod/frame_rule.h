/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rule of a return address: how to find the next one. Pure, also compiled on the host by the unit tests.
 *
 * What the kernel's unwinder looks up for an address (an entry of ORC) depends on nothing but the address, so that
 * it can be kept. From the state at a return address (what the stack pointer and the frame pointer were) follow
 * the address behind the frame of the function, and with it the next return address, which lies just before, and
 * the frame pointer of the caller, if the function has saved it.
 *
 *	bits 0-2	enum memmon_frame_kind
 *	bits 3-15	how far below the end of the frame the frame pointer was saved, bytes; 0: it was not
 *	bits 16-31	how far the end of the frame is from the stack pointer, or the frame pointer, bytes
 */
#ifndef MEMMON_FRAME_RULE_H
#define MEMMON_FRAME_RULE_H

#define MEMMON_FRAME_KINDS 7U
#define MEMMON_FRAME_BP_BITS 0xfff8U
#define MEMMON_FRAME_OFFSET_SHIFT 16
#define MEMMON_FRAME_MAX_BYTES 0xfff8UL

/**
 * enum memmon_frame_kind - where a frame ends
 * @MEMMON_FRAME_UNKNOWN: it is not known
 * @MEMMON_FRAME_SP: so far from the stack pointer
 * @MEMMON_FRAME_BP: so far from the frame pointer
 * @MEMMON_FRAME_SWITCH: so far from the address that lies at the stack pointer, on the task's own stack: here an
 *			 interrupt has gone over to a stack of its own
 * @MEMMON_FRAME_ALIGNED: at the address that lies so far below the frame pointer, where the frame pointer of the caller is:
 *			  the function has aligned its stack
 * @MEMMON_FRAME_LAST: this is the last frame
 * @MEMMON_FRAME_REGS: so far from the stack pointer lie the registers of what was interrupted; the last frame if
 *		       that was user space
 * @MEMMON_FRAME_REFUSED: nobody but the kernel's unwinder can know
 */
enum memmon_frame_kind {
	MEMMON_FRAME_UNKNOWN,
	MEMMON_FRAME_SP,
	MEMMON_FRAME_BP,
	MEMMON_FRAME_SWITCH,
	MEMMON_FRAME_ALIGNED,
	MEMMON_FRAME_LAST,
	MEMMON_FRAME_REGS,
	MEMMON_FRAME_REFUSED
};

/* A rule, or MEMMON_FRAME_REFUSED if it cannot be written so. @offset, @bp: in bytes, multiples of 8. */
static inline unsigned int memmon_frame_rule(enum memmon_frame_kind kind, unsigned long offset,
					     unsigned long bp)
{
	if (offset > MEMMON_FRAME_MAX_BYTES || bp > MEMMON_FRAME_MAX_BYTES || (offset | bp) & 7)
		return MEMMON_FRAME_REFUSED;
	return kind | (unsigned int)bp | (unsigned int)offset << MEMMON_FRAME_OFFSET_SHIFT;
}

static inline enum memmon_frame_kind memmon_frame_kind(unsigned int rule)
{
	return (enum memmon_frame_kind)(rule & MEMMON_FRAME_KINDS);
}

/* Whether there is a next frame, and its place is known. */
static inline int memmon_frame_goes_on(unsigned int rule)
{
	return memmon_frame_kind(rule) - MEMMON_FRAME_SP <= MEMMON_FRAME_ALIGNED - MEMMON_FRAME_SP;
}

static inline unsigned long memmon_frame_offset(unsigned int rule)
{
	return rule >> MEMMON_FRAME_OFFSET_SHIFT;
}

static inline unsigned long memmon_frame_bp(unsigned int rule)
{
	return rule & MEMMON_FRAME_BP_BITS;
}

#endif /* MEMMON_FRAME_RULE_H */
