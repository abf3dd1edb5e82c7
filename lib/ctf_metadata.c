// SPDX-License-Identifier: GPL-2.0
/* Writes the TSDL text that tells any reader of CTF what is in the stream files. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctf_metadata.h"
#include "ctf_packet.h"
#include "memmon.h"
#include "memmon/recording.h"
#include "sidecar.h"

#define NS_PER_S 1000000000ULL

static const char *const contexts[] = {
#define NAME(id, name) [MEMMON_CONTEXT_##id] = name,
	MEMMON_CONTEXTS(NAME)
#undef NAME
};

static void add(struct memmon_buffer *text, const char *tsdl)
{
	memmon_buffer_add(text, tsdl, strlen(tsdl));
}

static void add_trace(struct memmon_buffer *text, const uint8_t *uuid)
{
	add(text, "/* CTF 1.8 */\n\n"
		  "typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
		  "typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
		  "typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
		  "typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
		  "typealias integer { size = 64; align = 8; signed = false; base = 16; } := "
		  "address_t;\n\n"
		  "trace {\n\tmajor = 1;\n\tminor = 8;\n\tuuid = \"");
	for (unsigned int i = 0; i < MEMMON_CTF_UUID_BYTES; i++)
		memmon_buffer_print(text, "%s%02x",
				    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
	memmon_buffer_print(text, "\";\n\tbyte_order = %s;\n",
			    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "le" : "be");
	add(text, "\tpacket.header := struct {\n"
		  "\t\tuint32_t magic;\n"
		  "\t\tuint8_t uuid[16];\n"
		  "\t\tuint32_t stream_id;\n"
		  "\t};\n};\n\n");
}

static void add_env(struct memmon_buffer *text, const struct memmon_machine *machine)
{
	const char *const texts[][2] = {
		{ "hostname", machine->host },
		{ "domain", "kernel" },
		{ "sysname", "Linux" },
		{ "kernel_release", machine->kernel_release },
		{ "kernel_version", machine->kernel_version },
		{ "architecture", machine->architecture },
		{ "tracer_name", "mem_monitor" },
		{ "tracer_version", memmon_version() },
	};

	add(text, "env {\n");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		memmon_buffer_print(text, "\t%s = ", texts[i][0]);
		memmon_buffer_add_quoted(text, texts[i][1]);
		add(text, ";\n");
	}
	memmon_buffer_print(text, "\tformat_major = %d;\n\tformat_minor = %d;\n};\n\n",
			    MEMMON_RECORDING_MAJOR, MEMMON_RECORDING_MINOR);
}

/* The offset is the time since the epoch at which the clock would have been 0. */
static void add_clock(struct memmon_buffer *text, const struct memmon_machine *machine)
{
	bool is_tsc = machine->clock == MEMMON_CLOCK_TSC;
	uint64_t frequency = is_tsc ? machine->clock_khz * 1000 : NS_PER_S;
	__uint128_t start = (__uint128_t)machine->clock_at_start * NS_PER_S;
	uint64_t offset_ns = 0;

	start = frequency ? start / frequency : 0;
	if (start < machine->realtime_start_ns)
		offset_ns = machine->realtime_start_ns - (uint64_t)start;
	memmon_buffer_print(text,
			    "clock {\n\tname = records;\n\tdescription = \"%s\";\n"
			    "\tfreq = %" PRIu64 ";\n\toffset_s = %" PRIu64 ";\n"
			    "\toffset = %" PRIu64 ";\n};\n\n",
			    is_tsc ? "time stamp counter" : "monotonic clock", frequency,
			    (uint64_t)(offset_ns / NS_PER_S),
			    (uint64_t)((__uint128_t)(offset_ns % NS_PER_S) * frequency / NS_PER_S));
	add(text, "typealias integer {\n"
		  "\tsize = 64; align = 8; signed = false; map = clock.records.value;\n"
		  "} := clock_t;\n\n");
}

static void add_stream(struct memmon_buffer *text)
{
	/* The alignment skips what packet heads hold for ourselves. */
	add(text, "stream {\n\tid = 0;\n"
		  "\tevent.header := struct {\n"
		  "\t\tclock_t timestamp;\n"
		  "\t\tuint8_t id;\n"
		  "\t} align(512);\n"
		  "\tpacket.context := struct {\n"
		  "\t\tclock_t timestamp_begin;\n"
		  "\t\tclock_t timestamp_end;\n"
		  "\t\tuint64_t content_size;\n"
		  "\t\tuint64_t packet_size;\n"
		  "\t\tuint64_t packet_seq_num;\n"
		  "\t\tuint64_t events_discarded;\n"
		  "\t\tuint32_t cpu_id;\n"
		  "\t};\n};\n\n");
}

static void add_row(struct memmon_buffer *text, const char *name, uint64_t value)
{
	add(text, "\t");
	memmon_buffer_add_quoted(text, name);
	memmon_buffer_print(text, " = %" PRIu64 ",\n", value);
}

/* Begins and ends an enumeration of integers of a size in bits, packed if that is no whole byte. */
static void begin_enum(struct memmon_buffer *text, unsigned int bits, bool is_packed)
{
	memmon_buffer_print(text,
			    "typealias enum : integer { size = %u; align = %d; signed = false; "
			    "} {\n",
			    bits, is_packed ? 1 : 8);
}

static void end_enum(struct memmon_buffer *text, const char *type)
{
	memmon_buffer_print(text, "} := %s;\n\n", type);
}

/* Values that do not fit into the field are left out, and so is a second name for one. */
static void add_names(struct memmon_buffer *text, const struct memmon_value_name *names, size_t nr,
		      uint64_t max)
{
	for (size_t i = 0; i < nr; i++) {
		size_t first = 0;

		while (names[first].value != names[i].value)
			first++;
		if (first == i && names[i].value <= max)
			add_row(text, names[i].name, names[i].value);
	}
}

/* A kernel that names nothing has integers: TSDL knows no empty enumeration. */
static void add_table(struct memmon_buffer *text, const struct memmon_value_name *names, size_t nr,
		      unsigned int bits, const char *type)
{
	const uint64_t max = (1U << bits) - 1;
	bool is_empty = true;

	for (size_t i = 0; i < nr; i++)
		is_empty &= names[i].value > max;
	if (is_empty) {
		memmon_buffer_print(text,
				    "typealias integer { size = %u; align = 1; signed = false; } "
				    ":= %s;\n\n",
				    bits, type);
		return;
	}
	begin_enum(text, bits, true);
	add_names(text, names, nr, max);
	end_enum(text, type);
}

static bool has_name(const struct memmon_machine *machine, uint64_t gfp)
{
	for (size_t i = 0; i < machine->nr_gfp; i++)
		if (machine->gfp[i].value == gfp)
			return true;
	return false;
}

static void add_enums(struct memmon_buffer *text, const struct memmon_machine *machine,
		      const struct memmon_ctf_seen *seen)
{
	begin_enum(text, 8, false);
	for (unsigned int i = 0; i < MEMMON_NR_CONTEXTS; i++)
		add_row(text, contexts[i], i);
	end_enum(text, "context_t");

	add_table(text, machine->zones, machine->nr_zones, MEMMON_PAGE_ZONE_BITS, "zone_t");
	add_table(text, machine->migratetypes, machine->nr_migratetypes, 8, "migratetype_t");

	begin_enum(text, 32, false);
	add_names(text, machine->gfp, machine->nr_gfp, UINT32_MAX);
	for (size_t i = 0; seen && i < seen->nr_gfp; i++)
		if (!has_name(machine, seen->gfp[i].value))
			add_row(text, seen->gfp[i].name, seen->gfp[i].value);
	if (!has_name(machine, 0))
		add_row(text, "none", 0);
	end_enum(text, "gfp_t");

	begin_enum(text, 16, false);
	add_row(text, "unknown", 0);
	for (size_t i = 0; seen && i < seen->nr_caches; i++)
		add_row(text, seen->caches[i].name, seen->caches[i].value);
	end_enum(text, "cache_t");
}

/* What the block was whose pages went to a request of another migratetype, in the place of the flags. */
static void add_broken_block(struct memmon_buffer *text)
{
	add(text, "\t\tinteger { size = 5; align = 8; signed = false; } from_order;\n"
		  "\t\tinteger { size = 3; align = 1; signed = false; } from_zone;\n"
		  "\t\tmigratetype_t from_migratetype;\n"
		  "\t\tuint16_t from_rest;\n");
}

/* A reader of CTF that knows nothing of stacks must not take the number of one for an address. */
static const char *site_field(bool has_stacks)
{
	return has_stacks ? "call_site_or_stack" : "call_site";
}

static void add_event(struct memmon_buffer *text, unsigned int event_class, bool has_stacks)
{
	bool is_page = memmon_class_is_page(event_class);

	memmon_buffer_print(text,
			    "event {\n\tname = \"%s\";\n\tid = %u;\n\tstream_id = 0;\n"
			    "\tfields := struct {\n\t\tcontext_t context;\n",
			    memmon_class_key(event_class), event_class);
	if (is_page)
		add(text, "\t\tinteger { size = 5; align = 1; signed = false; } order;\n"
			  "\t\tzone_t zone;\n"
			  "\t\tmigratetype_t migratetype;\n");
	else
		add(text, "\t\tcache_t cache_id;\n");
	if (event_class == MEMMON_CLASS_PAGE_EXTFRAG)
		add_broken_block(text);
	else
		add(text, "\t\tgfp_t gfp;\n");
	memmon_buffer_print(text, "\t\taddress_t %s;\n\t\taddress_t %s;\n", site_field(has_stacks),
			    is_page ? "pfn" : "object");
	add(text,
	    "\t\tuint32_t bytes_req;\n"
	    "\t\tuint32_t bytes_alloc;\n"
	    "\t\tinteger { size = 22; align = 1; signed = false; } pid;\n"
	    "\t\tinteger { size = 10; align = 1; signed = false; } node;\n"
	    "\t\tuint32_t tgid;\n"
	    "\t\tinteger { size = 8; align = 8; signed = false; encoding = UTF8; } comm[16];\n"
	    "\t};\n};\n\n");
}

void memmon_ctf_metadata(struct memmon_buffer *text, const struct memmon_machine *machine,
			 const uint8_t *uuid, const struct memmon_ctf_seen *seen, bool has_stacks)
{
	add_trace(text, uuid);
	add_env(text, machine);
	add_clock(text, machine);
	add_enums(text, machine, seen);
	add_stream(text);
	if (has_stacks)
		add(text,
		    "/* call_site_or_stack: below 2^32, but not 0: id of a call stack, a line of the "
		    "file memmon/stacks;\n * else the call site */\n\n");
	for (unsigned int i = MEMMON_CLASS_NONE + 1; i < MEMMON_NR_CLASSES; i++)
		add_event(text, i, has_stacks);
}

void memmon_ctf_gfp_name(const struct memmon_machine *machine, uint64_t gfp, char *text,
			 size_t size)
{
	size_t used = 0;

	if (!gfp)
		snprintf(text, size, "none");
	/* Names of several bits come first in the table, and a name is used only for all its bits. */
	for (size_t i = 0; i < machine->nr_gfp && gfp && used < size; i++) {
		uint64_t value = machine->gfp[i].value;

		if (!value || (gfp & value) != value)
			continue;
		gfp &= ~value;
		used += (size_t)snprintf(text + used, size - used, "%s%s", used ? "|" : "",
					 machine->gfp[i].name);
	}
	if (gfp && used < size)
		snprintf(text + used, size - used, "%s0x%" PRIx64, used ? "|" : "", gfp);
}
