// SPDX-License-Identifier: GPL-2.0
/* Runs the command of memmon stat as often as asked for, and measures the noise after it. */
#include <errno.h>
#include <string.h>

#include "stat.h"
#include "ui.h"

/* Sessions where the module has them, else its log; without a module the slab caches alone. */
static int open_counter(const struct stat_settings *settings, struct stat_result *result)
{
	int err;

	if (settings->only_command) {
		int status = stat_cgroup_create(&result->cgroup);

		if (status != CMD_OK)
			return status;
	}
	err = stat_session_create(result->cgroup, settings->has_stacks, &result->session);
	if (!err)
		return CMD_OK;
	/* What speaks another language is not asked in an older one, either. */
	if (err == -EPROTO || settings->only_command || settings->has_stacks)
		return module_explain_device(err);
	result->module = stat_module_open();
	if (err == -ENOENT || err == -ENODEV || err == -ENXIO)
		result->no_session = result->module ? "the module has no /dev/mem_monitor" :
						      "mem_monitor is not loaded";
	else if (err == -EACCES || err == -EPERM)
		result->no_session = "there is no permission to open /dev/mem_monitor";
	else
		result->no_session = strerror(-err);
	return CMD_OK;
}

/* Better now than after a command that takes hours. */
static int refuse_unknown(const struct stat_settings *settings, const struct stat_result *result)
{
	for (unsigned int i = 0; i < settings->fail_if.nr && !result->session; i++) {
		const struct stat_condition *condition = &settings->conditions[i];

		if (stat_condition_needs_session(condition) ||
		    (stat_condition_needs_module(condition) && !result->module)) {
			ui_error("cannot check '%s': %s", settings->fail_if.items[i],
				 result->no_session);
			return CMD_NO_ACCESS;
		}
	}
	return CMD_OK;
}

int stat_runs_open(const struct stat_settings *settings, struct stat_result *result)
{
	int status = stat_looks_open(&result->looks);

	if (status == CMD_OK)
		status = open_counter(settings, result);
	return status == CMD_OK ? refuse_unknown(settings, result) : status;
}

void stat_runs_close(struct stat_result *result)
{
	stat_session_destroy(result->session);
	stat_cgroup_destroy(result->cgroup);
	stat_module_close(result->module);
	stat_looks_close(&result->looks);
}

static int look_during(void *arg)
{
	struct stat_result *result = arg;

	return stat_looks_take(&result->looks, MEMMON_DURING);
}

static int look_idle(void *arg)
{
	struct stat_result *result = arg;

	return stat_looks_take(&result->looks, MEMMON_IDLE);
}

static int say_drain_failed(int err)
{
	ui_error("cannot count what mem_monitor records: %s", strerror(-err));
	return err;
}

static int drain(void *arg)
{
	struct stat_result *result = arg;
	int err = stat_session_drain(result->session);

	return err ? say_drain_failed(err) : 0;
}

static struct stat_watcher watcher_of(const struct stat_settings *settings,
				      struct stat_result *result, int (*look)(void *arg))
{
	return (struct stat_watcher){
		.interval_ms = settings->interval_ms,
		.look = look,
		.drain = drain,
		.fd = result->session ? stat_session_fd(result->session) : -1,
		.arg = result,
	};
}

/* Memmon goes into the cgroup and out again: what it starts in between, stays there. */
static int start(const struct stat_settings *settings, const struct stat_result *result, pid_t *pid)
{
	int err, left = 0;

	err = result->cgroup ? stat_cgroup_enter(result->cgroup) : 0;
	if (err) {
		ui_error("cannot use a cgroup for --only-command: %s", strerror(-err));
		return CMD_FAILED;
	}
	err = stat_child_start(settings->command, pid);
	if (result->cgroup)
		left = stat_cgroup_leave(result->cgroup);
	if (left)
		ui_error("cannot leave the cgroup of --only-command: %s", strerror(-left));
	if (!err)
		return CMD_OK;
	ui_error("cannot run '%s': %s", settings->command[0], strerror(-err));
	return err == -ENOENT ? 127 : 126;
}

/*
 * A session leaves out what memmon does itself, so that the look at the caches may come after its begin;
 * the log does not.
 */
static int begin_run(struct stat_result *result)
{
	int err = result->session ? stat_session_begin(result->session) : 0;

	if (err) {
		ui_error("mem_monitor cannot begin a session: %s; see 'memmon status'",
			 strerror(-err));
		return err;
	}
	err = stat_looks_take(&result->looks, MEMMON_BEFORE);
	if (!err && result->module)
		err = stat_module_begin(result->module);
	return err;
}

/* Says why requests are not exact in a run; NULL when they are. */
static const char *count(struct stat_result *result)
{
	if (!result->session)
		return stat_module_count(result->module, result->looks.experiment);
	if (stat_session_missing(result->session))
		return "a probe is missing, see 'memmon status'";
	return stat_session_loss(result->session)->dropped ? "events were dropped" : NULL;
}

/* What a command held is freed a little later than its end; a session sees that, too. */
static int settle(const struct stat_settings *settings, struct stat_result *result)
{
	struct stat_watcher watcher = watcher_of(settings, result, NULL);
	bool is_interrupted = false;
	int err;

	if (result->module && stat_module_end(result->module))
		return CMD_FAILED;
	err = stat_idle_watch(settings->settle_ms / 1e3, &watcher, &is_interrupted);
	if (err || stat_looks_take(&result->looks, MEMMON_AFTER))
		return CMD_FAILED;
	result->is_interrupted |= is_interrupted;
	if (!result->session)
		return CMD_OK;
	err = stat_session_end(result->session, result->looks.experiment);
	return err ? (say_drain_failed(err), CMD_FAILED) : CMD_OK;
}

static int make_run(const struct stat_settings *settings, struct stat_result *result)
{
	struct stat_watcher watcher;
	const char *not_counted;
	double begin;
	int status;
	pid_t pid;

	if (begin_run(result))
		return CMD_FAILED;
	begin = stat_now_seconds();
	status = start(settings, result, &pid);
	if (status != CMD_OK)
		return status;
	watcher = watcher_of(settings, result, look_during);
	if (stat_child_watch(pid, &watcher, &result->exit_code, &result->is_interrupted))
		return CMD_FAILED;
	memmon_spread_add(&result->seconds, stat_now_seconds() - begin);
	status = settle(settings, result);
	if (status != CMD_OK)
		return status;
	not_counted = count(result);
	if (!result->not_counted)
		result->not_counted = not_counted;
	memmon_experiment_end_run(result->looks.experiment);
	return CMD_OK;
}

/*
 * After the command, since only then it is known how long a run takes. So what drains away by itself
 * after a run counts as noise, and not as a leak.
 */
static int measure_noise(const struct stat_settings *settings, struct stat_result *result)
{
	double seconds = settings->noise_s, begin = stat_now_seconds();
	struct stat_watcher watcher = {
		.interval_ms = settings->interval_ms,
		.look = look_idle,
		.fd = -1,
		.arg = result,
	};
	bool is_interrupted = false;

	if (seconds < 0)
		seconds = result->seconds.mean + settings->settle_ms / 1e3;
	if (look_idle(result) || stat_idle_watch(seconds, &watcher, &is_interrupted))
		return CMD_FAILED;
	if (look_idle(result))
		return CMD_FAILED;
	result->idle_seconds = stat_now_seconds() - begin;
	return CMD_OK;
}

int stat_runs_make(const struct stat_settings *settings, struct stat_result *result)
{
	for (unsigned int i = 0; i < settings->repeat; i++) {
		int status = make_run(settings, result);

		if (status != CMD_OK)
			return status;
		if (result->exit_code || result->is_interrupted)
			break;
	}
	if (settings->no_noise)
		result->no_noise = "--no-noise was given";
	else if (result->is_interrupted)
		result->no_noise = "interrupted";
	else
		return measure_noise(settings, result);
	return CMD_OK;
}
