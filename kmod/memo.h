/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Remembers, on each CPU, stacks that were walked, and knows them again by looking at nothing but the places
 * where their return addresses lay.
 *
 * Where the next return address lies follows from the present one (frame_rule.h). So if the first of a
 * remembered stack is where it was, relative to our own frame, and each of the others too, this is the same
 * stack. Behind a function that finds the end of its frame by its frame pointer (that of a system call moves
 * its stack by a random offset), or has aligned its stack, or on another stack, the places are counted anew from there.
 *
 * The addresses are not compared one by one: the hash of what lies at all those places is computed (stack.h), and is
 * that of the remembered stack or not.
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
#define MEMMON_MEMO_FRAMES 44
#define MEMMON_MEMO_PARTS 6
#define MEMMON_MEMO_LAST U16_MAX

#define MEMMON_MEMO_WAYS 8
#define MEMMON_MEMO_SET_BITS 6
#define MEMMON_MEMO_SETS (1U << MEMMON_MEMO_SET_BITS)
#define MEMMON_MEMO_PEEK_BITS 7
#define MEMMON_MEMO_PEEKS (1U << MEMMON_MEMO_PEEK_BITS)

/**
 * struct memmon_memo_part - the frames, or none, up to one that ends where a word on the stack says
 * @bytes: how far behind the base of the part anything is read; for the last one, how far behind it the stack ends
 * @has_one: the number of its frames is odd
 * @has_two: half that number is odd
 * @nr_fours: a quarter of it; the three stand apart so that nothing need be computed
 * @next_word: where that word lies, a saved frame pointer or the pointer to another stack, in words from the base;
 *	       or MEMMON_MEMO_LAST if this is the last part
 * @shift: from what is read there to the base of the next part, in bytes
 */
struct memmon_memo_part {
	u16 bytes;
	u16 next_word;
	s16 shift;
	u8 has_one;
	u8 has_two;
	u8 nr_fours;
};

/**
 * struct memmon_memo - a stack
 * @key: what it is looked for by; 0 if there is none
 * @sum: of all its frames, by memmon_stack_hash_add()
 * @hash: of those that are wanted; see stack.h
 * @serial: of the table that @id is of, which was the last that it was looked for in; 0 at first
 * @id: there
 * @parts: the first one's base is our own frame
 * @words: by frame: where its return address lies, in words from the base of its part
 * @caller_word: where the frame behind the first one that is wanted lies
 * @caller: what it is, so that most others of the same key need not be looked at further
 */
struct memmon_memo {
	u64 key;
	u64 sum;
	u64 hash;
	u32 serial;
	u32 id;
	struct memmon_memo_part parts[MEMMON_MEMO_PARTS];
	u16 words[MEMMON_MEMO_FRAMES];
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
 * @bytes: how far behind our own frame
 *
 * A hint only: it may lie elsewhere on another way to the same call site.
 */
struct memmon_memo_peek {
	u64 key;
	u64 bytes;
};

/**
 * struct memmon_memos - those of a context of a CPU
 * @latest: by set: which of its memos was found last. First, which saves an instruction
 * @stack_begin: where the stack of interrupts lies; 0 until it is known
 * @stack_end: behind it
 * @peeks: by key
 * @sets: by key and the return addresses that peeks have found
 */
struct memmon_memos {
	struct memmon_memo *latest[MEMMON_MEMO_SETS];
	unsigned long stack_begin;
	unsigned long stack_end;
	struct memmon_memo_peek peeks[MEMMON_MEMO_PEEKS];
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
struct memmon_memo *memmon_memo_search(struct memmon_memos *m, unsigned long frame,
				       unsigned long call_site, bool is_direct);

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

static __always_inline u64 memmon_memo_add(u64 sum, u16 word, unsigned long base)
{
	return memmon_stack_hash_add(sum, memmon_walk_read(base + word * sizeof(long)));
}

/* Adds what lies at the places of a part's frames, four at a time. @words: set behind them. */
static __always_inline u64 memmon_memo_add_part(u64 sum, const struct memmon_memo_part *part,
						const u16 **words, unsigned long base)
{
	const u16 *w = *words;
	u32 fours;

	if (part->has_one)
		sum = memmon_memo_add(sum, *w++, base);
	if (part->has_two) {
		sum = memmon_memo_add(sum, *w++, base);
		sum = memmon_memo_add(sum, *w++, base);
	}
	for (fours = part->nr_fours; fours; fours--, w += 4) {
		sum = memmon_memo_add(sum, w[0], base);
		sum = memmon_memo_add(sum, w[1], base);
		sum = memmon_memo_add(sum, w[2], base);
		sum = memmon_memo_add(sum, w[3], base);
	}
	*words = w;
	return sum;
}

/* Adds a part that is not the last one. Return: the base of the next. */
static __always_inline unsigned long memmon_memo_pass(u64 *sum, const struct memmon_memo_part *part,
						      const u16 **words, unsigned long base)
{
	*sum = memmon_memo_add_part(*sum, part, words, base);
	return memmon_walk_read(base + part->next_word * sizeof(long)) + part->shift;
}

/* Whether all of a part lies within so many bytes from a frame on, wherever its base is. */
static __always_inline bool memmon_memo_fits(const struct memmon_memo_part *part,
					     unsigned long base, unsigned long frame,
					     unsigned long bytes)
{
	return part->bytes <= bytes && base - frame <= bytes - part->bytes;
}

/**
 * memmon_memo_is - whether the stack that we are on is this one
 * @memo: of a stack
 * @frame: frame address of the function that asks
 * @bytes: of the stack, from there to its end
 * @is_direct: a constant: that is known to be the task's own
 *
 * The last part must lie as far from the end of its stack as it did, which is what keeps us within the stack, and the
 * others within what is in use.
 *
 * Context: any.
 */
static __always_inline bool memmon_memo_is(const struct memmon_memo *memo, unsigned long frame,
					   unsigned long bytes, const bool is_direct)
{
	const struct memmon_memo_part *part = memo->parts;
	const u16 *words = memo->words;
	unsigned long base = frame;
	u64 sum = 0;

	if (part->next_word != MEMMON_MEMO_LAST) {
		if (unlikely(part->bytes > bytes))
			return false;
		base = memmon_memo_pass(&sum, part++, &words, base);
	}
	while (unlikely(part->next_word != MEMMON_MEMO_LAST)) {
		if (unlikely(!memmon_memo_fits(part, base, frame, bytes))) {
			/* From the stack of interrupts to the task's own, or nowhere. */
			if (is_direct)
				return false;
			frame = (unsigned long)task_stack_page(current);
			bytes = THREAD_SIZE;
			if (!memmon_memo_fits(part, base, frame, bytes))
				return false;
		}
		base = memmon_memo_pass(&sum, part++, &words, base);
	}
	if (unlikely(base - frame + part->bytes != bytes)) {
		if (is_direct || part == memo->parts)
			return false;
		if (base + part->bytes != (unsigned long)task_stack_page(current) + THREAD_SIZE)
			return false;
	}
	return memmon_memo_add_part(sum, part, &words, base) == memo->sum;
}

/* How much of the stack of the task lies behind a frame, on which it runs: its end is at a multiple of its size. */
static __always_inline unsigned long memmon_memo_task_bytes(unsigned long frame)
{
	return (~frame & (THREAD_SIZE - 1)) + 1;
}

static __always_inline u64 memmon_memo_place(u64 key, unsigned int bits)
{
	return key * MEMMON_STACK_FACTOR >> (64 - bits);
}

/* A key that nothing has. */
#define MEMMON_MEMO_NO_KEY 1ULL

/* Adds a return address to a key: the one that lies where it lay last time. */
static __always_inline u64 memmon_memo_follow(const struct memmon_memos *m, unsigned long frame,
					      unsigned long bytes, u64 key)
{
	const struct memmon_memo_peek *peek =
		&m->peeks[memmon_memo_place(key, MEMMON_MEMO_PEEK_BITS)];
	unsigned long at = READ_ONCE(peek->bytes);

	if (unlikely(READ_ONCE(peek->key) != key) || unlikely(at >= bytes))
		return MEMMON_MEMO_NO_KEY;
	return key + memmon_walk_read(frame + at);
}

/*
 * By what a stack is looked for: who has called us, and the call site. A page event has none (@has_site), and goes by
 * its first two frames, if it is known where they lie; in a handler of pages (@is_direct) the first is who has called
 * us.
 */
static __always_inline u64 memmon_memo_key(const struct memmon_memos *m, unsigned long frame,
					   unsigned long bytes, unsigned long call_site,
					   bool has_site, bool is_direct)
{
	u64 key = memmon_walk_read(frame + sizeof(long)) + call_site * 3;

	if (has_site)
		return key;
	if (!is_direct)
		key = memmon_memo_follow(m, frame, bytes, key);
	return memmon_memo_follow(m, frame, bytes, key);
}

/**
 * memmon_memo_find - know the stack again that we are on
 * @m: of this CPU and context
 * @frame: frame address of the function that asks
 * @bytes: of the stack, from there to its end
 * @call_site: with which the stack begins, or 0
 * @has_site: it is not 0; a constant in a handler of a tracepoint
 * @is_direct: a constant: the asking function is a handler of a tracepoint, in no interrupt
 * @memo: set to its memo, if it is known
 *
 * Looks only at the one that was found last for the same key, or another that has the same place.
 *
 * Context: any, preemption off. Return: whether it is known.
 */
static __always_inline bool memmon_memo_find(const struct memmon_memos *m, unsigned long frame,
					     unsigned long bytes, unsigned long call_site,
					     const bool has_site, const bool is_direct,
					     const struct memmon_memo **memo)
{
	u64 key = memmon_memo_key(m, frame, bytes, call_site, has_site, is_direct);

	*memo = READ_ONCE(m->latest[memmon_memo_place(key, MEMMON_MEMO_SET_BITS)]);
	return likely(READ_ONCE((*memo)->key) == key) &&
	       likely(memmon_memo_is(*memo, frame, bytes, is_direct));
}

#endif /* MEMMON_MEMO_H */
