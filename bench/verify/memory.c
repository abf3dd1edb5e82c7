// SPDX-License-Identifier: GPL-2.0
/* Work with memory, for stir.c: mappings that come, split, move and go, and the faults of whoever touches them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stir.h"

#define PAGE 4096UL
#define PAGES 256UL

static char *map(int flags, int fd)
{
	void *at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

static void touch(char *at, uint32_t chance, unsigned long pages)
{
	unsigned long page, step = 1 + chance % 7;

	for (page = chance % PAGES; page < PAGES && pages; page += step, pages--)
		at[page * PAGE] = 1;
}

static void map_and_touch(uint32_t chance)
{
	char *at = map(MAP_PRIVATE | MAP_ANONYMOUS | (chance & 1 ? MAP_POPULATE : 0), -1);

	if (!at)
		return;
	touch(at, chance >> 8, 40);
	madvise(at, PAGES * PAGE / 2, chance & 2 ? MADV_DONTNEED : MADV_FREE);
	touch(at, chance >> 16, 10);
	munmap(at, PAGES * PAGE);
}

/* Many small mappings of different rights, then one that moves. */
static void split(uint32_t chance)
{
	char *at = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	unsigned long page;
	void *moved;

	if (!at)
		return;
	for (page = chance % 5; page < PAGES; page += 5 + chance % 11)
		mprotect(at + page * PAGE, PAGE, page & 1 ? PROT_READ : PROT_NONE);
	munmap(at + PAGES / 2 * PAGE, PAGE);
	moved = mremap(at, PAGE, PAGES * 2 * PAGE, MREMAP_MAYMOVE);
	if (moved != MAP_FAILED)
		munmap(moved, PAGES * 2 * PAGE);
	munmap(at, PAGES * PAGE);
}

static void map_file(uint32_t chance)
{
	char path[128], *at;
	int fd;

	snprintf(path, sizeof(path), "%s/mapped", stir_folder);
	fd = open(path, O_CREAT | O_RDWR, 0600);
	if (fd < 0)
		return;
	ftruncate(fd, (off_t)(PAGES * PAGE));
	at = map(chance & 1 ? MAP_SHARED : MAP_PRIVATE, fd);
	close(fd);
	if (at) {
		touch(at, chance >> 8, 30);
		msync(at, PAGES * PAGE, MS_ASYNC);
		munmap(at, PAGES * PAGE);
	}
	unlink(path);
}

static void share(uint32_t chance)
{
	int id = shmget(IPC_PRIVATE, PAGES * PAGE, IPC_CREAT | 0600);
	char *at;

	if (id < 0)
		return;
	at = shmat(id, NULL, 0);
	if (at != (void *)-1) {
		touch(at, chance, 20);
		shmdt(at);
	}
	shmctl(id, IPC_RMID, NULL);
}

static void make_memfd(uint32_t chance)
{
	int fd = (int)syscall(SYS_memfd_create, "stir", 0);
	char *at;

	if (fd < 0)
		return;
	ftruncate(fd, (off_t)(PAGES * PAGE));
	at = map(MAP_SHARED, fd);
	if (at) {
		touch(at, chance, 20);
		mlock(at, PAGE);
		munmap(at, PAGES * PAGE);
	}
	close(fd);
}

static void grow(uint32_t chance)
{
	char *at = sbrk(PAGES * PAGE);

	if (at == (void *)-1)
		return;
	touch(at, chance, 20);
	sbrk(-(long)(PAGES * PAGE));
}

/* A huge page if the kernel has them, which splits. */
static void map_huge(uint32_t chance)
{
	size_t bytes = 4UL << 20;
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return;
	madvise(at, bytes, MADV_HUGEPAGE);
	touch(at + bytes / 2, chance, 2);
	munmap(at + bytes / 2 + PAGE, PAGE * 3);
	munmap(at, bytes);
}

const struct stir_kind stir_memory[] = {
	{ "map", map_and_touch }, { "split", split }, { "map file", map_file }, { "share", share },
	{ "memfd", make_memfd },  { "grow", grow },   { "huge", map_huge },	{ NULL, NULL },
};
