// SPDX-License-Identifier: GPL-2.0
/* Shows slab caches as JSON; docs/json.md is its schema. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "slabs.h"
#include "ui.h"

static const char *const what_names[] = {
	[SLABS_CACHES] = "caches", [SLABS_PINS] = "pins",	[SLABS_HOLDERS] = "holders",
	[SLABS_ADVICE] = "advice", [SLABS_CGROUPS] = "cgroups",
};

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *chain_json(const struct memmon_slabs_chain *chain)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "total_bytes",
			 number(chain->total), "ends_bytes", number(chain->ends), "free_bytes",
			 number(chain->free), "padding_bytes", number(chain->padding),
			 "objects_bytes", number(chain->objects), "older_bytes",
			 number(chain->older), "rounding_bytes", number(chain->rounding),
			 "asked_bytes", number(chain->asked), "wasted_bytes",
			 number(slabs_wasted(chain)));
}

static json_t *empty_json(const struct slabs_view *view, const struct memmon_slabs_empty *empty)
{
	if (!view->has_slabs)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "slabs", number(empty->slabs),
			 "explained_slabs", number(empty->explained_slabs), "partly_slabs",
			 number(empty->partly_slabs), "bytes", number(empty->bytes),
			 "explained_bytes", number(empty->explained_bytes), "objects",
			 number(empty->objects), "known_objects", number(empty->known_objects));
}

static json_t *aliases_json(const char *aliases)
{
	json_t *list = json_array();

	for (; *aliases; aliases += strspn(aliases, ",")) {
		size_t len = strcspn(aliases, ",");
		struct slabs_name name;

		snprintf(name.text, sizeof(name.text), "%.*s", (int)len, aliases);
		if (json_array_append_new(list, ui_json_text(name.text))) {
			json_decref(list);
			return NULL;
		}
		aliases += len;
	}
	return list;
}

static json_t *row_json(const struct slabs_view *view, const struct memmon_slabs_row *row)
{
	return json_pack("{s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "name", ui_json_text(row->name), "aliases", aliases_json(row->aliases),
			 "is_size_class", row->is_size_class, "object_bytes",
			 number(row->object_bytes), "slot_bytes", number(row->slot_bytes), "slabs",
			 number(row->slabs), "places", number(row->places), "kernel_active",
			 row->has_kernel_active ? number(row->kernel_active) : json_null(),
			 "in_use_min", number(row->in_use_min), "in_use_max",
			 number(row->in_use_max), "known",
			 view->books ? number(row->known) : json_null(), "chain",
			 chain_json(&row->chain), "nearly_empty", empty_json(view, &row->empty));
}

static json_t *caches_json(const struct slabs_view *view)
{
	json_t *list = json_array();
	size_t *order, nr;

	if (slabs_order_caches(view, &order, &nr)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < slabs_shown(view, nr); i++) {
		if (json_array_append_new(list,
					  row_json(view, memmon_slabs_at(view->slabs, order[i])))) {
			json_decref(list);
			list = NULL;
			break;
		}
	}
	free(order);
	return list;
}

/* What the view is about, as members of @object. */
static int set_parts(const struct slabs_view *view, json_t *object)
{
	int err = 0;

	switch (view->what) {
	case SLABS_CACHES:
	case SLABS_PINS:
		err = json_object_set_new(object, "caches", caches_json(view));
		err |= json_object_set_new(object, "pins",
					   view->books && view->has_slabs && view->has_page_offset ?
						   slabs_json_pins(view) :
						   json_null());
		break;
	case SLABS_HOLDERS:
		err = json_object_set_new(object, "holders", slabs_json_holders(view));
		break;
	case SLABS_ADVICE:
		err = json_object_set_new(object, "advice", slabs_json_advice(view));
		break;
	case SLABS_CGROUPS:
		err = json_object_set_new(object, "cgroups", slabs_json_cgroups(view));
		break;
	}
	return err;
}

int slabs_json(const struct slabs_view *view, FILE *out)
{
	json_t *object = json_pack("{s:s, s:s, s:o, s:b, s:i, s:i, s:b, s:o, s:o, s:o}", "type",
				   "memmon slabs", "view", what_names[view->what], "recording",
				   view->recording ? ui_json_text(view->recording) : json_null(),
				   "slabs_known", view->has_slabs, "nearly_empty_percent",
				   (int)view->nearly_empty_percent, "sample_one_in",
				   (int)memmon_slabs_one_in(view->slabs), "filtered",
				   view->is_filtered, "strays",
				   number(memmon_slabs_strays(view->slabs)), "total",
				   row_json(view, memmon_slabs_total(view->slabs)), "loss",
				   view->books ? ledger_loss_json(view->books) : json_null());

	if (set_parts(view, object)) {
		json_decref(object);
		return -ENOMEM;
	}
	return ui_json_print(object, out);
}
