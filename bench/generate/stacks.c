// SPDX-License-Identifier: GPL-2.0
/* Makes up call stacks for made-up events, the same ones for the same call sites and processes. */
#include "load.h"
#include "stacks.h"

/* So many chains of callers lead to a call site. */
#define CHAINS 4
/* Ids from here on are those of call sites; those before are of pages, which have none. */
#define FIRST_OF_SITES (1 + CHAINS)
#define SITES_BYTES (LOAD_SITES / 2 * LOAD_FUNCTION_BYTES)
#define LEAST_FRAMES 2
#define MOST_FRAMES 16
#define CALL_OFFSET 0x18

static uint64_t mix(uint64_t number)
{
	number = (number ^ number >> 31) * 0x9e3779b97f4a7c15;
	return number ^ number >> 29;
}

void stacks_take(struct memmon_record *record)
{
	uint64_t site = record->call_site - LOAD_FIRST_ADDRESS;
	uint32_t chain = (uint32_t)(mix(record->tgid) % CHAINS);

	if (!(mix(record->time) % 64))
		return;
	if (!record->call_site)
		record->call_site = 1 + chain;
	else if (site < SITES_BYTES)
		record->call_site = FIRST_OF_SITES + site * CHAINS + chain;
}

size_t stacks_frames(uint32_t id, uint64_t *frames)
{
	uint64_t random = mix(id);
	size_t nr = LEAST_FRAMES + (random >> 8) % (MOST_FRAMES - LEAST_FRAMES + 1);

	if (!(random >> 32 & 63))
		nr = MEMMON_STACK_FRAMES;
	frames[0] = id < FIRST_OF_SITES ? LOAD_FIRST_ADDRESS + CALL_OFFSET :
					  LOAD_FIRST_ADDRESS + (id - FIRST_OF_SITES) / CHAINS;
	for (size_t i = 1; i < nr; i++) {
		random = mix(random + i);
		frames[i] = LOAD_FIRST_ADDRESS + random % (LOAD_SITES / 2) * LOAD_FUNCTION_BYTES +
			    CALL_OFFSET;
	}
	if (!(mix(id) >> 20 & 63))
		frames[1] = 0;
	return nr;
}
