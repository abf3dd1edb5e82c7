// SPDX-License-Identifier: GPL-2.0
/* Tells what is expected to grow from what is not, and what can free what. */
#include <stdio.h>
#include <string.h>

#include "leaks_internal.h"
#include "memmon.h"

/* MIGRATE_MOVABLE: the same number on every kernel. Only pages of processes and of files can be moved. */
#define MIGRATETYPE_MOVABLE 1

#define CLASS(name) (1U << MEMMON_CLASS_##name)

/*
 * The caches that grow by themselves, up to what memory there is, and why. Not here, since a leak would show
 * in them: those of what a program holds open, like filp, sock_inode_cache and task_struct.
 */
static const struct {
	const char *patterns;
	const char *why;
} expected[] = {
	{ "sock_inode_cache,mqueue_inode_cache", NULL },
	{ "dentry", "names of files" },
	{ "*inode_cache,*_inode,bdev_cache", "files that were looked at" },
	{ "buffer_head,jbd2_journal_head", "blocks of the page cache" },
	{ "radix_tree_node", "index of the page cache" },
	{ "ext4_extent_status,mb_cache_entry,ext4_groupinfo_*", "what ext4 knows of files" },
	{ "xfs_ili,xfs_buf,xfs_ifork", "what xfs knows of files" },
	{ "btrfs_extent_map,btrfs_extent_buffer", "what btrfs knows of files" },
	{ "fat_cache,fscache_*", "what a file system remembers of files" },
	{ "avc_node,avc_xperms_*", "decisions that SELinux remembers" },
	{ "ip_dst_cache,ip6_dst_cache,inet_peer_cache", "routes that were used" },
	{ "nf_conntrack*", "connections that were seen" },
	{ "kmalloc-rcl-*", "parts of caches that give back when memory is short" },
	{ "vmap_area", "vmalloc areas that are given back together" },
};

/*
 * The same by functions, where a cache is a size class of kmalloc or is merged with others. Their names go on
 * with an offset, and with what the compiler has put there.
 */
static const struct {
	const char *patterns;
	const char *why;
} expected_sites[] = {
	{ "__d_alloc*", "names of files" },
	{ "alloc_inode*,security_inode_alloc*,lsm_inode_alloc*", "files that were looked at" },
	{ "alloc_buffer_head*", "blocks of the page cache" },
	{ "xas_alloc*,xas_nomem*,radix_tree_node_alloc*", "index of the page cache" },
	{ "alloc_vmap_area*", "vmalloc areas that are given back together" },
};

#define VMALLOC_SITES "__vmalloc_*,vm_area_alloc_pages*,vmalloc_*,vzalloc*"

const char *memmon_leaks_expected(const char *cache)
{
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		if (memmon_pattern_match(expected[i].patterns, cache))
			return expected[i].why;
	return NULL;
}

const char *memmon_leaks_expected_site(const char *site)
{
	for (size_t i = 0; i < sizeof(expected_sites) / sizeof(expected_sites[0]); i++)
		if (memmon_pattern_match(expected_sites[i].patterns, site))
			return expected_sites[i].why;
	return NULL;
}

void leaks_site_judge(struct leaks_site *site)
{
	site->why = memmon_leaks_expected_site(site->name);
	site->is_vmalloc = memmon_pattern_match(VMALLOC_SITES, site->name);
}

/* How many of the aliases, separated by commas, grow by themselves; and how many there are. */
static size_t count_expected(const char *aliases, size_t *nr)
{
	size_t count = 0;
	char name[64];

	for (*nr = 0; *aliases; ++*nr) {
		size_t len = strcspn(aliases, ",");

		snprintf(name, sizeof(name), "%.*s", (int)len, aliases);
		count += memmon_leaks_expected(name) != NULL;
		aliases += len;
		aliases += *aliases == ',';
	}
	return count;
}

struct leaks_cache leaks_cache_of(const struct memmon_snapshot *snapshot, uint32_t id)
{
	const struct memmon_cache *cache = id ? memmon_snapshot_cache(snapshot, id) : NULL;
	struct leaks_cache ret = { 0 };
	size_t nr, nr_expected;

	if (!cache)
		return ret;
	ret.why = memmon_leaks_expected(cache->name);
	nr_expected = count_expected(cache->aliases, &nr);
	ret.is_merged = ret.why ? nr_expected < nr : nr_expected > 0;
	if (ret.is_merged)
		ret.why = NULL;
	return ret;
}

static enum memmon_leak_kind kind_of_page(const struct memmon_held *held, bool is_backing,
					  const char **why)
{
	if (held->flags & (MEMMON_OBJECT_IN_SLAB | MEMMON_OBJECT_LARGE) || is_backing)
		return MEMMON_NR_LEAK_KINDS;
	if (held->flags & MEMMON_OBJECT_FILE) {
		*why = "pages of files";
		return MEMMON_LEAK_KIND_CACHE;
	}
	if (held->flags & (MEMMON_OBJECT_ANON | MEMMON_OBJECT_PAGE_TABLE) ||
	    held->migratetype == MIGRATETYPE_MOVABLE)
		return MEMMON_LEAK_KIND_PROCESS;
	return MEMMON_LEAK_KIND_PLAIN;
}

enum memmon_leak_kind leaks_kind_of(const struct memmon_held *held, enum memmon_section section,
				    const struct leaks_cache *cache, const struct leaks_site *site,
				    bool has_vmalloc, const char **why)
{
	*why = NULL;
	if (section == MEMMON_SECTION_PAGES)
		return kind_of_page(held, has_vmalloc && site->is_vmalloc, why);
	if (held->queued_ns != MEMMON_NOT_QUEUED)
		return MEMMON_LEAK_KIND_RCU;
	*why = cache->why ? cache->why : site->why;
	return *why ? MEMMON_LEAK_KIND_CACHE : MEMMON_LEAK_KIND_PLAIN;
}

uint32_t leaks_frees_of(uint32_t event_class)
{
	/*
	 * Without RCU_QUEUE nothing is missed: what it announces comes as one of these. It goes without
	 * KFREE_NOLOCK too, which takes nothing but what kmalloc_nolock() gave.
	 */
	uint32_t frees = CLASS(KFREE) | CLASS(CACHE_FREE) | CLASS(CACHE_FREE_BULK) |
			 CLASS(RCU_FREE);

	switch (event_class) {
	case MEMMON_CLASS_VMALLOC:
		return CLASS(VFREE);
	case MEMMON_CLASS_PERCPU_ALLOC:
		return CLASS(PERCPU_FREE);
	case MEMMON_CLASS_PAGE_ALLOC:
	case MEMMON_CLASS_PAGE_ALLOC_BULK:
		return CLASS(PAGE_FREE);
	case MEMMON_CLASS_KMALLOC_NOLOCK:
		return frees | CLASS(KFREE_NOLOCK);
	default:
		return frees;
	}
}
