// SPDX-License-Identifier: GPL-2.0
/* Understands /proc/buddyinfo and /proc/pagetypeinfo: what is free, in blocks of which size. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "memmon/pages.h"

/**
 * struct scan - where a parser stands
 * @room: lists that there is room for
 * @at: rest of the line
 * @types: of the head of the table of pageblocks
 */
struct scan {
	struct memmon_free_lists *lists;
	size_t room;
	char *at;
	char types[MEMMON_PAGES_ORDERS][sizeof(((struct memmon_free_list *)0)->type)];
	size_t nr_types;
};

static bool skip(struct scan *scan, const char *word)
{
	scan->at += strspn(scan->at, " ");
	if (strncmp(scan->at, word, strlen(word)) != 0)
		return false;
	scan->at += strlen(word);
	return true;
}

/* The next word, up to a blank or a comma; false if there is none, or none that fits. */
static bool take_word(struct scan *scan, char *word, size_t size)
{
	size_t len;

	scan->at += strspn(scan->at, " ");
	len = strcspn(scan->at, " ,");
	if (!len || len >= size)
		return false;
	memcpy(word, scan->at, len);
	word[len] = '\0';
	scan->at += len;
	return true;
}

static bool take_number(struct scan *scan, uint64_t *ret)
{
	char word[24];

	return take_word(scan, word, sizeof(word)) && !memmon_text_number(word, ret);
}

/* "Node 0, zone   Normal" */
static bool take_zone(struct scan *scan, struct memmon_free_list *list)
{
	uint64_t node;

	if (!skip(scan, "Node") || !take_number(scan, &node) || node > UINT32_MAX ||
	    !skip(scan, ",") || !skip(scan, "zone") ||
	    !take_word(scan, list->zone, sizeof(list->zone)))
		return false;
	list->node = (uint32_t)node;
	return true;
}

/* The counts up to the end of the line; one like ">100000" is where the kernel stopped. */
static bool take_blocks(struct scan *scan, struct memmon_free_list *list)
{
	while (scan->at[strspn(scan->at, " ")]) {
		if (list->nr_orders == MEMMON_PAGES_ORDERS)
			return false;
		list->is_least |= skip(scan, ">");
		if (!take_number(scan, &list->blocks[list->nr_orders++]))
			return false;
	}
	return list->nr_orders > 0;
}

static int add(struct scan *scan, const struct memmon_free_list *list)
{
	struct memmon_free_lists *lists = scan->lists;

	if (memmon_array_grow((void **)&lists->lists, lists->nr, &scan->room, sizeof(*list)))
		return -ENOMEM;
	lists->lists[lists->nr++] = *list;
	return 0;
}

static int parse_zone(struct scan *scan)
{
	struct memmon_free_list list = { 0 };

	if (!take_zone(scan, &list) || !take_blocks(scan, &list))
		return -EBADMSG;
	return add(scan, &list);
}

static int parse_type(struct scan *scan, struct memmon_free_list *list)
{
	if (!take_word(scan, list->type, sizeof(list->type)) || !take_blocks(scan, list))
		return -EBADMSG;
	return add(scan, list);
}

/* "Number of blocks type     Unmovable      Movable ..." */
static int parse_types(struct scan *scan)
{
	while (scan->at[strspn(scan->at, " ")]) {
		if (scan->nr_types == MEMMON_PAGES_ORDERS ||
		    !take_word(scan, scan->types[scan->nr_types], sizeof(scan->types[0])))
			return -EBADMSG;
		scan->nr_types++;
	}
	return 0;
}

/* How many pageblocks of a zone are of each migratetype. */
static int parse_pageblocks(struct scan *scan, const struct memmon_free_list *zone)
{
	struct memmon_free_lists *lists = scan->lists;

	for (size_t type = 0; type < scan->nr_types; type++) {
		uint64_t number;

		if (!take_number(scan, &number))
			return -EBADMSG;
		for (size_t i = 0; i < lists->nr; i++)
			if (lists->lists[i].node == zone->node &&
			    !strcmp(lists->lists[i].zone, zone->zone) &&
			    !strcmp(lists->lists[i].type, scan->types[type]))
				lists->lists[i].pageblocks = number;
	}
	return 0;
}

static int parse_typed_line(struct scan *scan)
{
	struct memmon_free_list list = { 0 };

	if (skip(scan, "Pages per block:"))
		return take_number(scan, &scan->lists->pageblock_pages) ? 0 : -EBADMSG;
	if (skip(scan, "Number of blocks type"))
		return parse_types(scan);
	/* Heads and empty lines. */
	if (!skip(scan, "Node")) {
		/* A kernel with page_owner has a table of mixed pageblocks behind the others. */
		if (skip(scan, "Number of mixed blocks"))
			scan->nr_types = 0;
		return 0;
	}
	scan->at -= strlen("Node");
	if (!take_zone(scan, &list))
		return -EBADMSG;
	if (skip(scan, ", type"))
		return parse_type(scan, &list);
	return scan->nr_types ? parse_pageblocks(scan, &list) : 0;
}

static int parse(const char *text, size_t len, int (*parse_line)(struct scan *scan),
		 struct memmon_free_lists *ret)
{
	struct scan scan = { .lists = ret };
	char *copy = memmon_text_copy(text, len);
	struct memmon_line line;
	char *next = copy;
	int err = copy ? 0 : -ENOMEM;

	memset(ret, 0, sizeof(*ret));
	while (!err && memmon_text_next(&next, copy + len, &line)) {
		scan.at = line.start;
		err = parse_line(&scan);
	}
	free(copy);
	if (!err && !ret->nr)
		err = -EBADMSG;
	if (err)
		memmon_free_lists_release(ret);
	return err;
}

int memmon_buddyinfo_parse(const char *text, size_t len, struct memmon_free_lists *ret)
{
	return parse(text, len, parse_zone, ret);
}

int memmon_pagetypeinfo_parse(const char *text, size_t len, struct memmon_free_lists *ret)
{
	return parse(text, len, parse_typed_line, ret);
}

void memmon_free_lists_release(struct memmon_free_lists *lists)
{
	free(lists->lists);
	memset(lists, 0, sizeof(*lists));
}

uint64_t memmon_free_list_pages(const struct memmon_free_list *list)
{
	uint64_t pages = 0;

	for (uint32_t order = 0; order < list->nr_orders; order++)
		pages += list->blocks[order] << order;
	return pages;
}

double memmon_free_list_unusable(const struct memmon_free_list *list, unsigned int order)
{
	uint64_t pages = memmon_free_list_pages(list);
	uint64_t small = 0;

	for (uint32_t i = 0; i < order && i < list->nr_orders; i++)
		small += list->blocks[i] << i;
	return pages ? (double)small / (double)pages : 0;
}
