// SPDX-License-Identifier: GPL-2.0
/* Parses the text of /proc/slabinfo into one row per slab cache. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "memmon.h"

#define HEADER "slabinfo - version: 2."

struct memmon_slabinfo {
	char *text;
	size_t text_room;
	struct memmon_slabinfo_row *slabs;
	size_t nr_slabs;
	size_t room;
	size_t nr_skipped;
};

int memmon_slabinfo_create(struct memmon_slabinfo **ret)
{
	struct memmon_slabinfo *info = calloc(1, sizeof(*info));

	if (!info)
		return -ENOMEM;
	*ret = info;
	return 0;
}

void memmon_slabinfo_destroy(struct memmon_slabinfo *info)
{
	if (!info)
		return;
	free(info->slabs);
	free(info->text);
	free(info);
}

/* Takes the last word off a string; what is left ends with no blank. NULL when it is the only one. */
static char *take_last_word(char *text)
{
	char *end = text + strlen(text);
	char *word;

	while (end > text && end[-1] == ' ')
		*--end = '\0';
	word = strrchr(text, ' ');
	if (!word)
		return NULL;
	*word++ = '\0';
	return word;
}

/*
 * The numbers are taken from the right, because a cache name may hold blanks:
 * name active_objs num_objs objsize objperslab pagesperslab : tunables ...
 */
static int parse_line(char *line, struct memmon_slabinfo_row *slab)
{
	uint64_t *numbers[] = { &slab->pages_per_slab, &slab->objs_per_slab, &slab->objsize_bytes,
				&slab->num_objs, &slab->active_objs };
	char *tunables = strstr(line, " : tunables");
	char *end;

	if (!tunables)
		return -EINVAL;
	*tunables = '\0';
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		char *word = take_last_word(line);

		if (!word || memmon_text_number(word, numbers[i]))
			return -EINVAL;
	}
	end = line + strlen(line);
	while (end > line && end[-1] == ' ')
		*--end = '\0';
	if (end == line)
		return -EINVAL;
	slab->name = line;
	return 0;
}

/*
 * The kernel prints the list page by page. A cache that is created between two pages pushes the list
 * on by one, and the row at the seam comes twice.
 */
static bool is_repeated(const struct memmon_slabinfo *info, const struct memmon_slabinfo_row *slab)
{
	return info->nr_slabs && !strcmp(info->slabs[info->nr_slabs - 1].name, slab->name);
}

static int add_line(struct memmon_slabinfo *info, char *line)
{
	struct memmon_slabinfo_row slab;
	int err;

	if (!*line || *line == '#')
		return 0;
	if (parse_line(line, &slab)) {
		info->nr_skipped++;
		return 0;
	}
	if (is_repeated(info, &slab))
		return 0;
	err = memmon_array_grow((void **)&info->slabs, info->nr_slabs, &info->room, sizeof(slab));
	if (err)
		return err;
	info->slabs[info->nr_slabs++] = slab;
	return 0;
}

/* The buffer is kept from one look to the next: sampling must not make the kernel allocate. */
static int keep_text(struct memmon_slabinfo *info, const char *text, size_t len)
{
	if (len >= info->text_room) {
		char *grown = realloc(info->text, 2 * len + 1);

		if (!grown)
			return -ENOMEM;
		info->text = grown;
		info->text_room = 2 * len + 1;
	}
	memcpy(info->text, text, len);
	info->text[len] = '\0';
	return 0;
}

int memmon_slabinfo_parse(struct memmon_slabinfo *info, const char *text, size_t len)
{
	struct memmon_line line;
	char *next;
	int err;

	info->nr_slabs = 0;
	info->nr_skipped = 0;
	if (len < strlen(HEADER) || memcmp(text, HEADER, strlen(HEADER)))
		return -EBADMSG;
	err = keep_text(info, text, len);
	if (err)
		return err;
	next = info->text;
	memmon_text_next(&next, info->text + len, &line);
	while (memmon_text_next(&next, info->text + len, &line)) {
		err = add_line(info, line.start);
		if (err)
			return err;
	}
	return 0;
}

size_t memmon_slabinfo_count(const struct memmon_slabinfo *info)
{
	return info->nr_slabs;
}

size_t memmon_slabinfo_skipped(const struct memmon_slabinfo *info)
{
	return info->nr_skipped;
}

const struct memmon_slabinfo_row *memmon_slabinfo_at(const struct memmon_slabinfo *info, size_t i)
{
	return &info->slabs[i];
}
