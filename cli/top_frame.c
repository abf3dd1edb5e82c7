// SPDX-License-Identifier: GPL-2.0
/* Lays out a screenful of memmon top: as many columns as there is room for, the important ones first. */
#include <stdarg.h>
#include <string.h>

#include "top.h"
#include "ui.h"

#define NUMBER_WIDTH 7
#define LEAST_NAME_WIDTH 20
#define LEAST_LONG_NAME_WIDTH 29
#define LEAST_SPARK_WIDTH 10
#define GREATEST_SPARK_WIDTH 30
#define WIDE_NAME_WIDTH 44

/**
 * struct layout - what of a row there is room for
 * @columns: @nr of them, from left to right
 * @name_width: columns for the name; it comes first
 * @spark_width: columns for the history; it comes last
 */
struct layout {
	enum top_column columns[TOP_NR_COLUMNS];
	unsigned int nr;
	unsigned int name_width;
	unsigned int spark_width;
};

/* The important ones first; and which are left of which. */
static const enum top_column important[] = { TOP_REQUESTS, TOP_LIVE,  TOP_GROWTH,
					     TOP_FREES,	   TOP_BYTES, TOP_OBJECTS };
static const enum top_column ordered[] = { TOP_REQUESTS, TOP_FREES,  TOP_BYTES,
					   TOP_LIVE,	 TOP_GROWTH, TOP_OBJECTS };
#define NR_NUMBERS (sizeof(ordered) / sizeof(ordered[0]))

/* "function+0x1c [module]" and paths are longer than the names of caches and processes. */
static unsigned int least_name_width(const struct top_model *model)
{
	switch (model->levels[model->depth].key) {
	case MEMMON_TOTAL_SITE:
	case MEMMON_TOTAL_STACK:
	case MEMMON_TOTAL_CGROUP:
		return LEAST_LONG_NAME_WIDTH;
	default:
		return LEAST_NAME_WIDTH;
	}
}

static void make_layout(const struct top_model *model, unsigned int width, struct layout *layout)
{
	bool has_live = memmon_totals_books(model->totals)->has_live;
	unsigned int left = width - least_name_width(model);
	bool is_shown[TOP_NR_COLUMNS] = { 0 };

	memset(layout, 0, sizeof(*layout));
	for (size_t i = 0; i < NR_NUMBERS; i++) {
		enum top_column column = important[i];
		unsigned int needed = NUMBER_WIDTH + 1;

		/* The history is worth more than the last of the columns. */
		if (column == TOP_OBJECTS)
			needed += LEAST_SPARK_WIDTH + 1;
		if ((top_column_needs_live(column) && !has_live) || left < needed)
			continue;
		is_shown[column] = true;
		left -= NUMBER_WIDTH + 1;
	}
	for (size_t i = 0; i < NR_NUMBERS; i++)
		if (is_shown[ordered[i]])
			layout->columns[layout->nr++] = ordered[i];
	if (left >= LEAST_SPARK_WIDTH + 1)
		layout->spark_width = LEAST_SPARK_WIDTH;
	layout->name_width = width - layout->nr * (NUMBER_WIDTH + 1);
	if (!layout->spark_width)
		return;
	layout->name_width -= layout->spark_width + 1;
	while (layout->name_width > WIDE_NAME_WIDTH && layout->spark_width < GREATEST_SPARK_WIDTH) {
		layout->name_width--;
		layout->spark_width++;
	}
}

/* Cuts text behind so many columns. Each character is one: of UTF-8 there are only bars. */
static void cut(char *text, unsigned int width)
{
	for (; *text && (width || (*text & 0xc0) == 0x80); text++)
		width -= (*text & 0xc0) != 0x80;
	*text = '\0';
}

void top_write(struct top_frame *frame, unsigned int line, enum top_look look, const char *format,
	       ...)
{
	struct top_line *to;
	va_list args;

	if (line >= frame->height || line >= TOP_MAX_HEIGHT)
		return;
	to = &frame->lines[line];
	va_start(args, format);
	vsnprintf(to->text, sizeof(to->text), format, args);
	va_end(args);
	cut(to->text, frame->width);
	to->look = look;
}

static void print_head(const struct top_model *model, const struct layout *layout,
		       struct top_frame *frame, unsigned int line)
{
	enum top_column sort = model->sort;
	const char *title = top_key_title(model->levels[model->depth].key);
	char text[TOP_LINE_BYTES];
	unsigned int mark = 0, mark_width = sort == TOP_NAME ? (unsigned int)strlen(title) : 0;
	size_t used;

	used = (size_t)snprintf(text, sizeof(text), "%-*.*s", (int)layout->name_width,
				(int)layout->name_width, title);
	for (unsigned int i = 0; i < layout->nr; i++) {
		const char *name = top_column_title(layout->columns[i]);

		used += (size_t)snprintf(text + used, sizeof(text) - used, " %*s", NUMBER_WIDTH,
					 name);
		if (layout->columns[i] == sort) {
			mark_width = (unsigned int)strlen(name);
			mark = (unsigned int)used - mark_width;
		}
	}
	if (layout->spark_width)
		snprintf(text + used, sizeof(text) - used, " %-*s", (int)layout->spark_width,
			 top_column_needs_live(sort) ? "live" : "req/s");
	top_write(frame, line, TOP_BOLD, "%s", text);
	frame->lines[line].mark = mark;
	frame->lines[line].mark_width = mark_width;
}

static void print_row(struct top_model *model, const struct layout *layout, size_t place,
		      struct top_frame *frame, unsigned int line)
{
	struct top_level *level = top_level(model);
	const struct memmon_totals_row *row =
		memmon_totals_view_at(level->view, model->order[place]);
	const char *full = memmon_totals_view_name(level->view, model->order[place]);
	uint64_t interval_ns = memmon_totals_books(model->totals)->interval_ns;
	char text[TOP_LINE_BYTES], name[TOP_NAME_BYTES], number[32];
	size_t used;

	snprintf(name, sizeof(name), "%s", full ? full : "?");
	ui_clean(name);
	/* What was cut off is seen. */
	if (strlen(name) > layout->name_width)
		name[layout->name_width - 1] = '~';
	used = (size_t)snprintf(text, sizeof(text), "%-*.*s", (int)layout->name_width,
				(int)layout->name_width, name);
	for (unsigned int i = 0; i < layout->nr; i++) {
		top_column_print(layout->columns[i],
				 top_column_value(layout->columns[i], row, interval_ns), number,
				 sizeof(number));
		used += (size_t)snprintf(text + used, sizeof(text) - used, " %*s", NUMBER_WIDTH,
					 number);
	}
	if (layout->spark_width) {
		text[used++] = ' ';
		top_spark(top_column_needs_live(model->sort) ? row->live_bytes : row->rates,
			  memmon_totals_intervals(model->totals), layout->spark_width,
			  frame->is_utf8, text + used, sizeof(text) - used);
	}
	top_write(frame, line, place == level->selected ? TOP_REVERSE : TOP_PLAIN, "%s", text);
}

/* Moves the part of the rows that is shown, so that the chosen one is in it. */
static void scroll(struct top_level *level, size_t nr_rows, unsigned int page)
{
	if (level->selected < level->first)
		level->first = level->selected;
	if (level->selected >= level->first + page)
		level->first = level->selected - page + 1;
	if (level->first && level->first + page > nr_rows)
		level->first = nr_rows > page ? nr_rows - page : 0;
}

static void print_loss(const struct top_model *model, struct top_frame *frame)
{
	const struct memmon_totals_books *books = memmon_totals_books(model->totals);
	char text[TOP_LINE_BYTES];

	top_loss(books, frame->width, text, sizeof(text));
	top_write(frame, frame->height - 1, top_is_incomplete(books) ? TOP_WARNING : TOP_BOLD, "%s",
		  text);
}

static void clear(struct top_frame *frame)
{
	if (frame->height > TOP_MAX_HEIGHT)
		frame->height = TOP_MAX_HEIGHT;
	if (frame->width > TOP_MAX_WIDTH)
		frame->width = TOP_MAX_WIDTH;
	for (unsigned int i = 0; i < frame->height; i++) {
		frame->lines[i].text[0] = '\0';
		frame->lines[i].look = TOP_PLAIN;
		frame->lines[i].mark_width = 0;
	}
}

int top_draw(struct top_model *model, struct top_frame *frame)
{
	struct top_level *level = top_level(model);
	struct layout layout;
	unsigned int line;
	int err;

	clear(frame);
	if (frame->width < TOP_LEAST_WIDTH || frame->height < TOP_LEAST_HEIGHT) {
		top_write(frame, 0, TOP_PLAIN, "too small: memmon top needs %dx%d", TOP_LEAST_WIDTH,
			  TOP_LEAST_HEIGHT);
		return 0;
	}
	if (model->shows_help) {
		top_draw_help(model, frame);
		print_loss(model, frame);
		return 0;
	}
	err = top_order(model);
	if (err)
		return err;
	make_layout(model, frame->width, &layout);
	line = top_draw_head(model, frame);
	print_head(model, &layout, frame, line++);
	frame->page = frame->height - 1 - line;
	scroll(level, model->nr_rows, frame->page);
	for (size_t i = level->first; i < model->nr_rows && line + 1 < frame->height; i++)
		print_row(model, &layout, i, frame, line++);
	print_loss(model, frame);
	return 0;
}
