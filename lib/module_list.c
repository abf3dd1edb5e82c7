// SPDX-License-Identifier: GPL-2.0
/* Parses /proc/modules, and finds build-ids in the ELF notes that sysfs shows. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "internal.h"
#include "module_list.h"

#define NOTES_LIMIT_BYTES (1024 * 1024)

/* name bytes references users state 0xaddress [taints] */
static int parse_line(char *line, struct memmon_module_entry *module)
{
	char *words[6];
	char *rest;

	for (size_t i = 0; i < 6; i++) {
		words[i] = strtok_r(i ? NULL : line, " ", &rest);
		if (!words[i])
			return -EBADMSG;
	}
	if (strlen(words[0]) >= sizeof(module->name) || strchr(words[0], '/') ||
	    words[0][0] == '.' || strncmp(words[5], "0x", 2))
		return -EBADMSG;
	strcpy(module->name, words[0]);
	if (memmon_text_number(words[1], &module->bytes))
		return -EBADMSG;
	return memmon_field_hex(words[5] + 2, &module->address);
}

int memmon_modules_parse(char *text, size_t len, struct memmon_module_entry **ret, size_t *nr)
{
	struct memmon_module_entry *modules = NULL;
	struct memmon_line line;
	char *next = text;
	size_t room = 0;

	*nr = 0;
	while (memmon_text_next(&next, text + len, &line)) {
		if (memmon_array_grow((void **)&modules, *nr, &room, sizeof(*modules))) {
			free(modules);
			return -ENOMEM;
		}
		if (!parse_line(line.start, &modules[*nr]))
			++*nr;
	}
	*ret = modules;
	return 0;
}

static size_t align(size_t bytes)
{
	return (bytes + 3) & ~(size_t)3;
}

int memmon_build_id_parse(const void *notes, size_t len, char ret[2 * MEMMON_BUILD_ID_BYTES + 1])
{
	const unsigned char *at = notes;
	Elf64_Nhdr note;

	while (len >= sizeof(note)) {
		const unsigned char *name = at + sizeof(note);
		size_t left = len - sizeof(note);

		memcpy(&note, at, sizeof(note));
		if (note.n_namesz > left || align(note.n_namesz) > left ||
		    note.n_descsz > left - align(note.n_namesz))
			break;
		left -= align(note.n_namesz);
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof(ELF_NOTE_GNU) &&
		    !memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) && note.n_descsz &&
		    note.n_descsz <= MEMMON_BUILD_ID_BYTES) {
			name += align(note.n_namesz);
			for (size_t i = 0; i < note.n_descsz; i++)
				sprintf(ret + 2 * i, "%02x", name[i]);
			return 0;
		}
		if (align(note.n_descsz) > left)
			break;
		at += sizeof(note) + align(note.n_namesz) + align(note.n_descsz);
		len = left - align(note.n_descsz);
	}
	return -ENOENT;
}

int memmon_build_id_read(const char *sys, const char *module,
			 char ret[2 * MEMMON_BUILD_ID_BYTES + 1])
{
	char path[512];
	char *notes;
	size_t len;
	int used;
	int err;

	if (module)
		used = snprintf(path, sizeof(path), "%s/module/%s/notes/.note.gnu.build-id", sys,
				module);
	else
		used = snprintf(path, sizeof(path), "%s/kernel/notes", sys);
	if (used < 0 || (size_t)used >= sizeof(path))
		return -ENAMETOOLONG;
	err = memmon_disk_read(AT_FDCWD, path, NOTES_LIMIT_BYTES, &notes, &len);
	if (err)
		return err;
	err = memmon_build_id_parse(notes, len, ret);
	free(notes);
	return err;
}
