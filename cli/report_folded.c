// SPDX-License-Identifier: GPL-2.0
/* Shows a report as folded call stacks, one on each line, for programs that draw flame graphs. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/**
 * struct folded_line - a call stack
 * @text: its frames, the outermost first
 */
struct folded_line {
	char *text;
	uint64_t value;
};

/* @nr lines, in memory for as many rows as there are. */
struct folded {
	struct folded_line *lines;
	size_t nr;
};

/*
 * A frame between semicolons; a blank would begin the value. The blank before a module's bracket becomes '_', as
 * other tools have it.
 */
static void put_frame(FILE *out, const char *name, bool is_first)
{
	if (!is_first)
		fputc(';', out);
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;

		if (c == ' ' && name[1] == '[')
			fputc('_', out);
		else if (c == '\\')
			fputs("\\\\", out);
		else if (c == ';' || c <= ' ' || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
}

static void put_stack(const struct report_view *view, enum memmon_section section, size_t row,
		      FILE *out)
{
	const uint64_t *frames;
	size_t nr = memmon_report_stack(view->report, section, row, &frames);
	char name[REPORT_NAME_BYTES];

	/* A stack that was cut off hangs on no thread's beginning. */
	if (nr == MEMMON_STACK_FRAMES)
		put_frame(out, "(may-go-on)", false);
	while (nr--) {
		if (!frames[nr]) {
			put_frame(out, "(gone)", false);
			continue;
		}
		memmon_report_frame(view->report, frames[nr], MEMMON_NAME_STABLE, name,
				    sizeof(name));
		/* Addresses without a name stay apart. */
		if (!strcmp(name, "(not known)"))
			memmon_report_frame(view->report, frames[nr], MEMMON_NAME_FULL, name,
					    sizeof(name));
		put_frame(out, name, false);
	}
}

/* The keys are frames, too, outside of the stack or inside as the user has ordered them. */
static char *make_text(const struct report_view *view, enum memmon_section section, size_t row)
{
	char name[REPORT_NAME_BYTES];
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	const uint64_t *frames;
	uint64_t id;

	if (!out)
		return NULL;
	put_frame(out, section == MEMMON_SECTION_PAGES ? "pages" : "slab", true);
	for (unsigned int key = 0; key < view->options.nr_keys; key++) {
		if (view->options.keys[key] == MEMMON_KEY_STACK &&
		    memmon_report_stack(view->report, section, row, &frames)) {
			put_stack(view, section, row, out);
			continue;
		}
		if (view->options.keys[key] == MEMMON_KEY_STACK)
			snprintf(name, sizeof(name),
				 memmon_report_value(view->report, section, row, key, &id) ?
					 "(not-known)" :
					 "(no-stack)");
		else
			memmon_report_name(view->report, section, row, key, MEMMON_NAME_FULL, name,
					   sizeof(name));
		put_frame(out, name, false);
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static int add_section(const struct report_view *view, enum memmon_section section,
		       struct folded *folded)
{
	size_t nr_rows = memmon_report_count(view->report, section);

	for (size_t row = 0; row < nr_rows; row++) {
		const struct memmon_sums *sums = memmon_report_sums(view->report, section, row);
		uint64_t value = view->value->value(sums);
		char *text;

		if (!value || !report_is_known(view, section, sums, view->value))
			continue;
		text = make_text(view, section, row);
		if (!text)
			return -ENOMEM;
		folded->lines[folded->nr++] = (struct folded_line){ .text = text, .value = value };
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct folded_line *)a)->text, ((const struct folded_line *)b)->text);
}

/* Stacks that differ only in offsets are one line. */
static void print(struct folded *folded, FILE *out)
{
	if (folded->nr)
		qsort(folded->lines, folded->nr, sizeof(*folded->lines), compare);
	for (size_t i = 0; i < folded->nr;) {
		const char *text = folded->lines[i].text;
		uint64_t value = 0;

		for (; i < folded->nr && !strcmp(folded->lines[i].text, text); i++)
			value += folded->lines[i].value;
		fprintf(out, "%s %" PRIu64 "\n", text, value);
	}
}

int report_folded(const struct report_view *view, FILE *out)
{
	struct folded folded = { 0 };
	size_t nr_rows = 0;
	int err = 0;

	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS; i++)
		nr_rows += memmon_report_count(view->report, i);
	folded.lines = calloc(nr_rows + 1, sizeof(*folded.lines));
	if (!folded.lines)
		return -ENOMEM;
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS && !err; i++)
		err = add_section(view, i, &folded);
	if (!err)
		print(&folded, out);
	for (size_t i = 0; i < folded.nr; i++)
		free(folded.lines[i].text);
	free(folded.lines);
	return err;
}
