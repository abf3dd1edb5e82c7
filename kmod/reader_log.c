// SPDX-License-Identifier: GPL-2.0
/* /proc/mem_monitor: the newest requests as text, one line each, from a snapshot taken at open. */
#include <linux/fs.h>
#include <linux/mmzone.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uio.h>

#include "books.h"
#include "cache.h"
#include "log.h"
#include "mute.h"
#include "reader_log.h"
#include "text.h"

#define FILE_NAME "mem_monitor"

/* Set by memmon_reader_log_create() before the file exists. */
static const struct memmon_rings *log_rings;
static unsigned int log_entries;

static void *log_start(struct seq_file *m, loff_t *pos)
{
	struct memmon_log *log = m->private;

	if (*pos >= log->nr)
		return NULL;
	return &log->records[log->capacity - log->nr + *pos];
}

static void *log_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return log_start(m, pos);
}

static void log_stop(struct seq_file *m, void *v)
{
}

static void show_page(struct seq_file *m, const struct memmon_record *r)
{
	u32 node = r->pid_node >> MEMMON_PID_BITS;
	unsigned int zone = MEMMON_PAGE_ZONE(r->detail);

	/* All nodes name their zones alike. */
	seq_printf(m, " (order %u, node %u, zone %s)", MEMMON_PAGE_ORDER(r->detail), node,
		   zone < MAX_NR_ZONES ? NODE_DATA(first_online_node)->node_zones[zone].name : "?");
}

static void show_cache(struct seq_file *m, const struct memmon_record *r)
{
	char name[MEMMON_CACHE_NAME_BYTES];

	memmon_cache_name(r->detail, name);
	memmon_text_clean(name, sizeof(name));
	seq_printf(m, " in cache '%s'", name);
}

static int log_show(struct seq_file *m, void *v)
{
	const struct memmon_record *r = v;
	bool is_page = r->event_class == MEMMON_CLASS_PAGE_ALLOC;
	char comm[MEMMON_COMM_BYTES];

	memcpy(comm, r->comm, sizeof(comm));
	memmon_text_clean(comm, sizeof(comm));
	seq_printf(m, "[%s]: Process '%s' with PID %u allocated %u bytes",
		   is_page ? "alloc_pages" : memmon_class_names[r->event_class], comm,
		   r->pid_node & MEMMON_PID_MASK, r->bytes_req);
	if (is_page)
		show_page(m, r);
	else if (r->event_class == MEMMON_CLASS_CACHE_ALLOC ||
		 r->event_class == MEMMON_CLASS_CALL_CACHE_ALLOC)
		show_cache(m, r);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations log_seq_ops = {
	.start = log_start,
	.next = log_next,
	.stop = log_stop,
	.show = log_show,
};

static int open_snapshot(struct file *file)
{
	struct memmon_log *log = memmon_log_create(log_rings, log_entries);
	int ret;

	if (IS_ERR(log))
		return PTR_ERR(log);
	ret = seq_open(file, &log_seq_ops);
	if (ret) {
		memmon_log_destroy(log);
		return ret;
	}
	((struct seq_file *)file->private_data)->private = log;
	return 0;
}

static int log_open(struct inode *inode, struct file *file)
{
	int entry = memmon_mute_begin();
	int ret;

	ret = open_snapshot(file);
	memmon_mute_end(entry);
	return ret;
}

static ssize_t log_read_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	int entry = memmon_mute_begin();
	ssize_t ret;

	ret = seq_read_iter(iocb, iter);
	memmon_mute_end(entry);
	return ret;
}

static loff_t log_lseek(struct file *file, loff_t offset, int whence)
{
	int entry = memmon_mute_begin();
	loff_t ret;

	ret = seq_lseek(file, offset, whence);
	memmon_mute_end(entry);
	return ret;
}

static int log_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;
	int entry = memmon_mute_begin();

	memmon_log_destroy(m->private);
	seq_release(inode, file);
	memmon_mute_end(entry);
	return 0;
}

static const struct proc_ops log_proc_ops = {
	.proc_open = log_open,
	.proc_read_iter = log_read_iter,
	.proc_lseek = log_lseek,
	.proc_release = log_release,
};

/**
 * memmon_reader_log_create - make /proc/mem_monitor
 * @mode: of the file
 * @rings: of the session whose requests it shows; outlive the file
 * @entries: how many requests it shows at most
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_reader_log_create(umode_t mode, const struct memmon_rings *rings, unsigned int entries)
{
	log_rings = rings;
	log_entries = entries;
	return proc_create(FILE_NAME, mode, NULL, &log_proc_ops) ? 0 : -ENOMEM;
}

/* Removes /proc/mem_monitor; ends the readers that have it open. Context: process; may sleep. */
void memmon_reader_log_remove(void)
{
	remove_proc_entry(FILE_NAME, NULL);
}
