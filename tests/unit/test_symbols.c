// SPDX-License-Identifier: GPL-2.0
/* Tests naming kernel addresses, and finding the addresses of names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memmon/symbols.h"
#include "module_list.h"
#include "unit.h"

/* A file that is gone after the test that made it. */
static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

struct files {
	char dir[32];
	char kallsyms[64];
	char modules[64];
};

static int set_up(void **state)
{
	struct files *files = calloc(1, sizeof(*files));

	strcpy(files->dir, "/tmp/memmon-unit.XXXXXX");
	assert_non_null(mkdtemp(files->dir));
	snprintf(files->kallsyms, sizeof(files->kallsyms), "%s/kallsyms", files->dir);
	snprintf(files->modules, sizeof(files->modules), "%s/modules", files->dir);
	*state = files;
	return 0;
}

static int tear_down(void **state)
{
	struct files *files = *state;

	unlink(files->kallsyms);
	unlink(files->modules);
	rmdir(files->dir);
	free(files);
	return 0;
}

#define KERNEL                               \
	"ffffffff81000000 T _stext\n"        \
	"ffffffff81000000 T _text\n"         \
	"ffffffff81000040 t helper\n"        \
	"ffffffff81000080 T beta\n"          \
	"ffffffff81000100 t helper\n"        \
	"ffffffff81000180 t beta.cold\n"     \
	"ffffffff81000190 t betamax\n"       \
	"ffffffff81000200 D some_data\n"     \
	"ffffffff81000210 t $x\n"            \
	"no line at all\n"                   \
	"ffffffff81001000 W weak_function\n" \
	"ffffffff82000000 B more_data\n"
#define EXT4                                     \
	"ffffffffc0002000 t ext4_late\t[ext4]\n" \
	"ffffffffc0001000 t ext4_init\t[ext4]\n"
#define EXT4_LINE "ext4 1000000 2 - Live 0xffffffffc0001000\n"

static void assert_name(struct memmon_symbols *symbols, uint64_t address, const char *expected)
{
	char text[128];

	memmon_symbols_print(symbols, address, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void names_addresses(void **state)
{
	struct files *files = *state;
	struct memmon_symbols *symbols;
	struct memmon_symbol symbol;

	put(files->kallsyms, KERNEL EXT4);
	put(files->modules, EXT4_LINE);
	assert_int_equal(memmon_symbols_open(files->kallsyms, files->modules, &symbols), 0);
	assert_true(memmon_symbols_are_known(symbols));
	assert_name(symbols, 0xffffffff81000000, "_stext+0x0");
	assert_name(symbols, 0xffffffff8100003f, "_stext+0x3f");
	assert_name(symbols, 0xffffffff81000040, "helper+0x0");
	assert_name(symbols, 0xffffffff81000220, "betamax+0x90");
	assert_name(symbols, 0xffffffff81001010, "weak_function+0x10");
	assert_name(symbols, 0xffffffffc0001ffe, "ext4_init+0xffe [ext4]");
	assert_name(symbols, 0xffffffffc0002001, "ext4_late+0x1 [ext4]");
	/* Before all, behind all, in a hole, and twice: the second answer comes from another place. */
	for (int i = 0; i < 2; i++) {
		assert_name(symbols, 0, "0x0");
		assert_name(symbols, 0xffffffff80ffffff, "0xffffffff80ffffff");
		assert_name(symbols, 0xffffffff90000000, "0xffffffff90000000");
		assert_name(symbols, UINT64_MAX, "0xffffffffffffffff");
	}
	assert_true(memmon_symbols_find(symbols, 0xffffffffc0002001, &symbol));
	assert_string_equal(symbol.module, "ext4");
	assert_int_equal(symbol.offset, 1);
	assert_false(memmon_symbols_find(symbols, 1, &symbol));
	assert_null(symbol.name);
	memmon_symbols_close(symbols);
}

static void learns_of_new_modules(void **state)
{
	struct files *files = *state;
	struct memmon_symbols *symbols;
	struct memmon_symbol before;

	put(files->kallsyms, KERNEL);
	put(files->modules, "");
	assert_int_equal(memmon_symbols_open(files->kallsyms, files->modules, &symbols), 0);
	assert_true(memmon_symbols_find(symbols, 0xffffffff81000080, &before));
	assert_name(symbols, 0xffffffffc0001010, "0xffffffffc0001010");
	/* Not read again as long as the modules are the same, */
	put(files->kallsyms, KERNEL EXT4);
	assert_name(symbols, 0xffffffffc0001020, "0xffffffffc0001020");
	put(files->modules, EXT4_LINE);
	assert_name(symbols, 0xffffffffc0001030, "ext4_init+0x30 [ext4]");
	/* and what was unknown before is looked up again then. */
	assert_name(symbols, 0xffffffffc0001010, "ext4_init+0x10 [ext4]");
	assert_string_equal(before.name, "beta");
	memmon_symbols_close(symbols);
}

/* A new module behind the last function of another one, and one in the place of one that went. */
static void tells_modules_apart(void **state)
{
	struct files *files = *state;
	struct memmon_symbols *symbols;

	put(files->kallsyms, KERNEL EXT4);
	put(files->modules, EXT4_LINE);
	assert_int_equal(memmon_symbols_open(files->kallsyms, files->modules, &symbols), 0);
	assert_name(symbols, 0xffffffffc00f5230, "ext4_late+0xf3230 [ext4]");
	assert_name(symbols, 0xffffffffc00f5240, "0xffffffffc00f5240");
	put(files->kallsyms, KERNEL EXT4 "ffffffffc0003000 t kcount_run\t[kcount]\n");
	put(files->modules, EXT4_LINE "kcount 4096 0 - Loading 0xffffffffc0003000\n");
	assert_name(symbols, 0xffffffffc0003010, "kcount_run+0x10 [kcount]");
	put(files->kallsyms, KERNEL "ffffffffc0001000 t other\t[other]\n");
	put(files->modules, "other 4096 0 - Live 0xffffffffc0001000\n");
	assert_name(symbols, 0xffffffffc0001020, "other+0x20 [other]");
	assert_name(symbols, 0xffffffffc0003010, "0xffffffffc0003010");
	memmon_symbols_close(symbols);
}

static void says_that_addresses_are_hidden(void **state)
{
	struct files *files = *state;
	struct memmon_symbols *symbols;

	put(files->kallsyms, "0000000000000000 T _stext\n0000000000000000 t helper\n");
	put(files->modules, "");
	assert_int_equal(memmon_symbols_open(files->kallsyms, files->modules, &symbols), 0);
	assert_false(memmon_symbols_are_known(symbols));
	assert_name(symbols, 0xffffffff81000000, "0xffffffff81000000");
	memmon_symbols_close(symbols);
	put(files->kallsyms, "nonsense\n\n");
	assert_int_equal(memmon_symbols_open(files->kallsyms, files->modules, &symbols), -EBADMSG);
	unlink(files->kallsyms);
	assert_int_equal(memmon_symbols_open(files->kallsyms, files->modules, &symbols), -ENOENT);
}

static void assert_range(const struct memmon_site_range *range, uint64_t first, uint64_t last)
{
	assert_int_equal(range->first, first);
	assert_int_equal(range->last, last);
}

static void finds_functions_and_modules(void **state)
{
	struct files *files = *state;
	struct memmon_site_range ranges[2];
	struct memmon_symbols *symbols;

	put(files->kallsyms, KERNEL EXT4);
	put(files->modules, EXT4_LINE);
	assert_int_equal(memmon_symbols_open(files->kallsyms, files->modules, &symbols), 0);
	assert_int_equal(memmon_symbols_function_range(symbols, "helper", ranges, 2), 2);
	assert_range(&ranges[0], 0xffffffff81000040, 0xffffffff8100007f);
	assert_range(&ranges[1], 0xffffffff81000100, 0xffffffff8100017f);
	assert_int_equal(memmon_symbols_function_range(symbols, "helper", ranges, 0), 2);
	/* "beta" and "beta.cold", not "betamax" */
	assert_int_equal(memmon_symbols_function_range(symbols, "beta", ranges, 2), 2);
	assert_range(&ranges[0], 0xffffffff81000080, 0xffffffff810000ff);
	assert_range(&ranges[1], 0xffffffff81000180, 0xffffffff8100018f);
	assert_int_equal(memmon_symbols_function_range(symbols, "bet", ranges, 2), 0);
	assert_int_equal(memmon_symbols_module_range(symbols, "ext4", &ranges[0]), 0);
	assert_range(&ranges[0], 0xffffffffc0001000, 0xffffffffc00f523f);
	assert_int_equal(memmon_symbols_module_range(symbols, "ext", &ranges[0]), -ENOENT);
	memmon_symbols_close(symbols);
}

static void reads_recorded_names(void **state)
{
	struct files *files = *state;
	struct memmon_site_range ranges[2];
	struct memmon_symbols *symbols;

	put(files->kallsyms, "ffffffff81000044\thelper\t4\t-\t-\n"
			     "ffffffff81000050\thelper\t10\t-\t-\textra\n"
			     "ffffffffc0001010\todd\\x09\\\\name\t10\text4\tabcd\n"
			     "ffffffff81000070\t-\t-\t-\t-\n"
			     "ffffffff81000080\t\\x2d\t0\t-\t-\n"
			     "torn\\\tline\n"
			     "ffffffff81000090\tcut\t0");
	assert_int_equal(memmon_symbols_open_recorded(files->kallsyms, &symbols), 0);
	assert_name(symbols, 0xffffffff81000044, "helper+0x4");
	assert_name(symbols, 0xffffffff81000045, "0xffffffff81000045");
	assert_name(symbols, 0xffffffffc0001010, "odd\t\\name+0x10 [ext4]");
	assert_name(symbols, 0xffffffff81000070, "0xffffffff81000070");
	assert_name(symbols, 0xffffffff81000080, "-+0x0");
	assert_name(symbols, 0xffffffff81000090, "0xffffffff81000090");
	assert_int_equal(memmon_symbols_function_range(symbols, "helper", ranges, 2), 1);
	assert_range(&ranges[0], 0xffffffff81000040, 0xffffffff81000050);
	assert_int_equal(memmon_symbols_module_range(symbols, "ext4", &ranges[0]), 0);
	assert_range(&ranges[0], 0xffffffffc0001000, 0xffffffffc0001010);
	memmon_symbols_close(symbols);
	unlink(files->kallsyms);
	assert_int_equal(memmon_symbols_open_recorded(files->kallsyms, &symbols), 0);
	assert_false(memmon_symbols_are_known(symbols));
	memmon_symbols_close(symbols);
}

static void reads_module_lists(void **state)
{
	char text[] = "ext4 1000000 2 jbd2,crc16, Live 0xffffffffc0001000\n"
		      "../evil 1 1 - Live 0x1\n"
		      "short 1 1 -\n"
		      "tainted 16384 0 - Live 0xffffffffc0200000 (OE)\n"
		      "hidden 16384 0 - Live 0x0000000000000000";
	struct memmon_module_entry *modules;
	size_t nr;

	(void)state;
	assert_int_equal(memmon_modules_parse(text, sizeof(text) - 1, &modules, &nr), 0);
	assert_int_equal(nr, 3);
	assert_string_equal(modules[0].name, "ext4");
	assert_int_equal(modules[0].bytes, 1000000);
	assert_int_equal(modules[0].address, 0xffffffffc0001000);
	assert_string_equal(modules[1].name, "tainted");
	assert_int_equal(modules[2].address, 0);
	free(modules);
}

static void reads_build_ids(void **state)
{
	static const unsigned char notes[] = { 6, 0,   0,   0,	 1,   0,   0, 0,    1,	  0,   0,
					       0, 'L', 'i', 'n', 'u', 'x', 0, 0,    0,	  0,   0,
					       0, 0,   4,   0,	 0,   0,   3, 0,    0,	  0,   3,
					       0, 0,   0,   'G', 'N', 'U', 0, 0xab, 0xcd, 0xef };
	char id[2 * MEMMON_BUILD_ID_BYTES + 1];

	(void)state;
	assert_int_equal(memmon_build_id_parse(notes, sizeof(notes), id), 0);
	assert_string_equal(id, "abcdef");
	for (size_t len = 0; len < sizeof(notes); len++)
		assert_int_equal(memmon_build_id_parse(notes, len, id), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_addresses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(learns_of_new_modules, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tells_modules_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(says_that_addresses_are_hidden, set_up, tear_down),
		cmocka_unit_test_setup_teardown(finds_functions_and_modules, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reads_recorded_names, set_up, tear_down),
		cmocka_unit_test(reads_module_lists),
		cmocka_unit_test(reads_build_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
