// SPDX-License-Identifier: GPL-2.0
/* Reads words like comm=kc-* into what a session is to be. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "check.h"
#include "session.h"

#define CONDITION(id) (1U << MEMMON_FILTERED_##id)

const char *const class_names[] = {
#define CLASS_NAME(id, name) name,
	MEMMON_CLASSES(CLASS_NAME)
#undef CLASS_NAME
};

const char *const context_names[] = {
#define CONTEXT_NAME(id, name) name,
	MEMMON_CONTEXTS(CONTEXT_NAME)
#undef CONTEXT_NAME
};

/* A session for everything, keeping, read by mmap. */
void spec_init(struct spec *spec)
{
	memset(spec, 0, sizeof(*spec));
	spec->options.size = sizeof(spec->options);
	spec->options.filter.max_bytes = UINT64_MAX;
	spec->read_bytes = 64 * RECORD_BYTES;
}

uint64_t spec_number(const char *text)
{
	char *end;
	uint64_t number;

	errno = 0;
	number = strtoull(text, &end, 0);
	if (!*text || errno || (*end && *end != '-'))
		die("'%s' is no number", text);
	return number;
}

uint32_t spec_class(const char *name, uint32_t source)
{
	uint32_t of_source = MEMMON_CLASSES_HOOK |
			     (source == MEMMON_SOURCE_TRACEPOINT ? MEMMON_CLASSES_TRACEPOINT :
								   MEMMON_CLASSES_KPROBE);
	int i;

	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		if (of_source & 1U << i && !strcmp(name, class_names[i]))
			return 1U << i;
	die("there is no class %s", name);
}

static uint32_t find_context(const char *name, uint32_t unused)
{
	int i;

	(void)unused;
	for (i = 0; i < MEMMON_NR_CONTEXTS; i++)
		if (!strcmp(name, context_names[i]))
			return 1U << i;
	die("there is no context %s", name);
}

static uint32_t find_bit(const char *name, uint32_t unused)
{
	(void)unused;
	return 1U << spec_number(name);
}

/* The bits of all words of a comma-separated list. */
static uint32_t find_all(const char *list, uint32_t (*find)(const char *, uint32_t), uint32_t arg)
{
	char *copy = strdup(list), *rest = copy, *word;
	uint32_t mask = 0;

	while ((word = strsep(&rest, ",")))
		mask |= find(word, arg);
	free(copy);
	return mask;
}

/* The bits of a gfp flag of this kernel, by name. */
static uint32_t find_gfp(const char *name)
{
	struct memmon_name row = { .size = sizeof(row), .table = MEMMON_NAMES_GFP };
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	while (!ioctl(fd, MEMMON_IOC_NAME, &row)) {
		if (!strcmp(row.name, name)) {
			close(fd);
			return row.value;
		}
		row.index++;
	}
	die("there is no gfp flag %s", name);
}

static uint64_t second_number(const char *text)
{
	const char *dash = strchr(text, '-');

	return spec_number(dash ? dash + 1 : text);
}

static void set_text(char *to, size_t bytes, const char *text)
{
	if (strlen(text) >= bytes)
		die("'%s' is too long", text);
	strcpy(to, text);
}

static bool add_place(struct memmon_filter *f, const char *key, const char *value)
{
	if (!strcmp(key, "site")) {
		if (f->nr_sites == MEMMON_FILTER_SITES)
			die("too many sites");
		f->sites[f->nr_sites++] =
			(struct memmon_site_range){ spec_number(value), second_number(value) };
		f->conditions |= CONDITION(SITE);
	} else if (!strcmp(key, "node")) {
		f->nodes[spec_number(value) / 64] |= 1ULL << spec_number(value) % 64;
		f->conditions |= CONDITION(NODE);
	} else if (!strcmp(key, "cgroup")) {
		f->cgroup_fd = open(value, O_RDONLY | O_DIRECTORY);
		f->conditions |= CONDITION(CGROUP);
	} else if (!strcmp(key, "gfp")) {
		f->gfp_mask |= find_gfp(value);
		f->gfp_value |= find_gfp(value);
		f->conditions |= CONDITION(GFP);
	} else if (!strcmp(key, "nogfp")) {
		f->gfp_mask |= find_gfp(value);
		f->conditions |= CONDITION(GFP);
	} else {
		return false;
	}
	return true;
}

static bool add_condition(struct spec *spec, const char *key, const char *value)
{
	struct memmon_filter *f = &spec->options.filter;
	bool is_child = !strcmp(value, "child");

	if (!strcmp(key, "pid") || !strcmp(key, "tgid")) {
		*(key[0] == 'p' ? &f->pid : &f->tgid) = is_child ? 0 : spec_number(value);
		spec->is_for_child |= is_child;
		f->conditions |= key[0] == 'p' ? CONDITION(PID) : CONDITION(TGID);
	} else if (!strcmp(key, "bytes")) {
		f->min_bytes = spec_number(value);
		f->max_bytes = second_number(value);
		f->conditions |= CONDITION(BYTES);
	} else if (!strcmp(key, "orders")) {
		f->orders = find_all(value, find_bit, 0);
		f->conditions |= CONDITION(ORDER);
	} else if (!strcmp(key, "contexts")) {
		f->contexts = find_all(value, find_context, 0);
		f->conditions |= CONDITION(CONTEXT);
	} else if (!strcmp(key, "sample")) {
		f->sample_one_in = spec_number(value);
		f->conditions |= CONDITION(SAMPLE);
	} else if (!strcmp(key, "comm")) {
		set_text(f->comm, sizeof(f->comm), value);
		f->conditions |= CONDITION(COMM);
	} else if (!strcmp(key, "cache")) {
		set_text(f->cache, sizeof(f->cache), value);
		f->conditions |= CONDITION(CACHE);
	} else {
		return add_place(f, key, value);
	}
	return true;
}

static bool add_option(struct spec *spec, const char *key, const char *value)
{
	struct memmon_options *o = &spec->options;

	if (!strcmp(key, "way"))
		spec->way = !strcmp(value, "mmap") ? WAY_MMAP :
			    !strcmp(value, "read") ? WAY_READ :
						     WAY_NONE;
	else if (!strcmp(key, "read_bytes"))
		spec->read_bytes = spec_number(value);
	else if (!strcmp(key, "slow"))
		spec->slow = spec_number(value);
	else if (!strcmp(key, "mode"))
		o->flags |= strcmp(value, "overwrite") ? 0 : MEMMON_OPTION_OVERWRITE;
	else if (!strcmp(key, "source"))
		o->source = strcmp(value, "kprobe") ? MEMMON_SOURCE_TRACEPOINT :
						      MEMMON_SOURCE_KPROBE;
	else if (!strcmp(key, "classes"))
		o->classes = find_all(value, spec_class, o->source);
	else if (!strcmp(key, "ring"))
		o->ring_bytes = spec_number(value);
	else if (!strcmp(key, "watermark"))
		o->watermark_bytes = spec_number(value);
	else
		return false;
	return true;
}

/* The ledger of the session; "places" of objects, and whether there are rings beside it. */
static bool add_ledger(struct spec *spec, const char *key, const char *value)
{
	struct memmon_options *o = &spec->options;

	if (!strcmp(key, "ledger")) {
		o->flags |= MEMMON_OPTION_LEDGER;
		o->ledger_objects = spec_number(value);
	} else if (!strcmp(key, "pages")) {
		o->ledger_pages = spec_number(value);
	} else if (!strcmp(key, "accounts")) {
		o->ledger_accounts = spec_number(value);
	} else if (!strcmp(key, "stacks")) {
		o->stacks = spec_number(value);
	} else if (!strcmp(key, "rings")) {
		if (!spec_number(value)) {
			o->flags |= MEMMON_OPTION_NO_RINGS;
			spec->way = WAY_NONE;
		}
	} else if (!strcmp(key, "peek")) {
		spec->peeks = spec_number(value);
	} else if (!strcmp(key, "rows")) {
		spec->rows = value;
	} else {
		return false;
	}
	return true;
}

static uint32_t find_total_key(const char *name, uint32_t unused)
{
	static const char *const names[] = {
#define KEY_NAME(id, name) name,
		MEMMON_TOTAL_KEYS(KEY_NAME)
	};
	int i;

	(void)unused;
	for (i = 0; i < MEMMON_NR_TOTAL_KEYS; i++)
		if (!strcmp(name, names[i]))
			return 1U << i;
	die("there is no key %s", name);
}

/* The totals of the session. */
static bool add_totals(struct spec *spec, const char *key, const char *value)
{
	struct memmon_options *o = &spec->options;

	if (!strcmp(key, "totals")) {
		o->flags |= MEMMON_OPTION_TOTALS;
		o->total_keys = *value ? find_all(value, find_total_key, 0) : 0;
	} else if (!strcmp(key, "places")) {
		o->total_places = spec_number(value);
	} else if (!strcmp(key, "turn")) {
		spec->turns = spec_number(value);
	} else {
		return false;
	}
	return true;
}

/* Adds a word KEY=VALUE. */
void spec_add(struct spec *spec, const char *word)
{
	char *key = strdup(word), *value = strchr(key, '=');

	if (!value)
		die("'%s' is no option", word);
	*value++ = '\0';
	if (!add_option(spec, key, value) && !add_ledger(spec, key, value) &&
	    !add_totals(spec, key, value) && !add_condition(spec, key, value))
		die("there is no option %s", key);
	/* Its value may be in use. */
}
