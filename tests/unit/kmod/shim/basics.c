// SPDX-License-Identifier: GPL-2.0
/* Text, module parameters and the kernel log. */
#include <stdarg.h>

#include "shim.h"

struct module shim_module = { .version = "1.2.3" };

#define PARAMS_MAX 32

static struct {
	const char *name;
	void *variable;
} params[PARAMS_MAX];
static unsigned int nr_params;

static char printed[4096];
static char taken[sizeof(printed)];

ssize_t strscpy(char *to, const char *from, size_t bytes)
{
	size_t length = strnlen(from, bytes);

	if (length < bytes) {
		memcpy(to, from, length + 1);
		return length;
	}
	memcpy(to, from, bytes - 1);
	to[bytes - 1] = '\0';
	return -E2BIG;
}

int scnprintf(char *to, size_t bytes, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(to, bytes, format, args);
	va_end(args);
	return length < (int)bytes ? length : (int)bytes - 1;
}

const void *memchr_inv(const void *from, int byte, size_t bytes)
{
	const unsigned char *p = from, *end = p + bytes;

	for (; p < end; p++) {
		if (*p != (unsigned char)byte)
			return p;
	}
	return NULL;
}

void shim_print(const char *format, ...)
{
	size_t length = strlen(printed);
	va_list args;

	va_start(args, format);
	vsnprintf(printed + length, sizeof(printed) - length, format, args);
	va_end(args);
}

const char *shim_printed(void)
{
	memcpy(taken, printed, sizeof(taken));
	printed[0] = '\0';
	return taken;
}

void shim_param_add(const char *name, void *variable)
{
	assert(nr_params < PARAMS_MAX);
	params[nr_params].name = name;
	params[nr_params++].variable = variable;
}

void *shim_param(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_params; i++) {
		if (!strcmp(params[i].name, name))
			return params[i].variable;
	}
	return NULL;
}
