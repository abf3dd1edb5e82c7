// SPDX-License-Identifier: GPL-2.0
/* Replaces a file of a good recording by anything, and reads all of it. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctf_packet.h"
#include "fuzz.h"
#include "memmon/reader.h"
#include "memmon/symbols.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What the first byte of the input chooses from. A packet comes first: it is what matters most. */
static const char *const files[] = { "cpu0",
				     "memmon/session.json",
				     "memmon/end.json",
				     "memmon/symbols",
				     "memmon/caches",
				     "memmon/processes",
				     "cpu1",
				     "metadata",
				     "memmon/stacks" };

#define NR_FILES (sizeof(files) / sizeof(files[0]))
#define FILE_SESSION 1
#define FILE_STACKS (NR_FILES - 1)

/* The recording has none of its own: it is of the first version of the format. */
#define STACKS "1\tffffffff81100010,ffffffff81200020\n2\t0,ffffffffc0001030\n"
#define SITE_OFFSET (sizeof(struct memmon_packet) + offsetof(struct memmon_record, call_site))

struct content {
	unsigned char *bytes;
	size_t len;
};

static char dir[64];
static struct content originals[NR_FILES];

static void path_of(const char *root, const char *name, char *path, size_t size)
{
	MUST((size_t)snprintf(path, size, "%s/%s", root, name) < size);
}

static void store(const char *name, const unsigned char *bytes, size_t len)
{
	char path[128];
	FILE *file;

	path_of(dir, name, path, sizeof(path));
	file = fopen(path, "we");
	MUST(file);
	MUST(fwrite(bytes, 1, len, file) == len);
	MUST(!fclose(file));
}

static struct content load(const char *name)
{
	struct content content = { .bytes = malloc(65536) };
	char path[4096];
	FILE *file;

	path_of(FUZZ_RECORDING, name, path, sizeof(path));
	file = fopen(path, "re");
	MUST(file && content.bytes);
	content.len = fread(content.bytes, 1, 65536, file);
	fclose(file);
	return content;
}

/* Has the session take call stacks: of each two records of a CPU, one names a stack. */
static void add_stacks(void)
{
	static const char option[] = "\"stacks\": 64, ";
	struct content *session = &originals[FILE_SESSION];
	char *place = memmem(session->bytes, session->len, "\"map_bytes\"", 11);
	size_t before;

	MUST(place);
	before = (size_t)(place - (char *)session->bytes);
	memmove(place + strlen(option), place, session->len - before);
	memcpy(place, option, strlen(option));
	session->len += strlen(option);
	for (size_t i = 0; i < 4; i++) {
		uint64_t id = i + 1;

		memcpy(originals[0].bytes + SITE_OFFSET + 2 * i * sizeof(struct memmon_record), &id,
		       sizeof(id));
	}
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)info;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_dir(void)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char path[128];

	(void)argc;
	(void)argv;
	/* In memory, if this machine has such a place. */
	strcpy(dir, access("/dev/shm", W_OK) ? "/tmp/memmon-fuzz.XXXXXX" :
					       "/dev/shm/memmon-fuzz.XXXXXX");
	MUST(mkdtemp(dir));
	atexit(remove_dir);
	path_of(dir, "memmon", path, sizeof(path));
	MUST(!mkdir(path, 0700));
	for (size_t i = 0; i < NR_FILES; i++) {
		if (i != FILE_STACKS)
			originals[i] = load(files[i]);
	}
	originals[FILE_STACKS] = (struct content){ (unsigned char *)STACKS, strlen(STACKS) };
	add_stacks();
	for (size_t i = 0; i < NR_FILES; i++)
		store(files[i], originals[i].bytes, originals[i].len);
	return 0;
}

/* Chance finds no checksum, so the heads are made right: sizes and counts are what is to be wrong. */
static void repair_heads(unsigned char *bytes, size_t len)
{
	struct memmon_packet good;
	size_t at = 0;

	memcpy(&good, originals[0].bytes, sizeof(good));
	while (len - at >= sizeof(good)) {
		struct memmon_packet head;
		uint64_t step;

		memcpy(&head, bytes + at, sizeof(head));
		head.magic = good.magic;
		memcpy(head.uuid, good.uuid, sizeof(head.uuid));
		head.stream_id = 0;
		head.cpu = 0;
		head.checksum = memmon_packet_checksum(&head);
		memcpy(bytes + at, &head, sizeof(head));
		step = head.packet_bits / 8;
		if (step < sizeof(head) || step > len - at)
			break;
		at += (size_t)step;
	}
}

static void look_up(struct memmon_reader *reader, const struct memmon_event *event)
{
	const struct memmon_record *record = event->record;
	struct memmon_symbol symbol;
	const uint64_t *frames;
	size_t nr;

	nr = memmon_reader_stack(reader, event->stack, &frames);
	MUST(nr <= MEMMON_STACK_FRAMES);
	for (size_t i = 0; i < nr; i++)
		memmon_symbols_find(memmon_reader_symbols(reader), frames[i], &symbol);

	memmon_symbols_find(memmon_reader_symbols(reader), record->call_site, &symbol);
	memmon_reader_cache(reader, record->detail);
	memmon_reader_cgroup(reader, record->tgid);
	memmon_reader_ns(reader, record->time);
}

static void read_all(void)
{
	struct memmon_event events[7];
	struct memmon_reader *reader;
	struct memmon_loss loss;
	uint64_t time = 0;
	int nr;

	if (memmon_reader_open(dir, &reader))
		return;
	while ((nr = memmon_reader_take(reader, events, 7)) > 0) {
		for (int i = 0; i < nr; i++) {
			MUST(events[i].cpu < memmon_reader_machine(reader)->nr_cpus);
			MUST(events[i].record->time >= time);
			MUST(events[i].record->event_class < MEMMON_NR_CLASSES);
			time = events[i].record->time;
			look_up(reader, &events[i]);
		}
	}
	MUST(!nr);
	MUST(!memmon_reader_loss(reader, &loss));
	memmon_reader_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int chosen;
	unsigned char *bytes;

	if (!size)
		return 0;
	chosen = data[0] % NR_FILES;
	bytes = (unsigned char *)fuzz_text(data + 1, size - 1);
	/* In half of the cases that are packets, the heads are left as wrong as they are. */
	if (!chosen && data[0] / NR_FILES % 2)
		repair_heads(bytes, size - 1);
	store(files[chosen], bytes, size - 1);
	free(bytes);
	read_all();
	store(files[chosen], originals[chosen].bytes, originals[chosen].len);
	return 0;
}
