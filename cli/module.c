// SPDX-License-Identifier: GPL-2.0
/* Reads the module's status and says what was lost. */
#include <errno.h>
#include <inttypes.h>
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

void module_print_loss(const struct memmon_books *books, FILE *out)
{
	fprintf(out,
		"lost: dropped %" PRIu64 ", overwritten requests %" PRIu64
		", overwritten frees %" PRIu64 "\n",
		books->dropped, books->overwritten_requests, books->overwritten_frees);
}

json_t *module_loss_json(const struct memmon_books *books)
{
	return json_pack("{s:I, s:I, s:I}", "dropped", (json_int_t)books->dropped,
			 "overwritten_requests", (json_int_t)books->overwritten_requests,
			 "overwritten_frees", (json_int_t)books->overwritten_frees);
}
