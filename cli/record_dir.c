// SPDX-License-Identifier: GPL-2.0
/* Makes room for a recording: what lies there may be an older one, and nothing else is touched. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "record.h"
#include "ui.h"

/* What the file `metadata` of a CTF trace begins with. */
#define SIGNATURE "/* CTF 1.8"

enum content {
	NOTHING,
	EMPTY_FOLDER,
	RECORDING,
	OTHER,
};

static bool is_empty(const char *dir)
{
	DIR *stream = opendir(dir);
	const struct dirent *entry;
	size_t nr = 0;

	if (!stream)
		return false;
	while ((entry = readdir(stream)))
		nr += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(stream);
	return !nr;
}

static bool is_recording(const char *dir)
{
	char start[sizeof(SIGNATURE)] = "";
	ssize_t len = 0;
	char *path;
	int fd;

	if (asprintf(&path, "%s/metadata", dir) < 0)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	if (fd >= 0) {
		len = read(fd, start, sizeof(SIGNATURE) - 1);
		close(fd);
	}
	return len == sizeof(SIGNATURE) - 1 && !strcmp(start, SIGNATURE);
}

static enum content look(const char *dir)
{
	struct stat stat;

	if (lstat(dir, &stat))
		return errno == ENOENT ? NOTHING : OTHER;
	if (!S_ISDIR(stat.st_mode))
		return OTHER;
	if (is_empty(dir))
		return EMPTY_FOLDER;
	return is_recording(dir) ? RECORDING : OTHER;
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
	(void)stat;
	(void)type;
	(void)ftw;
	return remove(path) ? -1 : 0;
}

static int refuse(const char *dir)
{
	ui_error("%s exists and is no recording of memmon; choose another folder with -o", dir);
	return CMD_FAILED;
}

/* As perf does: the last recording but one is given up. */
static int set_aside(const char *dir, const char *old)
{
	enum content content = look(old);

	if (content == OTHER)
		return refuse(old);
	if (content == RECORDING && nftw(old, remove_one, 16, FTW_DEPTH | FTW_PHYS)) {
		ui_error("cannot remove the older recording %s: %s", old, strerror(errno));
		return CMD_FAILED;
	}
	if (rename(dir, old)) {
		ui_error("cannot rename %s to %s: %s; choose another folder with -o", dir, old,
			 strerror(errno));
		return CMD_FAILED;
	}
	return CMD_GO_ON;
}

int record_dir_prepare(const char *dir)
{
	size_t len = strlen(dir);
	char *old;
	int status;

	switch (look(dir)) {
	case NOTHING:
	case EMPTY_FOLDER:
		return CMD_GO_ON;
	case OTHER:
		return refuse(dir);
	case RECORDING:
		break;
	}
	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (asprintf(&old, "%.*s.old", (int)len, dir) < 0) {
		ui_error("%s", strerror(ENOMEM));
		return CMD_FAILED;
	}
	status = set_aside(dir, old);
	free(old);
	return status;
}
