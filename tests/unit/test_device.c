// SPDX-License-Identifier: GPL-2.0
/* Tests what is said when the device cannot be opened. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "module.h"
#include "unit.h"

/* What comes on stderr meanwhile must hold a text, on one line. */
static void expect(int err, int exit_code, const char *text)
{
	char said[1024] = "";
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO), status;

	assert_non_null(file);
	dup2(fileno(file), STDERR_FILENO);
	status = module_explain_device(err);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	assert_true(fread(said, 1, sizeof(said) - 1, file) > 0);
	fclose(file);
	assert_int_equal(status, exit_code);
	assert_non_null(strstr(said, text));
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void every_reason_has_its_line(void **state)
{
	(void)state;
	setenv("MEMMON_TEST_STATUS", "/nonexistent/status", 1);
	expect(-ENOENT, CMD_NO_ACCESS, "mem_monitor is not loaded");
	setenv("MEMMON_TEST_STATUS", "/dev/null", 1);
	expect(-ENOENT, CMD_NO_ACCESS, "too old to have /dev/mem_monitor");
	expect(-ENXIO, CMD_NO_ACCESS, "too old");
	expect(-EACCES, CMD_NO_ACCESS, "no permission to open");
	expect(-EPERM, CMD_NO_ACCESS, "CAP_PERFMON");
	expect(-EPROTO, CMD_NO_ACCESS, "another version of the protocol");
	expect(-ENOMEM, CMD_FAILED, strerror(ENOMEM));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
