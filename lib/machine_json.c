// SPDX-License-Identifier: GPL-2.0
/* The machine of a recording as JSON. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sidecar.h"

/* More names than this no kernel has for its flags, and no reader wants to search. */
#define MAX_NAMES 4096

static int put_names(json_t *machine, const char *key, const struct memmon_value_name *names,
		     size_t nr)
{
	json_t *list = json_array();

	if (json_object_set_new(machine, key, list))
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		json_t *row = json_object();

		if (json_array_append_new(list, row) ||
		    memmon_json_put_number(row, "value", names[i].value) ||
		    memmon_json_put_text(row, "name", names[i].name))
			return -ENOMEM;
	}
	return 0;
}

static int put_nodes(json_t *machine, const uint16_t *nodes, uint32_t nr_cpus)
{
	json_t *list = json_array();

	if (json_object_set_new(machine, "cpu_nodes", list))
		return -ENOMEM;
	for (uint32_t i = 0; nodes && i < nr_cpus; i++)
		if (json_array_append_new(list, json_integer(nodes[i])))
			return -ENOMEM;
	return 0;
}

int memmon_machine_pack(const struct memmon_machine *machine, json_t **ret)
{
	const char *clock = machine->clock == MEMMON_CLOCK_TSC ? "tsc" : "monotonic";
	json_t *object = json_object();

	if (memmon_json_put_text(object, "host", machine->host) ||
	    memmon_json_put_text(object, "kernel_release", machine->kernel_release) ||
	    memmon_json_put_text(object, "kernel_version", machine->kernel_version) ||
	    memmon_json_put_text(object, "architecture", machine->architecture) ||
	    memmon_json_put_number(object, "page_bytes", machine->page_bytes) ||
	    memmon_json_put_number(object, "nr_cpus", machine->nr_cpus) ||
	    memmon_json_put_number(object, "classes", machine->classes) ||
	    memmon_json_put_text(object, "clock", clock) ||
	    memmon_json_put_number(object, "clock_khz", machine->clock_khz) ||
	    memmon_json_put_number(object, "clock_at_start", machine->clock_at_start) ||
	    memmon_json_put_number(object, "monotonic_start_ns", machine->monotonic_start_ns) ||
	    memmon_json_put_number(object, "realtime_start_ns", machine->realtime_start_ns) ||
	    put_names(object, "gfp", machine->gfp, machine->nr_gfp) ||
	    put_names(object, "zones", machine->zones, machine->nr_zones) ||
	    put_names(object, "migratetypes", machine->migratetypes, machine->nr_migratetypes) ||
	    put_nodes(object, machine->cpu_nodes, machine->nr_cpus)) {
		json_decref(object);
		return -ENOMEM;
	}
	*ret = object;
	return 0;
}

static int get_names(const json_t *machine, const char *key, const struct memmon_value_name **ret,
		     size_t *nr)
{
	const json_t *list = json_object_get(machine, key);
	struct memmon_value_name *names;
	size_t length = json_array_size(list);

	if (!json_is_array(list) || length > MAX_NAMES)
		return -EBADMSG;
	names = calloc(length ? length : 1, sizeof(*names));
	if (!names)
		return -ENOMEM;
	*ret = names;
	*nr = length;
	for (size_t i = 0; i < length; i++) {
		const json_t *row = json_array_get(list, i);

		if (memmon_json_get_number(row, "value", UINT64_MAX, &names[i].value) ||
		    memmon_json_get_text(row, "name", names[i].name, sizeof(names[i].name)))
			return -EBADMSG;
	}
	return 0;
}

/* CPUs that the list does not name are on node 0. */
static int get_nodes(const json_t *machine, uint32_t nr_cpus, const uint16_t **ret)
{
	const json_t *list = json_object_get(machine, "cpu_nodes");
	uint16_t *nodes = calloc(nr_cpus, sizeof(*nodes));

	if (!nodes)
		return -ENOMEM;
	*ret = nodes;
	if (!json_is_array(list))
		return -EBADMSG;
	for (uint32_t i = 0; i < nr_cpus && i < json_array_size(list); i++) {
		json_int_t node = json_integer_value(json_array_get(list, i));

		if (node < 0 || node > UINT16_MAX)
			return -EBADMSG;
		nodes[i] = (uint16_t)node;
	}
	return 0;
}

static int get_clock(const json_t *object, struct memmon_machine *ret)
{
	const uint64_t max = UINT64_MAX;
	char clock[16];

	if (memmon_json_get_text(object, "clock", clock, sizeof(clock)) ||
	    memmon_json_get_number(object, "clock_khz", max, &ret->clock_khz) ||
	    memmon_json_get_number(object, "clock_at_start", max, &ret->clock_at_start) ||
	    memmon_json_get_number(object, "monotonic_start_ns", max, &ret->monotonic_start_ns) ||
	    memmon_json_get_number(object, "realtime_start_ns", max, &ret->realtime_start_ns))
		return -EBADMSG;
	if (!strcmp(clock, "tsc"))
		ret->clock = MEMMON_CLOCK_TSC;
	else if (!strcmp(clock, "monotonic"))
		ret->clock = MEMMON_CLOCK_MONO_NS;
	else
		return -EBADMSG;
	return 0;
}

static int get_names_of_machine(const json_t *object, struct memmon_machine *ret)
{
	int err = get_names(object, "gfp", &ret->gfp, &ret->nr_gfp);

	if (!err)
		err = get_names(object, "zones", &ret->zones, &ret->nr_zones);
	if (!err)
		err = get_names(object, "migratetypes", &ret->migratetypes, &ret->nr_migratetypes);
	if (!err)
		err = get_nodes(object, ret->nr_cpus, &ret->cpu_nodes);
	return err;
}

int memmon_machine_unpack(const json_t *object, struct memmon_machine *ret)
{
	int err;

	memset(ret, 0, sizeof(*ret));
	if (memmon_json_get_text(object, "host", ret->host, sizeof(ret->host)) ||
	    memmon_json_get_text(object, "kernel_release", ret->kernel_release,
				 sizeof(ret->kernel_release)) ||
	    memmon_json_get_text(object, "kernel_version", ret->kernel_version,
				 sizeof(ret->kernel_version)) ||
	    memmon_json_get_text(object, "architecture", ret->architecture,
				 sizeof(ret->architecture)) ||
	    memmon_json_get_u32(object, "page_bytes", &ret->page_bytes) ||
	    memmon_json_get_u32(object, "nr_cpus", &ret->nr_cpus) || !ret->page_bytes ||
	    !ret->nr_cpus || ret->nr_cpus > MEMMON_SIDECAR_MAX_CPUS || get_clock(object, ret))
		return -EBADMSG;
	err = get_names_of_machine(object, ret);
	/* Not there in older recordings. */
	if (!err && json_object_get(object, "classes") &&
	    memmon_json_get_u32(object, "classes", &ret->classes))
		err = -EBADMSG;
	if (err)
		memmon_machine_exit(ret);
	return err;
}

void memmon_machine_exit(struct memmon_machine *machine)
{
	free((void *)machine->gfp);
	free((void *)machine->zones);
	free((void *)machine->migratetypes);
	free((void *)machine->cpu_nodes);
	memset(machine, 0, sizeof(*machine));
}
