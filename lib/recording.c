// SPDX-License-Identifier: GPL-2.0
/* A recording from its beginning to its end: the folder, and what goes where. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording_internal.h"
#include "sidecar.h"

static int check_empty(int dir)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *file;
	int err = 0;
	DIR *list;

	if (copy < 0)
		return -errno;
	list = fdopendir(copy);
	if (!list) {
		err = -errno;
		close(copy);
		return err;
	}
	while ((file = readdir(list)))
		if (strcmp(file->d_name, ".") && strcmp(file->d_name, ".."))
			err = -ENOTEMPTY;
	closedir(list);
	return err;
}

/* Return: the folder's descriptor or a negative errno. */
static int make_dir(const char *path, bool *is_new)
{
	int dir;
	int err;

	*is_new = !mkdir(path, 0700);
	if (!*is_new && errno != EEXIST)
		return -errno;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	err = *is_new ? 0 : check_empty(dir);
	if (!err)
		return dir;
	close(dir);
	return err;
}

static struct memmon_recording *allocate(const struct memmon_recording_setup *setup)
{
	struct memmon_recording *recording = calloc(1, sizeof(*recording));
	uint32_t nr_cpus = setup->machine->nr_cpus;

	if (!recording)
		return NULL;
	recording->dir = -1;
	recording->sidecar = -1;
	recording->names.symbols_file.fd = -1;
	recording->names.modules_file.fd = -1;
	recording->names.caches_file.fd = -1;
	recording->names.processes_file.fd = -1;
	recording->names.stacks_file.fd = -1;
	recording->setup = *setup;
	recording->has_stacks = setup->options->stacks;
	recording->proc = strdup(setup->proc ? setup->proc : "/proc");
	recording->sys = strdup(setup->sys ? setup->sys : "/sys");
	recording->streams = calloc(nr_cpus ? nr_cpus : 1, sizeof(*recording->streams));
	if (!recording->proc || !recording->sys || !recording->streams) {
		memmon_recording_destroy(recording);
		return NULL;
	}
	for (uint32_t cpu = 0; cpu < nr_cpus; cpu++)
		recording->streams[cpu].fd = -1;
	return recording;
}

/* Version 4, variant 1: made of nothing but chance. */
static int make_uuid(uint8_t *uuid)
{
	if (getrandom(uuid, MEMMON_CTF_UUID_BYTES, 0) != MEMMON_CTF_UUID_BYTES)
		return -EIO;
	uuid[6] = (uuid[6] & 0x0f) | 0x40;
	uuid[8] = (uuid[8] & 0x3f) | 0x80;
	return 0;
}

static int begin(struct memmon_recording *recording)
{
	int err = make_uuid(recording->uuid);

	if (err)
		return err;
	if (mkdirat(recording->dir, MEMMON_SIDECAR_DIR, 0700))
		return -errno;
	recording->sidecar = openat(recording->dir, MEMMON_SIDECAR_DIR,
				    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (recording->sidecar < 0)
		return -errno;
	err = recording_files_begin(recording);
	return err ? err : recording_names_init(recording);
}

int memmon_recording_create(const char *dir, const struct memmon_recording_setup *setup,
			    struct memmon_recording **ret)
{
	struct memmon_recording *recording;
	bool is_new;
	int err;

	if (!setup->machine->nr_cpus || setup->machine->nr_cpus > MEMMON_SIDECAR_MAX_CPUS)
		return -EINVAL;
	recording = allocate(setup);
	if (!recording)
		return -ENOMEM;
	recording->dir = make_dir(dir, &is_new);
	if (recording->dir < 0) {
		err = recording->dir;
		goto err_recording;
	}
	err = begin(recording);
	if (err)
		goto err_files;
	*ret = recording;
	return 0;

err_files:
	recording_files_remove(recording->dir);
	if (is_new)
		rmdir(dir);
err_recording:
	memmon_recording_destroy(recording);
	return err;
}

int memmon_recording_set_clock(struct memmon_recording *recording,
			       const struct memmon_machine *machine)
{
	recording->machine.clock = machine->clock;
	recording->machine.clock_khz = machine->clock_khz;
	recording->machine.clock_at_start = machine->clock_at_start;
	recording->machine.monotonic_start_ns = machine->monotonic_start_ns;
	recording->machine.realtime_start_ns = machine->realtime_start_ns;
	return recording_files_set_clock(recording);
}

int memmon_recording_write(struct memmon_recording *recording, uint32_t cpu,
			   const struct memmon_span *span)
{
	int err = 0;

	if (cpu >= recording->machine.nr_cpus)
		return -EINVAL;
	recording->streams[cpu].overwritten += span->overwritten;
	recording->overwritten += span->overwritten;
	if (span->nr_first || span->nr_second)
		err = recording_stream_write(recording, cpu, span);
	if (err) {
		/* The span may be offered again. */
		recording->streams[cpu].overwritten -= span->overwritten;
		recording->overwritten -= span->overwritten;
	}
	return err;
}

static uint64_t sum(const __u64 *counters)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < MEMMON_STATS_COUNTERS; i++)
		total += counters[i];
	return total;
}

void memmon_recording_set_stats(struct memmon_recording *recording,
				const struct memmon_stats *stats)
{
	recording->dropped = sum(stats->dropped);
	recording->filtered = sum(stats->filtered);
}

uint64_t memmon_recording_records(const struct memmon_recording *recording)
{
	return recording->records;
}

uint64_t memmon_recording_bytes(const struct memmon_recording *recording)
{
	return recording->bytes;
}

uint64_t memmon_recording_without_stack(const struct memmon_recording *recording)
{
	return recording->without_stack;
}

int memmon_recording_name_sites(struct memmon_recording *recording)
{
	int err = recording_describe_later(recording);

	return err ? err : recording_names_flush(recording);
}

int memmon_recording_finish(struct memmon_recording *recording, const struct memmon_stats *stats,
			    const struct memmon_info *info)
{
	int err;
	int next;

	memmon_recording_set_stats(recording, stats);
	err = memmon_recording_name_sites(recording);
	next = recording_stream_tell_loss(recording);
	if (!err)
		err = next;
	next = recording_files_end(recording, stats, info);
	return err ? err : next;
}

void memmon_recording_destroy(struct memmon_recording *recording)
{
	if (!recording)
		return;
	for (uint32_t cpu = 0; recording->streams && cpu < recording->machine.nr_cpus; cpu++)
		if (recording->streams[cpu].fd >= 0)
			close(recording->streams[cpu].fd);
	recording_names_exit(recording);
	memmon_machine_exit(&recording->machine);
	json_decref(recording->session);
	if (recording->sidecar >= 0)
		close(recording->sidecar);
	if (recording->dir >= 0)
		close(recording->dir);
	free(recording->streams);
	free(recording->proc);
	free(recording->sys);
	free(recording);
}
