/* SPDX-License-Identifier: GPL-2.0 */
/* Writes the TSDL text that tells any reader of CTF what is in the stream files. */
#ifndef MEMMON_CTF_METADATA_H
#define MEMMON_CTF_METADATA_H

#include <stdbool.h>

#include "buffer.h"
#include "memmon/reader.h"

/**
 * struct memmon_ctf_name - a number that an enumeration names
 */
struct memmon_ctf_name {
	uint64_t value;
	char name[128];
};

/**
 * struct memmon_ctf_seen - what is known only when the recording ends
 * @caches: names of slab caches by id
 * @gfp: combinations of flags that the records have
 *
 * Readers can do without: they print the numbers then, or the flags one by one.
 */
struct memmon_ctf_seen {
	const struct memmon_ctf_name *caches;
	size_t nr_caches;
	const struct memmon_ctf_name *gfp;
	size_t nr_gfp;
};

/**
 * memmon_ctf_metadata() - the text of the file `metadata`
 * @text: where it goes; its err says whether all of it fitted
 * @seen: may be NULL
 * @has_stacks: call sites may be ids of call stacks
 */
void memmon_ctf_metadata(struct memmon_buffer *text, const struct memmon_machine *machine,
			 const uint8_t *uuid, const struct memmon_ctf_seen *seen, bool has_stacks);

/* The flags in @gfp as "GFP_KERNEL|__GFP_ZERO"; what has no name stands in hex. */
void memmon_ctf_gfp_name(const struct memmon_machine *machine, uint64_t gfp, char *text,
			 size_t size);

#endif
