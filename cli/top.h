/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of memmon top: where the numbers come from, what is looked at, and the ways of showing it. */
#ifndef TOP_H
#define TOP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "filter_options.h"
#include "memmon/totals.h"

#define TOP_NAME_BYTES 1024
#define TOP_MATCH_BYTES 64

/* ---- columns (top_columns.c) ---- */

enum top_column {
	TOP_REQUESTS,
	TOP_FREES,
	TOP_BYTES,
	TOP_LIVE,
	TOP_GROWTH,
	TOP_OBJECTS,
	TOP_NAME,
	TOP_NR_COLUMNS
};

/* What --sort calls a column; NULL behind the last one. */
const char *top_column_name(unsigned int column);

/* What stands above it. */
const char *top_column_title(enum top_column column);

/* Return: 0 or -ENOENT. */
int top_column_find(const char *name, enum top_column *ret);

/* Is there nothing in this column if it is not known what is held? */
bool top_column_needs_live(enum top_column column);

/* The number of a row; that of a rate is per second. Of TOP_NAME it is 0. */
double top_column_value(enum top_column column, const struct memmon_totals_row *row,
			uint64_t interval_ns);

/* The same in up to 7 characters, like "12.3k", "+1.5M"; "-" for TOP_NAME. */
void top_column_print(enum top_column column, double value, char *text, size_t size);

/* ---- history (top_spark.c) ---- */

/**
 * top_spark() - the last numbers as a line of bars, the newest at the right
 * @history: that of interval i is at i % MEMMON_TOTALS_HISTORY
 * @nr_intervals: how many intervals there have been
 * @width: columns
 * @is_utf8: blocks; otherwise characters of ASCII
 * @text: gets up to three bytes for each column, and a zero
 */
void top_spark(const uint64_t *history, uint64_t nr_intervals, unsigned int width, bool is_utf8,
	       char *text, size_t size);

/* ---- what is looked at (top_model.c, top_rows.c) ---- */

/**
 * struct top_level - what one looks at: all there is, or what one went into
 * @section: objects or pages; of caches always the first, of orders the second
 * @key: what rows are
 * @where: what they are of
 * @names: what each of @where is called
 * @view: of the first level one of the model's, of others its own
 * @chosen: part of the row that was chosen, if one was; the choice moves with the row
 * @selected: place of the row that is chosen
 * @first: place of the row at the top of the screen
 */
struct top_level {
	enum memmon_section section;
	enum memmon_total_key key;
	struct memmon_totals_where where[MEMMON_TOTALS_MAX_WHERE];
	const char *names[MEMMON_TOTALS_MAX_WHERE];
	unsigned int nr_where;
	struct memmon_totals_view *view;
	bool has_chosen;
	uint64_t chosen;
	size_t selected;
	size_t first;
};

#define TOP_MAX_LEVELS (MEMMON_TOTALS_MAX_WHERE + 1)

/**
 * struct top_model - what is looked at, and how
 * @views: of the first level; NULL where there is none
 * @levels: @depth of them below the one that is shown
 * @sort: column that rows are ordered by
 * @is_reversed: the least first
 * @match: only rows with this in their name; "" for all
 * @order: the rows that match, in order, @nr_rows of them
 * @interval: seconds between two looks
 * @speed: of a recording: how much faster than it happened
 * @wants_step: of a recording that is paused: show one interval
 */
struct top_model {
	struct memmon_totals *totals;
	struct memmon_totals_view *views[MEMMON_NR_SECTIONS][MEMMON_TOTALS_NR_KEYS];
	struct top_level levels[TOP_MAX_LEVELS];
	unsigned int depth;
	enum memmon_section section;
	enum top_column sort;
	bool is_reversed;
	bool has_stacks;
	bool is_recording;
	char match[TOP_MATCH_BYTES];
	bool is_typing;
	bool is_paused;
	bool is_over;
	bool wants_step;
	bool shows_help;
	bool is_ended;
	double interval;
	double speed;
	size_t *order;
	size_t nr_rows;
	size_t room;
};

/* Opens the views. Return: 0 or a negative errno; top_model_exit() is right after either. */
int top_model_init(struct top_model *model, struct memmon_totals *totals, bool has_stacks);
void top_model_exit(struct top_model *model);

static inline struct top_level *top_level(struct top_model *model)
{
	return &model->levels[model->depth];
}

/* Is there a view of this key where one is? */
bool top_has_key(const struct top_model *model, enum memmon_total_key key);

/* Looks at another key, within what one went into. Return: 0 or -ENOMEM. */
int top_show(struct top_model *model, enum memmon_total_key key);

/* Looks at objects or pages; only outside of everything. Return: 0 or -ENOMEM. */
int top_show_section(struct top_model *model, enum memmon_section section);

/* Goes into the row that is chosen, and out again. Return: 0 or -ENOMEM. */
int top_enter(struct top_model *model);
void top_leave(struct top_model *model);

/* Chooses another row, so many further down. */
void top_move(struct top_model *model, long rows);

/* Finds the rows that match, and their order; before they are shown. Return: 0 or -ENOMEM. */
int top_order(struct top_model *model);

/* "caches", "call sites", ... */
const char *top_key_title(enum memmon_total_key key);

/* ---- keys (top_keys.c) ---- */

enum top_key {
	TOP_KEY_UP = 0x110000, /* behind all characters */
	TOP_KEY_DOWN,
	TOP_KEY_LEFT,
	TOP_KEY_RIGHT,
	TOP_KEY_PAGE_UP,
	TOP_KEY_PAGE_DOWN,
	TOP_KEY_HOME,
	TOP_KEY_END,
	TOP_KEY_ENTER,
	TOP_KEY_BACK,
	TOP_KEY_ESCAPE,
	TOP_KEY_TAB,
	TOP_KEY_BACK_TAB,
	TOP_KEY_HELP
};

/**
 * top_key() - do what a key asks for
 * @key: a character, or enum top_key; what means nothing does nothing
 * @page: rows that fit the screen
 *
 * Return: 0 or -ENOMEM.
 */
int top_key(struct top_model *model, int key, unsigned int page);

/* ---- a screenful (top_frame.c, top_head.c, top_help.c) ---- */

#define TOP_LEAST_WIDTH 40
#define TOP_LEAST_HEIGHT 10
#define TOP_LINE_BYTES 600
#define TOP_MAX_HEIGHT 200
#define TOP_MAX_WIDTH 300

enum top_look {
	TOP_PLAIN,
	TOP_BOLD,
	TOP_REVERSE,
	TOP_WARNING
};

/**
 * struct top_line - a line of the screen
 * @mark: columns of it that stand out: the first, and how many
 */
struct top_line {
	char text[TOP_LINE_BYTES];
	enum top_look look;
	unsigned int mark;
	unsigned int mark_width;
};

/**
 * struct top_frame - what is on the screen
 * @width: columns
 * @height: lines
 * @page: rows of the table that fit
 */
struct top_frame {
	unsigned int width;
	unsigned int height;
	unsigned int page;
	bool is_utf8;
	struct top_line lines[TOP_MAX_HEIGHT];
};

/**
 * top_draw() - fill a screen of some size
 * @frame: its width, height and whether it takes UTF-8 are set
 *
 * Return: 0 or -ENOMEM.
 */
int top_draw(struct top_model *model, struct top_frame *frame);

/* Writes a line, cut to the width of the frame. */
void top_write(struct top_frame *frame, unsigned int line, enum top_look look, const char *format,
	       ...) __attribute__((format(printf, 4, 5)));

/* The lines above the rows. Return: how many. */
unsigned int top_draw_head(struct top_model *model, struct top_frame *frame);

/* What was seen and what not, in up to so many columns. */
void top_loss(const struct memmon_totals_books *books, unsigned int width, char *text, size_t size);
bool top_is_incomplete(const struct memmon_totals_books *books);

/* All keys. */
void top_draw_help(const struct top_model *model, struct top_frame *frame);

/* ---- without a screen (top_batch.c, top_json.c) ---- */

/* Both print the rows that are on top, @nr of them, 0 for all. Return: 0 or -ENOMEM. */
int top_batch(struct top_model *model, unsigned int nr, FILE *out);
int top_json(struct top_model *model, unsigned int nr, FILE *out);

/* ---- where the numbers come from (top_source.c) ---- */

/**
 * struct top_options - what the user said; part of the settings of the command
 * @recording: its folder, or NULL
 * @places: rows of totals on each CPU
 * @objects: room for live objects
 */
struct top_options {
	struct filter_options filter;
	const char *recording;
	const char *places;
	const char *objects;
	bool has_stacks;
	bool has_no_ledger;
};

/**
 * struct top_source - a session or a recording
 * @until_ns: how far a recording was shown
 * @has_more: of a recording: events follow
 * @has_stacks: events name call stacks
 */
struct top_source {
	struct memmon_session *session;
	struct memmon_reader *reader;
	struct filter_view *filter;
	struct memmon_totals *totals;
	uint64_t until_ns;
	bool has_more;
	bool has_stacks;
};

/* Return: CMD_GO_ON, or the exit code to end with, after a message; top_source_close() is right after either. */
int top_source_open(const struct top_options *said, struct top_source *source);
void top_source_close(struct top_source *source);

/* Ends an interval; of a recording one of so many seconds. Return: 0 or a negative errno. */
int top_source_look(struct top_source *source, double seconds);

/* ---- the terminal (top_screen.c, top_terminal.c) and what goes on there (top_loop.c) ---- */

/**
 * top_screen_begin() - take the terminal
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int top_screen_begin(void);

/* Can it be shown on a terminal of this name? Return: CMD_GO_ON, or CMD_USAGE after a message. */
int top_terminal_check(const char *name);

/* Gives it back as it was. */
void top_screen_end(void);
void top_screen_size(unsigned int *width, unsigned int *height);
bool top_screen_is_utf8(void);

/* Shows a frame: only what has changed is sent. */
void top_screen_show(const struct top_frame *frame);

/* Waits for a key, up to so many milliseconds. Return: as top_key() takes it; -1 if there was none. */
int top_screen_key(int timeout_ms);

/* Return: an exit code, after a message if it is not CMD_OK. */
int top_watch(struct top_model *model, struct top_source *source);
int top_print(struct top_model *model, struct top_source *source, unsigned int nr_intervals,
	      unsigned int nr_rows, bool is_json);

#endif
