// SPDX-License-Identifier: GPL-2.0
/* Understands what mem_monitor_selftest lists. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify.h"

#define NR_FIELDS 12

static const char *const kind_names[VERIFY_NR_KINDS] = {
	[VERIFY_OBJECT] = "object",
	[VERIFY_PAGES] = "pages",
	[VERIFY_PERCPU] = "percpu",
	[VERIFY_VMALLOC] = "vmalloc",
};

static const char *const state_names[VERIFY_NR_STATES] = {
	[VERIFY_HELD] = "held",	    [VERIFY_FREED] = "freed", [VERIFY_QUEUED] = "queued",
	[VERIFY_FAILED] = "failed", [VERIFY_NULL] = "null",
};

/* The place of a word among others, or -1. */
static int find_word(const char *const *words, size_t nr, const char *word)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(words[i], word))
			return (int)i;
	return -1;
}

static int find_context(const char *word)
{
	for (uint32_t i = 0; i < MEMMON_NR_CONTEXTS; i++)
		if (!strcmp(memmon_context_name(i), word))
			return (int)i;
	return -1;
}

static bool parse_number(const char *word, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(word, &end, 0);
	return *word >= '0' && *word <= '9' && !*end && !errno;
}

static bool parse_object(char *line, struct verify_object *ret)
{
	uint64_t bytes, born_bytes, order, pages_left;
	char *fields[NR_FIELDS], *rest = line;
	int context, kind, state;

	for (int i = 0; i < NR_FIELDS; i++) {
		fields[i] = strsep(&rest, " ");
		if (!fields[i] || !*fields[i])
			return false;
	}
	context = find_context(fields[3]);
	kind = find_word(kind_names, VERIFY_NR_KINDS, fields[4]);
	state = find_word(state_names, VERIFY_NR_STATES, fields[11]);
	if (rest || context < 0 || kind < 0 || state < 0 ||
	    !parse_number(fields[5], &ret->address) || !parse_number(fields[6], &born_bytes) ||
	    !parse_number(fields[7], &bytes) || !parse_number(fields[8], &order) ||
	    !parse_number(fields[9], &pages_left) || order > 20 || pages_left > 1U << order)
		return false;
	ret->path = fields[0];
	ret->freed_by = fields[1];
	ret->context = fields[2];
	ret->made_in = (enum memmon_context)context;
	ret->kind = (enum verify_kind)kind;
	ret->born_bytes = born_bytes;
	ret->bytes = bytes;
	ret->order = (uint32_t)order;
	ret->pages_left = (uint32_t)pages_left;
	ret->cache = fields[10];
	ret->state = (enum verify_state)state;
	return true;
}

/* The first line is the head; others with '#' say what the columns are. */
static int parse_lines(struct verify_list *list, size_t nr_lines)
{
	char *rest = list->text, *line;
	unsigned int version;

	if (sscanf(list->text, "#mem_monitor_selftest %u phase %*s pid %u cpu %*d other_cpu %d",
		   &version, &list->maker_pid, &list->other_cpu) != 3 ||
	    version != 1)
		return -EBADMSG;
	list->objects = calloc(nr_lines, sizeof(*list->objects));
	if (!list->objects)
		return -ENOMEM;
	while ((line = strsep(&rest, "\n"))) {
		if (!*line || *line == '#')
			continue;
		if (!parse_object(line, &list->objects[list->nr]))
			return -EBADMSG;
		list->nr++;
	}
	return list->nr ? 0 : -EBADMSG;
}

int verify_list_parse(const char *text, size_t len, struct verify_list **ret)
{
	struct verify_list *list = calloc(1, sizeof(*list));
	size_t nr_lines = 1;
	int err;

	if (!list)
		return -ENOMEM;
	list->text = strndup(text, len);
	for (size_t i = 0; i < len; i++)
		nr_lines += text[i] == '\n';
	err = list->text ? parse_lines(list, nr_lines) : -ENOMEM;
	if (err) {
		verify_list_free(list);
		return err;
	}
	*ret = list;
	return 0;
}

void verify_list_free(struct verify_list *list)
{
	if (!list)
		return;
	free(list->objects);
	free(list->text);
	free(list);
}
