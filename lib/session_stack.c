// SPDX-License-Identifier: GPL-2.0
/* The call stacks of a live session, asked for once each: what was known of one stays known. */
#include <errno.h>
#include <stdlib.h>

#include "session_internal.h"
#include "stack_table.h"

/**
 * struct finding - the search for one stack
 * @is_found: it was among the rows
 */
struct finding {
	struct stack_table *table;
	uint32_t id;
	bool is_found;
};

static int add_row(const void *row, void *arg)
{
	const struct memmon_stack *stack = row;
	struct finding *finding = arg;
	uint64_t frames[MEMMON_STACK_FRAMES];

	if (stack->nr_frames > MEMMON_STACK_FRAMES)
		return -EPROTO;
	for (uint32_t i = 0; i < stack->nr_frames; i++)
		frames[i] = stack->frames[i];
	finding->is_found |= stack->id == finding->id;
	return stack_table_add(finding->table, stack->id, frames, stack->nr_frames);
}

/* The row of an id lies at a place that follows from it; if not there, then somewhere. */
static int fetch(const struct memmon_session *session, struct finding *finding)
{
	struct memmon_stack row = { 0 };
	struct memmon_cursor cursor = {
		.size = sizeof(cursor),
		.table = MEMMON_TABLE_STACKS,
		.position = finding->id - 1,
		.to = (uintptr_t)&row,
		.capacity = 1,
	};
	int err = session_ioctl(session, MEMMON_IOC_TABLE, &cursor);

	if (err < 0)
		return err;
	if (cursor.nr == 1 && row.id == finding->id)
		return add_row(&row, finding);
	err = session_table_read(session, MEMMON_TABLE_STACKS, add_row, finding);
	/* Not asked for again and again. */
	if (!err && !finding->is_found)
		err = stack_table_add(finding->table, finding->id, NULL, 0);
	return err;
}

static int make_table(struct memmon_session *session)
{
	struct stack_table *table = malloc(sizeof(*table));

	if (!table)
		return -ENOMEM;
	if (stack_table_init(table)) {
		stack_table_exit(table);
		free(table);
		return -ENOMEM;
	}
	session->stacks = table;
	return 0;
}

int memmon_session_stack(struct memmon_session *session, uint32_t id, const uint64_t **frames,
			 size_t *nr_frames)
{
	struct finding finding = { .id = id };
	const struct stack_entry *stack;
	int err;

	*frames = NULL;
	*nr_frames = 0;
	if (!id || !session->options.stacks)
		return 0;
	err = session->stacks ? 0 : make_table(session);
	if (err)
		return err;
	finding.table = session->stacks;
	stack = stack_table_find(session->stacks, id);
	if (!stack) {
		err = fetch(session, &finding);
		stack = err ? NULL : stack_table_find(session->stacks, id);
	}
	if (stack) {
		*frames = stack->frames;
		*nr_frames = stack->nr_frames;
	}
	return err;
}

void session_stacks_free(struct memmon_session *session)
{
	if (!session->stacks)
		return;
	stack_table_exit(session->stacks);
	free(session->stacks);
}
