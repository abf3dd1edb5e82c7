// SPDX-License-Identifier: GPL-2.0
/* Prints one row of what is held: the verdict, and why. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "leaks.h"
#include "ui.h"

#define COLUMNS 80
#define NAME_COLUMN 42
#define INDENT 3
#define MAX_PARTS 5

/* Before a row: verdict, how sure it is, bytes, objects, and the names behind them. */
#define ROW_FORMAT "%-11s  %4s  %10s  %9s%s%s\n"

void leaks_wrap(const char *text, int indent, FILE *out)
{
	size_t room = (size_t)(COLUMNS - indent);

	while (*text) {
		size_t len = strlen(text);

		if (len > room) {
			for (len = room; len && text[len] != ' '; len--)
				;
			/* A word that is longer than a line stays whole. */
			if (!len)
				len = strcspn(text, " ");
		}
		fprintf(out, "%*s%.*s\n", indent, "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

struct ui_text leaks_bytes(double bytes)
{
	uint64_t whole = (uint64_t)llround(bytes);
	struct ui_text ret;

	if (whole >= 1024)
		return ui_bytes(whole);
	snprintf(ret.text, sizeof(ret.text), "%" PRIu64 " B", whole);
	return ret;
}

void leaks_print_head(const struct leaks_view *view, FILE *out)
{
	static const char *const titles[] = {
		[MEMMON_LEAK_KEY_SITE] = "Call site", [MEMMON_LEAK_KEY_STACK] = "Stack",
		[MEMMON_LEAK_KEY_MODULE] = "Module",  [MEMMON_LEAK_KEY_PROCESS] = "Process",
		[MEMMON_LEAK_KEY_CGROUP] = "Cgroup",  [MEMMON_LEAK_KEY_CACHE] = "Cache",
	};
	char names[80] = "";
	size_t len = 0;

	for (unsigned int i = 0; i < view->options.nr_keys; i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
					titles[view->options.keys[i]]);
	fprintf(out, ROW_FORMAT, "Verdict", "Sure", "Held", "Objects", "  ", names);
}

static void join_names(const struct leaks_view *view, const struct memmon_leak *leak, char *text,
		       size_t size)
{
	size_t len = 0;

	for (unsigned int i = 0; i < view->options.nr_keys && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%s", i ? ", " : "",
					leak->names[i]);
	ui_clean(text);
}

/* What the rule was about. */
static void print_reason(const struct leaks_view *view, const struct memmon_leak *leak, FILE *out)
{
	const struct memmon_snapshot_books *books = &view->snapshot->books;
	char detail[160] = "", text[400];

	switch (leak->reason) {
	case MEMMON_REASON_EXPECTED:
		snprintf(detail, sizeof(detail), ": %s", leak->why ? leak->why : "?");
		break;
	case MEMMON_REASON_SHORT:
		snprintf(detail, sizeof(detail), ": %zu in %s", memmon_leaks_looks(view->leaks) - 1,
			 ui_duration(books->duration_ns).text);
		break;
	case MEMMON_REASON_LOSS:
		snprintf(detail, sizeof(detail), ": %s lost, %s frees missed",
			 ui_count(books->lost).text,
			 ui_count(books->counts[MEMMON_LEDGER_REBORN]).text);
		break;
	case MEMMON_REASON_YOUNG:
		snprintf(detail, sizeof(detail), ": %s are older than %s",
			 ui_count(leak->old_objects).text,
			 ui_duration(memmon_leaks_older_than_ns(view->leaks)).text);
		break;
	default:
		break;
	}
	snprintf(text, sizeof(text), "%s%s", memmon_leak_reason_words(leak->reason), detail);
	leaks_wrap(text, INDENT, out);
}

/* "+1.2 KiB/s, 0.0% freed, 50 of the 50 at half time still there" */
static void print_growth(const struct memmon_leak *leak, FILE *out)
{
	char text[320];
	size_t len = 0;

	len += (size_t)snprintf(text, sizeof(text), "%s%s/s since half time",
				leak->bytes_per_second < 0 ? "-" : "+",
				leaks_bytes(fabs(leak->bytes_per_second)).text);
	if (leak->knows_freed)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "; %.1f%% of %s freed",
					100 * (double)leak->freed / (double)leak->born,
					ui_count(leak->born).text);
	if (leak->at_half)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"; of %s then, %s still there",
					ui_count(leak->at_half).text, ui_count(leak->stayed).text);
	if (leak->held.bytes_error > 0)
		snprintf(text + len, sizeof(text) - len, "; estimated, +-%s",
			 leaks_bytes(leak->held.bytes_error).text);
	leaks_wrap(text, INDENT, out);
}

static void print_ages(const struct memmon_leak *leak, FILE *out)
{
	static const char *const names[] = { "<1s", "<10s", "<1min", "<10min", "more" };
	const char *before = "age: ";
	char text[320];
	size_t len = 0;

	for (size_t i = 0; i < MEMMON_LEAK_AGES; i++) {
		if (!leak->ages[i])
			continue;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s %s", before, names[i],
					ui_count(leak->ages[i]).text);
		before = ", ";
	}
	snprintf(text + len, sizeof(text) - len, "; %s %s",
		 leak->kind == MEMMON_LEAK_KIND_RCU ? "the longest waits for" : "the oldest",
		 ui_duration(leak->oldest_ns).text);
	leaks_wrap(text, INDENT, out);
}

/* Where the names of the row do not say it: who asked for it. */
static void print_parts(const struct leaks_view *view, const struct memmon_leak *leak, FILE *out)
{
	double scale = leak->held.objects / (double)leak->objects;
	char name[LEAKS_NAME_BYTES];

	for (unsigned int i = 0; i < view->options.nr_keys; i++)
		if (view->options.keys[i] == MEMMON_LEAK_KEY_SITE ||
		    view->options.keys[i] == MEMMON_LEAK_KEY_STACK)
			return;
	for (size_t i = 0; i < leak->nr_parts && i < MAX_PARTS; i++) {
		snprintf(name, sizeof(name), "%s", leak->parts[i].name);
		ui_clean(name);
		fprintf(out, "%*s%10s  %9s  %s\n", 19, "",
			leaks_bytes(scale * (double)leak->parts[i].bytes).text,
			ui_count((uint64_t)llround(scale * (double)leak->parts[i].objects)).text,
			name);
	}
	if (leak->nr_parts > MAX_PARTS)
		fprintf(out, "%*sand %zu call sites more\n", NAME_COLUMN, "",
			leak->nr_parts - MAX_PARTS);
}

static void print_stack(const struct leaks_view *view, const struct memmon_leak *leak, FILE *out)
{
	const uint64_t *frames;
	size_t nr = memmon_snapshot_stack(view->snapshot, leak->stack, &frames);
	char name[LEAKS_NAME_BYTES];

	if (!view->has_stacks)
		return;
	if (!nr) {
		fprintf(out, "%*sno call stack known\n", INDENT, "");
		return;
	}
	fprintf(out, "%*scall stack of %.0f%% of it:\n", INDENT, "",
		leak->bytes ? 100 * (double)leak->stack_bytes / (double)leak->bytes : 100);
	for (size_t i = 0; i < nr; i++) {
		memmon_snapshot_address(view->snapshot, frames[i], name, sizeof(name));
		ui_clean(name);
		fprintf(out, "%*s%s\n", 2 * INDENT, "", name);
	}
}

void leaks_print_row(const struct leaks_view *view, const struct memmon_leak *leak, FILE *out)
{
	char names[LEAKS_NAME_BYTES], sure[8];
	bool fits;

	join_names(view, leak, names, sizeof(names));
	snprintf(sure, sizeof(sure), "%u%%", leak->confidence);
	fits = strlen(names) <= COLUMNS - NAME_COLUMN;
	fprintf(out, ROW_FORMAT, memmon_leak_verdict_name(leak->verdict), sure,
		leaks_bytes(leak->held.bytes).text,
		ui_count((uint64_t)llround(leak->held.objects)).text, fits ? "  " : "",
		fits ? names : "");
	if (!fits)
		fprintf(out, "%*s%s\n", INDENT, "", names);
	print_reason(view, leak, out);
	if (leak->verdict <= MEMMON_VERDICT_HELD || leak->verdict == MEMMON_VERDICT_IN_USE)
		print_growth(leak, out);
	print_ages(leak, out);
	print_parts(view, leak, out);
	print_stack(view, leak, out);
}
