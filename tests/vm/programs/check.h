/* SPDX-License-Identifier: GPL-2.0 */
/* How the tests of the device say what went wrong. */
#ifndef CHECK_H
#define CHECK_H

#include <errno.h>
#include <stdbool.h>

/* Ends the program with status 1 after a line that says what. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

void check_true(bool is_true, const char *what, const char *function, int line);
void check_error(long ret, int wanted, const char *what, const char *function, int line);

/* The program goes on after a failure, and ends with check_result(). */
#define EXPECT(condition) check_true(condition, #condition, __func__, __LINE__)
/* The call returns -1 and sets errno. */
#define EXPECT_ERROR(call, wanted) \
	check_error((errno = 0, (long)(call)), wanted, #call, __func__, __LINE__)

/* Return: the exit status: 0 if nothing failed, and something was checked. */
int check_result(void);

#endif
