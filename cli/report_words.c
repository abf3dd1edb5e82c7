// SPDX-License-Identifier: GPL-2.0
/* Understands what a user says about a report: recording, times, keys and columns. */
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "report.h"
#include "ui.h"

#define NS_PER_S 1000000000ULL

int report_open(const char *dir, struct memmon_reader **ret)
{
	int err = memmon_reader_open(dir, ret);

	switch (err) {
	case 0:
		return CMD_GO_ON;
	case -ENOENT:
		ui_error("there is no recording %s; make one with 'memmon record'", dir);
		break;
	case -EBADMSG:
	case -ENOTDIR:
		ui_error("%s is no recording; give the folder that 'memmon record' made", dir);
		break;
	case -EPROTO:
		ui_error("%s is of another version; use the memmon that recorded it", dir);
		break;
	default:
		ui_error("cannot read the recording %s: %s", dir, strerror(-err));
	}
	return CMD_FAILED;
}

/* A number with up to nine digits behind the point, and a unit; returns where it ends, or NULL. */
static const char *parse_moment(const char *at, uint64_t *ret)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", NS_PER_S } };
	const char *start = at;
	uint64_t whole = 0, fraction = 0, scale = 1, unit = NS_PER_S;

	for (; *at >= '0' && *at <= '9'; at++) {
		whole = whole * 10 + (uint64_t)(*at - '0');
		/* 11 days in nanoseconds, 31 years in seconds: more is a mistake. */
		if (whole > 1000000000000000ULL)
			return NULL;
	}
	if (at == start)
		return NULL;
	if (*at == '.')
		for (at++; *at >= '0' && *at <= '9' && scale < NS_PER_S; at++) {
			fraction = fraction * 10 + (uint64_t)(*at - '0');
			scale *= 10;
		}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t len = strlen(units[i].name);

		if (!strncmp(at, units[i].name, len)) {
			unit = units[i].ns;
			at += len;
			break;
		}
	}
	if (whole > UINT64_MAX / 2 / unit)
		return NULL;
	*ret = whole * unit + (uint64_t)((__uint128_t)fraction * unit / scale);
	return at;
}

int report_time_parse(const char *text, uint64_t *from_ns, uint64_t *until_ns)
{
	const char *at = text;

	*from_ns = 0;
	*until_ns = UINT64_MAX;
	if (*at != ',')
		at = parse_moment(at, from_ns);
	if (!at || *at++ != ',')
		return -EINVAL;
	if (*at)
		at = parse_moment(at, until_ns);
	if (!at || *at || *from_ns >= *until_ns)
		return -EINVAL;
	return 0;
}

int report_check_stacks(const char *dir, const struct memmon_reader *reader)
{
	if (memmon_reader_has_stacks(reader))
		return CMD_GO_ON;
	ui_error("%s has no call stacks; they are there after 'memmon record --stacks'", dir);
	return CMD_FAILED;
}

bool report_has_key(const struct memmon_report_options *options, enum memmon_key key)
{
	for (unsigned int i = 0; i < options->nr_keys; i++)
		if (options->keys[i] == key)
			return true;
	return false;
}

/* The next of several words separated by commas. */
static size_t word_len(const char *at)
{
	return strcspn(at, ",");
}

int report_keys_parse(const char *text, struct memmon_report_options *options)
{
	const char *at = text;

	options->nr_keys = 0;
	for (;;) {
		size_t len = word_len(at);

		if (options->nr_keys == MEMMON_REPORT_MAX_KEYS) {
			ui_error("--by takes at most %d keys, not '%s'", MEMMON_REPORT_MAX_KEYS,
				 text);
			return CMD_USAGE;
		}
		if (memmon_key_find(at, len, &options->keys[options->nr_keys])) {
			ui_error("there is no key '%.*s'; --by takes cache, site, process, cgroup, "
				 "size, order, node, zone, context, cpu, module, stack",
				 (int)len, at);
			return CMD_USAGE;
		}
		options->nr_keys++;
		at += len;
		if (!*at++)
			return CMD_GO_ON;
	}
}

static const struct report_column *find_column(const char *name, size_t len)
{
	const struct report_column *column = report_column_find(name, len);

	if (!column)
		ui_error("there is no column '%.*s'; see memmon-report(1)", (int)len, name);
	return column;
}

int report_columns_parse(const char *text, const struct report_column **columns)
{
	size_t nr = 0;

	if (!strcmp(text, "all")) {
		for (; report_columns[nr].name; nr++)
			columns[nr] = &report_columns[nr];
		columns[nr] = NULL;
		return CMD_GO_ON;
	}
	for (const char *at = text;; at++) {
		size_t len = word_len(at);

		if (nr == REPORT_MAX_COLUMNS - 1) {
			ui_error("--columns takes each column once");
			return CMD_USAGE;
		}
		columns[nr] = find_column(at, len);
		if (!columns[nr])
			return CMD_USAGE;
		nr++;
		at += len;
		if (!*at)
			break;
	}
	columns[nr] = NULL;
	return CMD_GO_ON;
}

int report_sort_parse(const char *text, const struct report_column **ret)
{
	*ret = find_column(text, strlen(text));
	return *ret ? CMD_GO_ON : CMD_USAGE;
}
