// SPDX-License-Identifier: GPL-2.0
/* What is not seen on this kernel, in words: what could not be attached, and what no tool could see here. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "verify.h"

/**
 * struct spot - what is not seen where the kernel has a function
 * @sign: the function; NULL for every kernel
 */
struct spot {
	const char *sign;
	const char *text;
};

static const struct spot spots[] = {
	{ NULL,
	  "what was allocated before a session began has no birth in it: its free is counted as "
	  "unknown, and it is in no ledger" },
	{ NULL,
	  "memory that the kernel took for itself at boot (memblock, per-CPU areas of the kernel and of "
	  "modules) belongs to no allocator, and has no events" },
	{ "migrate_pages",
	  "pages that compaction moves have no birth at their new frame: the old one is seen as "
	  "a free, and the free of the new one is unknown" },
	{ "alloc_contig_range_noprof",
	  "contiguous ranges (CMA, gigantic pages, virtio-mem) are taken out of "
	  "the free lists without an event; their frees are unknown" },
	{ "alloc_contig_range",
	  "contiguous ranges (CMA, gigantic pages, virtio-mem) are taken out of the free "
	  "lists without an event; their frees are unknown" },
	{ "kmem_cache_prefill_sheaf",
	  "objects that a subsystem holds in a prefilled sheaf are seen when they "
	  "are taken out of it, and not while they wait in it" },
	{ "__kfree_rcu_sheaf",
	  "an object given to kfree_rcu() waits in a sheaf of its CPU until that is full, or "
	  "the cache is shrunk; until then it is pending" },
	{ NULL, "a per-CPU request that fails has no event" },
	{ NULL,
	  "bulk allocations, kmalloc_nolock(), krealloc() in place and vmalloc() are seen when the function "
	  "returns, by kretprobes: the kernel skips one that hits while another kprobe runs on its CPU, and "
	  "that is counted as dropped (kprobe_missed)" },
};

__attribute__((format(printf, 2, 3))) static void add(struct verify_blind *blind,
						      const char *format, ...)
{
	va_list values;

	if (blind->nr == VERIFY_BLIND_SPOTS)
		return;
	va_start(values, format);
	vsnprintf(blind->text[blind->nr++], VERIFY_BLIND_BYTES, format, values);
	va_end(values);
}

/* Whether a kernel function has this name; "name [" of a module's is none. */
static bool has_function(const char *kallsyms, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = kallsyms; (at = strstr(at, name)); at += len)
		if (at > kallsyms && at[-1] == ' ' && (at[len] == '\n' || !at[len]))
			return true;
	return false;
}

/* "probe.NAME missing: REASON", and "probe.NAME attached SYMBOL: REASON" for one that sees not all. */
static void add_probes(const struct memmon_status *status, struct verify_blind *blind)
{
	for (size_t i = 0; i < memmon_status_count(status); i++) {
		const char *key = memmon_status_key(status, i);
		const char *value = memmon_status_value(status, i);
		const char *reason = strchr(value, ':');

		if (strncmp(key, "probe.", 6) || !reason)
			continue;
		if (!strncmp(value, "missing", 7))
			add(blind, "%s is not seen: %s", key + 6,
			    reason + 1 + strspn(reason + 1, " "));
		else if (!strncmp(value, "attached", 8))
			add(blind, "%s: %s", key + 6, reason + 1 + strspn(reason + 1, " "));
	}
}

void verify_blind_find(uint32_t missing_classes, const struct memmon_status *status,
		       const char *kallsyms, struct verify_blind *ret)
{
	ret->nr = 0;
	if (status)
		add_probes(status, ret);
	for (uint32_t i = 0; i < MEMMON_NR_CLASSES && !ret->nr; i++)
		if (missing_classes & 1U << i)
			add(ret, "%s events are not seen; see 'memmon status'",
			    memmon_class_name(i));
	if (missing_classes)
		add(ret,
		    "what is born or freed on the paths above is missing in every view of this kernel");
	for (size_t i = 0; i < sizeof(spots) / sizeof(spots[0]); i++)
		if (!spots[i].sign || (kallsyms && has_function(kallsyms, spots[i].sign)))
			add(ret, "%s", spots[i].text);
}
