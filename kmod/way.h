/* SPDX-License-Identifier: GPL-2.0 */
/* The way that events take to the sessions that are enabled. */
#ifndef MEMMON_WAY_H
#define MEMMON_WAY_H

#include <linux/list.h>
#include <linux/types.h>

struct memmon_session;

void memmon_way_stop(struct list_head *enabled);
int memmon_way_choose(struct list_head *enabled, const struct memmon_session *session);
void memmon_way_start(struct list_head *enabled);
void memmon_way_set_slow(struct memmon_session *session, bool is_slow);

#endif /* MEMMON_WAY_H */
