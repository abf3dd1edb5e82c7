/* SPDX-License-Identifier: GPL-2.0 */
/* What was made and what was seen, for the tests of memmon verify. */
#ifndef VERIFY_WORLD_H
#define VERIFY_WORLD_H

#include "verify.h"

#define MAKER 77
#define PAGE 4096
#define SITE 0xffffffffc0000100
#define ADDRESS 0xffff888100000000
#define FRAME 0x1000

#define MAX_RECORDS 32

/**
 * struct world - what was made and what was seen; a test spoils something of it
 */
struct world {
	struct verify_object objects[VERIFY_NR_PHASES][4];
	struct verify_list lists[VERIFY_NR_PHASES];
	struct memmon_record records[MAX_RECORDS];
	struct memmon_held held[VERIFY_NR_PHASES][4];
	struct memmon_held pages[VERIFY_NR_PHASES][4];
	struct verify_seen seen;
	struct verify_result result;
};

extern const struct verify_object kmalloc_object;

/* Nothing is made yet; cache 5 is memmon_selftest_plain. */
struct world *verify_world_create(void);

/* With a kmalloc() that was seen and freed, and of which the ledger knew. */
struct world *verify_world_create_right(void);
void verify_world_destroy(struct world *world);

/* An object that is made in the first phase and given back in the second, if @state says so. */
struct verify_object *verify_add(struct world *world, const struct verify_object *object,
				 enum verify_state state);

/* The next event, of the maker. */
struct memmon_record *verify_see(struct world *world, enum memmon_class event_class,
				 uint64_t object, uint32_t bytes);

/* The ledger has it after a phase. */
struct memmon_held *verify_hold(struct world *world, enum verify_phase phase,
				const struct verify_object *object);

/* Compares, and returns the only row. */
const struct verify_row *verify_world_check(struct world *world);

/* Its verdict, and a part of its problem; NULL if it must have none. */
void assert_row(struct world *world, enum verify_verdict verdict, const char *problem);

#endif
