/* SPDX-License-Identifier: GPL-2.0 */
/* A session on a kernel that has all that hooks watch, for the tests of their handlers. */
#ifndef HOOK_SESSION_H
#define HOOK_SESSION_H

#include "cache.h"
#include "event.h"
#include "hook.h"
#include "layout.h"
#include "probe.h"
#include "sessions.h"
#include "unit.h"

#define SITE 0xffffffff81234567
#define CALLER 0xffffffff81765432
#define OBJECT ((unsigned long)shim_memory + 64)
#define AREA 0xffffc90000004000
#define GFP_SOME 0xcc0

static const char *const symbols[] = { "kmem_cache_free_bulk",
				       "kvfree_call_rcu",
				       "kfree_call_rcu_nolock",
				       "rcu_free_sheaf",
				       "rcu_free_sheaf_nobarn",
				       "kfree_nolock",
				       "vfree",
				       "vfree_atomic",
				       "delayed_vfree_work",
				       "vfree.part.0",
				       "__kfree_rcu_sheaf",
				       "kmem_cache_alloc_bulk_noprof",
				       "_kmalloc_nolock_noprof",
				       "krealloc_node_align_noprof",
				       "__vmalloc_node_range_noprof",
				       "alloc_pages_bulk_noprof",
				       NULL };
static const char *const tracepoints[] = { "percpu_alloc_percpu", "percpu_free_percpu",
					   "mm_page_alloc_extfrag", NULL };

static struct kmem_cache cache = { .name = "dentry", .object_size = 192 };
static struct kmem_cache other __maybe_unused = { .name = "inode", .object_size = 600 };
static struct memmon_session session;
/* Events of the session that were looked at. */
static u64 nr_checked;

static int start(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	sessions_init();
	shim_tracepoints = tracepoints;
	shim_symbols = symbols;
	shim_kprobe_error = -ENOENT;
	shim_pages[0].slab_cache = &cache;
	shim_pages[0].is_slab = true;
	memmon_layout.slab_cache_offset = offsetof(struct page, slab_cache);
	options.classes = MEMMON_CLASSES_HOOK;
	sessions_start(&session, &options);
	assert_int_equal(session.missing_classes, 0);
	nr_checked = 0;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	sessions_stop(&session);
	assert_int_equal(shim_ftrace_count(), 0);
	sessions_exit();
	memset(shim_pages, 0, sizeof(shim_pages));
	memmon_layout.slab_cache_offset = -1;
	return 0;
}

static void check_nothing(void)
{
	assert_int_equal(sessions_count(&session, 0), nr_checked);
}

/* Compares the record @back before the newest one. */
static void check_back(unsigned int back, struct memmon_record wanted)
{
	struct memmon_record r = sessions_newest(&session, back);

	assert_int_equal(r.event_class, wanted.event_class);
	assert_int_equal(r.call_site, wanted.call_site);
	assert_int_equal(r.object, wanted.object);
	assert_int_equal(r.bytes_req, wanted.bytes_req);
	assert_int_equal(r.bytes_alloc, wanted.bytes_alloc);
	assert_int_equal(r.gfp, wanted.gfp);
	assert_int_equal(r.detail, wanted.detail);
}

/* There is one more record, and it is this. */
static void check(struct memmon_record wanted)
{
	nr_checked++;
	check_nothing();
	check_back(0, wanted);
}

#endif
