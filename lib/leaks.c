// SPDX-License-Identifier: GPL-2.0
/* Takes looks at what is held, and remembers how much each row had. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "leaks_internal.h"

static const char *const key_names[] = {
#define KEY_NAME(id, name) [MEMMON_LEAK_KEY_##id] = name,
	MEMMON_LEAK_KEYS(KEY_NAME)
#undef KEY_NAME
};

static const char *const verdict_names[] = {
#define VERDICT_NAME(id, name) [MEMMON_VERDICT_##id] = name,
	MEMMON_LEAK_VERDICTS(VERDICT_NAME)
#undef VERDICT_NAME
};

static const char *const reason_names[] = {
#define REASON_NAME(id, name, words) [MEMMON_REASON_##id] = name,
	MEMMON_LEAK_REASONS(REASON_NAME)
#undef REASON_NAME
};

static const char *const reason_words[] = {
#define REASON_WORDS(id, name, words) [MEMMON_REASON_##id] = words,
	MEMMON_LEAK_REASONS(REASON_WORDS)
#undef REASON_WORDS
};

int memmon_leak_key_find(const char *name, size_t len, enum memmon_leak_key *ret)
{
	for (size_t i = 0; i < MEMMON_NR_LEAK_KEYS; i++) {
		if (strlen(key_names[i]) != len || memcmp(key_names[i], name, len))
			continue;
		*ret = (enum memmon_leak_key)i;
		return 0;
	}
	return -ENOENT;
}

const char *memmon_leak_key_name(enum memmon_leak_key key)
{
	return key < MEMMON_NR_LEAK_KEYS ? key_names[key] : "?";
}

const char *memmon_leak_verdict_name(enum memmon_leak_verdict verdict)
{
	return verdict < MEMMON_NR_LEAK_VERDICTS ? verdict_names[verdict] : "?";
}

const char *memmon_leak_reason_name(enum memmon_leak_reason reason)
{
	return reason < MEMMON_NR_LEAK_REASONS ? reason_names[reason] : "?";
}

const char *memmon_leak_reason_words(enum memmon_leak_reason reason)
{
	return reason < MEMMON_NR_LEAK_REASONS ? reason_words[reason] : "?";
}

int memmon_leaks_create(const struct memmon_leaks_options *options, struct memmon_leaks **ret)
{
	struct memmon_leaks *leaks;

	if (!options->nr_keys || options->nr_keys > MEMMON_LEAKS_MAX_KEYS)
		return -EINVAL;
	leaks = calloc(1, sizeof(*leaks));
	if (!leaks)
		return -ENOMEM;
	leaks->options = *options;
	leaks->stride = 1;
	for (unsigned int i = 0; i < options->nr_keys; i++)
		leaks->splits_unloaded |= options->keys[i] == MEMMON_LEAK_KEY_SITE ||
					  options->keys[i] == MEMMON_LEAK_KEY_STACK ||
					  options->keys[i] == MEMMON_LEAK_KEY_MODULE;
	if (leaks_names_init(&leaks->names)) {
		memmon_leaks_destroy(leaks);
		return -ENOMEM;
	}
	*ret = leaks;
	return 0;
}

void memmon_leaks_destroy(struct memmon_leaks *leaks)
{
	if (!leaks)
		return;
	leaks_names_exit(&leaks->names);
	leaks_rows_exit(&leaks->rows);
	for (size_t i = 0; i < MEMMON_NR_SECTIONS; i++)
		free(leaks->row_of[i]);
	free(leaks->order);
	free(leaks->parts);
	free(leaks);
}

int leaks_key_of(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot,
		 enum memmon_section section, const struct memmon_held *held,
		 enum memmon_leak_kind kind, struct leaks_key *key)
{
	*key = (struct leaks_key){ .section = (uint8_t)section, .kind = (uint8_t)kind };
	for (unsigned int i = 0; i < leaks->options.nr_keys; i++) {
		key->names[i] =
			leaks_names_key(&leaks->names, snapshot, held, leaks->options.keys[i]);
		if (!key->names[i])
			return -ENOMEM;
	}
	return 0;
}

static bool was_there_lately(const struct leaks_row *row, void *arg)
{
	size_t nr_looks = *(size_t *)arg;

	for (size_t i = nr_looks / 2; i < nr_looks; i++)
		if (row->objects[i])
			return true;
	return false;
}

/* Forgets every second look, and rows that have had nothing for long. */
static int thin_out(struct memmon_leaks *leaks)
{
	size_t nr = MEMMON_LEAKS_MAX_LOOKS / 2;

	for (size_t i = 0; i < nr; i++)
		leaks->look_ns[i] = leaks->look_ns[2 * i];
	for (size_t row = 0; row < leaks->rows.nr; row++) {
		struct leaks_row *thin = leaks->rows.rows[row];

		for (size_t i = 0; i < nr; i++) {
			thin->bytes[i] = thin->bytes[2 * i];
			thin->objects[i] = thin->objects[2 * i];
		}
	}
	leaks->nr_looks = nr;
	leaks->stride *= 2;
	return leaks_rows_keep(&leaks->rows, was_there_lately, &leaks->nr_looks);
}

/* Makes place for a look; rows begin it with nothing. */
static int begin_look(struct memmon_leaks *leaks, uint64_t now_ns)
{
	size_t at = leaks->nr_looks;

	/* The last one stays for good only if its turn has come. */
	if (at && (leaks->seen_looks - 1) % leaks->stride) {
		at--;
	} else if (at == MEMMON_LEAKS_MAX_LOOKS) {
		if (thin_out(leaks))
			return -ENOMEM;
		at = leaks->nr_looks;
	}
	leaks->nr_looks = at + 1;
	leaks->seen_looks++;
	leaks->look_ns[at] = now_ns;
	for (size_t i = 0; i < leaks->rows.nr; i++) {
		leaks->rows.rows[i]->bytes[at] = 0;
		leaks->rows.rows[i]->objects[at] = 0;
	}
	return 0;
}

/* Finds the row of an object; LEAKS_NO_ROW for the backing of others. */
static int find_row(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot,
		    enum memmon_section section, const struct memmon_held *held, uint32_t *ret)
{
	const struct leaks_cache *cache = leaks_names_cache(&leaks->names, snapshot, held->cache);
	const struct leaks_site *site = leaks_names_site(&leaks->names, snapshot, held);
	bool has_vmalloc = !(snapshot->books.missing_classes & 1U << MEMMON_CLASS_VMALLOC);
	enum memmon_leak_kind kind;
	struct leaks_row *row;
	struct leaks_key key;
	const char *why;
	int err;

	if (!cache || !site)
		return -ENOMEM;
	kind = leaks_kind_of(held, section, cache, site, has_vmalloc, &why);
	*ret = LEAKS_NO_ROW;
	if (kind == MEMMON_NR_LEAK_KINDS)
		return 0;
	if (kind == MEMMON_LEAK_KIND_PLAIN && leaks->splits_unloaded &&
	    leaks->names.accounts[held->account].is_gone)
		kind = MEMMON_LEAK_KIND_UNLOADED;
	err = leaks_key_of(leaks, snapshot, section, held, kind, &key);
	if (!err)
		err = leaks_rows_get(&leaks->rows, &key, ret);
	if (err)
		return err;
	row = leaks->rows.rows[*ret];
	row->leak.why = why;
	return 0;
}

static int add_section(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot,
		       enum memmon_section section)
{
	double scale = leaks_scale(&snapshot->books);
	size_t at = leaks->nr_looks - 1;
	size_t nr = snapshot->nr_held[section];

	if (nr > leaks->room_row_of[section]) {
		uint32_t *grown = reallocarray(leaks->row_of[section], nr, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		leaks->row_of[section] = grown;
		leaks->room_row_of[section] = nr;
	}
	for (size_t i = 0; i < nr; i++) {
		const struct memmon_held *held = &snapshot->held[section][i];
		uint32_t row;
		int err = find_row(leaks, snapshot, section, held, &row);

		if (err)
			return err;
		leaks->row_of[section][i] = row;
		if (row == LEAKS_NO_ROW)
			continue;
		leaks->rows.rows[row]->bytes[at] += scale * held->bytes_alloc;
		leaks->rows.rows[row]->objects[at]++;
	}
	return 0;
}

int memmon_leaks_add(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot)
{
	int err = begin_look(leaks, snapshot->books.duration_ns);

	if (!err)
		err = leaks_names_begin(&leaks->names, snapshot);
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS && !err; i++)
		err = add_section(leaks, snapshot, i);
	return err;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

size_t leaks_look_next_to(const struct memmon_leaks *leaks, double share)
{
	size_t best = 1;
	uint64_t wanted_ns;

	if (leaks->nr_looks < 3)
		return 0;
	wanted_ns = (uint64_t)(share * (double)leaks->look_ns[leaks->nr_looks - 1]);
	for (size_t i = 2; i + 1 < leaks->nr_looks; i++)
		if (distance(leaks->look_ns[i], wanted_ns) <
		    distance(leaks->look_ns[best], wanted_ns))
			best = i;
	return best;
}

size_t memmon_leaks_count(const struct memmon_leaks *leaks)
{
	return leaks->nr_leaks;
}

const struct memmon_leak *memmon_leaks_at(const struct memmon_leaks *leaks, size_t i)
{
	return leaks->order[i];
}

const struct memmon_leaks_total *memmon_leaks_total(const struct memmon_leaks *leaks,
						    enum memmon_section section)
{
	return &leaks->totals[section];
}

size_t memmon_leaks_looks(const struct memmon_leaks *leaks)
{
	return leaks->nr_looks;
}

uint64_t memmon_leaks_look_ns(const struct memmon_leaks *leaks, size_t look)
{
	return leaks->look_ns[look];
}

uint64_t memmon_leaks_older_than_ns(const struct memmon_leaks *leaks)
{
	return leaks->older_than_ns;
}
