// SPDX-License-Identifier: GPL-2.0
/* Finds in a call stack who asked the page allocator, behind the allocator's own functions. */
#include <string.h>

#include "pages_internal.h"

/*
 * The functions through which pages are asked for and which ask for nobody else, on all kernels; without the
 * "_noprof" of those with allocation profiling, and without what compilers append.
 */
static const char *const wrappers[] = {
	"__alloc_frozen_pages",
	"__alloc_pages",
	"__alloc_pages_bulk",
	"__alloc_pages_slowpath",
	"__folio_alloc",
	"__folio_alloc_node",
	"__get_free_pages",
	"__page_frag_alloc_align",
	"__page_frag_cache_drain",
	"__page_frag_cache_refill",
	"alloc_frozen_pages",
	"alloc_frozen_pages_nolock",
	"alloc_page_interleave",
	"alloc_pages",
	"alloc_pages_bulk",
	"alloc_pages_bulk_array_interleave",
	"alloc_pages_bulk_array_mempolicy",
	"alloc_pages_bulk_array_preferred_many",
	"alloc_pages_bulk_array_weighted_interleave",
	"alloc_pages_bulk_interleave",
	"alloc_pages_bulk_mempolicy",
	"alloc_pages_bulk_preferred_many",
	"alloc_pages_bulk_weighted_interleave",
	"alloc_pages_exact",
	"alloc_pages_exact_nid",
	"alloc_pages_mpol",
	"alloc_pages_node",
	"alloc_pages_nolock",
	"alloc_pages_preferred_many",
	"folio_alloc",
	"folio_alloc_mpol",
	"get_free_pages",
	"get_page_from_freelist",
	"get_zeroed_page",
	"page_frag_alloc_align",
	"vma_alloc_folio",
};

static const char *const endings[] = { "_noprof", ".part", ".constprop", ".isra", ".cold" };

/* Where the name proper ends. */
static size_t proper_length(const char *text)
{
	size_t len = strcspn(text, "+ ");

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		const char *ending = memmem(text, len, endings[i], strlen(endings[i]));

		if (ending)
			len = (size_t)(ending - text);
	}
	return len;
}

bool pages_is_wrapper(const char *text)
{
	size_t len = proper_length(text);

	/* A module's function is nobody else's. */
	if (strchr(text, '['))
		return false;
	for (size_t i = 0; i < sizeof(wrappers) / sizeof(wrappers[0]); i++)
		if (strlen(wrappers[i]) == len && !memcmp(wrappers[i], text, len))
			return true;
	return false;
}

uint64_t pages_site(const struct memmon_snapshot *snapshot, const uint64_t *frames, size_t nr)
{
	char text[256];

	for (size_t i = 0; i + 1 < nr; i++) {
		memmon_snapshot_address(snapshot, frames[i], text, sizeof(text));
		if (!pages_is_wrapper(text))
			return frames[i];
	}
	return nr ? frames[nr - 1] : 0;
}
