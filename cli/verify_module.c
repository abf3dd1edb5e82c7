// SPDX-License-Identifier: GPL-2.0
/* Loads, commands and unloads mem_monitor_selftest. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "module.h"
#include "ui.h"
#include "verify.h"

/* MODULE_INIT_COMPRESSED_FILE, which older headers do not have. */
#define COMPRESSED 4

#define UNLOAD_TRIES 50
#define UNLOAD_PAUSE_MS 100

static int explain_load(const char *file, int err)
{
	switch (err) {
	case EEXIST:
		ui_error(VERIFY_MODULE " is loaded already, by another memmon verify or by --keep; "
				       "if so, unload it with 'rmmod " VERIFY_MODULE "'");
		return CMD_FAILED;
	case ENOENT:
		ui_error("%s is not there", file);
		return CMD_NO_ACCESS;
	case EKEYREJECTED:
	case EBADMSG:
	case ENOKEY:
		ui_error(
			"the kernel takes only signed modules, and refuses %s; sign it with a key that the "
			"machine knows",
			file);
		return CMD_NO_ACCESS;
	case EPERM:
	case EACCES:
		ui_error(
			"no right to load %s; run memmon as root, and see whether the kernel is locked "
			"down (/sys/kernel/security/lockdown)",
			file);
		return CMD_NO_ACCESS;
	case ENOEXEC:
		ui_error(
			"%s is no module for this kernel; build it for the one that runs, and see dmesg",
			file);
		return CMD_NO_ACCESS;
	default:
		ui_error("cannot load %s: %s; see dmesg", file, strerror(err));
		return CMD_NO_ACCESS;
	}
}

/* Like mem_monitor_selftest.ko.xz: many kernels unpack it themselves. */
static bool is_compressed(const char *file)
{
	const char *end = strrchr(file, '.');

	return end && (!strcmp(end, ".xz") || !strcmp(end, ".zst") || !strcmp(end, ".gz"));
}

static int load_file(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return explain_load(file, errno);
	err = syscall(SYS_finit_module, fd, "", is_compressed(file) ? COMPRESSED : 0) ? errno : 0;
	close(fd);
	return err ? explain_load(file, err) : CMD_GO_ON;
}

/* Runs modprobe with its messages on @fd. Return: its status, or -1. */
static int run_modprobe(int fd)
{
	char *argv[3] = { "modprobe", VERIFY_MODULE, NULL };
	posix_spawn_file_actions_t actions;
	int err, status;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions))
		return -1;
	posix_spawn_file_actions_adddup2(&actions, fd, STDERR_FILENO);
	err = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err)
		return -1;
	/* A signal is obeyed later, when it is known whether there is a module to unload. */
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int load_by_name(void)
{
	char said[256] = "modprobe cannot be run";
	ssize_t len = 0;
	int pipes[2];
	int status;

	if (!access(VERIFY_LIST_PATH, F_OK))
		return explain_load(VERIFY_MODULE, EEXIST);
	if (pipe2(pipes, O_CLOEXEC)) {
		ui_error("cannot run modprobe: %s", strerror(errno));
		return CMD_FAILED;
	}
	status = run_modprobe(pipes[1]);
	close(pipes[1]);
	if (status > 0)
		len = read(pipes[0], said, sizeof(said) - 1);
	close(pipes[0]);
	if (!status)
		return CMD_GO_ON;
	if (len > 0)
		said[len] = '\0';
	said[strcspn(said, "\n")] = '\0';
	ui_clean(said);
	ui_error(VERIFY_MODULE " cannot be loaded: %s; name its file with --module", said);
	return CMD_NO_ACCESS;
}

int verify_module_load(const char *file)
{
	int status = file ? load_file(file) : load_by_name();

	if (status == CMD_GO_ON && access(VERIFY_LIST_PATH, F_OK)) {
		ui_error("%s has no %s; is it of another version than memmon?",
			 file ? file : VERIFY_MODULE, VERIFY_LIST_PATH);
		verify_module_unload();
		return CMD_NO_ACCESS;
	}
	return status;
}

int verify_module_unload(void)
{
	const struct timespec pause = { .tv_nsec = UNLOAD_PAUSE_MS * 1000000L };

	for (int i = 0; i < UNLOAD_TRIES; i++) {
		if (!syscall(SYS_delete_module, VERIFY_MODULE, O_NONBLOCK))
			return CMD_OK;
		if (errno != EAGAIN && errno != EBUSY)
			break;
		nanosleep(&pause, NULL);
	}
	ui_error("cannot unload " VERIFY_MODULE ": %s; do it with 'rmmod " VERIFY_MODULE "'",
		 strerror(errno));
	return CMD_FAILED;
}

/* Return: 0 or an errno. */
static int write_command(const char *command)
{
	int fd = open(VERIFY_LIST_PATH, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, command, strlen(command)) < 0 ? errno : 0;
}

int verify_module_do(const char *command, int (*meanwhile)(void *arg), void *arg)
{
	pid_t child = fork(), ended;
	int err = 0, status = 0;

	if (!child)
		_exit(write_command(command));
	if (child < 0) {
		ui_error("cannot begin a process: %s", strerror(errno));
		return -errno;
	}
	do {
		if (!err)
			err = meanwhile(arg);
		ended = waitpid(child, &status, err ? 0 : WNOHANG);
	} while (!ended || (ended < 0 && errno == EINTR));
	if (!err && (ended < 0 || !WIFEXITED(status) || WEXITSTATUS(status))) {
		err = ended > 0 && WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
		ui_error(VERIFY_MODULE " cannot do '%s': %s", command, strerror(-err));
	}
	return err;
}

int verify_module_list(struct verify_list **ret)
{
	struct memmon_file *file;
	const char *text;
	size_t len;
	int err = memmon_file_open(VERIFY_LIST_PATH, &file);

	if (!err) {
		err = memmon_file_read(file, &text, &len);
		if (!err)
			err = verify_list_parse(text, len, ret);
		memmon_file_close(file);
	}
	if (err == -EBADMSG)
		ui_error("cannot understand %s; are memmon and " VERIFY_MODULE " of one version?",
			 VERIFY_LIST_PATH);
	else if (err)
		ui_error("cannot read %s: %s", VERIFY_LIST_PATH, strerror(-err));
	return err;
}

struct memmon_site_range verify_module_range(void)
{
	struct memmon_site_range range = { 0, 0 };
	FILE *modules = fopen(MEMMON_MODULES_PATH, "re");
	uint64_t bytes, base;
	char line[512];

	while (modules && fgets(line, sizeof(line), modules)) {
		if (strncmp(line, VERIFY_MODULE " ", sizeof(VERIFY_MODULE)))
			continue;
		if (sscanf(line, "%*s %" SCNu64 " %*s %*s %*s 0x%" SCNx64, &bytes, &base) == 2 &&
		    base)
			range = (struct memmon_site_range){ base, base + bytes - 1 };
		break;
	}
	if (modules)
		fclose(modules);
	return range;
}
