// SPDX-License-Identifier: GPL-2.0
/* Takes the module's books out of a status and checks that they balance. */
#include <errno.h>

#include "memmon.h"

int memmon_books_read(const struct memmon_status *status, struct memmon_books *ret)
{
	const struct {
		const char *key;
		uint64_t *place;
	} lines[] = {
		{ "seen", &ret->seen },
		{ "recorded", &ret->recorded },
		{ "recorded.requests", &ret->requests },
		{ "recorded.frees", &ret->frees },
		{ "filtered", &ret->filtered },
		{ "dropped", &ret->dropped },
		{ "in_flight", &ret->in_flight },
		{ "overwritten.requests", &ret->overwritten_requests },
		{ "overwritten.frees", &ret->overwritten_frees },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (memmon_status_number(status, lines[i].key, lines[i].place))
			return -EBADMSG;
	return 0;
}

struct memmon_books memmon_books_subtract(const struct memmon_books *later,
					  const struct memmon_books *earlier)
{
	return (struct memmon_books){
		.seen = later->seen - earlier->seen,
		.recorded = later->recorded - earlier->recorded,
		.requests = later->requests - earlier->requests,
		.frees = later->frees - earlier->frees,
		.filtered = later->filtered - earlier->filtered,
		.dropped = later->dropped - earlier->dropped,
		.in_flight = later->in_flight,
		.overwritten_requests = later->overwritten_requests - earlier->overwritten_requests,
		.overwritten_frees = later->overwritten_frees - earlier->overwritten_frees,
	};
}

bool memmon_books_balance(const struct memmon_books *books)
{
	return books->seen == books->recorded + books->filtered + books->dropped + books->in_flight;
}
