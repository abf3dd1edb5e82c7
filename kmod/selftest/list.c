// SPDX-License-Identifier: GPL-2.0
/* /proc/mem_monitor_selftest: takes the commands, and lists what was made, one line for each object. */
#include <linux/mm.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "selftest.h"

#define LIST_NAME "mem_monitor_selftest"
#define COMMAND_BYTES 16

static const char *const context_names[SELFTEST_NR_CONTEXTS] = {
	[SELFTEST_TASK] = "task",	[SELFTEST_OTHER_CPU] = "other_cpu",
	[SELFTEST_SOFTIRQ] = "softirq", [SELFTEST_HARDIRQ] = "hardirq",
	[SELFTEST_NMI] = "nmi",
};

static const char *const kind_names[] = {
	[SELFTEST_OBJECT] = "object",
	[SELFTEST_PAGES] = "pages",
	[SELFTEST_PERCPU] = "percpu",
	[SELFTEST_VMALLOC] = "vmalloc",
};

static const char *const state_names[] = {
	[SELFTEST_NOTHING] = "nothing", [SELFTEST_HELD] = "held",     [SELFTEST_FREED] = "freed",
	[SELFTEST_QUEUED] = "queued",	[SELFTEST_FAILED] = "failed", [SELFTEST_NULL] = "null",
};

/* Each position but the first, which is the head, is a batch. */
static void *list_start(struct seq_file *file, loff_t *position)
{
	selftest_lock();
	if (!*position)
		return SEQ_START_TOKEN;
	return *position <= selftest_nr_batches() ? selftest_batch(*position - 1) : NULL;
}

static void *list_next(struct seq_file *file, void *row, loff_t *position)
{
	++*position;
	return *position <= selftest_nr_batches() ? selftest_batch(*position - 1) : NULL;
}

static void list_stop(struct seq_file *file, void *row)
{
	selftest_unlock();
}

static int show_head(struct seq_file *file)
{
	const struct selftest_phase *phase = selftest_phase();

	seq_printf(file, "#mem_monitor_selftest 1 phase %s pid %d cpu %d other_cpu %d\n",
		   phase->name, phase->maker_pid, phase->cpu, phase->other_cpu);
	seq_puts(
		file,
		"#path freed_by context made_in kind address born_bytes bytes order pages_left cache state\n");
	return 0;
}

static unsigned long address_of(const struct selftest_path *path,
				const struct selftest_object *object)
{
	if (path->kind == SELFTEST_PAGES && object->object)
		return page_to_pfn((struct page *)object->object);
	return (unsigned long)object->object;
}

static const char *made_in(const struct selftest_batch *batch)
{
	bool is_task = batch->context == SELFTEST_OTHER_CPU ||
		       !(batch->path->makes_in & 1U << batch->context);

	return context_names[is_task ? SELFTEST_TASK : batch->context];
}

static int list_show(struct seq_file *file, void *row)
{
	const struct selftest_batch *batch = row;
	const struct selftest_path *path;
	unsigned int i;

	if (row == SEQ_START_TOKEN)
		return show_head(file);
	path = batch->path;
	for (i = 0; i < batch->nr; i++) {
		const struct selftest_object *object = &batch->objects[i];

		if (object->state == SELFTEST_NOTHING)
			continue;
		seq_printf(file, "%s %s %s %s %s 0x%lx %zu %zu %u %u %s %s\n", path->name,
			   path->freed_by, context_names[batch->context], made_in(batch),
			   kind_names[path->kind], address_of(path, object), object->born_bytes,
			   object->bytes, path->order, object->pages_left,
			   selftest_cache_name(path->cache) ?: "-", state_names[object->state]);
	}
	return 0;
}

static const struct seq_operations list_operations = {
	.start = list_start,
	.next = list_next,
	.stop = list_stop,
	.show = list_show,
};

static int list_open(struct inode *inode, struct file *file)
{
	return seq_open(file, &list_operations);
}

static ssize_t list_write(struct file *file, const char __user *from, size_t bytes,
			  loff_t *position)
{
	char command[COMMAND_BYTES];
	int err;

	if (bytes >= sizeof(command))
		return -EINVAL;
	if (copy_from_user(command, from, bytes))
		return -EFAULT;
	command[bytes] = '\0';
	err = selftest_do(strim(command));
	return err ? err : bytes;
}

static const struct proc_ops list_proc = {
	.proc_open = list_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = seq_release,
	.proc_write = list_write,
};

/**
 * selftest_list_create - create the file; all else is there
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int selftest_list_create(void)
{
	return proc_create(LIST_NAME, 0600, NULL, &list_proc) ? 0 : -ENOMEM;
}

/**
 * selftest_list_destroy - remove the file; nobody uses it any more afterwards
 *
 * Context: may sleep.
 */
void selftest_list_destroy(void)
{
	remove_proc_entry(LIST_NAME, NULL);
}
