/* SPDX-License-Identifier: GPL-2.0 */
/* The part of a recording that CTF readers ignore: its file names, and its JSON documents. */
#ifndef MEMMON_SIDECAR_H
#define MEMMON_SIDECAR_H

#include <jansson.h>

#include "memmon/reader.h"

#define MEMMON_SIDECAR_DIR "memmon"
#define MEMMON_SIDECAR_SESSION "session.json"
#define MEMMON_SIDECAR_END "end.json"
#define MEMMON_SIDECAR_SYMBOLS "symbols"
#define MEMMON_SIDECAR_MODULES "modules"
#define MEMMON_SIDECAR_CACHES "caches"
#define MEMMON_SIDECAR_PROCESSES "processes"
#define MEMMON_SIDECAR_STACKS "stacks"

#define MEMMON_SIDECAR_FORMAT "mem_monitor recording"
/* CPUs that a recording may have: more than any kernel is built for. */
#define MEMMON_SIDECAR_MAX_CPUS 65536

/* ---- members of JSON objects (json_members.c) ---- */

/* All return 0 or a negative errno: -ENOMEM when writing, -EBADMSG when reading. */

/* A number that JSON readers cannot be trusted with becomes a string of its digits. */
int memmon_json_put_number(json_t *object, const char *key, uint64_t value);
int memmon_json_get_number(const json_t *object, const char *key, uint64_t max, uint64_t *ret);
int memmon_json_get_u32(const json_t *object, const char *key, uint32_t *ret);

/* Any bytes: escaped as in the line files, and non-ASCII as \xHH, too, since they may be no UTF-8. */
int memmon_json_put_text(json_t *object, const char *key, const char *text);
int memmon_json_get_text(const json_t *object, const char *key, char *ret, size_t size);
json_t *memmon_json_text(const char *text);

/* ---- the documents ---- */

/* machine_json.c. @ret: its arrays belong to it until memmon_machine_exit(). */
int memmon_machine_pack(const struct memmon_machine *machine, json_t **ret);
int memmon_machine_unpack(const json_t *object, struct memmon_machine *ret);
void memmon_machine_exit(struct memmon_machine *machine);

/* options_json.c */
int memmon_options_pack(const struct memmon_options *options, json_t **ret);
int memmon_options_unpack(const json_t *object, struct memmon_options *ret);

/* Of an event class, and no other one has it. NULL when there is no such class. */
const char *memmon_class_key(unsigned int event_class);

/* stats_json.c */
int memmon_stats_pack(const struct memmon_stats *stats, json_t **ret);
int memmon_stats_unpack(const json_t *object, struct memmon_loss *ret);

/* sidecar_json.c: whole files. */
int memmon_session_pack(const struct memmon_machine *machine, const struct memmon_options *options,
			char *const *command, const uint8_t uuid[16], json_t **ret);
/* Return: 0; -EBADMSG; -EPROTO when the format is of another major version. */
int memmon_session_unpack(const char *text, size_t len, struct memmon_machine *machine,
			  struct memmon_options *options, uint8_t uuid[16]);
/* @records: that the stream files must have */
int memmon_end_unpack(const char *text, size_t len, struct memmon_loss *ret, uint64_t *records);

#endif
