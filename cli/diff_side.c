// SPDX-License-Identifier: GPL-2.0
/* Reads one side of a comparison, and folds what has one name into one entry. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "diff.h"
#include "report.h"
#include "ui.h"

void diff_side_drop(struct diff_side *side)
{
	for (size_t i = 0; i < side->nr_entries; i++) {
		free(side->entries[i].name);
		free(side->entries[i].detail);
	}
	free(side->entries);
	memset(side, 0, sizeof(*side));
}

int diff_side_add(struct diff_side *side, enum memmon_section section, const char *name,
		  const char *detail, const int64_t *values)
{
	struct diff_entry *entry;

	if (side->nr_entries == side->room) {
		size_t room = side->room ? side->room * 2 : 64;
		void *entries = reallocarray(side->entries, room, sizeof(*side->entries));

		if (!entries)
			return -ENOMEM;
		side->entries = entries;
		side->room = room;
	}
	entry = &side->entries[side->nr_entries];
	entry->section = section;
	entry->name = strdup(name);
	entry->detail = detail ? strdup(detail) : NULL;
	memcpy(entry->values, values, sizeof(entry->values));
	side->nr_entries++;
	return entry->name && (entry->detail || !detail) ? 0 : -ENOMEM;
}

static int compare(const void *a, const void *b)
{
	const struct diff_entry *first = a, *second = b;

	if (first->section != second->section)
		return first->section < second->section ? -1 : 1;
	return strcmp(first->name, second->name);
}

/* Makes one entry of all that have one name. */
static void fold(struct diff_side *side)
{
	size_t nr = 0;

	if (!side->nr_entries)
		return;
	qsort(side->entries, side->nr_entries, sizeof(*side->entries), compare);
	for (size_t i = 1; i < side->nr_entries; i++) {
		struct diff_entry *into = &side->entries[nr], *entry = &side->entries[i];

		if (compare(into, entry)) {
			side->entries[++nr] = *entry;
			continue;
		}
		for (unsigned int j = 0; j < DIFF_NR_METRICS; j++)
			into->values[j] += entry->values[j];
		free(entry->name);
		free(entry->detail);
		free(into->detail);
		into->detail = NULL;
	}
	side->nr_entries = nr + 1;
}

static int put_name(struct memmon_report *report, enum memmon_section section, size_t row,
		    unsigned int key, enum memmon_naming naming, FILE *out)
{
	int len = memmon_report_name(report, section, row, key, naming, NULL, 0);
	char *name = malloc((size_t)len + 1);

	if (!name)
		return -ENOMEM;
	memmon_report_name(report, section, row, key, naming, name, (size_t)len + 1);
	fputs(name, out);
	free(name);
	return 0;
}

/* All keys of a row as one text, to free(); NULL without memory. */
static char *join_names(struct memmon_report *report, const struct memmon_report_options *options,
			enum memmon_section section, size_t row, enum memmon_naming naming)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int err = out ? 0 : -ENOMEM;

	for (unsigned int key = 0; key < options->nr_keys && !err; key++) {
		if (key)
			fputc('\t', out);
		err = put_name(report, section, row, key, naming, out);
	}
	if (out && fclose(out))
		err = -ENOMEM;
	if (!err)
		return text;
	free(text);
	return NULL;
}

static int add_named(struct memmon_report *report, const struct memmon_report_options *options,
		     enum memmon_section section, size_t row, const int64_t *values,
		     struct diff_side *side)
{
	char *name = join_names(report, options, section, row, MEMMON_NAME_STABLE);
	char *detail = join_names(report, options, section, row, MEMMON_NAME_FULL);
	int err = -ENOMEM;

	if (name && detail)
		err = diff_side_add(side, section, name, detail, values);
	free(name);
	free(detail);
	return err;
}

static int add_rows(struct memmon_report *report, const struct memmon_report_options *options,
		    enum memmon_section section, struct diff_side *side)
{
	int err = 0;

	for (size_t row = 0; row < memmon_report_count(report, section) && !err; row++) {
		const struct memmon_sums *sums = memmon_report_sums(report, section, row);
		const int64_t values[] = {
			[DIFF_REQUESTS] = (int64_t)sums->requests,
			[DIFF_BYTES_TAKEN] = (int64_t)sums->bytes_taken,
			[DIFF_OUTSTANDING_BYTES] = (int64_t)sums->outstanding_bytes,
			[DIFF_OUTSTANDING_OBJECTS] = (int64_t)sums->outstanding_objects,
		};

		/* Only frees of what was there before. */
		if (!sums->requests)
			continue;
		err = add_named(report, options, section, row, values, side);
	}
	return err;
}

static void set_known(struct memmon_report *report, struct diff_side *side)
{
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS; i++) {
		enum memmon_frees frees = memmon_report_frees(report, i);

		side->is_known[i][DIFF_REQUESTS] = true;
		side->is_known[i][DIFF_BYTES_TAKEN] = memmon_report_knows_taken(report);
		side->is_known[i][DIFF_OUTSTANDING_BYTES] = frees != MEMMON_FREES_NONE;
		side->is_known[i][DIFF_OUTSTANDING_OBJECTS] = frees != MEMMON_FREES_NONE;
		side->is_bound[i] = frees == MEMMON_FREES_SOME || memmon_report_unseen(report, i);
	}
}

static int add_report(struct memmon_reader *reader, const struct memmon_report_options *options,
		      struct diff_side *side)
{
	struct memmon_report_window window;
	struct memmon_report *report = NULL;
	int err = memmon_report_create(reader, options, &report);

	if (!err)
		err = memmon_report_read(report);
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS && !err; i++)
		err = add_rows(report, options, i, side);
	if (!err)
		err = memmon_reader_loss(reader, &side->loss);
	if (!err) {
		window = memmon_report_window(report);
		side->seconds = (double)(window.until_ns - window.from_ns) / 1e9;
		side->has_loss = true;
		set_known(report, side);
	}
	memmon_report_destroy(report);
	return err;
}

static int read_recording(const char *path, const struct memmon_report_options *options,
			  struct diff_side *side)
{
	struct memmon_reader *reader;
	int status = report_open(path, &reader);
	int err;

	if (status != CMD_GO_ON)
		return status;
	snprintf(side->kernel, sizeof(side->kernel), "%s",
		 memmon_reader_machine(reader)->kernel_release);
	if (report_has_key(options, MEMMON_KEY_STACK))
		status = report_check_stacks(path, reader);
	err = status == CMD_GO_ON ? add_report(reader, options, side) : 0;
	memmon_reader_close(reader);
	if (!err)
		return status;
	ui_error("cannot read the recording %s: %s", path, strerror(-err));
	return CMD_FAILED;
}

int diff_side_read(const char *path, const struct memmon_report_options *options,
		   struct diff_side *side)
{
	struct stat about;
	int status;

	memset(side, 0, sizeof(*side));
	side->path = path;
	if (!stat(path, &about) && !S_ISDIR(about.st_mode))
		status = diff_stat_read(path, options, side);
	else
		status = read_recording(path, options, side);
	fold(side);
	return status;
}
