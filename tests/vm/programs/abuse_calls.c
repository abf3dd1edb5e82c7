// SPDX-License-Identifier: GPL-2.0
/* device abuse-calls: ioctl() with wrong sizes, pointers and numbers, and in the wrong state. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"

static const struct call {
	unsigned int command;
	uint32_t bytes;
} calls[] = {
	{ MEMMON_IOC_INFO, sizeof(struct memmon_info) },
	{ MEMMON_IOC_SETUP, sizeof(struct memmon_options) },
	{ MEMMON_IOC_STATS, sizeof(struct memmon_stats) },
	{ MEMMON_IOC_CACHE, sizeof(struct memmon_cache_info) },
	{ MEMMON_IOC_NAME, sizeof(struct memmon_name) },
};

#define NR_NUMBERS 12 /* of commands: 0 to 11 */
#define NR_CALLS (sizeof(calls) / sizeof(*calls))

/* An id that is known, so that the call has nothing else to complain about. */
static uint32_t find_cache_id(void)
{
	struct memmon_cache_info info = { .size = sizeof(info) };
	int fd = device_open();

	for (info.id = 1; info.id < 65535; info.id++)
		if (!ioctl(fd, MEMMON_IOC_CACHE, &info))
			break;
	close(fd);
	return info.id;
}

/* Gives a call a structure of a size, each time to a new descriptor. */
static int call_with_size(const struct call *call, void *structure, uint32_t size)
{
	uint32_t id = find_cache_id();
	int fd = device_open(), ret, err;

	memcpy(structure, &size, sizeof(size));
	if (call->command == MEMMON_IOC_CACHE)
		memcpy((char *)structure + 4, &id, sizeof(id));
	ret = ioctl(fd, call->command, structure);
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

static void sizes(const struct call *call)
{
	static const uint32_t short_ones[] = { 0, 1, 4, 7 };
	static const uint32_t huge_ones[] = { 4097, 65536, 0x7fffffff, 0x80000000, UINT32_MAX };
	char *page = aligned_alloc(4096, 8192);
	uint32_t i;

	for (i = 0; i < sizeof(short_ones) / sizeof(*short_ones); i++) {
		memset(page, 0, 8192);
		EXPECT_ERROR(call_with_size(call, page, short_ones[i]), EINVAL);
	}
	for (i = 0; i < sizeof(huge_ones) / sizeof(*huge_ones); i++) {
		memset(page, 0, 8192);
		EXPECT_ERROR(call_with_size(call, page, huge_ones[i]), E2BIG);
	}
	for (i = 1; i <= 4096 - call->bytes; i += 97) {
		memset(page, 0, 8192);
		EXPECT(!call_with_size(call, page, call->bytes + i));
		memset(page, 0, 8192);
		page[call->bytes + i - 1] = 1;
		EXPECT_ERROR(call_with_size(call, page, call->bytes + i), E2BIG);
	}
	/* What a short structure does not have is not written. */
	for (i = 8; i < call->bytes; i += 8) {
		memset(page, 0, i);
		memset(page + i, 0x5a, 8192 - i);
		EXPECT(!call_with_size(call, page, i));
		EXPECT(page[i] == 0x5a && !memcmp(page + i, page + i + 1, 8191 - i));
	}
	free(page);
}

static void pointers(const struct call *call)
{
	char *page = page_before_hole(), *last = page + 4096 - call->bytes;
	char *fixed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = device_open();
	uint32_t i;

	EXPECT_ERROR(ioctl(fd, call->command, NULL), EFAULT);
	EXPECT_ERROR(ioctl(fd, call->command, (void *)1), EFAULT);
	EXPECT_ERROR(ioctl(fd, call->command, (void *)0xffff888000000000), EFAULT);
	EXPECT_ERROR(ioctl(fd, call->command, (void *)-64L), EFAULT);
	EXPECT_ERROR(ioctl(fd, call->command, (void *)0x8000000000000000), EFAULT);
	/* The last bytes are behind the last page; then they fit. */
	for (i = 1; i < call->bytes; i += 13) {
		memcpy(page + 4096 - 4, &call->bytes, 4);
		memset(last, 0, call->bytes);
		if (i + 4 <= call->bytes) {
			memcpy(last + i, &call->bytes, 4);
			EXPECT_ERROR(ioctl(fd, call->command, last + i), EFAULT);
		}
	}
	memset(page, 0, 4096);
	EXPECT(!call_with_size(call, last, call->bytes));
	close(fd);
	/* It can be read, but not be written to. */
	memcpy(fixed, &call->bytes, 4);
	if (call->command == MEMMON_IOC_CACHE)
		*(uint32_t *)(fixed + 4) = find_cache_id();
	mprotect(fixed, 4096, PROT_READ);
	fd = device_open();
	EXPECT_ERROR(ioctl(fd, call->command, fixed), EFAULT);
	close(fd);
	munmap(fixed, 4096);
	munmap(page, 4096);
}

static void numbers(void)
{
	struct memmon_options options;
	int fd = device_open_set_up(&options), i;

	for (i = NR_NUMBERS; i < 256; i++)
		EXPECT_ERROR(ioctl(fd, _IO(MEMMON_IOC_MAGIC, i), &options), ENOTTY);
	for (i = 0; i < NR_NUMBERS; i++) {
		EXPECT_ERROR(ioctl(fd, _IOWR(MEMMON_IOC_MAGIC, i, struct memmon_options), &options),
			     ENOTTY);
		EXPECT_ERROR(ioctl(fd, _IO(MEMMON_IOC_MAGIC + 1, i), &options), ENOTTY);
	}
	EXPECT(device_state(fd) == MEMMON_SESSION_SET_UP);
	close(fd);
}

static void before_setup(void)
{
	struct pollfd waiting = { .events = POLLIN };
	char record[64];
	int fd = waiting.fd = device_open();

	EXPECT(device_state(fd) == MEMMON_SESSION_NEW);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_ENABLE), EINVAL);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_DISABLE), EINVAL);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_SYNC), EINVAL);
	EXPECT_ERROR(read(fd, record, sizeof(record)), EINVAL);
	EXPECT(mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EINVAL);
	EXPECT(poll(&waiting, 1, 0) == 1 && waiting.revents & POLLERR);
	EXPECT(device_state(fd) == MEMMON_SESSION_NEW);
	close(fd);
}

static void wrong_states(void)
{
	struct memmon_options options, again;
	char record[64];
	int fd = device_open_set_up(&options);

	again = options;
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_SETUP, &again), EBUSY);
	EXPECT_ERROR(read(fd, record, sizeof(record)), EINVAL);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_DISABLE), EINVAL);
	EXPECT(!ioctl(fd, MEMMON_IOC_ENABLE));
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_ENABLE), EINVAL);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_SETUP, &again), EBUSY);
	EXPECT(device_state(fd) == MEMMON_SESSION_ENABLED);
	make_events(10);
	EXPECT(!ioctl(fd, MEMMON_IOC_DISABLE));
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_DISABLE), EINVAL);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_ENABLE), EINVAL);
	EXPECT_ERROR(ioctl(fd, MEMMON_IOC_SETUP, &again), EBUSY);
	EXPECT(device_recorded(fd) >= 20);
	EXPECT(ioctl(fd, MEMMON_IOC_SYNC) > 0);
	EXPECT(read(fd, record, sizeof(record)) == sizeof(record));
	close(fd);
}

int command_abuse_calls(char **words)
{
	unsigned int i;

	(void)words;
	for (i = 0; i < NR_CALLS; i++) {
		sizes(&calls[i]);
		pointers(&calls[i]);
	}
	numbers();
	before_setup();
	wrong_states();
	return check_result();
}
