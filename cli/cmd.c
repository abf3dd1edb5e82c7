// SPDX-License-Identifier: GPL-2.0
/* Parses a command's arguments and prints its help, both from its one table of options. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "ui.h"

static const struct cmd_option help_option = {
	.letter = 'h',
	.name = "help",
	.type = CMD_FLAG,
	.help = "show this help",
};

const struct cmd *cmd_find(const char *name)
{
	for (size_t i = 0; cmd_table[i]; i++)
		if (!strcmp(cmd_table[i]->name, name))
			return cmd_table[i];
	return NULL;
}

static const struct cmd_option *find_long(const struct cmd *cmd, const char *name, size_t len)
{
	const struct cmd_option *option;

	for (option = cmd->options; option && option->name; option++)
		if (strlen(option->name) == len && !memcmp(option->name, name, len))
			return option;
	if (strlen(help_option.name) == len && !memcmp(help_option.name, name, len))
		return &help_option;
	return NULL;
}

static const struct cmd_option *find_letter(const struct cmd *cmd, char letter)
{
	const struct cmd_option *option;

	for (option = cmd->options; option && option->name; option++)
		if (option->letter && option->letter == letter)
			return option;
	return letter == help_option.letter ? &help_option : NULL;
}

static int set_number(const struct cmd *cmd, const struct cmd_option *option, const char *value,
		      unsigned int *ret)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || errno || number < option->min ||
	    number > option->max) {
		ui_error("--%s takes a number from %u to %u, not '%s'; see '%s --help'",
			 option->name, option->min, option->max, value, cmd->prog);
		return CMD_USAGE;
	}
	*ret = (unsigned int)number;
	return CMD_GO_ON;
}

static int set_seconds(const struct cmd *cmd, const struct cmd_option *option, const char *value,
		       double *ret)
{
	size_t len = strspn(value, "0123456789.");
	double seconds;
	char *end;

	seconds = strtod(value, &end);
	if (!len || value[len] || *end || seconds > option->max) {
		ui_error("--%s takes seconds from 0 to %u, not '%s'; see '%s --help'", option->name,
			 option->max, value, cmd->prog);
		return CMD_USAGE;
	}
	*ret = seconds;
	return CMD_GO_ON;
}

static int add_to_list(const struct cmd *cmd, const struct cmd_option *option, const char *value,
		       struct cmd_list *list)
{
	if (list->nr == CMD_LIST_MAX) {
		ui_error("--%s can be given %d times; see '%s --help'", option->name, CMD_LIST_MAX,
			 cmd->prog);
		return CMD_USAGE;
	}
	list->items[list->nr++] = value;
	return CMD_GO_ON;
}

static bool needs_value(const struct cmd_option *option)
{
	return option->type != CMD_FLAG && option->type != CMD_NUMBER_OR_NOT;
}

static int set(const struct cmd *cmd, const struct cmd_option *option, const char *value,
	       void *settings)
{
	char *place = (char *)settings + option->offset;

	if (option == &help_option) {
		cmd_show_usage(cmd, stdout);
		return CMD_OK;
	}
	switch (option->type) {
	case CMD_FLAG:
		*(bool *)place = true;
		return CMD_GO_ON;
	case CMD_NUMBER_OR_NOT:
		if (!value) {
			*(unsigned int *)place = option->otherwise;
			return CMD_GO_ON;
		}
		/* fall through */
	case CMD_NUMBER:
		return set_number(cmd, option, value, (unsigned int *)place);
	case CMD_TEXT:
		*(const char **)place = value;
		return CMD_GO_ON;
	case CMD_SECONDS:
		return set_seconds(cmd, option, value, (double *)place);
	case CMD_LIST:
		return add_to_list(cmd, option, value, (struct cmd_list *)place);
	}
	return CMD_FAILED;
}

static int lacks_value(const struct cmd *cmd, const struct cmd_option *option)
{
	ui_error("--%s needs a value %s; see '%s --help'", option->name, option->value, cmd->prog);
	return CMD_USAGE;
}

/* Takes one long option; *at is moved to the last argument that it used. */
static int parse_long(const struct cmd *cmd, int argc, char **argv, void *settings, int *at)
{
	const char *name = argv[*at] + 2;
	const char *value = strchr(name, '=');
	const struct cmd_option *option =
		find_long(cmd, name, value ? (size_t)(value - name) : strlen(name));

	if (!option) {
		ui_error("unknown option '%s'; see '%s --help'", argv[*at], cmd->prog);
		return CMD_USAGE;
	}
	if (option->type == CMD_FLAG && value) {
		ui_error("--%s takes no value; see '%s --help'", option->name, cmd->prog);
		return CMD_USAGE;
	}
	if (value)
		return set(cmd, option, value + 1, settings);
	if (!needs_value(option))
		return set(cmd, option, NULL, settings);
	if (++*at >= argc)
		return lacks_value(cmd, option);
	return set(cmd, option, argv[*at], settings);
}

/* Takes one word of short options, like -a, -aj or -i50. */
static int parse_letters(const struct cmd *cmd, int argc, char **argv, void *settings, int *at)
{
	for (const char *letter = argv[*at] + 1; *letter; letter++) {
		const struct cmd_option *option = find_letter(cmd, *letter);
		int status;

		if (!option) {
			ui_error("unknown option '-%c'; see '%s --help'", *letter, cmd->prog);
			return CMD_USAGE;
		}
		if (needs_value(option)) {
			if (letter[1])
				return set(cmd, option, letter + 1, settings);
			if (++*at >= argc)
				return lacks_value(cmd, option);
			return set(cmd, option, argv[*at], settings);
		}
		status = set(cmd, option, NULL, settings);
		if (status != CMD_GO_ON)
			return status;
	}
	return CMD_GO_ON;
}

int cmd_parse(const struct cmd *cmd, int argc, char **argv, void *settings, int *first_operand)
{
	int at, nr_operands = 0;

	ui_begin(cmd->prog);
	for (at = 1; at < argc; at++) {
		char *word = argv[at];
		int status;

		if (!strcmp(word, "--")) {
			at++;
			break;
		}
		if (word[0] != '-' || !word[1]) {
			if (cmd->runs_command)
				break;
			/* In the room of words that have been read. */
			argv[1 + nr_operands++] = word;
			continue;
		}
		if (word[1] == '-')
			status = parse_long(cmd, argc, argv, settings, &at);
		else
			status = parse_letters(cmd, argc, argv, settings, &at);
		if (status != CMD_GO_ON)
			return status;
	}
	*first_operand = at - nr_operands;
	memmove(&argv[*first_operand], &argv[1], (size_t)nr_operands * sizeof(*argv));
	return CMD_GO_ON;
}

int cmd_no_operands(const struct cmd *cmd, int argc, char **argv, int first_operand)
{
	if (first_operand >= argc)
		return CMD_GO_ON;
	ui_error("unexpected argument '%s'; see '%s --help'", argv[first_operand], cmd->prog);
	return CMD_USAGE;
}

static void show_option(const struct cmd_option *option, FILE *out)
{
	char left[64];

	if (option->type == CMD_NUMBER_OR_NOT)
		snprintf(left, sizeof(left), "--%s[=%s]", option->name, option->value);
	else
		snprintf(left, sizeof(left), "--%s%s%s", option->name, option->value ? " " : "",
			 option->value ? option->value : "");
	if (option->letter)
		fprintf(out, "  -%c, %-20s %s\n", option->letter, left, option->help);
	else
		fprintf(out, "      %-20s %s\n", left, option->help);
}

static void show_options(const struct cmd *cmd, FILE *out)
{
	const struct cmd_option *option;

	fputs("\nOptions:\n", out);
	for (option = cmd->options; option && option->name; option++)
		show_option(option, out);
	show_option(&help_option, out);
}

static void show_commands(FILE *out)
{
	fputs("\nCommands:\n", out);
	for (size_t i = 0; cmd_table[i]; i++)
		fprintf(out, "  %-10s %s\n", cmd_table[i]->name, cmd_table[i]->summary);
}

void cmd_show_usage(const struct cmd *cmd, FILE *out)
{
	fprintf(out, "usage: %s [OPTION...]%s%s\n\n%s\n", cmd->prog, cmd->operands ? " " : "",
		cmd->operands ? cmd->operands : "", cmd->summary);
	if (!cmd->name)
		show_commands(out);
	show_options(cmd, out);
	fprintf(out, "\nThe manual page %s tells more.\n", cmd->page);
}
