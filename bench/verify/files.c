// SPDX-License-Identifier: GPL-2.0
/* Work with files, for stir.c: those of a folder in memory, those that the kernel makes up, locks. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "stir.h"

static char text[65536];

static void path_of(char path[128], const char *name, uint32_t number)
{
	snprintf(path, 128, "%s/%s%u", stir_folder, name, number % 16);
}

static void make_file(uint32_t chance)
{
	char path[128], other[128];
	int fd;

	path_of(path, "file", chance);
	path_of(other, "other", chance >> 8);
	fd = open(path, O_CREAT | O_RDWR | (chance & 1 ? O_TRUNC : O_APPEND), 0600);
	if (fd < 0)
		return;
	if (write(fd, text, chance >> 16) > 0)
		pread(fd, text, sizeof(text), 0);
	setxattr(path, "trusted.stir", text, 1 + chance % 200, 0);
	if (chance & 2)
		ftruncate(fd, chance % 9000);
	if (chance & 4)
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096);
	close(fd);
	if (chance & 8)
		rename(path, other);
	else if (chance & 16)
		link(path, other);
	else if (chance & 32)
		symlink(path, other);
	unlink(chance & 64 ? path : other);
}

static void make_folder(uint32_t chance)
{
	char path[128], inner[160];

	path_of(path, "folder", chance);
	mkdir(path, 0700);
	snprintf(inner, sizeof(inner), "%s/fifo", path);
	mknod(inner, S_IFIFO | 0600, 0);
	unlink(inner);
	rmdir(path);
}

/* Reads @path, and all below it with @depth to go, but for what waits for something to happen. */
static void read_all(int at, const char *path, int depth, uint32_t *chance)
{
	struct dirent *entry;
	struct stat status;
	DIR *folder;
	int fd;

	if (fstatat(at, path, &status, AT_SYMLINK_NOFOLLOW))
		return;
	if (S_ISREG(status.st_mode)) {
		fd = openat(at, path, O_RDONLY | O_NONBLOCK);
		if (fd >= 0) {
			read(fd, text, sizeof(text));
			close(fd);
		}
		return;
	}
	if (!S_ISDIR(status.st_mode) || !depth)
		return;
	fd = openat(at, path, O_RDONLY | O_DIRECTORY);
	folder = fd < 0 ? NULL : fdopendir(fd);
	while (folder && (entry = readdir(folder))) {
		*chance = *chance * 1103515245 + 12345;
		if (entry->d_name[0] != '.' && *chance >> 29)
			read_all(dirfd(folder), entry->d_name, depth - 1, chance);
	}
	if (folder)
		closedir(folder);
}

/* Files of the kernel that are read; none waits, or changes anything. */
static void read_kernel(uint32_t chance)
{
	static const char *const paths[] = {
		"/proc/self",
		"/proc/1",
		"/proc/net",
		"/proc/sys/vm",
		"/proc/sys/net/ipv4",
		"/proc/fs",
		"/proc/sysvipc",
		"/proc/irq",
		"/sys/kernel/mm",
		"/sys/devices/system/cpu",
		"/sys/class",
		"/sys/bus",
		"/proc/tty",
		"/proc/sys/kernel",
		"/sys/module",
		"/sys/block",
		"/sys/fs",
		"/dev/shm",
		"/sys/devices/system",
	};

	read_all(AT_FDCWD, paths[chance % (sizeof(paths) / sizeof(*paths))], 3, &chance);
}

static void read_tables(uint32_t chance)
{
	static const char *const paths[] = {
		"/proc/slabinfo",   "/proc/vmallocinfo", "/proc/meminfo",    "/proc/stat",
		"/proc/interrupts", "/proc/modules",	 "/proc/mounts",     "/proc/zoneinfo",
		"/proc/locks",	    "/proc/softirqs",	 "/proc/swaps",	     "/proc/cpuinfo",
		"/proc/cgroups",    "/proc/iomem",	 "/proc/self/smaps",
	};

	read_all(AT_FDCWD, paths[chance % (sizeof(paths) / sizeof(*paths))], 1, &chance);
}

static void lock(uint32_t chance)
{
	struct flock range = { .l_type = F_WRLCK, .l_start = chance % 100, .l_len = 10 };
	char path[128];
	int fd;

	path_of(path, "lock", 0);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	flock(fd, LOCK_EX | LOCK_NB);
	fcntl(fd, F_SETLK, &range);
	range.l_start += 4;
	range.l_len = 2;
	range.l_type = F_UNLCK;
	fcntl(fd, F_SETLK, &range);
	if (chance & 1)
		fcntl(fd, F_SETLEASE, F_RDLCK);
	close(fd);
}

static void watch(uint32_t chance)
{
	int fd = inotify_init1(IN_NONBLOCK);

	if (fd < 0)
		return;
	inotify_add_watch(fd, stir_folder, IN_ALL_EVENTS);
	make_file(chance);
	make_folder(chance);
	read(fd, text, sizeof(text));
	close(fd);
}

static void mount_memory(uint32_t chance)
{
	struct statfs status;
	char path[128];

	path_of(path, "mount", chance);
	mkdir(path, 0700);
	if (!mount("none", path, chance & 1 ? "tmpfs" : "ramfs", 0, NULL)) {
		statfs(path, &status);
		umount2(path, chance & 2 ? MNT_DETACH : 0);
	}
	rmdir(path);
}

/* What was written to the disk image, if the guest has mounted one, goes through the block layer. */
static void write_disk(uint32_t chance)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/tmp/disk/%d.%u", getpid(), chance % 4);
	fd = open(path, O_CREAT | O_RDWR, 0600);
	if (fd < 0)
		return;
	pwrite(fd, text, sizeof(text) >> (chance >> 8) % 8, (chance >> 16) % 65536);
	if (chance & 4)
		fsync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	pread(fd, text, 8192, 0);
	close(fd);
	if (chance & 8)
		unlink(path);
}

const struct stir_kind stir_files[] = {
	{ "file", make_file },
	{ "folder", make_folder },
	{ "read", read_kernel },
	{ "tables", read_tables },
	{ "lock", lock },
	{ "watch", watch },
	{ "mount", mount_memory },
	{ "write disk", write_disk },
	{ NULL, NULL },
};
