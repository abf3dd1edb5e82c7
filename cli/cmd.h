/* SPDX-License-Identifier: GPL-2.0 */
/* What a subcommand is: its options, its help and how it runs. */
#ifndef CMD_H
#define CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Exit codes; `memmon stat` passes on the status of the command it ran. */
enum cmd_exit {
	CMD_OK = 0,
	CMD_FAILED = 1,
	CMD_USAGE = 2,
	CMD_NO_ACCESS = 3, /* no module, or no permission */
	CMD_INCOMPLETE = 4, /* events are missing, and --strict was asked for */
};

/* What cmd_parse() says when the command is to go on. */
#define CMD_GO_ON (-1)

enum cmd_option_type {
	CMD_FLAG, /* bool */
	CMD_NUMBER, /* unsigned int */
	CMD_NUMBER_OR_NOT, /* the same; without a value, which only "=" gives, it is @otherwise */
	CMD_TEXT, /* const char * */
	CMD_SECONDS, /* double; @max is the greatest */
	CMD_LIST, /* struct cmd_list; the option may be given again */
};

#define CMD_LIST_MAX 32

/**
 * struct cmd_list - the values of an option that was given several times
 */
struct cmd_list {
	const char *items[CMD_LIST_MAX];
	unsigned int nr;
};

/**
 * struct cmd_option - one option: what the parser takes and --help says
 * @letter: short name, or 0
 * @name: long name; NULL ends a table
 * @value: what help and man page call the value; NULL for a flag
 * @offset: where the value goes in the command's settings
 * @min: smallest number taken
 * @max: largest number taken
 * @otherwise: what a CMD_NUMBER_OR_NOT without a number is
 */
struct cmd_option {
	char letter;
	const char *name;
	enum cmd_option_type type;
	const char *value;
	const char *help;
	size_t offset;
	unsigned int min;
	unsigned int max;
	unsigned int otherwise;
};

/**
 * struct cmd - one subcommand
 * @prog: what its messages begin with, like "memmon stat"
 * @operands: what may follow the options, as help shows it; NULL for nothing
 * @page: its manual page
 * @runs_command: its operands are a command with options of its own, so its own options come before
 */
struct cmd {
	const char *name;
	const char *prog;
	const char *operands;
	const char *summary;
	const char *page;
	bool runs_command;
	const struct cmd_option *options;
	int (*run)(const struct cmd *cmd, int argc, char **argv);
};

/* memmon itself: the global options. It has no name and no run function. */
extern const struct cmd cmd_memmon;

extern const struct cmd cmd_diff;
extern const struct cmd cmd_help;
extern const struct cmd cmd_leaks;
extern const struct cmd cmd_log;
extern const struct cmd cmd_pages;
extern const struct cmd cmd_record;
extern const struct cmd cmd_report;
extern const struct cmd cmd_slabs;
extern const struct cmd cmd_stat;
extern const struct cmd cmd_status;
extern const struct cmd cmd_top;
extern const struct cmd cmd_verify;

/* All subcommands in the order in which help lists them; ends with NULL. */
extern const struct cmd *const cmd_table[];

/**
 * cmd_find() - the subcommand with this name, or NULL
 */
const struct cmd *cmd_find(const char *name);

/**
 * cmd_parse() - fill a command's settings from its arguments
 * @cmd: the command
 * @argc: number of arguments, with the command's own name
 * @argv: the arguments
 * @settings: the structure that the offsets in the option table point into
 * @first_operand: index of the first argument that is no option
 *
 * Parsing ends at `--`, and at the first operand if that is a command. Otherwise operands and options may
 * be mixed; then the operands are moved to the end of @argv. --help is answered here, and so is a mistake.
 *
 * Return: CMD_GO_ON, or the exit code to end with.
 */
int cmd_parse(const struct cmd *cmd, int argc, char **argv, void *settings, int *first_operand);

/**
 * cmd_no_operands() - complain about operands of a command that takes none
 *
 * Return: CMD_GO_ON or CMD_USAGE.
 */
int cmd_no_operands(const struct cmd *cmd, int argc, char **argv, int first_operand);

/**
 * cmd_show_usage() - print a command's help
 */
void cmd_show_usage(const struct cmd *cmd, FILE *out);

#endif
