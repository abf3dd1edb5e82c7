// SPDX-License-Identifier: GPL-2.0
/* Is the ledger right about an object after a phase? */
#include "verify.h"

static uint32_t saturate(uint64_t bytes)
{
	return bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

static const struct memmon_held *find_row(const struct verify_held *held,
					  const struct verify_object *object)
{
	bool is_page = object->kind == VERIFY_PAGES;
	const struct memmon_held *rows = is_page ? held->pages : held->objects;
	size_t nr = is_page ? held->nr_pages : held->nr_objects;

	for (size_t i = 0; i < nr; i++)
		if (rows[i].address == object->address)
			return &rows[i];
	return NULL;
}

/* A later object of somebody else, at the same address, is none of our business. */
static bool is_ours(const struct memmon_held *row, const struct verify_object *object,
		    uint32_t maker_pid)
{
	if (row->pid != maker_pid)
		return false;
	return object->kind == VERIFY_PAGES ? row->order == object->order :
					      row->event_class == verify_birth_class(object);
}

/* Whether an address that was given back is listed as held again. */
static bool is_held_again(const struct verify_list *list, const struct verify_object *object)
{
	for (size_t i = 0; i < list->nr; i++) {
		const struct verify_object *other = &list->objects[i];

		if (other != object && other->address == object->address &&
		    (other->state == VERIFY_HELD || other->state == VERIFY_QUEUED) &&
		    verify_object_key(other) == verify_object_key(object))
			return true;
	}
	return false;
}

static const char *check_held(const struct memmon_held *row, const struct verify_object *object,
			      uint32_t maker_pid, uint32_t page_bytes)
{
	if (!row)
		return "the ledger does not have it";
	if (!is_ours(row, object, maker_pid))
		return "the ledger has another object at its address";
	if (row->queued_ns != MEMMON_NOT_QUEUED)
		return "the ledger takes it for given to kfree_rcu()";
	if (object->kind == VERIFY_PAGES)
		return row->bytes_alloc == object->pages_left * page_bytes ?
			       NULL :
			       "the ledger has other bytes of its block";
	if (row->bytes_req != saturate(object->bytes))
		return "the ledger has other bytes for it";
	if (row->bytes_alloc < row->bytes_req)
		return "the ledger has less bytes taken than asked for";
	return row->context == object->made_in ? NULL : "the ledger has another context";
}

const char *verify_ledger(const struct verify_list *list, const struct verify_object *object,
			  const struct verify_held *held, uint32_t page_bytes)
{
	const struct memmon_held *row = find_row(held, object);

	switch (object->state) {
	case VERIFY_HELD:
		return check_held(row, object, list->maker_pid, page_bytes);
	case VERIFY_FREED:
		if (row && is_ours(row, object, list->maker_pid) && !is_held_again(list, object))
			return "the ledger still has it";
		return NULL;
	case VERIFY_QUEUED:
		if (row && is_ours(row, object, list->maker_pid) &&
		    row->queued_ns == MEMMON_NOT_QUEUED)
			return "the ledger does not take it for given to kfree_rcu()";
		return NULL;
	default:
		return NULL;
	}
}
