/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* Fixes the layout of mem_monitor.h: every member of every structure, at compile time, on both sides. */
#ifndef _UAPI_MEM_MONITOR_LAYOUT_H
#define _UAPI_MEM_MONITOR_LAYOUT_H

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/stddef.h>
#else
#include <assert.h>
#include <stddef.h>
#endif

#include "mem_monitor.h"

#define MEMMON_AT(type, member, offset) \
	static_assert(offsetof(struct type, member) == (offset), "layout of struct " #type)
#define MEMMON_SIZE(type, bytes) \
	static_assert(sizeof(struct type) == (bytes), "layout of struct " #type)

MEMMON_AT(memmon_record, event_class, 8);
MEMMON_AT(memmon_record, context, 9);
MEMMON_AT(memmon_record, detail, 10);
MEMMON_AT(memmon_record, gfp, 12);
MEMMON_AT(memmon_record, call_site, 16);
MEMMON_AT(memmon_record, object, 24);
MEMMON_AT(memmon_record, bytes_req, 32);
MEMMON_AT(memmon_record, bytes_alloc, 36);
MEMMON_AT(memmon_record, pid_node, 40);
MEMMON_AT(memmon_record, tgid, 44);
MEMMON_AT(memmon_record, comm, 48);
MEMMON_SIZE(memmon_record, 64);

MEMMON_AT(memmon_site_range, last, 8);
MEMMON_SIZE(memmon_site_range, 16);

MEMMON_AT(memmon_filter, pid, 4);
MEMMON_AT(memmon_filter, tgid, 8);
MEMMON_AT(memmon_filter, cgroup_fd, 12);
MEMMON_AT(memmon_filter, contexts, 16);
MEMMON_AT(memmon_filter, orders, 20);
MEMMON_AT(memmon_filter, gfp_mask, 24);
MEMMON_AT(memmon_filter, gfp_value, 28);
MEMMON_AT(memmon_filter, min_bytes, 32);
MEMMON_AT(memmon_filter, max_bytes, 40);
MEMMON_AT(memmon_filter, sample_one_in, 48);
MEMMON_AT(memmon_filter, nr_sites, 52);
MEMMON_AT(memmon_filter, sites, 56);
MEMMON_AT(memmon_filter, nodes, 312);
MEMMON_AT(memmon_filter, comm, 440);
MEMMON_AT(memmon_filter, cache, 472);
MEMMON_SIZE(memmon_filter, 728);

MEMMON_AT(memmon_options, flags, 4);
MEMMON_AT(memmon_options, source, 8);
MEMMON_AT(memmon_options, classes, 12);
MEMMON_AT(memmon_options, ring_bytes, 16);
MEMMON_AT(memmon_options, watermark_bytes, 24);
MEMMON_AT(memmon_options, map_bytes, 32);
MEMMON_AT(memmon_options, filter, 40);
MEMMON_AT(memmon_options, ledger_objects, 768);
MEMMON_AT(memmon_options, ledger_pages, 776);
MEMMON_AT(memmon_options, ledger_accounts, 784);
MEMMON_AT(memmon_options, stacks, 788);
MEMMON_AT(memmon_options, total_keys, 792);
MEMMON_AT(memmon_options, total_places, 796);
MEMMON_SIZE(memmon_options, 800);

MEMMON_AT(memmon_ring_page, record_bytes, 4);
MEMMON_AT(memmon_ring_page, data_offset, 8);
MEMMON_AT(memmon_ring_page, data_bytes, 16);
MEMMON_AT(memmon_ring_page, complete, 24);
MEMMON_AT(memmon_ring_page, reserved, 32);
MEMMON_AT(memmon_ring_page, zero, 40);
MEMMON_AT(memmon_ring_page, consumed, 128);
MEMMON_SIZE(memmon_ring_page, 136);

MEMMON_AT(memmon_stats, state, 4);
MEMMON_AT(memmon_stats, nr_rings, 8);
MEMMON_AT(memmon_stats, missing_classes, 12);
MEMMON_AT(memmon_stats, recorded, 16);
MEMMON_AT(memmon_stats, in_flight, 24);
MEMMON_AT(memmon_stats, memory_bytes, 32);
MEMMON_AT(memmon_stats, seen, 40);
MEMMON_AT(memmon_stats, filtered, 296);
MEMMON_AT(memmon_stats, dropped, 552);
MEMMON_SIZE(memmon_stats, 808);

MEMMON_AT(memmon_ledger_stats, zero, 4);
MEMMON_AT(memmon_ledger_stats, now, 8);
MEMMON_AT(memmon_ledger_stats, enabled_at, 16);
MEMMON_AT(memmon_ledger_stats, objects, 24);
MEMMON_AT(memmon_ledger_stats, pages, 32);
MEMMON_AT(memmon_ledger_stats, object_places, 40);
MEMMON_AT(memmon_ledger_stats, page_places, 48);
MEMMON_AT(memmon_ledger_stats, accounts, 56);
MEMMON_AT(memmon_ledger_stats, account_places, 60);
MEMMON_AT(memmon_ledger_stats, stacks, 64);
MEMMON_AT(memmon_ledger_stats, stack_places, 68);
MEMMON_AT(memmon_ledger_stats, memory_bytes, 72);
MEMMON_AT(memmon_ledger_stats, seen, 80);
MEMMON_AT(memmon_ledger_stats, filtered, 336);
MEMMON_AT(memmon_ledger_stats, counts, 592);
MEMMON_AT(memmon_ledger_stats, untracked_bytes, 848);
MEMMON_AT(memmon_ledger_stats, in_flight, 856);
MEMMON_SIZE(memmon_ledger_stats, 864);

MEMMON_AT(memmon_object, born, 8);
MEMMON_AT(memmon_object, queued, 16);
MEMMON_AT(memmon_object, bytes_req, 24);
MEMMON_AT(memmon_object, bytes_alloc, 28);
MEMMON_AT(memmon_object, pid_node, 32);
MEMMON_AT(memmon_object, tgid, 36);
MEMMON_AT(memmon_object, event_class, 40);
MEMMON_AT(memmon_object, context, 41);
MEMMON_AT(memmon_object, detail, 42);
MEMMON_AT(memmon_object, gfp, 44);
MEMMON_AT(memmon_object, account, 48);
MEMMON_AT(memmon_object, stack, 52);
MEMMON_AT(memmon_object, generation, 56);
MEMMON_AT(memmon_object, flags, 60);
MEMMON_AT(memmon_object, comm, 64);
MEMMON_SIZE(memmon_object, 80);

MEMMON_AT(memmon_account, event_class, 4);
MEMMON_AT(memmon_account, is_gone, 5);
MEMMON_AT(memmon_account, detail, 6);
MEMMON_AT(memmon_account, call_site, 8);
MEMMON_AT(memmon_account, cgroup, 16);
MEMMON_AT(memmon_account, born, 24);
MEMMON_AT(memmon_account, died, 32);
MEMMON_AT(memmon_account, born_bytes, 40);
MEMMON_AT(memmon_account, died_bytes, 48);
MEMMON_AT(memmon_account, site_name, 56);
MEMMON_SIZE(memmon_account, 152);

MEMMON_AT(memmon_stack, nr_frames, 4);
MEMMON_AT(memmon_stack, frames, 8);
MEMMON_SIZE(memmon_stack, 1024);

MEMMON_AT(memmon_total, context, 1);
MEMMON_AT(memmon_total, cache, 2);
MEMMON_AT(memmon_total, cpu, 4);
MEMMON_AT(memmon_total, flags, 8);
MEMMON_AT(memmon_total, stack, 12);
MEMMON_AT(memmon_total, call_site, 16);
MEMMON_AT(memmon_total, cgroup, 24);
MEMMON_AT(memmon_total, tgid, 32);
MEMMON_AT(memmon_total, size_bytes, 36);
MEMMON_AT(memmon_total, node, 40);
MEMMON_AT(memmon_total, order, 42);
MEMMON_AT(memmon_total, zero, 44);
MEMMON_AT(memmon_total, comm, 48);
MEMMON_AT(memmon_total, count, 64);
MEMMON_AT(memmon_total, bytes_req, 72);
MEMMON_AT(memmon_total, bytes_alloc, 80);
MEMMON_AT(memmon_total, died, 88);
MEMMON_AT(memmon_total, died_bytes, 96);
MEMMON_SIZE(memmon_total, 104);

MEMMON_AT(memmon_totals_stats, keys, 4);
MEMMON_AT(memmon_totals_stats, places, 8);
MEMMON_AT(memmon_totals_stats, used, 12);
MEMMON_AT(memmon_totals_stats, interval, 16);
MEMMON_AT(memmon_totals_stats, began, 24);
MEMMON_AT(memmon_totals_stats, now, 32);
MEMMON_AT(memmon_totals_stats, memory_bytes, 40);
MEMMON_AT(memmon_totals_stats, in_flight, 48);
MEMMON_AT(memmon_totals_stats, seen, 56);
MEMMON_AT(memmon_totals_stats, filtered, 312);
MEMMON_AT(memmon_totals_stats, counted, 568);
MEMMON_AT(memmon_totals_stats, other, 824);
MEMMON_SIZE(memmon_totals_stats, 1080);

MEMMON_AT(memmon_slab, cache, 8);
MEMMON_AT(memmon_slab, pages, 12);
MEMMON_AT(memmon_slab, objects, 16);
MEMMON_AT(memmon_slab, in_use, 18);
MEMMON_AT(memmon_slab, is_frozen, 20);
MEMMON_AT(memmon_slab, node, 22);
MEMMON_SIZE(memmon_slab, 24);

MEMMON_AT(memmon_cursor, table, 4);
MEMMON_AT(memmon_cursor, position, 8);
MEMMON_AT(memmon_cursor, to, 16);
MEMMON_AT(memmon_cursor, capacity, 24);
MEMMON_AT(memmon_cursor, nr, 28);
MEMMON_SIZE(memmon_cursor, 32);

MEMMON_AT(memmon_info, abi_major, 4);
MEMMON_AT(memmon_info, abi_minor, 6);
MEMMON_AT(memmon_info, record_bytes, 8);
MEMMON_AT(memmon_info, page_bytes, 12);
MEMMON_AT(memmon_info, nr_cpus, 16);
MEMMON_AT(memmon_info, clock, 20);
MEMMON_AT(memmon_info, clock_khz, 24);
MEMMON_AT(memmon_info, clock_now, 32);
MEMMON_AT(memmon_info, monotonic_ns, 40);
MEMMON_AT(memmon_info, realtime_ns, 48);
MEMMON_AT(memmon_info, classes, 56);
MEMMON_AT(memmon_info, zero, 60);
MEMMON_AT(memmon_info, session_max_bytes, 64);
MEMMON_AT(memmon_info, page_offset, 72);
MEMMON_SIZE(memmon_info, 80);

MEMMON_AT(memmon_cache_info, id, 4);
MEMMON_AT(memmon_cache_info, object_bytes, 8);
MEMMON_AT(memmon_cache_info, zero, 12);
MEMMON_AT(memmon_cache_info, name, 16);
MEMMON_SIZE(memmon_cache_info, 80);

MEMMON_AT(memmon_name, table, 4);
MEMMON_AT(memmon_name, index, 8);
MEMMON_AT(memmon_name, zero, 12);
MEMMON_AT(memmon_name, value, 16);
MEMMON_AT(memmon_name, name, 24);
MEMMON_SIZE(memmon_name, 64);

#undef MEMMON_AT
#undef MEMMON_SIZE

#endif /* _UAPI_MEM_MONITOR_LAYOUT_H */
