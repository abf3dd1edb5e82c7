// SPDX-License-Identifier: GPL-2.0
/* Tests walks by rules. */
#include <stdlib.h>

#include "chains.h"
#include "unit.h"
#include "unwind.h"
#include "walk.h"

/* Whoever has less room gets the inner ones. */
static void check_walk(const struct chain *c)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES] = {};

	assert_int_equal(memmon_walk(c->frame, c->end, frames, c->nr - 1), c->nr - 1);
	assert_int_equal(frames[c->nr - 1], 0);
	assert_int_equal(chains_walk(c, frames), c->nr);
	assert_memory_equal(frames, c->frames, c->nr * sizeof(*frames));
}

static void walks_find_every_frame(void **state)
{
	struct chain c;
	u32 i;

	(void)state;
	chains_learn();
	for (i = 0; i < CHAINS_ROUNDS; i++) {
		chains_lay_out(&c, 2 + random() % (CHAINS_FRAMES - 2), random() % 4 == 0);
		check_walk(&c);
	}
}

static void a_walk_with_an_unknown_frame_fails(void **state)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	struct chain c;
	u32 i, at;

	(void)state;
	for (i = 0; i < CHAINS_FUNCTIONS; i += 2)
		memmon_walk_learn(chains_address(i), NULL);
	for (i = 0; i < CHAINS_ROUNDS; i++) {
		chains_lay_out(&c, 10, false);
		for (at = 0; at < 10 && !((c.frames[at] - CHAINS_CODE) / 64 % 2); at++)
			;
		assert_int_equal(chains_walk(&c, frames), at < 10 ? 0 : 10);
	}
}

/* Who was interrupted elsewhere than in user space is not the end. */
static void registers_are_the_end_where_user_space_left_them(void **state)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	struct chain c;

	(void)state;
	chains_learn();
	chains_lay_out_user(&c);
	check_walk(&c);
	chains_move_down(&c);
	assert_int_equal(chains_walk(&c, frames), 0);
}

static void code_that_goes_has_no_rules(void **state)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	struct chain c;

	(void)state;
	chains_learn();
	chains_lay_out(&c, 10, false);
	check_walk(&c);
	memmon_unwind_retire(c.frames[4], c.frames[4]);
	assert_int_equal(memmon_walk_count(), CHAINS_FUNCTIONS - 1);
	assert_int_equal(chains_walk(&c, frames), 0);
	chains_learn();
	check_walk(&c);
}

/* Whatever lies on the stack, nothing behind its end is read; ASan would tell. */
static void a_walk_stays_on_its_stack(void **state)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	unsigned long *small = malloc(64 * sizeof(long));
	u32 i, k;

	(void)state;
	chains_learn();
	for (i = 0; i < CHAINS_ROUNDS; i++) {
		for (k = 0; k < 64; k++)
			small[k] = random() % 3 ? chains_address(chains_choose(true)) :
						  (unsigned long)&small[random() % 80];
		memmon_walk((unsigned long)small, (unsigned long)(small + 64), frames, 100);
	}
	free(small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, chains_start, chains_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(walks_find_every_frame),
		TEST(a_walk_with_an_unknown_frame_fails),
		TEST(registers_are_the_end_where_user_space_left_them),
		TEST(code_that_goes_has_no_rules),
		TEST(a_walk_stays_on_its_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
