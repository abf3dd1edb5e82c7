// SPDX-License-Identifier: GPL-2.0
/* Feeds anything to the parser of the log of requests. */
#include "fuzz.h"
#include "memmon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memmon_log *log;

	if (memmon_log_parse((const char *)data, size, &log))
		return 0;
	for (size_t i = 0; i < memmon_log_count(log); i++) {
		const struct memmon_request *request = memmon_log_at(log, i);

		MUST(strlen(request->label) + strlen(request->comm) <= size);
		MUST(!request->cache || strlen(request->cache) <= size);
	}
	memmon_log_destroy(log);
	return 0;
}
