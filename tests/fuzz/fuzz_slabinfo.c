// SPDX-License-Identifier: GPL-2.0
/* Feeds anything to the parser of /proc/slabinfo. */
#include "fuzz.h"
#include "memmon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memmon_slabinfo *info;

	MUST(!memmon_slabinfo_create(&info));
	if (!memmon_slabinfo_parse(info, (const char *)data, size))
		for (size_t i = 0; i < memmon_slabinfo_count(info); i++)
			MUST(*memmon_slabinfo_at(info, i)->name);
	memmon_slabinfo_destroy(info);
	return 0;
}
