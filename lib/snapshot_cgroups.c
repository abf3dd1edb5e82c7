// SPDX-License-Identifier: GPL-2.0
/* Walks the folders of cgroup v2, wherever it is mounted, and keeps the path of each. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "internal.h"
#include "snapshot_cgroups.h"

#define MOUNTINFO_LIMIT_BYTES ((size_t)16 * 1024 * 1024)
/* Open folders at one time, each in the one before: far more than anybody nests. */
#define MAX_DEPTH 128

int snapshot_cgroups_init(struct snapshot_cgroups *cgroups, const char *mountinfo)
{
	memset(cgroups, 0, sizeof(*cgroups));
	cgroups->mountinfo = mountinfo;
	cgroups->can_walk = true;
	return report_map_init(&cgroups->of_id);
}

void snapshot_cgroups_exit(struct snapshot_cgroups *cgroups)
{
	memmon_intern_exit(&cgroups->texts);
	report_map_exit(&cgroups->of_id);
	free(cgroups->paths);
}

/* @path: NULL for an id that has none; one that is found later takes its place. */
static int add(struct snapshot_cgroups *cgroups, uint64_t id, const char *path)
{
	uint32_t number = report_map_find(&cgroups->of_id, id);

	if (path) {
		path = memmon_intern_add(&cgroups->texts, path, strlen(path));
		if (!path)
			return -ENOMEM;
	}
	if (number != REPORT_MAP_NONE) {
		if (path)
			cgroups->paths[number] = path;
		return 0;
	}
	if (memmon_array_grow((void **)&cgroups->paths, cgroups->nr, &cgroups->room,
			      sizeof(*cgroups->paths)))
		return -ENOMEM;
	cgroups->paths[cgroups->nr] = path;
	return report_map_add(&cgroups->of_id, id, (uint32_t)cgroups->nr++);
}

/**
 * struct walk - where it is
 * @path: of the folder, without a slash at its end; "" for the topmost
 */
struct walk {
	struct snapshot_cgroups *cgroups;
	char path[PATH_MAX];
	unsigned int depth;
};

static int visit(struct walk *walk, int fd);

/* A folder below the one that @dir lists. One that is just removed is no failure. */
static int visit_child(struct walk *walk, int dir, const struct dirent *entry)
{
	size_t len = strlen(walk->path);
	size_t name_len = strlen(entry->d_name);
	int err, fd;

	if (len + name_len + 2 > sizeof(walk->path) || walk->depth == MAX_DEPTH)
		return 0;
	fd = openat(dir, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return 0;
	walk->path[len] = '/';
	memcpy(walk->path + len + 1, entry->d_name, name_len + 1);
	walk->depth++;
	err = visit(walk, fd);
	walk->depth--;
	walk->path[len] = '\0';
	return err;
}

/* Takes @fd. */
static int visit(struct walk *walk, int fd)
{
	const struct dirent *entry;
	struct stat stat;
	DIR *dir;
	int err;

	if (fstat(fd, &stat)) {
		close(fd);
		return 0;
	}
	err = add(walk->cgroups, stat.st_ino, walk->path[0] ? walk->path : "/");
	dir = err ? NULL : fdopendir(fd);
	if (!dir) {
		close(fd);
		return err;
	}
	while (!err && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") &&
		    strcmp(entry->d_name, ".."))
			err = visit_child(walk, dirfd(dir), entry);
	closedir(dir);
	return err;
}

/* "\040" for a space and the like, in place. */
static void unescape_octal(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' &&
		    text[2] <= '7' && text[3] >= '0' && text[3] <= '7') {
			*to++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + text[3] - '0');
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/**
 * struct mount - a mount of cgroup v2, in the text of mountinfo
 * @root: the folder of the hierarchy that is mounted: "/", in a container perhaps another one
 */
struct mount {
	char *root;
	char *point;
};

/* "36 35 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw": fields behind the dash, too. */
static bool parse_mount(char *line, struct mount *ret)
{
	char *type = strstr(line, " - ");
	char *rest;

	if (!type || strncmp(type + 3, "cgroup2 ", strlen("cgroup2 ")) != 0)
		return false;
	for (int i = 0; i < 3; i++) {
		line = strchr(line, ' ');
		if (!line)
			return false;
		line++;
	}
	ret->root = strtok_r(line, " ", &rest);
	ret->point = strtok_r(NULL, " ", &rest);
	if (!ret->root || !ret->point)
		return false;
	unescape_octal(ret->root);
	unescape_octal(ret->point);
	return true;
}

/* Of several mounts that of the whole hierarchy, or else the first. */
static bool find_mount(char *text, size_t len, struct mount *ret)
{
	bool is_found = false;
	struct memmon_line line;
	struct mount mount;
	char *next = text;

	while (memmon_text_next(&next, text + len, &line)) {
		if (!parse_mount(line.start, &mount) || (is_found && strcmp(mount.root, "/") != 0))
			continue;
		*ret = mount;
		is_found = true;
		if (!strcmp(mount.root, "/"))
			break;
	}
	return is_found;
}

static int walk_mount(struct snapshot_cgroups *cgroups, const struct mount *mount)
{
	/* What lies above the root of a namespace has no path here: then paths are those below. */
	bool has_prefix = strcmp(mount->root, "/") != 0 && strncmp(mount->root, "/..", 3) != 0;
	struct walk *walk = calloc(1, sizeof(*walk));
	int err = 0, fd;

	if (!walk)
		return -ENOMEM;
	walk->cgroups = cgroups;
	if (has_prefix && strlen(mount->root) < sizeof(walk->path))
		strcpy(walk->path, mount->root);
	fd = open(mount->point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		err = visit(walk, fd);
	free(walk);
	return err;
}

/* A system without cgroup v2 has no paths; that is no failure. */
static int walk_all(struct snapshot_cgroups *cgroups)
{
	struct mount mount;
	int err = 0;
	char *text;
	size_t len;

	if (memmon_disk_read(AT_FDCWD, cgroups->mountinfo, MOUNTINFO_LIMIT_BYTES, &text, &len))
		return 0;
	if (find_mount(text, len, &mount))
		err = walk_mount(cgroups, &mount);
	free(text);
	return err;
}

int snapshot_cgroups_find(struct snapshot_cgroups *cgroups, uint64_t id, const char **ret)
{
	uint32_t number = report_map_find(&cgroups->of_id, id);
	int err = 0;

	*ret = NULL;
	if (number == REPORT_MAP_NONE && cgroups->can_walk) {
		cgroups->can_walk = false;
		err = walk_all(cgroups);
		number = report_map_find(&cgroups->of_id, id);
	}
	/* Ids are not used again: what is not there now will never be. */
	if (!err && number == REPORT_MAP_NONE) {
		err = add(cgroups, id, NULL);
		number = report_map_find(&cgroups->of_id, id);
	}
	if (!err)
		*ret = cgroups->paths[number];
	return err;
}
