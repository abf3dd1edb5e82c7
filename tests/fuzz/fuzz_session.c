// SPDX-License-Identifier: GPL-2.0
/* Feeds anything to the parsers of a recording's JSON; what they take must come back the same. */
#include "ctf_metadata.h"
#include "fuzz.h"
#include "sidecar.h"

static void write_and_read(const struct memmon_machine *machine,
			   const struct memmon_options *options, const uint8_t *uuid)
{
	struct memmon_buffer metadata = { 0 };
	struct memmon_options options_again;
	struct memmon_machine again;
	uint8_t uuid_again[16];
	json_t *object;
	char *text;

	MUST(!memmon_session_pack(machine, options, NULL, uuid, &object));
	text = json_dumps(object, 0);
	json_decref(object);
	MUST(text);
	MUST(!memmon_session_unpack(text, strlen(text), &again, &options_again, uuid_again));
	MUST(!memcmp(uuid, uuid_again, 16));
	MUST(!memcmp(options, &options_again, sizeof(*options)));
	MUST(!strcmp(machine->host, again.host) && machine->nr_gfp == again.nr_gfp);
	memmon_machine_exit(&again);
	free(text);
	memmon_ctf_metadata(&metadata, machine, uuid, NULL, options->stacks);
	MUST(!metadata.err);
	memmon_buffer_exit(&metadata);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memmon_machine machine;
	struct memmon_options options;
	struct memmon_loss loss;
	uint8_t uuid[16];
	uint64_t records;

	if (!memmon_session_unpack((const char *)data, size, &machine, &options, uuid)) {
		write_and_read(&machine, &options, uuid);
		memmon_machine_exit(&machine);
	}
	memmon_end_unpack((const char *)data, size, &loss, &records);
	return 0;
}
