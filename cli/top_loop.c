// SPDX-License-Identifier: GPL-2.0
/* What goes on in memmon top: looks, keys and frames, until somebody ends it. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "top.h"
#include "ui.h"

static volatile sig_atomic_t is_stopped;

static void stop(int signal)
{
	(void)signal;
	is_stopped = 1;
}

/* Without SA_RESTART: whoever waits for a key or the time notices. */
static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int explain(const struct top_source *source, int err)
{
	if (source->session)
		ui_error("cannot read the totals: %s; see 'memmon status'", strerror(-err));
	else
		ui_error("cannot read the recording: %s", strerror(-err));
	return CMD_FAILED;
}

static int look(struct top_model *model, struct top_source *source)
{
	int err = top_source_look(source, model->interval);

	if (!err && model->is_recording)
		model->is_over = !source->has_more;
	return err;
}

/* How long an interval is on the clock of the wall. */
static double pause_of(const struct top_model *model)
{
	return model->is_recording ? model->interval / model->speed : model->interval;
}

/* Takes keys until the next look is due. @next: when that is. */
static int take_keys(struct top_model *model, struct top_frame *frame, double next)
{
	double left = model->is_paused || model->is_over ? 1 : next - now_seconds();
	int err = 0, key = top_screen_key(left > 0 ? (int)(left * 1000) + 1 : 0);

	/* What was typed meanwhile is done at once, and then shown once; each key sees what the last one did. */
	for (; key >= 0 && !err && !model->is_ended; key = top_screen_key(0)) {
		err = top_key(model, key, frame->page);
		if (!err)
			err = top_order(model);
	}
	return err;
}

static int go_on(struct top_model *model, struct top_source *source, struct top_frame *frame)
{
	double next = now_seconds() + pause_of(model);
	int err = 0;

	while (!err && !is_stopped && !model->is_ended) {
		top_screen_size(&frame->width, &frame->height);
		err = top_draw(model, frame);
		if (err)
			break;
		top_screen_show(frame);
		err = take_keys(model, frame, next);
		if (err || model->is_over ||
		    (model->is_paused ? !model->wants_step : now_seconds() < next))
			continue;
		err = look(model, source);
		model->wants_step = false;
		next = now_seconds() + pause_of(model);
	}
	return err;
}

int top_watch(struct top_model *model, struct top_source *source)
{
	struct top_frame *frame = calloc(1, sizeof(*frame));
	int err = -ENOMEM, status;

	catch_signals();
	status = frame ? top_screen_begin() : CMD_GO_ON;
	if (status != CMD_GO_ON) {
		free(frame);
		return status;
	}
	if (frame) {
		frame->is_utf8 = top_screen_is_utf8();
		err = go_on(model, source, frame);
	}
	/* Before anything is said: it would be on the screen that goes away. */
	top_screen_end();
	free(frame);
	return err ? explain(source, err) : CMD_OK;
}

/* Sleeps until some moment, or a signal. */
static void wait_until(double moment)
{
	double left;

	while (!is_stopped && (left = moment - now_seconds()) > 0) {
		struct timespec pause = { .tv_sec = (time_t)left };

		pause.tv_nsec = (long)((left - (double)pause.tv_sec) * 1e9);
		nanosleep(&pause, NULL);
	}
}

int top_print(struct top_model *model, struct top_source *source, unsigned int nr_intervals,
	      unsigned int nr_rows, bool is_json)
{
	double next = now_seconds();
	int err = 0;

	catch_signals();
	for (unsigned int i = 0; !nr_intervals || i < nr_intervals; i++) {
		next += model->interval;
		if (!model->is_recording)
			wait_until(next);
		if (is_stopped || model->is_over)
			break;
		err = look(model, source);
		if (!err)
			err = is_json ? top_json(model, nr_rows, stdout) :
					top_batch(model, nr_rows, stdout);
		if (err)
			return explain(source, err);
		/* Whoever watches wants to see it now; main() says why it could not be written. */
		if (fflush(stdout) || ferror(stdout))
			return CMD_FAILED;
	}
	return CMD_OK;
}
