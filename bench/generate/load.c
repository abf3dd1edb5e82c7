// SPDX-License-Identifier: GPL-2.0
/* The made-up machine: call sites of unequal diligence, most objects short-lived, addresses reused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

/* Of 1000 events. */
#define PAGE_SHARE 80
#define OTHER_CPU_SHARE 60
#define IRQ_SHARE 100
/* So many young objects a CPU has at most; the newest of them die first. */
#define YOUNG_ROOM 64
/* With hooks: of 1000 events those of them alone; of 1000 objects of a cache those in bulk. */
#define HOOK_SHARE 50
#define BULK_SHARE 300
/* Of 1000 requests for pages those that fail. */
#define FAILED_SHARE 10

static const uint32_t class_bytes[] = { 8,   16,  32,	64,   96,   128, 192,
					256, 512, 1024, 2048, 4096, 8192 };
#define NR_CLASSES (sizeof(class_bytes) / sizeof(class_bytes[0]))

static uint64_t roll(struct load *load)
{
	load->random ^= load->random << 13;
	load->random ^= load->random >> 7;
	load->random ^= load->random << 17;
	return load->random;
}

static uint32_t below(struct load *load, uint32_t bound)
{
	return (uint32_t)((roll(load) >> 32) * bound >> 32);
}

static int push(struct load_pile *pile, struct load_object object)
{
	if (pile->nr == pile->room) {
		size_t room = pile->room ? pile->room * 2 : 256;
		struct load_object *objects = reallocarray(pile->objects, room, sizeof(object));

		if (!objects)
			return -ENOMEM;
		pile->objects = objects;
		pile->room = room;
	}
	pile->objects[pile->nr++] = object;
	return 0;
}

void load_cache(uint32_t id, struct memmon_cache_info *ret)
{
	static const char *const names[] = {
		"dentry", "filp", "vm_area_struct", "inode_cache", "skbuff_head_cache", "maple_node"
	};
	uint32_t i = id - 1;

	memset(ret, 0, sizeof(*ret));
	ret->size = sizeof(*ret);
	ret->id = id;
	ret->object_bytes = 64 + 24 * i;
	if (i < sizeof(names) / sizeof(names[0]))
		snprintf(ret->name, sizeof(ret->name), "%s", names[i]);
	else
		snprintf(ret->name, sizeof(ret->name), "driver_cache_%u", i);
}

static void make_sites(struct load *load)
{
	for (uint32_t i = 0; i < LOAD_SITES; i++) {
		struct load_site *site = &load->sites[i];

		site->address =
			LOAD_FIRST_ADDRESS + i / 2 * LOAD_FUNCTION_BYTES + 0x1c + i % 2 * 0x40;
		site->gfp = 0xcc0;
		if (below(load, 2)) {
			struct memmon_cache_info info;

			site->cache = 1 + below(load, LOAD_CACHES);
			load_cache(site->cache, &info);
			site->bytes_req = site->bytes_alloc = info.object_bytes;
			continue;
		}
		site->bytes_alloc = class_bytes[below(load, NR_CLASSES)];
		site->bytes_req = site->bytes_alloc - below(load, site->bytes_alloc / 4 + 1);
	}
}

int load_init(struct load *load, uint32_t nr_cpus, size_t nr_old, uint64_t seed)
{
	memset(load, 0, sizeof(*load));
	load->random = seed * 0x9E3779B97F4A7C15ULL + 1;
	load->nr_cpus = nr_cpus;
	load->next_address = 0xffff888100000000ULL;
	load->next_pfn = 0x100000;
	load->old_room = nr_old;
	load->young = calloc(nr_cpus, sizeof(*load->young));
	if (!load->young)
		return -ENOMEM;
	make_sites(load);
	return 0;
}

void load_exit(struct load *load)
{
	for (uint32_t i = 0; load->young && i < load->nr_cpus; i++)
		free(load->young[i].objects);
	free(load->young);
	free(load->old.objects);
	for (size_t i = 0; i < sizeof(load->free_slab) / sizeof(load->free_slab[0]); i++)
		free(load->free_slab[i].objects);
	for (size_t i = 0; i < sizeof(load->free_pages) / sizeof(load->free_pages[0]); i++)
		free(load->free_pages[i].objects);
}

/* Where freed memory of this kind waits. */
static struct load_pile *free_pile(struct load *load, const struct load_object *object)
{
	const struct load_site *site = &load->sites[object->site];

	if (object->is_page)
		return &load->free_pages[object->order];
	if (site->cache)
		return &load->free_slab[site->cache];
	return &load->free_slab[32 + __builtin_ctz(site->bytes_alloc)];
}

/* Turns some requests into those that only hooks see, and lets some fail. */
static void make_hooked(struct load *load, const struct load_object *object,
			struct memmon_record *record)
{
	const struct load_site *site = &load->sites[object->site];

	if (object->is_page) {
		/* Each node has every other 32 KiB. */
		record->pid_node |= (uint32_t)(object->address >> 3 & 1) << MEMMON_PID_BITS;
		record->detail = (uint16_t)MEMMON_PAGE_DETAIL(object->order, 2, object->site % 3);
		if (below(load, 1000) < FAILED_SHARE) {
			record->object = 0;
			record->pid_node |= MEMMON_NODE_UNKNOWN << MEMMON_PID_BITS;
		} else if (!object->order && !below(load, 4)) {
			record->event_class = MEMMON_CLASS_PAGE_ALLOC_BULK;
			record->call_site = site->address;
		}
	} else if (site->cache && below(load, 1000) < BULK_SHARE) {
		record->event_class = MEMMON_CLASS_CACHE_ALLOC_BULK;
	}
}

static int allocate(struct load *load, uint32_t cpu, struct memmon_record *record)
{
	/* A few sites make most requests. */
	uint32_t most = below(load, LOAD_SITES) + 1;
	struct load_object object = { .site = below(load, below(load, most) + 1) };
	const struct load_site *site = &load->sites[object.site];
	struct load_pile *pile;

	object.is_page = below(load, 1000) < PAGE_SHARE;
	if (object.is_page && !below(load, 8))
		object.order = (uint8_t)(1 + below(load, 3));
	pile = free_pile(load, &object);
	if (pile->nr) {
		object.address = pile->objects[--pile->nr].address;
	} else if (object.is_page) {
		object.address = load->next_pfn = (load->next_pfn | 7) + 1;
	} else {
		object.address = load->next_address;
		load->next_address += (site->bytes_alloc + 63) / 64 * 64;
	}
	record->object = object.address;
	record->gfp = site->gfp;
	if (object.is_page) {
		record->event_class = MEMMON_CLASS_PAGE_ALLOC;
		record->detail = (uint16_t)MEMMON_PAGE_DETAIL(object.order, 2, 0);
		record->bytes_req = record->bytes_alloc = 4096U << object.order;
	} else {
		record->event_class = site->cache ? MEMMON_CLASS_CACHE_ALLOC : MEMMON_CLASS_KMALLOC;
		record->detail = (uint16_t)site->cache;
		record->call_site = site->address;
		record->bytes_req = site->bytes_req;
		record->bytes_alloc = site->bytes_alloc;
	}
	if (load->has_hooks)
		make_hooked(load, &object, record);
	if (!record->object)
		return push(pile, object);
	return push(load->old.nr < load->old_room && !below(load, 8) ? &load->old :
								       &load->young[cpu],
		    object);
}

/* Takes an object that dies now. */
static bool choose_victim(struct load *load, uint32_t cpu, struct load_object *ret)
{
	struct load_pile *pile = &load->young[cpu];
	uint32_t other;

	if (below(load, 1000) < OTHER_CPU_SHARE)
		pile = &load->young[below(load, load->nr_cpus)];
	else if (load->old.nr >= load->old_room && !below(load, 8))
		pile = &load->old;
	if (!pile->nr)
		return false;
	/* The newest, or, of those that live for long, any. */
	other = pile == &load->old ? below(load, (uint32_t)pile->nr) : (uint32_t)pile->nr - 1;
	*ret = pile->objects[other];
	pile->objects[other] = pile->objects[--pile->nr];
	return true;
}

static int release(struct load *load, const struct load_object *object,
		   struct memmon_record *record)
{
	const struct load_site *site = &load->sites[object->site];

	record->object = object->address;
	if (object->is_page) {
		record->event_class = MEMMON_CLASS_PAGE_FREE;
		record->detail = (uint16_t)MEMMON_PAGE_DETAIL(object->order, 2, 0);
		record->bytes_req = record->bytes_alloc = 4096U << object->order;
	} else {
		record->event_class = site->cache ? MEMMON_CLASS_CACHE_FREE : MEMMON_CLASS_KFREE;
		record->detail = (uint16_t)site->cache;
		record->call_site = site->address + 0x80;
		record->bytes_req = record->bytes_alloc = site->cache ? site->bytes_alloc : 0;
	}
	if (load->has_hooks && !object->is_page && below(load, 1000) < BULK_SHARE) {
		record->event_class = MEMMON_CLASS_CACHE_FREE_BULK;
		record->detail = 0;
		record->bytes_req = record->bytes_alloc = 0;
	}
	return push(free_pile(load, object), *object);
}

/* Memory of the other allocators, taken and given back. */
static void use_area(struct load *load, struct memmon_record *record)
{
	uint32_t i = below(load, LOAD_AREAS);
	bool is_percpu = i % 2;

	record->object = (is_percpu ? 0x607f00000000ULL : 0xffffc90000000000ULL) + i * 0x100000ULL;
	record->call_site = load->sites[i].address;
	if (load->area_bytes[i]) {
		record->event_class = is_percpu ? MEMMON_CLASS_PERCPU_FREE : MEMMON_CLASS_VFREE;
		load->area_bytes[i] = 0;
		return;
	}
	record->event_class = is_percpu ? MEMMON_CLASS_PERCPU_ALLOC : MEMMON_CLASS_VMALLOC;
	record->gfp = 0xcc0;
	record->bytes_req = 1 + below(load, is_percpu ? 1000 : 1000000);
	record->bytes_alloc = is_percpu ? record->bytes_req * load->nr_cpus :
					  (record->bytes_req | 4095) + 1;
	load->area_bytes[i] = record->bytes_alloc;
}

/* A request of a movable page that had to break up a larger block of another kind. */
static void break_block(struct load *load, struct memmon_record *record)
{
	uint32_t order = 5 + below(load, 6);

	record->event_class = MEMMON_CLASS_PAGE_EXTFRAG;
	record->object = load->next_pfn;
	record->detail = (uint16_t)MEMMON_PAGE_DETAIL(below(load, 3), 2, 1);
	record->gfp = MEMMON_PAGE_DETAIL(order, 0, 2 * below(load, 2));
	record->bytes_req = 4096U << MEMMON_PAGE_ORDER(record->detail);
	record->bytes_alloc = 4096U << order;
}

/* Something that happens to the newest object of a CPU, or to none. */
static void use_hook(struct load *load, uint32_t cpu, struct memmon_record *record)
{
	const struct load_pile *pile = &load->young[cpu];
	const struct load_object *object = pile->nr ? &pile->objects[pile->nr - 1] : NULL;
	const struct load_site *site = object ? &load->sites[object->site] : NULL;

	if (!object || object->is_page || below(load, 2)) {
		if (below(load, 2))
			use_area(load, record);
		else
			break_block(load, record);
		return;
	}
	record->object = object->address;
	record->call_site = site->address + 0x40;
	if (site->cache || below(load, 2)) {
		record->event_class = MEMMON_CLASS_RCU_QUEUE;
		return;
	}
	record->event_class = MEMMON_CLASS_KREALLOC;
	record->gfp = 0xcc0;
	record->bytes_req = 1 + below(load, site->bytes_alloc);
}

int load_next(struct load *load, struct memmon_record *record, uint32_t *cpu)
{
	uint32_t process = below(load, below(load, LOAD_PROCESSES) + 1);
	struct load_object victim;

	*cpu = below(load, load->nr_cpus);
	load->time += 100 + below(load, 900);
	memset(record, 0, sizeof(*record));
	record->time = load->time;
	if (below(load, 1000) < IRQ_SHARE)
		record->context = MEMMON_CONTEXT_SOFTIRQ;
	record->tgid = 100 + process;
	record->pid_node = 100 + process;
	snprintf(record->comm, sizeof(record->comm), "process-%u", process);
	if (load->has_hooks && below(load, 1000) < HOOK_SHARE) {
		use_hook(load, *cpu, record);
		return 0;
	}
	/* Toward an even number of requests and frees, once there are as many objects as can be. */
	if ((load->young[*cpu].nr >= YOUNG_ROOM || below(load, 2)) &&
	    choose_victim(load, *cpu, &victim))
		return release(load, &victim, record);
	return allocate(load, *cpu, record);
}
