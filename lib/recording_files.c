// SPDX-License-Identifier: GPL-2.0
/* The files of a recording that are written at its beginning or its end. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording_internal.h"
#include "sidecar.h"

#define METADATA "metadata"
#define NEW ".new"
#define SNAPSHOT_LIMIT_BYTES ((size_t)256 * 1024 * 1024)

/* Puts a file in the place of another: readers find one of them, and always a whole one. */
static int replace(int dir, const char *name, const void *data, size_t len)
{
	char new_name[64];
	int err;

	snprintf(new_name, sizeof(new_name), "%s%s", name, NEW);
	err = memmon_disk_store(dir, new_name, data, len);
	if (err)
		return err;
	if (!renameat(dir, new_name, dir, name))
		return 0;
	err = -errno;
	unlinkat(dir, new_name, 0);
	return err;
}

static int store_json(int dir, const char *name, const json_t *object)
{
	char *text = json_dumps(object, JSON_INDENT(2));
	int err;

	if (!text)
		return -ENOMEM;
	err = replace(dir, name, text, strlen(text));
	free(text);
	return err;
}

/* Copies what /proc says of all memory. What is missing, or not for our eyes, is left out. */
static int store_snapshot(struct memmon_recording *recording, const char *name)
{
	static const char *const files[] = { "slabinfo", "buddyinfo", "zoneinfo", "vmstat" };
	int err = 0;
	int dir;

	if (mkdirat(recording->sidecar, name, 0700))
		return -errno;
	dir = openat(recording->sidecar, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !err; i++) {
		char path[PATH_MAX];
		char *text;
		size_t len;

		snprintf(path, sizeof(path), "%s/%s", recording->proc, files[i]);
		if (memmon_disk_read(AT_FDCWD, path, SNAPSHOT_LIMIT_BYTES, &text, &len))
			continue;
		err = memmon_disk_store(dir, files[i], text, len);
		free(text);
	}
	close(dir);
	return err;
}

static int store_metadata(struct memmon_recording *recording, const struct memmon_ctf_seen *seen)
{
	struct memmon_buffer text = { 0 };
	int err;

	memmon_ctf_metadata(&text, &recording->machine, recording->uuid, seen,
			    recording->has_stacks);
	err = text.err ? text.err : replace(recording->dir, METADATA, text.text, text.len);
	memmon_buffer_exit(&text);
	return err;
}

int recording_files_begin(struct memmon_recording *recording)
{
	const struct memmon_recording_setup *setup = &recording->setup;
	int err;

	err = memmon_session_pack(setup->machine, setup->options, setup->command, recording->uuid,
				  &recording->session);
	/* A copy of the machine, made of what will be read. */
	if (!err)
		err = memmon_machine_unpack(json_object_get(recording->session, "machine"),
					    &recording->machine);
	if (!err)
		err = store_json(recording->sidecar, MEMMON_SIDECAR_SESSION, recording->session);
	if (!err)
		err = store_metadata(recording, NULL);
	return err ? err : store_snapshot(recording, "before");
}

int recording_files_set_clock(struct memmon_recording *recording)
{
	json_t *machine;
	int err = memmon_machine_pack(&recording->machine, &machine);

	if (err)
		return err;
	if (json_object_set_new(recording->session, "machine", machine))
		return -ENOMEM;
	err = store_json(recording->sidecar, MEMMON_SIDECAR_SESSION, recording->session);
	return err ? err : store_metadata(recording, NULL);
}

/* Now that all names are known, any CTF reader may know them. */
static int replace_metadata(struct memmon_recording *recording)
{
	const struct memmon_ctf_seen seen = {
		.caches = recording->names.caches_seen,
		.nr_caches = recording->names.nr_caches,
		.gfp = recording->names.gfps_seen,
		.nr_gfp = recording->names.nr_gfps,
	};

	return store_metadata(recording, &seen);
}

static int store_end(struct memmon_recording *recording, const struct memmon_stats *stats,
		     const struct memmon_info *info)
{
	json_t *object = json_object();
	json_t *books;
	int err = memmon_stats_pack(stats, &books);

	if (!err && json_object_set_new(object, "stats", books))
		err = -ENOMEM;
	if (!err)
		err = memmon_json_put_number(object, "overwritten", recording->overwritten);
	if (!err)
		err = memmon_json_put_number(object, "records", recording->records);
	if (!err && recording->has_stacks)
		err = memmon_json_put_number(object, "without_stack", recording->without_stack);
	if (info && !err)
		err = memmon_json_put_number(object, "clock_at_end", info->clock_now);
	if (info && !err)
		err = memmon_json_put_number(object, "monotonic_end_ns", info->monotonic_ns);
	if (info && !err)
		err = memmon_json_put_number(object, "realtime_end_ns", info->realtime_ns);
	if (!err)
		err = store_json(recording->sidecar, MEMMON_SIDECAR_END, object);
	json_decref(object);
	return err;
}

int recording_files_end(struct memmon_recording *recording, const struct memmon_stats *stats,
			const struct memmon_info *info)
{
	int err = replace_metadata(recording);
	int next = store_snapshot(recording, "after");

	if (!err)
		err = next;
	/* Even on a full disk there may be room for this, and it is what matters most. */
	next = store_end(recording, stats, info);
	return err ? err : next;
}

void recording_files_remove(int dir)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *file;

	while (list && (file = readdir(list))) {
		int inner;

		if (!strcmp(file->d_name, ".") || !strcmp(file->d_name, "..") ||
		    !unlinkat(dir, file->d_name, 0))
			continue;
		inner = openat(dir, file->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (inner < 0)
			continue;
		recording_files_remove(inner);
		close(inner);
		unlinkat(dir, file->d_name, AT_REMOVEDIR);
	}
	if (list)
		closedir(list);
	else if (copy >= 0)
		close(copy);
}
