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
#include "device.h"
#include "layout.h"
#include "mute.h"
#include "probe.h"
#include "reader_status.h"
#include "session.h"
#include "settings.h"
#include "slab.h"
#include "stack.h"
#include "unwind.h"
#include "text.h"

#define FILE_NAME "mem_monitor_status"

/* The session of /proc/mem_monitor; without one it is not set up, and its books are empty. */
static struct memmon_session *log_session;

static void show_text(struct seq_file *m, const char *key, const char *text)
{
	char clean[MEMMON_FILTER_CACHE_BYTES];

	strscpy(clean, text, sizeof(clean));
	memmon_text_clean(clean, sizeof(clean));
	seq_printf(m, "%s %s\n", key, clean[0] ? clean : "-");
}

static void show_settings(struct seq_file *m)
{
	const struct memmon_settings *s = &memmon_settings;
	const struct memmon_filter *filter = &s->log_options.filter;

	seq_printf(m, "version %s\n", THIS_MODULE->version);
	seq_printf(m, "abi %u.%u\n", MEMMON_ABI_MAJOR, MEMMON_ABI_MINOR);
	seq_printf(m, "source %s\n", memmon_probe_source(s->source)->name);
	seq_printf(m, "log %d\n", s->is_logging);
	seq_printf(m, "clock %s\n", memmon_clock_name());
	seq_printf(m, "entries %u\n", s->entries);
	seq_printf(m, "filter.pid %u\n", filter->pid);
	show_text(m, "filter.comm", filter->comm);
	show_text(m, "filter.cache", filter->cache);
	seq_printf(m, "filter.min_bytes %llu\n", filter->min_bytes);
}

static void show_rings(struct seq_file *m)
{
	const struct memmon_rings *rings = &log_session->rings[MEMMON_RINGS_REQUESTS];
	u64 cpus = log_session->nr_rings ? memmon_rings_count(rings) : 0;
	u64 slots = rings->data_bytes / MEMMON_RECORD_BYTES;

	seq_printf(m, "ring_slots %llu\n", slots);
	seq_printf(m, "ring_cpus %llu\n", cpus);
	seq_printf(m, "ring_bytes %llu\n", cpus * rings->data_bytes * MEMMON_NR_RINGS);
	seq_printf(m, "rings_total_bytes %llu\n", memmon_rings_total_bytes());
	seq_printf(m, "ledger_bytes %llu\n", memmon_ledger_total_bytes());
	seq_printf(m, "stacks_bytes %llu\n", memmon_stacks_total_bytes());
	seq_printf(m, "totals_bytes %llu\n", memmon_totals_total_bytes());
	seq_printf(m, "rings_max_bytes %llu\n", memmon_settings.rings_max_bytes);
	seq_printf(m, "sessions %u\n", memmon_device_count());
}

static void show_caches(struct seq_file *m)
{
	seq_printf(m, "cache_names %s\n", memmon_cache_names_state());
	seq_printf(m, "cache_watch %s\n", memmon_cache_watch_state());
	seq_printf(m, "cache_of_object %s\n",
		   memmon_layout.slab_cache_offset >= 0 ?
			   "calibrated" :
			   "unavailable: the filter cache= does not know the cache of a kmalloc");
	seq_printf(m, "slabs %s\n", memmon_slab_state());
	seq_printf(m, "caches %u\n", memmon_cache_count());
	seq_printf(m, "caches_full %llu\n", memmon_cache_overflows());
	seq_printf(m, "duplicate_sites %u\n", memmon_layout.nr_inner_sites);
}

static void show_probe(struct seq_file *m, const struct memmon_probe *probe)
{
	seq_printf(m, "probe.%s ", probe->name);
	if (!probe->nr_users)
		seq_puts(m, "off\n");
	else if (probe->is_not_needed)
		seq_printf(m, "not_needed: %s\n", probe->reason);
	else if (!probe->is_attached)
		seq_printf(m, "missing: %s\n", probe->reason);
	else if (probe->reason[0])
		seq_printf(m, "attached %s: %s\n", probe->symbol, probe->reason);
	else if (probe->symbol)
		seq_printf(m, "attached %s\n", probe->symbol);
	else
		seq_puts(m, "attached\n");
}

static void show_source(struct seq_file *m, const struct memmon_probe_source *source)
{
	unsigned int i;

	for (i = 0; i < source->nr_probes; i++)
		show_probe(m, source->probe(i));
}

/* The hooks go with every source; the names of their probes are in none of them. */
static void show_probes(struct seq_file *m)
{
	show_source(m, memmon_probe_source(memmon_settings.source));
	show_source(m, &memmon_probe_hook);
}

static void show_seen(struct seq_file *m, const struct memmon_balance *b)
{
	const struct memmon_probe_source *source = memmon_probe_source(memmon_settings.source);
	unsigned int i;

	seq_printf(m, "seen %llu\n",
		   memmon_books_sum(b->counts.seen, MEMMON_NR_CLASSES) +
			   b->counts.dropped[MEMMON_DROPPED_KPROBE_MISSED]);
	for (i = 0; i < source->nr_probes; i++) {
		const struct memmon_probe *probe = source->probe(i);

		seq_printf(m, "seen.%s %llu\n", probe->name, b->counts.seen[probe->event_class]);
	}
}

/* A total, and its parts. */
static void show_counts(struct seq_file *m, const char *what, const char *const *names,
			const u64 *counts, int nr)
{
	int i;

	seq_printf(m, "%s %llu\n", what, memmon_books_sum(counts, nr));
	for (i = 0; i < nr; i++)
		seq_printf(m, "%s.%s %llu\n", what, names[i], counts[i]);
}

static void show_books(struct seq_file *m)
{
	struct memmon_balance b;

	memmon_session_balance(log_session, &b);
	show_seen(m, &b);
	seq_printf(m, "recorded %llu\n", memmon_books_sum(b.recorded, MEMMON_NR_RINGS));
	seq_printf(m, "recorded.requests %llu\n", b.recorded[MEMMON_RINGS_REQUESTS]);
	seq_printf(m, "recorded.frees %llu\n", b.recorded[MEMMON_RINGS_FREES]);
	show_counts(m, "filtered", memmon_filter_names, b.counts.filtered,
		    MEMMON_NR_FILTER_REASONS);
	show_counts(m, "dropped", memmon_drop_names, b.counts.dropped, MEMMON_NR_DROP_REASONS);
	seq_printf(m, "overwritten.requests %llu\n", b.overwritten[MEMMON_RINGS_REQUESTS]);
	seq_printf(m, "overwritten.frees %llu\n", b.overwritten[MEMMON_RINGS_FREES]);
	seq_printf(m, "in_flight %llu\n", b.in_flight);
}

static const char *const state_names[] = {
	[MEMMON_SESSION_NEW] = "new",
	[MEMMON_SESSION_SET_UP] = "set_up",
	[MEMMON_SESSION_ENABLED] = "enabled",
	[MEMMON_SESSION_DISABLED] = "disabled",
};

/* The ledger of a session. */
static void show_ledger(struct seq_file *m, struct memmon_descriptor *d)
{
	struct memmon_ledger_stats stats;

	memmon_ledger_balance(d->session.ledger, &stats);
	seq_printf(m, "session.%u.ledger.seen %llu\n", d->number,
		   memmon_books_sum(stats.seen, MEMMON_NR_CLASSES));
	seq_printf(m, "session.%u.ledger.objects %llu\n", d->number, stats.objects);
	seq_printf(m, "session.%u.ledger.pages %llu\n", d->number, stats.pages);
	seq_printf(m, "session.%u.ledger.untracked %llu\n", d->number,
		   stats.counts[MEMMON_LEDGER_UNTRACKED]);
}

static void show_stacks(struct seq_file *m, struct memmon_descriptor *d)
{
	const struct memmon_stacks *stacks = d->session.stacks;

	seq_printf(m, "session.%u.stacks.used %u\n", d->number, memmon_stacks_count(stacks));
	seq_printf(m, "session.%u.stacks.missed %llu\n", d->number, memmon_stacks_missed(stacks));
}

static void show_totals(struct seq_file *m, struct memmon_descriptor *d)
{
	struct memmon_totals_stats stats;

	memmon_totals_balance(d->session.totals, &stats);
	seq_printf(m, "session.%u.totals.seen %llu\n", d->number,
		   memmon_books_sum(stats.seen, MEMMON_NR_CLASSES));
	seq_printf(m, "session.%u.totals.other %llu\n", d->number,
		   memmon_books_sum(stats.other, MEMMON_NR_CLASSES));
	seq_printf(m, "session.%u.totals.rows %u\n", d->number, stats.used);
}

/* A session of the device: whose it is, and what it has seen. */
static void show_session(struct memmon_descriptor *d, void *data)
{
	struct seq_file *m = data;
	struct memmon_balance b = {};
	u32 state = READ_ONCE(d->session.state);

	if (memmon_descriptor_is_set_up(d))
		memmon_session_balance(&d->session, &b);
	seq_printf(m, "session.%u.pid %d\n", d->number, d->tgid);
	seq_printf(m, "session.%u.state %s\n", d->number, state_names[state]);
	seq_printf(m, "session.%u.seen %llu\n", d->number,
		   memmon_books_sum(b.counts.seen, MEMMON_NR_CLASSES) +
			   b.counts.dropped[MEMMON_DROPPED_KPROBE_MISSED]);
	seq_printf(m, "session.%u.recorded %llu\n", d->number, b.recorded[MEMMON_RINGS_ALL]);
	seq_printf(m, "session.%u.filtered %llu\n", d->number,
		   memmon_books_sum(b.counts.filtered, MEMMON_NR_FILTER_REASONS));
	seq_printf(m, "session.%u.dropped %llu\n", d->number,
		   memmon_books_sum(b.counts.dropped, MEMMON_NR_DROP_REASONS));
	if (memmon_descriptor_is_set_up(d) && d->session.ledger)
		show_ledger(m, d);
	if (memmon_descriptor_is_set_up(d) && d->session.totals)
		show_totals(m, d);
	if (memmon_descriptor_is_set_up(d) && d->session.stacks)
		show_stacks(m, d);
}

/* How stacks are found, while any session takes some. */
static void show_unwinds(struct seq_file *m)
{
	static const char *const names[MEMMON_NR_UNWIND_COUNTS] = {
		[MEMMON_UNWIND_REMEMBERED] = "remembered", [MEMMON_UNWIND_WALKED] = "walked",
		[MEMMON_UNWIND_UNWOUND] = "unwound",	   [MEMMON_UNWIND_VERIFIED] = "verified",
		[MEMMON_UNWIND_DISAGREED] = "disagreed",
	};
	u64 counts[MEMMON_NR_UNWIND_COUNTS];
	u32 nr_rules;
	int i;

	if (!memmon_unwind_read_counts(counts, &nr_rules))
		return;
	for (i = 0; i < MEMMON_NR_UNWIND_COUNTS; i++)
		seq_printf(m, "stacks.%s %llu\n", names[i], counts[i]);
	seq_printf(m, "stacks.rules %u\n", nr_rules);
}

static int status_show(struct seq_file *m, void *v)
{
	show_settings(m);
	show_rings(m);
	show_caches(m);
	show_probes(m);
	show_books(m);
	show_unwinds(m);
	memmon_device_for_each(show_session, m);
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
 * @log: session of /proc/mem_monitor, all zero if there is none; outlives the file
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_reader_status_create(umode_t mode, struct memmon_session *log)
{
	log_session = log;
	return proc_create(FILE_NAME, mode, NULL, &status_proc_ops) ? 0 : -ENOMEM;
}

/* Removes /proc/mem_monitor_status; ends the readers that have it open. Context: process; may sleep. */
void memmon_reader_status_remove(void)
{
	remove_proc_entry(FILE_NAME, NULL);
}
