// SPDX-License-Identifier: GPL-2.0
/* A live session: opens the device, says what is wanted, begins, ends. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "session_internal.h"
#include "snapshot_names.h"

static int device_open(const char *path, int flags)
{
	return open(path, flags);
}

static int device_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg);
}

static void *device_mmap(int fd, size_t bytes, off_t offset)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

static const struct session_device kernel_device = {
	.open = device_open,
	.close = close,
	.ioctl = device_ioctl,
	.mmap = device_mmap,
	.munmap = munmap,
	.poll = poll,
};

int session_ioctl(const struct memmon_session *session, unsigned long request, void *arg)
{
	int ret;

	do
		ret = session->device->ioctl(session->fd, request, arg);
	while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : ret;
}

int session_wait(const struct memmon_session *session, int timeout_ms)
{
	struct pollfd poll = { .fd = session->fd, .events = POLLIN };
	int ret = session->device->poll(&poll, 1, timeout_ms);

	if (ret < 0)
		return -errno;
	return ret > 0;
}

/* What a module of another version or no mem_monitor at all says is not to be believed. */
static int check_info(const struct memmon_info *info)
{
	if (info->abi_major != MEMMON_ABI_MAJOR)
		return -EPROTO;
	if (info->record_bytes != sizeof(struct memmon_record) || !info->nr_cpus ||
	    !info->clock_khz)
		return -EPROTO;
	return 0;
}

static int read_info(const struct memmon_session *session, struct memmon_info *info)
{
	int err;

	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	err = session_ioctl(session, MEMMON_IOC_INFO, info);
	return err < 0 ? err : check_info(info);
}

int session_open_on(const struct session_device *device, const char *path,
		    struct memmon_session **ret)
{
	struct memmon_session *session = calloc(1, sizeof(*session));
	int err;

	if (!session)
		return -ENOMEM;
	session->device = device;
	session->fd = device->open(path, O_RDWR | O_CLOEXEC);
	if (session->fd < 0) {
		err = -errno;
		goto free_session;
	}
	err = read_info(session, &session->info);
	if (!err)
		err = session_machine_fill(session);
	if (err)
		goto close_device;
	*ret = session;
	return 0;

close_device:
	session_machine_free(&session->machine);
	device->close(session->fd);
free_session:
	free(session);
	return err;
}

int memmon_session_open_path(const char *path, struct memmon_session **ret)
{
	return session_open_on(&kernel_device, path, ret);
}

int memmon_session_open(struct memmon_session **ret)
{
	return memmon_session_open_path(MEMMON_DEVICE_PATH, ret);
}

void memmon_session_close(struct memmon_session *session)
{
	if (!session)
		return;
	session_unmap_rings(session);
	session->device->close(session->fd);
	session_machine_free(&session->machine);
	memmon_symbols_close(session->symbols);
	snapshot_names_destroy(session->names);
	session_stacks_free(session);
	free(session);
}

int memmon_session_set_up(struct memmon_session *session, struct memmon_options *options)
{
	int err;

	if (session->rings)
		return -EBUSY;
	options->size = sizeof(*options);
	err = session_ioctl(session, MEMMON_IOC_SETUP, options);
	if (err < 0)
		return err;
	session->options = *options;
	session->rings = calloc(session->info.nr_cpus, sizeof(*session->rings));
	if (!session->rings)
		return -ENOMEM;
	return options->flags & MEMMON_OPTION_NO_RINGS ? 0 : session_map_rings(session);
}

int memmon_session_enable(struct memmon_session *session)
{
	struct memmon_machine *machine = &session->machine.machine;
	struct memmon_info info;
	int err;

	/* Before the first event, so that none is older than the start. */
	err = read_info(session, &info);
	if (err)
		return err;
	machine->clock_at_start = info.clock_now;
	machine->monotonic_start_ns = info.monotonic_ns;
	machine->realtime_start_ns = info.realtime_ns;
	err = session_ioctl(session, MEMMON_IOC_ENABLE, NULL);
	return err < 0 ? err : 0;
}

int memmon_session_disable(struct memmon_session *session)
{
	int err = session_ioctl(session, MEMMON_IOC_DISABLE, NULL);

	return err < 0 ? err : 0;
}

int memmon_session_sync(struct memmon_session *session)
{
	int nr_rings = session_ioctl(session, MEMMON_IOC_SYNC, NULL);

	if (nr_rings < 0)
		return nr_rings;
	if ((uint32_t)nr_rings <= session->nr_mapped)
		return 0;
	session_machine_find_nodes(session);
	return session_map_rings(session);
}

int memmon_session_stats(struct memmon_session *session, struct memmon_stats *ret)
{
	int err;

	memset(ret, 0, sizeof(*ret));
	ret->size = sizeof(*ret);
	err = session_ioctl(session, MEMMON_IOC_STATS, ret);
	return err < 0 ? err : 0;
}

int memmon_session_loss(struct memmon_session *session, struct memmon_loss *ret)
{
	struct memmon_stats stats;
	int err = memmon_session_stats(session, &stats);

	if (!err)
		memmon_loss_from_stats(&stats, session->overwritten, ret);
	return err;
}

int memmon_session_info(const struct memmon_session *session, struct memmon_info *ret)
{
	return read_info(session, ret);
}

const struct memmon_options *memmon_session_options(const struct memmon_session *session)
{
	return &session->options;
}

int memmon_session_cache(struct memmon_session *session, uint32_t id, struct memmon_cache_info *ret)
{
	int err;

	memset(ret, 0, sizeof(*ret));
	ret->size = sizeof(*ret);
	ret->id = id;
	err = session_ioctl(session, MEMMON_IOC_CACHE, ret);
	if (err < 0)
		return err;
	ret->name[sizeof(ret->name) - 1] = '\0';
	return 0;
}

int memmon_session_symbols(struct memmon_session *session, struct memmon_symbols **ret)
{
	int err = session->symbols ? 0 : memmon_symbols_open(NULL, NULL, &session->symbols);

	*ret = session->symbols;
	return err;
}

const struct memmon_machine *memmon_session_machine(struct memmon_session *session)
{
	return &session->machine.machine;
}

int memmon_session_fd(const struct memmon_session *session)
{
	return session->fd;
}
