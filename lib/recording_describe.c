// SPDX-License-Identifier: GPL-2.0
/* Writes the line that explains what a record names for the first time. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "module_list.h"
#include "process.h"
#include "recording_internal.h"

/* How the kernel itself is called in the list of modules. */
#define KERNEL "[kernel]"
#define MODULES_LIMIT_BYTES ((size_t)16 * 1024 * 1024)
#define ALIASES_BYTES 4096

/**
 * struct recording_module - a module that is in the list
 * @build_id: "" when it is not known
 */
struct recording_module {
	char name[MEMMON_MODULE_NAME_BYTES];
	char build_id[2 * MEMMON_BUILD_ID_BYTES + 1];
};

static void add_text(struct memmon_buffer *line, const char *text, char end)
{
	memmon_buffer_add_field(line, text);
	memmon_buffer_add(line, &end, 1);
}

/* Return: the module, or NULL without memory. */
static const struct recording_module *add_module(struct memmon_recording *recording,
						 const char *name,
						 const struct memmon_module_entry *entry)
{
	struct recording_names *names = &recording->names;
	struct memmon_buffer *line = &names->modules_file.pending;
	bool is_kernel = !strcmp(name, KERNEL);
	struct recording_module *module;

	if (memmon_array_grow((void **)&names->modules_seen, names->nr_modules,
			      &names->modules_room, sizeof(*module)))
		return NULL;
	module = &names->modules_seen[names->nr_modules++];
	snprintf(module->name, sizeof(module->name), "%s", name);
	/* A name is part of a path here; the kernel's pseudo modules cannot be meant to leave it. */
	if (strchr(name, '/') || name[0] == '.' ||
	    memmon_build_id_read(recording->sys, is_kernel ? NULL : name, module->build_id))
		module->build_id[0] = '\0';
	add_text(line, name, '\t');
	memmon_buffer_print(line, "%" PRIx64 "\t%" PRIx64 "\t", entry ? entry->address : 0,
			    entry ? entry->bytes : 0);
	add_text(line, module->build_id[0] ? module->build_id : NULL, '\n');
	return line->err ? NULL : module;
}

static const struct recording_module *find_module(struct memmon_recording *recording,
						  const char *name)
{
	struct recording_names *names = &recording->names;

	for (size_t i = 0; i < names->nr_modules; i++)
		if (!strcmp(names->modules_seen[i].name, name))
			return &names->modules_seen[i];
	return add_module(recording, name, NULL);
}

int recording_describe_modules(struct memmon_recording *recording)
{
	struct memmon_module_entry *modules;
	char path[PATH_MAX];
	int err = 0;
	char *text;
	size_t len;
	size_t nr;

	if (!add_module(recording, KERNEL, NULL))
		return -ENOMEM;
	snprintf(path, sizeof(path), "%s/modules", recording->proc);
	/* A kernel without modules has no such file. */
	if (memmon_disk_read(AT_FDCWD, path, MODULES_LIMIT_BYTES, &text, &len))
		return 0;
	err = memmon_modules_parse(text, len, &modules, &nr);
	free(text);
	if (err)
		return err;
	for (size_t i = 0; i < nr && !err; i++)
		if (!add_module(recording, modules[i].name, &modules[i]))
			err = -ENOMEM;
	free(modules);
	return err;
}

static int name_site(struct memmon_recording *recording, uint64_t address)
{
	struct memmon_buffer *line = &recording->names.symbols_file.pending;
	const struct recording_module *module;
	struct memmon_symbol symbol;

	if (!recording->setup.symbols ||
	    !memmon_symbols_find(recording->setup.symbols, address, &symbol))
		return 0;
	module = find_module(recording, symbol.module ? symbol.module : KERNEL);
	if (!module)
		return -ENOMEM;
	memmon_buffer_print(line, "%" PRIx64 "\t", address);
	add_text(line, symbol.name, '\t');
	memmon_buffer_print(line, "%" PRIx64 "\t", symbol.offset);
	add_text(line, symbol.module, '\t');
	add_text(line, module->build_id[0] ? module->build_id : NULL, '\n');
	return line->err;
}

int recording_describe_site(struct memmon_recording *recording, uint64_t address)
{
	struct recording_names *names = &recording->names;

	if (!recording->setup.names_sites_later)
		return name_site(recording, address);
	if (memmon_array_grow((void **)&names->sites_later, names->nr_sites_later,
			      &names->sites_later_room, sizeof(address)))
		return -ENOMEM;
	names->sites_later[names->nr_sites_later++] = address;
	return 0;
}

/* Frames are call sites as any other: each is named once. */
static int describe_frames(struct memmon_recording *recording, const uint64_t *frames, size_t nr)
{
	struct memmon_number_set *sites = &recording->names.sites;

	for (size_t i = 0; i < nr; i++) {
		if (memmon_number_set_has(sites, frames[i]))
			continue;
		if (recording_describe_site(recording, frames[i]) ||
		    memmon_number_set_add(sites, frames[i]))
			return -ENOMEM;
	}
	return 0;
}

int recording_describe_stack(struct memmon_recording *recording, uint32_t id)
{
	struct memmon_buffer *line = &recording->names.stacks_file.pending;
	const uint64_t *frames;
	size_t nr;
	int err;

	if (!recording->setup.stack)
		return 0;
	err = recording->setup.stack(recording->setup.context, id, &frames, &nr);
	if (!err && nr)
		err = describe_frames(recording, frames, nr);
	if (err || !nr)
		return err;
	memmon_buffer_print(line, "%x", id);
	for (size_t i = 0; i < nr; i++)
		memmon_buffer_print(line, "%c%" PRIx64, i ? ',' : '\t', frames[i]);
	memmon_buffer_add(line, "\n", 1);
	return line->err;
}

int recording_describe_later(struct memmon_recording *recording)
{
	struct recording_names *names = &recording->names;
	int err = 0;

	for (size_t i = 0; i < names->nr_sites_later && !err; i++)
		err = name_site(recording, names->sites_later[i]);
	names->nr_sites_later = 0;
	return err;
}

static int add_seen(struct memmon_ctf_name **seen, size_t *nr, size_t *room, uint64_t value,
		    struct memmon_ctf_name **ret)
{
	int err = memmon_array_grow((void **)seen, *nr, room, sizeof(**seen));

	if (err)
		return err;
	*ret = &(*seen)[(*nr)++];
	(*ret)->value = value;
	return 0;
}

int recording_describe_cache(struct memmon_recording *recording, uint32_t id)
{
	struct recording_names *names = &recording->names;
	struct memmon_buffer *line = &names->caches_file.pending;
	struct memmon_cache_info cache = { .size = sizeof(cache), .id = id };
	char name[sizeof(cache.name) + 1] = "";
	struct memmon_ctf_name *seen;
	char aliases[ALIASES_BYTES];

	if (!recording->setup.cache || recording->setup.cache(recording->setup.context, id, &cache))
		return 0;
	memcpy(name, cache.name, sizeof(cache.name));
	memmon_aliases_find(&names->aliases, name, aliases, sizeof(aliases));
	memmon_buffer_print(line, "%x\t%x\t", id, cache.object_bytes);
	add_text(line, name, '\t');
	add_text(line, aliases, '\n');
	if (add_seen(&names->caches_seen, &names->nr_caches, &names->caches_room, id, &seen))
		return -ENOMEM;
	snprintf(seen->name, sizeof(seen->name), "%s", name);
	return line->err;
}

int recording_describe_gfp(struct memmon_recording *recording, uint32_t gfp)
{
	struct recording_names *names = &recording->names;
	struct memmon_ctf_name *seen;

	if (add_seen(&names->gfps_seen, &names->nr_gfps, &names->gfps_room, gfp, &seen))
		return -ENOMEM;
	memmon_ctf_gfp_name(&recording->machine, gfp, seen->name, sizeof(seen->name));
	return 0;
}

/* A process that is gone by now keeps at least the name that the thread had. */
int recording_describe_process(struct memmon_recording *recording,
			       const struct memmon_record *record)
{
	struct memmon_buffer *line = &recording->names.processes_file.pending;
	char comm[MEMMON_COMM_BYTES + 1];
	char cgroup[PATH_MAX];
	bool has_cgroup;

	if (memmon_process_comm(recording->proc, record->tgid, comm, sizeof(comm)))
		snprintf(comm, sizeof(comm), "%.*s", MEMMON_COMM_BYTES, record->comm);
	has_cgroup = !memmon_process_cgroup(recording->proc, record->tgid, cgroup, sizeof(cgroup));
	memmon_buffer_print(line, "%x\t", record->tgid);
	add_text(line, comm, '\t');
	add_text(line, has_cgroup ? cgroup : NULL, '\n');
	return line->err;
}
