// SPDX-License-Identifier: GPL-2.0
/* Writes an event as a line, with names for its numbers; names may be hostile and are cleaned. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "event_line.h"
#include "memmon/filter.h"
#include "memmon/symbols.h"
#include "ui.h"

#define NAME_BYTES 256
#define NS_PER_SECOND 1000000000ULL

struct name {
	char text[NAME_BYTES];
};

static struct name clean(const char *text, size_t max)
{
	struct name ret = { "" };

	memcpy(ret.text, text, strnlen(text, max < NAME_BYTES ? max : NAME_BYTES - 1));
	ui_clean(ret.text);
	return ret;
}

static const char *find_name(const struct memmon_value_name *names, size_t nr, uint64_t value)
{
	for (size_t i = 0; i < nr; i++)
		if (names[i].value == value)
			return names[i].name;
	return NULL;
}

/* The name of a zone or migratetype, or its number where the kernel did not tell. */
static struct name name_or_number(const struct memmon_value_name *names, size_t nr, uint64_t value)
{
	const char *name = find_name(names, nr, value);
	struct name ret;

	if (name)
		return clean(name, sizeof(ret.text));
	snprintf(ret.text, sizeof(ret.text), "%" PRIu64, value);
	return ret;
}

static struct name zone_of(const struct memmon_machine *machine, const struct memmon_record *record)
{
	return name_or_number(machine->zones, machine->nr_zones, MEMMON_PAGE_ZONE(record->detail));
}

static struct name migratetype_of(const struct memmon_machine *machine, uint32_t detail)
{
	return name_or_number(machine->migratetypes, machine->nr_migratetypes,
			      MEMMON_PAGE_MIGRATETYPE(detail));
}

/* A free does not say of which migratetype the pages were. */
static bool has_migratetype(const struct memmon_record *record)
{
	return record->event_class == MEMMON_CLASS_PAGE_EXTFRAG ||
	       memmon_class_is_request(record->event_class);
}

static struct name gfp_of(const struct memmon_machine *machine, const struct memmon_record *record)
{
	struct name ret;

	memmon_gfp_print(machine, record->gfp, ret.text, sizeof(ret.text));
	return clean(ret.text, sizeof(ret.text));
}

static struct name site_of(struct memmon_reader *reader, uint64_t address)
{
	struct name ret;

	memmon_symbols_print(memmon_reader_symbols(reader), address, ret.text, sizeof(ret.text));
	return clean(ret.text, sizeof(ret.text));
}

/* The cache of a slab event; NULL when there is none or nobody knows. */
static const struct memmon_cache *cache_of(struct memmon_reader *reader,
					   const struct memmon_record *record)
{
	if (memmon_class_is_page(record->event_class) || !record->detail)
		return NULL;
	return memmon_reader_cache(reader, record->detail);
}

static uint64_t realtime_ns(const struct memmon_reader *reader, const struct memmon_record *record)
{
	return memmon_reader_machine(reader)->realtime_start_ns +
	       memmon_reader_ns(reader, record->time);
}

static void print_time(uint64_t ns, FILE *out)
{
	time_t seconds = (time_t)(ns / NS_PER_SECOND);
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
	fprintf(out, "%s.%06u", text, (unsigned int)(ns % NS_PER_SECOND / 1000));
}

static void print_who(const struct memmon_event *event, FILE *out)
{
	const struct memmon_record *record = event->record;
	char text[64];
	int len;

	len = snprintf(text, sizeof(text), "%s/%u", clean(record->comm, sizeof(record->comm)).text,
		       record->pid_node & MEMMON_PID_MASK);
	/* In an interrupt, the thread is only the one that was interrupted. */
	if (record->context != MEMMON_CONTEXT_TASK)
		snprintf(text + len, sizeof(text) - (size_t)len, "(%s)",
			 memmon_context_name(record->context));
	fprintf(out, " [%03u] %-22s %-16s", event->cpu, text,
		memmon_class_name(record->event_class));
}

static void print_page(struct memmon_reader *reader, const struct memmon_record *record, FILE *out)
{
	const struct memmon_machine *machine = memmon_reader_machine(reader);
	uint32_t node = record->pid_node >> MEMMON_PID_BITS;

	fprintf(out, " order=%u", MEMMON_PAGE_ORDER(record->detail));
	if (record->object) {
		fprintf(out, " zone=%s", zone_of(machine, record).text);
		if (node != MEMMON_NODE_UNKNOWN)
			fprintf(out, " node=%u", node);
	}
	if (has_migratetype(record))
		fprintf(out, " type=%s", migratetype_of(machine, record->detail).text);
	/* The flags are those of the block that was broken up. */
	if (record->event_class == MEMMON_CLASS_PAGE_EXTFRAG)
		fprintf(out, " from_order=%u from_type=%s", MEMMON_PAGE_ORDER(record->gfp),
			migratetype_of(machine, record->gfp).text);
}

/* A krealloc() in place takes what it took; of an event of fragmentation it is another block that is told. */
static bool says_taken(const struct memmon_record *record)
{
	return memmon_class_has_bytes(record->event_class) &&
	       record->event_class != MEMMON_CLASS_KREALLOC &&
	       record->event_class != MEMMON_CLASS_PAGE_EXTFRAG;
}

static void print_bytes(const struct memmon_record *record, FILE *out)
{
	if (!memmon_class_has_bytes(record->event_class))
		return;
	fprintf(out, " %u", record->bytes_req);
	if (says_taken(record) && record->bytes_alloc && record->bytes_alloc != record->bytes_req)
		fprintf(out, "/%u", record->bytes_alloc);
}

int event_line_text(struct memmon_reader *reader, const struct memmon_event *event, FILE *out)
{
	const struct memmon_record *record = event->record;
	const struct memmon_machine *machine = memmon_reader_machine(reader);
	const struct memmon_cache *cache = cache_of(reader, record);
	bool is_page = memmon_class_is_page(record->event_class);

	print_time(realtime_ns(reader, record), out);
	print_who(event, out);
	print_bytes(record, out);
	if (is_page)
		print_page(reader, record, out);
	if (cache)
		fprintf(out, " cache=%s", clean(cache->name, NAME_BYTES).text);
	if (memmon_class_is_request(record->event_class))
		fprintf(out, " gfp=%s", gfp_of(machine, record).text);
	if (record->call_site)
		fprintf(out, " site=%s", site_of(reader, record->call_site).text);
	if (record->object)
		fprintf(out, " %s=0x%" PRIx64, is_page ? "pfn" : "object",
			(uint64_t)record->object);
	else if (!(MEMMON_CLASSES_KPROBE >> record->event_class & 1))
		fputs(" failed", out);
	fputc('\n', out);
	return 0;
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *hex(uint64_t value)
{
	return json_sprintf("0x%" PRIx64, value);
}

/* The name of a thread; 16 bytes without a NUL if a rename tore it. */
static json_t *comm_json(const struct memmon_record *record)
{
	char comm[MEMMON_COMM_BYTES + 1] = "";

	memcpy(comm, record->comm, MEMMON_COMM_BYTES);
	return ui_json_text(comm);
}

static int add_page(const struct memmon_machine *machine, const struct memmon_record *record,
		    json_t *line)
{
	int err = 0;

	err |= json_object_set_new(line, "order", number(MEMMON_PAGE_ORDER(record->detail)));
	if (record->object)
		err |= json_object_set_new(line, "zone",
					   ui_json_text(zone_of(machine, record).text));
	if (has_migratetype(record))
		err |= json_object_set_new(
			line, "migratetype",
			ui_json_text(migratetype_of(machine, record->detail).text));
	if (record->event_class != MEMMON_CLASS_PAGE_EXTFRAG)
		return err;
	err |= json_object_set_new(line, "from_order", number(MEMMON_PAGE_ORDER(record->gfp)));
	err |= json_object_set_new(line, "from_migratetype",
				   ui_json_text(migratetype_of(machine, record->gfp).text));
	err |= json_object_set_new(line, "from_bytes", number(record->bytes_alloc));
	return err;
}

static int add_site(struct memmon_reader *reader, const struct memmon_record *record, json_t *line)
{
	struct memmon_symbol symbol;
	int err;

	err = json_object_set_new(line, "call_site", hex(record->call_site));
	if (!memmon_symbols_find(memmon_reader_symbols(reader), record->call_site, &symbol))
		return err;
	err |= json_object_set_new(line, "function", ui_json_text(symbol.name));
	err |= json_object_set_new(line, "offset", number(symbol.offset));
	if (symbol.module)
		err |= json_object_set_new(line, "module", ui_json_text(symbol.module));
	return err;
}

static int add_sizes(const struct memmon_machine *machine, const struct memmon_record *record,
		     json_t *line)
{
	int err = 0;

	if (memmon_class_has_bytes(record->event_class))
		err |= json_object_set_new(line, "bytes_requested", number(record->bytes_req));
	if (says_taken(record))
		err |= json_object_set_new(line, "bytes_allocated", number(record->bytes_alloc));
	if (memmon_class_is_request(record->event_class)) {
		err |= json_object_set_new(line, "gfp_flags", number(record->gfp));
		err |= json_object_set_new(line, "gfp", ui_json_text(gfp_of(machine, record).text));
	}
	return err;
}

static struct name frame_of(struct memmon_reader *reader, uint64_t frame)
{
	return frame ? site_of(reader, frame) : (struct name){ "(code that is gone)" };
}

int event_line_stack(struct memmon_reader *reader, const struct memmon_event *event, FILE *out)
{
	const uint64_t *frames;
	size_t nr = memmon_reader_stack(reader, event->stack, &frames);

	if (!nr)
		fputs(event->stack ? "        (not known)\n" : "        (no stack)\n", out);
	for (size_t i = 0; i < nr; i++)
		fprintf(out, "        %s\n", frame_of(reader, frames[i]).text);
	if (nr == MEMMON_STACK_FRAMES)
		fputs("        (may go on)\n", out);
	return 0;
}

static json_t *stack_json(struct memmon_reader *reader, const struct memmon_event *event)
{
	const uint64_t *frames;
	size_t nr = memmon_reader_stack(reader, event->stack, &frames);
	json_t *list = nr ? json_array() : json_null();

	for (size_t i = 0; i < nr; i++) {
		if (json_array_append_new(list, ui_json_text(frame_of(reader, frames[i]).text))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *line_json(struct memmon_reader *reader, const struct memmon_event *event,
			 bool has_stack)
{
	const struct memmon_record *record = event->record;
	const struct memmon_machine *machine = memmon_reader_machine(reader);
	const struct memmon_cache *cache = cache_of(reader, record);
	uint32_t node = record->pid_node >> MEMMON_PID_BITS;
	json_t *line;
	int err = 0;

	line = json_pack("{s:I, s:I, s:I, s:o, s:I, s:I, s:s, s:s}", "time_ns",
			 (json_int_t)memmon_reader_ns(reader, record->time), "realtime_ns",
			 (json_int_t)realtime_ns(reader, record), "cpu", (json_int_t)event->cpu,
			 "comm", comm_json(record), "tid",
			 (json_int_t)(record->pid_node & MEMMON_PID_MASK), "tgid",
			 (json_int_t)record->tgid, "context", memmon_context_name(record->context),
			 "class", memmon_class_name(record->event_class));
	if (!line)
		return NULL;
	err |= add_sizes(machine, record, line);
	if (memmon_class_is_page(record->event_class))
		err |= add_page(machine, record, line);
	else if (record->object)
		err |= json_object_set_new(line, "object", hex(record->object));
	if (memmon_class_is_page(record->event_class) && record->object)
		err |= json_object_set_new(line, "pfn", number(record->object));
	if (record->object && node != MEMMON_NODE_UNKNOWN)
		err |= json_object_set_new(line, "node", number(node));
	if (cache)
		err |= json_object_set_new(line, "cache", ui_json_text(cache->name));
	if (record->call_site)
		err |= add_site(reader, record, line);
	if (has_stack)
		err |= json_object_set_new(line, "stack", stack_json(reader, event));
	if (!err)
		return line;
	json_decref(line);
	return NULL;
}

int event_line_json(struct memmon_reader *reader, const struct memmon_event *event, bool has_stack,
		    FILE *out)
{
	json_t *line = line_json(reader, event, has_stack);

	if (!line)
		return -ENOMEM;
	json_dumpf(line, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(line);
	return 0;
}
