// SPDX-License-Identifier: GPL-2.0
/* device abuse-mmap: wrong, double, partial and left-over mappings. */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"

#define PAGE 4096UL

static long map(int fd, uint64_t offset, uint64_t bytes, int protection, int flags)
{
	void *memory = mmap(NULL, bytes, protection, flags, fd, offset);

	if (memory == MAP_FAILED)
		return -1;
	munmap(memory, bytes);
	return 0;
}

static void wrong_places(int fd, uint64_t bytes, unsigned int nr_cpus)
{
	const int rw = PROT_READ | PROT_WRITE;
	uint64_t offset;

	EXPECT(!map(fd, 0, bytes, rw, MAP_SHARED));
	EXPECT(!map(fd, 0, bytes, PROT_READ, MAP_SHARED));
	for (offset = PAGE; offset < bytes; offset += 3 * PAGE)
		EXPECT_ERROR(map(fd, offset, bytes, rw, MAP_SHARED), EINVAL);
	EXPECT_ERROR(map(fd, 0, PAGE, rw, MAP_SHARED), EINVAL);
	EXPECT_ERROR(map(fd, 0, bytes - PAGE, rw, MAP_SHARED), EINVAL);
	EXPECT_ERROR(map(fd, 0, bytes + PAGE, rw, MAP_SHARED), EINVAL);
	EXPECT_ERROR(map(fd, 0, 2 * bytes, rw, MAP_SHARED), EINVAL);
	EXPECT_ERROR(map(fd, bytes - PAGE, bytes, rw, MAP_SHARED), EINVAL);
	EXPECT_ERROR(map(fd, nr_cpus * bytes, bytes, rw, MAP_SHARED), ENXIO);
	EXPECT_ERROR(map(fd, 100000 * bytes, bytes, rw, MAP_SHARED), ENXIO);
	/* 2^32 CPUs further on is not CPU 0 again. */
	EXPECT_ERROR(map(fd, bytes << 32, bytes, rw, MAP_SHARED), ENXIO);
	EXPECT(map(fd, -bytes, bytes, rw, MAP_SHARED) == -1);
}

static void wrong_kinds(int fd, uint64_t bytes)
{
	const int rw = PROT_READ | PROT_WRITE;
	int reader = open(DEVICE, O_RDONLY);
	struct memmon_options options = { .size = sizeof(options), .ring_bytes = 65536 };
	void *memory;

	EXPECT_ERROR(map(fd, 0, bytes, rw, MAP_PRIVATE), EINVAL);
	EXPECT_ERROR(map(fd, 0, bytes, PROT_READ, MAP_PRIVATE), EINVAL);
	EXPECT_ERROR(map(fd, 0, bytes, PROT_NONE, MAP_PRIVATE), EINVAL);
	EXPECT_ERROR(map(fd, 0, bytes, PROT_READ | PROT_EXEC, MAP_SHARED), EPERM);
	EXPECT_ERROR(map(fd, 0, bytes, rw | PROT_EXEC, MAP_SHARED), EPERM);
	memory = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	EXPECT_ERROR(mprotect(memory, bytes, PROT_READ | PROT_EXEC), EACCES);
	EXPECT(!mprotect(memory, bytes, rw));
	munmap(memory, bytes);
	/* Who may only read may not write. */
	EXPECT(!ioctl(reader, MEMMON_IOC_SETUP, &options));
	EXPECT_ERROR(map(reader, 0, bytes, rw, MAP_SHARED), EACCES);
	EXPECT_ERROR(map(reader, 0, bytes, PROT_READ, MAP_SHARED), EINVAL);
	close(reader);
}

/* Two mappings of a ring are one memory; a mapping can move, but not grow. */
static void several(int fd, const struct memmon_options *options)
{
	struct memmon_ring_page *one = region_map(fd, options, 0), *two, *moved;

	two = region_map(fd, options, 0);
	EXPECT(one != MAP_FAILED && two != MAP_FAILED && one != two);
	one->consumed = 64;
	EXPECT(two->consumed == 64);
	EXPECT(mremap(one, options->map_bytes, 2 * options->map_bytes, MREMAP_MAYMOVE) ==
	       MAP_FAILED);
	moved = mremap(one, options->map_bytes, options->map_bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
		       (char *)mmap(NULL, options->map_bytes, PROT_NONE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	EXPECT(moved != MAP_FAILED && moved->consumed == 64);
	two->consumed = 0;
	EXPECT(moved->consumed == 0);
	munmap(moved, options->map_bytes);
	EXPECT(two->cpu == 0);
	munmap(two, options->map_bytes);
}

/* Taken away piece by piece, from the middle; what is left still works. */
static void pieces(int fd, const struct memmon_options *options)
{
	struct memmon_ring_page *page = region_map(fd, options, 0);
	char *memory = (char *)page;

	EXPECT(page != MAP_FAILED);
	EXPECT(!munmap(memory + 8 * PAGE, PAGE));
	EXPECT(!munmap(memory + options->map_bytes - PAGE, PAGE));
	make_events(10);
	EXPECT(ioctl(fd, MEMMON_IOC_SYNC) > 0);
	EXPECT(page->record_bytes == RECORD_BYTES);
	EXPECT(!munmap(memory, PAGE));
	make_events(10);
	EXPECT(ioctl(fd, MEMMON_IOC_SYNC) > 0);
	EXPECT(!munmap(memory, options->map_bytes));
}

/* The mapping holds the session, after the descriptor is closed. */
static void left_over(void)
{
	struct memmon_options options;
	int fd = device_open_enabled(&options), other = device_open();
	struct memmon_ring_page *page = region_map(fd, &options, 0);

	EXPECT(page != MAP_FAILED);
	close(other);
	make_events(10);
	EXPECT(ioctl(fd, MEMMON_IOC_SYNC) > 0);
	EXPECT(device_state(fd) == MEMMON_SESSION_ENABLED);
	close(fd);
	make_events(10);
	EXPECT(page->record_bytes == RECORD_BYTES && page->data_bytes == options.ring_bytes);
	page->consumed = 0;
	munmap(page, options.map_bytes);
}

/* The kernel's other ways to get at pages: they must outlive the session if somebody holds them. */
static void held_pages(void)
{
	struct memmon_options options;
	int fd = device_open_enabled(&options), pipes[2];
	struct memmon_ring_page *page = region_map(fd, &options, 0), copy;
	struct iovec part = { .iov_base = page, .iov_len = PAGE };

	EXPECT(!pipe(pipes));
	EXPECT(vmsplice(pipes[1], &part, 1, 0) == (ssize_t)PAGE);
	EXPECT(write(pipes[1], (char *)page + PAGE, PAGE) == (ssize_t)PAGE);
	munmap(page, options.map_bytes);
	close(fd);
	EXPECT(read(pipes[0], &copy, sizeof(copy)) == sizeof(copy));
	EXPECT(copy.record_bytes == RECORD_BYTES);
	close(pipes[0]);
	close(pipes[1]);
}

/* Advice that makes no sense here; none may harm. */
static void advice(int fd, const struct memmon_options *options)
{
	static const int all[] = { MADV_NORMAL,	   MADV_RANDOM,	  MADV_WILLNEED, MADV_DONTNEED,
				   MADV_FREE,	   MADV_REMOVE,	  MADV_DOFORK,	 MADV_DONTFORK,
				   MADV_MERGEABLE, MADV_HUGEPAGE, MADV_DODUMP,	 MADV_COLD,
				   MADV_PAGEOUT };
	unsigned int i;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		void *memory = region_map(fd, options, 0);

		EXPECT(memory != MAP_FAILED);
		madvise(memory, options->map_bytes, all[i]);
		mlock(memory, options->map_bytes);
		msync(memory, options->map_bytes, MS_SYNC);
		munmap(memory, options->map_bytes);
	}
	EXPECT(device_state(fd) == MEMMON_SESSION_ENABLED);
}

int command_abuse_mmap(char **words)
{
	struct memmon_info info = { .size = sizeof(info) };
	struct memmon_options options;
	int fd;

	(void)words;
	fd = device_open_enabled(&options);
	EXPECT(!ioctl(fd, MEMMON_IOC_INFO, &info));
	wrong_places(fd, options.map_bytes, info.nr_cpus);
	wrong_kinds(fd, options.map_bytes);
	several(fd, &options);
	pieces(fd, &options);
	advice(fd, &options);
	close(fd);
	left_over();
	held_pages();
	return check_result();
}
