// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the ten call sites of a recording that asked for the most bytes: an example of how to use
 * libmemmon.
 *
 *	cc -O2 -o biggest_sites biggest_sites.c $(pkg-config --cflags --libs libmemmon)
 *	./biggest_sites memmon.data
 */
#include <errno.h>
#include <inttypes.h>
#include <memmon.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SITES 65536 /* a power of two, and far more than a kernel has in use */
#define TOP 10

struct site {
	uint64_t address;
	uint64_t bytes;
	uint64_t requests;
};

static struct site sites[MAX_SITES];

/* An open-addressing table. Page events have no call site, so that 0 can mean "free". */
static struct site *find_site(uint64_t address)
{
	size_t slot = (size_t)(address * 0x9e3779b97f4a7c15 >> 48) % MAX_SITES;

	for (size_t i = 0; i < MAX_SITES; i++, slot = (slot + 1) % MAX_SITES) {
		if (!sites[slot].address)
			sites[slot].address = address;
		if (sites[slot].address == address)
			return &sites[slot];
	}
	return NULL;
}

static void count(const struct memmon_record *record)
{
	struct site *site;

	if (record->event_class != MEMMON_CLASS_KMALLOC &&
	    record->event_class != MEMMON_CLASS_CACHE_ALLOC)
		return;
	site = record->call_site ? find_site(record->call_site) : NULL;
	if (!site)
		return;
	site->bytes += record->bytes_alloc;
	site->requests++;
}

/* Events come in batches, and point into the reader: they are valid until the next batch. */
static int count_all(struct memmon_reader *reader)
{
	struct memmon_event events[1024];
	int nr;

	while ((nr = memmon_reader_take(reader, events, 1024)) > 0)
		for (int i = 0; i < nr; i++)
			count(events[i].record);
	return nr;
}

static int by_bytes(const void *a, const void *b)
{
	const struct site *left = a;
	const struct site *right = b;

	return left->bytes < right->bytes ? 1 : left->bytes > right->bytes ? -1 : 0;
}

static void print(struct memmon_reader *reader)
{
	struct memmon_loss loss;

	qsort(sites, MAX_SITES, sizeof(sites[0]), by_bytes);
	printf("%14s %12s  %s\n", "bytes", "requests", "call site");
	for (int i = 0; i < TOP && sites[i].address; i++) {
		char name[256];

		memmon_symbols_print(memmon_reader_symbols(reader), sites[i].address, name,
				     sizeof(name));
		printf("%14" PRIu64 " %12" PRIu64 "  %s\n", sites[i].bytes, sites[i].requests,
		       name);
	}
	/* Never show numbers without saying what is missing from them. */
	if (!memmon_reader_loss(reader, &loss))
		printf("lost: %" PRIu64 " dropped, %" PRIu64 " overwritten%s\n", loss.dropped,
		       loss.overwritten,
		       loss.is_unfinished ? ", and the recording has no end" : "");
}

int main(int argc, char **argv)
{
	struct memmon_reader *reader;
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: biggest_sites RECORDING\n");
		return 2;
	}
	err = memmon_reader_open(argv[1], &reader);
	if (err) {
		fprintf(stderr, "biggest_sites: cannot read %s: %s\n", argv[1], strerror(-err));
		return 1;
	}
	err = count_all(reader);
	if (err)
		fprintf(stderr, "biggest_sites: %s: %s\n", argv[1], strerror(-err));
	else
		print(reader);
	memmon_reader_close(reader);
	return err ? 1 : 0;
}
