// SPDX-License-Identifier: GPL-2.0
/* Tests where a recording may be made: nothing but an older recording is ever moved or removed. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "record.h"
#include "unit.h"

static char root[32] = "/tmp/memmon-record.XXXXXX";

static int start(void **state)
{
	(void)state;
	strcpy(root + sizeof(root) - 7, "XXXXXX");
	return mkdtemp(root) && !chdir(root) ? 0 : -1;
}

static int end(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", root);
	return chdir("/") || system(command);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A folder that looks like a recording, with a mark to tell it from others. */
static void make_recording(const char *dir, const char *mark)
{
	char path[64];

	assert_int_equal(mkdir(dir, 0700), 0);
	snprintf(path, sizeof(path), "%s/metadata", dir);
	write_file(path, "/* CTF 1.8 */\n");
	snprintf(path, sizeof(path), "%s/memmon", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/memmon/%s", dir, mark);
	write_file(path, "");
}

static void new_and_empty_are_fine(void **state)
{
	(void)state;
	assert_int_equal(record_dir_prepare("new"), CMD_GO_ON);
	assert_int_equal(mkdir("empty", 0700), 0);
	assert_int_equal(record_dir_prepare("empty"), CMD_GO_ON);
	assert_int_equal(access("empty", F_OK), 0);
}

static void an_older_recording_is_set_aside(void **state)
{
	(void)state;
	make_recording("dir", "first");
	assert_int_equal(record_dir_prepare("dir/"), CMD_GO_ON);
	assert_int_equal(access("dir", F_OK), -1);
	assert_int_equal(access("dir.old/memmon/first", F_OK), 0);
	make_recording("dir", "second");
	assert_int_equal(record_dir_prepare("dir"), CMD_GO_ON);
	assert_int_equal(access("dir.old/memmon/first", F_OK), -1);
	assert_int_equal(access("dir.old/memmon/second", F_OK), 0);
}

static void nothing_else_is_touched(void **state)
{
	(void)state;
	assert_int_equal(mkdir("home", 0700), 0);
	write_file("home/letter", "");
	assert_int_equal(record_dir_prepare("home"), CMD_FAILED);
	write_file("home/metadata", "other");
	assert_int_equal(record_dir_prepare("home"), CMD_FAILED);
	assert_int_equal(access("home/letter", F_OK), 0);
	write_file("file", "");
	assert_int_equal(record_dir_prepare("file"), CMD_FAILED);
	/* What a link leads to is somebody else's. */
	make_recording("there", "mark");
	assert_int_equal(symlink("there", "link"), 0);
	assert_int_equal(record_dir_prepare("link"), CMD_FAILED);
	assert_int_equal(access("there/memmon/mark", F_OK), 0);
}

static void what_is_called_old_is_not_touched_either(void **state)
{
	(void)state;
	make_recording("dir", "mark");
	assert_int_equal(mkdir("dir.old", 0700), 0);
	write_file("dir.old/letter", "");
	assert_int_equal(record_dir_prepare("dir"), CMD_FAILED);
	assert_int_equal(access("dir.old/letter", F_OK), 0);
	assert_int_equal(access("dir/memmon/mark", F_OK), 0);
}

static void links_in_an_old_one_are_not_followed(void **state)
{
	(void)state;
	assert_int_equal(mkdir("home", 0700), 0);
	write_file("home/letter", "");
	make_recording("dir.old", "mark");
	assert_int_equal(symlink("../home", "dir.old/home"), 0);
	make_recording("dir", "mark");
	assert_int_equal(record_dir_prepare("dir"), CMD_GO_ON);
	assert_int_equal(access("home/letter", F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(new_and_empty_are_fine, start, end),
		cmocka_unit_test_setup_teardown(an_older_recording_is_set_aside, start, end),
		cmocka_unit_test_setup_teardown(nothing_else_is_touched, start, end),
		cmocka_unit_test_setup_teardown(what_is_called_old_is_not_touched_either, start,
						end),
		cmocka_unit_test_setup_teardown(links_in_an_old_one_are_not_followed, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
