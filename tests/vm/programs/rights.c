// SPDX-License-Identifier: GPL-2.0
/* device rights: who may open the device. */
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"

/* Becomes nobody, with one capability, or with none if it is negative. */
static int become_nobody(int capability)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || setgid(65534) || setuid(65534))
		return -1;
	if (capability >= 0) {
		data[capability / 32].permitted = 1U << capability % 32;
		data[capability / 32].effective = data[capability / 32].permitted;
	}
	return syscall(SYS_capset, &head, data);
}

/* Return: 0 if it can be opened, else the errno. */
static int try_open(void)
{
	int fd = open(DEVICE, O_RDWR);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int as_nobody(void *arg)
{
	return become_nobody(*(int *)arg) ? 255 : try_open();
}

static int as_root_without(void *arg)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	(void)arg;
	return syscall(SYS_capset, &head, data) ? 255 : try_open();
}

/* All capabilities, but over a world of one's own. */
static int as_own_root(void *arg)
{
	(void)arg;
	return unshare(CLONE_NEWUSER) ? 255 : try_open();
}

/* The one who has opened it may use it, even if he gives up his rights. */
static int as_former_root(void *arg)
{
	struct memmon_options options = { .size = sizeof(options), .ring_bytes = 65536 };
	int fd = device_open();

	(void)arg;
	if (become_nobody(-1))
		return 255;
	return ioctl(fd, MEMMON_IOC_SETUP, &options) ? errno : 0;
}

int command_rights(char **words)
{
	int none = -1, perfmon = CAP_PERFMON, admin = CAP_SYS_ADMIN, other = CAP_NET_ADMIN;
	struct stat status;

	(void)words;
	EXPECT(!stat(DEVICE, &status) && S_ISCHR(status.st_mode));
	EXPECT((status.st_mode & 0777) == 0600 && !status.st_uid && !status.st_gid);
	EXPECT(in_child(as_nobody, &none) == EACCES);
	EXPECT(in_child(as_nobody, &perfmon) == EACCES);
	EXPECT(in_child(as_root_without, NULL) == EPERM);
	EXPECT(in_child(as_own_root, NULL) == EPERM);
	EXPECT(in_child(as_former_root, NULL) == 0);
	EXPECT(try_open() == 0);
	EXPECT(!chmod(DEVICE, 0666));
	EXPECT(in_child(as_nobody, &none) == EPERM);
	EXPECT(in_child(as_nobody, &other) == EPERM);
	EXPECT(in_child(as_nobody, &perfmon) == 0);
	EXPECT(in_child(as_nobody, &admin) == 0);
	EXPECT(in_child(as_own_root, NULL) == EPERM);
	EXPECT(!chmod(DEVICE, 0600));
	return check_result();
}
