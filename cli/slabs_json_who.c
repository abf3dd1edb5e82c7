// SPDX-License-Identifier: GPL-2.0
/* Who holds objects and keeps slabs, as JSON. */
#include <stdlib.h>

#include "slabs.h"
#include "ui.h"

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* Sums of a sample are those of the whole, with how wrong they may be. */
static int set_sum(const struct slabs_view *view, const struct memmon_slabs_sum *sum,
		   json_t *object)
{
	uint32_t one_in = memmon_slabs_one_in(view->slabs);
	int err;

	err = json_object_set_new(object, "objects", number(slabs_scaled(view, sum->objects)));
	err |= json_object_set_new(object, "queued", number(slabs_scaled(view, sum->queued)));
	err |= json_object_set_new(object, "asked_bytes",
				   number(slabs_scaled(view, sum->asked_bytes)));
	err |= json_object_set_new(object, "taken_bytes",
				   number(slabs_scaled(view, sum->taken_bytes)));
	err |= json_object_set_new(object, "taken_bytes_error",
				   json_real(memmon_slabs_error(sum, one_in)));
	err |= json_object_set_new(object, "oldest_ns", number(sum->oldest_ns));
	err |= json_object_set_new(object, "youngest_ns", number(sum->youngest_ns));
	return err;
}

/* Appends @object, whose making may have failed. Returns the list, or NULL and lets go of it. */
static json_t *append(json_t *list, json_t *object, int err)
{
	if (!err)
		err = json_array_append_new(list, object);
	else
		json_decref(object);
	if (!err)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *cache_name(const struct slabs_view *view, size_t row)
{
	return ui_json_text(memmon_slabs_at(view->slabs, row)->name);
}

static json_t *pinners_json(const struct memmon_slabs_pin *pin)
{
	json_t *list = json_array();

	for (size_t i = 0; i < pin->nr_who && list; i++)
		list = append(list,
			      json_pack("{s:o, s:o}", "name", ui_json_text(pin->who[i].name),
					"objects", number(pin->who[i].objects)),
			      0);
	return list;
}

/* The numbers of pins are of what is known, also of a sample: slabs cannot be multiplied. */
json_t *slabs_json_pins(const struct slabs_view *view)
{
	struct memmon_slabs_pin *pins;
	json_t *list = json_array();
	size_t nr;

	if (memmon_slabs_pins(view->slabs, &pins, &nr)) {
		json_decref(list);
		return NULL;
	}
	slabs_order_pins(pins, nr);
	for (size_t i = 0; i < slabs_shown(view, nr) && list; i++) {
		const struct memmon_slabs_pin *pin = &pins[i];

		list = append(list,
			      json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
					"cache", cache_name(view, pin->row), "site",
					ui_json_text(pin->site), "objects",
					number(pin->sum.objects), "queued", number(pin->sum.queued),
					"slabs", number(pin->slabs), "slabs_alone",
					number(pin->slabs_alone), "bytes", number(pin->bytes),
					"youngest_ns", number(pin->sum.youngest_ns), "oldest_ns",
					number(pin->sum.oldest_ns), "processes", pinners_json(pin)),
			      0);
	}
	free(pins);
	return list;
}

json_t *slabs_json_holders(const struct slabs_view *view)
{
	const char *kind = view->by == MEMMON_SLABS_BY_CGROUP ? "cgroup" : "process";
	struct memmon_slabs_holder *holders;
	json_t *list = json_array();
	size_t nr;

	if (memmon_slabs_holders(view->slabs, view->holders, view->by, &holders, &nr)) {
		json_decref(list);
		return NULL;
	}
	slabs_order_holders(holders, nr);
	for (size_t i = 0; i < slabs_shown(view, nr) && list; i++) {
		json_t *object = json_pack("{s:o, s:o, s:o}", "cache",
					   cache_name(view, holders[i].row), "site",
					   ui_json_text(holders[i].site), kind,
					   ui_json_text(holders[i].who));

		list = append(list, object, set_sum(view, &holders[i].sum, object));
	}
	free(holders);
	return list;
}

json_t *slabs_json_advice(const struct slabs_view *view)
{
	struct memmon_slabs_advice *advice;
	json_t *list = json_array();
	size_t nr;

	if (memmon_slabs_advise(view->slabs, &advice, &nr)) {
		json_decref(list);
		return NULL;
	}
	slabs_order_advice(advice, nr);
	for (size_t i = 0; i < slabs_shown(view, nr) && list; i++) {
		const struct memmon_slabs_advice *row = &advice[i];
		json_t *object =
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "site",
				  ui_json_text(row->site), "class_bytes", number(row->class_bytes),
				  "asked_min_bytes", number(row->asked_min), "asked_max_bytes",
				  number(row->asked_max), "fit_bytes", number(row->fit_bytes),
				  "saved_bytes", number(slabs_scaled(view, row->saved_bytes)),
				  "site_born", number(slabs_scaled(view, row->born)),
				  "site_born_bytes", number(slabs_scaled(view, row->born_bytes)));

		list = append(list, object, set_sum(view, &row->sum, object));
	}
	free(advice);
	return list;
}

json_t *slabs_json_cgroups(const struct slabs_view *view)
{
	struct memmon_slabs_cgroup *rows;
	json_t *list = json_array();
	size_t nr;

	if (memmon_slabs_cgroups(view->slabs, &rows, &nr)) {
		json_decref(list);
		return NULL;
	}
	if (slabs_order_cgroups(rows, nr)) {
		json_decref(list);
		list = NULL;
	}
	for (size_t i = 0; i < slabs_shown(view, nr) && list; i++) {
		json_t *object = json_pack("{s:o, s:o, s:b, s:o, s:o}", "cgroup",
					   ui_json_text(rows[i].cgroup), "cache",
					   ui_json_text(rows[i].cache), "is_size_class",
					   rows[i].is_size_class, "born",
					   number(slabs_scaled(view, rows[i].born)), "born_bytes",
					   number(slabs_scaled(view, rows[i].born_bytes)));

		list = append(list, object, set_sum(view, &rows[i].sum, object));
	}
	free(rows);
	return list;
}
