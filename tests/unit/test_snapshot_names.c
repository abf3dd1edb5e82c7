// SPDX-License-Identifier: GPL-2.0
/* Tests how a snapshot names caches, cgroups and call sites. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snapshot_taken.h"

static char dir[32];
static char mountinfo[64];

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* Makes or removes a folder below ours. Return: the inode number of the new one. */
static uint64_t make_dir(const char *name)
{
	char path[128];
	struct stat stat_buf;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(stat(path, &stat_buf), 0);
	return stat_buf.st_ino;
}

static void remove_dir(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(rmdir(path), 0);
}

static void begin(void)
{
	begin_with(0, dir, mountinfo);
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	strcpy(dir, "/tmp/memmon-unit.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(mountinfo, sizeof(mountinfo), "%s/mountinfo", dir);
	return 0;
}

static int end(void **state)
{
	(void)state;
	memmon_session_close(session);
	session = NULL;
	assert_int_equal(fake.nr_open, 0);
	fake_free();
	unlink(mountinfo);
	rmdir(dir);
	return 0;
}

static void caches_have_names(void **state)
{
	const struct memmon_cache *cache;
	struct memmon_snapshot *snapshot;

	(void)state;
	begin();
	snapshot = take();
	for (int i = 0; i < 2; i++) {
		cache = memmon_snapshot_cache(snapshot, 7);
		assert_non_null(cache);
		assert_string_equal(cache->name, "dentry");
		assert_string_equal(cache->aliases, "");
		assert_int_equal(cache->object_bytes, 192);
		assert_null(memmon_snapshot_cache(snapshot, 8));
		assert_null(memmon_snapshot_cache(snapshot, 0));
		assert_null(memmon_snapshot_cache(snapshot, 65536));
	}
	memmon_snapshot_free(snapshot);
}

static void merged_caches_have_aliases(void **state)
{
	const char *const folders[] = { "kernel", "kernel/slab", "kernel/slab/:0000192" };
	struct memmon_snapshot *snapshot;
	char from[128];

	(void)state;
	for (int i = 0; i < 3; i++)
		make_dir(folders[i]);
	snprintf(from, sizeof(from), "%s/kernel/slab/dentry", dir);
	assert_int_equal(symlink(":0000192", from), 0);
	snprintf(from, sizeof(from), "%s/kernel/slab/filp", dir);
	assert_int_equal(symlink(":0000192", from), 0);
	begin();
	snapshot = take();
	assert_string_equal(memmon_snapshot_cache(snapshot, 7)->aliases, "filp");
	memmon_snapshot_free(snapshot);
	unlink(from);
	snprintf(from, sizeof(from), "%s/kernel/slab/dentry", dir);
	unlink(from);
	for (int i = 2; i >= 0; i--)
		remove_dir(folders[i]);
}

static void modules_that_are_gone_keep_their_names(void **state)
{
	const struct memmon_account accounts[] = {
		{ .id = 1,
		  .event_class = MEMMON_CLASS_KMALLOC,
		  .is_gone = 1,
		  .call_site = 0xffffffffc0001012,
		  .site_name = "leaky_init+0x12/0x34 [leaky]" },
		{ .id = 2, .event_class = MEMMON_CLASS_KMALLOC, .call_site = 0xffffffffc0001012 },
		{ .id = 3,
		  .event_class = MEMMON_CLASS_KMALLOC,
		  .call_site = 0xffffffffc0002000,
		  .site_name = "worse_init+0x0/0x8 [worse 1f2e3d]" },
		{ .id = 4,
		  .event_class = MEMMON_CLASS_KMALLOC,
		  .is_gone = 1,
		  .call_site = 0xffffffffc0003000,
		  .site_name = "0xffffffffc0003000" },
	};
	struct memmon_snapshot *snapshot;
	char text[64];
	bool is_gone;

	(void)state;
	begin();
	SET_TABLE(ACCOUNTS, accounts);
	snapshot = take();
	assert_site(snapshot, 0, "leaky_init+0x12 [leaky]");
	assert_string_equal(memmon_snapshot_module(snapshot, 0, &is_gone), "leaky");
	assert_true(is_gone);
	/* Another module has come to the same address. */
	memmon_snapshot_module(snapshot, 1, &is_gone);
	assert_false(is_gone);
	memmon_snapshot_address(snapshot, 0xffffffffc0001012, text, sizeof(text));
	assert_null(strstr(text, "leaky"));
	assert_site(snapshot, 2, "worse_init+0x0 [worse 1f2e3d]");
	assert_string_equal(memmon_snapshot_module(snapshot, 2, &is_gone), "worse");
	memmon_snapshot_address(snapshot, 0, text, sizeof(text));
	assert_string_equal(text, "(code that is gone)");
	memmon_snapshot_address(snapshot, 0xffffffffc0002000, text, sizeof(text));
	assert_string_equal(text, "worse_init+0x0 [worse 1f2e3d]");
	assert_site(snapshot, 3, "0xffffffffc0003000");
	/* Only the code of its init function is gone. */
	assert_false(is_gone);
	assert_null(memmon_snapshot_module(snapshot, 3, &is_gone));
	assert_true(is_gone);
	memmon_snapshot_free(snapshot);
}

static void cgroups_have_paths(void **state)
{
	struct memmon_account accounts[] = {
		{ .id = 1, .event_class = MEMMON_CLASS_KMALLOC },
		{ .id = 2, .event_class = MEMMON_CLASS_KMALLOC },
		{ .id = 3, .event_class = MEMMON_CLASS_KMALLOC, .cgroup = UINT64_MAX },
		{ .id = 4, .event_class = MEMMON_CLASS_KMALLOC },
		{ .id = 5, .event_class = MEMMON_CLASS_KMALLOC },
	};
	struct memmon_snapshot *snapshot;
	struct stat stat_buf;
	char text[256];

	(void)state;
	make_dir("a b");
	accounts[0].cgroup = make_dir("a b/c");
	snprintf(text, sizeof(text), "%s/a b", dir);
	assert_int_equal(stat(text, &stat_buf), 0);
	accounts[1].cgroup = stat_buf.st_ino;
	snprintf(text, sizeof(text),
		 "20 1 0:1 / /proc rw - proc none rw\n"
		 "30 1 0:2 / %s/none rw,nosuid shared:9 - cgroup none rw\n"
		 "31 1 0:3 / %s/a\\040b rw,nosuid shared:9 master:3 - cgroup2 cgroup2 rw\n",
		 dir, dir);
	put(mountinfo, text);
	begin();
	SET_TABLE(ACCOUNTS, accounts);
	snapshot = take();
	assert_string_equal(memmon_snapshot_cgroup(snapshot, 0), "/c");
	assert_string_equal(memmon_snapshot_cgroup(snapshot, 1), "/");
	assert_null(memmon_snapshot_cgroup(snapshot, 2));
	assert_null(memmon_snapshot_cgroup(snapshot, 3));
	memmon_snapshot_free(snapshot);
	/* One goes and keeps its name, one comes and gets one. */
	accounts[4].cgroup = make_dir("a b/d");
	remove_dir("a b/c");
	snapshot = take();
	assert_string_equal(memmon_snapshot_cgroup(snapshot, 0), "/c");
	assert_string_equal(memmon_snapshot_cgroup(snapshot, 4), "/d");
	memmon_snapshot_free(snapshot);
	remove_dir("a b/d");
	remove_dir("a b");
}

static void cgroups_of_a_part_of_the_hierarchy(void **state)
{
	struct memmon_account accounts[] = { { .id = 1, .event_class = MEMMON_CLASS_KMALLOC } };
	const char *const roots[][2] = {
		{ "/box", "/box/c" },
		{ "/../..", "/c" },
	};
	struct memmon_snapshot *snapshot;
	char text[256];

	(void)state;
	accounts[0].cgroup = make_dir("c");
	for (int i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), "31 1 0:3 %s %s rw - cgroup2 none rw\n", roots[i][0],
			 dir);
		put(mountinfo, text);
		begin();
		SET_TABLE(ACCOUNTS, accounts);
		snapshot = take();
		assert_string_equal(memmon_snapshot_cgroup(snapshot, 0), roots[i][1]);
		memmon_snapshot_free(snapshot);
		memmon_session_close(session);
		session = NULL;
	}
	remove_dir("c");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(caches_have_names),
		TEST(merged_caches_have_aliases),
		TEST(modules_that_are_gone_keep_their_names),
		TEST(cgroups_have_paths),
		TEST(cgroups_of_a_part_of_the_hierarchy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
