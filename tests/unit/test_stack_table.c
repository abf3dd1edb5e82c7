// SPDX-License-Identifier: GPL-2.0
/* Tests the table of call stacks, and its line file. */
#include <stdlib.h>
#include <string.h>

#include "mem_monitor.h"
#include "stack_table.h"
#include "unit.h"

static size_t nr_frames_of(uint32_t id)
{
	return 1 + id % MEMMON_STACK_FRAMES;
}

static uint64_t frame_of(uint32_t id, size_t i)
{
	return 0xffffffff81000000 + id * 1000ULL + i;
}

static void assert_stack(const struct stack_table *table, uint32_t id)
{
	const struct stack_entry *stack = stack_table_find(table, id);

	assert_non_null(stack);
	assert_int_equal(stack->nr_frames, nr_frames_of(id));
	for (size_t i = 0; i < stack->nr_frames; i++)
		assert_int_equal(stack->frames[i], frame_of(id, i));
}

static void keeps_many(void **state)
{
	uint64_t frames[MEMMON_STACK_FRAMES];
	const uint64_t *first = NULL;
	struct stack_table table;

	(void)state;
	assert_int_equal(stack_table_init(&table), 0);
	for (uint32_t id = 1; id <= 5000; id++) {
		for (size_t i = 0; i < nr_frames_of(id); i++)
			frames[i] = frame_of(id, i);
		assert_int_equal(stack_table_add(&table, id, frames, nr_frames_of(id)), 0);
		if (!first)
			first = stack_table_find(&table, 1)->frames;
	}
	/* What was told of one stays where it is, and as it is. */
	assert_int_equal(stack_table_add(&table, 1, frames, 5), 0);
	assert_ptr_equal(stack_table_find(&table, 1)->frames, first);
	for (uint32_t id = 1; id <= 5000; id++)
		assert_stack(&table, id);
	assert_null(stack_table_find(&table, 5001));
	assert_null(stack_table_find(&table, 0));
	stack_table_exit(&table);
}

static int add_text(struct stack_table *table, const char *text)
{
	char *copy = strdup(text);
	int err;

	assert_non_null(copy);
	err = stack_table_add_lines(table, copy, strlen(copy));
	free(copy);
	return err;
}

static void reads_lines(void **state)
{
	const struct stack_entry *stack;
	struct stack_table table;

	(void)state;
	assert_int_equal(stack_table_init(&table), 0);
	assert_int_equal(add_text(&table, "1\tffffffff81000010,0,ffffffffc0000030\n"
					  "ffffffff\tffffffff81000011\tmore of later\n"
					  "1\tffffffff81000099\n"
					  "2\tffffffff81000020"),
			 0);
	stack = stack_table_find(&table, 1);
	assert_non_null(stack);
	assert_int_equal(stack->nr_frames, 3);
	assert_int_equal(stack->frames[0], 0xffffffff81000010);
	assert_int_equal(stack->frames[1], 0);
	assert_int_equal(stack->frames[2], 0xffffffffc0000030);
	assert_int_equal(stack_table_find(&table, 0xffffffff)->nr_frames, 1);
	/* Cut off while it was written. */
	assert_null(stack_table_find(&table, 2));
	stack_table_exit(&table);
}

static void leaves_nonsense_out(void **state)
{
	static const char *const lines[] = {
		"\n",
		"5\n",
		"5\t\n",
		"5\t-\n",
		"0\t1\n",
		"x\t1\n",
		"5\t1,\n",
		"5\t,1\n",
		"5\t1,,2\n",
		"100000000\t1\n",
		"5\tz\n",
		"-\t1\n",
		"5\t11111111111111111\n",
	};
	struct stack_table table;
	char deep[4 * MEMMON_STACK_FRAMES + 16];
	size_t len = 0;

	(void)state;
	assert_int_equal(stack_table_init(&table), 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(add_text(&table, lines[i]), 0);
		assert_int_equal(table.nr, 0);
	}
	/* As deep as a stack can be, and one frame more. */
	for (unsigned int extra = 0; extra < 2; extra++) {
		len = (size_t)sprintf(deep, "%x\t", 7 + extra);
		for (unsigned int i = 0; i < MEMMON_STACK_FRAMES + extra; i++)
			len += (size_t)sprintf(deep + len, "%s%x", i ? "," : "", i + 1);
		strcpy(deep + len, "\n");
		assert_int_equal(add_text(&table, deep), 0);
	}
	assert_int_equal(stack_table_find(&table, 7)->nr_frames, MEMMON_STACK_FRAMES);
	assert_null(stack_table_find(&table, 8));
	stack_table_exit(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_many),
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(leaves_nonsense_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
