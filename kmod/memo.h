/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Remembers, on each CPU, stacks that were walked, and knows them again by looking at nothing but the places
 * where their return addresses lay.
 *
 * Where the next return address lies follows from the present one (frame_rule.h). So if the first of a
 * remembered stack is where it was, relative to our own frame, and each of the others too, this is the same
 * stack. Behind a function that finds the end of its frame by its frame pointer (that of a system call moves
 * its stack by a random offset), or on another stack, the places are counted anew from there.
 *
 * The addresses are not compared one by one: the hash of what lies at all those places is computed (stack.h), and is
 * that of the remembered stack or not, and what the caller wants to know.
 *
 * Each context of a CPU (task, softirq, hard interrupt) has memos of its own, and none of the three comes upon itself while
 * preemption is off: so nobody reads a memo that is being written, or finds it changed under his hands. Only a key is
 * cleared from outside, when code goes. In NMI nothing is remembered.
 */
#ifndef MEMMON_MEMO_H
#define MEMMON_MEMO_H

#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include "stack.h"
#include "walk.h"

/**
 * enum memmon_unwind_count - how stacks were found
 * @MEMMON_UNWIND_REMEMBERED: known again by the places of their return addresses
 * @MEMMON_UNWIND_WALKED: by the rules of their return addresses
 * @MEMMON_UNWIND_UNWOUND: by the kernel's unwinder
 * @MEMMON_UNWIND_VERIFIED: of the first two, those that the kernel's unwinder has checked
 * @MEMMON_UNWIND_DISAGREED: of these, those that it found to be others
 */
enum memmon_unwind_count {
	MEMMON_UNWIND_REMEMBERED,
	MEMMON_UNWIND_WALKED,
	MEMMON_UNWIND_UNWOUND,
	MEMMON_UNWIND_VERIFIED,
	MEMMON_UNWIND_DISAGREED,
	MEMMON_NR_UNWIND_COUNTS
};

/* Deeper stacks are walked each time; so are those with more parts. */
#define MEMMON_MEMO_FRAMES 54
#define MEMMON_MEMO_PARTS 6
#define MEMMON_MEMO_LAST U16_MAX

#define MEMMON_MEMO_WAYS 8
#define MEMMON_MEMO_SET_BITS 6
#define MEMMON_MEMO_SETS (1U << MEMMON_MEMO_SET_BITS)
#define MEMMON_MEMO_PEEK_BITS 7
#define MEMMON_MEMO_PEEKS (1U << MEMMON_MEMO_PEEK_BITS)

/**
 * struct memmon_memo_part - the frames, or none, up to one that ends where a word on the stack says
 * @bytes: how far behind the base of the part anything is read
 * @is_odd: the number of its frames is
 * @nr_pairs: half that number
 * @next_word: where that word lies, a saved frame pointer or the pointer to another stack, in words from the base;
 *	       or MEMMON_MEMO_LAST if this is the last part
 * @shift: from what is read there to the base of the next part, in bytes
 */
struct memmon_memo_part {
	u16 bytes;
	u8 is_odd;
	u8 nr_pairs;
	u16 next_word;
	s16 shift;
};

/**
 * struct memmon_memo - a stack
 * @key: what it is looked for by; 0 if there is none
 * @hash: of its frames; see stack.h
 * @leading: what the frames before those that are wanted add to the hash of all
 * @parts: the first one's base is our own frame
 * @words: by frame: where its return address lies, in words from the base of its part
 * @end_bytes: of one that ends in user space: where the stack ends, behind the base of the last part; else 0
 * @caller_word: where the frame behind the first one that is wanted lies
 * @caller: what it is, so that most others of the same key need not be looked at further
 */
struct memmon_memo {
	u64 key;
	u64 hash;
	u64 leading;
	struct memmon_memo_part parts[MEMMON_MEMO_PARTS];
	u16 words[MEMMON_MEMO_FRAMES];
	u16 end_bytes;
	u16 caller_word;
	u64 caller;
} __aligned(64);

/**
 * struct memmon_memo_set - memos of keys that have the same hash
 * @memos: them
 * @turn: which is overwritten next
 */
struct memmon_memo_set {
	struct memmon_memo memos[MEMMON_MEMO_WAYS];
	u32 turn;
};

/**
 * struct memmon_memo_peek - where, for a call site, the caller's return address lies
 * @key: of the call site
 * @word: in words from our own frame
 *
 * A hint only: it may lie elsewhere on another way to the same call site.
 */
struct memmon_memo_peek {
	u64 key;
	u64 word;
};

/**
 * struct memmon_memos - those of a context of a CPU
 * @stack_begin: where the stack of interrupts lies; 0 until it is known
 * @stack_end: behind it
 * @peeks: by key
 * @latest: by set: which of its memos was found last
 * @sets: by key and the return addresses that peeks have found
 */
struct memmon_memos {
	unsigned long stack_begin;
	unsigned long stack_end;
	struct memmon_memo_peek peeks[MEMMON_MEMO_PEEKS];
	const struct memmon_memo *latest[MEMMON_MEMO_SETS];
	struct memmon_memo_set sets[MEMMON_MEMO_SETS];
};

/* By enum memmon_context, but NMI. */
DECLARE_PER_CPU(struct memmon_memos *, memmon_memos);
/* By enum memmon_unwind_count; written by the CPU itself. */
DECLARE_PER_CPU(u64[MEMMON_NR_UNWIND_COUNTS], memmon_unwind_counts);

int memmon_memo_create(void);
void memmon_memo_destroy(void);
void memmon_memo_keep(struct memmon_memos *m, unsigned long frame, unsigned long end,
		      unsigned long call_site, const unsigned long *frames,
		      const struct memmon_trace *trace);
void memmon_memo_forget(void);
u64 memmon_memo_search(struct memmon_memos *m, unsigned long frame, unsigned long call_site,
		       bool is_direct);

/*
 * The end of the stack that @frame is on; a number below @frame if it is not known. Interrupts have a stack of
 * their own on each CPU, which stays where it is.
 */
static __always_inline unsigned long memmon_memo_end(const struct memmon_memos *m,
						     unsigned long frame)
{
	unsigned long end = (unsigned long)task_stack_page(current) + THREAD_SIZE;

	if (likely(end - frame <= THREAD_SIZE))
		return end;
	return frame >= m->stack_begin ? m->stack_end : 0;
}

static __always_inline u64 memmon_memo_add(u64 hash, u16 word, unsigned long base)
{
	return memmon_stack_hash_add(hash, memmon_walk_read(base + word * sizeof(long)));
}

/**
 * memmon_memo_hash - the hash of the stack that we are on, if it is this one
 * @memo: of a stack
 * @frame: frame address of the function that asks
 * @end: behind the last byte of the stack
 * @is_direct: a constant: that is known to be the task's own
 *
 * Context: any. Return: the hash, or 0.
 */
static __always_inline u64 memmon_memo_hash(const struct memmon_memo *memo, unsigned long frame,
					    unsigned long end, const bool is_direct)
{
	const struct memmon_memo_part *part = memo->parts;
	unsigned long base = frame, bytes = end - frame;
	const u16 *words = memo->words;
	u64 hash = 0;

	for (;;) {
		u8 pairs = part->nr_pairs;

		if (unlikely(base - frame + part->bytes > bytes)) {
			/* From the stack of interrupts to the task's own, or nowhere. */
			if (is_direct || part == memo->parts)
				return 0;
			frame = (unsigned long)task_stack_page(current);
			bytes = THREAD_SIZE;
			if (base - frame + part->bytes > bytes)
				return 0;
		}
		if (part->is_odd)
			hash = memmon_memo_add(hash, *words++, base);
		for (; pairs; pairs--, words += 2) {
			hash = memmon_memo_add(hash, words[0], base);
			hash = memmon_memo_add(hash, words[1], base);
		}
		if (part->next_word == MEMMON_MEMO_LAST)
			break;
		base = memmon_walk_read(base + part->next_word * sizeof(long)) + part->shift;
		part++;
	}
	hash = memmon_stack_hash_end(hash - memo->leading);
	if (hash != memo->hash || (memo->end_bytes && base + memo->end_bytes != frame + bytes))
		return 0;
	return hash;
}

/* The end of the stack of the task, on which it runs: it lies at a multiple of its size. */
static __always_inline unsigned long memmon_memo_task_end(unsigned long frame)
{
	return (frame | (THREAD_SIZE - 1)) + 1;
}

static __always_inline u32 memmon_memo_place(u64 key, unsigned int bits)
{
	return key * MEMMON_STACK_FACTOR >> (64 - bits);
}

/* A key that nothing has. */
#define MEMMON_MEMO_NO_KEY 1ULL

/* Adds a return address to a key: the one that lies where it lay last time. */
static __always_inline u64 memmon_memo_follow(const struct memmon_memos *m, unsigned long frame,
					      unsigned long end, u64 key)
{
	const struct memmon_memo_peek *peek =
		&m->peeks[memmon_memo_place(key, MEMMON_MEMO_PEEK_BITS)];
	unsigned long at = frame + READ_ONCE(peek->word) * sizeof(long);

	if (unlikely(READ_ONCE(peek->key) != key) || unlikely(at >= end))
		return MEMMON_MEMO_NO_KEY;
	return key + memmon_walk_read(at);
}

/*
 * By what a stack is looked for: who has called us, and the call site. A page event has none, and goes by its first
 * two frames, if it is known where they lie; in a handler of pages (@is_direct) the first is who has called us.
 */
static __always_inline u64 memmon_memo_key(const struct memmon_memos *m, unsigned long frame,
					   unsigned long end, unsigned long call_site,
					   bool is_direct)
{
	u64 key = memmon_walk_read(frame + sizeof(long)) + call_site * 3;

	if (call_site)
		return key;
	if (!is_direct)
		key = memmon_memo_follow(m, frame, end, key);
	return memmon_memo_follow(m, frame, end, key);
}

/**
 * memmon_memo_find - know the stack again that we are on
 * @m: of this CPU and context
 * @frame: frame address of the function that asks
 * @end: behind the last byte of the stack
 * @call_site: with which the stack begins, or 0
 * @is_direct: a constant: the asking function is a handler of a tracepoint, in no interrupt
 *
 * Looks only at the one that was found last for the same key, or another that has the same place.
 *
 * Context: any, preemption off. Return: the hash of its frames, or 0.
 */
static __always_inline u64 memmon_memo_find(const struct memmon_memos *m, unsigned long frame,
					    unsigned long end, unsigned long call_site,
					    const bool is_direct)
{
	u64 key = memmon_memo_key(m, frame, end, call_site, is_direct);
	const struct memmon_memo *memo;

	memo = READ_ONCE(m->latest[memmon_memo_place(key, MEMMON_MEMO_SET_BITS)]);
	if (unlikely(READ_ONCE(memo->key) != key))
		return 0;
	return memmon_memo_hash(memo, frame, end, is_direct);
}

#endif /* MEMMON_MEMO_H */
