// SPDX-License-Identifier: GPL-2.0
/* The registry of slab caches: finds, enters and retires them. */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cache.h"
#include "layout.h"

/**
 * struct cache_info - what is kept of a cache for readers
 * @object: address of the cache; kept after it was destroyed, to know it again if it was not
 * @name: copied at the first event, since the kernel frees it with the cache
 */
struct cache_info {
	const struct kmem_cache *object;
	char name[MEMMON_CACHE_NAME_BYTES];
};

const struct kmem_cache *memmon_cache_keys[MEMMON_CACHE_SLOTS] __read_mostly;
u64 memmon_cache_sizes[MEMMON_CACHE_SLOTS] __read_mostly;
static struct cache_info infos[MEMMON_CACHE_SLOTS];

static atomic_t nr_caches;
static atomic64_t nr_overflows;

/*
 * Key of slot 0, which is never used, of destroyed caches, and of an entry being made. No cache lies at
 * these addresses.
 */
#define KEY_RESERVED ((const struct kmem_cache *)1)
#define KEY_TOMBSTONE ((const struct kmem_cache *)2)
#define KEY_BUSY ((const struct kmem_cache *)3)

/* Copies a string byte by byte, as its end may be the end of mapped memory. */
static void copy_name(const struct kmem_cache *s, char *to)
{
	const char *from;
	int i;

	to[0] = '\0';
	if (memmon_layout.name_offset < 0)
		return;
	if (copy_from_kernel_nofault(&from, (void *)s + memmon_layout.name_offset, sizeof(from)))
		return;
	for (i = 0; i < MEMMON_CACHE_NAME_BYTES - 1; i++) {
		if (copy_from_kernel_nofault(&to[i], from + i, 1))
			break;
		if (!to[i])
			return;
	}
	to[i] = '\0';
}

/* In both halves. */
static u64 sizes_of(const struct kmem_cache *s)
{
	/* kmem_cache_size() only reads; it lacks the const. */
	u64 bytes = kmem_cache_size((struct kmem_cache *)s);

	return bytes << 32 | bytes;
}

/*
 * Tries to take an empty slot. While the entry is being filled the slot is busy: whoever comes by, another
 * CPU or an interrupt, goes on to the next one. In the worst case the same cache gets two entries with
 * the same name.
 */
static bool claim(unsigned int slot, const struct kmem_cache *s)
{
	struct cache_info *info = &infos[slot];

	if (cmpxchg(&memmon_cache_keys[slot], NULL, KEY_BUSY))
		return false;
	memmon_cache_sizes[slot] = sizes_of(s);
	copy_name(s, info->name);
	smp_store_release(&info->object, s); /* the rest is there; for memmon_cache_is_entered() */
	/*
	 * Whoever sees the key sees the rest: pairs with the dependent loads of a probe, and for a
	 * reader with memmon_ring_leave() after the record that names this slot.
	 */
	smp_store_release(&memmon_cache_keys[slot], s);
	atomic_inc(&nr_caches);
	return true;
}

/*
 * kmem_cache_destroy() of a merged cache only drops a reference: its tombstone is then found again at
 * the same address with the same name and size, and brought back to life.
 */
static bool revive(unsigned int slot, const struct kmem_cache *s)
{
	struct cache_info *info = &infos[slot];
	const struct kmem_cache *old;
	char name[MEMMON_CACHE_NAME_BYTES];

	if (info->object != s || memmon_cache_sizes[slot] != sizes_of(s))
		return false;
	copy_name(s, name);
	if (strcmp(name, info->name))
		return false;
	old = cmpxchg(&memmon_cache_keys[slot], KEY_TOMBSTONE, s);
	return old == KEY_TOMBSTONE || old == s;
}

static unsigned int find_or_claim(const struct kmem_cache *s)
{
	unsigned int slot = memmon_cache_home((unsigned long)s);
	int i;

	for (i = 0; i < MEMMON_CACHE_PROBES; i++, slot = memmon_cache_step(slot)) {
		const struct kmem_cache *key = READ_ONCE(memmon_cache_keys[slot]);

		if (key == s)
			return slot;
		if (key == KEY_TOMBSTONE ? revive(slot, s) : !key && claim(slot, s))
			return slot;
	}
	atomic64_inc(&nr_overflows);
	return MEMMON_CACHE_UNKNOWN;
}

/**
 * memmon_cache_find - the facts of a cache that is not at its first slot, entering it if it is new
 * @s: a live cache, or NULL
 *
 * Context: any, NMI included; at most MEMMON_CACHE_PROBES steps.
 * Return: id and object size. The id is MEMMON_CACHE_UNKNOWN for NULL, and (counted) when no slot was free.
 */
struct memmon_cache memmon_cache_find(const struct kmem_cache *s)
{
	struct memmon_cache cache = { .id = MEMMON_CACHE_UNKNOWN };

	if (!s)
		return cache;
	cache.sizes = sizes_of(s);
	cache.bytes = cache.sizes;
	cache.id = find_or_claim(s);
	return cache;
}

/**
 * memmon_cache_of_slab - the cache that a slab object belongs to
 * @object: address of a live object, or no address at all (NULL, ZERO_SIZE_PTR)
 *
 * Touches the struct page of the object: only for sessions that filter by cache, and for kernels whose
 * tracepoints do not say the cache.
 *
 * Context: any.
 * Return: the cache, or NULL if it is no slab object or the kernel's layout is not known.
 */
const struct kmem_cache *memmon_cache_of_slab(const void *object)
{
	/* Cheaper than virt_addr_valid(): what the allocator hands out lies in the direct map. */
	if (memmon_layout.slab_cache_offset < 0 || (unsigned long)object < PAGE_OFFSET ||
	    object >= high_memory)
		return NULL;
	return memmon_cache_of_mapped(object);
}

/* Whether an id, from anywhere, is that of a cache, be it destroyed by now. Context: any. */
bool memmon_cache_is_entered(u32 id)
{
	return id < MEMMON_CACHE_SLOTS && READ_ONCE(infos[id].object);
}

/**
 * memmon_cache_name - the name of a cache, also of one that has been destroyed
 * @id: from a record
 * @name: set to the name, or to "cache@<id>" when it could not be read
 *
 * Context: any.
 */
void memmon_cache_name(u16 id, char name[MEMMON_CACHE_NAME_BYTES])
{
	const struct cache_info *info = &infos[id % MEMMON_CACHE_SLOTS];

	if (info->name[0])
		memcpy(name, info->name, MEMMON_CACHE_NAME_BYTES);
	else
		snprintf(name, MEMMON_CACHE_NAME_BYTES, "cache@%u", id);
}

/* kmem_cache_destroy(s): the address may soon be that of another cache. */
static int on_destroy(struct kprobe *p, struct pt_regs *regs)
{
	const struct kmem_cache *s = (void *)regs_get_kernel_argument(regs, 0);
	unsigned int slot = memmon_cache_home((unsigned long)s);
	int i;

	if (!s)
		return 0;
	for (i = 0; i < MEMMON_CACHE_PROBES; i++, slot = memmon_cache_step(slot)) {
		const struct kmem_cache *key = READ_ONCE(memmon_cache_keys[slot]);

		if (!key)
			break;
		/* To the end of the search: a cache may have two entries, see claim(). */
		if (key == s)
			WRITE_ONCE(memmon_cache_keys[slot], KEY_TOMBSTONE);
	}
	return 0;
}
NOKPROBE_SYMBOL(on_destroy);

static struct kprobe destroy_probe;
static int destroy_error = -ENOENT;

/**
 * memmon_cache_doubt - believe no entry that nobody has watched
 *
 * A cache may have been destroyed meanwhile, and another be where it was. Each entry is a tombstone until
 * its cache is seen again, under the same name. Does nothing while destruction is noticed.
 *
 * Context: process.
 */
void memmon_cache_doubt(void)
{
	unsigned int slot;

	if (!READ_ONCE(destroy_error))
		return;
	for (slot = 1; slot < MEMMON_CACHE_SLOTS; slot++) {
		const struct kmem_cache *key = READ_ONCE(memmon_cache_keys[slot]);

		if (key && key != KEY_TOMBSTONE && key != KEY_BUSY)
			cmpxchg(&memmon_cache_keys[slot], key, KEY_TOMBSTONE);
	}
}

/**
 * memmon_cache_watch - begin to notice the destruction of caches
 *
 * Return: 0, also when this kernel does not let kmem_cache_destroy() be probed (the status says so);
 * -ENOMEM.
 */
int memmon_cache_watch(void)
{
	memmon_cache_doubt();
	/* Made anew each time: register_kprobe() leaves its own marks in it. */
	destroy_probe = (struct kprobe){
		.symbol_name = "kmem_cache_destroy",
		.pre_handler = on_destroy,
	};
	destroy_error = register_kprobe(&destroy_probe);
	return destroy_error == -ENOMEM ? -ENOMEM : 0;
}

/* Ends what memmon_cache_watch() began. */
void memmon_cache_unwatch(void)
{
	if (!destroy_error)
		unregister_kprobe(&destroy_probe);
	destroy_error = -ENOENT;
}

/* Prepares the registry. Context: process, before any probe is attached. */
void memmon_cache_init(void)
{
	memmon_cache_keys[MEMMON_CACHE_UNKNOWN] = KEY_RESERVED;
}

/* Caches entered so far, the destroyed ones included. */
unsigned int memmon_cache_count(void)
{
	return atomic_read(&nr_caches);
}

/* Events whose cache found no place in the registry. */
u64 memmon_cache_overflows(void)
{
	return atomic64_read(&nr_overflows);
}

/* For the status: whether the names of caches can be read, or why not. */
const char *memmon_cache_names_state(void)
{
	if (memmon_layout.name_offset < 0)
		return "unavailable: no field of struct kmem_cache held the name of a test cache";
	return "calibrated";
}

/* For the status: whether a destroyed cache is noticed. */
const char *memmon_cache_watch_state(void)
{
	if (destroy_error)
		return "unavailable: kmem_cache_destroy cannot be probed, names may be stale";
	return "attached kmem_cache_destroy";
}
