// SPDX-License-Identifier: GPL-2.0
/* Feeds anything to the parser of the module's status, and looks for its books. */
#include "fuzz.h"
#include "memmon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memmon_status *status;
	struct memmon_books books;
	uint64_t number;

	if (memmon_status_parse((const char *)data, size, &status))
		return 0;
	MUST(memmon_status_count(status));
	for (size_t i = 0; i < memmon_status_count(status); i++) {
		MUST(memmon_status_value(status, i));
		MUST(memmon_status_find(status, memmon_status_key(status, i)));
		memmon_status_number(status, memmon_status_key(status, i), &number);
	}
	if (!memmon_books_read(status, &books))
		memmon_books_balance(&books);
	memmon_status_destroy(status);
	return 0;
}
