// SPDX-License-Identifier: GPL-2.0
/* Reads the sizes of one slab cache from /sys/kernel/slab. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "slabs_internal.h"

/* The first number of a file; what follows it, like "N0=10", is the same by node. */
static bool read_number(const char *sys, const char *cache, const char *file, uint64_t *ret)
{
	char path[PATH_MAX];
	bool is_read;
	FILE *in;
	int len;

	len = snprintf(path, sizeof(path), "%s/kernel/slab/%s/%s", sys, cache, file);
	if (len < 0 || (size_t)len >= sizeof(path))
		return false;
	in = fopen(path, "re");
	if (!in)
		return false;
	is_read = fscanf(in, "%" SCNu64, ret) == 1;
	fclose(in);
	return is_read;
}

bool slabs_sizes_read(const char *sys, const char *cache, struct slabs_sizes *ret)
{
	memset(ret, 0, sizeof(*ret));
	/* A name comes from the kernel's users, and must not lead out of the folder. */
	if (strchr(cache, '/') || cache[0] == '.' || !cache[0])
		return false;
	if (!read_number(sys, cache, "object_size", &ret->object_bytes) ||
	    !read_number(sys, cache, "slab_size", &ret->slot_bytes) || !ret->object_bytes ||
	    ret->object_bytes > ret->slot_bytes || ret->slot_bytes > UINT32_MAX)
		return false;
	/* These are not there on every kernel. */
	read_number(sys, cache, "objs_per_slab", &ret->objects_per_slab);
	read_number(sys, cache, "cpu_slabs", &ret->cpu_slabs);
	read_number(sys, cache, "sheaf_capacity", &ret->sheaf_capacity);
	return true;
}
