// SPDX-License-Identifier: GPL-2.0
/* Reads /proc/kallsyms and /proc/modules once, and looks functions up in them. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "symbols.h"

struct symbol {
	uint64_t address;
	char *name;
	char *module;
};

static struct symbol *symbols;
static size_t nr_symbols;

static int compare(const void *a, const void *b)
{
	const struct symbol *one = a, *other = b;

	return one->address < other->address ? -1 : one->address > other->address;
}

static void add(uint64_t address, const char *name, const char *module)
{
	static size_t room;

	if (nr_symbols == room) {
		room = room ? 2 * room : 65536;
		symbols = realloc(symbols, room * sizeof(*symbols));
		if (!symbols)
			die("no memory");
	}
	symbols[nr_symbols++] =
		(struct symbol){ address, strdup(name), *module ? strdup(module) : NULL };
}

/*
 * Marks where modules end: what was called from code that is gone, like a module's own for its start, must
 * not go to the last function before.
 */
static void read_modules(void)
{
	FILE *file = fopen("/proc/modules", "r");
	char line[1024];
	uint64_t bytes, address;

	if (!file)
		die("/proc/modules: %m");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %" SCNu64 " %*s %*s %*s %" SCNx64, &bytes, &address) == 2)
			add(address + bytes, "-", "");
	fclose(file);
}

static void read_symbols(void)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	char line[1024], name[512], module[128], type;
	uint64_t address;

	if (!file)
		die("/proc/kallsyms: %m");
	while (fgets(line, sizeof(line), file)) {
		module[0] = '\0';
		if (sscanf(line, "%" SCNx64 " %c %511s [%127[^]]", &address, &type, name, module) <
		    3)
			die("/proc/kallsyms: %s", line);
		if (tolower((unsigned char)type) == 't')
			add(address, name, module);
	}
	fclose(file);
	read_modules();
	qsort(symbols, nr_symbols, sizeof(*symbols), compare);
}

void symbols_find(uint64_t address, char *function, char *module)
{
	size_t low = 0, high;

	if (!nr_symbols)
		read_symbols();
	strcpy(function, "-");
	strcpy(module, "-");
	high = nr_symbols;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return;
	snprintf(function, 128, "%s", symbols[low - 1].name);
	if (symbols[low - 1].module)
		snprintf(module, 128, "%s", symbols[low - 1].module);
}
