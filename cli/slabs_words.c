// SPDX-License-Identifier: GPL-2.0
/* Words that the views of memmon slabs share: sizes, lines of 80 columns, notes. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "slabs.h"
#include "ui.h"

#define WIDTH 80
#define INDENT 2

struct slabs_name slabs_name(const char *text)
{
	struct slabs_name name;

	snprintf(name.text, sizeof(name.text), "%s", text);
	ui_clean(name.text);
	return name;
}

struct ui_text slabs_bytes(uint64_t bytes)
{
	struct ui_text ret;

	if (bytes >= 1024)
		return ui_bytes(bytes);
	snprintf(ret.text, sizeof(ret.text), "%" PRIu64 " B", bytes);
	return ret;
}

uint64_t slabs_scaled(const struct slabs_view *view, uint64_t number)
{
	return number * memmon_slabs_one_in(view->slabs);
}

void slabs_wrap(const char *text, FILE *out)
{
	size_t used = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (used && used + 1 + len > WIDTH) {
			fprintf(out, "\n%*s", INDENT, "");
			used = INDENT;
		} else if (used) {
			fputc(' ', out);
			used++;
		}
		fwrite(text, 1, len, out);
		used += len;
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

void slabs_print_rest(const struct slabs_view *view, size_t nr, FILE *out)
{
	size_t left_out = nr - slabs_shown(view, nr);

	if (left_out)
		fprintf(out, "%s %s left out; --top 0 shows all\n", ui_count(left_out).text,
			left_out == 1 ? "row" : "rows");
}

static void print_note_on_slabs(const struct slabs_view *view, FILE *out)
{
	if (view->recording)
		slabs_wrap("A recording has no slabs: how many there were is what slabinfo said "
			   "at its end, and kmalloc-N stands for all caches of that size.",
			   out);
	else if (view->slabs_err == -EOPNOTSUPP)
		slabs_wrap("mem_monitor cannot read the slabs of this kernel: numbers are those "
			   "of slabinfo, and who keeps slabs is not known.",
			   out);
	else if (view->slabs_err)
		slabs_wrap("Without mem_monitor slabs are not known one by one: numbers are "
			   "those of slabinfo. Load it to see nearly empty slabs.",
			   out);
}

void slabs_print_notes(const struct slabs_view *view, FILE *out)
{
	uint64_t strays = memmon_slabs_strays(view->slabs);
	char text[200];

	print_note_on_slabs(view, out);
	if (!view->books)
		return;
	if (memmon_slabs_one_in(view->slabs) > 1) {
		snprintf(text, sizeof(text),
			 "A sample: of %" PRIu32 " addresses one is known. What is held is "
			 "multiplied by that, caches and slabs are not.",
			 memmon_slabs_one_in(view->slabs));
		slabs_wrap(text, out);
	}
	if (strays) {
		snprintf(text, sizeof(text),
			 "%s known %s freed while the slabs were being looked at, and left out.",
			 ui_count(strays).text, strays == 1 ? "object was" : "objects were");
		slabs_wrap(text, out);
	}
}
