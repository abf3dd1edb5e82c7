// SPDX-License-Identifier: GPL-2.0
/* Tests the parser of options that all commands share. */
#include <string.h>

#include "cmd.h"
#include "unit.h"

struct settings {
	unsigned int number;
	const char *text;
	bool flag;
	bool other;
	double seconds;
	struct cmd_list list;
};

static const struct cmd_option options[] = {
	{
		.letter = 'n',
		.name = "number",
		.type = CMD_NUMBER,
		.value = "N",
		.help = "a number",
		.offset = offsetof(struct settings, number),
		.min = 2,
		.max = 100,
	},
	{
		.letter = 't',
		.name = "text",
		.type = CMD_TEXT,
		.value = "TEXT",
		.help = "a text",
		.offset = offsetof(struct settings, text),
	},
	{
		.letter = 'f',
		.name = "flag",
		.type = CMD_FLAG,
		.help = "a flag",
		.offset = offsetof(struct settings, flag),
	},
	{
		.name = "other",
		.type = CMD_FLAG,
		.help = "a flag without a letter",
		.offset = offsetof(struct settings, other),
	},
	{
		.name = "seconds",
		.type = CMD_SECONDS,
		.value = "S",
		.help = "a time",
		.offset = offsetof(struct settings, seconds),
		.max = 60,
	},
	{
		.letter = 'l',
		.name = "list",
		.type = CMD_LIST,
		.value = "X",
		.help = "can be given again",
		.offset = offsetof(struct settings, list),
	},
	{},
};

static const struct cmd cmd = {
	.name = "x",
	.prog = "memmon x",
	.summary = "Do x.",
	.page = "memmon(1)",
	.runs_command = true,
	.options = options,
};

static const struct cmd mixing = {
	.name = "y",
	.prog = "memmon y",
	.summary = "Do y.",
	.page = "memmon(1)",
	.options = options,
};

const struct cmd *const cmd_table[] = { &cmd, &mixing, NULL };

/* Splits a line at its blanks and parses it as the arguments of command x. */
static int parse(const char *line, struct settings *settings, int *first)
{
	static char words[256];
	char *argv[64] = { "x" };
	int argc = 1;

	memset(settings, 0, sizeof(*settings));
	strncpy(words, line, sizeof(words) - 1);
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return cmd_parse(&cmd, argc, argv, settings, first);
}

static void long_names(void **state)
{
	struct settings settings;
	int first;

	(void)state;
	assert_int_equal(parse("--number 5 --text=a=b --flag --other rest", &settings, &first),
			 CMD_GO_ON);
	assert_int_equal(settings.number, 5);
	assert_string_equal(settings.text, "a=b");
	assert_true(settings.flag);
	assert_true(settings.other);
	assert_int_equal(first, 6);
}

static void letters(void **state)
{
	struct settings settings;
	int first;

	(void)state;
	assert_int_equal(parse("-n5 -ft x", &settings, &first), CMD_GO_ON);
	assert_int_equal(settings.number, 5);
	assert_true(settings.flag);
	assert_string_equal(settings.text, "x");
	assert_false(settings.other);
	assert_int_equal(first, 4);
}

static void options_end_at_the_first_operand(void **state)
{
	struct settings settings;
	int first;

	(void)state;
	assert_int_equal(parse("-f cmd -n 5", &settings, &first), CMD_GO_ON);
	assert_int_equal(first, 2);
	assert_int_equal(settings.number, 0);
	assert_int_equal(parse("-f -- -n 5", &settings, &first), CMD_GO_ON);
	assert_int_equal(first, 3);
	assert_int_equal(settings.number, 0);
	assert_int_equal(parse("-", &settings, &first), CMD_GO_ON);
	assert_int_equal(first, 1);
}

static void operands_and_options_mix(void **state)
{
	char *argv[10] = { "y", "one", "-n", "5", "two", "-f", "--", "-t", "three", NULL };
	struct settings settings = { 0 };
	int first;

	(void)state;
	assert_int_equal(cmd_parse(&mixing, 9, argv, &settings, &first), CMD_GO_ON);
	assert_int_equal(settings.number, 5);
	assert_true(settings.flag);
	assert_null(settings.text);
	assert_int_equal(first, 5);
	assert_string_equal(argv[5], "one");
	assert_string_equal(argv[6], "two");
	assert_string_equal(argv[7], "-t");
	assert_string_equal(argv[8], "three");
}

static void an_empty_value_is_a_value(void **state)
{
	struct settings settings;
	int first;

	(void)state;
	assert_int_equal(parse("--text= -f", &settings, &first), CMD_GO_ON);
	assert_string_equal(settings.text, "");
	assert_true(settings.flag);
}

static void seconds_have_fractions(void **state)
{
	struct settings settings;
	int first;

	(void)state;
	assert_int_equal(parse("--seconds 1.5", &settings, &first), CMD_GO_ON);
	assert_true(settings.seconds == 1.5);
	assert_int_equal(parse("--seconds=60", &settings, &first), CMD_GO_ON);
	assert_true(settings.seconds == 60.0);
	assert_int_equal(parse("--seconds .25", &settings, &first), CMD_GO_ON);
	assert_true(settings.seconds == 0.25);
}

static void a_list_keeps_all_in_order(void **state)
{
	char line[256] = "-l first --list second -f --list=third";
	struct settings settings;
	int first;

	(void)state;
	assert_int_equal(parse(line, &settings, &first), CMD_GO_ON);
	assert_int_equal(settings.list.nr, 3);
	assert_string_equal(settings.list.items[0], "first");
	assert_string_equal(settings.list.items[1], "second");
	assert_string_equal(settings.list.items[2], "third");
	for (int i = 3; i < CMD_LIST_MAX; i++)
		strcat(line, " -lx");
	assert_int_equal(parse(line, &settings, &first), CMD_GO_ON);
	assert_int_equal(settings.list.nr, CMD_LIST_MAX);
	strcat(line, " -lx");
	assert_int_equal(parse(line, &settings, &first), CMD_USAGE);
}

static void mistakes(void **state)
{
	static const char *const lines[] = {
		"--unknown",
		"--numbe 5",
		"-x",
		"-fx",
		"--number",
		"-n",
		"--number x",
		"--number=",
		"--number 1",
		"--number 101",
		"--number -5",
		"--number 5x",
		"--number 99999999999999999999",
		"--flag=1",
		"--text",
		"--seconds",
		"--seconds x",
		"--seconds 1e3",
		"--seconds -1",
		"--seconds 0x10",
		"--seconds 1.2.3",
		"--seconds .",
		"--seconds=",
		"--seconds inf",
		"--seconds 60.1",
		"--list",
	};
	struct settings settings;
	int first;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(parse(lines[i], &settings, &first), CMD_USAGE);
}

static void help_ends_the_command(void **state)
{
	struct settings settings;
	int first;

	(void)state;
	assert_int_equal(parse("--help", &settings, &first), CMD_OK);
	assert_int_equal(parse("-f -h --unknown", &settings, &first), CMD_OK);
}

static void commands_are_found_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(cmd_find("x"), &cmd);
	assert_null(cmd_find("xy"));
	assert_null(cmd_find(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_names),
		cmocka_unit_test(letters),
		cmocka_unit_test(options_end_at_the_first_operand),
		cmocka_unit_test(operands_and_options_mix),
		cmocka_unit_test(an_empty_value_is_a_value),
		cmocka_unit_test(seconds_have_fractions),
		cmocka_unit_test(a_list_keeps_all_in_order),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(help_ends_the_command),
		cmocka_unit_test(commands_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
