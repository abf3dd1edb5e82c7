// SPDX-License-Identifier: GPL-2.0
/* Memory of the memos, and writing them. */
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "memo.h"

DEFINE_PER_CPU(struct memmon_memos *, memmon_memos);

/* Gives all CPUs room. Context: process; may sleep. Return: 0, or -ENOMEM with nothing left behind. */
int memmon_memo_create(void)
{
	u32 context, set;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct memmon_memos *m =
			vzalloc_node(MEMMON_CONTEXT_NMI * sizeof(*m), cpu_to_node(cpu));

		if (!m) {
			memmon_memo_destroy();
			return -ENOMEM;
		}
		per_cpu(memmon_memos, cpu) = m;
		for (context = 0; context < MEMMON_CONTEXT_NMI; context++, m++) {
			for (set = 0; set < MEMMON_MEMO_SETS; set++)
				m->latest[set] = m->sets[set].memos;
		}
	}
	return 0;
}

/* Takes it back; nobody remembers any more. Context: process; may sleep. */
void memmon_memo_destroy(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		vfree(per_cpu(memmon_memos, cpu));
		per_cpu(memmon_memos, cpu) = NULL;
	}
}

/**
 * memmon_memo_search - memmon_memo_find() that looks at all memos
 * @m: of this CPU and context
 * @frame: as there
 * @call_site: as there
 * @is_direct: as there
 *
 * Context: any, preemption off. Return: its memo, or NULL.
 */
notrace struct memmon_memo *memmon_memo_search(struct memmon_memos *m, unsigned long frame,
					       unsigned long call_site, bool is_direct)
{
	unsigned long end = memmon_memo_end(m, frame), bytes = end - frame;
	struct memmon_memo_set *set;
	u32 place, way;
	u64 key;

	if (end <= frame)
		return NULL;
	key = memmon_memo_key(m, frame, bytes, call_site, call_site, is_direct);
	place = memmon_memo_place(key, MEMMON_MEMO_SET_BITS);
	set = &m->sets[place];
	for (way = 0; way < MEMMON_MEMO_WAYS; way++) {
		struct memmon_memo *memo = &set->memos[way];
		unsigned long at = frame + READ_ONCE(memo->caller_word) * sizeof(long);

		if (READ_ONCE(memo->key) != key || at >= end ||
		    memmon_walk_read(at) != READ_ONCE(memo->caller))
			continue;
		if (memmon_memo_is(memo, frame, bytes, false)) {
			WRITE_ONCE(m->latest[place], memo);
			return memo;
		}
	}
	return NULL;
}

/**
 * struct writing - a memo that is being made
 * @memo: it
 * @walk: where we are
 * @base: of the present part
 * @sum: of all frames so far
 * @bp_at: where the frame pointer that counts now was saved
 * @nr: frames so far
 * @part: the present part
 */
struct writing {
	struct memmon_memo *memo;
	struct memmon_walk walk;
	unsigned long base;
	u64 sum;
	unsigned long bp_at;
	u32 nr;
	struct memmon_memo_part *part;
};

/* A word farther away cannot be remembered. */
#define MOST_WORDS (U16_MAX / sizeof(long) - 1)

/* How many words lie between the base of the part and an address; more than MOST_WORDS if that is before it. */
static notrace u16 word_of(const struct writing *w, unsigned long address)
{
	unsigned long bytes = address - w->base;

	return bytes % sizeof(long) ? U16_MAX : min_t(unsigned long, bytes / sizeof(long), U16_MAX);
}

/* Ends a part, and begins the next one so far behind where the word at an address says. */
static notrace bool begin_part(struct writing *w, unsigned long at, long shift)
{
	struct memmon_memo_part *part = w->part++;
	u16 word = word_of(w, at);

	if (word > MOST_WORDS || shift > S16_MAX || shift < -S16_MAX ||
	    w->part == w->memo->parts + MEMMON_MEMO_PARTS)
		return false;
	part->next_word = word;
	part->bytes = max_t(u16, part->bytes, (word + 1) * sizeof(long));
	part->shift = shift;
	w->base = memmon_walk_read(at) + shift;
	return true;
}

/*
 * Ends a part behind a frame. The base of the next one is the place of its first return address, or of a frame pointer
 * that was saved before it.
 *
 * A function that has aligned its stack keeps near its own frame pointer where that of its caller was. Its frame pointer
 * lies at a fixed distance from the frames of those that it calls, so nobody need ask where they have saved it; and the
 * base of the next part is that frame pointer, where the caller's was saved. How far behind it the frame ends depends on
 * what was aligned: if that was less or more than now, the base is wrong by a word or two, no frame pointer is found there,
 * and this is not the stack that was remembered.
 */
static notrace bool end_part(struct writing *w, u32 rule)
{
	long offset = memmon_frame_offset(rule), back = memmon_frame_bp(rule) ?: sizeof(long);
	unsigned long bp = w->walk.bp;

	switch (memmon_frame_kind(rule)) {
	case MEMMON_FRAME_SP:
		return true;
	case MEMMON_FRAME_BP:
		return begin_part(w, w->bp_at, offset - back);
	case MEMMON_FRAME_SWITCH:
		return begin_part(w, w->walk.sp, offset - back);
	default:
		if (!memmon_walk_holds(&w->walk, bp - offset + sizeof(long)))
			return false;
		return begin_part(w, bp - offset, bp - memmon_walk_read(bp - offset));
	}
}

static notrace bool add_frame(struct writing *w, unsigned long at)
{
	u16 word = word_of(w, at);

	if (w->nr == MEMMON_MEMO_FRAMES || word > MOST_WORDS)
		return false;
	w->memo->words[w->nr++] = word;
	w->sum = memmon_stack_hash_add(w->sum, w->walk.ip);
	w->part->bytes = (word + 1) * sizeof(long);
	/* One more, in three digits. */
	w->part->nr_fours += w->part->has_one & w->part->has_two;
	w->part->has_two ^= w->part->has_one;
	w->part->has_one ^= 1;
	return true;
}

/* Goes on to the next frame. Return: false if the stack cannot be remembered. */
static notrace bool go_on(struct writing *w, u32 rule)
{
	unsigned long bp = w->walk.bp;

	if (!end_part(w, rule) || !memmon_walk_step(&w->walk, rule))
		return false;
	if (memmon_frame_kind(rule) == MEMMON_FRAME_ALIGNED)
		w->bp_at = bp;
	else if (memmon_frame_bp(rule))
		w->bp_at = w->walk.sp - memmon_frame_bp(rule);
	return add_frame(w, w->walk.sp - sizeof(long));
}

/* Fills an empty memo with the stack that we are on. Return: false if it cannot be remembered. */
static notrace bool fill(struct memmon_memo *memo, unsigned long frame, unsigned long end)
{
	struct writing w = { .memo = memo, .part = memo->parts, .base = frame, .bp_at = frame };
	u32 rule;

	memmon_walk_begin(&w.walk, frame, end);
	if (!add_frame(&w, frame + sizeof(long)))
		return false;
	for (;;) {
		rule = memmon_walk_rule(w.walk.ip);
		if (!memmon_frame_goes_on(rule))
			break;
		if (!go_on(&w, rule))
			return false;
	}
	w.part->bytes = w.walk.low + w.walk.bytes - w.base;
	w.part->next_word = MEMMON_MEMO_LAST;
	memo->sum = w.sum;
	return true;
}

static notrace u32 last_of_first_part(const struct memmon_memo *memo)
{
	const struct memmon_memo_part *part = &memo->parts[0];

	return part->nr_fours * 4 + part->has_two * 2 + part->has_one - 1;
}

/* Has memmon_memo_follow() look at a frame. */
static notrace void peek_at(struct memmon_memos *m, const struct memmon_memo *memo, u64 key, u32 nr)
{
	struct memmon_memo_peek *peek = &m->peeks[memmon_memo_place(key, MEMMON_MEMO_PEEK_BITS)];

	/* Only within the first part is it always at the same place. */
	peek->key = key;
	peek->bytes = memo->words[min(nr, last_of_first_part(memo))] * sizeof(long);
}

/* Has memmon_memo_key() find a key for a stack that has no call site. Return: the key. */
static notrace u64 make_key(struct memmon_memos *m, const struct memmon_memo *memo,
			    unsigned long frame, unsigned long bytes, u32 first)
{
	u64 key = memmon_walk_read(frame + sizeof(long));

	/* Of what we do ourselves, nothing lies before the first frame in a handler: see memmon_memo_key(). */
	if (first) {
		peek_at(m, memo, key, first);
		key = memmon_memo_follow(m, frame, bytes, key);
	}
	peek_at(m, memo, key, first + 1);
	return memmon_memo_follow(m, frame, bytes, key);
}

/* The key is the first member, and written by itself: forget() clears it on another CPU meanwhile. */
static notrace void store(struct memmon_memo *to, const struct memmon_memo *memo)
{
	memcpy((char *)to + sizeof(to->key), (const char *)memo + sizeof(memo->key),
	       sizeof(*memo) - sizeof(memo->key));
	WRITE_ONCE(to->key, memo->key);
}

/**
 * memmon_memo_keep - remember the stack that we are on, which has just been walked
 * @m: of this CPU and context
 * @frame: frame address of the function that walked
 * @end: behind the last byte of the stack
 * @call_site: as for memmon_memo_find()
 * @frames: of the stack, those that are not wanted among them
 * @trace: what is wanted; the frame behind its first is the caller of the call site
 *
 * Context: any but NMI, preemption off.
 */
notrace void memmon_memo_keep(struct memmon_memos *m, unsigned long frame, unsigned long end,
			      unsigned long call_site, const unsigned long *frames,
			      const struct memmon_trace *trace)
{
	u32 first = trace->frames - frames, caller;
	struct memmon_memo memo = {};
	struct memmon_memo_set *set;

	if (!fill(&memo, frame, end))
		return;
	memo.hash = trace->hash;
	caller = min(first + 1, last_of_first_part(&memo));
	memo.caller_word = memo.words[caller];
	memo.caller = frames[caller];
	memo.key = call_site ? memmon_memo_key(m, frame, end - frame, call_site, true, false) :
			       make_key(m, &memo, frame, end - frame, first);
	set = &m->sets[memmon_memo_place(memo.key, MEMMON_MEMO_SET_BITS)];
	store(&set->memos[set->turn++ % MEMMON_MEMO_WAYS], &memo);
}

static void forget(struct memmon_memos *m)
{
	u32 set, way;

	for (set = 0; set < MEMMON_MEMO_SETS; set++) {
		for (way = 0; way < MEMMON_MEMO_WAYS; way++)
			WRITE_ONCE(m->sets[set].memos[way].key, 0);
	}
}

/*
 * Forgets all stacks of all CPUs, as code goes. What a CPU is just about to write does not run through that
 * code. Context: process.
 */
void memmon_memo_forget(void)
{
	u32 context;
	int cpu;

	for_each_possible_cpu(cpu) {
		for (context = 0; context < MEMMON_CONTEXT_NMI; context++)
			forget(per_cpu(memmon_memos, cpu) + context);
	}
}
