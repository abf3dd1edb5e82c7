// SPDX-License-Identifier: GPL-2.0
/* Tests how tables are laid out. */
#include <errno.h>
#include <stdlib.h>

#include "ui.h"
#include "unit.h"

static const struct ui_column columns[] = {
	{ .title = "Cache", .min_width = 12 },
	{ .title = "Before", .is_right = true, .min_width = 6 },
	{ .title = "Note" },
};

static char *print(const struct ui_table *table)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(ui_table_print(table, out), 0);
	fclose(out);
	return text;
}

static void aligns_columns(void **state)
{
	struct ui_table *table = ui_table_create(columns, 3);
	char *text;

	(void)state;
	ui_table_add(table, "kmalloc-%d", 64);
	ui_table_add(table, "%d", 5632);
	ui_table_add(table, "x");
	ui_table_add(table, "a-name-that-is-long");
	ui_table_add(table, "%d", 12345678);
	ui_table_add(table, "y z");
	text = print(table);
	assert_string_equal(text, "Cache                   Before   Note\n"
				  "kmalloc-64                5632   x\n"
				  "a-name-that-is-long   12345678   y z\n");
	free(text);
	ui_table_destroy(table);
}

static void takes_its_least_width(void **state)
{
	struct ui_table *table = ui_table_create(columns, 3);
	char *text = print(table);

	(void)state;
	assert_string_equal(text, "Cache          Before   Note\n");
	free(text);
	ui_table_destroy(table);
}

static void grows_with_its_rows(void **state)
{
	struct ui_table *table = ui_table_create(columns, 1);
	size_t nr_lines = 0;
	char *text;

	(void)state;
	for (int i = 0; i < 1000; i++)
		ui_table_add(table, "%d", i);
	text = print(table);
	for (const char *at = text; *at; at++)
		nr_lines += *at == '\n';
	assert_int_equal(nr_lines, 1001);
	free(text);
	ui_table_destroy(table);
}

static void no_table_is_no_crash(void **state)
{
	(void)state;
	ui_table_add(NULL, "x");
	assert_int_equal(ui_table_print(NULL, stdout), -ENOMEM);
	ui_table_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aligns_columns),
		cmocka_unit_test(takes_its_least_width),
		cmocka_unit_test(grows_with_its_rows),
		cmocka_unit_test(no_table_is_no_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
