// SPDX-License-Identifier: GPL-2.0
/* The options of a session and its filter as JSON. */
#include <errno.h>
#include <string.h>

#include "sidecar.h"

/* Those of the two sources share names in tables, since they share causes; here each has its own. */
static const char *const class_names[] = {
	[MEMMON_CLASS_NONE] = "none",
	[MEMMON_CLASS_KMALLOC] = "kmalloc",
	[MEMMON_CLASS_CACHE_ALLOC] = "kmem_cache_alloc",
	[MEMMON_CLASS_KFREE] = "kfree",
	[MEMMON_CLASS_CACHE_FREE] = "kmem_cache_free",
	[MEMMON_CLASS_PAGE_ALLOC] = "mm_page_alloc",
	[MEMMON_CLASS_PAGE_FREE] = "mm_page_free",
	[MEMMON_CLASS_PAGE_FREE_BATCHED] = "mm_page_free_batched",
	[MEMMON_CLASS_CALL_KMALLOC] = "call_kmalloc",
	[MEMMON_CLASS_CALL_KMALLOC_LARGE] = "call_kmalloc_large",
	[MEMMON_CLASS_CALL_KMALLOC_SLAB] = "call_kmalloc_slab",
	[MEMMON_CLASS_CALL_KMALLOC_NODE] = "call_kmalloc_node",
	[MEMMON_CLASS_CALL_CACHE_ALLOC] = "call_kmem_cache_alloc",
	[MEMMON_CLASS_CALL_KMALLOC_CACHE] = "call_kmalloc_cache",
	[MEMMON_CLASS_CACHE_ALLOC_BULK] = "kmem_cache_alloc_bulk",
	[MEMMON_CLASS_CACHE_FREE_BULK] = "kmem_cache_free_bulk",
	[MEMMON_CLASS_RCU_QUEUE] = "kvfree_call_rcu",
	[MEMMON_CLASS_RCU_FREE] = "rcu_free_sheaf",
	[MEMMON_CLASS_KMALLOC_NOLOCK] = "kmalloc_nolock",
	[MEMMON_CLASS_KFREE_NOLOCK] = "kfree_nolock",
	[MEMMON_CLASS_KREALLOC] = "krealloc",
	[MEMMON_CLASS_VMALLOC] = "vmalloc",
	[MEMMON_CLASS_VFREE] = "vfree",
	[MEMMON_CLASS_PERCPU_ALLOC] = "percpu_alloc",
	[MEMMON_CLASS_PERCPU_FREE] = "percpu_free",
	[MEMMON_CLASS_PAGE_ALLOC_BULK] = "alloc_pages_bulk",
	[MEMMON_CLASS_PAGE_EXTFRAG] = "mm_page_alloc_extfrag",
};

static const char *const context_names[] = {
#define NAME(id, name) [MEMMON_CONTEXT_##id] = name,
	MEMMON_CONTEXTS(NAME)
#undef NAME
};

static const char *const condition_names[] = {
#define NAME(id, name) [MEMMON_FILTERED_##id] = name,
	MEMMON_CONDITIONS(NAME)
#undef NAME
};

static const char *const flag_names[] = { "overwrite", "with_self" };
static const char *const source_names[] = { "tracepoint", "kprobe" };

#define NR(array) (sizeof(array) / sizeof((array)[0]))

_Static_assert(NR(class_names) == MEMMON_NR_CLASSES, "each class has a name");
_Static_assert(NR(source_names) == MEMMON_NR_SOURCES, "each source has a name");

const char *memmon_class_key(unsigned int event_class)
{
	return event_class < NR(class_names) ? class_names[event_class] : NULL;
}

/* A mask as the list of the names of its bits. */
static int put_bits(json_t *object, const char *key, uint32_t mask, const char *const *names,
		    size_t nr)
{
	json_t *list = json_array();

	if (json_object_set_new(object, key, list))
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		if (mask >> i & 1 && json_array_append_new(list, json_string(names[i])))
			return -ENOMEM;
	return 0;
}

/* A name that a later minor version may have added is left out. */
static int get_bits(const json_t *object, const char *key, const char *const *names, size_t nr,
		    uint32_t *ret)
{
	const json_t *list = json_object_get(object, key);

	*ret = 0;
	if (!json_is_array(list))
		return -EBADMSG;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));

		if (!name)
			return -EBADMSG;
		for (size_t bit = 0; bit < nr; bit++)
			if (!strcmp(names[bit], name))
				*ret |= 1U << bit;
	}
	return 0;
}

static int get_u64(const json_t *object, const char *key, __u64 *ret)
{
	uint64_t number;
	int err = memmon_json_get_number(object, key, UINT64_MAX, &number);

	if (!err)
		*ret = number;
	return err;
}

static int put_sites(json_t *filter, const struct memmon_filter *from)
{
	json_t *list = json_array();

	if (json_object_set_new(filter, "sites", list))
		return -ENOMEM;
	for (uint32_t i = 0; i < from->nr_sites && i < MEMMON_FILTER_SITES; i++) {
		json_t *site = json_object();

		if (json_array_append_new(list, site) ||
		    memmon_json_put_number(site, "first", from->sites[i].first) ||
		    memmon_json_put_number(site, "last", from->sites[i].last))
			return -ENOMEM;
	}
	return 0;
}

static int get_sites(const json_t *filter, struct memmon_filter *ret)
{
	const json_t *list = json_object_get(filter, "sites");

	if (!json_is_array(list) || json_array_size(list) > MEMMON_FILTER_SITES)
		return -EBADMSG;
	ret->nr_sites = (uint32_t)json_array_size(list);
	for (uint32_t i = 0; i < ret->nr_sites; i++) {
		const json_t *site = json_array_get(list, i);

		if (get_u64(site, "first", &ret->sites[i].first) ||
		    get_u64(site, "last", &ret->sites[i].last))
			return -EBADMSG;
	}
	return 0;
}

static int put_nodes(json_t *filter, const __u64 *nodes)
{
	json_t *list = json_array();

	if (json_object_set_new(filter, "nodes", list))
		return -ENOMEM;
	for (unsigned int node = 0; node < MEMMON_FILTER_NODES; node++)
		if (nodes[node / 64] >> node % 64 & 1 &&
		    json_array_append_new(list, json_integer(node)))
			return -ENOMEM;
	return 0;
}

static int get_nodes(const json_t *filter, __u64 *nodes)
{
	const json_t *list = json_object_get(filter, "nodes");

	if (!json_is_array(list))
		return -EBADMSG;
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_int_t node = json_integer_value(json_array_get(list, i));

		if (node < 0 || node >= MEMMON_FILTER_NODES)
			return -EBADMSG;
		nodes[node / 64] |= 1ULL << node % 64;
	}
	return 0;
}

/* The cgroup's descriptor means nothing to a reader; that it was a condition does. */
static int filter_pack(const struct memmon_filter *filter, json_t *object)
{
	char comm[sizeof(filter->comm) + 1] = "";
	char cache[sizeof(filter->cache) + 1] = "";

	memcpy(comm, filter->comm, sizeof(filter->comm));
	memcpy(cache, filter->cache, sizeof(filter->cache));
	if (put_bits(object, "conditions", filter->conditions, condition_names,
		     NR(condition_names)) ||
	    memmon_json_put_number(object, "pid", filter->pid) ||
	    memmon_json_put_number(object, "tgid", filter->tgid) ||
	    put_bits(object, "contexts", filter->contexts, context_names, NR(context_names)) ||
	    memmon_json_put_number(object, "orders", filter->orders) ||
	    memmon_json_put_number(object, "gfp_mask", filter->gfp_mask) ||
	    memmon_json_put_number(object, "gfp_value", filter->gfp_value) ||
	    memmon_json_put_number(object, "min_bytes", filter->min_bytes) ||
	    memmon_json_put_number(object, "max_bytes", filter->max_bytes) ||
	    memmon_json_put_number(object, "sample_one_in", filter->sample_one_in) ||
	    put_sites(object, filter) || put_nodes(object, filter->nodes) ||
	    memmon_json_put_text(object, "comm", comm) ||
	    memmon_json_put_text(object, "cache", cache))
		return -ENOMEM;
	return 0;
}

static int filter_unpack(const json_t *object, struct memmon_filter *ret)
{
	ret->cgroup_fd = -1;
	if (get_bits(object, "conditions", condition_names, NR(condition_names),
		     &ret->conditions) ||
	    memmon_json_get_u32(object, "pid", &ret->pid) ||
	    memmon_json_get_u32(object, "tgid", &ret->tgid) ||
	    get_bits(object, "contexts", context_names, NR(context_names), &ret->contexts) ||
	    memmon_json_get_u32(object, "orders", &ret->orders) ||
	    memmon_json_get_u32(object, "gfp_mask", &ret->gfp_mask) ||
	    memmon_json_get_u32(object, "gfp_value", &ret->gfp_value) ||
	    get_u64(object, "min_bytes", &ret->min_bytes) ||
	    get_u64(object, "max_bytes", &ret->max_bytes) ||
	    memmon_json_get_u32(object, "sample_one_in", &ret->sample_one_in) ||
	    get_sites(object, ret) || get_nodes(object, ret->nodes) ||
	    memmon_json_get_text(object, "comm", ret->comm, sizeof(ret->comm)) ||
	    memmon_json_get_text(object, "cache", ret->cache, sizeof(ret->cache)))
		return -EBADMSG;
	return 0;
}

int memmon_options_pack(const struct memmon_options *options, json_t **ret)
{
	const char *source = options->source < NR(source_names) ? source_names[options->source] :
								  "unknown";
	json_t *object = json_object();
	json_t *filter = json_object();

	if (json_object_set_new(object, "filter", filter) ||
	    put_bits(object, "flags", options->flags, flag_names, NR(flag_names)) ||
	    memmon_json_put_text(object, "source", source) ||
	    put_bits(object, "classes", options->classes, class_names, NR(class_names)) ||
	    memmon_json_put_number(object, "ring_bytes", options->ring_bytes) ||
	    memmon_json_put_number(object, "watermark_bytes", options->watermark_bytes) ||
	    memmon_json_put_number(object, "map_bytes", options->map_bytes) ||
	    memmon_json_put_number(object, "stacks", options->stacks) ||
	    filter_pack(&options->filter, filter)) {
		json_decref(object);
		return -ENOMEM;
	}
	*ret = object;
	return 0;
}

/* Recordings before 1.2 have no stacks and say nothing of them. */
static int get_stacks(const json_t *object, __u32 *ret)
{
	uint32_t number = 0;
	int err = json_object_get(object, "stacks") ?
			  memmon_json_get_u32(object, "stacks", &number) :
			  0;

	*ret = number;
	return err;
}

int memmon_options_unpack(const json_t *object, struct memmon_options *ret)
{
	char source[16];

	memset(ret, 0, sizeof(*ret));
	ret->size = sizeof(*ret);
	if (get_bits(object, "flags", flag_names, NR(flag_names), &ret->flags) ||
	    memmon_json_get_text(object, "source", source, sizeof(source)) ||
	    get_bits(object, "classes", class_names, NR(class_names), &ret->classes) ||
	    get_u64(object, "ring_bytes", &ret->ring_bytes) ||
	    get_u64(object, "watermark_bytes", &ret->watermark_bytes) ||
	    get_u64(object, "map_bytes", &ret->map_bytes) || get_stacks(object, &ret->stacks) ||
	    filter_unpack(json_object_get(object, "filter"), &ret->filter))
		return -EBADMSG;
	for (uint32_t i = 0; i < NR(source_names); i++) {
		ret->source = i;
		if (!strcmp(source, source_names[i]))
			return 0;
	}
	return -EBADMSG;
}
