// SPDX-License-Identifier: GPL-2.0
/* /proc/mem_monitor_status: what is loaded, attached, seen and lost, as lines of "key value". */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/uio.h>

#include "books.h"
#include "cache.h"
#include "compat/clock.h"
#include "filter.h"
#include "layout.h"
#include "mute.h"
#include "probe.h"
#include "reader_status.h"
#include "ring.h"
#include "settings.h"
#include "text.h"

#define FILE_NAME "mem_monitor_status"

static void show_text(struct seq_file *m, const char *key, const char *text)
{
	char clean[MEMMON_CACHE_NAME_BYTES];

	strscpy(clean, text, sizeof(clean));
	memmon_text_clean(clean, sizeof(clean));
	seq_printf(m, "%s %s\n", key, clean[0] ? clean : "-");
}

static void show_settings(struct seq_file *m)
{
	const struct memmon_settings *s = &memmon_settings;

	seq_printf(m, "version %s\n", THIS_MODULE->version);
	seq_printf(m, "source %s\n", s->source->name);
	seq_printf(m, "log %d\n", s->is_logging);
	seq_printf(m, "clock %s\n", memmon_clock_name());
	seq_printf(m, "entries %u\n", s->entries);
	seq_printf(m, "filter.pid %d\n", memmon_filter.pid);
	show_text(m, "filter.comm", memmon_filter.comm);
	show_text(m, "filter.cache", memmon_filter.cache);
	seq_printf(m, "filter.min_bytes %lu\n", memmon_filter.min_bytes);
}

static void show_rings(struct seq_file *m)
{
	u64 cpus = memmon_settings.is_logging ? memmon_ring_cpus() : 0;
	u64 slots = memmon_settings.is_logging ? memmon_ring_slots() : 0;

	seq_printf(m, "ring_slots %llu\n", slots);
	seq_printf(m, "ring_cpus %llu\n", cpus);
	seq_printf(m, "ring_bytes %llu\n", cpus * slots * MEMMON_NR_RINGS * MEMMON_RECORD_BYTES);
}

static void show_caches(struct seq_file *m)
{
	seq_printf(m, "cache_names %s\n", memmon_cache_names_state());
	seq_printf(m, "cache_watch %s\n", memmon_cache_watch_state());
	seq_printf(m, "cache_of_object %s\n",
		   memmon_layout.slab_cache_offset >= 0 ?
			   "calibrated" :
			   "unavailable: the filter cache= does not know the cache of a kmalloc");
	seq_printf(m, "caches %u\n", memmon_cache_count());
	seq_printf(m, "caches_full %llu\n", memmon_cache_overflows());
	seq_printf(m, "duplicate_sites %u\n", memmon_layout.nr_inner_sites);
}

static void show_probe(struct seq_file *m, const struct memmon_probe *probe)
{
	seq_printf(m, "probe.%s ", probe->name);
	if (!probe->is_wanted || !memmon_settings.is_logging)
		seq_puts(m, "off\n");
	else if (!probe->is_attached)
		seq_printf(m, "missing: %s\n", probe->reason);
	else if (probe->symbol)
		seq_printf(m, "attached %s\n", probe->symbol);
	else
		seq_puts(m, "attached\n");
}

static void show_probes(struct seq_file *m)
{
	const struct memmon_probe_source *source = memmon_settings.source;
	unsigned int i;

	for (i = 0; i < source->nr_probes; i++)
		show_probe(m, source->probe(i));
}

static void show_seen(struct seq_file *m, const struct memmon_balance *b)
{
	const struct memmon_probe_source *source = memmon_settings.source;
	unsigned int i;

	seq_printf(m, "seen %llu\n",
		   memmon_books_sum(b->seen, MEMMON_NR_CLASSES) + b->kprobe_missed);
	for (i = 0; i < source->nr_probes; i++) {
		const struct memmon_probe *probe = source->probe(i);

		seq_printf(m, "seen.%s %llu\n", probe->name, b->seen[probe->event_class]);
	}
}

static void show_books(struct seq_file *m)
{
	struct memmon_balance b;
	int i;

	memmon_books_balance(&b);
	b.kprobe_missed = memmon_settings.source->missed();
	show_seen(m, &b);
	seq_printf(m, "recorded %llu\n", memmon_books_sum(b.recorded, MEMMON_NR_RINGS));
	seq_printf(m, "recorded.requests %llu\n", b.recorded[MEMMON_RING_REQUESTS]);
	seq_printf(m, "recorded.frees %llu\n", b.recorded[MEMMON_RING_FREES]);
	seq_printf(m, "filtered %llu\n", memmon_books_sum(b.filtered, MEMMON_NR_FILTER_REASONS));
	for (i = 0; i < MEMMON_NR_FILTER_REASONS; i++)
		seq_printf(m, "filtered.%s %llu\n", memmon_filter_names[i], b.filtered[i]);
	seq_printf(m, "dropped %llu\n", b.no_ring + b.nested + b.kprobe_missed);
	seq_printf(m, "dropped.no_ring %llu\n", b.no_ring);
	seq_printf(m, "dropped.nested %llu\n", b.nested);
	seq_printf(m, "dropped.kprobe_missed %llu\n", b.kprobe_missed);
	seq_printf(m, "overwritten.requests %llu\n", b.overwritten[MEMMON_RING_REQUESTS]);
	seq_printf(m, "overwritten.frees %llu\n", b.overwritten[MEMMON_RING_FREES]);
	seq_printf(m, "in_flight %llu\n", b.in_flight);
}

static int status_show(struct seq_file *m, void *v)
{
	show_settings(m);
	show_rings(m);
	show_caches(m);
	show_probes(m);
	show_books(m);
	return 0;
}

static int status_open(struct inode *inode, struct file *file)
{
	int entry = memmon_mute_begin();
	int ret;

	ret = single_open(file, status_show, NULL);
	memmon_mute_end(entry);
	return ret;
}

static ssize_t status_read_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	int entry = memmon_mute_begin();
	ssize_t ret;

	ret = seq_read_iter(iocb, iter);
	memmon_mute_end(entry);
	return ret;
}

static int status_release(struct inode *inode, struct file *file)
{
	int entry = memmon_mute_begin();

	single_release(inode, file);
	memmon_mute_end(entry);
	return 0;
}

static const struct proc_ops status_proc_ops = {
	.proc_open = status_open,
	.proc_read_iter = status_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = status_release,
};

/**
 * memmon_reader_status_create - make /proc/mem_monitor_status
 * @mode: of the file
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_reader_status_create(umode_t mode)
{
	return proc_create(FILE_NAME, mode, NULL, &status_proc_ops) ? 0 : -ENOMEM;
}

/* Removes /proc/mem_monitor_status; ends the readers that have it open. Context: process; may sleep. */
void memmon_reader_status_remove(void)
{
	remove_proc_entry(FILE_NAME, NULL);
}
