// SPDX-License-Identifier: GPL-2.0
/* device abuse-read: read() with buffers that are too small, bad, or short of a page. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"

/* Reads to any address, of which the compiler knows nothing. */
static ssize_t read_to(int fd, unsigned long address, size_t bytes)
{
	return syscall(SYS_read, fd, address, bytes);
}

static void sizes(int fd)
{
	char buffer[8192];
	unsigned int bytes;

	memset(buffer, 0x5a, sizeof(buffer));
	EXPECT_ERROR(read(fd, buffer, 1), EINVAL);
	EXPECT_ERROR(read(fd, buffer, 63), EINVAL);
	EXPECT_ERROR(read_to(fd, 0, 63), EINVAL);
	for (bytes = 64; bytes < 4 * 64; bytes++) {
		make_events(2);
		memset(buffer, 0x5a, 512);
		EXPECT(read(fd, buffer, bytes) == (ssize_t)(bytes / 64 * 64));
		EXPECT((unsigned char)buffer[bytes / 64 * 64] == 0x5a);
	}
	EXPECT_ERROR(pread(fd, buffer, 64, 0), ESPIPE);
	EXPECT_ERROR(lseek(fd, 0, SEEK_SET), ESPIPE);
	EXPECT_ERROR(write(fd, buffer, 64), EINVAL);
}

/* What could not be given is not lost. Returns how many records were taken. */
static uint64_t pointers(int fd)
{
	struct iovec parts[2];
	char *page = page_before_hole(), *wrong;
	uint64_t taken = 0;
	ssize_t bytes;

	make_events(50);
	EXPECT_ERROR(read_to(fd, 0, 64), EFAULT);
	EXPECT_ERROR(read_to(fd, 1, 4096), EFAULT);
	EXPECT_ERROR(read_to(fd, 0xffff888000000000, 64), EFAULT);
	EXPECT_ERROR(read_to(fd, (unsigned long)page + 4096, 64), EFAULT);
	EXPECT_ERROR(read_to(fd, (unsigned long)page + 4096 - 63, 64), EFAULT);
	/* Room for one, and a promise of more. */
	wrong = page + 4096 - 64;
	bytes = read(fd, wrong, 640);
	EXPECT(bytes == 64 || (bytes == -1 && errno == EFAULT));
	taken += bytes > 0 ? bytes / 64 : 0;
	mprotect(page, 4096, PROT_READ);
	EXPECT_ERROR(read(fd, page, 64), EFAULT);
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
	parts[0] = (struct iovec){ .iov_base = page, .iov_len = 64 };
	parts[1] = (struct iovec){ .iov_base = page + 128, .iov_len = 64 };
	bytes = readv(fd, parts, 2);
	EXPECT(bytes == 128);
	taken += bytes > 0 ? bytes / 64 : 0;
	munmap(page, 4096);
	return taken;
}

static uint64_t drain(int fd)
{
	static char buffer[100000];
	uint64_t taken = 0;
	ssize_t bytes;

	while ((bytes = read(fd, buffer, sizeof(buffer))) > 0)
		taken += bytes / 64;
	EXPECT(bytes == 0 || errno == EAGAIN);
	return taken;
}

static void on_alarm(int unused)
{
	(void)unused;
}

/* A read that waits is ended by a signal, and does not hold up others. */
static void waits(void)
{
	struct memmon_options options = { .size = sizeof(options), .ring_bytes = 65536 };
	struct sigaction action = { .sa_handler = on_alarm };
	int fd = open(DEVICE, O_RDWR);
	char record[64];

	/* Nobody is called so. */
	options.filter.conditions = 1U << MEMMON_FILTERED_COMM;
	strcpy(options.filter.comm, "no-such-comm");
	EXPECT(!ioctl(fd, MEMMON_IOC_SETUP, &options) && !ioctl(fd, MEMMON_IOC_ENABLE));
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	EXPECT_ERROR(read(fd, record, sizeof(record)), EINTR);
	EXPECT(!fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_ERROR(read(fd, record, sizeof(record)), EAGAIN);
	EXPECT(!ioctl(fd, MEMMON_IOC_DISABLE));
	EXPECT(read(fd, record, sizeof(record)) == 0);
	close(fd);
}

int command_abuse_read(char **words)
{
	struct memmon_options options;
	uint64_t taken;
	int fd;

	(void)words;
	fd = device_open_enabled(&options);
	make_events(50);
	sizes(fd);
	close(fd);

	fd = device_open_enabled(&options);
	taken = pointers(fd);
	EXPECT(!ioctl(fd, MEMMON_IOC_DISABLE));
	taken += drain(fd);
	EXPECT(taken == device_recorded(fd));
	EXPECT(taken > 100);
	EXPECT(drain(fd) == 0);
	close(fd);
	waits();
	return check_result();
}
