// SPDX-License-Identifier: GPL-2.0
/* Says how much of what happened a view of a ledger knows. */
#include <inttypes.h>

#include "ledger.h"
#include "ui.h"

static const char *const count_names[] = {
#define COUNT_NAME(id, name) [MEMMON_LEDGER_##id] = name,
	MEMMON_LEDGER_COUNTS(COUNT_NAME)
#undef COUNT_NAME
};

static uint32_t sample_one_in(const struct memmon_snapshot_books *books)
{
	return books->filter.conditions & 1U << MEMMON_FILTERED_SAMPLE ?
		       books->filter.sample_one_in :
		       1;
}

/* "; not seen: kmem_cache_free_bulk, vmalloc" */
static void print_missing(uint32_t classes, FILE *out)
{
	const char *before = "; not seen: ";

	for (uint32_t i = 0; i < MEMMON_NR_CLASSES; i++) {
		if (!(classes & 1U << i))
			continue;
		fprintf(out, "%s%s", before, memmon_class_name(i));
		before = ", ";
	}
}

void ledger_print_loss(const struct memmon_snapshot_books *books, FILE *out)
{
	const uint64_t *counts = books->counts;

	fprintf(out, "tracked %s",
		ui_count(counts[MEMMON_LEDGER_BORN] + counts[MEMMON_LEDGER_REBORN]).text);
	fprintf(out, "  untracked %s", ui_count(counts[MEMMON_LEDGER_UNTRACKED]).text);
	if (counts[MEMMON_LEDGER_UNTRACKED])
		fprintf(out, " (%s, no room: see --objects and --pages)",
			ui_bytes(books->untracked_bytes).text);
	fprintf(out, "  filtered %s", ui_count(books->filtered).text);
	/* Ends of what the ledger does not have: most often it is older. */
	fprintf(out, "  older or unknown %s", ui_count(counts[MEMMON_LEDGER_UNKNOWN]).text);
	fprintf(out, "  lost %s", ui_count(books->lost).text);
	if (books->nr_other)
		fprintf(out, "; call site not known of %s, no room",
			ui_count(books->nr_other).text);
	if (sample_one_in(books) > 1)
		fprintf(out, "; sampled 1 in %" PRIu32, sample_one_in(books));
	print_missing(books->missing_classes, out);
	if (books->has_filtered_frees)
		fputs("; the recording's filter left frees out: what is held may be less", out);
	if (books->is_unfinished)
		fputs("; unfinished: the recorder did not end it, events may be missing", out);
	fputc('\n', out);
}

bool ledger_is_incomplete(const struct memmon_snapshot_books *books)
{
	return books->counts[MEMMON_LEDGER_UNTRACKED] || books->lost || books->missing_classes ||
	       books->has_filtered_frees || books->is_unfinished;
}

static json_t *missing_json(uint32_t classes)
{
	json_t *names = json_array();
	int err = 0;

	for (uint32_t i = 0; i < MEMMON_NR_CLASSES; i++)
		if (classes & 1U << i)
			err |= json_array_append_new(names, json_string(memmon_class_name(i)));
	if (err) {
		json_decref(names);
		return NULL;
	}
	return names;
}

/* Each count, also those that are zero: a script need not ask whether a key is there. */
static json_t *counts_json(const struct memmon_snapshot_books *books)
{
	json_t *counts = json_object();
	int err = 0;

	for (int i = 0; i < MEMMON_NR_LEDGER_COUNTS; i++)
		err |= json_object_set_new(counts, count_names[i],
					   json_integer((json_int_t)books->counts[i]));
	if (err) {
		json_decref(counts);
		return NULL;
	}
	return counts;
}

json_t *ledger_loss_json(const struct memmon_snapshot_books *books)
{
	return json_pack("{s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:b, s:b, s:b}",
			 "duration_ns", (json_int_t)books->duration_ns, "seen",
			 (json_int_t)books->seen, "filtered", (json_int_t)books->filtered, "counts",
			 counts_json(books), "untracked_bytes", (json_int_t)books->untracked_bytes,
			 "lost", (json_int_t)books->lost, "object_places",
			 (json_int_t)books->object_places, "page_places",
			 (json_int_t)books->page_places, "other_account",
			 (json_int_t)books->nr_other, "sample_one_in",
			 (json_int_t)sample_one_in(books), "missing_classes",
			 missing_json(books->missing_classes), "frees_filtered",
			 books->has_filtered_frees, "unfinished", books->is_unfinished, "complete",
			 !ledger_is_incomplete(books));
}
