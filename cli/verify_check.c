// SPDX-License-Identifier: GPL-2.0
/* Compares what was made with what was seen, object by object, and adds it up by path and context. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "verify.h"

/* What kfree() takes for nothing: NULL, and what kmalloc(0) returns. */
#define HIGHEST_NOTHING 16

/**
 * struct check - what the comparison needs
 * @last: the list of the last phase that was reached
 * @lives: of its objects
 * @is_taken: of each record, whether it is the failure of some object
 */
struct check {
	struct verify_list *const *lists;
	const struct verify_list *last;
	const struct verify_seen *seen;
	struct verify_life *lives;
	bool *is_taken;
	uint64_t nr_null_left;
};

const char *verify_verdict_name(enum verify_verdict verdict)
{
	static const char *const names[] = {
		[VERIFY_OK] = "ok",
		[VERIFY_WRONG] = "WRONG",
		[VERIFY_EXTRA] = "EXTRA",
		[VERIFY_MISSED] = "MISSED",
	};

	return names[verdict];
}

/* Notes that something is not right; the first is kept, and the worst decides. */
static void complain(struct verify_row *row, const struct verify_object *object,
		     enum verify_verdict verdict, const char *text)
{
	bool is_page = object->kind == VERIFY_PAGES;

	if (!*row->problem)
		snprintf(row->problem, sizeof(row->problem), "%s%" PRIx64 ": %.100s",
			 is_page ? "page frame 0x" : "0x", object->address, text);
	if (verdict > row->verdict)
		row->verdict = verdict;
}

static uint32_t saturate(uint64_t bytes)
{
	return bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

static const char *check_cache(const struct check *check, const struct verify_object *object,
			       const struct memmon_record *birth)
{
	const char *name;

	if (birth->event_class != MEMMON_CLASS_CACHE_ALLOC &&
	    birth->event_class != MEMMON_CLASS_CACHE_ALLOC_BULK)
		return NULL;
	name = check->seen->cache_name ? check->seen->cache_name(birth->detail, check->seen->arg) :
					 NULL;
	/* "cache@1": on this kernel caches have no names. */
	if (!name || !strncmp(name, "cache@", 6) || !strcmp(name, object->cache))
		return NULL;
	return "seen in another cache";
}

/* On older kernels krealloc() is the caller of what it does itself. */
static bool has_site(const struct verify_object *object)
{
	return !strncmp(object->path, "kmalloc", 7) ||
	       !strncmp(object->path, "kmem_cache_alloc", 16);
}

/* What is wrong with a birth that was seen; NULL if nothing is. */
static const char *check_birth(const struct check *check, const struct verify_object *object,
			       const struct verify_life *life)
{
	const struct memmon_site_range *site = &check->seen->site;
	const struct memmon_record *birth = life->birth;

	if (object->kind != VERIFY_PAGES && birth->bytes_req != saturate(object->born_bytes))
		return "seen with another size";
	if (birth->bytes_alloc < birth->bytes_req)
		return "seen with less bytes taken than asked for";
	if (birth->context != object->made_in)
		return "seen in another context";
	if (site->last && has_site(object) &&
	    (birth->call_site < site->first || birth->call_site > site->last))
		return "seen with a call site outside the module";
	if (object->bytes != object->born_bytes &&
	    (life->nr_resized != 1 || life->resized_bytes != saturate(object->bytes)))
		return "krealloc() in place not seen";
	return check_cache(check, object, birth);
}

static bool is_failure_of(const struct memmon_record *record, const struct verify_object *object,
			  uint32_t maker_pid)
{
	return !record->object && record->event_class == verify_birth_class(object) &&
	       (record->pid_node & MEMMON_PID_MASK) == maker_pid &&
	       record->context == object->made_in &&
	       record->bytes_req == saturate(object->born_bytes);
}

/* The first failure that can be this one's, and is no other one's. */
static bool take_failure(struct check *check, const struct verify_object *object)
{
	for (size_t i = 0; i < check->seen->nr; i++) {
		if (!check->is_taken[i] &&
		    is_failure_of(&check->seen->records[i], object, check->last->maker_pid)) {
			check->is_taken[i] = true;
			return true;
		}
	}
	return false;
}

/* Nothing that is given back is counted, and is no event. */
static void check_null(struct check *check, const struct verify_object *object,
		       struct verify_row *row)
{
	row->freed++;
	if (check->nr_null_left) {
		check->nr_null_left--;
		row->seen++;
		row->freed_seen++;
	} else {
		complain(row, object, VERIFY_MISSED, "a kfree() of nothing was not counted");
	}
}

static void check_failure(struct check *check, const struct verify_object *object,
			  struct verify_row *row)
{
	if (take_failure(check, object))
		row->seen++;
	else if (object->kind == VERIFY_PERCPU)
		row->made--; /* a blind spot that is told of: in an interrupt it may fail at any time */
	else
		complain(row, object, VERIFY_MISSED, "a request that failed was not seen");
}

static uint32_t expected_ends(const struct verify_object *object)
{
	bool is_whole = strcmp(object->path, "split_page") &&
			strcmp(object->path, "alloc_pages_exact");

	if (!is_whole)
		return (1U << object->order) - object->pages_left;
	return object->state == VERIFY_FREED;
}

static void check_end(const struct check *check, const struct verify_object *object,
		      const struct verify_life *life, struct verify_row *row)
{
	uint32_t expected = expected_ends(object);

	if (object->state == VERIFY_QUEUED) {
		row->freed++;
		if (life->nr_queued != 1)
			complain(row, object, life->nr_queued ? VERIFY_EXTRA : VERIFY_MISSED,
				 life->nr_queued ? "handed to kfree_rcu() more than once" :
						   "handing it to kfree_rcu() was not seen");
		else if (life->nr_ends)
			row->freed_seen++;
		else if (check->lists[VERIFY_ENDED] && strcmp(object->cache, "-"))
			complain(row, object, VERIFY_MISSED,
				 "its cache is gone, but its end was not seen");
		else
			row->pending++;
		expected = 1;
	} else if (life->nr_ends < expected) {
		row->freed += object->state == VERIFY_FREED;
		complain(row, object, VERIFY_MISSED, "its end was not seen");
	} else if (object->state == VERIFY_FREED) {
		row->freed++;
		row->freed_seen++;
	}
	if (life->nr_ends > expected)
		complain(row, object, VERIFY_EXTRA, "its end was seen more than once");
}

/* What the ledger said of object number @i, after each phase. */
static void check_ledger(const struct check *check, size_t i, const struct memmon_record *birth,
			 struct verify_row *row)
{
	static const char *const after[] = {
		[VERIFY_MADE] = "after it was made",
		[VERIFY_PART_FREED] = "after the first frees",
		[VERIFY_ENDED] = "at the end",
	};
	char text[VERIFY_PROBLEM_BYTES];
	const char *problem = NULL;

	for (int phase = 0; phase < VERIFY_NR_PHASES && !problem; phase++) {
		const struct verify_list *list = check->lists[phase];

		if (!list)
			continue;
		problem = verify_ledger(list, &list->objects[i], &check->seen->held[phase],
					check->seen->page_bytes);
		if (problem) {
			snprintf(text, sizeof(text), "%s, %s", problem, after[phase]);
			/* What was not seen cannot be in the ledger; that has been said. */
			complain(row, &list->objects[i], birth ? VERIFY_WRONG : VERIFY_MISSED,
				 text);
		}
	}
	row->booked += !problem;
}

static void check_object(struct check *check, size_t i, struct verify_row *row)
{
	const struct verify_object *object = &check->last->objects[i];
	const struct verify_life *life = &check->lives[i];
	const char *problem;

	row->made++;
	if (object->state == VERIFY_NULL) {
		check_null(check, object, row);
		return;
	}
	if (object->state == VERIFY_FAILED) {
		check_failure(check, object, row);
		return;
	}
	if (!life->birth) {
		complain(row, object, VERIFY_MISSED, "its birth was not seen");
		row->freed += object->state != VERIFY_HELD;
		return;
	}
	problem = check_birth(check, object, life);
	if (life->has_more)
		complain(row, object, VERIFY_EXTRA, "its birth was seen more than once");
	if (problem)
		complain(row, object, VERIFY_WRONG, problem);
	row->seen += !problem && !life->has_more;
	check_end(check, object, life, row);
	check_ledger(check, i, life->birth, row);
}

static bool is_in_row(const struct verify_row *row, const struct verify_object *object)
{
	return !strcmp(row->object->path, object->path) &&
	       !strcmp(row->object->freed_by, object->freed_by) &&
	       !strcmp(row->object->context, object->context) &&
	       row->object->order == object->order && row->object->kind == object->kind;
}

static struct verify_row *row_of(struct verify_result *result, const struct verify_object *object)
{
	for (size_t i = 0; i < result->nr; i++)
		if (is_in_row(&result->rows[i], object))
			return &result->rows[i];
	result->rows[result->nr].object = object;
	return &result->rows[result->nr++];
}

/* The object that an event of nothing would be one too many of; NULL if it is none of ours. */
static const struct verify_object *find_nothing(const struct check *check,
						const struct memmon_record *record)
{
	for (size_t i = 0; i < check->last->nr; i++) {
		const struct verify_object *object = &check->last->objects[i];

		if (object->state == VERIFY_FAILED &&
		    is_failure_of(record, object, check->last->maker_pid))
			return object;
		if (object->state == VERIFY_NULL && record->event_class == MEMMON_CLASS_KFREE)
			return object;
	}
	return NULL;
}

/* Events of nothing that are left over: seen twice, or not filtered as they should be. */
static void check_rest(struct check *check, struct verify_result *result)
{
	for (size_t i = 0; i < check->seen->nr; i++) {
		const struct memmon_record *record = &check->seen->records[i];
		const struct verify_object *object;

		if (record->object > HIGHEST_NOTHING || check->is_taken[i])
			continue;
		object = find_nothing(check, record);
		if (object)
			complain(row_of(result, object), object, VERIFY_EXTRA,
				 object->state == VERIFY_NULL ?
					 "a kfree() of nothing was seen as an event" :
					 "a request that failed was seen more than once");
	}
}

static void add_up(struct verify_result *result)
{
	for (size_t i = 0; i < result->nr; i++) {
		const struct verify_row *row = &result->rows[i];

		result->objects += row->made;
		result->pending += row->pending;
		if (row->verdict > result->verdict)
			result->verdict = row->verdict;
	}
}

static const struct verify_list *find_last(struct verify_list *const lists[VERIFY_NR_PHASES])
{
	const struct verify_list *last = NULL;

	for (int phase = 0; phase < VERIFY_NR_PHASES; phase++) {
		if (!lists[phase])
			continue;
		if (last && last->nr != lists[phase]->nr)
			return NULL;
		last = lists[phase];
	}
	return last;
}

int verify_check(struct verify_list *const lists[VERIFY_NR_PHASES], const struct verify_seen *seen,
		 struct verify_result *ret)
{
	struct check check = { .lists = lists, .seen = seen, .nr_null_left = seen->nr_null };
	int err;

	*ret = (struct verify_result){ 0 };
	check.last = find_last(lists);
	if (!check.last)
		return -EBADMSG;
	check.is_taken = calloc(seen->nr + 1, sizeof(*check.is_taken));
	ret->rows = calloc(check.last->nr + 1, sizeof(*ret->rows));
	err = check.is_taken && ret->rows ? verify_lives(check.last, seen, &check.lives) : -ENOMEM;
	for (size_t i = 0; i < check.last->nr && !err; i++)
		check_object(&check, i, row_of(ret, &check.last->objects[i]));
	if (err) {
		verify_result_free(ret);
	} else {
		check_rest(&check, ret);
		add_up(ret);
	}
	free(check.lives);
	free(check.is_taken);
	return err;
}

void verify_result_free(struct verify_result *result)
{
	free(result->rows);
	*result = (struct verify_result){ 0 };
}
