// SPDX-License-Identifier: GPL-2.0
/* memmon status: what is loaded, attached, seen and lost, and why something is not. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cmd.h"
#include "loss.h"
#include "module.h"
#include "ui.h"

struct settings {
	bool is_json;
	bool is_strict;
};

static const struct cmd_option options[] = {
	{
		.letter = 'j',
		.name = "json",
		.type = CMD_FLAG,
		.help = "print JSON",
		.offset = offsetof(struct settings, is_json),
	},
	{
		.name = "strict",
		.type = CMD_FLAG,
		.help = "exit with 4 if events were dropped",
		.offset = offsetof(struct settings, is_strict),
	},
	{},
};

/* The part of a key behind its prefix, like "kmalloc" in "probe.kmalloc"; NULL for other keys. */
static const char *part_of(const char *key, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(key, prefix, len) || key[len] != '.' ? NULL : key + len + 1;
}

static const char *value_or(const struct memmon_status *status, const char *key)
{
	const char *value = memmon_status_find(status, key);

	return value && *value ? value : "-";
}

static void print_facts(const struct memmon_status *status)
{
	uint64_t ring_bytes;

	printf("mem_monitor %s, source %s, log %s, clock %s\n", value_or(status, "version"),
	       value_or(status, "source"), strcmp(value_or(status, "log"), "0") ? "on" : "off",
	       value_or(status, "clock"));
	printf("rings       %s CPUs, %s records each for requests and for frees",
	       value_or(status, "ring_cpus"), value_or(status, "ring_slots"));
	if (!memmon_status_number(status, "ring_bytes", &ring_bytes))
		printf(", %" PRIu64 " bytes (%s)", ring_bytes, ui_bytes(ring_bytes).text);
	printf("\nlog shows   the newest %s requests\n", value_or(status, "entries"));
	printf("filters     pid %s, comm %s, cache %s, min_bytes %s\n",
	       value_or(status, "filter.pid"), value_or(status, "filter.comm"),
	       value_or(status, "filter.cache"), value_or(status, "filter.min_bytes"));
	printf("caches      %s, names %s\n", value_or(status, "caches"),
	       value_or(status, "cache_names"));
}

/* "missing: no such symbol" becomes the state "missing" and the detail "no such symbol". */
static void split_state(const char *value, int *state_len, const char **detail)
{
	size_t len = strcspn(value, ": ");

	*state_len = (int)len;
	*detail = value + len + strspn(value + len, ": ");
	if (!**detail)
		*detail = "-";
}

static int print_probes(const struct memmon_status *status)
{
	static const struct ui_column columns[] = {
		{ .title = "Probe" },
		{ .title = "State" },
		{ .title = "Seen", .is_right = true, .min_width = 9 },
		{ .title = "Detail" },
	};
	struct ui_table *table = ui_table_create(columns, 4);
	int err;

	for (size_t i = 0; i < memmon_status_count(status); i++) {
		const char *name = part_of(memmon_status_key(status, i), "probe");
		char seen_key[64];
		const char *detail;
		int state_len;

		if (!name)
			continue;
		split_state(memmon_status_value(status, i), &state_len, &detail);
		snprintf(seen_key, sizeof(seen_key), "seen.%s", name);
		ui_table_add(table, "%s", name);
		ui_table_add(table, "%.*s", state_len, memmon_status_value(status, i));
		ui_table_add(table, "%s", value_or(status, seen_key));
		ui_table_add(table, "%s", detail);
	}
	err = ui_table_print(table, stdout);
	ui_table_destroy(table);
	return err;
}

/* Prints " (no_ring 3, ...)": the parts of a sum that are not zero. */
static void print_parts(const struct memmon_status *status, const char *prefix)
{
	const char *before = " (";

	for (size_t i = 0; i < memmon_status_count(status); i++) {
		const char *name = part_of(memmon_status_key(status, i), prefix);

		if (!name || !strcmp(memmon_status_value(status, i), "0"))
			continue;
		printf("%s%s %s", before, name, memmon_status_value(status, i));
		before = ", ";
	}
	puts(before[0] == ',' ? ")" : "");
}

static void print_books(const struct module_look *look)
{
	const struct memmon_books *books = &look->books;

	printf("books: seen %" PRIu64 "\n", books->seen);
	printf("  = recorded  %" PRIu64, books->recorded);
	print_parts(look->status, "recorded");
	printf("  + filtered  %" PRIu64, books->filtered);
	print_parts(look->status, "filtered");
	printf("  + dropped   %" PRIu64, books->dropped);
	print_parts(look->status, "dropped");
	printf("  + in flight %" PRIu64 "\n", books->in_flight);
}

static int print_text(const struct module_look *look)
{
	struct memmon_loss loss = module_loss_of(look);
	int err;

	print_facts(look->status);
	putchar('\n');
	err = print_probes(look->status);
	putchar('\n');
	print_books(look);
	loss_print(&loss, stdout);
	return err;
}

static json_t *value_json(const struct memmon_status *status, size_t i)
{
	uint64_t number;

	if (!memmon_status_number(status, memmon_status_key(status, i), &number) &&
	    number <= INT64_MAX)
		return json_integer((json_int_t)number);
	return ui_json_text(memmon_status_value(status, i));
}

static json_t *probe_json(const char *value)
{
	const char *detail;
	int state_len;

	split_state(value, &state_len, &detail);
	return json_pack("{s:s%, s:o}", "state", value, (size_t)state_len, "detail",
			 ui_json_text(detail));
}

/* Each line as it is, under "lines" for scripts; and the probes taken apart. */
static json_t *status_json(const struct module_look *look)
{
	json_t *lines = json_object();
	struct memmon_loss loss = module_loss_of(look);
	json_t *probes = json_object();
	int err = 0;

	for (size_t i = 0; i < memmon_status_count(look->status); i++) {
		const char *key = memmon_status_key(look->status, i);
		const char *name = part_of(key, "probe");

		if (name)
			err |= json_object_set_new(
				probes, name, probe_json(memmon_status_value(look->status, i)));
		else
			err |= json_object_set_new(lines, key, value_json(look->status, i));
	}
	if (err) {
		json_decref(lines);
		json_decref(probes);
		return NULL;
	}
	return json_pack("{s:s, s:i, s:o, s:o, s:b, s:o, s:o}", "type", "memmon status", "version",
			 1, "status", lines, "probes", probes, "balanced",
			 memmon_books_balance(&look->books), "lost", module_loss_json(&look->books),
			 "loss", loss_json(&loss));
}

static int open_status(struct memmon_file **file)
{
	const char *path = module_status_path();
	int err = memmon_file_open(path, file);

	switch (err) {
	case 0:
		return CMD_OK;
	case -ENOENT:
		ui_error("mem_monitor is not loaded; load it with 'modprobe mem_monitor'");
		return CMD_NO_ACCESS;
	case -EACCES:
	case -EPERM:
		ui_error("no permission to read %s; run memmon as root", path);
		return CMD_NO_ACCESS;
	default:
		ui_error("cannot open %s: %s", path, strerror(-err));
		return CMD_FAILED;
	}
}

/* That newer records take the place of older ones is how the log is meant to work. */
static int verdict(const struct module_look *look, bool is_strict)
{
	struct memmon_loss loss = module_loss_of(look);

	loss.overwritten = 0;
	return loss_verdict(&loss, is_strict);
}

static int show(const struct module_look *look, const struct settings *settings)
{
	int err = settings->is_json ? ui_json_print(status_json(look), stdout) : print_text(look);

	if (err) {
		ui_error("%s", strerror(-err));
		return CMD_FAILED;
	}
	if (!memmon_books_balance(&look->books)) {
		ui_error("the books do not balance: events are missing; please report this");
		return CMD_FAILED;
	}
	return verdict(look, settings->is_strict);
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = { 0 };
	struct memmon_file *file;
	struct module_look look;
	int first, status;

	status = cmd_parse(cmd, argc, argv, &settings, &first);
	if (status == CMD_GO_ON)
		status = cmd_no_operands(cmd, argc, argv, first);
	if (status != CMD_GO_ON)
		return status;
	status = open_status(&file);
	if (status != CMD_OK)
		return status;
	if (module_look_take(file, &look)) {
		status = CMD_FAILED;
	} else {
		status = show(&look, &settings);
		module_look_drop(&look);
	}
	memmon_file_close(file);
	return status;
}

const struct cmd cmd_status = {
	.name = "status",
	.prog = "memmon status",
	.summary = "Show what is attached, seen, lost or missing, and why.",
	.page = "memmon-status(1)",
	.options = options,
	.run = run,
};
