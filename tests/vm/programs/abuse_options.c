// SPDX-License-Identifier: GPL-2.0
/* device abuse-options: nonsense in each member of the options, alone and all at once. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"

#define CONDITION(id) (1U << MEMMON_FILTERED_##id)
#define ROUNDS 1500

static struct memmon_options good(void)
{
	return (struct memmon_options){ .size = sizeof(struct memmon_options),
					.ring_bytes = 65536 };
}

static int set_up(const struct memmon_options *options)
{
	struct memmon_options copy = *options;
	int fd = device_open(), ret, err;

	ret = ioctl(fd, MEMMON_IOC_SETUP, &copy);
	err = errno;
	EXPECT(device_state(fd) == (ret ? MEMMON_SESSION_NEW : MEMMON_SESSION_SET_UP));
	close(fd);
	errno = err;
	return ret;
}

/* A good one with one member changed. */
#define SET_UP_WITH(...)                                                            \
	({                                                                          \
		struct memmon_options o_ = good();                                  \
		struct memmon_options *const o = &o_;                               \
		struct memmon_filter *const f __attribute__((unused)) = &o->filter; \
		__VA_ARGS__;                                                        \
		set_up(o);                                                          \
	})

static void heads(void)
{
	int i;

	EXPECT(!SET_UP_WITH(o->flags = 0));
	for (i = 0; i < 32; i++)
		if (!(1U << i & MEMMON_OPTIONS_KNOWN))
			EXPECT_ERROR(SET_UP_WITH(o->flags = 1U << i), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(o->flags = MEMMON_OPTION_NO_RINGS), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(o->source = MEMMON_NR_SOURCES), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(o->source = UINT32_MAX), EINVAL);
	for (i = 0; i < 32; i++) {
		if ((MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK) & 1U << i)
			EXPECT(!SET_UP_WITH(o->classes = 1U << i));
		else
			EXPECT_ERROR(SET_UP_WITH(o->classes = 1U << i), EINVAL);
		if (MEMMON_CLASSES_KPROBE & 1U << i)
			EXPECT(!SET_UP_WITH(o->source = 1, o->classes = 1U << i));
		else
			EXPECT_ERROR(SET_UP_WITH(o->source = 1, o->classes = 1U << i), EINVAL);
	}
	EXPECT(!SET_UP_WITH(o->ring_bytes = 0));
	EXPECT(!SET_UP_WITH(o->ring_bytes = 1));
	EXPECT(!SET_UP_WITH(o->watermark_bytes = 1));
	for (i = 40; i < 64; i++) {
		EXPECT_ERROR(SET_UP_WITH(o->ring_bytes = 1ULL << i), ENOBUFS);
		EXPECT_ERROR(SET_UP_WITH(o->ring_bytes = (1ULL << i) + 1), ENOBUFS);
	}
	EXPECT_ERROR(SET_UP_WITH(o->ring_bytes = UINT64_MAX), ENOBUFS);
	EXPECT_ERROR(SET_UP_WITH(o->watermark_bytes = UINT64_MAX), ENOBUFS);
	EXPECT(!SET_UP_WITH(o->map_bytes = UINT64_MAX)); /* it is for the kernel to set */
}

/* Each condition that is set while its member says nothing, or nonsense. */
static void conditions(void)
{
	int i;

	for (i = MEMMON_FILTERED_CACHE + 1; i < 32; i++)
		EXPECT_ERROR(SET_UP_WITH(f->conditions = 1U << i), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(BYTES), f->min_bytes = 2), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(ORDER)), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(GFP), f->gfp_value = 1), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(SITE)), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->nr_sites = MEMMON_FILTER_SITES + 1), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(SITE), f->nr_sites = UINT32_MAX),
		     EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(SITE), f->nr_sites = 1,
				 f->sites[0].first = 1),
		     EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(CONTEXT)), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(CONTEXT), f->contexts = 16), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(SAMPLE)), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(NODE)), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(COMM)), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(CACHE)), EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(COMM),
				 memset(f->comm, '*', sizeof(f->comm))),
		     EINVAL);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(CACHE),
				 memset(f->cache, '*', sizeof(f->cache))),
		     EINVAL);
	EXPECT(!SET_UP_WITH(f->conditions = CONDITION(COMM), memset(f->comm, '*', 31)));
	EXPECT(!SET_UP_WITH(f->conditions = CONDITION(CACHE), memset(f->cache, '*', 255)));
	EXPECT(!SET_UP_WITH(f->conditions = CONDITION(COMM), strcpy(f->comm, "just-15-letters")));
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(COMM), memset(f->comm, 'a', 16)),
		     EINVAL);
}

static void cgroups(void)
{
	int null = open("/dev/null", O_RDONLY), folder = open("/proc", O_RDONLY);

	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(CGROUP), f->cgroup_fd = -1), EBADF);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(CGROUP), f->cgroup_fd = 1000), EBADF);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(CGROUP), f->cgroup_fd = null), EBADF);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(CGROUP), f->cgroup_fd = folder), EBADF);
	EXPECT_ERROR(SET_UP_WITH(f->conditions = CONDITION(CGROUP), f->cgroup_fd = INT32_MIN),
		     EBADF);
	close(null);
	close(folder);
}

/* Random bytes in random places; what is taken must also work, and end. */
static void anything(void)
{
	unsigned int round, i, taken = 0;

	srand(1);
	for (round = 0; round < ROUNDS; round++) {
		struct memmon_options o = good();
		int fd = device_open();

		for (i = rand() % 12; i; i--)
			((uint8_t *)&o)[4 + rand() % (sizeof(o) - 4)] = rand() >> 8;
		if (rand() % 2)
			o.flags &= MEMMON_OPTIONS_KNOWN;
		if (rand() % 2)
			o.filter.conditions &= (1U << (MEMMON_FILTERED_CACHE + 1)) - 1;
		if (rand() % 2)
			o.classes = 0;
		if (rand() % 2)
			o.source = 0;
		o.ring_bytes &= 0xfffff;
		o.watermark_bytes &= 0xfffff;
		if (!ioctl(fd, MEMMON_IOC_SETUP, &o) && ++taken % 64 == 0) {
			EXPECT(o.ring_bytes && !(o.ring_bytes & (o.ring_bytes - 1)));
			EXPECT(!ioctl(fd, MEMMON_IOC_ENABLE) || errno == ENODEV);
			make_events(20);
		}
		close(fd);
	}
	EXPECT(taken > ROUNDS / 20);
	EXPECT(taken < ROUNDS);
}

int command_abuse_options(char **words)
{
	(void)words;
	heads();
	conditions();
	cgroups();
	anything();
	return check_result();
}
