// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the rules of return addresses and the remembered stacks with a thread on each CPU, while a module goes and
 * another one comes to the same addresses.
 *
 * Built twice: for speed, and under TSan.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "chains.h"
#include "event.h"
#include "memo.h"
#include "unit.h"
#include "unwind.h"
#include "walk.h"

#ifdef __SANITIZE_THREAD__
#define NR_ROUNDS 4000
#else
#define NR_ROUNDS 40000
#endif

/* Functions from here on are those of the module. */
#define MODULE 300
#define NR_MODULES 20
/* So long one stays. */
#define MODULE_US 500
#define MOST_FRAMES 14

/* How many run through the module, or are about to see whether they may; and whether it is going, so that they may not. */
static int nr_inside;
static bool is_going;
static int nr_running;
static bool is_enough;
/* By CPU: stacks that were remembered, and of these those that run through the module. */
static u64 nr_known[SHIM_NR_CPUS], nr_known_inside[SHIM_NR_CPUS];
/* By CPU: stacks that were taken for others. cmocka can only fail in the first thread. */
static u64 nr_wrong[SHIM_NR_CPUS];

static bool enter_module(void)
{
	__atomic_add_fetch(&nr_inside, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&is_going, __ATOMIC_SEQ_CST))
		return true;
	__atomic_sub_fetch(&nr_inside, 1, __ATOMIC_RELEASE);
	return false;
}

static void leave_module(void)
{
	__atomic_sub_fetch(&nr_inside, 1, __ATOMIC_RELEASE);
}

static struct memmon_memos *memos(void)
{
	return this_cpu_read(memmon_memos) + memmon_event_context();
}

static u64 hash_of(const struct chain *c, u32 first)
{
	u64 hash = 0;
	u32 i;

	for (i = first; i < c->nr; i++)
		hash = memmon_stack_hash_add(hash, c->frames[i]);
	return memmon_stack_hash_end(hash);
}

/* As memmon_stacks_take_here() does it, on a stack that the test has made. Return: whether it was remembered. */
static bool take(const struct chain *c)
{
	const struct memmon_memo *memo;
	/* The call site is looked for from the innermost frame on; a function may call itself. */
	u32 first = c->frames[0] != c->frames[1];
	struct memmon_trace trace;

	if (!memmon_memo_find(memos(), c->frame, c->end - c->frame, c->frames[1], true, false,
			      &memo))
		memo = memmon_memo_search(memos(), c->frame, c->frames[1], false);
	if (memo) {
		nr_wrong[shim_cpu] += memo->hash != hash_of(c, first);
		return true;
	}
	if (!memmon_unwind(c->frames[1], c->frame, &trace) || trace.nr != c->nr - first ||
	    memcmp(trace.frames, c->frames + first, trace.nr * sizeof(*trace.frames)))
		nr_wrong[shim_cpu]++;
	return false;
}

static void run_once(bool is_inside)
{
	bool switches = random() % 4 == 0;
	struct chain c;
	u32 i, times;

	chains_nr_functions = is_inside ? CHAINS_FUNCTIONS : MODULE;
	shim_preempt_count = switches ? HARDIRQ_OFFSET : 0;
	chains_lay_out(&c, 4 + random() % (MOST_FRAMES - 4), switches);
	/* What the kernel's unwinder finds. */
	shim_nr_frames = c.nr;
	memcpy(shim_frames, c.frames, c.nr * sizeof(*c.frames));
	/* Unwound, walked, remembered, as far as the others let it. */
	for (times = 0; times < 4; times++) {
		if (!take(&c))
			continue;
		nr_known[shim_cpu]++;
		for (i = 1; i < c.nr && c.frames[i] < chains_address(MODULE); i++)
			;
		nr_known_inside[shim_cpu] += i < c.nr;
	}
	shim_preempt_count = 0;
}

static void *run(void *cpu)
{
	u32 i;

	shim_cpu = (long)cpu;
	chains_take_stacks();
	for (i = 0; i < NR_ROUNDS || !__atomic_load_n(&is_enough, __ATOMIC_ACQUIRE); i++) {
		bool is_inside = enter_module();

		run_once(is_inside);
		if (is_inside)
			leave_module();
	}
	__atomic_sub_fetch(&nr_running, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* The module goes when nobody runs through it any more; another one comes, whose functions have other frames. */
static void change_module(void)
{
	__atomic_store_n(&is_going, true, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&nr_inside, __ATOMIC_SEQ_CST))
		sched_yield();
	memmon_unwind_retire(chains_address(MODULE), chains_address(CHAINS_FUNCTIONS) - 1);
	chains_make_functions(MODULE);
	__atomic_store_n(&is_going, false, __ATOMIC_SEQ_CST);
}

static void check_counts(void)
{
	u64 counts[MEMMON_NR_UNWIND_COUNTS], known = 0, known_inside = 0;
	u32 nr_rules, cpu;

	assert_true(memmon_unwind_read_counts(counts, &nr_rules));
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++) {
		known += nr_known[cpu];
		known_inside += nr_known_inside[cpu];
		assert_int_equal(nr_wrong[cpu], 0);
	}
	print_message(
		"%llu unwound, %llu walked, %llu remembered, %llu of them through the module\n",
		counts[MEMMON_UNWIND_UNWOUND], counts[MEMMON_UNWIND_WALKED], known, known_inside);
	assert_true(counts[MEMMON_UNWIND_UNWOUND] > NR_MODULES);
	assert_true(counts[MEMMON_UNWIND_WALKED] > NR_ROUNDS);
	assert_true(known > NR_ROUNDS);
	assert_true(known_inside > NR_ROUNDS / 10);
	assert_int_equal(counts[MEMMON_UNWIND_VERIFIED], counts[MEMMON_UNWIND_WALKED]);
	assert_int_equal(counts[MEMMON_UNWIND_DISAGREED], 0);
}

static void nobody_goes_by_the_rules_of_code_that_is_gone(void **state)
{
	u64 counts[MEMMON_NR_UNWIND_COUNTS];
	pthread_t threads[SHIM_NR_CPUS];
	u32 nr_rules, nr_changes = 0;
	long cpu;

	(void)state;
	memmon_unwind_is_verified = true;
	nr_running = SHIM_NR_CPUS;
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		assert_false(pthread_create(&threads[cpu], NULL, run, (void *)cpu));
	while (__atomic_load_n(&nr_running, __ATOMIC_ACQUIRE)) {
		change_module();
		usleep(MODULE_US);
		memmon_unwind_read_counts(counts, &nr_rules);
		__atomic_store_n(&is_enough, ++nr_changes >= NR_MODULES, __ATOMIC_RELEASE);
	}
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		pthread_join(threads[cpu], NULL);
	print_message("%u modules\n", nr_changes);
	check_counts();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_goes_by_the_rules_of_code_that_is_gone,
						chains_start, chains_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
