// SPDX-License-Identifier: GPL-2.0
/* Looks at slabs and caches: of the running kernel, or as far as a recording has them. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "memmon.h"
#include "memmon/session.h"
#include "module.h"
#include "slabs.h"
#include "ui.h"

void slabs_source_close(struct slabs_source *source)
{
	memmon_slabinfo_destroy(source->slabinfo);
	memmon_session_close(source->session);
	memset(source, 0, sizeof(*source));
}

int slabs_source_open(struct slabs_view *view, bool needs_device, struct slabs_source *ret)
{
	int err = memmon_slabinfo_create(&ret->slabinfo);

	if (err) {
		ui_error("%s", strerror(-err));
		return CMD_FAILED;
	}
	if (view->recording)
		return CMD_GO_ON;
	view->slabs_err = memmon_session_open_path(module_device_path(), &ret->session);
	if (view->slabs_err && needs_device) {
		slabs_source_close(ret);
		return module_explain_device(view->slabs_err);
	}
	return CMD_GO_ON;
}

static int parse_slabinfo(const char *path, struct memmon_slabinfo *info)
{
	struct memmon_file *file;
	const char *text;
	size_t len;
	int err = memmon_file_open(path, &file);

	if (err)
		return err;
	err = memmon_file_read(file, &text, &len);
	if (!err)
		err = memmon_slabinfo_parse(info, text, len);
	memmon_file_close(file);
	return err;
}

/* A recording that was cut off has no look at its end. */
static int read_recorded(const char *dir, struct memmon_slabinfo *info)
{
	static const char *const looks[] = { "after", "before" };
	char path[PATH_MAX];
	int err = -ENOENT;

	for (int i = 0; i < 2 && err == -ENOENT; i++) {
		int len = snprintf(path, sizeof(path), "%s/memmon/%s/slabinfo", dir, looks[i]);

		if (len < 0 || (size_t)len >= sizeof(path))
			return -ENAMETOOLONG;
		err = parse_slabinfo(path, info);
	}
	return err;
}

static int explain_slabinfo(int err)
{
	const char *path = module_slabinfo_path();

	if (err == -EACCES || err == -EPERM) {
		ui_error("no permission to read %s; run as root", path);
		return CMD_NO_ACCESS;
	}
	if (err == -ENOENT)
		ui_error("there is no %s, and no mem_monitor to see slabs; load it", path);
	else
		ui_error("cannot read %s: %s", path, strerror(-err));
	return err == -ENOENT ? CMD_NO_ACCESS : CMD_FAILED;
}

static int cache_of(void *session, uint32_t id, struct memmon_cache_info *ret)
{
	return memmon_session_cache(session, id, ret);
}

static uint32_t count_nodes(const struct memmon_machine *machine)
{
	uint32_t nr = 1;

	for (uint32_t cpu = 0; machine && cpu < machine->nr_cpus; cpu++)
		if (machine->cpu_nodes && machine->cpu_nodes[cpu] >= nr)
			nr = machine->cpu_nodes[cpu] + 1u;
	return nr;
}

static long at_least_one(long value)
{
	return value > 0 ? value : 1;
}

/* What the device says beside slabs. */
static void describe(struct memmon_session *session, struct memmon_slabs_input *input)
{
	struct memmon_info info;

	input->page_bytes = (uint32_t)at_least_one(sysconf(_SC_PAGESIZE));
	input->nr_cpus = (uint32_t)at_least_one(sysconf(_SC_NPROCESSORS_ONLN));
	input->nr_nodes = 1;
	if (!session)
		return;
	input->cache = cache_of;
	input->context = session;
	input->nr_nodes = count_nodes(memmon_session_machine(session));
	if (memmon_session_info(session, &info))
		return;
	input->page_bytes = info.page_bytes;
	input->page_offset = info.page_offset;
}

static int put_together(struct memmon_slabs_input *input, struct slabs_view *view)
{
	int err;

	input->nearly_empty_percent = view->nearly_empty_percent;
	input->only = view->only;
	view->has_slabs = input->has_slabs;
	view->has_page_offset = input->page_offset;
	view->books = input->snapshot ? &input->snapshot->books : NULL;
	err = memmon_slabs_create(input, &view->slabs);
	if (err) {
		ui_error("%s", strerror(-err));
		return CMD_FAILED;
	}
	return CMD_GO_ON;
}

static int look_at_recording(struct slabs_source *source, struct memmon_slabs_input *input,
			     struct slabs_view *view)
{
	int err = read_recorded(view->recording, source->slabinfo);

	if (err && err != -ENOENT) {
		ui_error("cannot read slabinfo of the recording %s: %s", view->recording,
			 strerror(-err));
		return CMD_FAILED;
	}
	input->info = err ? NULL : source->slabinfo;
	return put_together(input, view);
}

int slabs_look(struct slabs_source *source, const struct memmon_snapshot *snapshot,
	       struct slabs_view *view)
{
	struct memmon_slabs_input input = { .snapshot = snapshot };
	struct memmon_slab *slabs = NULL;
	int err, status;

	describe(source->session, &input);
	if (view->recording)
		return look_at_recording(source, &input, view);
	if (source->session)
		view->slabs_err = memmon_session_slabs(source->session, &slabs, &input.nr_slabs);
	input.slabs = slabs;
	input.has_slabs = !view->slabs_err;
	input.sys = module_sys_path();
	err = parse_slabinfo(module_slabinfo_path(), source->slabinfo);
	if (err && !input.has_slabs)
		return explain_slabinfo(err);
	input.info = err ? NULL : source->slabinfo;
	status = put_together(&input, view);
	free(slabs);
	return status;
}
