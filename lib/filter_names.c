// SPDX-License-Identifier: GPL-2.0
/* Understands the words of a filter that name something of the kernel: flags, functions, cgroups, classes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter_internal.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define WORD_BYTES 128

/* Return: whether the kernel has such a flag. */
static bool find_flag(const struct memmon_machine *machine, const char *name, uint32_t *value)
{
	for (size_t i = 0; i < machine->nr_gfp; i++) {
		if (strcmp(machine->gfp[i].name, name) != 0)
			continue;
		*value = (uint32_t)machine->gfp[i].value;
		return true;
	}
	return false;
}

static int add_flag(struct filter_parser *parser, const char *word)
{
	struct memmon_filter *filter = parser->filter;
	bool is_unwanted = *word == '!';
	uint32_t value;

	if (!find_flag(parser->world->machine, word + is_unwanted, &value))
		return filter_miss(parser, "no gfp flag '%s' on this kernel", word + is_unwanted);
	/* That one of several bits lacks cannot be said with a mask. */
	if (is_unwanted && value & (value - 1))
		return filter_refuse(parser, "gfp '%s' is several flags; exclude one of them",
				     word + 1);
	if (filter->gfp_mask & value & (is_unwanted ? filter->gfp_value : ~filter->gfp_value))
		return filter_refuse(parser, "gfp wants and excludes '%s'", word + is_unwanted);
	filter->gfp_mask |= value;
	if (!is_unwanted)
		filter->gfp_value |= value;
	return 0;
}

int filter_parse_gfp(struct filter_parser *parser, const char *text)
{
	const char *next = text;
	char word[WORD_BYTES];

	while (filter_next_word(&next, "|,", word, sizeof(word)) >= 0) {
		int err = add_flag(parser, word);

		if (err)
			return err;
	}
	return 0;
}

static int add_ranges(struct filter_parser *parser, const struct memmon_site_range *ranges,
		      size_t nr)
{
	struct memmon_filter *filter = parser->filter;

	if (nr > MEMMON_FILTER_SITES - filter->nr_sites)
		return filter_refuse(parser, "site takes at most %d functions and modules",
				     MEMMON_FILTER_SITES);
	memcpy(&filter->sites[filter->nr_sites], ranges, nr * sizeof(*ranges));
	filter->nr_sites += (uint32_t)nr;
	return 0;
}

static int add_module(struct filter_parser *parser, char *word, size_t len)
{
	struct memmon_site_range range;

	if (len < 3 || word[len - 1] != ']')
		return filter_refuse(parser, "site takes function or [module], not '%s'", word);
	word[len - 1] = '\0';
	if (memmon_symbols_module_range(parser->world->symbols, word + 1, &range))
		return filter_miss(parser, "no function of a module '%s' is known", word + 1);
	return add_ranges(parser, &range, 1);
}

static int add_function(struct filter_parser *parser, const char *word)
{
	struct memmon_site_range ranges[MEMMON_FILTER_SITES];
	size_t nr = memmon_symbols_function_range(parser->world->symbols, word, ranges,
						  MEMMON_FILTER_SITES);

	if (!nr)
		return filter_miss(parser, "no function '%s' is known", word);
	if (nr > MEMMON_FILTER_SITES)
		return filter_refuse(parser, "%zu functions are called '%s'; site takes %d", nr,
				     word, MEMMON_FILTER_SITES);
	return add_ranges(parser, ranges, nr);
}

int filter_parse_site(struct filter_parser *parser, const char *text)
{
	struct memmon_symbols *symbols = parser->world->symbols;
	const char *next = text;
	char word[WORD_BYTES];
	int len;

	if (!symbols || !memmon_symbols_are_known(symbols))
		return filter_miss(parser, "site needs the names of functions, which %s",
				   parser->world->is_recorded ?
					   "this recording does not have" :
					   "this kernel hides; see kernel.kptr_restrict");
	while ((len = filter_next_word(&next, ",", word, sizeof(word))) >= 0) {
		int err;

		if (!len || (size_t)len >= sizeof(word))
			return filter_refuse(parser, "site takes function or [module], not '%s'",
					     word);
		err = *word == '[' ? add_module(parser, word, (size_t)len) :
				     add_function(parser, word);
		if (err)
			return err;
	}
	return 0;
}

int filter_parse_cgroup(struct filter_parser *parser, const char *text)
{
	const char *root = parser->world->cgroup_root;
	char *path;
	int fd;

	if (parser->world->is_recorded)
		return 0;
	root = root ? root : CGROUP_ROOT;
	if (!strncmp(text, root, strlen(root)))
		text += strlen(root);
	text += strspn(text, "/");
	if (asprintf(&path, "%s/%s", root, text) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	if (fd < 0) {
		int err = -errno;

		filter_miss(parser, "cannot open the cgroup '%s' below %s: %s", text, root,
			    strerror(-err));
		return err;
	}
	parser->filter->cgroup_fd = fd;
	parser->filter->conditions |= 1U << MEMMON_FILTERED_CGROUP;
	return 0;
}

static uint32_t class_mask(const char *name, uint32_t all)
{
	uint32_t mask = 0;

	if (!strcmp(name, "all"))
		return all;
	if (!strcmp(name, "page"))
		return all & FILTER_PAGE_CLASSES;
	if (!strcmp(name, "slab"))
		return all & ~(FILTER_PAGE_CLASSES | FILTER_AREA_CLASSES);
	if (!strcmp(name, "free"))
		return all & FILTER_FREE_CLASSES;
	if (!strcmp(name, "alloc"))
		return all & ~(FILTER_FREE_CLASSES | FILTER_CLASS(PAGE_EXTFRAG));
	if (!strcmp(name, "hook"))
		return all & MEMMON_CLASSES_HOOK;
	for (uint32_t i = MEMMON_CLASS_NONE + 1; i < MEMMON_NR_CLASSES; i++)
		if (!strcmp(memmon_class_name(i), name))
			mask |= all & 1U << i;
	return mask;
}

int memmon_classes_parse(const char *text, enum memmon_source source, uint32_t *ret, char *why,
			 size_t why_bytes)
{
	const struct filter_parser parser = { .why = why, .why_bytes = why_bytes };
	uint32_t all = source == MEMMON_SOURCE_KPROBE ?
			       MEMMON_CLASSES_KPROBE :
			       MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK;
	const char *next = text;
	char word[WORD_BYTES];

	*ret = 0;
	while (filter_next_word(&next, ",", word, sizeof(word)) >= 0) {
		uint32_t mask = class_mask(word, all);

		if (!mask)
			return filter_refuse(&parser, "no event class '%s' in this source", word);
		*ret |= mask;
	}
	return 0;
}

/* Appends to a text that may be full. */
static void append(char *text, size_t size, int *len, const char *separator, const char *word)
{
	size_t at = (size_t)*len < size ? (size_t)*len : size;

	*len += snprintf(size ? text + at : NULL, size - at, "%s%s", *len ? separator : "", word);
}

int memmon_gfp_print(const struct memmon_machine *machine, uint32_t gfp, char *text, size_t size)
{
	uint32_t left = gfp;
	char number[16];
	int len = 0;

	for (size_t i = 0; i < machine->nr_gfp && left; i++) {
		uint32_t value = (uint32_t)machine->gfp[i].value;

		if (!value || (left & value) != value)
			continue;
		append(text, size, &len, "|", machine->gfp[i].name);
		left &= ~value;
	}
	snprintf(number, sizeof(number), "%#x", left);
	if (left || !len)
		append(text, size, &len, "|", left ? number : "0");
	return len;
}
