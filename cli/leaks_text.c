// SPDX-License-Identifier: GPL-2.0
/* Shows what is held, the suspects first, as text for people. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "leaks.h"
#include "ui.h"

/* So many reasons for growth are named. */
#define MAX_WHYS 3

static double sum(const double *values)
{
	double ret = 0;

	for (size_t i = 0; i < MEMMON_NR_LEAK_KINDS; i++)
		ret += values[i];
	return ret;
}

/* "2 leaks, 1 likely_leak; 1.5 MiB held of 20.0 MiB allocated; 12.0 s watched" */
static void print_summary(const struct leaks_view *view, FILE *out)
{
	const struct memmon_leaks_total *slab =
		memmon_leaks_total(view->leaks, MEMMON_SECTION_SLAB);
	size_t nr_leaks = leaks_count(view, MEMMON_VERDICT_LEAK);
	char text[320];
	size_t len;

	if (nr_leaks)
		len = (size_t)snprintf(text, sizeof(text), "%zu %s", nr_leaks,
				       nr_leaks == 1 ? "leak" : "leaks");
	else
		len = (size_t)snprintf(text, sizeof(text), "no leak");
	for (int i = MEMMON_VERDICT_LIKELY_LEAK; i <= MEMMON_VERDICT_UNCLEAR; i++) {
		size_t nr = leaks_count(view, (enum memmon_leak_verdict)i);

		if (nr)
			len += (size_t)snprintf(
				text + len, sizeof(text) - len, ", %zu %s", nr,
				memmon_leak_verdict_name((enum memmon_leak_verdict)i));
	}
	snprintf(text + len, sizeof(text) - len, "; %s held of %s allocated; %s watched",
		 leaks_bytes(sum(slab->bytes)).text, leaks_bytes(slab->born_bytes).text,
		 ui_duration(view->snapshot->books.duration_ns).text);
	leaks_wrap(text, 0, out);
}

static void print_section(const struct leaks_view *view, enum memmon_section section, FILE *out)
{
	static const char *const titles[] = {
		[MEMMON_SECTION_SLAB] = "Slab objects, vmalloc and per-CPU memory",
		[MEMMON_SECTION_PAGES] = "Pages",
	};
	size_t nr = 0;

	for (size_t i = 0; i < memmon_leaks_count(view->leaks); i++) {
		const struct memmon_leak *leak = memmon_leaks_at(view->leaks, i);

		if (leak->section != section || !leaks_is_shown(view, leak))
			continue;
		if (!nr) {
			fprintf(out, "\n%s\n", titles[section]);
			leaks_print_head(view, out);
		}
		if (!view->top || nr < view->top)
			leaks_print_row(view, leak, out);
		nr++;
	}
	if (view->top && nr > view->top)
		fprintf(out, "%s more; --top 0 shows all\n", ui_count(nr - view->top).text);
}

/* The rows that leaks_is_shown() leaves out although they may be suspects. */
static void print_untold(const struct leaks_view *view, FILE *out)
{
	size_t nr_short = leaks_count_reason(view, MEMMON_REASON_SHORT);
	size_t nr_few = leaks_count_reason(view, MEMMON_REASON_FEW);
	char text[200];

	if (view->shows_all)
		return;
	if (nr_short) {
		snprintf(text, sizeof(text),
			 "Watched too short: %zu looks in %s tell nothing of %s of the rows; watch "
			 "longer, or see --all",
			 memmon_leaks_looks(view->leaks) - 1,
			 ui_duration(view->snapshot->books.duration_ns).text,
			 ui_count(nr_short).text);
		leaks_wrap(text, 0, out);
	}
	if (nr_few) {
		snprintf(text, sizeof(text),
			 "Too few objects to tell anything of %s of the rows; --all shows them",
			 ui_count(nr_few).text);
		leaks_wrap(text, 0, out);
	}
}

/**
 * struct growth - what grows for one reason
 */
struct growth {
	const char *why;
	double bytes;
};

static int compare(const void *a, const void *b)
{
	const struct growth *first = a, *second = b;

	return first->bytes > second->bytes ? -1 : first->bytes < second->bytes;
}

/* Those with most bytes first, as far as the largest rows tell: several rows may have the same reason. */
static size_t find_growths(const struct leaks_view *view, struct growth *growths, size_t room)
{
	size_t nr = 0;

	for (size_t i = 0; i < memmon_leaks_count(view->leaks); i++) {
		const struct memmon_leak *leak = memmon_leaks_at(view->leaks, i);
		size_t at = 0;

		if (leak->verdict != MEMMON_VERDICT_CACHE || leak->section != MEMMON_SECTION_SLAB)
			continue;
		while (at < nr && strcmp(growths[at].why, leak->why))
			at++;
		if (at == room)
			continue;
		if (at == nr)
			growths[nr++] = (struct growth){ .why = leak->why };
		growths[at].bytes += leak->held.bytes;
	}
	qsort(growths, nr, sizeof(*growths), compare);
	return nr;
}

static void print_growth(const struct leaks_view *view, FILE *out)
{
	const struct memmon_leaks_total *slab =
		memmon_leaks_total(view->leaks, MEMMON_SECTION_SLAB);
	struct growth growths[MAX_WHYS];
	size_t nr = find_growths(view, growths, MAX_WHYS), len;
	char text[640];

	if (!nr)
		return;
	len = (size_t)snprintf(
		text, sizeof(text), "Expected growth: %s in %s objects",
		leaks_bytes(slab->bytes[MEMMON_LEAK_KIND_CACHE]).text,
		ui_count((uint64_t)llround(slab->objects[MEMMON_LEAK_KIND_CACHE])).text);
	for (size_t i = 0; i < nr; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "; %s %s",
					leaks_bytes(growths[i].bytes).text, growths[i].why);
	leaks_wrap(text, 0, out);
}

static void print_pending(const struct leaks_view *view, FILE *out)
{
	const struct memmon_leaks_total *slab =
		memmon_leaks_total(view->leaks, MEMMON_SECTION_SLAB);
	char text[200];

	if (slab->objects[MEMMON_LEAK_KIND_RCU] < 0.5)
		return;
	snprintf(text, sizeof(text),
		 "Waiting for kfree_rcu(): %s in %s objects, the longest for %s",
		 leaks_bytes(slab->bytes[MEMMON_LEAK_KIND_RCU]).text,
		 ui_count((uint64_t)llround(slab->objects[MEMMON_LEAK_KIND_RCU])).text,
		 ui_duration(slab->oldest_ns[MEMMON_LEAK_KIND_RCU]).text);
	leaks_wrap(text, 0, out);
}

static void print_pages(const struct leaks_view *view, FILE *out)
{
	const struct memmon_leaks_total *pages =
		memmon_leaks_total(view->leaks, MEMMON_SECTION_PAGES);
	char text[320];

	if (pages->born_bytes < 1)
		return;
	snprintf(text, sizeof(text),
		 "Pages: %s of processes, %s of files, %s others; %s are slabs, large "
		 "kmallocs and vmalloc areas, which are counted above",
		 leaks_bytes(pages->bytes[MEMMON_LEAK_KIND_PROCESS]).text,
		 leaks_bytes(pages->bytes[MEMMON_LEAK_KIND_CACHE]).text,
		 leaks_bytes(pages->bytes[MEMMON_LEAK_KIND_PLAIN] +
			     pages->bytes[MEMMON_LEAK_KIND_UNLOADED])
			 .text,
		 leaks_bytes(pages->backing_bytes).text);
	leaks_wrap(text, 0, out);
}

int leaks_text(const struct leaks_view *view, FILE *out)
{
	print_summary(view, out);
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS; i++)
		print_section(view, i, out);
	fputc('\n', out);
	print_untold(view, out);
	print_growth(view, out);
	print_pending(view, out);
	print_pages(view, out);
	ledger_print_loss(&view->snapshot->books, out);
	return 0;
}
