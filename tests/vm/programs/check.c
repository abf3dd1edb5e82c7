// SPDX-License-Identifier: GPL-2.0
/* Counts what was checked and what failed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static unsigned long nr_checked, nr_failed;

void die(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("device: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

void check_true(bool is_true, const char *what, const char *function, int line)
{
	nr_checked++;
	if (is_true)
		return;
	nr_failed++;
	printf("%s:%d: not so: %s\n", function, line, what);
	fflush(stdout);
}

void check_error(long ret, int wanted, const char *what, const char *function, int line)
{
	int got = errno;

	nr_checked++;
	if (ret == -1 && got == wanted)
		return;
	nr_failed++;
	printf("%s:%d: %s returned %ld (%s), not %s\n", function, line, what, ret,
	       ret == -1 ? strerrorname_np(got) : "no error", strerrorname_np(wanted));
	fflush(stdout);
}

int check_result(void)
{
	printf("%lu checks, %lu failed\n", nr_checked, nr_failed);
	return nr_failed || !nr_checked;
}
