// SPDX-License-Identifier: GPL-2.0
/*
 * A deliberately naive allocation logger that exists only to be measured: a kprobe handler allocates
 * an entry with kmalloc() and adds it to the one list of the newest requests, under one spinlock.
 *
 * Nothing reads the list. That keeps the plain spinlock from deadlocking: an interrupt that allocates
 * while its CPU is in the handler is refused by kprobes themselves (and so never recorded), and no
 * other path takes the lock while probes are armed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define KEPT_ENTRIES 10000
#define MAX_NAMES 2

struct entry {
	struct list_head node;
	const char *label;
	char comm[TASK_COMM_LEN];
	pid_t pid;
	size_t bytes;
};

/**
 * struct probed - one probed function
 * @names: the symbol, or the one that took its place
 * @is_cache: the first argument is a kmem_cache, not a number of bytes
 * @kprobe: armed when its addr is not NULL
 */
struct probed {
	const char *names[MAX_NAMES];
	bool is_cache;
	struct kprobe kprobe;
};

static LIST_HEAD(entries);
static DEFINE_SPINLOCK(entries_lock);
static unsigned int nr_entries;

static unsigned long recorded;
module_param(recorded, ulong, 0444);
MODULE_PARM_DESC(recorded, "entries added since the module was loaded (read only)");

static int record_request(struct kprobe *kprobe, struct pt_regs *regs)
{
	const struct probed *probed = container_of(kprobe, struct probed, kprobe);
	unsigned long argument = regs_get_kernel_argument(regs, 0);
	struct entry *oldest;
	struct entry *entry;

	entry = kmalloc(sizeof(*entry), GFP_ATOMIC);
	if (!entry)
		return 0;
	entry->label = kprobe->symbol_name;
	strscpy(entry->comm, current->comm, sizeof(entry->comm));
	entry->pid = current->pid;
	entry->bytes = probed->is_cache ? kmem_cache_size((struct kmem_cache *)argument) : argument;

	spin_lock(&entries_lock);
	list_add_tail(&entry->node, &entries);
	recorded++;
	if (++nr_entries > KEPT_ENTRIES) {
		oldest = list_first_entry(&entries, struct entry, node);
		list_del(&oldest->node);
		kfree(oldest);
		nr_entries--;
	}
	spin_unlock(&entries_lock);
	return 0;
}
NOKPROBE_SYMBOL(record_request);

static struct probed probes[] = {
	{ .names = { "__kmalloc", "__kmalloc_noprof" } },
	{ .names = { "kmalloc_large", "__kmalloc_large_noprof" } },
	{ .names = { "kmalloc_slab" } },
	{ .names = { "__kmalloc_node", "__kmalloc_node_noprof" } },
	{ .names = { "kmem_cache_alloc", "kmem_cache_alloc_noprof" }, .is_cache = true },
};

static int arm(struct probed *probed)
{
	int err = -ENOENT;
	int i;

	for (i = 0; i < MAX_NAMES && probed->names[i]; i++) {
		probed->kprobe = (struct kprobe){
			.symbol_name = probed->names[i],
			.pre_handler = record_request,
		};
		err = register_kprobe(&probed->kprobe);
		if (!err)
			return 0;
	}
	probed->kprobe.addr = NULL;
	return err;
}

static void disarm_all(void)
{
	struct entry *entry, *next;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i].kprobe.addr)
			unregister_kprobe(&probes[i].kprobe);

	list_for_each_entry_safe(entry, next, &entries, node)
		kfree(entry);
}

static int __init baseline_init(void)
{
	unsigned int armed = 0;
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		err = arm(&probes[i]);
		if (err && err != -ENOENT) {
			pr_err("cannot probe %s: %d\n", probes[i].names[0], err);
			disarm_all();
			return err;
		}
		armed += !err;
	}
	if (!armed) {
		pr_err("none of the functions exists on this kernel\n");
		return -ENOENT;
	}
	return 0;
}

static void __exit baseline_exit(void)
{
	disarm_all();
}

module_init(baseline_init);
module_exit(baseline_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Naive kprobe allocation logger, the yardstick of the mem_monitor bench");
