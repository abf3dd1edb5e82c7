// SPDX-License-Identifier: GPL-2.0
/* The lines above the rows of memmon top, the loss line below them, and the help. */
#include <inttypes.h>
#include <string.h>

#include "top.h"
#include "ui.h"

static const struct {
	enum memmon_total_key key;
	const char *title;
	const char *narrow;
} tabs[] = {
	{ MEMMON_TOTAL_CACHE, "1 caches", "1cache" },
	{ MEMMON_TOTAL_SITE, "2 sites", "2site" },
	{ MEMMON_TOTAL_TGID, "3 processes", "3proc" },
	{ MEMMON_TOTAL_CGROUP, "4 cgroups", "4cgrp" },
	{ MEMMON_TOTAL_ORDER, "5 orders", "5ord" },
	{ MEMMON_TOTAL_STACK, "6 stacks", "6stk" },
};

/* As wide as all tabs with their whole titles. */
#define TABS_WIDTH 70

static void print_state(const struct top_model *model, char *text, size_t size)
{
	if (model->is_over)
		snprintf(text, size, "at its end");
	else if (model->is_paused)
		snprintf(text, size, "paused");
	else if (model->is_recording && model->speed < 1)
		snprintf(text, size, "1/%.0f of its speed", 1 / model->speed);
	else if (model->is_recording)
		snprintf(text, size, "%.0f times its speed", model->speed);
	else
		snprintf(text, size, "every %g s", model->interval);
}

/* "memmon top  0:01:23  every 1 s  objects                      h: help" */
static void print_title(struct top_model *model, struct top_frame *frame)
{
	const struct memmon_totals_books *books = memmon_totals_books(model->totals);
	uint64_t seconds = books->elapsed_ns / 1000000000;
	char state[40], left[200];
	int room;

	print_state(model, state, sizeof(state));
	snprintf(left, sizeof(left), "memmon top  %" PRIu64 ":%02u:%02u  %s  %s", seconds / 3600,
		 (unsigned int)(seconds / 60 % 60), (unsigned int)(seconds % 60), state,
		 top_level(model)->section == MEMMON_SECTION_SLAB ? "objects" : "pages");
	room = (int)frame->width - (int)strlen("h: help");
	top_write(frame, 0, TOP_BOLD, "%-*.*s%s", room, room, left, "h: help");
}

static void print_tabs(const struct top_model *model, struct top_frame *frame)
{
	bool is_wide = frame->width >= TABS_WIDTH;
	char text[TOP_LINE_BYTES] = "";
	unsigned int mark = 0, mark_width = 0;
	size_t used = 0;

	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		const char *title = is_wide ? tabs[i].title : tabs[i].narrow;

		if (!top_has_key(model, tabs[i].key))
			continue;
		if (tabs[i].key == model->levels[model->depth].key) {
			mark = (unsigned int)used;
			mark_width = (unsigned int)strlen(title);
		}
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", title,
					 is_wide ? "  " : " ");
	}
	top_write(frame, 1, TOP_PLAIN, "%s", text);
	frame->lines[1].mark = mark;
	frame->lines[1].mark_width = mark_width;
}

/* What one went into, and what is typed: "cache dentry > site d_alloc+0x1c  filter: foo_" */
static void print_path(const struct top_model *model, char *text, size_t size)
{
	const struct top_level *level = &model->levels[model->depth];
	size_t used = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < level->nr_where && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s %s", i ? " > " : "in ",
					 memmon_totals_key_name(level->where[i].key),
					 level->names[i] ? level->names[i] : "?");
	if (used < size && (model->match[0] || model->is_typing))
		snprintf(text + used, size - used, "%sfilter: %s%s", used ? "  " : "", model->match,
			 model->is_typing ? "_" : "");
	ui_clean(text);
}

static void print_sum(struct top_model *model, struct top_frame *frame)
{
	const struct memmon_totals_books *books = memmon_totals_books(model->totals);
	const struct memmon_totals_row *sum = memmon_totals_view_sum(top_level(model)->view);
	char path[TOP_NAME_BYTES], numbers[TOP_NR_COLUMNS][32];

	print_path(model, path, sizeof(path));
	if (path[0]) {
		top_write(frame, 2, TOP_BOLD, "%s", path);
		return;
	}
	for (unsigned int i = 0; i < TOP_NR_COLUMNS; i++)
		top_column_print(i, top_column_value(i, sum, books->interval_ns), numbers[i],
				 sizeof(numbers[i]));
	if (books->has_live)
		top_write(frame, 2, TOP_PLAIN,
			  "req/s %s  free/s %s  bytes/s %s  live %s  growth %s  rows %zu",
			  numbers[TOP_REQUESTS], numbers[TOP_FREES], numbers[TOP_BYTES],
			  numbers[TOP_LIVE], numbers[TOP_GROWTH], model->nr_rows);
	else
		top_write(frame, 2, TOP_PLAIN, "req/s %s  free/s %s  bytes/s %s  rows %zu",
			  numbers[TOP_REQUESTS], numbers[TOP_FREES], numbers[TOP_BYTES],
			  model->nr_rows);
}

unsigned int top_draw_head(struct top_model *model, struct top_frame *frame)
{
	print_title(model, frame);
	print_tabs(model, frame);
	print_sum(model, frame);
	return 3;
}

bool top_is_incomplete(const struct memmon_totals_books *books)
{
	return books->other || books->lost || books->untracked || books->is_unfinished;
}

static void short_count(uint64_t count, char *text, size_t size)
{
	if (count < 100000)
		snprintf(text, size, "%" PRIu64, count);
	else
		top_column_print(TOP_REQUESTS, (double)count, text, size);
}

void top_loss(const struct memmon_totals_books *books, unsigned int width, char *text, size_t size)
{
	const char *end = books->is_unfinished ? "; unfinished" : "";
	char seen[32], other[32], lost[32], untracked[32];

	snprintf(text, size,
		 "seen %s = filtered %s + counted %s + in flight %s; other %s, untracked %s, lost "
		 "%s%s",
		 ui_count(books->seen).text, ui_count(books->filtered).text,
		 ui_count(books->counted).text, ui_count(books->in_flight).text,
		 ui_count(books->other).text, ui_count(books->untracked).text,
		 ui_count(books->lost).text, end);
	if (strlen(text) <= width)
		return;
	short_count(books->seen, seen, sizeof(seen));
	short_count(books->other, other, sizeof(other));
	short_count(books->untracked, untracked, sizeof(untracked));
	short_count(books->lost, lost, sizeof(lost));
	snprintf(text, size, "seen %s, other %s, untracked %s, lost %s%s", seen, other, untracked,
		 lost, end);
	if (strlen(text) > width)
		snprintf(text, size, "seen %s other %s untr. %s lost %s", seen, other, untracked,
			 lost);
}

void top_draw_help(const struct top_model *model, struct top_frame *frame)
{
	static const char *const lines[] = {
		"1 to 6, Tab      another view",
		"m                objects or pages",
		"Up, Down, PgUp   choose a row",
		"Enter            go into it",
		"Backspace        and out again",
		"s, S             next, last column to sort by",
		"i                the least first",
		"/                only rows with some text",
		"Space            pause, go on",
		"r                count growth from now on",
		"q                end",
	};
	unsigned int line = 0;

	top_write(frame, line++, TOP_BOLD, "Keys of memmon top; any key to go on");
	if (model->is_recording) {
		top_write(frame, line++, TOP_PLAIN, "+, -             faster, slower");
		top_write(frame, line++, TOP_PLAIN, ".                one interval of a pause");
	} else {
		top_write(frame, line++, TOP_PLAIN, "+, -             look more often, less often");
	}
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (line + 1 < frame->height)
			top_write(frame, line++, TOP_PLAIN, "%s", lines[i]);
	if (line + 3 >= frame->height)
		return;
	line++;
	top_write(frame, line++, TOP_PLAIN,
		  "live, growth: what is held of what was asked for since");
	if (line + 2 < frame->height)
		top_write(frame, line++, TOP_PLAIN, "the start; a free counts for who frees.");
}
