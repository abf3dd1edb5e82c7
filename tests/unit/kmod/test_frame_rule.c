// SPDX-License-Identifier: GPL-2.0
/* Tests how rules of return addresses are written. */
#include "frame_rule.h"
#include "shim.h"
#include "unit.h"

static void rules_that_do_not_fit_are_refused(void **state)
{
	unsigned int rule = memmon_frame_rule(MEMMON_FRAME_BP, 0xfff8, 0x7ff8);

	(void)state;
	assert_int_equal(memmon_frame_kind(rule), MEMMON_FRAME_BP);
	assert_int_equal(memmon_frame_offset(rule), 0xfff8);
	assert_int_equal(memmon_frame_bp(rule), 0x7ff8);
	assert_int_equal(memmon_frame_rule(MEMMON_FRAME_SP, 0x10000, 0), MEMMON_FRAME_REFUSED);
	assert_int_equal(memmon_frame_rule(MEMMON_FRAME_SP, 8, 0x10000), MEMMON_FRAME_REFUSED);
	assert_int_equal(memmon_frame_rule(MEMMON_FRAME_SP, 12, 0), MEMMON_FRAME_REFUSED);
	assert_int_equal(memmon_frame_rule(MEMMON_FRAME_SP, -8UL, 0), MEMMON_FRAME_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(rules_that_do_not_fit_are_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
