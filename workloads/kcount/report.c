// SPDX-License-Identifier: GPL-2.0
/* /proc/kcount: what was asked for, one line per thread, for programs to compare with a log. */
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "kcount.h"

#define KCOUNT_REPORT "kcount"

/* Where the pages of a run lie, as node:zone:count,... */
static void show_places(struct seq_file *file, const struct kcount_run *run)
{
	const char *separator = "";
	unsigned int i;

	for (i = 0; run->pages_at && i < nr_node_ids * MAX_NR_ZONES; i++) {
		unsigned int node = i / MAX_NR_ZONES;

		if (!run->pages_at[i])
			continue;
		seq_printf(file, "%s%u:%s:%u", separator, node,
			   NODE_DATA(node)->node_zones[i % MAX_NR_ZONES].name, run->pages_at[i]);
		separator = ",";
	}
	if (!*separator)
		seq_puts(file, "-");
	seq_puts(file, "\n");
}

static int show_report(struct seq_file *file, void *unused)
{
	const struct list_head *phases = pde_data(file_inode(file->file));
	const struct kcount_phase *phase;
	unsigned int i;

	seq_puts(
		file,
		"#phase comm pid cpu context kind bytes order node cache made freed failed places\n");
	list_for_each_entry(phase, phases, entry) {
		const struct kcount_kind *kind = phase->kind;

		for (i = 0; i < phase->nr_runs; i++) {
			const struct kcount_run *run = &phase->runs[i];

			seq_printf(file, "%s-%s %s %d %u %s %s %zu %u %d %s %u %u %u ", kind->name,
				   kcount_context_names[phase->context], phase->comm, run->pid,
				   run->cpu, kcount_context_names[phase->context], kind->name,
				   phase->bytes, kind->order, phase->node, kind->cache_name ?: "-",
				   run->made, run->freed, run->failed);
			show_places(file, run);
		}
	}
	return 0;
}

/**
 * kcount_report_create() - create /proc/kcount
 * @phases: list of the phases, all of which have run; stays as it is until the file is gone
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int kcount_report_create(struct list_head *phases)
{
	return proc_create_single_data(KCOUNT_REPORT, 0400, NULL, show_report, phases) ? 0 :
											 -ENOMEM;
}

/**
 * kcount_report_destroy() - undo kcount_report_create()
 *
 * Context: may sleep.
 */
void kcount_report_destroy(void)
{
	remove_proc_entry(KCOUNT_REPORT, NULL);
}
