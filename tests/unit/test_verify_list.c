// SPDX-License-Identifier: GPL-2.0
/* Tests how memmon verify understands the list of the selftest module. */
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "verify.h"

#define HEAD "#mem_monitor_selftest 1 phase made pid 77 cpu 0 other_cpu 1\n#path ...\n"
#define OBJECT "kmalloc kfree other_cpu softirq object 0xffff888100000000 701 701 0 0 - held\n"
#define PAGES "split_page __free_page other_cpu task pages 0x1000 32768 32768 3 4 - held\n"

static int parse(const char *text, struct verify_list **ret)
{
	return verify_list_parse(text, strlen(text), ret);
}

static void all_fields_are_there(void **state)
{
	struct verify_list *list;

	(void)state;
	assert_int_equal(parse(HEAD OBJECT PAGES, &list), 0);
	assert_int_equal(list->nr, 2);
	assert_int_equal(list->maker_pid, 77);
	assert_int_equal(list->other_cpu, 1);
	assert_string_equal(list->objects[0].path, "kmalloc");
	assert_string_equal(list->objects[0].freed_by, "kfree");
	assert_string_equal(list->objects[0].context, "other_cpu");
	assert_int_equal(list->objects[0].made_in, MEMMON_CONTEXT_SOFTIRQ);
	assert_int_equal(list->objects[0].kind, VERIFY_OBJECT);
	assert_true(list->objects[0].address == 0xffff888100000000);
	assert_int_equal(list->objects[0].born_bytes, 701);
	assert_string_equal(list->objects[0].cache, "-");
	assert_int_equal(list->objects[0].state, VERIFY_HELD);
	assert_int_equal(list->objects[1].kind, VERIFY_PAGES);
	assert_int_equal(list->objects[1].order, 3);
	assert_int_equal(list->objects[1].pages_left, 4);
	verify_list_free(list);
}

static void nonsense_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"nothing\n",
		HEAD,
		OBJECT,
		"#mem_monitor_selftest 2 phase made pid 77 cpu 0 other_cpu 1\n" OBJECT,
		HEAD "kmalloc kfree other_cpu softirq object 0xffff888100000000 701 701 0 0 -\n",
		HEAD "kmalloc kfree softirq nowhere object 0x1 701 701 0 0 - held\n",
		HEAD "kmalloc kfree other_cpu softirq thing 0x1 701 701 0 0 - held\n",
		HEAD "kmalloc kfree other_cpu softirq object 0x1 701 701 0 0 - lost\n",
		HEAD "kmalloc kfree other_cpu softirq object -1 701 701 0 0 - held\n",
		HEAD "kmalloc kfree other_cpu softirq object 0x1 701 x 0 0 - held\n",
		HEAD "kmalloc kfree other_cpu softirq object 0x1 701 701 0 0 - held more\n",
		HEAD "kmalloc kfree other_cpu softirq pages 0x1 4096 4096 40 0 - held\n",
		HEAD "kmalloc kfree other_cpu softirq pages 0x1 4096 4096 1 3 - held\n",
	};
	struct verify_list *list;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(parse(texts[i], &list), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields_are_there),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
