// SPDX-License-Identifier: GPL-2.0
/* The machine of a live session: its names, its nodes, and what its kernel calls flags and zones. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "internal.h"
#include "session_internal.h"

#define NODE_PATH "/sys/devices/system/node"

static const enum memmon_name_table tables[] = {
	MEMMON_NAMES_GFP,
	MEMMON_NAMES_ZONE,
	MEMMON_NAMES_MIGRATETYPE,
};

/* A table of this length is no table. */
#define MAX_NAMES 4096

static int read_names(const struct memmon_session *session, enum memmon_name_table table,
		      struct memmon_value_name **names, size_t *nr)
{
	size_t room = 0;
	int err = 0;

	*names = NULL;
	for (*nr = 0; *nr < MAX_NAMES; ++*nr) {
		struct memmon_name name = { .size = sizeof(name), .table = table, .index = *nr };
		struct memmon_value_name *row;

		err = session_ioctl(session, MEMMON_IOC_NAME, &name);
		if (err < 0)
			break;
		err = memmon_array_grow((void **)names, *nr, &room, sizeof(**names));
		if (err)
			break;
		row = &(*names)[*nr];
		row->value = name.value;
		memcpy(row->name, name.name, sizeof(row->name));
		row->name[sizeof(row->name) - 1] = '\0';
	}
	return err == -ENOENT ? 0 : err;
}

/* Sets the node of each CPU in a list like "0-3,8". */
static void set_nodes(const char *list, uint16_t node, uint16_t *cpu_nodes, uint32_t nr_cpus)
{
	while (*list >= '0' && *list <= '9') {
		char *end;
		unsigned long first = strtoul(list, &end, 10);
		unsigned long last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (unsigned long cpu = first; cpu <= last && cpu < nr_cpus; cpu++)
			cpu_nodes[cpu] = node;
		list = *end == ',' ? end + 1 : end;
	}
}

static void read_node(uint16_t node, uint16_t *cpu_nodes, uint32_t nr_cpus)
{
	char path[64];
	char *list = NULL;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), NODE_PATH "/node%u/cpulist", node);
	file = fopen(path, "re");
	if (!file)
		return;
	if (getline(&list, &room, file) > 0)
		set_nodes(list, node, cpu_nodes, nr_cpus);
	free(list);
	fclose(file);
}

void session_machine_find_nodes(struct memmon_session *session)
{
	/* A kernel without NUMA has no such folder: all is node 0. */
	DIR *dir = opendir(NODE_PATH);
	const struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		unsigned int node;

		if (sscanf(entry->d_name, "node%u", &node) == 1 && node < MEMMON_NODE_UNKNOWN)
			read_node((uint16_t)node, session->machine.cpu_nodes,
				  session->info.nr_cpus);
	}
	closedir(dir);
}

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static int read_names_of_host(struct memmon_machine *machine)
{
	struct utsname name;

	if (uname(&name))
		return -errno;
	copy_text(machine->host, sizeof(machine->host), name.nodename);
	copy_text(machine->kernel_release, sizeof(machine->kernel_release), name.release);
	copy_text(machine->kernel_version, sizeof(machine->kernel_version), name.version);
	copy_text(machine->architecture, sizeof(machine->architecture), name.machine);
	return 0;
}

static int read_tables(struct memmon_session *session)
{
	struct session_machine *own = &session->machine;
	struct memmon_machine *machine = &own->machine;
	size_t nr[3];

	for (int i = 0; i < 3; i++) {
		int err = read_names(session, tables[i], &own->tables[i], &nr[i]);

		if (err)
			return err;
	}
	machine->gfp = own->tables[0];
	machine->nr_gfp = nr[0];
	machine->zones = own->tables[1];
	machine->nr_zones = nr[1];
	machine->migratetypes = own->tables[2];
	machine->nr_migratetypes = nr[2];
	return 0;
}

int session_machine_fill(struct memmon_session *session)
{
	const struct memmon_info *info = &session->info;
	struct session_machine *own = &session->machine;
	struct memmon_machine *machine = &own->machine;
	int err;

	machine->page_bytes = info->page_bytes;
	machine->nr_cpus = info->nr_cpus;
	machine->classes = info->classes;
	machine->clock = info->clock;
	machine->clock_khz = info->clock_khz;
	machine->clock_at_start = info->clock_now;
	machine->monotonic_start_ns = info->monotonic_ns;
	machine->realtime_start_ns = info->realtime_ns;
	own->cpu_nodes = calloc(info->nr_cpus, sizeof(*own->cpu_nodes));
	if (!own->cpu_nodes)
		return -ENOMEM;
	machine->cpu_nodes = own->cpu_nodes;
	session_machine_find_nodes(session);
	err = read_names_of_host(machine);
	return err ? err : read_tables(session);
}

void session_machine_free(struct session_machine *machine)
{
	for (int i = 0; i < 3; i++)
		free(machine->tables[i]);
	free(machine->cpu_nodes);
	memset(machine, 0, sizeof(*machine));
}
