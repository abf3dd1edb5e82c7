// SPDX-License-Identifier: GPL-2.0
/* Feeds anything to the parsers of filters: one line of the input for each condition. */
#include "fuzz.h"
#include "memmon/filter.h"

static const struct memmon_value_name gfp[] = { { 0xcc0, "GFP_KERNEL" }, { 0x100, "__GFP_ZERO" } };

static void parse_words(const char **lines)
{
	const struct memmon_machine machine = { .nr_cpus = 4, .gfp = gfp, .nr_gfp = 2 };
	const struct memmon_filter_world world = { .machine = &machine, .is_recorded = true };
	const struct memmon_filter_words words = {
		.pid = lines[0],
		.tgid = lines[1],
		.comm = lines[2],
		.cgroup = lines[3],
		.cache = lines[4],
		.bytes = lines[5],
		.order = lines[6],
		.node = lines[7],
		.gfp = lines[8],
		.site = lines[9],
		.context = lines[10],
		.sample = lines[11],
	};
	struct memmon_filter filter;
	char why[64];

	if (!memmon_filter_parse(&words, &world, &filter, why, sizeof(why)))
		memmon_filter_release(&filter);
	else
		MUST(strnlen(why, sizeof(why)) < sizeof(why));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	const char *lines[12] = { NULL };
	char why[64];
	uint64_t bytes;
	uint32_t mask;
	char *rest = text;

	for (int i = 0; i < 12 && rest; i++) {
		char *line = strsep(&rest, "\n");

		lines[i] = *line ? line : NULL;
	}
	parse_words(lines);
	/* Each alone, since the first mistake ends the parse of all. */
	for (int i = 0; i < 12; i++) {
		const char *one[12] = { NULL };

		one[i] = lines[i];
		parse_words(one);
	}
	memmon_size_parse(lines[0] ? lines[0] : "", &bytes);
	memmon_classes_parse(lines[1] ? lines[1] : "", MEMMON_SOURCE_TRACEPOINT, &mask, why,
			     sizeof(why));
	free(text);
	return 0;
}
