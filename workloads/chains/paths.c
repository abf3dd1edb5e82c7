// SPDX-License-Identifier: GPL-2.0
/* The chains: functions that call one another, down to the one that asks for memory. */
#include <linux/bits.h>
#include <linux/stacktrace.h>

#include "chains.h"

/* Of both modules the code has the same length, as all sizes are so small that they take one byte in it. */
#ifdef CHAINS_WIDE
#define CHAINS_MORE 16
#else
#define CHAINS_MORE 0
#endif

/* So many bytes on the stack. They are not cleared, which would take more code for more of them. */
#define CHAINS_ROOM(name, bytes) char name[bytes] __attribute__((__uninitialized__))

/* The body of a function of a chain. */
#define CHAINS_CALL(run, bytes, call)                                  \
	do {                                                           \
		volatile CHAINS_ROOM(own_room, (bytes) + CHAINS_MORE); \
                                                                       \
		own_room[0] = 0;                                       \
		WRITE_ONCE((run)->at, __func__);                       \
		call;                                                  \
		WRITE_ONCE((run)->at, own_room[0] ? NULL : __func__);  \
	} while (0)

/* The reference is taken right beside the request: only the place in this function differs. */
static noinline __noclone void take(struct chains_run *run)
{
	void *object = kmem_cache_alloc(chains_cache, run->gfp);
	unsigned int nr = stack_trace_save(run->frames, CHAINS_FRAMES, 0);

	chains_note(run, nr, object);
	if (object)
		kmem_cache_free(chains_cache, object);
}

/* One place from which all paths come. */
static noinline __noclone void join(struct chains_run *run, unsigned int path)
{
	CHAINS_CALL(run, 16, take(run));
}

/* A function called NAME, which calls NEXT. */
#define DEEP(name, next, bytes)                                     \
	static noinline __noclone void name(struct chains_run *run) \
	{                                                           \
		CHAINS_CALL(run, bytes, next(run));                 \
	}
/* Eight of them: the eighth calls the seventh, and so on. */
#define DEEP8(name, next)          \
	DEEP(name##0, next, 8)     \
	DEEP(name##1, name##0, 16) \
	DEEP(name##2, name##1, 72) \
	DEEP(name##3, name##2, 24) \
	DEEP(name##4, name##3, 8)  \
	DEEP(name##5, name##4, 40) \
	DEEP(name##6, name##5, 56) \
	DEEP(name##7, name##6, 8)

DEEP8(deep_a, take)
DEEP8(deep_b, deep_a7)
DEEP8(deep_c, deep_b7)
DEEP8(deep_d, deep_c7)
DEEP8(deep_e, deep_d7)
DEEP8(deep_f, deep_e7)

/* Deeper ones are not remembered, but walked. */
static void go_deep(struct chains_run *run, unsigned int nr)
{
	switch (nr) {
	case 0:
		CHAINS_CALL(run, 8, deep_b7(run));
		break;
	case 1:
		CHAINS_CALL(run, 8, deep_d7(run));
		break;
	default:
		CHAINS_CALL(run, 8, deep_f7(run));
	}
}

static noinline __noclone void recurse(struct chains_run *run, unsigned int times)
{
	if (times > 1)
		CHAINS_CALL(run, 8, recurse(run, times - 1));
	else
		CHAINS_CALL(run, 8, take(run));
}

static void go_recursive(struct chains_run *run, unsigned int nr)
{
	static const unsigned char times[] = { 3, 4, 7, 20, 33, 60, 90 };

	CHAINS_CALL(run, 8, recurse(run, times[nr]));
}

/* Around the most frames that a stack may have, whatever is below the first of these. */
static void go_cut(struct chains_run *run, unsigned int nr)
{
	CHAINS_CALL(run, 8, recurse(run, 107 + nr));
}

/*
 * Two functions at each fork: the bits of the path say which of them are gone through. NAME of both is followed by the
 * number of the fork.
 */
#define FORK(name, nr, next_left, next_right, left_bytes, right_bytes)                             \
	static noinline __noclone void name##_left_##nr(struct chains_run *run, unsigned int path) \
	{                                                                                          \
		if (path & BIT(nr))                                                                \
			CHAINS_CALL(run, left_bytes, next_right(run, path));                       \
		else                                                                               \
			CHAINS_CALL(run, left_bytes, next_left(run, path));                        \
	}                                                                                          \
	static noinline __noclone void name##_right_##nr(struct chains_run *run,                   \
							 unsigned int path)                        \
	{                                                                                          \
		if (path & BIT(nr))                                                                \
			CHAINS_CALL(run, right_bytes, next_right(run, path));                      \
		else                                                                               \
			CHAINS_CALL(run, right_bytes, next_left(run, path));                       \
	}

/* Where its paths begin: which function of the last fork is gone through. */
#define FIRST_FORK(name)                                                 \
	static void go_##name(struct chains_run *run, unsigned int path) \
	{                                                                \
		if (path & BIT(5))                                       \
			CHAINS_CALL(run, 16, name##_right_4(run, path)); \
		else                                                     \
			CHAINS_CALL(run, 16, name##_left_4(run, path));  \
	}

/* Frames of one size: from outside, all paths look the same. */
FORK(even, 0, join, join, 16, 16)
FORK(even, 1, even_left_0, even_right_0, 16, 16)
FORK(even, 2, even_left_1, even_right_1, 16, 16)
FORK(even, 3, even_left_2, even_right_2, 16, 16)
FORK(even, 4, even_left_3, even_right_3, 16, 16)
FIRST_FORK(even)

/* Frames of two sizes: many paths have different frames and the same length. */
FORK(odd, 0, join, join, 16, 32)
FORK(odd, 1, odd_left_0, odd_right_0, 32, 16)
FORK(odd, 2, odd_left_1, odd_right_1, 16, 40)
FORK(odd, 3, odd_left_2, odd_right_2, 16, 32)
FORK(odd, 4, odd_left_3, odd_right_3, 40, 16)
FIRST_FORK(odd)

/* A function that aligns its stack, so that its frame has the size that the place of its caller's asks for. */
static noinline __noclone void align(struct chains_run *run, unsigned int path)
{
	CHAINS_ROOM(room, 64) __aligned(64);

	OPTIMIZER_HIDE_VAR(path);
	room[path & 63] = path;
	barrier_data(room);
	CHAINS_CALL(run, 16, join(run, room[path & 63]));
}

/* Two functions whose frames have the size that they are told. */
#define MOVE(name, next_even, next_odd, shift)                                         \
	static noinline __noclone void name(struct chains_run *run, unsigned int path) \
	{                                                                              \
		char *room = __builtin_alloca(16 + 16 * (path >> (shift)&7));          \
                                                                                       \
		barrier_data(room);                                                    \
		if (path & 1)                                                          \
			CHAINS_CALL(run, 16, next_odd(run, path));                     \
		else                                                                   \
			CHAINS_CALL(run, 16, next_even(run, path));                    \
		barrier_data(room);                                                    \
	}
MOVE(move_inner, join, align, 3)
MOVE(move, move_inner, move_inner, 0)

static void go_moved(struct chains_run *run, unsigned int nr)
{
	CHAINS_CALL(run, 16, move(run, nr));
}

const struct chains_kind chains_kinds[] = {
	{ "deep", 3, go_deep }, { "recursive", 7, go_recursive },
	{ "cut", 20, go_cut },	{ "even", 64, go_even },
	{ "odd", 64, go_odd },	{ "moved", 64, go_moved },
};
const unsigned int chains_nr_kinds = ARRAY_SIZE(chains_kinds);
