// SPDX-License-Identifier: GPL-2.0
/* Takes looks at the slab caches for memmon stat. */
#include <errno.h>
#include <string.h>

#include "stat.h"
#include "ui.h"

int stat_looks_open(struct stat_looks *looks)
{
	const char *path = module_slabinfo_path();
	int err = memmon_file_open(path, &looks->file);

	if (err == -EACCES || err == -EPERM) {
		ui_error("no permission to read %s; run memmon stat as root", path);
		return CMD_NO_ACCESS;
	}
	if (err == -ENOENT) {
		ui_error("there is no %s; memmon stat needs a kernel with slabinfo", path);
		return CMD_NO_ACCESS;
	}
	if (!err)
		err = memmon_slabinfo_create(&looks->info);
	if (!err)
		err = memmon_experiment_create(&looks->experiment);
	if (err) {
		ui_error("cannot watch %s: %s", path, strerror(-err));
		return CMD_FAILED;
	}
	return CMD_OK;
}

void stat_looks_close(struct stat_looks *looks)
{
	memmon_experiment_destroy(looks->experiment);
	memmon_slabinfo_destroy(looks->info);
	memmon_file_close(looks->file);
}

int stat_looks_take(struct stat_looks *looks, enum memmon_phase phase)
{
	const char *text;
	size_t len;
	int err;

	looks->nr_samples += phase == MEMMON_DURING;
	looks->nr_idle += phase == MEMMON_IDLE;
	err = memmon_file_read(looks->file, &text, &len);
	if (!err)
		err = memmon_slabinfo_parse(looks->info, text, len);
	if (!err) {
		looks->nr_skipped += memmon_slabinfo_skipped(looks->info);
		err = memmon_experiment_add(looks->experiment, phase, looks->info);
	}
	if (err)
		ui_error("cannot understand %s: %s", module_slabinfo_path(), strerror(-err));
	return err;
}
