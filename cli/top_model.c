// SPDX-License-Identifier: GPL-2.0
/* What memmon top looks at: the views of all there is, and of what one went into. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"

const char *top_key_title(enum memmon_total_key key)
{
	static const char *const titles[MEMMON_TOTALS_NR_KEYS] = {
		[MEMMON_TOTAL_CACHE] = "caches",   [MEMMON_TOTAL_SITE] = "call sites",
		[MEMMON_TOTAL_STACK] = "stacks",   [MEMMON_TOTAL_TGID] = "processes",
		[MEMMON_TOTAL_CGROUP] = "cgroups", [MEMMON_TOTAL_ORDER] = "orders",
	};

	return titles[key];
}

/* Pages are of no cache, and objects of no order. */
static bool makes_sense(enum memmon_section section, enum memmon_total_key key)
{
	if (key == MEMMON_TOTAL_CACHE)
		return section == MEMMON_SECTION_SLAB;
	return key != MEMMON_TOTAL_ORDER || section == MEMMON_SECTION_PAGES;
}

/* Where the rows of a key are, if one may choose. */
static enum memmon_section section_of(const struct top_model *model, enum memmon_total_key key)
{
	return makes_sense(model->section, key) ?
		       model->section :
		       MEMMON_SECTION_SLAB + MEMMON_SECTION_PAGES - model->section;
}

int top_model_init(struct top_model *model, struct memmon_totals *totals, bool has_stacks)
{
	int err = 0;

	memset(model, 0, sizeof(*model));
	model->totals = totals;
	model->has_stacks = has_stacks;
	model->interval = 1;
	model->speed = 1;
	for (unsigned int section = 0; section < MEMMON_NR_SECTIONS; section++)
		for (unsigned int key = 0; key < MEMMON_TOTALS_NR_KEYS && !err; key++)
			if (makes_sense(section, key) && (has_stacks || key != MEMMON_TOTAL_STACK))
				err = memmon_totals_view_open(totals, section, key, NULL, 0,
							      &model->views[section][key]);
	return err ? err : top_show(model, MEMMON_TOTAL_CACHE);
}

/* The views go with the totals. */
void top_model_exit(struct top_model *model)
{
	free(model->order);
	model->order = NULL;
}

static bool is_fixed(const struct top_level *level, enum memmon_total_key key)
{
	for (unsigned int i = 0; i < level->nr_where; i++)
		if (level->where[i].key == key)
			return true;
	return false;
}

bool top_has_key(const struct top_model *model, enum memmon_total_key key)
{
	const struct top_level *level = &model->levels[model->depth];

	if (key >= MEMMON_TOTALS_NR_KEYS || (key == MEMMON_TOTAL_STACK && !model->has_stacks))
		return false;
	return !model->depth || (makes_sense(level->section, key) && !is_fixed(level, key));
}

static void begin_level(struct top_level *level, enum memmon_total_key key,
			struct memmon_totals_view *view)
{
	level->key = key;
	level->view = view;
	level->has_chosen = false;
	level->selected = 0;
	level->first = 0;
}

int top_show(struct top_model *model, enum memmon_total_key key)
{
	struct top_level *level = top_level(model);
	struct memmon_totals_view *view;
	int err;

	if (!top_has_key(model, key))
		return 0;
	if (!model->depth) {
		level->section = section_of(model, key);
		begin_level(level, key, model->views[level->section][key]);
		return 0;
	}
	if (key == level->key)
		return 0;
	err = memmon_totals_view_open(model->totals, level->section, key, level->where,
				      level->nr_where, &view);
	if (err)
		return err;
	memmon_totals_view_close(level->view);
	begin_level(level, key, view);
	return 0;
}

int top_show_section(struct top_model *model, enum memmon_section section)
{
	enum memmon_total_key key = top_level(model)->key;

	if (model->depth)
		return 0;
	model->section = section;
	if (!makes_sense(section, key))
		key = section == MEMMON_SECTION_PAGES ? MEMMON_TOTAL_ORDER : MEMMON_TOTAL_CACHE;
	return top_show(model, key);
}

/* What one most likely wants to know next. */
static enum memmon_total_key next_key(const struct top_model *model)
{
	static const enum memmon_total_key wanted[] = { MEMMON_TOTAL_SITE,  MEMMON_TOTAL_CACHE,
							MEMMON_TOTAL_TGID,  MEMMON_TOTAL_ORDER,
							MEMMON_TOTAL_STACK, MEMMON_TOTAL_CGROUP };
	const struct top_level *level = &model->levels[model->depth];

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		/* Page events have no call site, but for a few. */
		if (wanted[i] == MEMMON_TOTAL_SITE && level->section == MEMMON_SECTION_PAGES)
			continue;
		if (top_has_key(model, wanted[i]) && makes_sense(level->section, wanted[i]) &&
		    !is_fixed(level, wanted[i]))
			return wanted[i];
	}
	return MEMMON_TOTALS_NR_KEYS;
}

int top_enter(struct top_model *model)
{
	struct top_level *from = top_level(model), *to;
	struct memmon_totals_where *where;
	enum memmon_total_key key;
	size_t row;
	int err;

	if (model->depth + 1 >= TOP_MAX_LEVELS || from->selected >= model->nr_rows)
		return 0;
	row = model->order[from->selected];
	to = from + 1;
	*to = *from;
	where = &to->where[to->nr_where];
	where->key = from->key;
	where->part = memmon_totals_view_at(from->view, row)->part;
	to->names[to->nr_where] = memmon_totals_view_name(from->view, row);
	to->nr_where++;
	model->depth++;
	key = next_key(model);
	if (key == MEMMON_TOTALS_NR_KEYS) {
		model->depth--;
		return 0;
	}
	err = memmon_totals_view_open(model->totals, to->section, key, to->where, to->nr_where,
				      &to->view);
	if (err) {
		model->depth--;
		return err;
	}
	begin_level(to, key, to->view);
	model->match[0] = '\0';
	return 0;
}

void top_leave(struct top_model *model)
{
	if (!model->depth)
		return;
	memmon_totals_view_close(top_level(model)->view);
	model->depth--;
	model->match[0] = '\0';
}
