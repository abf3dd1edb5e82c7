// SPDX-License-Identifier: GPL-2.0
/* Tests the small parts of recordings: fields, JSON members, sets of numbers, names, cgroups. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "disk.h"
#include "intern.h"
#include "number_set.h"
#include "process.h"
#include "recording_maker.h"
#include "sidecar.h"
#include "unit.h"

static void fields_are_exact(void **state)
{
	static const char *const names[] = { "",	   "-",	   "--",   "a\tb",	   "\n",
					     "\\",	   "\\x0", "\x7f", "\xc3\xa4\xff", "a\r b",
					     "\\\\x09\x01" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct memmon_buffer line = { 0 };
		char *fields[3];

		memmon_buffer_add_field(&line, names[i]);
		memmon_buffer_add(&line, "\t", 1);
		memmon_buffer_add_field(&line, NULL);
		memmon_buffer_add(&line, "\t", 1);
		memmon_buffer_add_field(&line, names[i]);
		assert_null(strchr(line.text, '\n'));
		assert_int_equal(memmon_fields_split(line.text, fields, 3), 0);
		assert_string_equal(fields[0], names[i]);
		assert_null(fields[1]);
		assert_string_equal(fields[2], names[i]);
		memmon_buffer_exit(&line);
	}
}

static void bad_fields_are_refused(void **state)
{
	static const char *const lines[] = { "a",	  "a\\\tb",    "a\\x\tb", "a\\x0\tb",
					     "a\\x00\tb", "a\\xg0\tb", "a\\n\tb", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char line[32];
		char *fields[2];

		strcpy(line, lines[i]);
		assert_int_equal(memmon_fields_split(line, fields, 2), -EBADMSG);
	}
}

static void hex_fits_or_is_refused(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(memmon_field_hex("ffffffffffffffff", &value), 0);
	assert_int_equal(value, UINT64_MAX);
	assert_int_equal(memmon_field_hex("0", &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(memmon_field_hex("1ffffffffffffffff", &value), -EBADMSG);
	assert_int_equal(memmon_field_hex("", &value), -EBADMSG);
	assert_int_equal(memmon_field_hex(NULL, &value), -EBADMSG);
	assert_int_equal(memmon_field_hex("0x1", &value), -EBADMSG);
	assert_int_equal(memmon_field_hex("A", &value), -EBADMSG);
}

static void json_members_are_exact(void **state)
{
	static const uint64_t numbers[] = { 0, 1ULL << 53, (1ULL << 53) + 1, UINT64_MAX };
	json_t *object = json_object();
	uint64_t number;
	char all[256];
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		assert_int_equal(memmon_json_put_number(object, "n", numbers[i]), 0);
		assert_int_equal(json_is_string(json_object_get(object, "n")), i > 1);
		assert_int_equal(memmon_json_get_number(object, "n", UINT64_MAX, &number), 0);
		assert_int_equal(number, numbers[i]);
	}
	assert_int_equal(memmon_json_get_number(object, "n", UINT64_MAX - 1, &number), -EBADMSG);
	assert_int_equal(memmon_json_get_number(object, "none", 1, &number), -EBADMSG);
	for (int i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	all[255] = '\0';
	assert_int_equal(memmon_json_put_text(object, "t", all), 0);
	assert_int_equal(memmon_json_get_text(object, "t", text, sizeof(text)), 0);
	assert_string_equal(text, all);
	assert_int_equal(memmon_json_get_text(object, "t", text, sizeof(text) - 1), -EBADMSG);
	json_decref(object);
}

static void numbers_are_found(void **state)
{
	struct memmon_number_set set;

	(void)state;
	assert_int_equal(memmon_number_set_init(&set), 0);
	assert_true(memmon_number_set_has(&set, 0));
	for (uint64_t i = 1; i <= 20000; i++) {
		uint64_t number = i * 0x10000 + 0xffffffff81000000;

		assert_false(memmon_number_set_has(&set, number));
		assert_int_equal(memmon_number_set_add(&set, number), 0);
		assert_true(memmon_number_set_has(&set, number));
	}
	for (uint64_t i = 1; i <= 20000; i++) {
		assert_true(memmon_number_set_has(&set, i * 0x10000 + 0xffffffff81000000));
		assert_false(memmon_number_set_has(&set, i));
	}
	memmon_number_set_exit(&set);
}

static void names_are_kept_once(void **state)
{
	struct memmon_intern table = { 0 };
	const char *names[5000];
	char long_name[70000];
	char name[24];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "name%d", i);
		names[i] = memmon_intern_add(&table, name, strlen(name));
		assert_string_equal(names[i], name);
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "name%dx", i);
		assert_ptr_equal(memmon_intern_add(&table, name, strlen(name) - 1), names[i]);
	}
	assert_int_equal(table.nr, 5000);
	memset(long_name, 'a', sizeof(long_name));
	assert_int_equal(strlen(memmon_intern_add(&table, long_name, sizeof(long_name))),
			 sizeof(long_name));
	memmon_intern_exit(&table);
}

static void cgroups_are_found(void **state)
{
	static const struct {
		const char *text;
		int err;
		const char *path;
	} cases[] = {
		{ "0::/a:b\n", 0, "/a:b" },
		{ "12:memory:/old\n4:cpu,cpuacct:/cpu\n0::/new\n", 0, "/new" },
		{ "12:cpu:/cpu\n3:hugetlb,memory:/old\n", 0, "/old" },
		{ "12:memoryless:/cpu\n", -ENOENT, NULL },
		{ "12:cpu\n\n", -ENOENT, NULL },
		{ "", -ENOENT, NULL },
		{ "0::/longer than there is room for\n", -ENAMETOOLONG, NULL },
	};
	const struct maker *maker = *state;
	char path[16];
	char comm[8];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		maker_put(maker, "proc/7/cgroup", cases[i].text);
		assert_int_equal(memmon_process_cgroup(maker->proc, 7, path, sizeof(path)),
				 cases[i].err);
		if (!cases[i].err)
			assert_string_equal(path, cases[i].path);
	}
	assert_int_equal(memmon_process_cgroup(maker->proc, 8, path, sizeof(path)), -ENOENT);
	maker_put(maker, "proc/7/comm", "with\nline\n");
	assert_int_equal(memmon_process_comm(maker->proc, 7, comm, sizeof(comm)), 0);
	assert_string_equal(comm, "with\nli");
	assert_int_equal(memmon_process_comm(maker->proc, 8, comm, sizeof(comm)), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_exact),
		cmocka_unit_test(bad_fields_are_refused),
		cmocka_unit_test(hex_fits_or_is_refused),
		cmocka_unit_test(json_members_are_exact),
		cmocka_unit_test(numbers_are_found),
		cmocka_unit_test(names_are_kept_once),
		cmocka_unit_test_setup_teardown(cgroups_are_found, maker_set_up, maker_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
