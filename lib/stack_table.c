// SPDX-License-Identifier: GPL-2.0
/* Call stacks by id, each kept once: those of a session, or those of a recording. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "internal.h"
#include "mem_monitor.h"
#include "stack_table.h"

/* Stacks are 10 to 15 frames deep on average: some hundred of them in a piece. */
#define PIECE_FRAMES 4096

enum {
	FIELD_ID,
	FIELD_FRAMES,
	NR_FIELDS
};

struct stack_piece {
	struct stack_piece *next;
	uint64_t frames[PIECE_FRAMES];
};

int stack_table_init(struct stack_table *table)
{
	memset(table, 0, sizeof(*table));
	return report_map_init(&table->of_id);
}

void stack_table_exit(struct stack_table *table)
{
	while (table->pieces) {
		struct stack_piece *piece = table->pieces;

		table->pieces = piece->next;
		free(piece);
	}
	report_map_exit(&table->of_id);
	free(table->entries);
	memset(table, 0, sizeof(*table));
}

static uint64_t *take_room(struct stack_table *table, size_t nr_frames)
{
	if (nr_frames > table->left) {
		struct stack_piece *piece = malloc(sizeof(*piece));

		if (!piece)
			return NULL;
		piece->next = table->pieces;
		table->pieces = piece;
		table->left = PIECE_FRAMES;
	}
	table->left -= nr_frames;
	return table->pieces->frames + table->left;
}

int stack_table_add(struct stack_table *table, uint32_t id, const uint64_t *frames,
		    size_t nr_frames)
{
	uint64_t *copy = NULL;

	if (report_map_find(&table->of_id, id) != REPORT_MAP_NONE)
		return 0;
	if (nr_frames) {
		copy = take_room(table, nr_frames);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, frames, nr_frames * sizeof(*frames));
	}
	if (memmon_array_grow((void **)&table->entries, table->nr, &table->room,
			      sizeof(*table->entries)) ||
	    report_map_add(&table->of_id, id, (uint32_t)table->nr))
		return -ENOMEM;
	table->entries[table->nr++] =
		(struct stack_entry){ .frames = copy, .nr_frames = nr_frames };
	return 0;
}

const struct stack_entry *stack_table_find(const struct stack_table *table, uint32_t id)
{
	uint32_t place = report_map_find(&table->of_id, id);

	return place == REPORT_MAP_NONE ? NULL : &table->entries[place];
}

/* "ffffffff81000010,0,ffffffff81000020". Return: how many there are, 0 if it makes no sense. */
static size_t parse_frames(char *text, uint64_t *frames)
{
	size_t nr = 0;
	char *word;

	while ((word = strsep(&text, ","))) {
		if (nr == MEMMON_STACK_FRAMES || memmon_field_hex(word, &frames[nr]))
			return 0;
		nr++;
	}
	return nr;
}

int stack_table_add_lines(struct stack_table *table, char *text, size_t len)
{
	struct memmon_line line;
	char *next = text;

	while (len && text[len - 1] != '\n')
		len--;
	while (memmon_text_next(&next, text + len, &line)) {
		uint64_t frames[MEMMON_STACK_FRAMES];
		char *fields[NR_FIELDS];
		uint64_t id;
		size_t nr;

		if (memmon_fields_split(line.start, fields, NR_FIELDS) ||
		    memmon_field_hex(fields[FIELD_ID], &id) || !id || id > UINT32_MAX ||
		    !fields[FIELD_FRAMES])
			continue;
		nr = parse_frames(fields[FIELD_FRAMES], frames);
		if (nr && stack_table_add(table, (uint32_t)id, frames, nr))
			return -ENOMEM;
	}
	return 0;
}
