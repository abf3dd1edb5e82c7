// SPDX-License-Identifier: GPL-2.0
/* Tests what the handlers of the hooks record, on a kernel that has all that they watch. */
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
static struct kmem_cache other = { .name = "inode", .object_size = 600 };
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

static void enter(const char *function, unsigned long first, unsigned long second,
		  unsigned long third)
{
	struct pt_regs regs = { .arguments = { first, second, third } };

	assert_true(shim_enter(function, SITE, &regs));
}

static void a_bulk_free_is_one_for_each(void **state)
{
	unsigned long objects[] = { OBJECT, 0, OBJECT + 192, 16 };
	u16 id = memmon_cache_lookup(&cache).id;

	(void)state;
	enter("kmem_cache_free_bulk", (unsigned long)&cache, 4, (unsigned long)objects);
	nr_checked++;
	check((struct memmon_record){ .event_class = MEMMON_CLASS_CACHE_FREE_BULK,
				      .call_site = SITE,
				      .object = OBJECT + 192,
				      .bytes_alloc = 192,
				      .detail = id });
	check_back(1, (struct memmon_record){ .event_class = MEMMON_CLASS_CACHE_FREE_BULK,
					      .call_site = SITE,
					      .object = OBJECT,
					      .bytes_alloc = 192,
					      .detail = id });
	enter("kmem_cache_free_bulk", 0, 1, (unsigned long)objects);
	check((struct memmon_record){
		.event_class = MEMMON_CLASS_CACHE_FREE_BULK, .call_site = SITE, .object = OBJECT });
}

static void what_is_queued_is_recorded(void **state)
{
	const struct memmon_record queued = { .event_class = MEMMON_CLASS_RCU_QUEUE,
					      .call_site = SITE,
					      .object = OBJECT };

	(void)state;
	enter("kvfree_call_rcu", OBJECT + 8, OBJECT, 0);
	check(queued);
	enter("kvfree_call_rcu", 0, OBJECT, 0);
	check(queued);
	enter("kfree_call_rcu_nolock", OBJECT + 8, OBJECT, 0);
	check(queued);
	enter("kvfree_call_rcu", 0, 0, 0);
	check_nothing();
}

static void frees_without_lock_or_slab_are_recorded(void **state)
{
	(void)state;
	enter("kfree_nolock", OBJECT, 7, 7);
	check((struct memmon_record){
		.event_class = MEMMON_CLASS_KFREE_NOLOCK, .call_site = SITE, .object = OBJECT });
	enter("vfree", AREA, 7, 7);
	check((struct memmon_record){
		.event_class = MEMMON_CLASS_VFREE, .call_site = SITE, .object = AREA });
	enter("vfree", 0, 7, 7);
	enter("kfree_nolock", 16, 7, 7);
	check_nothing();
}

/* In an interrupt vfree() only asks a worker to call it again. */
static void an_area_ends_once(void **state)
{
	struct pt_regs regs = { .arguments = { AREA } };

	(void)state;
	assert_false(shim_enter("vfree_atomic", SITE, &regs));
	shim_preempt_count = SOFTIRQ_OFFSET;
	enter("vfree", AREA, 7, 7);
	shim_preempt_count = 0;
	check_nothing();
	enter("vfree", AREA, 7, 7);
	check((struct memmon_record){
		.event_class = MEMMON_CLASS_VFREE, .call_site = SITE, .object = AREA });
}

/* vfree() goes on in its second part, to which others jump at once. */
static void both_parts_of_a_vfree_are_one(void **state)
{
	const struct memmon_record wanted = { .event_class = MEMMON_CLASS_VFREE,
					      .call_site = SITE,
					      .object = AREA };

	(void)state;
	enter("vfree", AREA, 7, 7);
	enter("vfree.part.0", AREA, 7, 7);
	check(wanted);
	enter("vfree.part.0", AREA, 7, 7);
	check(wanted);
	enter("vfree", AREA + 4096, 7, 7);
	nr_checked++;
	enter("vfree.part.0", AREA, 7, 7);
	check(wanted);
	enter("vfree", AREA, 7, 7);
	nr_checked++;
	shim_task = 1;
	enter("vfree.part.0", AREA, 7, 7);
	shim_task = 0;
	check(wanted);
}

/* A sheaf as the kernel has it, with room for two objects. */
struct sheaf {
	struct memmon_sheaf head;
	void *objects[2];
};

static void a_sheaf_is_one_for_each(void **state)
{
	struct sheaf sheaf = { .head = { .cache = &cache, .size = 2 },
			       .objects = { (void *)OBJECT, (void *)(OBJECT + 192) } };
	u16 id = memmon_cache_lookup(&cache).id;

	(void)state;
	enter("rcu_free_sheaf", (unsigned long)&sheaf, 0, 0);
	nr_checked++;
	check((struct memmon_record){ .event_class = MEMMON_CLASS_RCU_FREE,
				      .call_site = SITE,
				      .object = OBJECT + 192,
				      .bytes_alloc = 192,
				      .detail = id });
	sheaf.head.size = 1;
	enter("rcu_free_sheaf_nobarn", (unsigned long)&sheaf, 0, 0);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_RCU_FREE,
				      .call_site = SITE,
				      .object = OBJECT,
				      .bytes_alloc = 192,
				      .detail = id });
}

static const struct memmon_probe *find_probe(const char *name)
{
	unsigned int i;

	for (i = 0; i < memmon_probe_hook.nr_probes; i++) {
		if (!strcmp(memmon_probe_hook.probe(i)->name, name))
			return memmon_probe_hook.probe(i);
	}
	fail_msg("there is no probe %s", name);
	return NULL;
}

/* What does not look like a sheaf is counted, and the status says so. */
static void a_strange_sheaf_is_not_believed(void **state)
{
	struct sheaf sheaf = { .head = { .cache = &cache }, .objects = { (void *)OBJECT } };
	u64 before = memmon_hook_refused_sheaves();

	(void)state;
	assert_string_equal(find_probe("rcu_free_sheaf")->reason, "");
	assert_string_equal(find_probe("vfree_atomic")->reason,
			    "delayed_vfree_work calls vfree for it");
	enter("rcu_free_sheaf", (unsigned long)&sheaf, 0, 0);
	sheaf.head.size = MEMMON_SHEAF_OBJECTS + 1;
	enter("rcu_free_sheaf", (unsigned long)&sheaf, 0, 0);
	sheaf.head.size = 1;
	sheaf.head.cache = &other;
	enter("rcu_free_sheaf", (unsigned long)&sheaf, 0, 0);
	sheaf.head.cache = NULL;
	sheaf.objects[0] = (void *)AREA;
	enter("rcu_free_sheaf", (unsigned long)&sheaf, 0, 0);
	check_nothing();
	assert_int_equal(memmon_hook_refused_sheaves() - before, 4);
	assert_int_equal(sessions_balance(&session).counts.dropped[MEMMON_DROPPED_KPROBE_MISSED],
			 4);
	assert_true(find_probe("rcu_free_sheaf")->is_attached);
	assert_string_equal(find_probe("rcu_free_sheaf")->reason,
			    "some batches of this kernel are not understood");
}

static struct kretprobe_instance *call(const char *function, const unsigned long arguments[6])
{
	struct pt_regs regs = { .stack = { SITE, 0, 0, CALLER } };

	memcpy(regs.arguments, arguments, sizeof(regs.arguments));
	return shim_call(function, &regs);
}

#define CALL(function, ...) call(function, (const unsigned long[6]){ __VA_ARGS__ })

static void a_bulk_request_is_one_for_each(void **state)
{
	static const char function[] = "kmem_cache_alloc_bulk_noprof";
	unsigned long objects[2] = {};
	struct memmon_record wanted = { .event_class = MEMMON_CLASS_CACHE_ALLOC_BULK,
					.call_site = SITE,
					.bytes_req = 192,
					.bytes_alloc = 192,
					.gfp = GFP_SOME,
					.detail = memmon_cache_lookup(&cache).id };
	struct kretprobe_instance *ri;

	(void)state;
	assert_null(CALL(function, (unsigned long)&cache, GFP_SOME, 0, (unsigned long)objects));
	ri = CALL(function, (unsigned long)&cache, GFP_SOME, 2, (unsigned long)objects);
	objects[0] = OBJECT;
	objects[1] = OBJECT + 192;
	shim_return(function, ri, 1);
	nr_checked++;
	wanted.object = OBJECT + 192;
	check(wanted);
	wanted.object = OBJECT;
	check_back(1, wanted);
	/* Only the lowest byte is the bool. */
	ri = CALL(function, (unsigned long)&cache, GFP_SOME, 2, (unsigned long)objects);
	shim_return(function, ri, 0xabcd00);
	wanted.object = 0;
	check(wanted);
}

static void a_nolock_request_is_recorded(void **state)
{
	static const char function[] = "_kmalloc_nolock_noprof";

	(void)state;
	shim_return(function, CALL(function, 100, GFP_SOME), OBJECT);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_KMALLOC_NOLOCK,
				      .call_site = SITE,
				      .object = OBJECT,
				      .bytes_req = 100,
				      .bytes_alloc = 192,
				      .gfp = GFP_SOME,
				      .detail = memmon_cache_lookup(&cache).id });
	shim_return(function, CALL(function, 100, GFP_SOME), 0);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_KMALLOC_NOLOCK,
				      .call_site = SITE,
				      .bytes_req = 100,
				      .gfp = GFP_SOME });
	assert_null(CALL(function, 0, GFP_SOME));
}

static void a_krealloc_in_place_is_recorded(void **state)
{
	static const char function[] = "krealloc_node_align_noprof";

	(void)state;
	shim_return(function, CALL(function, OBJECT, 120, 1, GFP_SOME), OBJECT);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_KREALLOC,
				      .call_site = SITE,
				      .object = OBJECT,
				      .bytes_req = 120,
				      .gfp = GFP_SOME });
	shim_return(function, CALL(function, OBJECT, 120, 1, GFP_SOME), OBJECT + 4096);
	shim_return(function, CALL(function, OBJECT, 120, 1, GFP_SOME), 0);
	assert_null(CALL(function, 0, 120, 1, GFP_SOME));
	assert_null(CALL(function, 16, 120, 1, GFP_SOME));
	assert_null(CALL(function, OBJECT, 0, 1, GFP_SOME));
	/* It does not fit where it is. What it is moved by must see who called it. */
	assert_null(CALL(function, OBJECT, 193, 1, GFP_SOME));
	check_nothing();
	shim_return(function, CALL(function, OBJECT, 192, 1, GFP_SOME), OBJECT);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_KREALLOC,
				      .call_site = SITE,
				      .object = OBJECT,
				      .bytes_req = 192,
				      .gfp = GFP_SOME });
}

static void an_area_is_recorded_with_its_caller(void **state)
{
	static const char function[] = "__vmalloc_node_range_noprof";

	(void)state;
	shim_return(function, CALL(function, 10000, 1, 0, 0, GFP_SOME), AREA);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_VMALLOC,
				      .call_site = CALLER,
				      .object = AREA,
				      .bytes_req = 10000,
				      .bytes_alloc = 12288,
				      .gfp = GFP_SOME });
	shim_return(function, CALL(function, 5UL << 32, 1, 0, 0, GFP_SOME), 0);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_VMALLOC,
				      .call_site = CALLER,
				      .bytes_req = U32_MAX,
				      .bytes_alloc = U32_MAX,
				      .gfp = GFP_SOME });
}

static void nobody_but_the_return_address_may_be_known(void **state)
{
	struct pt_regs regs = { .stack = { SITE }, .arguments = { 4096 } };
	struct kretprobe_instance *ri = shim_call("__vmalloc_node_range_noprof", &regs);

	(void)state;
	shim_return("__vmalloc_node_range_noprof", ri, AREA);
	assert_int_equal(sessions_newest(&session, 0).call_site, SITE);
}

static struct memmon_record page_record(unsigned long pfn, u32 type, u32 gfp)
{
	return (struct memmon_record){ .event_class = MEMMON_CLASS_PAGE_ALLOC_BULK,
				       .call_site = SITE,
				       .object = pfn,
				       .bytes_req = PAGE_SIZE,
				       .bytes_alloc = PAGE_SIZE,
				       .gfp = gfp,
				       .detail = MEMMON_PAGE_DETAIL(0, pfn ? 3 : 0, type) };
}

static void only_new_pages_are_recorded(void **state)
{
	static const char function[] = "alloc_pages_bulk_noprof";
	struct page *pages[6] = { &shim_pages[0], NULL, NULL, &shim_pages[3] };
	struct kretprobe_instance *ri;
	unsigned int i;

	(void)state;
	for (i = 0; i < SHIM_NR_PAGES; i++)
		shim_pages[i].zone = 3;
	ri = CALL(function, GFP_SOME, 0, 0, 6, (unsigned long)pages);
	pages[1] = &shim_pages[1];
	pages[2] = &shim_pages[2];
	pages[4] = &shim_pages[4];
	shim_return(function, ri, 5);
	nr_checked += 2;
	check(page_record(5, MIGRATE_UNMOVABLE, GFP_SOME));
	check_back(1, page_record(3, MIGRATE_UNMOVABLE, GFP_SOME));
	check_back(2, page_record(2, MIGRATE_UNMOVABLE, GFP_SOME));
	ri = CALL(function, GFP_SOME | __GFP_MOVABLE, 0, 0, 6, (unsigned long)pages);
	shim_return(function, ri, 5);
	check(page_record(0, MIGRATE_MOVABLE, GFP_SOME | __GFP_MOVABLE));
}

static void a_full_array_asks_for_no_pages(void **state)
{
	static const char function[] = "alloc_pages_bulk_noprof";
	struct page *pages[] = { &shim_pages[0], &shim_pages[1] };

	(void)state;
	assert_null(CALL(function, GFP_SOME, 0, 0, 2, (unsigned long)pages));
	assert_null(CALL(function, GFP_SOME, 0, 0, 0, (unsigned long)pages));
	assert_null(CALL(function, GFP_SOME, 0, 0, (u32)-1, (unsigned long)pages));
	assert_null(CALL(function, GFP_SOME, 0, 0, 2, 0));
}

/* What was there beyond the places that are known is said again. */
static void a_huge_array_is_not_lost(void **state)
{
	static const char function[] = "alloc_pages_bulk_noprof";
	static struct page *pages[1100];
	struct kretprobe_instance *ri;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = i == 1020 ? NULL : &shim_pages[i % 2];
	ri = CALL(function, GFP_SOME, 0, 0, ARRAY_SIZE(pages), (unsigned long)pages);
	pages[1020] = &shim_pages[5];
	shim_return(function, ri, 1030);
	nr_checked = 1 + (1030 - 1024);
	check_nothing();
	assert_int_equal(sessions_newest(&session, 6).object, 6);
}

static void per_cpu_objects_are_recorded(void **state)
{
	(void)state;
	SESSIONS_FIRE(percpu_alloc_percpu, SITE, false, false, 8, 8, NULL, 0, (void *)0x1240, 32,
		      GFP_SOME);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_PERCPU_ALLOC,
				      .call_site = SITE,
				      .object = 0x1240,
				      .bytes_req = 8,
				      .bytes_alloc = 32,
				      .gfp = GFP_SOME });
	SESSIONS_FIRE(percpu_free_percpu, NULL, 0, (void *)0x1240);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_PERCPU_FREE, .object = 0x1240 });
}

static void a_block_of_another_type_is_recorded(void **state)
{
	(void)state;
	shim_pages[2].zone = 2;
	SESSIONS_FIRE(mm_page_alloc_extfrag, &shim_pages[2], 1, 9, MIGRATE_UNMOVABLE,
		      MIGRATE_MOVABLE);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_PAGE_EXTFRAG,
				      .object = 3,
				      .bytes_req = 2 * PAGE_SIZE,
				      .bytes_alloc = 512 * PAGE_SIZE,
				      .gfp = MEMMON_PAGE_DETAIL(9, 0, MIGRATE_MOVABLE),
				      .detail = MEMMON_PAGE_DETAIL(1, 2, MIGRATE_UNMOVABLE) });
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bulk_free_is_one_for_each),
		TEST(what_is_queued_is_recorded),
		TEST(frees_without_lock_or_slab_are_recorded),
		TEST(an_area_ends_once),
		TEST(both_parts_of_a_vfree_are_one),
		TEST(a_sheaf_is_one_for_each),
		TEST(a_strange_sheaf_is_not_believed),
		TEST(a_bulk_request_is_one_for_each),
		TEST(a_nolock_request_is_recorded),
		TEST(a_krealloc_in_place_is_recorded),
		TEST(an_area_is_recorded_with_its_caller),
		TEST(nobody_but_the_return_address_may_be_known),
		TEST(only_new_pages_are_recorded),
		TEST(a_full_array_asks_for_no_pages),
		TEST(a_huge_array_is_not_lost),
		TEST(per_cpu_objects_are_recorded),
		TEST(a_block_of_another_type_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
