// SPDX-License-Identifier: GPL-2.0
/* Feeds anything to the parsers of /proc/modules and of ELF notes. */
#include "fuzz.h"
#include "module_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memmon_module_entry *modules;
	char id[2 * MEMMON_BUILD_ID_BYTES + 1];
	char *text = fuzz_text(data, size);
	size_t nr;

	MUST(!memmon_modules_parse(text, size, &modules, &nr));
	for (size_t i = 0; i < nr; i++) {
		MUST(*modules[i].name && *modules[i].name != '.');
		MUST(!strchr(modules[i].name, '/'));
	}
	free(modules);
	memcpy(text, data, size);
	if (!memmon_build_id_parse(text, size, id))
		MUST(*id && strspn(id, "0123456789abcdef") == strlen(id));
	free(text);
	return 0;
}
