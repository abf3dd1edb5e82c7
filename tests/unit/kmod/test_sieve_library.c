// SPDX-License-Identifier: GPL-2.0
/* Compares the kernel's filter with that of libmemmon, on filters and events made by chance. */
#include "event.h"
#include "layout.h"
#include "library_filter.h"
#include "shim.h"
#include "sieve.h"
#include "unit.h"

#define NR_FILTERS 4000
#define NR_EVENTS 50

static struct kmem_cache caches[] = {
	{ .name = "dentry", .object_size = 192 },
	{ .name = "kmalloc-64", .object_size = 64 },
	{ .name = "kmalloc-128", .object_size = 128 },
	{ .name = "inode_cache", .object_size = 600 },
};
static const char *const globs[] = {
	"dentry", "kmalloc-*", "*cache", "kmalloc-64,den*", "?entry", "*", "none", "*-*8,i*",
};
static const char *const comms[] = { "sh", "kworker/0:1", "a.out", "", "exactly15bytes!", "?" };
static const char *const comm_globs[] = { "sh", "kworker*", "?", "*out,s?", "*15*", "none" };

static u64 seed = 1;

/* The same in each run (xorshift64*). */
static u32 chance(u32 nr)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (u32)(seed * 0x2545f4914f6cdd1dULL >> 32) % nr;
}

static int start(void **state)
{
	unsigned int i;

	(void)state;
	shim_allocations_left = -1;
	memmon_layout.name_offset = offsetof(struct kmem_cache, name);
	memmon_layout.slab_cache_offset = offsetof(struct page, slab_cache);
	memmon_cache_init();
	for (i = 0; i < SHIM_NR_PAGES; i++)
		shim_pages[i] = (struct page){
			.is_slab = i % 3,
			.slab_cache = i % 3 ? &caches[i % ARRAY_SIZE(caches)] : NULL,
			.node = i % 4,
		};
	return 0;
}

/* Small numbers, so that events often meet conditions. */
static void make_numbers(struct memmon_filter *f)
{
	f->pid = chance(5);
	f->tgid = chance(5);
	f->contexts = 1 + chance(15);
	f->orders = 1 + chance(31);
	f->gfp_mask = chance(16);
	f->gfp_value = f->gfp_mask & chance(16);
	f->min_bytes = chance(300);
	f->max_bytes = f->min_bytes + chance(300);
	f->sample_one_in = 1 + chance(4);
	f->nodes[0] = 1 + chance(15);
	f->nr_sites = 1 + chance(3);
	for (u32 i = 0; i < f->nr_sites; i++) {
		f->sites[i].first = 1 + chance(100);
		f->sites[i].last = f->sites[i].first + chance(30);
	}
}

static struct memmon_filter make_filter(void)
{
	struct memmon_filter f = { .cgroup_fd = -1 };

	make_numbers(&f);
	strscpy(f.comm, comm_globs[chance(ARRAY_SIZE(comm_globs))], sizeof(f.comm));
	strscpy(f.cache, globs[chance(ARRAY_SIZE(globs))], sizeof(f.cache));
	/* Two or three conditions at once; the cgroup is not in a record. */
	for (int i = 0; i < 3; i++)
		f.conditions |= 1U << chance(MEMMON_FILTERED_NULL);
	f.conditions &= ~(1U << MEMMON_FILTERED_CGROUP);
	return f;
}

static struct memmon_facts make_facts(void)
{
	struct memmon_facts facts = {
		.event_class = 1 + chance(MEMMON_NR_CLASSES - 1),
		.context = chance(MEMMON_NR_CONTEXTS),
		.bytes_req = chance(500),
	};

	if (memmon_event_is_page(facts.event_class)) {
		facts.object = chance(SHIM_NR_PAGES + 1);
		facts.detail = MEMMON_PAGE_DETAIL(chance(6), chance(3), chance(3));
	} else {
		facts.call_site = 1 + chance(130);
		if (chance(4))
			facts.object = (unsigned long)shim_memory + 64 * chance(SHIM_NR_PAGES * 64);
		if (chance(2))
			facts.detail = memmon_cache_lookup(&caches[chance(4)]).id;
	}
	if (!memmon_event_is_free(facts.event_class))
		facts.gfp = chance(16);
	return facts;
}

static void make_task(void)
{
	*current = (struct task_struct){ .pid = chance(5), .tgid = chance(5) };
	strscpy(current->comm, comms[chance(ARRAY_SIZE(comms))], sizeof(current->comm));
}

/* The record of an event, as event.h makes it; and the cache, if it was found out. */
static struct memmon_record record_of(const struct memmon_facts *facts,
				      const struct memmon_sieve *sieve)
{
	struct memmon_record record = {
		.event_class = facts->event_class,
		.context = facts->context,
		.detail = facts->detail,
		.gfp = (u32)facts->gfp,
		.call_site = facts->call_site,
		.object = facts->object,
		.bytes_req = facts->bytes_req,
		.pid_node = (u32)current->pid,
		.tgid = (u32)current->tgid,
	};

	if (facts->object)
		record.pid_node |= memmon_event_node(facts->event_class, facts->object)
				   << MEMMON_PID_BITS;
	if (memmon_sieve_knows_caches(sieve) && !memmon_event_is_page(facts->event_class) &&
	    facts->cache)
		record.detail = facts->cache;
	memcpy(record.comm, current->comm, sizeof(record.comm));
	return record;
}

static const char *cache_name(void *context, u32 id)
{
	memmon_cache_name(id, context);
	return context;
}

static void both_decide_alike(void **state)
{
	unsigned int verdicts[MEMMON_NR_FILTER_REASONS + 1] = { 0 };
	char name[MEMMON_CACHE_NAME_BYTES];

	(void)state;
	for (int i = 0; i < NR_FILTERS; i++) {
		struct memmon_filter filter = make_filter();
		struct memmon_sieve *sieve;

		if (memmon_sieve_create(&filter, &sieve) || !sieve)
			continue;
		for (int event = 0; event < NR_EVENTS; event++) {
			struct memmon_facts facts = make_facts();
			struct memmon_record record;
			int verdict;

			make_task();
			verdict = memmon_sieve_judge(sieve, &facts);
			record = record_of(&facts, sieve);
			assert_int_equal(library_filter_match(&filter, &record, cache_name, name),
					 verdict);
			verdicts[verdict + 1]++;
		}
		memmon_sieve_destroy(sieve);
	}
	/* It was about something: each condition was failed, and many events passed. */
	assert_true(verdicts[0] > 1000);
	for (int condition = 0; condition < MEMMON_FILTERED_NULL; condition++)
		if (condition != MEMMON_FILTERED_CGROUP)
			assert_true(verdicts[condition + 1] > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_decide_alike),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
