// SPDX-License-Identifier: GPL-2.0
/* Feeds anything to the parsers of kallsyms and of a recording's symbols, and asks for what they found. */
#include "fuzz.h"
#include "symbols_internal.h"

static void ask(struct memmon_symbols *symbols)
{
	struct memmon_site_range ranges[4];
	struct memmon_symbol symbol;

	for (size_t i = 0; i < symbols->table.nr && i < 50; i++) {
		const struct memmon_symbols_entry *entry = &symbols->table.entries[i];

		MUST(memmon_symbols_find(symbols, entry->address, &symbol));
		MUST(symbol.offset == entry->offset || symbols->is_recorded);
		MUST(memmon_symbols_function_range(symbols, entry->name, ranges, 4));
		MUST(ranges[0].first <= ranges[0].last);
		if (entry->module)
			MUST(!memmon_symbols_module_range(symbols, entry->module, &ranges[0]));
	}
	memmon_symbols_find(symbols, UINT64_MAX, &symbol);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int is_recorded = 0; is_recorded < 2; is_recorded++) {
		struct memmon_symbols *symbols = calloc(1, sizeof(*symbols));
		char *text = fuzz_text(data, size);

		MUST(symbols);
		symbols->is_recorded = is_recorded;
		symbols->generation = 1;
		if (is_recorded)
			memmon_symbols_parse_recorded(text, size, &symbols->names, &symbols->table);
		else
			memmon_kallsyms_parse(text, size, &symbols->names, &symbols->table);
		free(text);
		ask(symbols);
		memmon_symbols_close(symbols);
	}
	return 0;
}
