// SPDX-License-Identifier: GPL-2.0
/* Judges a row by the rules that memmon/leaks.h lists. */
#include <math.h>

#include "leaks_internal.h"

#define NS_PER_S 1e9

/**
 * struct trend - how the bytes of a row went, and what became of its objects
 * @rise: before and after half time, and in the last quarter
 * @freed: share of all born, for certain or at most
 * @stayed: share of those that were there at half
 */
struct trend {
	double rise[3];
	double freed;
	double stayed;
	double seconds;
	bool is_short;
	bool is_steady;
	bool falls;
	bool is_flat;
};

static double tau_of(const double *bytes, size_t nr)
{
	double score = 0;

	for (size_t i = 0; i < nr; i++)
		for (size_t k = i + 1; k < nr; k++)
			score += (bytes[k] > bytes[i]) - (bytes[k] < bytes[i]);
	return nr > 1 ? score / ((double)nr * (double)(nr - 1) / 2) : 0;
}

/* Whether there was more than in the look before, in half of the looks behind @half or more. */
static bool keeps_rising(const double *bytes, size_t half, size_t last)
{
	size_t rises = 0;

	for (size_t i = half + 1; i <= last; i++)
		rises += bytes[i] > bytes[i - 1];
	return 2 * rises >= last - half;
}

/* How many are freed: for certain, or at most. */
static uint64_t freed_of(const struct leaks_row *row)
{
	return row->leak.knows_freed ? row->leak.freed : row->freed_at_most;
}

static void set_shares(struct leaks_row *row, struct trend *trend)
{
	struct memmon_leak *leak = &row->leak;
	uint64_t born;

	leak->knows_freed &= leak->born > 0;
	born = leak->knows_freed ? leak->born : leak->objects + row->freed_at_most;
	trend->freed = born ? (double)freed_of(row) / (double)born : 0;
	trend->stayed = leak->at_half ? (double)leak->stayed / (double)leak->at_half : 0;
	if (trend->stayed > 1)
		trend->stayed = 1;
}

static struct trend trend_of(const struct memmon_leaks *leaks, struct leaks_row *row)
{
	struct memmon_leak *leak = &row->leak;
	size_t last = leaks->nr_looks - 1, half = leaks_look_next_to(leaks, 0.5);
	size_t late = leaks_look_next_to(leaks, 0.75);
	uint64_t now_ns = leaks->look_ns[last];
	struct trend trend = {
		.seconds = (double)now_ns / NS_PER_S,
		.is_short = last < MEMMON_LEAKS_MIN_LOOKS || now_ns < MEMMON_LEAKS_MIN_NS,
	};
	double peak = 0;

	set_shares(row, &trend);
	leak->tau = tau_of(row->bytes + 1, last);
	if (!half)
		return trend;
	trend.rise[0] = row->bytes[half] - row->bytes[1];
	trend.rise[1] = row->bytes[last] - row->bytes[half];
	trend.rise[2] = row->bytes[last] - row->bytes[late];
	leak->bytes_per_second = trend.rise[1] * NS_PER_S / (double)(now_ns - leaks->look_ns[half]);
	for (size_t i = 0; i <= last; i++)
		peak = fmax(peak, row->bytes[i]);
	trend.falls = row->bytes[last] < MEMMON_LEAKS_FALLEN_TO * peak;
	trend.is_flat = trend.rise[1] <= MEMMON_LEAKS_FLAT_RISE * row->bytes[last];
	trend.is_steady = !trend.is_short && leak->at_half && !trend.is_flat &&
			  keeps_rising(row->bytes, half, last) &&
			  leak->tau >= MEMMON_LEAKS_STEADY_TAU &&
			  trend.rise[1] >= MEMMON_LEAKS_STEADY_RISE * trend.rise[0] &&
			  trend.rise[2] >= MEMMON_LEAKS_LAST_RISE * trend.rise[1];
	return trend;
}

static void decide(struct memmon_leak *leak, enum memmon_leak_verdict verdict,
		   enum memmon_leak_reason reason, double confidence)
{
	leak->verdict = verdict;
	leak->reason = reason;
	leak->confidence = (unsigned int)lround(100 * confidence);
}

/* What is certain without any look at how it went. Return: whether it decides. */
static bool judge_kind(struct memmon_leak *leak)
{
	switch (leak->kind) {
	case MEMMON_LEAK_KIND_RCU:
		decide(leak, MEMMON_VERDICT_RCU_PENDING, MEMMON_REASON_QUEUED, 1);
		return true;
	case MEMMON_LEAK_KIND_CACHE:
		decide(leak, MEMMON_VERDICT_CACHE, MEMMON_REASON_EXPECTED, 0.9);
		return true;
	case MEMMON_LEAK_KIND_PROCESS:
		decide(leak, MEMMON_VERDICT_IN_USE, MEMMON_REASON_PROCESS, 0.9);
		return true;
	case MEMMON_LEAK_KIND_UNLOADED:
		decide(leak, MEMMON_VERDICT_LEAK, MEMMON_REASON_UNLOADED, 0.99);
		return true;
	default:
		return false;
	}
}

/* How much the number of objects and the time let one believe. */
static double weight_of(const struct memmon_leak *leak, const struct trend *trend)
{
	double n = (double)leak->objects;

	return n / (n + 3) * trend->seconds / (trend->seconds + 2);
}

static void judge_growth(struct memmon_leak *leak, const struct trend *trend)
{
	double stayed = trend->stayed, freed = trend->freed;

	if (trend->is_steady && freed <= MEMMON_LEAKS_HARDLY_FREED &&
	    stayed >= MEMMON_LEAKS_NEARLY_ALL_STAYED)
		decide(leak, MEMMON_VERDICT_LEAK, MEMMON_REASON_NOT_FREED,
		       leak->tau * stayed * (1 - freed) * weight_of(leak, trend));
	else if (trend->is_steady && stayed >= MEMMON_LEAKS_HALF)
		decide(leak, MEMMON_VERDICT_LIKELY_LEAK, MEMMON_REASON_SURVIVES,
		       leak->tau * stayed * (1 - freed / 3) * weight_of(leak, trend));
	else if (trend->falls)
		decide(leak, MEMMON_VERDICT_IN_USE, MEMMON_REASON_FALLS, fmax(freed, 1 - stayed));
	else if (trend->is_flat)
		decide(leak, MEMMON_VERDICT_HELD, MEMMON_REASON_STAYS, stayed);
	else if (!leak->at_half)
		decide(leak, MEMMON_VERDICT_GROWING, MEMMON_REASON_LATE, 0.25);
	else if (trend->is_steady)
		decide(leak, MEMMON_VERDICT_GROWING, MEMMON_REASON_REPLACED, 0.5 * leak->tau);
	else if (trend->rise[1] < MEMMON_LEAKS_STEADY_RISE * trend->rise[0])
		decide(leak, MEMMON_VERDICT_GROWING, MEMMON_REASON_SLOWER, 0.25);
	else
		decide(leak, MEMMON_VERDICT_GROWING, MEMMON_REASON_UNSTEADY, 0.25);
}

/* Does something else explain it? Return: what, or MEMMON_NR_LEAK_REASONS. */
static enum memmon_leak_reason excuse_of(const struct memmon_snapshot_books *books,
					 const struct leaks_row *row)
{
	const struct memmon_leak *leak = &row->leak;
	uint64_t unseen = books->counts[MEMMON_LEDGER_REBORN];

	if (leak->kind != MEMMON_LEAK_KIND_UNLOADED && leak->objects < MEMMON_LEAKS_MIN_OBJECTS)
		return MEMMON_REASON_FEW;
	/* What was born again counts as dead: of a row there cannot be more of these than have died. */
	if (freed_of(row) < unseen)
		unseen = freed_of(row);
	unseen += books->lost;
	if (unseen && (double)unseen >= MEMMON_LEAKS_LOST_SHARE * (double)leak->objects)
		return MEMMON_REASON_LOSS;
	if (books->is_unfinished)
		return MEMMON_REASON_UNFINISHED;
	if (books->has_filtered_frees)
		return MEMMON_REASON_FILTERED;
	if (books->missing_classes & row->frees)
		return MEMMON_REASON_MISSING;
	/* What pages are used for is looked up in the kernel; a replay has no limit of places. */
	if (leak->section == MEMMON_SECTION_PAGES && !books->page_places)
		return MEMMON_REASON_NO_FLAGS;
	if (row->is_merged)
		return MEMMON_REASON_MERGED;
	if (row->is_mixed)
		return MEMMON_REASON_MIXED;
	if (leak->kind == MEMMON_LEAK_KIND_UNLOADED)
		return MEMMON_NR_LEAK_REASONS;
	if (leak->held.bytes_error > 0 && leak->held.bytes_error >= leak->held.bytes)
		return MEMMON_REASON_SAMPLE;
	if (leak->verdict != MEMMON_VERDICT_GROWING && leak->old_objects < MEMMON_LEAKS_MIN_OBJECTS)
		return MEMMON_REASON_YOUNG;
	return MEMMON_NR_LEAK_REASONS;
}

static bool is_full(const struct memmon_snapshot_books *books)
{
	uint64_t untracked = books->counts[MEMMON_LEDGER_UNTRACKED];
	uint64_t born = books->counts[MEMMON_LEDGER_BORN] + books->counts[MEMMON_LEDGER_REBORN];

	return untracked &&
	       (double)untracked >= MEMMON_LEAKS_UNTRACKED_SHARE * (double)(untracked + born);
}

void leaks_judge(const struct memmon_leaks *leaks, const struct memmon_snapshot_books *books,
		 struct leaks_row *row)
{
	struct memmon_leak *leak = &row->leak;
	struct trend trend = trend_of(leaks, row);
	enum memmon_leak_reason excuse;

	if (!judge_kind(leak)) {
		if (!trend.is_steady && trend.freed >= MEMMON_LEAKS_HALF &&
		    trend.stayed < MEMMON_LEAKS_HALF)
			decide(leak, MEMMON_VERDICT_IN_USE, MEMMON_REASON_CHURNS,
			       fmax(trend.freed, 1 - trend.stayed));
		else if (trend.is_short)
			decide(leak, MEMMON_VERDICT_UNCLEAR, MEMMON_REASON_SHORT, 0);
		else
			judge_growth(leak, &trend);
	}
	if (leak->verdict <= MEMMON_VERDICT_GROWING) {
		excuse = excuse_of(books, row);
		if (excuse != MEMMON_NR_LEAK_REASONS)
			decide(leak, MEMMON_VERDICT_UNCLEAR, excuse, 0);
	} else if (leak->verdict == MEMMON_VERDICT_HELD && is_full(books)) {
		decide(leak, MEMMON_VERDICT_UNCLEAR, MEMMON_REASON_FULL, 0);
	}
}
