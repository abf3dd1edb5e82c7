// SPDX-License-Identifier: GPL-2.0
/* device abuse-totals: wrong wishes, sizes, pointers and positions for the calls about totals, and many at once. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"
#include "tables.h"

#define ROUNDS 2000
#define NR_TURNERS 4
#define NR_TURNS 50

static int set_up(int fd, uint32_t flags, uint32_t keys, uint32_t places, uint32_t stacks)
{
	struct memmon_options options = { .size = sizeof(options),
					  .flags = flags | MEMMON_OPTION_WITH_SELF,
					  .ring_bytes = 65536,
					  .stacks = stacks,
					  .total_keys = keys,
					  .total_places = places };

	return ioctl(fd, MEMMON_IOC_SETUP, &options);
}

static void refuse(uint32_t keys, uint32_t places, uint32_t stacks, int error)
{
	int fd = device_open();

	EXPECT_ERROR(set_up(fd, MEMMON_OPTION_TOTALS, keys, places, stacks), error);
	EXPECT(device_state(fd) == MEMMON_SESSION_NEW);
	close(fd);
}

static void wishes(void)
{
	uint32_t bit;

	for (bit = MEMMON_NR_TOTAL_KEYS; bit < 32; bit++)
		refuse(1U << bit, 16, 0, EINVAL);
	refuse(1U << MEMMON_TOTAL_STACK, 16, 0, EINVAL);
	for (bit = 21; bit < 32; bit++)
		refuse(0, 1U << bit, 0, ENOBUFS);
	refuse(0, UINT32_MAX, 0, ENOBUFS);
}

static int ask(int fd, uint32_t table, uint64_t position, void *to, uint32_t capacity)
{
	struct memmon_cursor cursor = { .size = sizeof(cursor),
					.table = table,
					.position = position,
					.to = (uintptr_t)to,
					.capacity = capacity };

	return ioctl(fd, MEMMON_IOC_TABLE, &cursor) ? -1 : (int)cursor.nr;
}

/* Rows that make sense, whatever the position, and no more than there is room for. */
static void positions(int fd)
{
	static struct memmon_total rows[32];
	int round, nr, i;

	srand(3);
	for (round = 0; round < ROUNDS; round++) {
		uint64_t position = (uint64_t)rand() << (rand() % 64) ^ rand();

		nr = ask(fd, MEMMON_TABLE_TOTALS + rand() % 2, position, rows, 32);
		EXPECT(nr >= 0 && nr <= 32);
		for (i = 0; i < nr; i++)
			EXPECT(rows[i].event_class < MEMMON_NR_CLASSES && rows[i].count);
	}
	EXPECT(ask(fd, MEMMON_TABLE_TOTALS, UINT64_MAX, rows, 32) == 0);
	EXPECT_ERROR(ask(fd, MEMMON_TABLE_TOTALS, 0, NULL, 4), EFAULT);
	EXPECT_ERROR(ask(fd, MEMMON_TABLE_TOTALS, 0, (void *)0xffff888000000000, 4), EFAULT);
}

static void sizes(int fd)
{
	struct {
		struct memmon_totals_stats stats;
		uint32_t more;
	} longer = { .stats = { .size = sizeof(longer) } };
	struct memmon_totals_stats s = { .size = 4 };

	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_TOTALS, &s), EINVAL);
	s.size = UINT32_MAX;
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_TOTALS, &s), E2BIG);
	EXPECT(!ioctl(fd, MEMMON_IOC_TOTALS, &longer));
	longer.stats.size = sizeof(longer);
	longer.more = 1;
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_TOTALS, &longer), E2BIG);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_TOTALS, NULL), EFAULT);
	s.size = 8;
	s.places = 0x5a5a5a5a;
	EXPECT(!ioctl(fd, MEMMON_IOC_TOTALS, &s) && s.places == 0x5a5a5a5a);
}

/* Several processes end intervals and read, while another makes events and ends the session. */
static void many_at_once(int fd)
{
	static struct memmon_total rows[32];
	struct memmon_totals_stats s = { .size = sizeof(s) };
	uint64_t before;
	int i, j;

	EXPECT(!ioctl(fd, MEMMON_IOC_TOTALS, &s));
	before = s.interval;
	for (i = 0; i < NR_TURNERS; i++) {
		if (fork())
			continue;
		for (j = 0; j < NR_TURNS; j++)
			if (ioctl(fd, MEMMON_IOC_TURN) ||
			    ask(fd, MEMMON_TABLE_TOTALS_LAST, 0, rows, 32) < 0)
				_exit(1);
		_exit(0);
	}
	make_events(200);
	EXPECT(!ioctl(fd, MEMMON_IOC_DISABLE));
	for (i = 0; i < NR_TURNERS; i++)
		EXPECT(wait(&j) > 0 && !j);
	EXPECT(!ioctl(fd, MEMMON_IOC_TOTALS, &s));
	EXPECT(s.interval == before + NR_TURNERS * NR_TURNS);
}

static void without_totals(void)
{
	struct memmon_totals_stats s = { .size = sizeof(s) };
	struct memmon_options options;
	struct memmon_total row;
	int fd = device_open();

	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_TURN), ENODATA);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_TOTALS, &s), ENODATA);
	EXPECT_ERROR(ask(fd, MEMMON_TABLE_TOTALS, 0, &row, 1), ENODATA);
	close(fd);
	fd = device_open_enabled(&options);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_TURN), ENODATA);
	EXPECT_ERROR(ask(fd, MEMMON_TABLE_TOTALS_LAST, 0, &row, 1), ENODATA);
	close(fd);
}

int command_abuse_totals(char **words)
{
	int fd = device_open();

	(void)words;
	wishes();
	without_totals();
	EXPECT(!set_up(fd, MEMMON_OPTION_TOTALS | MEMMON_OPTION_NO_RINGS, 1U << MEMMON_TOTAL_SITE,
		       16, 0));
	/* Also before it is enabled. */
	EXPECT(!ioctl(fd, MEMMON_IOC_TURN));
	EXPECT(!ioctl(fd, MEMMON_IOC_ENABLE));
	make_events(50);
	EXPECT(!ioctl(fd, MEMMON_IOC_TURN));
	make_events(50);
	sizes(fd);
	positions(fd);
	many_at_once(fd);
	close(fd);
	return check_result();
}
