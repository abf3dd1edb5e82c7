// SPDX-License-Identifier: GPL-2.0
/* Tests what the views of a ledger say about themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "unit.h"

static void assert_line(const struct memmon_snapshot_books *books, const char *expected)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ledger_print_loss(books, out);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void complete_books(void **state)
{
	struct memmon_snapshot_books books = {
		.counts = { [MEMMON_LEDGER_BORN] = 12000,
			    [MEMMON_LEDGER_REBORN] = 345,
			    [MEMMON_LEDGER_UNKNOWN] = 67 },
		.filtered = 8,
	};

	(void)state;
	assert_false(ledger_is_incomplete(&books));
	assert_line(&books,
		    "tracked 12,345  untracked 0  filtered 8  older or unknown 67  lost 0\n");
	/* A sample is not the whole, but it says what the whole is. */
	books.filter.conditions = 1U << MEMMON_FILTERED_SAMPLE;
	books.filter.sample_one_in = 100;
	assert_false(ledger_is_incomplete(&books));
	assert_line(&books, "tracked 12,345  untracked 0  filtered 8  older or unknown 67  lost 0; "
			    "sampled 1 in 100\n");
}

static void incomplete_books(void **state)
{
	struct memmon_snapshot_books books = {
		.counts = { [MEMMON_LEDGER_BORN] = 1, [MEMMON_LEDGER_UNTRACKED] = 2 },
		.untracked_bytes = 2048,
		.nr_other = 3,
		.missing_classes = 1U << MEMMON_CLASS_VFREE | 1U << MEMMON_CLASS_RCU_FREE,
		.has_filtered_frees = true,
		.is_unfinished = true,
	};

	(void)state;
	assert_line(&books,
		    "tracked 1  untracked 2 (2.0 KiB, no room: see --objects and --pages)  "
		    "filtered 0  older or unknown 0  lost 0; call site not known of 3, no room; "
		    "not seen: rcu_free_sheaf, vfree; the recording's filter left frees out: what "
		    "is held may be less; unfinished: the recorder did not end it, events may be "
		    "missing\n");
}

static void each_lack_makes_it_incomplete(void **state)
{
	const struct memmon_snapshot_books lacks[] = {
		{ .counts = { [MEMMON_LEDGER_UNTRACKED] = 1 } },
		{ .lost = 1 },
		{ .missing_classes = 1U << MEMMON_CLASS_KFREE },
		{ .has_filtered_frees = true },
		{ .is_unfinished = true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
		json_t *json = ledger_loss_json(&lacks[i]);

		assert_true(ledger_is_incomplete(&lacks[i]));
		assert_true(json_is_false(json_object_get(json, "complete")));
		json_decref(json);
	}
}

static void books_as_json(void **state)
{
	struct memmon_snapshot_books books = {
		.duration_ns = 1,
		.seen = 2,
		.filtered = 3,
		.counts = { [MEMMON_LEDGER_PARTLY_FREED] = 4 },
		.object_places = 5,
		.page_places = 6,
		.missing_classes = 1U << MEMMON_CLASS_KREALLOC,
	};
	json_t *json = ledger_loss_json(&books);
	json_t *counts = json_object_get(json, "counts");

	(void)state;
	assert_non_null(json);
	assert_int_equal(json_integer_value(json_object_get(json, "duration_ns")), 1);
	assert_int_equal(json_integer_value(json_object_get(json, "seen")), 2);
	assert_int_equal(json_integer_value(json_object_get(json, "filtered")), 3);
	assert_int_equal(json_object_size(counts), MEMMON_NR_LEDGER_COUNTS);
	assert_int_equal(json_integer_value(json_object_get(counts, "partly_freed")), 4);
	assert_int_equal(json_integer_value(json_object_get(json, "object_places")), 5);
	assert_int_equal(json_integer_value(json_object_get(json, "page_places")), 6);
	assert_int_equal(json_integer_value(json_object_get(json, "sample_one_in")), 1);
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(json, "missing_classes"), 0)),
		"krealloc");
	assert_int_equal(json_array_size(json_object_get(json, "missing_classes")), 1);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete_books),
		cmocka_unit_test(incomplete_books),
		cmocka_unit_test(each_lack_makes_it_incomplete),
		cmocka_unit_test(books_as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
