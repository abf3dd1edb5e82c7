// SPDX-License-Identifier: GPL-2.0
/* device abuse-ledger: wrong sizes, pointers, places and positions for the calls that read a ledger. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"
#include "tables.h"

#define PAGE 4096
#define ROUNDS 3000
#define OBJECTS 4096

/* An enabled session whose ledger holds something: the files that @make_events opened last stay open. */
static int open_ledger(uint32_t flags)
{
	struct memmon_options options = { .size = sizeof(options),
					  .flags = MEMMON_OPTION_LEDGER | MEMMON_OPTION_WITH_SELF |
						   flags,
					  .ring_bytes = 65536,
					  .ledger_objects = OBJECTS,
					  .ledger_pages = OBJECTS,
					  .stacks = 64 };
	int fd = device_open();

	if (ioctl(fd, MEMMON_IOC_SETUP, &options))
		die("MEMMON_IOC_SETUP with a ledger: %m");
	EXPECT(options.ledger_objects >= OBJECTS && options.ledger_pages >= OBJECTS);
	EXPECT(options.ledger_accounts && options.stacks >= 64);
	if (ioctl(fd, MEMMON_IOC_ENABLE))
		die("MEMMON_IOC_ENABLE with a ledger: %m");
	make_events(50);
	return fd;
}

/* Return: whether a call did what it should, or complained in one of the ways that it may. */
static bool is_answer(long ret)
{
	return ret >= 0 || errno == EINVAL || errno == EFAULT || errno == ENODATA ||
	       errno == E2BIG || errno == EOPNOTSUPP;
}

static void sizes(int fd, unsigned int command, uint32_t bytes)
{
	static const uint32_t short_ones[] = { 0, 1, 4, 7 };
	static const uint32_t huge_ones[] = { PAGE + 1, 65536, 0x7fffffff, UINT32_MAX };
	char *page = aligned_alloc(PAGE, 2 * PAGE);
	uint32_t i;

	for (i = 0; i < sizeof(short_ones) / sizeof(*short_ones); i++) {
		memset(page, 0, 2 * PAGE);
		memcpy(page, &short_ones[i], 4);
		EXPECT_ERROR(ioctl(fd, command, page), EINVAL);
	}
	for (i = 0; i < sizeof(huge_ones) / sizeof(*huge_ones); i++) {
		memset(page, 0, 2 * PAGE);
		memcpy(page, &huge_ones[i], 4);
		EXPECT_ERROR(ioctl(fd, command, page), E2BIG);
	}
	for (i = bytes + 1; i <= PAGE; i += 97) {
		memset(page, 0, 2 * PAGE);
		memcpy(page, &i, 4);
		EXPECT(!ioctl(fd, command, page));
		memset(page, 0, 2 * PAGE);
		memcpy(page, &i, 4);
		page[i - 1] = 1;
		EXPECT_ERROR(ioctl(fd, command, page), E2BIG);
	}
	/* What a short structure does not have is not written. */
	for (i = 8; i < bytes; i += 8) {
		memset(page, 0, i);
		memset(page + i, 0x5a, 2 * PAGE - i);
		memcpy(page, &i, 4);
		EXPECT(is_answer(ioctl(fd, command, page)));
		EXPECT(page[i] == 0x5a && !memcmp(page + i, page + i + 1, 2 * PAGE - 1 - i));
	}
	EXPECT_ERROR(ioctl(fd, command, NULL), EFAULT);
	EXPECT_ERROR(ioctl(fd, command, (void *)0xffff888000000000), EFAULT);
	free(page);
}

static int ask(int fd, uint32_t table, uint64_t position, const void *to, uint32_t capacity,
	       uint32_t *nr)
{
	struct memmon_cursor cursor = { .size = sizeof(cursor),
					.table = table,
					.position = position,
					.to = (uintptr_t)to,
					.capacity = capacity,
					.nr = 0xffffffff };
	int ret = ioctl(fd, MEMMON_IOC_TABLE, &cursor);

	*nr = ret ? 0 : cursor.nr;
	return ret;
}

static void places(int fd)
{
	char *page = page_before_hole();
	uint32_t table, nr, i;

	for (i = MEMMON_NR_TABLES; i; i <<= 1)
		EXPECT_ERROR(ask(fd, i, 0, page, 1, &nr), EINVAL);
	for (table = 0; table < MEMMON_TABLE_SLABS; table++) {
		size_t bytes = table_row_bytes(table);

		EXPECT(!ask(fd, table, 0, page, PAGE / bytes, &nr) && nr && nr <= PAGE / bytes);
		EXPECT_ERROR(ask(fd, table, 0, NULL, 4, &nr), EFAULT);
		EXPECT_ERROR(ask(fd, table, 0, page + PAGE, 4, &nr), EFAULT);
		EXPECT_ERROR(ask(fd, table, 0, (void *)0xffff888000000000, 4, &nr), EFAULT);
		EXPECT_ERROR(ask(fd, table, 0, (void *)-4096L, UINT32_MAX, &nr), EFAULT);
		/* A part of the first row is behind the last page. */
		EXPECT_ERROR(ask(fd, table, 0, page + PAGE - 8, 1, &nr), EFAULT);
		/* Nothing is written where there is room for nothing. */
		memset(page, 0x5a, PAGE);
		EXPECT(is_answer(ask(fd, table, 0, page, 0, &nr)) && !nr);
		EXPECT(page[0] == 0x5a && !memcmp(page, page + 1, PAGE - 1));
		/* More room is promised than there is. */
		EXPECT(is_answer(ask(fd, table, 0, page, UINT32_MAX, &nr)));
		EXPECT(nr <= PAGE / bytes);
		mprotect(page, PAGE, PROT_READ);
		EXPECT_ERROR(ask(fd, table, 0, page, 1, &nr), EFAULT);
		mprotect(page, PAGE, PROT_READ | PROT_WRITE);
	}
	munmap(page, PAGE);
}

/* Any position gives rows that make sense, or none, and comes to an end. */
static void positions(int fd)
{
	static struct memmon_object rows[64];
	uint32_t round, nr, i;

	srand(2);
	for (round = 0; round < ROUNDS; round++) {
		uint64_t position = (uint64_t)rand() << (rand() % 64) ^ rand();
		uint32_t table = rand() % (MEMMON_TABLE_PAGES + 1);

		memset(rows, 0, sizeof(rows));
		EXPECT(is_answer(ask(fd, table, position, rows, 64, &nr)));
		EXPECT(nr <= 64);
		for (i = 0; i < nr && i < 64; i++)
			EXPECT(rows[i].address && rows[i].born && rows[i].bytes_alloc &&
			       rows[i].event_class < MEMMON_NR_CLASSES);
		if (!(round % 16))
			EXPECT(is_answer(ask(fd, rand() % MEMMON_NR_TABLES, position, rows,
					     sizeof(rows) / table_row_bytes(MEMMON_TABLE_STACKS),
					     &nr)));
	}
	EXPECT(is_answer(ask(fd, MEMMON_TABLE_SLABS, UINT64_MAX, rows, 64, &nr)));
}

/* Random bytes in the cursor; where rows go is always a place of ours. */
static void anything(int fd)
{
	static char room[65536];
	uint32_t round, i;

	for (round = 0; round < ROUNDS; round++) {
		struct memmon_cursor cursor = { .size = sizeof(cursor), .table = rand() % 5 };

		for (i = rand() % 8; i; i--)
			((uint8_t *)&cursor)[rand() % sizeof(cursor)] = rand() >> 8;
		cursor.to = (uintptr_t)room;
		cursor.capacity &= 0xff;
		EXPECT(is_answer(ioctl(fd, MEMMON_IOC_TABLE, &cursor)));
	}
}

static void without_ledger(void)
{
	struct memmon_ledger_stats books = { .size = sizeof(books) };
	static struct memmon_object rows[8];
	struct memmon_options options;
	int fd = device_open();
	uint32_t nr, table;

	EXPECT(ioctl(fd, MEMMON_IOC_LEDGER, &books) && is_answer(-1));
	EXPECT(ask(fd, MEMMON_TABLE_OBJECTS, 0, rows, 8, &nr) && is_answer(-1));
	EXPECT(is_answer(ask(fd, MEMMON_TABLE_SLABS, 0, rows, 8, &nr)));
	close(fd);
	fd = device_open_enabled(&options);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_LEDGER, &books), ENODATA);
	for (table = 0; table < MEMMON_TABLE_SLABS; table++)
		EXPECT_ERROR(ask(fd, table, 0, rows, 8, &nr), ENODATA);
	EXPECT(is_answer(ask(fd, MEMMON_TABLE_SLABS, 0, rows, 8, &nr)));
	close(fd);
}

/* Has another process, whose doings count, ask for memory. */
static void cause_births(void)
{
	pid_t child = fork();
	int pipes[2];

	if (!child)
		_exit(pipe(pipes));
	EXPECT(child > 0 && waitpid(child, NULL, 0) == child);
}

/* What belongs to rings is refused, and harms nothing. */
static void without_rings(void)
{
	struct memmon_ledger_stats books = { .size = sizeof(books) };
	struct pollfd waiting = { .events = POLLIN };
	char record[64];
	int fd = waiting.fd = open_ledger(MEMMON_OPTION_NO_RINGS);

	EXPECT(read(fd, record, sizeof(record)) <= 0);
	EXPECT(mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
	EXPECT(ioctl(fd, MEMMON_IOC_SYNC) <= 0);
	poll(&waiting, 1, 0);
	EXPECT(!(waiting.revents & POLLIN));
	cause_births();
	EXPECT(!ioctl(fd, MEMMON_IOC_LEDGER, &books) && books.enabled_at);
	EXPECT(books.counts[MEMMON_LEDGER_BORN]);
	EXPECT(!ioctl(fd, MEMMON_IOC_DISABLE));
	EXPECT(read(fd, record, sizeof(record)) <= 0);
	EXPECT(!ioctl(fd, MEMMON_IOC_LEDGER, &books) && books.counts[MEMMON_LEDGER_BORN]);
	close(fd);
}

static int set_up(uint32_t flags, uint64_t objects, uint64_t pages, uint32_t accounts,
		  uint32_t stacks)
{
	struct memmon_options options = { .size = sizeof(options),
					  .flags = flags,
					  .ring_bytes = 65536,
					  .ledger_objects = objects,
					  .ledger_pages = pages,
					  .ledger_accounts = accounts,
					  .stacks = stacks };
	int fd = device_open(), ret = ioctl(fd, MEMMON_IOC_SETUP, &options), err = errno;

	EXPECT(device_state(fd) == (ret ? MEMMON_SESSION_NEW : MEMMON_SESSION_SET_UP));
	close(fd);
	errno = err;
	return ret;
}

static void capacities(void)
{
	const uint32_t ledger = MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS;
	int i;

	EXPECT(!set_up(ledger, 1, 1, 1, 1));
	EXPECT_ERROR(set_up(MEMMON_OPTION_NO_RINGS, 0, 0, 0, 0), EINVAL);
	for (i = 36; i < 64; i++) {
		EXPECT_ERROR(set_up(ledger, 1ULL << i, 16, 16, 0), ENOBUFS);
		EXPECT_ERROR(set_up(ledger, 16, (1ULL << i) + 1, 16, 0), ENOBUFS);
	}
	EXPECT_ERROR(set_up(ledger, UINT64_MAX, 16, 16, 0), ENOBUFS);
	EXPECT_ERROR(set_up(ledger, 16, UINT64_MAX, 16, 0), ENOBUFS);
	EXPECT_ERROR(set_up(ledger, 16, 16, UINT32_MAX, 0), ENOBUFS);
	EXPECT_ERROR(set_up(ledger, 16, 16, 16, UINT32_MAX), ENOBUFS);
	EXPECT_ERROR(set_up(ledger, UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX), ENOBUFS);
}

int command_abuse_ledger(char **words)
{
	int fd = open_ledger(0);

	(void)words;
	sizes(fd, MEMMON_IOC_LEDGER, sizeof(struct memmon_ledger_stats));
	sizes(fd, MEMMON_IOC_TABLE, sizeof(struct memmon_cursor));
	places(fd);
	positions(fd);
	anything(fd);
	close(fd);
	without_ledger();
	without_rings();
	capacities();
	return check_result();
}
