// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the events of each object. An address has one life after the other, of which only some are of our
 * objects: those that the maker's thread began, and of these the latest, as it makes nothing else behind them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verify.h"

/* No kernel address has this bit without the highest one. */
#define PAGE_KEY (1ULL << 62)

#define MASK(id) (1U << MEMMON_CLASS_##id)

#define CLASSES_BIRTH                                                                        \
	(MASK(KMALLOC) | MASK(CACHE_ALLOC) | MASK(CACHE_ALLOC_BULK) | MASK(KMALLOC_NOLOCK) | \
	 MASK(VMALLOC) | MASK(PERCPU_ALLOC) | MASK(PAGE_ALLOC) | MASK(PAGE_ALLOC_BULK))
#define CLASSES_END                                                                \
	(MASK(KFREE) | MASK(CACHE_FREE) | MASK(CACHE_FREE_BULK) | MASK(RCU_FREE) | \
	 MASK(KFREE_NOLOCK) | MASK(VFREE) | MASK(PERCPU_FREE) | MASK(PAGE_FREE))

/**
 * struct event - an event of one of the keys
 * @i: its place in time
 */
struct event {
	uint64_t key;
	size_t i;
	const struct memmon_record *record;
};

/**
 * struct owner - an object, by its key
 */
struct owner {
	uint64_t key;
	size_t i;
};

uint64_t verify_object_key(const struct verify_object *object)
{
	return object->kind == VERIFY_PAGES ? object->address | PAGE_KEY : object->address;
}

uint64_t verify_record_key(const struct memmon_record *record)
{
	bool is_page = memmon_class_is_page(record->event_class);

	return is_page ? record->object | PAGE_KEY : record->object;
}

enum memmon_class verify_birth_class(const struct verify_object *object)
{
	switch (object->kind) {
	case VERIFY_VMALLOC:
		return MEMMON_CLASS_VMALLOC;
	case VERIFY_PERCPU:
		return MEMMON_CLASS_PERCPU_ALLOC;
	case VERIFY_PAGES:
		return strcmp(object->path, "alloc_pages_bulk") ? MEMMON_CLASS_PAGE_ALLOC :
								  MEMMON_CLASS_PAGE_ALLOC_BULK;
	default:
		break;
	}
	if (!strcmp(object->path, "kmem_cache_alloc_bulk"))
		return MEMMON_CLASS_CACHE_ALLOC_BULK;
	if (!strcmp(object->path, "kmalloc_nolock"))
		return MEMMON_CLASS_KMALLOC_NOLOCK;
	return strcmp(object->cache, "-") ? MEMMON_CLASS_CACHE_ALLOC : MEMMON_CLASS_KMALLOC;
}

static int compare_events(const void *a, const void *b)
{
	const struct event *one = a, *other = b;

	if (one->key != other->key)
		return one->key < other->key ? -1 : 1;
	return one->i < other->i ? -1 : one->i > other->i;
}

static int compare_owners(const void *a, const void *b)
{
	const struct owner *one = a, *other = b;

	if (one->key != other->key)
		return one->key < other->key ? -1 : 1;
	return one->i < other->i ? -1 : one->i > other->i;
}

/* A bulk request that falls back to a single page is seen as both. */
static bool is_second_half(const struct memmon_record *birth, const struct memmon_record *record)
{
	return birth->event_class == MEMMON_CLASS_PAGE_ALLOC &&
	       record->event_class == MEMMON_CLASS_PAGE_ALLOC_BULK;
}

static bool is_of(const struct memmon_record *birth, const struct verify_object *object,
		  uint32_t maker_pid)
{
	if ((birth->pid_node & MEMMON_PID_MASK) != maker_pid ||
	    birth->event_class != verify_birth_class(object))
		return false;
	return object->kind != VERIFY_PAGES || MEMMON_PAGE_ORDER(birth->detail) == object->order;
}

/*
 * A frame that was freed can be taken without a birth, by compaction for one, and be freed again. So a second
 * end of pages counts only if it is by the same thread.
 */
static bool is_end(const struct memmon_record *record, const struct memmon_record *first_end)
{
	if (!(1U << record->event_class & CLASSES_END))
		return false;
	return !first_end || !memmon_class_is_page(record->event_class) ||
	       !((record->pid_node ^ first_end->pid_node) & MEMMON_PID_MASK);
}

/* What follows a birth, until the next one or the end of the key's events. */
static void follow(const struct event *events, size_t nr, struct verify_life *life)
{
	const struct memmon_record *first_end = NULL;

	for (size_t i = 0; i < nr; i++) {
		const struct memmon_record *record = events[i].record;
		uint32_t class_bit = 1U << record->event_class;

		if (class_bit & CLASSES_BIRTH)
			return;
		if (is_end(record, first_end)) {
			first_end = first_end ? first_end : record;
			life->nr_ends++;
		}
		if (class_bit & MASK(RCU_QUEUE))
			life->nr_queued++;
		if (class_bit & MASK(KREALLOC)) {
			life->nr_resized++;
			life->resized_bytes = record->bytes_req;
		}
	}
}

/* Whether a life begins with an event; of two events of one birth, it is the last. */
static bool is_birth(const struct event *events, size_t nr, size_t i)
{
	if (!(1U << events[i].record->event_class & CLASSES_BIRTH))
		return false;
	return i + 1 == nr || !is_second_half(events[i].record, events[i + 1].record);
}

/* Gives the objects of one key their lives, the last object the last life that can be its. */
static void match_key(const struct verify_list *list, const struct owner *owners, size_t nr_owners,
		      const struct event *events, size_t nr, struct verify_life *lives)
{
	size_t i = nr, o = nr_owners;

	while (i--) {
		const struct verify_object *object = &list->objects[owners[o ? o - 1 : 0].i];

		if (!is_birth(events, nr, i) || !is_of(events[i].record, object, list->maker_pid))
			continue;
		if (o) {
			lives[owners[--o].i].birth = events[i].record;
			follow(events + i + 1, nr - i - 1, &lives[owners[o].i]);
		} else if (strcmp(object->path, "kmem_cache_alloc_reused")) {
			/* More births than objects. The reused ones are tried out, and not all listed. */
			lives[owners[0].i].has_more = true;
		}
	}
}

static size_t run_of(const struct event *events, size_t nr)
{
	size_t i = 1;

	while (i < nr && events[i].key == events[0].key)
		i++;
	return i;
}

static size_t run_of_owners(const struct owner *owners, size_t nr)
{
	size_t i = 1;

	while (i < nr && owners[i].key == owners[0].key)
		i++;
	return i;
}

/* Where the events of a key begin, or would. */
static size_t find_key(const struct event *events, size_t nr, uint64_t key)
{
	size_t low = 0, high = nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (events[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A block that goes page by page has its ends at all of its frames. */
static void count_pieces(const struct verify_object *object, const struct event *events, size_t nr,
			 struct verify_life *life)
{
	uint64_t key = verify_object_key(object);

	if (!life->birth)
		return;
	life->nr_ends = 0;
	for (uint64_t page = 0; page < 1ULL << object->order; page++) {
		for (size_t i = find_key(events, nr, key + page);
		     i < nr && events[i].key == key + page; i++) {
			if (events[i].record->time < life->birth->time ||
			    events[i].record->event_class != MEMMON_CLASS_PAGE_FREE)
				continue;
			/* What follows may be of another life of this frame. */
			life->nr_ends += !MEMMON_PAGE_ORDER(events[i].record->detail);
			break;
		}
	}
}

static bool goes_in_pieces(const struct verify_object *object)
{
	return !strcmp(object->path, "split_page") || !strcmp(object->path, "alloc_pages_exact");
}

static void match_all(const struct verify_list *list, const struct owner *owners, size_t nr_owners,
		      const struct event *events, size_t nr, struct verify_life *lives)
{
	for (size_t o = 0; o < nr_owners;) {
		size_t nr_here = run_of_owners(owners + o, nr_owners - o);
		size_t first = find_key(events, nr, owners[o].key);

		if (first < nr && events[first].key == owners[o].key)
			match_key(list, owners + o, nr_here, events + first,
				  run_of(events + first, nr - first), lives);
		o += nr_here;
	}
	for (size_t i = 0; i < list->nr; i++)
		if (goes_in_pieces(&list->objects[i]))
			count_pieces(&list->objects[i], events, nr, &lives[i]);
}

int verify_lives(const struct verify_list *list, const struct verify_seen *seen,
		 struct verify_life **ret)
{
	struct event *events = calloc(seen->nr + 1, sizeof(*events));
	struct owner *owners = calloc(list->nr + 1, sizeof(*owners));
	struct verify_life *lives = calloc(list->nr + 1, sizeof(*lives));
	size_t nr_owners = 0;

	if (!events || !owners || !lives) {
		free(events);
		free(owners);
		free(lives);
		return -ENOMEM;
	}
	for (size_t i = 0; i < seen->nr; i++)
		events[i] = (struct event){ verify_record_key(&seen->records[i]), i,
					    &seen->records[i] };
	for (size_t i = 0; i < list->nr; i++)
		if (list->objects[i].address)
			owners[nr_owners++] =
				(struct owner){ verify_object_key(&list->objects[i]), i };
	qsort(events, seen->nr, sizeof(*events), compare_events);
	qsort(owners, nr_owners, sizeof(*owners), compare_owners);
	match_all(list, owners, nr_owners, events, seen->nr, lives);
	free(events);
	free(owners);
	*ret = lives;
	return 0;
}
