// SPDX-License-Identifier: GPL-2.0
/* What the keys of memmon top do. */
#include <string.h>

#include "top.h"

#define LEAST_INTERVAL 0.1
#define GREATEST_INTERVAL 60
#define GREATEST_SPEED 1024

/* In the order of the digits that choose them. */
static const enum memmon_total_key tabs[] = { MEMMON_TOTAL_CACHE, MEMMON_TOTAL_SITE,
					      MEMMON_TOTAL_TGID,  MEMMON_TOTAL_CGROUP,
					      MEMMON_TOTAL_ORDER, MEMMON_TOTAL_STACK };
#define NR_TABS ((int)(sizeof(tabs) / sizeof(tabs[0])))

/* The next view to the left or right that there is. */
static int turn_tab(struct top_model *model, int step)
{
	int at = 0;

	while (at < NR_TABS - 1 && tabs[at] != top_level(model)->key)
		at++;
	do
		at = (at + step + NR_TABS) % NR_TABS;
	while (!top_has_key(model, tabs[at]));
	return top_show(model, tabs[at]);
}

static bool can_sort(const struct top_model *model, unsigned int column)
{
	return memmon_totals_books(model->totals)->has_live || !top_column_needs_live(column);
}

static void turn_sort(struct top_model *model, int step)
{
	do
		model->sort = (model->sort + TOP_NR_COLUMNS + (unsigned int)step) % TOP_NR_COLUMNS;
	while (!can_sort(model, model->sort));
	model->is_reversed = false;
}

static void type(struct top_model *model, int key)
{
	size_t len = strlen(model->match);

	switch (key) {
	case TOP_KEY_ENTER:
		model->is_typing = false;
		break;
	case TOP_KEY_ESCAPE:
		model->is_typing = false;
		model->match[0] = '\0';
		break;
	case TOP_KEY_BACK:
		if (len)
			model->match[len - 1] = '\0';
		else
			model->is_typing = false;
		break;
	default:
		if (key < ' ' || key > '~' || len + 1 >= sizeof(model->match))
			return;
		model->match[len] = (char)key;
		model->match[len + 1] = '\0';
	}
	top_level(model)->has_chosen = false;
	top_level(model)->selected = 0;
}

/* A recording goes faster, and a live view looks more often. */
static void change_pace(struct top_model *model, double factor)
{
	if (model->is_recording) {
		model->speed *= factor;
		if (model->speed > GREATEST_SPEED)
			model->speed = GREATEST_SPEED;
		if (model->speed < 1.0 / GREATEST_SPEED)
			model->speed = 1.0 / GREATEST_SPEED;
		return;
	}
	model->interval /= factor;
	if (model->interval < LEAST_INTERVAL)
		model->interval = LEAST_INTERVAL;
	if (model->interval > GREATEST_INTERVAL)
		model->interval = GREATEST_INTERVAL;
}

static void escape(struct top_model *model)
{
	if (model->match[0])
		model->match[0] = '\0';
	else
		top_leave(model);
}

static int move(struct top_model *model, int key, unsigned int page)
{
	switch (key) {
	case TOP_KEY_UP:
	case 'k':
		top_move(model, -1);
		break;
	case TOP_KEY_DOWN:
	case 'j':
		top_move(model, 1);
		break;
	case TOP_KEY_PAGE_UP:
		top_move(model, -(long)page);
		break;
	case TOP_KEY_PAGE_DOWN:
		top_move(model, page);
		break;
	case TOP_KEY_HOME:
	case 'g':
		top_move(model, -(long)model->nr_rows);
		break;
	case TOP_KEY_END:
	case 'G':
		top_move(model, (long)model->nr_rows);
		break;
	case TOP_KEY_RIGHT:
	case TOP_KEY_TAB:
		return turn_tab(model, 1);
	case TOP_KEY_LEFT:
	case TOP_KEY_BACK_TAB:
		return turn_tab(model, -1);
	case TOP_KEY_ENTER:
		return top_enter(model);
	case TOP_KEY_BACK:
		top_leave(model);
		break;
	case TOP_KEY_ESCAPE:
		escape(model);
		break;
	}
	return 0;
}

static int choose(struct top_model *model, int key)
{
	switch (key) {
	case 's':
	case '>':
		turn_sort(model, 1);
		break;
	case 'S':
	case '<':
		turn_sort(model, -1);
		break;
	case 'i':
		model->is_reversed = !model->is_reversed;
		break;
	case '/':
		model->is_typing = true;
		break;
	case ' ':
	case 'p':
		model->is_paused = !model->is_paused;
		break;
	case '.':
		model->wants_step = model->is_paused;
		break;
	case 'r':
		memmon_totals_restart(model->totals);
		break;
	case 'm':
		return top_show_section(model, top_level(model)->section == MEMMON_SECTION_SLAB ?
						       MEMMON_SECTION_PAGES :
						       MEMMON_SECTION_SLAB);
	case '+':
	case '=':
		change_pace(model, 2);
		break;
	case '-':
		change_pace(model, 0.5);
		break;
	case 'q':
		model->is_ended = true;
		break;
	}
	return 0;
}

int top_key(struct top_model *model, int key, unsigned int page)
{
	int err;

	/* What is no key: the size has changed. */
	if (!key)
		return 0;
	/* Any key ends the help; the one that ends all ends only that. */
	if (model->shows_help) {
		model->shows_help = false;
		return 0;
	}
	if (model->is_typing) {
		type(model, key);
		return 0;
	}
	if (key == 'h' || key == '?' || key == TOP_KEY_HELP) {
		model->shows_help = true;
		return 0;
	}
	if (key >= '1' && key < '1' + NR_TABS)
		return top_show(model, tabs[key - '1']);
	err = move(model, key, page);
	return err ? err : choose(model, key);
}
