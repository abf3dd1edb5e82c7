// SPDX-License-Identifier: GPL-2.0
/* memmon verify: has a module allocate in every way, and says which of it mem_monitor sees on this kernel. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "module.h"
#include "ui.h"
#include "verify.h"

#define MEANWHILE_MS 20
#define LOOK_SECONDS 0.25
/* What a worker does late, at most, once all has been given back. */
#define SETTLE_SECONDS 3.0
#define WAIT_SECONDS 8.0

struct settings {
	const char *module;
	double wait_seconds;
	bool is_json;
	bool is_kept;
};

static const struct cmd_option options[] = {
	{
		.name = "module",
		.type = CMD_TEXT,
		.value = "FILE",
		.help = "the companion, instead of what modprobe finds",
		.offset = offsetof(struct settings, module),
	},
	{
		.name = "wait",
		.type = CMD_SECONDS,
		.value = "SEC",
		.help = "for what is given to kfree_rcu(), at most; 8",
		.offset = offsetof(struct settings, wait_seconds),
		.max = 3600,
	},
	{
		.name = "keep",
		.type = CMD_FLAG,
		.help = "leave the module loaded, with the objects it holds",
		.offset = offsetof(struct settings, is_kept),
	},
	{
		.letter = 'j',
		.name = "json",
		.type = CMD_FLAG,
		.help = "print JSON",
		.offset = offsetof(struct settings, is_json),
	},
	{},
};

/**
 * struct run - a run of the command
 * @lists: after each phase that was reached
 * @result: of the last comparison
 */
struct run {
	const struct settings *settings;
	struct verify_watch *watch;
	struct verify_list *lists[VERIFY_NR_PHASES];
	struct memmon_site_range site;
	struct verify_result result;
	double begin;
};

static volatile sig_atomic_t is_interrupted;

static void on_signal(int number)
{
	(void)number;
	is_interrupted = 1;
}

/* The module must not stay behind, so it is unloaded first and only then the signal obeyed. */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int take_meanwhile(void *arg)
{
	return verify_watch_take(arg, MEANWHILE_MS);
}

/* Has the module go on, and takes its list, the events and the ledger after that. */
static int do_phase(struct run *run, const char *command, enum verify_phase phase)
{
	int err = verify_module_do(command, take_meanwhile, run->watch);

	if (!err)
		err = verify_module_list(&run->lists[phase]);
	if (!err)
		err = verify_watch_take(run->watch, 0);
	if (!err && phase == VERIFY_MADE)
		err = verify_watch_choose(run->watch, run->lists[phase]);
	return err ? err : verify_watch_look(run->watch, phase);
}

static int compare(struct run *run)
{
	struct verify_seen seen = *verify_watch_seen(run->watch);
	int err;

	seen.site = run->site;
	verify_result_free(&run->result);
	err = verify_check(run->lists, &seen, &run->result);
	if (err)
		ui_error("cannot compare what was made with what was seen: %s", strerror(-err));
	return err;
}

/* At the end only what newer kernels keep for a CPU can be pending, and that would be for long. */
static bool is_settled(const struct run *run, enum verify_phase phase)
{
	return run->result.verdict == VERIFY_OK && (phase == VERIFY_ENDED || !run->result.pending);
}

/* The rings do not wait. */
static int take_for(struct verify_watch *watch, double seconds)
{
	double end = now_seconds() + seconds;
	int err = 0;

	while (!err && !is_interrupted && now_seconds() < end)
		err = verify_watch_take(watch, MEANWHILE_MS);
	return err;
}

/* Compares until nothing is pending or missed any more, or the time is up. */
static int compare_for(struct run *run, enum verify_phase phase, double seconds)
{
	double end = now_seconds() + seconds;
	int err;

	for (;;) {
		err = verify_watch_take(run->watch, 0);
		if (!err)
			err = verify_watch_look(run->watch, phase);
		if (!err)
			err = compare(run);
		if (err || is_interrupted)
			return err;
		if (is_settled(run, phase) || now_seconds() >= end)
			return 0;
		err = take_for(run->watch, LOOK_SECONDS);
		if (err)
			return err;
	}
}

static int go_through_phases(struct run *run)
{
	int err = do_phase(run, "make", VERIFY_MADE);

	if (!err && !is_interrupted)
		err = do_phase(run, "free", VERIFY_PART_FREED);
	if (!err && !is_interrupted)
		err = compare_for(run, VERIFY_PART_FREED, run->settings->wait_seconds);
	if (err || is_interrupted || run->settings->is_kept)
		return err;
	err = do_phase(run, "end", VERIFY_ENDED);
	return err || is_interrupted ? err : compare_for(run, VERIFY_ENDED, SETTLE_SECONDS);
}

/* The module's own status says why a hook is missing. */
static void find_blind(struct run *run, struct verify_blind *blind)
{
	struct memmon_file *status_file = NULL, *kallsyms_file = NULL;
	struct memmon_status *status = NULL;
	const char *text, *kallsyms = NULL;
	size_t len;

	if (!memmon_file_open(module_status_path(), &status_file) &&
	    !memmon_file_read(status_file, &text, &len) && memmon_status_parse(text, len, &status))
		status = NULL;
	if (!memmon_file_open(MEMMON_KALLSYMS_PATH, &kallsyms_file) &&
	    memmon_file_read(kallsyms_file, &kallsyms, &len))
		kallsyms = NULL;
	verify_blind_find(verify_watch_missing(run->watch), status, kallsyms, blind);
	memmon_status_destroy(status);
	if (status_file)
		memmon_file_close(status_file);
	if (kallsyms_file)
		memmon_file_close(kallsyms_file);
}

static int show(struct run *run)
{
	struct verify_blind blind;
	struct memmon_loss loss;
	struct verify_report report = {
		.result = &run->result,
		.blind = &blind,
		.loss = &loss,
		.untracked = verify_watch_untracked(run->watch),
		.seconds = now_seconds() - run->begin,
		.has_other_cpu = run->lists[VERIFY_MADE]->other_cpu >= 0,
		.is_kept = run->settings->is_kept,
	};
	int err = verify_watch_loss(run->watch, &loss);

	if (!err) {
		find_blind(run, &blind);
		err = run->settings->is_json ? ui_json_print(verify_report_json(&report), stdout) :
					       verify_report_text(&report, stdout);
	}
	if (err) {
		ui_error("%s", strerror(-err));
		return CMD_FAILED;
	}
	return run->result.verdict == VERIFY_OK ? CMD_OK : CMD_FAILED;
}

/* The module is loaded, and will be unloaded by the caller. */
static int verify(struct run *run)
{
	int status;

	run->site = verify_module_range();
	status = verify_watch_enable(run->watch);
	if (status != CMD_GO_ON)
		return status;
	run->begin = now_seconds();
	if (go_through_phases(run))
		return CMD_FAILED;
	if (is_interrupted) {
		ui_error("interrupted before all was seen");
		return CMD_FAILED;
	}
	return show(run);
}

static int run_verify(const struct settings *settings)
{
	struct run run = { .settings = settings };
	int status = verify_watch_open(&run.watch);

	if (status != CMD_GO_ON)
		return status;
	catch_signals();
	status = verify_module_load(settings->module);
	if (status == CMD_GO_ON) {
		status = verify(&run);
		if ((!settings->is_kept || is_interrupted) && verify_module_unload() != CMD_OK &&
		    status == CMD_OK)
			status = CMD_FAILED;
	}
	verify_result_free(&run.result);
	for (int phase = 0; phase < VERIFY_NR_PHASES; phase++)
		verify_list_free(run.lists[phase]);
	verify_watch_close(run.watch);
	return status;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = { .wait_seconds = WAIT_SECONDS };
	int first, status;

	status = cmd_parse(cmd, argc, argv, &settings, &first);
	if (status == CMD_GO_ON)
		status = cmd_no_operands(cmd, argc, argv, first);
	return status == CMD_GO_ON ? run_verify(&settings) : status;
}

const struct cmd cmd_verify = {
	.name = "verify",
	.prog = "memmon verify",
	.summary = "Prove what mem_monitor sees on this kernel.",
	.page = "memmon-verify(1)",
	.options = options,
	.run = run,
};
