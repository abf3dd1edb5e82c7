/* SPDX-License-Identifier: GPL-2.0 */
/* Kinds of work that make a kernel allocate in many ways, for stir.c. */
#ifndef STIR_H
#define STIR_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct stir_kind - a kind of work
 * @name: of it
 * @run: does it once, with a random number to vary it. What a kernel refuses is left out: there is nothing to check here
 */
struct stir_kind {
	const char *name;
	void (*run)(uint32_t chance);
};

/* Each list ends with an entry that has no name. */
extern const struct stir_kind stir_files[];
extern const struct stir_kind stir_memory[];
extern const struct stir_kind stir_talk[];
extern const struct stir_kind stir_tasks[];

/* A folder of the calling process alone, in memory; ends with no slash. */
extern char stir_folder[64];

#endif /* STIR_H */
