/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of memmon pages share. */
#ifndef PAGES_H
#define PAGES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "memmon/pages.h"

/* Room for the path of a file. */
#define PAGES_PATH_BYTES 4096

/**
 * struct pages_free - the free blocks, as far as they could be read
 * @zones: of buddyinfo
 * @types: of pagetypeinfo, which only root may read
 */
struct pages_free {
	struct memmon_free_lists zones;
	struct memmon_free_lists types;
};

/**
 * struct pages_view - what is shown
 * @recording: the folder, NULL for the running kernel
 * @top: rows of each table; 0 for all
 * @reader: of the events
 * @pages: all of them and of what is held
 * @books: of what is held
 * @loss: of the events
 * @live: estimate of all that is held
 */
struct pages_view {
	const char *recording;
	enum memmon_pages_key key;
	unsigned int top;
	bool is_json;
	struct memmon_reader *reader;
	struct memmon_pages *pages;
	struct memmon_snapshot_books books;
	struct memmon_loss loss;
	struct memmon_estimate live;
	struct pages_free free;
};

/* So many objects stand for one that was seen: 1 unless it is a sample. */
uint64_t pages_scale(const struct pages_view *view);

/* How many rows of @nr are shown. */
size_t pages_shown(const struct pages_view *view, size_t nr);

/* Requests in all, those that failed included. */
uint64_t pages_requests(const struct pages_view *view);

/* Were requests that broke up a block seen at all? */
bool pages_knows_broken(const struct pages_view *view);

/**
 * pages_free_read() - read what is free: now, or when a recording ended
 * @recording: its folder, NULL for the running kernel
 *
 * What cannot be read is left out.
 *
 * Return: 0 or -ENOMEM.
 */
int pages_free_read(const char *recording, struct pages_free *ret);
void pages_free_release(struct pages_free *free_blocks);

/* All return 0 or -ENOMEM. */
int pages_text(const struct pages_view *view, FILE *out);
int pages_json(const struct pages_view *view, FILE *out);
int pages_free_text(const struct pages_free *free_blocks, uint32_t page_bytes, FILE *out);
json_t *pages_free_json(const struct memmon_free_lists *lists, uint32_t page_bytes);

#endif
