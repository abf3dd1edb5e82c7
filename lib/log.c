// SPDX-License-Identifier: GPL-2.0
/* Parses the lines of /proc/mem_monitor into requests. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "memmon.h"

#define AFTER_LABEL "]: Process '"
#define AFTER_COMM "' with PID "
#define AFTER_PID " allocated "
#define AFTER_BYTES " bytes"
#define BEFORE_CACHE " in cache '"

struct memmon_log {
	char *text;
	struct memmon_request *requests;
	size_t nr_requests;
	size_t room;
};

/* Reads digits at *text that are followed by @then, and moves *text behind both. */
static int take_number(char **text, const char *then, uint64_t *ret)
{
	size_t nr_digits = strspn(*text, "0123456789");
	char *end = *text + nr_digits;
	char saved = *end;
	int err;

	if (strncmp(end, then, strlen(then)))
		return -EINVAL;
	*end = '\0';
	err = memmon_text_number(*text, ret);
	*end = saved;
	*text = end + strlen(then);
	return err;
}

static int parse_cache(char *text, struct memmon_request *request)
{
	size_t len = strlen(text);
	size_t skip = strlen(BEFORE_CACHE);

	if (strncmp(text, BEFORE_CACHE, skip) || len <= skip || text[len - 1] != '\'')
		return -EINVAL;
	text[len - 1] = '\0';
	request->cache = text + skip;
	return 0;
}

static int parse_tail(char *tail, struct memmon_request *request)
{
	uint64_t pid;

	if (take_number(&tail, AFTER_PID, &pid) || pid > UINT32_MAX ||
	    take_number(&tail, AFTER_BYTES, &request->bytes))
		return -EINVAL;
	request->pid = (uint32_t)pid;
	request->cache = NULL;
	/* A kmalloc ends here; a page request goes on with "(order ...)". */
	if (!*tail || !strncmp(tail, " (", 2))
		return 0;
	return parse_cache(tail, request);
}

/*
 * A process may choose any name, also one that looks like the rest of a line. So the name ends at the
 * last place from which the rest of the line makes sense.
 */
static int parse_line(char *line, struct memmon_request *request)
{
	char *label_end = strstr(line, AFTER_LABEL);
	char *comm, *place, *found = NULL;

	if (*line != '[' || !label_end)
		return -EINVAL;
	comm = label_end + strlen(AFTER_LABEL);
	for (place = strstr(comm, AFTER_COMM); place; place = strstr(place + 1, AFTER_COMM))
		found = place;
	if (!found || parse_tail(found + strlen(AFTER_COMM), request))
		return -EINVAL;
	*label_end = '\0';
	*found = '\0';
	request->label = line + 1;
	request->comm = comm;
	return 0;
}

int memmon_log_parse(const char *text, size_t len, struct memmon_log **ret)
{
	struct memmon_log *log = calloc(1, sizeof(*log));
	struct memmon_line line;
	char *next;
	int err = -ENOMEM;

	if (!log)
		return -ENOMEM;
	log->text = memmon_text_copy(text, len);
	if (!log->text)
		goto err_destroy;
	next = log->text;
	while (memmon_text_next(&next, log->text + len, &line)) {
		err = memmon_array_grow((void **)&log->requests, log->nr_requests, &log->room,
					sizeof(*log->requests));
		if (err)
			goto err_destroy;
		err = -EBADMSG;
		if (parse_line(line.start, &log->requests[log->nr_requests]))
			goto err_destroy;
		log->nr_requests++;
	}
	*ret = log;
	return 0;

err_destroy:
	memmon_log_destroy(log);
	return err;
}

void memmon_log_destroy(struct memmon_log *log)
{
	if (!log)
		return;
	free(log->requests);
	free(log->text);
	free(log);
}

size_t memmon_log_count(const struct memmon_log *log)
{
	return log->nr_requests;
}

const struct memmon_request *memmon_log_at(const struct memmon_log *log, size_t i)
{
	return &log->requests[i];
}
