// SPDX-License-Identifier: GPL-2.0
/* Compares the sieve with what the words of mem_monitor.h say, on filters and events made by chance. */
#include <stdlib.h>

#include "books.h"
#include "layout.h"
#include "shim.h"
#include "sieve.h"
#include "unit.h"

#define NR_FILTERS 6000
#define NR_EVENTS 40
#define WANTED (-1)

static struct kmem_cache caches[] = {
	{ .name = "dentry", .object_size = 192 },
	{ .name = "kmalloc-64", .object_size = 64 },
	{ .name = "kmalloc-128", .object_size = 128 },
	{ .name = "ab", .object_size = 600 },
};

static unsigned int one_in(unsigned int n)
{
	return random() % n;
}

static int start(void **state)
{
	unsigned int i;

	(void)state;
	srandom(1);
	memmon_layout.name_offset = offsetof(struct kmem_cache, name);
	memmon_layout.slab_cache_offset = offsetof(struct page, slab_cache);
	memmon_cache_init();
	shim_cgroups[1].parent = &shim_cgroups[0];
	shim_cgroups[2].parent = &shim_cgroups[1];
	for (i = 0; i < SHIM_NR_PAGES; i++)
		shim_pages[i] = (struct page){ .is_slab = i % 3, .node = i % 4 * 60 };
	for (i = 0; i < SHIM_NR_PAGES; i++)
		shim_pages[i].slab_cache = i % 3 ? &caches[i % ARRAY_SIZE(caches)] : NULL;
	return 0;
}

/* Glob by its definition. */
static bool matches(const char *glob, const char *text)
{
	if (!*glob)
		return !*text;
	if (*glob == '*')
		return matches(glob + 1, text) || (*text && matches(glob, text + 1));
	return *text && (*glob == '?' || *glob == *text) && matches(glob + 1, text + 1);
}

static bool matches_list(const char *list, const char *text)
{
	char copy[MEMMON_FILTER_CACHE_BYTES], *glob, *rest = copy;

	strscpy(copy, list, sizeof(copy));
	while ((glob = strsep(&rest, ","))) {
		if (matches(glob, text))
			return true;
	}
	return false;
}

static bool is_page(const struct memmon_facts *e)
{
	return strstr(memmon_class_names[e->event_class], "page");
}

static bool is_free(const struct memmon_facts *e)
{
	return strstr(memmon_class_names[e->event_class], "free");
}

/* Of what comes from hooks, no end of a life says its size. */
static bool has_size(const struct memmon_facts *e)
{
	return e->event_class != MEMMON_CLASS_KFREE &&
	       !(is_free(e) && e->event_class >= MEMMON_CLASS_CACHE_ALLOC_BULK);
}

/* An address of a per-CPU object is none that has a page. */
static bool has_page(const struct memmon_facts *e)
{
	return e->object && !strstr(memmon_class_names[e->event_class], "percpu");
}

static bool is_in_site(const struct memmon_filter *f, u64 site)
{
	unsigned int i;

	for (i = 0; site && i < f->nr_sites; i++) {
		if (f->sites[i].first <= site && site <= f->sites[i].last)
			return true;
	}
	return false;
}

static bool is_on_node(const struct memmon_filter *f, const struct memmon_facts *e)
{
	int node;

	if (!has_page(e))
		return false;
	node = is_page(e) ? pfn_to_page(e->object)->node : virt_to_page((void *)e->object)->node;
	return f->nodes[node / 64] & 1ULL << node % 64;
}

static bool is_of_cache(const struct memmon_filter *f, const struct memmon_facts *e)
{
	const struct kmem_cache *s = NULL;
	unsigned int i;

	if (is_page(e))
		return false;
	for (i = 0; e->detail && i < ARRAY_SIZE(caches); i++) {
		if (memmon_cache_lookup(&caches[i]).id == e->detail)
			s = &caches[i];
	}
	if (!s && has_page(e) && virt_to_page((void *)e->object)->is_slab)
		s = virt_to_page((void *)e->object)->slab_cache;
	return s && matches_list(f->cache, s->name);
}

static bool is_in_cgroup(const struct memmon_filter *f)
{
	const struct cgroup *c;

	for (c = current->cgroup; c; c = c->parent) {
		if (c == &shim_cgroups[f->cgroup_fd - SHIM_CGROUP_FD])
			return true;
	}
	return false;
}

static bool is_sampled(const struct memmon_filter *f, u64 object)
{
	u64 hash = object * 0x9e3779b97f4a7c15ULL >> 32;

	return hash < ((1ULL << 32) + f->sample_one_in - 1) / f->sample_one_in;
}

static bool meets(const struct memmon_filter *f, const struct memmon_facts *e, int condition)
{
	switch (condition) {
	case MEMMON_FILTERED_PID:
		return current->pid == (int)f->pid || current->tgid == (int)f->pid;
	case MEMMON_FILTERED_TGID:
		return current->tgid == (int)f->tgid;
	case MEMMON_FILTERED_BYTES:
		return has_size(e) && e->bytes_req >= f->min_bytes && e->bytes_req <= f->max_bytes;
	case MEMMON_FILTERED_ORDER:
		return is_page(e) && f->orders & 1U << MEMMON_PAGE_ORDER(e->detail);
	case MEMMON_FILTERED_GFP:
		return !is_free(e) && e->event_class != MEMMON_CLASS_PAGE_EXTFRAG &&
		       (e->gfp & f->gfp_mask) == f->gfp_value;
	case MEMMON_FILTERED_SITE:
		return is_in_site(f, e->call_site);
	case MEMMON_FILTERED_CONTEXT:
		return f->contexts & 1U << e->context;
	case MEMMON_FILTERED_SAMPLE:
		/* 1024 pages have one lot. */
		return is_sampled(f, is_page(e) ? e->object >> 10 : e->object);
	case MEMMON_FILTERED_NODE:
		return is_on_node(f, e);
	case MEMMON_FILTERED_COMM:
		return matches_list(f->comm, current->comm);
	case MEMMON_FILTERED_CGROUP:
		return is_in_cgroup(f);
	case MEMMON_FILTERED_CACHE:
		return is_of_cache(f, e);
	}
	fail_msg("condition %d", condition);
	return false;
}

static int judge_slowly(const struct memmon_filter *f, const struct memmon_facts *e)
{
	int i;

	for (i = 0; i < MEMMON_FILTERED_NULL; i++) {
		if (f->conditions & 1U << i && !meets(f, e, i))
			return i;
	}
	return WANTED;
}

/* Up to three globs of up to five characters. */
static void make_globs(char *to, const char *alphabet)
{
	unsigned int nr = 1 + one_in(3), length;

	while (nr--) {
		for (length = 1 + one_in(5); length--; to++)
			*to = alphabet[one_in(strlen(alphabet))];
		if (nr)
			*to++ = ',';
	}
}

/* Numbers are small, so that events often meet conditions. */
static struct memmon_filter make_filter(void)
{
	struct memmon_filter f = {
		.pid = one_in(5),
		.tgid = one_in(5),
		.cgroup_fd = SHIM_CGROUP_FD + one_in(SHIM_NR_CGROUPS),
		.contexts = 1 + one_in(15),
		.orders = random() | 1,
		.gfp_mask = one_in(16),
		.min_bytes = one_in(300),
		.sample_one_in = 1 + one_in(one_in(2) ? 4 : 1000),
		.nr_sites = 1 + one_in(MEMMON_FILTER_SITES),
	};
	unsigned int i, nr = 1 + one_in(3);

	f.gfp_value = f.gfp_mask & one_in(16);
	f.max_bytes = one_in(4) ? f.min_bytes + one_in(300) : U64_MAX;
	for (i = 0; i < f.nr_sites; i++) {
		f.sites[i].first = one_in(130);
		f.sites[i].last = f.sites[i].first + one_in(3);
	}
	for (i = 0; i < 1 + one_in(3); i++)
		f.nodes[one_in(4) * 60 / 64] |= 1ULL << one_in(4) * 60 % 64;
	f.nodes[0] |= 1;
	/* The last is what stands for none in a record. */
	f.nodes[MEMMON_NODE_UNKNOWN / 64] = one_in(2) ? 1ULL << MEMMON_NODE_UNKNOWN % 64 : 0;
	make_globs(f.comm, "ab*?");
	make_globs(f.cache, "abdk**?");
	if (one_in(2))
		strscpy(f.cache, one_in(2) ? "kmalloc-*" : "none,?*y", sizeof(f.cache));
	while (nr--)
		f.conditions |= 1U << one_in(MEMMON_FILTERED_NULL);
	return f;
}

static struct memmon_facts make_event(void)
{
	struct memmon_facts e = {
		.event_class = 1 + one_in(MEMMON_NR_CLASSES - 1),
		.context = one_in(MEMMON_NR_CONTEXTS),
		.bytes_req = one_in(8) ? one_in(500) : U32_MAX - one_in(2),
		.gfp = one_in(16),
	};
	unsigned int i;

	if (is_page(&e)) {
		e.object = one_in(SHIM_NR_PAGES + 1);
		e.detail = MEMMON_PAGE_DETAIL(one_in(32), one_in(3), one_in(3));
	} else {
		e.call_site = 1 + one_in(130);
		if (one_in(4))
			e.object = (unsigned long)shim_memory + one_in(sizeof(shim_memory));
		if (one_in(2))
			e.detail = memmon_cache_lookup(&caches[one_in(ARRAY_SIZE(caches))]).id;
	}
	*current = (struct task_struct){ .pid = one_in(5), .tgid = one_in(5) };
	current->cgroup = &shim_cgroups[one_in(SHIM_NR_CGROUPS)];
	for (i = 0; i < one_in(4); i++)
		current->comm[i] = "ab"[one_in(2)];
	return e;
}

static void the_sieve_does_what_the_words_say(void **state)
{
	unsigned int verdicts[MEMMON_NR_FILTER_REASONS + 1] = {}, i, j;

	(void)state;
	for (i = 0; i < NR_FILTERS; i++) {
		struct memmon_filter filter = make_filter();
		struct memmon_sieve *sieve;

		assert_int_equal(memmon_sieve_create(&filter, &sieve), 0);
		for (j = 0; j < NR_EVENTS; j++) {
			struct memmon_facts facts = make_event();
			int expected = judge_slowly(&filter, &facts);
			int verdict = memmon_sieve_judge(sieve, &facts);

			if (verdict != expected)
				fail_msg("conditions %#x, class %u: %d instead of %d",
					 filter.conditions, facts.event_class, verdict, expected);
			verdicts[verdict + 1]++;
		}
		memmon_sieve_destroy(sieve);
	}
	/* It was about something. */
	for (i = 0; i <= MEMMON_FILTERED_NULL; i++)
		assert_in_range(verdicts[i], 2000, NR_FILTERS * NR_EVENTS / 2);
}

/* As many addresses as asked for, wherever they lie and however far apart. */
static void a_sample_is_as_large_as_asked_for(void **state)
{
	static const unsigned int wanted[] = { 1, 2, 3, 10, 100, 1000 };
	static const unsigned int steps[] = { 8, 64, 192, 4096, 1 << 20 };
	unsigned int i, j, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wanted) * ARRAY_SIZE(steps); i++) {
		struct memmon_filter filter = { .conditions = 1U << MEMMON_FILTERED_SAMPLE };
		unsigned int nr = wanted[i % ARRAY_SIZE(wanted)], nr_kept = 0;
		struct memmon_sieve *sieve;

		k = steps[i / ARRAY_SIZE(wanted)];
		filter.sample_one_in = nr;
		assert_int_equal(memmon_sieve_create(&filter, &sieve), 0);
		for (j = 0; j < 100000; j++) {
			struct memmon_facts facts = { .event_class = MEMMON_CLASS_KMALLOC,
						      .object = 0xffff888100000000 + (u64)j * k };

			nr_kept += memmon_sieve_judge(sieve, &facts) == WANTED;
		}
		assert_in_range(nr_kept, 100000 / nr * 8 / 10, 100000 / nr * 12 / 10);
		memmon_sieve_destroy(sieve);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_sieve_does_what_the_words_say, start),
		cmocka_unit_test_setup(a_sample_is_as_large_as_asked_for, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
