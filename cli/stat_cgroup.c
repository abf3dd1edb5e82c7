// SPDX-License-Identifier: GPL-2.0
/* Makes a cgroup for the command of memmon stat: what all its processes do, and nobody else. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stat.h"
#include "ui.h"

/**
 * struct stat_cgroup - the cgroup
 * @home: folder of the one that we are in
 * @path: folder of the new one
 * @fd: of @path
 */
struct stat_cgroup {
	char home[PATH_MAX];
	char path[PATH_MAX];
	int fd;
};

static int find_mount(char *path, size_t size)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *entry;
	int err = -ENOENT;

	if (!mounts)
		return -errno;
	while (err == -ENOENT && (entry = getmntent(mounts)))
		if (!strcmp(entry->mnt_type, "cgroup2"))
			err = (size_t)snprintf(path, size, "%s", entry->mnt_dir) < size ?
				      0 :
				      -ENAMETOOLONG;
	endmntent(mounts);
	return err;
}

/* Our own place in the tree: the line "0::/PATH". */
static int find_home(char *home, size_t size)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	size_t len = strlen(home);
	char line[PATH_MAX];
	int err = -ENOENT;

	if (!file)
		return -errno;
	while (err == -ENOENT && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "0::", 3))
			continue;
		line[strcspn(line, "\n")] = '\0';
		err = (size_t)snprintf(home + len, size - len, "%s", line + 3) < size - len ?
			      0 :
			      -ENAMETOOLONG;
	}
	fclose(file);
	return err;
}

static int make_folder(struct stat_cgroup *cgroup)
{
	int len = snprintf(cgroup->path, sizeof(cgroup->path), "%s/memmon-stat-%d", cgroup->home,
			   (int)getpid());

	if ((size_t)len >= sizeof(cgroup->path))
		return -ENAMETOOLONG;
	if (mkdir(cgroup->path, 0700))
		return -errno;
	cgroup->fd = open(cgroup->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup->fd < 0) {
		int err = -errno;

		rmdir(cgroup->path);
		return err;
	}
	return 0;
}

int stat_cgroup_create(struct stat_cgroup **ret)
{
	struct stat_cgroup *cgroup = calloc(1, sizeof(*cgroup));
	int err = cgroup ? find_mount(cgroup->home, sizeof(cgroup->home)) : -ENOMEM;

	if (err == -ENOENT) {
		ui_error("--only-command needs cgroup v2, which is not mounted; "
			 "try 'mount -t cgroup2 none /sys/fs/cgroup'");
		free(cgroup);
		return CMD_FAILED;
	}
	if (!err)
		err = find_home(cgroup->home, sizeof(cgroup->home));
	if (!err)
		err = make_folder(cgroup);
	if (!err) {
		*ret = cgroup;
		return CMD_OK;
	}
	ui_error("cannot make a cgroup for --only-command below %s: %s",
		 cgroup && *cgroup->home ? cgroup->home : "our own", strerror(-err));
	free(cgroup);
	return err == -EACCES || err == -EPERM ? CMD_NO_ACCESS : CMD_FAILED;
}

void stat_cgroup_destroy(struct stat_cgroup *cgroup)
{
	if (!cgroup)
		return;
	close(cgroup->fd);
	if (rmdir(cgroup->path))
		ui_error(
			"the cgroup %s stays: %s; remove it when the command's last process is gone",
			cgroup->path, strerror(errno));
	free(cgroup);
}

int stat_cgroup_fd(const struct stat_cgroup *cgroup)
{
	return cgroup->fd;
}

/* "0" stands for the process that writes it. */
static int move_to(const char *folder)
{
	char path[PATH_MAX + 16];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/cgroup.procs", folder);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, "0", 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

int stat_cgroup_enter(const struct stat_cgroup *cgroup)
{
	return move_to(cgroup->path);
}

int stat_cgroup_leave(const struct stat_cgroup *cgroup)
{
	return move_to(cgroup->home);
}
