// SPDX-License-Identifier: GPL-2.0
/*
 * Times loops of alloc+free pairs with the time stamp counter, for a guest whose counter ticks once
 * per instruction.
 *
 * Write the name of a loop to /proc/memmon_pairs to run it, then read there the ticks of its last
 * run, one line `NAME MIN MEDIAN` for the whole loop of `pairs` iterations. Besides the four loops of
 * pairs there are two for judging them: `empty` is the cost of looping, `nops100` has a known length.
 * `keys` takes one of `caches` caches after the other; with `cpus` all loops run on that many CPUs at once.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/tsc.h>

#define PROC_NAME "memmon_pairs"
#define OBJECT_BYTES 64
#define CACHE_OBJECT_BYTES 200
#define NAME_LEN 16
#define MAX_PAIRS 100000
#define MAX_ROUNDS 100
#define MAX_CACHES 4096

static unsigned int pairs = 2500;
module_param(pairs, uint, 0444);
MODULE_PARM_DESC(pairs, "iterations of a loop in one round, interrupts off (1 to 100000)");

static unsigned int rounds = 3;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "timed rounds of a run, after one that warms up (1 to 100)");

static unsigned int caches;
module_param(caches, uint, 0444);
MODULE_PARM_DESC(caches, "slab caches of the loop `keys` (0 to 4096)");

static unsigned int cpus = 1;
module_param(cpus, uint, 0444);
MODULE_PARM_DESC(cpus, "CPUs that run a loop at once; the slowest counts");

/* Not a constant for the compiler, so that kmalloc() of it takes the path of variable sizes. */
static unsigned int variable_bytes __read_mostly = OBJECT_BYTES;

static struct kmem_cache *own_cache;
/* Of the loop `keys`. */
static struct kmem_cache *many_caches[MAX_CACHES];

static cpumask_var_t running_cpus; /* as many as @cpus */

/**
 * struct loop - one timed loop and the result of its last run
 * @name: what is written to the proc file to run it
 * @body: makes the given number of iterations; returns 0 or -ENOMEM
 * @min: ticks of the shortest round, 0 before the first run; under loops_lock
 * @median: ticks of the middle round; under loops_lock
 */
struct loop {
	const char *name;
	int (*body)(unsigned int iterations);
	u64 min;
	u64 median;
};

/* Serializes runs, and the results with their readers. */
static DEFINE_MUTEX(loops_lock);

static int loop_empty(unsigned int iterations)
{
	while (iterations--)
		barrier();
	return 0;
}

static int loop_nops100(unsigned int iterations)
{
	while (iterations--)
		asm volatile(".rept 100\n\tnop\n\t.endr");
	return 0;
}

static int loop_const(unsigned int iterations)
{
	while (iterations--) {
		void *object = kmalloc(OBJECT_BYTES, GFP_ATOMIC);

		if (!object)
			return -ENOMEM;
		kfree(object);
	}
	return 0;
}

static int loop_var(unsigned int iterations)
{
	while (iterations--) {
		void *object = kmalloc(READ_ONCE(variable_bytes), GFP_ATOMIC);

		if (!object)
			return -ENOMEM;
		kfree(object);
	}
	return 0;
}

static int loop_cache(unsigned int iterations)
{
	while (iterations--) {
		void *object = kmem_cache_alloc(own_cache, GFP_ATOMIC);

		if (!object)
			return -ENOMEM;
		kmem_cache_free(own_cache, object);
	}
	return 0;
}

static int loop_page(unsigned int iterations)
{
	while (iterations--) {
		struct page *page = alloc_page(GFP_ATOMIC);

		if (!page)
			return -ENOMEM;
		__free_page(page);
	}
	return 0;
}

static int loop_keys(unsigned int iterations)
{
	unsigned int next = 0;

	if (!caches)
		return -EINVAL;
	while (iterations--) {
		void *object = kmem_cache_alloc(many_caches[next], GFP_ATOMIC);

		if (!object)
			return -ENOMEM;
		kmem_cache_free(many_caches[next], object);
		if (++next == caches)
			next = 0;
	}
	return 0;
}

static struct loop loops[] = {
	{ .name = "empty", .body = loop_empty }, { .name = "nops100", .body = loop_nops100 },
	{ .name = "const", .body = loop_const }, { .name = "var", .body = loop_var },
	{ .name = "cache", .body = loop_cache }, { .name = "page", .body = loop_page },
	{ .name = "keys", .body = loop_keys },
};

/**
 * struct round - one round of a loop
 * @loop: which one
 * @ticks: of the CPU that took longest; with several CPUs under @lock
 * @err: of one that failed; the same
 * @waiting: CPUs that have not come yet
 * @lock: see above
 */
struct round {
	const struct loop *loop;
	u64 ticks;
	int err;
	atomic_t waiting;
	spinlock_t lock;
};

/* Runs on each CPU with interrupts off. Nothing but the loop is between the two readings of the counter. */
static void run_round(void *data)
{
	struct round *round = data;
	u64 start;
	int err;

	atomic_dec(&round->waiting);
	while (atomic_read(&round->waiting))
		cpu_relax();
	start = rdtsc_ordered();
	err = round->loop->body(pairs);
	start = rdtsc_ordered() - start;
	spin_lock(&round->lock);
	round->ticks = max(round->ticks, start);
	if (err)
		round->err = err;
	spin_unlock(&round->lock);
}

static int time_round(const struct loop *loop, u64 *ticks)
{
	struct round round = { .loop = loop, .waiting = ATOMIC_INIT(cpus) };
	unsigned long flags;

	spin_lock_init(&round.lock);
	if (cpus > 1) {
		on_each_cpu_mask(running_cpus, run_round, &round, true);
	} else {
		preempt_disable();
		local_irq_save(flags);
		run_round(&round);
		local_irq_restore(flags);
		preempt_enable();
	}
	*ticks = round.ticks;
	return round.err;
}

static int compare_ticks(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int run_loop(struct loop *loop)
{
	u64 *ticks;
	unsigned int i;
	int err;

	ticks = kmalloc_array(rounds, sizeof(*ticks), GFP_KERNEL);
	if (!ticks)
		return -ENOMEM;

	/* The first round fills caches and free lists; its time is overwritten by the next. */
	err = time_round(loop, &ticks[0]);
	for (i = 0; i < rounds && !err; i++)
		err = time_round(loop, &ticks[i]);
	if (!err) {
		sort(ticks, rounds, sizeof(*ticks), compare_ticks, NULL);
		loop->min = ticks[0];
		loop->median = ticks[rounds / 2];
	}
	kfree(ticks);
	return err;
}

static struct loop *find_loop(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(loops); i++)
		if (!strcmp(loops[i].name, name))
			return &loops[i];
	return NULL;
}

static ssize_t pairs_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char name[NAME_LEN];
	struct loop *loop;
	int err;

	if (count >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, buf, count))
		return -EFAULT;
	name[count] = '\0';

	loop = find_loop(strim(name));
	if (!loop)
		return -EINVAL;

	err = mutex_lock_interruptible(&loops_lock);
	if (err)
		return err;
	err = run_loop(loop);
	mutex_unlock(&loops_lock);
	return err ? err : count;
}

static int pairs_show(struct seq_file *seq, void *unused)
{
	unsigned int i;

	mutex_lock(&loops_lock);
	for (i = 0; i < ARRAY_SIZE(loops); i++)
		if (loops[i].min)
			seq_printf(seq, "%s %llu %llu\n", loops[i].name, loops[i].min,
				   loops[i].median);
	mutex_unlock(&loops_lock);
	return 0;
}

static int pairs_open(struct inode *inode, struct file *file)
{
	return single_open(file, pairs_show, NULL);
}

static const struct proc_ops pairs_ops = {
	.proc_open = pairs_open,
	.proc_read = seq_read,
	.proc_write = pairs_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

/* A cache with a constructor is never merged with another, so the loop measures this one. */
static void construct_object(void *object)
{
	memset(object, 0, CACHE_OBJECT_BYTES);
}

static void destroy_caches(void)
{
	unsigned int i;

	for (i = 0; i < caches; i++)
		kmem_cache_destroy(many_caches[i]);
	kmem_cache_destroy(own_cache);
}

static int create_caches(void)
{
	char name[2 * NAME_LEN];
	unsigned int i;

	own_cache = kmem_cache_create(PROC_NAME, CACHE_OBJECT_BYTES, 0, 0, construct_object);
	if (!own_cache)
		return -ENOMEM;
	for (i = 0; i < caches; i++) {
		snprintf(name, sizeof(name), PROC_NAME "_%u", i);
		many_caches[i] =
			kmem_cache_create(name, CACHE_OBJECT_BYTES, 0, 0, construct_object);
		if (!many_caches[i]) {
			destroy_caches();
			return -ENOMEM;
		}
	}
	return 0;
}

static int choose_cpus(void)
{
	unsigned int cpu, chosen = 0;

	if (!zalloc_cpumask_var(&running_cpus, GFP_KERNEL))
		return -ENOMEM;
	for_each_online_cpu(cpu) {
		if (chosen++ < cpus)
			cpumask_set_cpu(cpu, running_cpus);
	}
	return 0;
}

static int __init pairs_init(void)
{
	int err;

	if (pairs < 1 || pairs > MAX_PAIRS || rounds < 1 || rounds > MAX_ROUNDS ||
	    caches > MAX_CACHES || cpus < 1 || cpus > num_online_cpus()) {
		pr_err("pairs must be 1 to %d, rounds 1 to %d, caches 0 to %d, cpus 1 to %u\n",
		       MAX_PAIRS, MAX_ROUNDS, MAX_CACHES, num_online_cpus());
		return -EINVAL;
	}

	err = choose_cpus();
	if (err)
		return err;
	err = create_caches();
	if (err)
		goto free_cpus;
	if (!proc_create(PROC_NAME, 0600, NULL, &pairs_ops)) {
		err = -ENOMEM;
		goto destroy;
	}
	return 0;

destroy:
	destroy_caches();
free_cpus:
	free_cpumask_var(running_cpus);
	return err;
}

static void __exit pairs_exit(void)
{
	remove_proc_entry(PROC_NAME, NULL);
	destroy_caches();
	free_cpumask_var(running_cpus);
}

module_init(pairs_init);
module_exit(pairs_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Times alloc+free pairs for the mem_monitor bench");
