// SPDX-License-Identifier: GPL-2.0
/* Prints messages on stderr, and notices output that did not arrive. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "ui.h"

static const char *prog_name = "memmon";

void ui_begin(const char *prog)
{
	prog_name = prog;
}

void ui_error(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", prog_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int ui_flush(FILE *out, const char *name)
{
	int err;

	errno = 0;
	if (!fflush(out) && !ferror(out))
		return 0;
	/* An earlier write may have failed, and its reason is gone by now. */
	err = errno ? errno : EIO;
	ui_error("cannot write to %s: %s; make room or choose another place", name, strerror(err));
	return -err;
}
