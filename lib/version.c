// SPDX-License-Identifier: GPL-2.0
/* Says which version of libmemmon this is. */
#include "memmon.h"

const char *memmon_version(void)
{
	return MEMMON_VERSION;
}
