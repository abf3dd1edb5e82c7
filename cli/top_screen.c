// SPDX-License-Identifier: GPL-2.0
/* The terminal: memmon top's frames on it, by ncurses, and its keys. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Its macros would take away common words. */
#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "top.h"
#include "ui.h"

#define WARNING_PAIR 1

static SCREEN *screen;

/* What the terminal shows. */
static struct top_frame shown;

static bool is_utf8;
static bool has_second_screen;

static void choose_colours(void)
{
	const char *no_colour = getenv("NO_COLOR");

	if ((no_colour && no_colour[0]) || !has_colors() || start_color() == ERR)
		return;
	use_default_colors();
	init_pair(WARNING_PAIR, COLOR_RED, -1);
}

int top_screen_begin(void)
{
	const char *name = getenv("TERM");
	const char *enter;
	int status;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		ui_error("standard input and output are no terminal; use --batch");
		return CMD_USAGE;
	}
	setlocale(LC_CTYPE, "");
	is_utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	status = top_terminal_check(name);
	if (status != CMD_GO_ON)
		return status;
	screen = newterm(name, stdout, stdin);
	if (!screen) {
		ui_error("the terminal '%s' cannot be used; use --batch", name);
		return CMD_FAILED;
	}
	/* (char *)-1 is for what is no text. */
	enter = tigetstr("smcup");
	has_second_screen = enter && enter != (char *)-1;
	set_escdelay(50);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	curs_set(0);
	choose_colours();
	return CMD_GO_ON;
}

void top_screen_end(void)
{
	if (!screen)
		return;
	endwin();
	/* Where there is no second screen to leave, what was shown stays, and the rest goes below it. */
	if (!has_second_screen) {
		fputs("\n", stdout);
		fflush(stdout);
	}
	delscreen(screen);
	screen = NULL;
}

void top_screen_size(unsigned int *width, unsigned int *height)
{
	*width = (unsigned int)getmaxx(stdscr);
	*height = (unsigned int)getmaxy(stdscr);
}

bool top_screen_is_utf8(void)
{
	return is_utf8;
}

static attr_t attributes(enum top_look look)
{
	switch (look) {
	case TOP_BOLD:
		return A_BOLD;
	case TOP_REVERSE:
		return A_REVERSE;
	case TOP_WARNING:
		return has_colors() ? A_BOLD | (attr_t)COLOR_PAIR(WARNING_PAIR) : A_BOLD;
	default:
		return A_NORMAL;
	}
}

static bool is_same(const struct top_line *a, const struct top_line *b)
{
	return a->look == b->look && a->mark == b->mark && a->mark_width == b->mark_width &&
	       !strcmp(a->text, b->text);
}

/* The next character of a text of ours: ASCII, or a bar of three bytes. */
static wchar_t next_character(const char **text)
{
	const unsigned char *at = (const unsigned char *)*text;
	int len = at[0] < 0x80 || !at[1] || !at[2] ? 1 : 3;

	if (!at[0])
		return L' ';
	*text += len;
	return len == 1 ? at[0] : (at[0] & 0xf) << 12 | (at[1] & 0x3f) << 6 | (at[2] & 0x3f);
}

/* As cells, to the right border: for curses to find out how each byte is shown takes much longer. */
static void show_line(const struct top_line *line, int at, unsigned int width)
{
	static cchar_t cells[TOP_MAX_WIDTH];
	attr_t look = attributes(line->look);
	const char *text = line->text;

	for (unsigned int x = 0; x < width; x++) {
		bool is_marked = x - line->mark < line->mark_width;

		memset(&cells[x], 0, sizeof(cells[x]));
		cells[x].attr = is_marked ? A_REVERSE : look;
		cells[x].chars[0] = next_character(&text);
	}
	mvwadd_wchnstr(stdscr, at, 0, cells, (int)width);
}

/* To compare cells takes longer than to compare text, so curses gets only the lines that are others. */
void top_screen_show(const struct top_frame *frame)
{
	bool is_new = shown.width != frame->width || shown.height != frame->height;

	if (is_new)
		werase(stdscr);
	for (unsigned int i = 0; i < frame->height; i++) {
		if (!is_new && is_same(&frame->lines[i], &shown.lines[i]))
			continue;
		show_line(&frame->lines[i], (int)i, frame->width);
		shown.lines[i] = frame->lines[i];
	}
	shown.width = frame->width;
	shown.height = frame->height;
	wrefresh(stdscr);
}

static int translate(int key)
{
	static const struct {
		int from;
		int to;
	} keys[] = {
		{ KEY_UP, TOP_KEY_UP },		{ KEY_DOWN, TOP_KEY_DOWN },
		{ KEY_LEFT, TOP_KEY_LEFT },	{ KEY_RIGHT, TOP_KEY_RIGHT },
		{ KEY_PPAGE, TOP_KEY_PAGE_UP }, { KEY_NPAGE, TOP_KEY_PAGE_DOWN },
		{ KEY_HOME, TOP_KEY_HOME },	{ KEY_END, TOP_KEY_END },
		{ KEY_ENTER, TOP_KEY_ENTER },	{ '\r', TOP_KEY_ENTER },
		{ '\n', TOP_KEY_ENTER },	{ KEY_BACKSPACE, TOP_KEY_BACK },
		{ '\b', TOP_KEY_BACK },		{ 0x7f, TOP_KEY_BACK },
		{ 0x1b, TOP_KEY_ESCAPE },	{ '\t', TOP_KEY_TAB },
		{ KEY_BTAB, TOP_KEY_BACK_TAB }, { KEY_F(1), TOP_KEY_HELP },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].from == key)
			return keys[i].to;
	/* Keys that mean nothing, and the one that says that the size has changed. */
	return key < 0x80 ? key : 0;
}

int top_screen_key(int timeout_ms)
{
	int key;

	wtimeout(stdscr, timeout_ms);
	key = wgetch(stdscr);
	return key == ERR ? -1 : translate(key);
}
