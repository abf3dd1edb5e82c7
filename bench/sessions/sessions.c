// SPDX-License-Identifier: GPL-2.0
/*
 * Holds sessions of /dev/mem_monitor open while something else is measured.
 *
 * usage: sessions COUNT SINKS [NAME=VALUE]...
 *
 * SINKS is a word of the table below. NAME is ring (bytes of each CPU, with k or m), places (rows of totals), fill (take
 * them all first), stacks (places for stacks, where the session takes any), keys (of totals, by their names, with +
 * between), or a condition, one of enum memmon_filter_reason by its name. All sessions are alike. Says "ready" when all
 * are enabled, and waits to be killed; says "refused" if the module knows no such session. A session sees this process
 * like any other.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../include/uapi/mem_monitor.h"

#define REFUSED 4
/* Places for call stacks, more than the loops have. */
#define STACKS 4096

static int die(const char *what)
{
	fprintf(stderr, "sessions: %s: %s\n", what, strerror(errno));
	return 1;
}

/* Returns whether there is such a condition. */
static int set_condition(struct memmon_filter *f, const char *name, const char *value)
{
	static const char *const names[] = {
#define CONDITION_NAME(id, name) [MEMMON_FILTERED_##id] = name,
		MEMMON_CONDITIONS(CONDITION_NAME)
	};
	unsigned long long number = strtoull(value, NULL, 0);
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(*names) && strcmp(names[i], name); i++)
		;
	if (i == sizeof(names) / sizeof(*names))
		return 0;
	f->conditions = 1U << i;
	f->pid = f->tgid = f->orders = f->contexts = f->sample_one_in = number;
	f->gfp_mask = f->gfp_value = number;
	f->min_bytes = number;
	f->max_bytes = UINT64_MAX;
	f->nr_sites = 1;
	f->sites[0].first = f->sites[0].last = number;
	f->nodes[0] = number;
	f->cgroup_fd = i == MEMMON_FILTERED_CGROUP ? open(value, O_RDONLY | O_DIRECTORY) : 0;
	snprintf(f->comm, sizeof(f->comm), "%s", value);
	snprintf(f->cache, sizeof(f->cache), "%s", value);
	return f->cgroup_fd >= 0;
}

/* Return: 0, 1 if something is wrong, or REFUSED. */
static int begin_session(const struct memmon_options *wanted)
{
	struct memmon_options options = *wanted;
	int fd = open("/dev/mem_monitor", O_RDWR);

	if (fd < 0)
		return die("/dev/mem_monitor");
	if (ioctl(fd, MEMMON_IOC_SETUP, &options)) {
		if (errno == EINVAL || errno == EOPNOTSUPP || errno == E2BIG)
			return REFUSED;
		return die("MEMMON_IOC_SETUP");
	}
	if (ioctl(fd, MEMMON_IOC_ENABLE))
		return die("MEMMON_IOC_ENABLE");
	return 0;
}

/* Where the events go. Return: whether there is such a word. */
static int set_sinks(struct memmon_options *options, const char *word)
{
	static const struct {
		const char *word;
		unsigned int flags;
		unsigned int stacks;
	} sinks[] = {
		{ "keep", 0, 0 },
		{ "overwrite", MEMMON_OPTION_OVERWRITE, 0 },
		{ "ring-stacks", MEMMON_OPTION_OVERWRITE, STACKS },
		{ "ledger", MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS, 0 },
		{ "stacks", MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS, STACKS },
		{ "both", MEMMON_OPTION_LEDGER | MEMMON_OPTION_OVERWRITE, 0 },
		{ "totals", MEMMON_OPTION_TOTALS | MEMMON_OPTION_NO_RINGS, 0 },
		{ "totals-ledger",
		  MEMMON_OPTION_TOTALS | MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(sinks) / sizeof(*sinks); i++) {
		if (strcmp(sinks[i].word, word))
			continue;
		options->flags |= sinks[i].flags;
		options->stacks = sinks[i].stacks;
		if (options->flags & MEMMON_OPTION_TOTALS)
			options->total_keys = 1U << MEMMON_TOTAL_SITE;
		return 1;
	}
	return 0;
}

/* Takes all rows of few: requests from many call sites, under two process ids. */
static void fill_rows(void)
{
	static const char *const paths[] = { "/proc/self/maps", "/proc/self/status",
					     "/proc/slabinfo",	"/proc/meminfo",
					     "/proc/mounts",	"/sys/kernel/mm" };
	static char text[4096];
	int i, fd, fds[2];

	for (i = 0; i < 2 * (int)(sizeof(paths) / sizeof(*paths)); i++) {
		fd = open(paths[i / 2], O_RDONLY);
		if (fd >= 0 && read(fd, text, sizeof(text)) >= 0)
			close(fd);
	}
	if (!pipe(fds) && !fork())
		_exit(0);
}

static int wants_full;

/* Return: whether there is such a key. */
static int add_key(struct memmon_options *options, const char *name)
{
	static const char *const names[] = {
#define KEY_NAME(id, name) [MEMMON_TOTAL_##id] = name,
		MEMMON_TOTAL_KEYS(KEY_NAME)
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(*names) && strcmp(names[i], name); i++)
		;
	if (i == sizeof(names) / sizeof(*names))
		return 0;
	options->total_keys |= 1U << i;
	if (i == MEMMON_TOTAL_STACK && !options->stacks)
		options->stacks = STACKS;
	return 1;
}

static int set_keys(struct memmon_options *options, char *names)
{
	char *name;

	options->total_keys = 0;
	for (name = strtok(names, "+"); name; name = strtok(NULL, "+"))
		if (!add_key(options, name))
			return 0;
	return 1;
}

static unsigned long long parse_size(const char *text)
{
	char *end;
	unsigned long long size = strtoull(text, &end, 0);

	return *end == 'k' ? size << 10 : *end == 'm' ? size << 20 : size;
}

/* One NAME=VALUE. Return: whether it is understood. */
static int set_option(struct memmon_options *options, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		return 0;
	*value++ = '\0';
	if (!strcmp(word, "ring"))
		options->ring_bytes = parse_size(value);
	else if (!strcmp(word, "stacks"))
		options->stacks = options->stacks ? parse_size(value) : 0;
	else if (!strcmp(word, "places"))
		options->total_places = parse_size(value);
	else if (!strcmp(word, "fill"))
		wants_full = 1;
	else if (!strcmp(word, "keys"))
		return set_keys(options, value);
	else
		return set_condition(&options->filter, word, value);
	return 1;
}

int main(int argc, char **argv)
{
	struct memmon_options options = { .size = sizeof(options),
					  .flags = MEMMON_OPTION_WITH_SELF };
	int i, err = 0;

	if (argc < 3 || !set_sinks(&options, argv[2])) {
		fprintf(stderr, "usage: sessions COUNT SINKS [NAME=VALUE]...; see sessions.c\n");
		return 2;
	}
	for (i = 3; i < argc; i++) {
		if (!set_option(&options, argv[i])) {
			fprintf(stderr, "sessions: there is no '%s', or not that value\n", argv[i]);
			return 2;
		}
	}
	for (i = 0; i < atoi(argv[1]) && !err; i++)
		err = begin_session(&options);
	if (err == 1)
		return 1;
	if (!err && wants_full)
		fill_rows();
	puts(err ? "refused" : "ready");
	fflush(stdout);
	if (!err)
		pause();
	return err;
}
