/* SPDX-License-Identifier: GPL-2.0 */
/* What the reader of a live session asks the system for, once each: caches and cgroups. */
#ifndef MEMMON_READER_LIVE_H
#define MEMMON_READER_LIVE_H

#include "memmon/session.h"

struct live_names;

int live_names_create(struct memmon_session *session, struct live_names **ret);
void live_names_destroy(struct live_names *names);

/* As memmon_reader_cache() and memmon_reader_cgroup(). */
const struct memmon_cache *live_names_cache(struct live_names *names, uint32_t id);
const char *live_names_cgroup(struct live_names *names, uint32_t tgid);

#endif
