// SPDX-License-Identifier: GPL-2.0
/* Says what was lost on the way from the kernel to the view. */
#include <inttypes.h>

#include "cmd.h"
#include "loss.h"
#include "ui.h"

static const char *const filter_names[] = {
#define FILTER_NAME(id, name) [MEMMON_FILTERED_##id] = name,
	MEMMON_FILTER_REASONS(FILTER_NAME)
#undef FILTER_NAME
};

static const char *const drop_names[] = {
#define DROP_NAME(id, name) [MEMMON_DROPPED_##id] = name,
	MEMMON_DROP_REASONS(DROP_NAME)
#undef DROP_NAME
};

/* "  dropped 1,200 (full 1,000, nested 200)": the reasons that are not zero. */
static void print_sum(const char *title, uint64_t sum, const char *const *names,
		      const uint64_t *parts, size_t nr_parts, FILE *out)
{
	const char *before = " (";

	fprintf(out, "  %s %s", title, ui_count(sum).text);
	for (size_t i = 0; i < nr_parts; i++) {
		if (!parts[i])
			continue;
		fprintf(out, "%s%s %s", before, names[i], ui_count(parts[i]).text);
		before = ", ";
	}
	if (before[0] == ',')
		fputc(')', out);
}

void loss_print(const struct memmon_loss *loss, FILE *out)
{
	fprintf(out, "recorded %s", ui_count(loss->recorded).text);
	print_sum("filtered", loss->filtered, filter_names, loss->filtered_by,
		  MEMMON_NR_FILTER_REASONS, out);
	print_sum("dropped", loss->dropped, drop_names, loss->dropped_by, MEMMON_NR_DROP_REASONS,
		  out);
	fprintf(out, "  overwritten %s", ui_count(loss->overwritten).text);
	if (loss->in_flight)
		fprintf(out, "  in flight %s", ui_count(loss->in_flight).text);
	if (loss->without_stack)
		fprintf(out, "  without call stack %s", ui_count(loss->without_stack).text);
	if (loss->cut_bytes)
		fprintf(out, "; cut off: %s at the end are not readable",
			ui_bytes(loss->cut_bytes).text);
	if (loss->is_unfinished)
		fputs("; unfinished: the recorder did not end it, events may be missing", out);
	fputc('\n', out);
}

bool loss_is_any(const struct memmon_loss *loss)
{
	return loss->dropped || loss->overwritten || loss->cut_bytes || loss->is_unfinished;
}

int loss_verdict(const struct memmon_loss *loss, bool is_strict)
{
	return is_strict && loss_is_any(loss) ? CMD_INCOMPLETE : CMD_OK;
}

/* Every reason, also those that are zero: a script need not ask whether a key is there. */
static json_t *reasons_json(const char *const *names, const uint64_t *parts, size_t nr_parts)
{
	json_t *reasons = json_object();
	int err = 0;

	for (size_t i = 0; i < nr_parts; i++)
		err |= json_object_set_new(reasons, names[i], json_integer((json_int_t)parts[i]));
	if (err) {
		json_decref(reasons);
		return NULL;
	}
	return reasons;
}

json_t *loss_json(const struct memmon_loss *loss)
{
	return json_pack("{s:I, s:I, s:I, s:o, s:I, s:o, s:I, s:I, s:I, s:I, s:b, s:b}", "seen",
			 (json_int_t)loss->seen, "recorded", (json_int_t)loss->recorded, "filtered",
			 (json_int_t)loss->filtered, "filtered_by",
			 reasons_json(filter_names, loss->filtered_by, MEMMON_NR_FILTER_REASONS),
			 "dropped", (json_int_t)loss->dropped, "dropped_by",
			 reasons_json(drop_names, loss->dropped_by, MEMMON_NR_DROP_REASONS),
			 "overwritten", (json_int_t)loss->overwritten, "in_flight",
			 (json_int_t)loss->in_flight, "cut_bytes", (json_int_t)loss->cut_bytes,
			 "without_stack", (json_int_t)loss->without_stack, "unfinished",
			 loss->is_unfinished, "complete", !loss_is_any(loss));
}
