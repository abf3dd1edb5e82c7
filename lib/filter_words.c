// SPDX-License-Identifier: GPL-2.0
/* Understands the conditions of a filter as a user says them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filter_internal.h"
#include "internal.h"

#define WORD_BYTES 128
#define MAX_ORDER 31

static void explain(const struct filter_parser *parser, const char *format, va_list args)
{
	vsnprintf(parser->why, parser->why_bytes, format, args);
}

int filter_refuse(const struct filter_parser *parser, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	explain(parser, format, args);
	va_end(args);
	return -EINVAL;
}

int filter_miss(const struct filter_parser *parser, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	explain(parser, format, args);
	va_end(args);
	return -ENOENT;
}

int filter_next_word(const char **next, const char *separators, char *word, size_t size)
{
	const char *start = *next;
	size_t len, kept;

	if (!start)
		return -1;
	len = strcspn(start, separators);
	kept = len < size ? len : size - 1;
	memcpy(word, start, kept);
	word[kept] = '\0';
	*next = start[len] ? start + len + 1 : NULL;
	return (int)len;
}

static int parse_number(const struct filter_parser *parser, const char *what, const char *text,
			uint64_t min, uint64_t max, uint32_t *ret)
{
	uint64_t number;

	if (memmon_text_number(text, &number) || number < min || number > max)
		return filter_refuse(parser, "%s takes a number from %llu to %llu, not '%s'", what,
				     (unsigned long long)min, (unsigned long long)max, text);
	*ret = (uint32_t)number;
	return 0;
}

static int parse_pid(struct filter_parser *parser, const char *text)
{
	return parse_number(parser, "pid", text, 0, MEMMON_PID_MASK, &parser->filter->pid);
}

static int parse_tgid(struct filter_parser *parser, const char *text)
{
	return parse_number(parser, "tgid", text, 0, MEMMON_PID_MASK, &parser->filter->tgid);
}

static int parse_sample(struct filter_parser *parser, const char *text)
{
	return parse_number(parser, "sample", text, 1, UINT32_MAX, &parser->filter->sample_one_in);
}

static int copy_globs(const struct filter_parser *parser, const char *what, const char *text,
		      char *to, size_t size)
{
	size_t len = strlen(text);

	if (len >= size)
		return filter_refuse(parser, "%s takes at most %zu characters, not %zu", what,
				     size - 1, len);
	if (!len || text[0] == ',' || text[len - 1] == ',' || strstr(text, ",,"))
		return filter_refuse(parser, "%s takes patterns separated by commas, not '%s'",
				     what, text);
	memcpy(to, text, len + 1);
	return 0;
}

static int parse_comm(struct filter_parser *parser, const char *text)
{
	return copy_globs(parser, "comm", text, parser->filter->comm, sizeof(parser->filter->comm));
}

static int parse_cache(struct filter_parser *parser, const char *text)
{
	return copy_globs(parser, "cache", text, parser->filter->cache,
			  sizeof(parser->filter->cache));
}

int memmon_size_parse(const char *text, uint64_t *ret)
{
	static const char *const units[] = { "", "K", "M", "G", "T" };
	size_t digits = strspn(text, "0123456789");
	char number[24];
	uint64_t value;

	if (!digits || digits >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (memmon_text_number(number, &value))
		return -EINVAL;
	for (unsigned int i = 0; i < 5; i++) {
		if (strcasecmp(text + digits, units[i]) != 0)
			continue;
		if (value > UINT64_MAX >> 10 * i)
			return -EINVAL;
		*ret = value << 10 * i;
		return 0;
	}
	return -EINVAL;
}

static int parse_bytes(struct filter_parser *parser, const char *text)
{
	const char *dash = strchr(text, '-');
	uint64_t min = 0, max = UINT64_MAX;
	const char *rest = text;
	char first[WORD_BYTES];
	int err = 0;

	filter_next_word(&rest, "-", first, sizeof(first));
	if (!dash || first[0])
		err = memmon_size_parse(first, &min);
	if (!dash)
		max = min;
	else if (dash[1])
		err = err ? err : memmon_size_parse(dash + 1, &max);
	else if (!first[0])
		err = -EINVAL;
	if (err || min > max)
		return filter_refuse(
			parser, "bytes takes a size or a range like 64, 1K-4K or 8M-, not '%s'",
			text);
	parser->filter->min_bytes = min;
	parser->filter->max_bytes = max;
	return 0;
}

/* Sets the bits of a list like "0,2-10" by calling @set. */
static int parse_list(const struct filter_parser *parser, const char *what, const char *text,
		      uint64_t max, void (*set)(struct memmon_filter *filter, unsigned int bit))
{
	const char *next = text;
	char word[WORD_BYTES];

	while (filter_next_word(&next, ",", word, sizeof(word)) >= 0) {
		char *dash = strchr(word, '-');
		uint64_t first, last;
		int err;

		if (dash)
			*dash = '\0';
		err = memmon_text_number(word, &first);
		last = first;
		if (!err && dash)
			err = memmon_text_number(dash + 1, &last);
		if (err || first > last || last > max)
			return filter_refuse(
				parser, "%s takes numbers up to %llu like 3, 2-10 or 0,9, not '%s'",
				what, (unsigned long long)max, text);
		for (; first <= last; first++)
			set(parser->filter, (unsigned int)first);
	}
	return 0;
}

static void set_order(struct memmon_filter *filter, unsigned int order)
{
	filter->orders |= 1U << order;
}

static int parse_order(struct filter_parser *parser, const char *text)
{
	return parse_list(parser, "order", text, MAX_ORDER, set_order);
}

static void set_node(struct memmon_filter *filter, unsigned int node)
{
	filter->nodes[node / 64] |= 1ULL << node % 64;
}

static int parse_node(struct filter_parser *parser, const char *text)
{
	return parse_list(parser, "node", text, MEMMON_NODE_UNKNOWN - 1, set_node);
}

static int parse_context(struct filter_parser *parser, const char *text)
{
	const char *next = text;
	char word[WORD_BYTES];

	while (filter_next_word(&next, ",", word, sizeof(word)) >= 0) {
		uint32_t context = 0;

		while (context < MEMMON_NR_CONTEXTS &&
		       strcmp(memmon_context_name(context), word) != 0)
			context++;
		if (context == MEMMON_NR_CONTEXTS)
			return filter_refuse(
				parser, "context takes task, softirq, hardirq and nmi, not '%s'",
				word);
		parser->filter->contexts |= 1U << context;
	}
	return 0;
}

int memmon_filter_parse(const struct memmon_filter_words *words,
			const struct memmon_filter_world *world, struct memmon_filter *ret,
			char *why, size_t why_bytes)
{
	const struct {
		const char *text;
		int (*parse)(struct filter_parser *parser, const char *text);
	} parsers[] = {
		[MEMMON_FILTERED_PID] = { words->pid, parse_pid },
		[MEMMON_FILTERED_TGID] = { words->tgid, parse_tgid },
		[MEMMON_FILTERED_COMM] = { words->comm, parse_comm },
		[MEMMON_FILTERED_CGROUP] = { words->cgroup, filter_parse_cgroup },
		[MEMMON_FILTERED_CACHE] = { words->cache, parse_cache },
		[MEMMON_FILTERED_BYTES] = { words->bytes, parse_bytes },
		[MEMMON_FILTERED_ORDER] = { words->order, parse_order },
		[MEMMON_FILTERED_NODE] = { words->node, parse_node },
		[MEMMON_FILTERED_GFP] = { words->gfp, filter_parse_gfp },
		[MEMMON_FILTERED_SITE] = { words->site, filter_parse_site },
		[MEMMON_FILTERED_CONTEXT] = { words->context, parse_context },
		[MEMMON_FILTERED_SAMPLE] = { words->sample, parse_sample },
	};
	struct filter_parser parser = {
		.world = world,
		.filter = ret,
		.why = why,
		.why_bytes = why_bytes,
	};

	memset(ret, 0, sizeof(*ret));
	ret->cgroup_fd = -1;
	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
		int err = parsers[i].text ? parsers[i].parse(&parser, parsers[i].text) : 0;

		if (err) {
			memmon_filter_release(ret);
			return err;
		}
		if (parsers[i].text)
			ret->conditions |= 1U << i;
	}
	return 0;
}

void memmon_filter_release(struct memmon_filter *filter)
{
	if (filter->conditions & 1U << MEMMON_FILTERED_CGROUP && filter->cgroup_fd >= 0)
		close(filter->cgroup_fd);
	filter->cgroup_fd = -1;
}
