// SPDX-License-Identifier: GPL-2.0
/*
 * Holds sessions of /dev/mem_monitor open while something else is measured.
 *
 * usage: sessions COUNT keep|overwrite|ledger|stacks|both|totals-KEYS [CONDITION=VALUE]
 *
 * CONDITION is one of enum memmon_filter_reason by its name; all sessions have it. Says "ready" when all are enabled, and waits to be killed. A session sees this
 * process like any other.
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

#define TOTALS (MEMMON_OPTION_TOTALS | MEMMON_OPTION_NO_RINGS)
#define KEY(id) (1U << MEMMON_TOTAL_##id)

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

static int begin_session(const struct memmon_options *wanted)
{
	struct memmon_options options = *wanted;
	int fd = open("/dev/mem_monitor", O_RDWR);

	if (fd < 0)
		return die("/dev/mem_monitor");
	if (ioctl(fd, MEMMON_IOC_SETUP, &options))
		return die("MEMMON_IOC_SETUP");
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
		unsigned int total_keys;
		unsigned int total_places;
	} sinks[] = {
		{ "keep", 0, 0 },
		{ "overwrite", MEMMON_OPTION_OVERWRITE, 0 },
		{ "ledger", MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS, 0 },
		{ "stacks", MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS, 4096 },
		{ "both", MEMMON_OPTION_LEDGER | MEMMON_OPTION_OVERWRITE, 0 },
		{ "totals-site", TOTALS, 0, KEY(SITE), 0 },
		{ "totals-cache", TOTALS, 0, KEY(CACHE) | KEY(SITE), 0 },
		{ "totals-process", TOTALS, 0, KEY(TGID), 0 },
		{ "totals-cgroup", TOTALS, 0, KEY(CGROUP), 0 },
		{ "totals-stack", TOTALS, 4096, KEY(STACK), 0 },
		{ "totals-full", TOTALS, 0, KEY(SITE) | KEY(TGID), 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(sinks) / sizeof(*sinks); i++) {
		if (strcmp(sinks[i].word, word))
			continue;
		options->flags |= sinks[i].flags;
		options->stacks = sinks[i].stacks;
		options->total_keys = sinks[i].total_keys;
		options->total_places = sinks[i].total_places;
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

int main(int argc, char **argv)
{
	struct memmon_options options = { .size = sizeof(options),
					  .flags = MEMMON_OPTION_WITH_SELF };
	char *equals;
	int i;

	if (argc < 3 || !set_sinks(&options, argv[2])) {
		fprintf(stderr,
			"usage: sessions COUNT keep|overwrite|ledger|stacks|both|totals-KEYS [CONDITION=VALUE]\n");
		return 2;
	}
	equals = argc > 3 ? strchr(argv[3], '=') : NULL;
	if (equals)
		*equals = '\0';
	if (argc > 3 && (!equals || !set_condition(&options.filter, argv[3], equals + 1))) {
		fprintf(stderr, "sessions: there is no condition '%s', or not that value\n",
			argv[3]);
		return 2;
	}
	for (i = 0; i < atoi(argv[1]); i++) {
		if (begin_session(&options))
			return 1;
	}
	if (!strcmp(argv[2], "totals-full"))
		fill_rows();
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
