/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the filter share. */
#ifndef MEMMON_FILTER_INTERNAL_H
#define MEMMON_FILTER_INTERNAL_H

#include <stdarg.h>

#include "memmon/filter.h"

#define FILTER_CLASS(name) (1U << MEMMON_CLASS_##name)

#define FILTER_PAGE_CLASSES                                                                     \
	(FILTER_CLASS(PAGE_ALLOC) | FILTER_CLASS(PAGE_FREE) | FILTER_CLASS(PAGE_FREE_BATCHED) | \
	 FILTER_CLASS(PAGE_ALLOC_BULK) | FILTER_CLASS(PAGE_EXTFRAG))

/* Memory that is neither of a slab cache nor plain pages. */
#define FILTER_AREA_CLASSES                                                         \
	(FILTER_CLASS(VMALLOC) | FILTER_CLASS(VFREE) | FILTER_CLASS(PERCPU_ALLOC) | \
	 FILTER_CLASS(PERCPU_FREE))

/* Frees that do not say of how much. */
#define FILTER_SIZELESS_CLASSES                                                          \
	(FILTER_CLASS(KFREE) | FILTER_CLASS(CACHE_FREE_BULK) | FILTER_CLASS(RCU_QUEUE) | \
	 FILTER_CLASS(RCU_FREE) | FILTER_CLASS(KFREE_NOLOCK) | FILTER_CLASS(VFREE) |     \
	 FILTER_CLASS(PERCPU_FREE))

#define FILTER_FREE_CLASSES                                                             \
	(FILTER_SIZELESS_CLASSES | FILTER_CLASS(CACHE_FREE) | FILTER_CLASS(PAGE_FREE) | \
	 FILTER_CLASS(PAGE_FREE_BATCHED))

/**
 * struct filter_parser - what the parsers of the words have in common
 * @why: where the reason of a failure goes
 */
struct filter_parser {
	const struct memmon_filter_world *world;
	struct memmon_filter *filter;
	char *why;
	size_t why_bytes;
};

/* Says why a word makes no sense. Return: -EINVAL, so that it can be returned. */
int filter_refuse(const struct filter_parser *parser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for what does not exist. Return: -ENOENT. */
int filter_miss(const struct filter_parser *parser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * filter_next_word() - cut the next part off
 * @next: where to go on; NULL after the last
 * @separators: characters that end a part
 * @word: room for the part, cut if it is longer
 *
 * Return: its length, which may be more than there is room for; -1 when none is left.
 */
int filter_next_word(const char **next, const char *separators, char *word, size_t size);

/* Does a text match one of the globs separated by commas, as the kernel understands them? */
bool filter_match_globs(const char *globs, const char *text);

/* One for each word that is more than a few lines. Return: 0 or a negative errno. */
int filter_parse_gfp(struct filter_parser *parser, const char *text);
int filter_parse_site(struct filter_parser *parser, const char *text);
int filter_parse_cgroup(struct filter_parser *parser, const char *text);

#endif
