// SPDX-License-Identifier: GPL-2.0
/* Tests what memmon slabs says of slabs that are known one by one: the sentence on who keeps them, and JSON. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slabs.h"
#include "slabs_maker.h"
#include "unit.h"

#define SECOND 1000000000ULL

/**
 * struct shown - a machine, and how it is shown
 */
struct shown {
	struct slabs_maker maker;
	struct slabs_view view;
	char *text;
};

static int setup(void **state)
{
	struct shown *shown = calloc(1, sizeof(*shown));

	slabs_maker_init(&shown->maker);
	shown->view = (struct slabs_view){
		.what = SLABS_CACHES,
		.sort = slabs_sorts,
		.top = 10,
		.nearly_empty_percent = 25,
		.has_slabs = true,
		.has_page_offset = true,
		.books = &shown->maker.snapshot->books,
	};
	*state = shown;
	return 0;
}

static int teardown(void **state)
{
	struct shown *shown = *state;

	memmon_slabs_destroy(shown->view.slabs);
	slabs_maker_exit(&shown->maker);
	free(shown->text);
	free(shown);
	return 0;
}

static void show(struct shown *shown, int (*how)(const struct slabs_view *view, FILE *out))
{
	struct memmon_slabs_input input = slabs_maker_input(&shown->maker);
	size_t size;
	FILE *out;

	memmon_slabs_destroy(shown->view.slabs);
	free(shown->text);
	shown->view.slabs = slabs_maker_join(&input);
	out = open_memstream(&shown->text, &size);
	assert_int_equal(how(&shown->view, out), 0);
	fclose(out);
}

static void assert_says(const struct shown *shown, const char *text)
{
	if (!strstr(shown->text, text))
		fail_msg("'%s' is not in:\n%s", text, shown->text);
}

/* 96 slabs of 32 KiB with an inode in each, but the last, which has two of four processes. */
static void make_inodes(struct shown *shown)
{
	struct slabs_maker *maker = &shown->maker;
	uint32_t cache = slabs_maker_cache(maker, "nfs_inode_cache", 1088);
	uint32_t site = slabs_maker_account(maker, "nfs_alloc_inode+0x1c [nfs]", "/a",
					    MEMMON_CLASS_CACHE_ALLOC, cache);
	struct memmon_held *held;

	for (uint32_t i = 0; i < 96; i++) {
		slabs_maker_slab(maker, cache, 8, 30, i == 95 ? 2 : 1, 1088);
		held = slabs_maker_place(maker, site, i, 0, 1088, 1088);
		held->age_ns = (i + 1) * SECOND;
		held->tgid = i < 90 ? 42 : 1000 + i % 3;
	}
	held = slabs_maker_place(maker, site, 95, 1, 1088, 1088);
	held->age_ns = SECOND;
}

static void a_sentence_says_who_keeps_slabs(void **state)
{
	struct shown *shown = *state;

	make_inodes(shown);
	show(shown, slabs_text_pins);
	assert_says(shown, "at most 25% of their places are in use\n");
	assert_says(shown, "\n97 objects of nfs_inode_cache from nfs_alloc_inode+0x1c [nfs] keep "
			   "3.0 MiB in 96\n  nearly empty slabs: 91 of cat (42), 2 of cat (");
	assert_says(shown, " and 1\n  process more; 1.0 s to 96.0 s old\n");
	assert_null(strstr(shown->text, "Not explained"));
	assert_null(strstr(shown->text, "alone"));

	/* One more in each of two, of whom nothing is known. */
	shown->maker.slabs[3].in_use = 2;
	shown->maker.slabs[4].in_use = 2;
	show(shown, slabs_text_pins);
	assert_says(shown, "nearly empty slabs, 94 of them alone: 91 of cat (42)");
	for (size_t i = 0; i < 96; i++)
		shown->maker.slabs[i].in_use = 3;
	show(shown, slabs_text_pins);
	assert_says(shown, "nearly empty slabs, with others: 91 of cat (42)");
	for (size_t i = 0; i < 96; i++)
		shown->maker.slabs[i].in_use = i == 3 || i == 4 || i == 95 ? 2 : 1;
	show(shown, slabs_text_pins);
	assert_says(shown, "Not explained: 2 slabs, 64.0 KiB; 2 of them in part. What else is in "
			   "them (2\n  objects)");
}

static void names_are_made_harmless(void **state)
{
	struct shown *shown = *state;
	struct slabs_maker *maker = &shown->maker;
	uint32_t cache = slabs_maker_cache(maker, "bad\033name", 64);
	uint32_t site =
		slabs_maker_account(maker, "site\nline", "/\001", MEMMON_CLASS_CACHE_ALLOC, cache);

	slabs_maker_slab(maker, cache, 1, 64, 1, 64);
	strcpy(slabs_maker_place(maker, site, 0, 0, 64, 64)->comm, "\007bell");
	show(shown, slabs_text_pins);
	assert_says(shown, "\n1 object of bad?name from site?line keeps 4.0 KiB in 1 nearly empty "
			   "slab: of\n  ?bell (42); 1.0 us old\n");
	shown->view.what = SLABS_HOLDERS;
	shown->view.holders = "*";
	show(shown, slabs_text_holders);
	assert_says(shown, "?bell (42)   site?line\n");
	shown->view.by = MEMMON_SLABS_BY_CGROUP;
	show(shown, slabs_text_holders);
	assert_says(shown, "/?       site?line\n");
	show(shown, slabs_text_cgroups);
	assert_says(shown, "  bad?name\n");
	for (const char *c = shown->text; *c; c++)
		assert_true(*c == '\n' || (*c >= 0x20 && *c <= 0x7e));
}

static json_t *member(json_t *object, const char *list, size_t at, const char *key)
{
	return json_object_get(json_array_get(json_object_get(object, list), at), key);
}

static void json_has_the_same(void **state)
{
	struct shown *shown = *state;
	json_t *object, *empty;

	make_inodes(shown);
	show(shown, slabs_json);
	object = json_loads(shown->text, 0, NULL);
	assert_non_null(object);
	assert_true(json_is_true(json_object_get(object, "slabs_known")));
	assert_int_equal(json_integer_value(member(object, "pins", 0, "objects")), 97);
	assert_int_equal(json_integer_value(member(object, "pins", 0, "slabs")), 96);
	assert_int_equal(json_integer_value(member(object, "pins", 0, "slabs_alone")), 96);
	assert_int_equal(json_integer_value(member(object, "pins", 0, "bytes")), 96 * 32768);
	assert_int_equal(json_array_size(member(object, "pins", 0, "processes")), 4);
	empty = member(object, "caches", 0, "nearly_empty");
	assert_int_equal(json_integer_value(json_object_get(empty, "explained_slabs")), 96);
	assert_int_equal(json_integer_value(member(object, "caches", 0, "known")), 97);
	json_decref(object);

	shown->view.what = SLABS_CGROUPS;
	show(shown, slabs_json);
	object = json_loads(shown->text, 0, NULL);
	assert_string_equal(json_string_value(member(object, "cgroups", 0, "cgroup")), "/a");
	assert_int_equal(json_integer_value(member(object, "cgroups", 0, "born")), 97);
	json_decref(object);
}

static void tables_fit_a_screen(void **state)
{
	struct shown *shown = *state;
	size_t widest = 0;

	make_inodes(shown);
	slabs_maker_slabinfo(&shown->maker, "nfs_inode_cache 2880 2880 1088 30 8");
	show(shown, slabs_text);
	for (const char *line = shown->text; *line; line += strcspn(line, "\n") + 1)
		if (strncmp(line, "tracked ", 8) != 0 && strcspn(line, "\n") > widest)
			widest = strcspn(line, "\n");
	assert_true(widest <= 80);
	assert_says(shown, "2,880       97      97");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_sentence_says_who_keeps_slabs, setup, teardown),
		cmocka_unit_test_setup_teardown(names_are_made_harmless, setup, teardown),
		cmocka_unit_test_setup_teardown(json_has_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(tables_fit_a_screen, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
