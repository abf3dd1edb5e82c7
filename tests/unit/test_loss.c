// SPDX-License-Identifier: GPL-2.0
/* Tests what a view says about loss. */
#include <stdlib.h>

#include "cmd.h"
#include "loss.h"
#include "unit.h"

static void assert_line(const struct memmon_loss *loss, const char *expected)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	loss_print(loss, out);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void nothing_lost(void **state)
{
	struct memmon_loss loss = { .recorded = 5000000 };

	(void)state;
	assert_line(&loss, "recorded 5,000,000  filtered 0  dropped 0  overwritten 0\n");
	assert_int_equal(loss_verdict(&loss, true), CMD_OK);
}

static void filtered_is_not_lost(void **state)
{
	struct memmon_loss loss = {
		.recorded = 1,
		.filtered = 12,
		.filtered_by = { [MEMMON_FILTERED_PID] = 10, [MEMMON_FILTERED_SELF] = 2 },
		.in_flight = 3,
	};

	(void)state;
	assert_line(&loss, "recorded 1  filtered 12 (pid 10, self 2)  dropped 0  overwritten 0"
			   "  in flight 3\n");
	assert_int_equal(loss_verdict(&loss, true), CMD_OK);
}

static void each_loss_is_one(void **state)
{
	static const struct memmon_loss losses[] = {
		{ .dropped = 1 },
		{ .overwritten = 1 },
		{ .cut_bytes = 1 },
		{ .is_unfinished = true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		assert_int_equal(loss_verdict(&losses[i], true), CMD_INCOMPLETE);
		assert_int_equal(loss_verdict(&losses[i], false), CMD_OK);
	}
}

static void cut_and_unfinished_are_words(void **state)
{
	struct memmon_loss loss = {
		.dropped = 1200,
		.dropped_by = { [MEMMON_DROPPED_FULL] = 1200 },
		.cut_bytes = 4096,
		.is_unfinished = true,
	};

	(void)state;
	assert_line(&loss, "recorded 0  filtered 0  dropped 1,200 (full 1,200)  overwritten 0; "
			   "cut off: 4.0 KiB at the end are not readable; "
			   "unfinished: the recorder did not end it, events may be missing\n");
}

static void json_has_all(void **state)
{
	struct memmon_loss loss = {
		.seen = 10,
		.recorded = 7,
		.dropped = 3,
		.dropped_by = { [MEMMON_DROPPED_NESTED] = 3 },
	};
	json_t *json = loss_json(&loss);
	const json_t *by;

	(void)state;
	assert_non_null(json);
	assert_int_equal(json_integer_value(json_object_get(json, "recorded")), 7);
	by = json_object_get(json, "dropped_by");
	assert_int_equal(json_object_size(by), MEMMON_NR_DROP_REASONS);
	assert_int_equal(json_integer_value(json_object_get(by, "nested")), 3);
	by = json_object_get(json, "filtered_by");
	assert_int_equal(json_object_size(by), MEMMON_NR_FILTER_REASONS);
	assert_true(json_is_false(json_object_get(json, "complete")));
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_lost),	    cmocka_unit_test(filtered_is_not_lost),
		cmocka_unit_test(each_loss_is_one), cmocka_unit_test(cut_and_unfinished_are_words),
		cmocka_unit_test(json_has_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
