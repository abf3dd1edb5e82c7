// SPDX-License-Identifier: GPL-2.0
/* kcount.ko: makes exactly known numbers of memory requests while it loads, and says which. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "kcount.h"

#define KCOUNT_MAX_REQUESTS 1000000

static char *phases = "";
module_param(phases, charp, 0400);
MODULE_PARM_DESC(
	phases,
	"which to run: a comma-separated list of KIND, CONTEXT or KIND-CONTEXT, empty for all");

static unsigned int n = 1009;
module_param(n, uint, 0400);
MODULE_PARM_DESC(n, "requests per phase and CPU; a prime, so that no mistake divides it");

static unsigned int cpu;
module_param(cpu, uint, 0400);
MODULE_PARM_DESC(cpu, "CPU that makes the requests");

static bool spread;
module_param(spread, bool, 0400);
MODULE_PARM_DESC(spread, "make n requests on every CPU, all CPUs at once");

static int node;
module_param(node, int, 0400);
MODULE_PARM_DESC(node,
		 "node that kmalloc_node, kmem_cache_alloc_node and alloc_pages_node ask for");

static bool hold;
module_param(hold, bool, 0400);
MODULE_PARM_DESC(hold, "keep the objects until the module is unloaded");

static LIST_HEAD(all_phases);

static bool is_word_in_list(const char *word, const char *list)
{
	size_t length = strlen(word);

	while (*list) {
		size_t item = strcspn(list, ",");

		if (item == length && !strncmp(list, word, length))
			return true;
		list += item;
		list += strspn(list, ",");
	}
	return false;
}

static bool is_wanted(const struct kcount_kind *kind, enum kcount_context context)
{
	char name[TASK_COMM_LEN];

	snprintf(name, sizeof(name), "%s-%s", kind->name, kcount_context_names[context]);
	if (is_word_in_list(name, phases) || is_word_in_list(kind->name, phases))
		return true;
	if (kind->flags & KCOUNT_ON_DEMAND)
		return false;
	return !*phases || is_word_in_list(kcount_context_names[context], phases);
}

static int run_kind(struct kcount_kind *kind, const struct kcount_settings *settings)
{
	enum kcount_context context;
	struct kcount_phase *phase;
	int error;

	for (context = 0; context < KCOUNT_CONTEXTS; context++) {
		if (!is_wanted(kind, context))
			continue;
		error = kcount_cache_create(kind);
		if (error)
			return error;
		phase = kcount_phase_create(kind, context, settings);
		if (IS_ERR(phase))
			return PTR_ERR(phase);
		list_add_tail(&phase->entry, &all_phases);
		kcount_phase_run(phase);
		if (kind->flags & KCOUNT_TRANSIENT)
			kcount_cache_destroy(kind);
	}
	return 0;
}

static void free_everything(void)
{
	struct kcount_phase *phase, *next;
	unsigned int i;

	list_for_each_entry_safe(phase, next, &all_phases, entry)
		kcount_phase_free(phase);
	for (i = 0; i < kcount_nr_kinds; i++)
		kcount_cache_destroy(&kcount_kinds[i]);
}

static int check_settings(void)
{
	if (!n || n > KCOUNT_MAX_REQUESTS) {
		pr_err("n=%u is not between 1 and %u\n", n, KCOUNT_MAX_REQUESTS);
		return -EINVAL;
	}
	if (cpu >= nr_cpu_ids || !cpu_online(cpu)) {
		pr_err("cpu=%u is not online\n", cpu);
		return -EINVAL;
	}
	if (node < 0 || node >= MAX_NUMNODES || !node_online(node)) {
		pr_err("node=%d is not online\n", node);
		return -EINVAL;
	}
	return 0;
}

static int __init kcount_init(void)
{
	struct kcount_settings settings = {
		.nr_requests = n,
		.cpu = cpu,
		.is_spread = spread,
		.node = node,
		.is_held = hold,
	};
	unsigned int i;
	int error = check_settings();

	for (i = 0; !error && i < kcount_nr_kinds; i++)
		error = run_kind(&kcount_kinds[i], &settings);
	if (!error && list_empty(&all_phases)) {
		pr_err("phases=%s names no phase\n", phases);
		error = -EINVAL;
	}
	if (!error)
		error = kcount_report_create(&all_phases);
	if (error)
		free_everything();
	return error;
}
module_init(kcount_init);

static void __exit kcount_exit(void)
{
	kcount_report_destroy();
	free_everything();
}
module_exit(kcount_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Makes exactly known numbers of kernel memory requests");
