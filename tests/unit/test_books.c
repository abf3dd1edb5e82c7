// SPDX-License-Identifier: GPL-2.0
/* Tests the module's books: reading, difference and balance. */
#include <errno.h>
#include <string.h>

#include "memmon.h"
#include "unit.h"

#define TEXT                                                                                       \
	"seen 100\nrecorded 60\nrecorded.requests 40\nrecorded.frees 20\nfiltered 30\ndropped 9\n" \
	"in_flight 1\noverwritten.requests 7\noverwritten.frees 5\n"

static int read_books(const char *text, struct memmon_books *books)
{
	struct memmon_status *status;
	int err;

	assert_int_equal(memmon_status_parse(text, strlen(text), &status), 0);
	err = memmon_books_read(status, books);
	memmon_status_destroy(status);
	return err;
}

static void reads_every_number(void **state)
{
	struct memmon_books books;

	(void)state;
	assert_int_equal(read_books(TEXT, &books), 0);
	assert_int_equal(books.seen, 100);
	assert_int_equal(books.recorded, 60);
	assert_int_equal(books.requests, 40);
	assert_int_equal(books.frees, 20);
	assert_int_equal(books.filtered, 30);
	assert_int_equal(books.dropped, 9);
	assert_int_equal(books.in_flight, 1);
	assert_int_equal(books.overwritten_requests, 7);
	assert_int_equal(books.overwritten_frees, 5);
}

static void a_missing_number_is_an_error(void **state)
{
	struct memmon_books books;

	(void)state;
	assert_int_equal(read_books("seen 100\nrecorded 60\n", &books), -EBADMSG);
}

static void a_word_is_no_number(void **state)
{
	struct memmon_books books;

	(void)state;
	assert_int_equal(read_books("seen many\n" TEXT, &books), -EBADMSG);
}

static void balance_is_exact(void **state)
{
	struct memmon_books books;

	(void)state;
	assert_int_equal(read_books(TEXT, &books), 0);
	assert_true(memmon_books_balance(&books));
	books.seen++;
	assert_false(memmon_books_balance(&books));
	books.in_flight++;
	assert_true(memmon_books_balance(&books));
}

static void difference_of_two_looks(void **state)
{
	struct memmon_books earlier, later, added;

	(void)state;
	assert_int_equal(read_books(TEXT, &earlier), 0);
	later = earlier;
	later.seen += 13;
	later.recorded += 11;
	later.requests += 11;
	later.dropped += 3;
	later.in_flight = 0;
	added = memmon_books_subtract(&later, &earlier);
	assert_int_equal(added.seen, 13);
	assert_int_equal(added.recorded, 11);
	assert_int_equal(added.requests, 11);
	assert_int_equal(added.frees, 0);
	assert_int_equal(added.dropped, 3);
	assert_int_equal(added.in_flight, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_number),
		cmocka_unit_test(a_missing_number_is_an_error),
		cmocka_unit_test(a_word_is_no_number),
		cmocka_unit_test(balance_is_exact),
		cmocka_unit_test(difference_of_two_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
