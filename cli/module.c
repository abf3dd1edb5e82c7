// SPDX-License-Identifier: GPL-2.0
/* Reads the module's status and says what was lost. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "memmon/session.h"
#include "module.h"
#include "ui.h"

static const char *path_or(const char *variable, const char *path)
{
	const char *instead = getenv(variable);

	return instead ? instead : path;
}

const char *module_status_path(void)
{
	return path_or("MEMMON_TEST_STATUS", MEMMON_STATUS_PATH);
}

const char *module_log_path(void)
{
	return path_or("MEMMON_TEST_LOG", MEMMON_LOG_PATH);
}

const char *module_slabinfo_path(void)
{
	return path_or("MEMMON_TEST_SLABINFO", MEMMON_SLABINFO_PATH);
}

const char *module_sys_path(void)
{
	return path_or("MEMMON_TEST_SYS", "/sys");
}

const char *module_device_path(void)
{
	return path_or("MEMMON_TEST_DEVICE", MEMMON_DEVICE_PATH);
}

int module_look_take(struct memmon_file *file, struct module_look *look)
{
	const char *text;
	size_t len;
	int err;

	err = memmon_file_read(file, &text, &len);
	if (err) {
		ui_error("cannot read %s: %s", module_status_path(), strerror(-err));
		return err;
	}
	err = memmon_status_parse(text, len, &look->status);
	if (!err) {
		err = memmon_books_read(look->status, &look->books);
		if (err)
			module_look_drop(look);
	}
	if (err)
		ui_error("cannot understand %s: %s; are memmon and the module of one version?",
			 module_status_path(), strerror(-err));
	return err;
}

void module_look_drop(struct module_look *look)
{
	memmon_status_destroy(look->status);
	look->status = NULL;
}

/* A module without the device has its status file all the same. */
static void explain_no_device(void)
{
	if (access(module_status_path(), F_OK))
		ui_error("mem_monitor is not loaded; load it with 'modprobe mem_monitor'");
	else
		ui_error("the mem_monitor that is loaded is too old to have %s; load a newer one",
			 MEMMON_DEVICE_PATH);
}

int module_explain_device(int err)
{
	switch (err) {
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		explain_no_device();
		return CMD_NO_ACCESS;
	case -EACCES:
	case -EPERM:
		ui_error("no permission to open %s; run memmon as root or with CAP_PERFMON",
			 MEMMON_DEVICE_PATH);
		return CMD_NO_ACCESS;
	case -EPROTO:
		ui_error("the mem_monitor that is loaded speaks another version of the protocol "
			 "than memmon %s; install both from one release",
			 memmon_version());
		return CMD_NO_ACCESS;
	default:
		ui_error("cannot open %s: %s", MEMMON_DEVICE_PATH, strerror(-err));
		return CMD_FAILED;
	}
}

struct memmon_loss module_loss(const struct memmon_books *books)
{
	return (struct memmon_loss){
		.seen = books->seen,
		.recorded = books->recorded,
		.filtered = books->filtered,
		.dropped = books->dropped,
		.overwritten = books->overwritten_requests + books->overwritten_frees,
		.in_flight = books->in_flight,
	};
}

/* A reason that this module does not know has no line, and counts nothing. */
static void read_reasons(const struct memmon_status *status, const char *const *keys, size_t nr,
			 uint64_t *counts)
{
	for (size_t i = 0; i < nr; i++)
		memmon_status_number(status, keys[i], &counts[i]);
}

struct memmon_loss module_loss_of(const struct module_look *look)
{
	static const char *const filtered[] = {
#define FILTERED_KEY(id, name) [MEMMON_FILTERED_##id] = "filtered." name,
		MEMMON_FILTER_REASONS(FILTERED_KEY)
#undef FILTERED_KEY
	};
	static const char *const dropped[] = {
#define DROPPED_KEY(id, name) [MEMMON_DROPPED_##id] = "dropped." name,
		MEMMON_DROP_REASONS(DROPPED_KEY)
#undef DROPPED_KEY
	};
	struct memmon_loss loss = module_loss(&look->books);

	read_reasons(look->status, filtered, MEMMON_NR_FILTER_REASONS, loss.filtered_by);
	read_reasons(look->status, dropped, MEMMON_NR_DROP_REASONS, loss.dropped_by);
	return loss;
}

json_t *module_loss_json(const struct memmon_books *books)
{
	return json_pack("{s:I, s:I, s:I}", "dropped", (json_int_t)books->dropped,
			 "overwritten_requests", (json_int_t)books->overwritten_requests,
			 "overwritten_frees", (json_int_t)books->overwritten_frees);
}
