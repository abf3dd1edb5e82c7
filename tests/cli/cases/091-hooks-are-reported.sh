# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# A recording with the paths that only hooks see: log names them, report and diff count them.
generate -n 20000 -s 3 -k trace
generate -n 20000 -s 3 plain

run_check memmon report trace
out_has "Slab objects, vmalloc and per-CPU memory"
out_has "--by cache tells it apart"
out_lacks "upper bound"
for key in cache site process size module cache,site; do
	run_check memmon report --by "$key" --json trace
	json_is 'all(sum(r[k] for r in s["rows"]) == s["total"][k] for s in d["sections"].values() for k in ("requests", "frees", "outstanding_bytes", "bytes_taken"))'
	json_is 'all(t["requests"] == t["failed"] + t["frees"] + t["reused"] + t["outstanding_objects"] for t in [s["total"] for s in d["sections"].values()])'
	json_is 'all(s["paths_not_recorded"] == [] and not s["outstanding_is_upper_bound"] for s in d["sections"].values())'
	json_is 'all(s["total"]["reused"] == 0 for s in d["sections"].values())'
done
run_check memmon report --json trace
json_is 'all(any(r["key"]["cache"] == name and r["value"]["cache"] is None and not r["is_size_class"] for r in d["sections"]["slab"]["rows"]) for name in ("vmalloc", "percpu"))'
json_is 'd["sections"]["pages"]["total"]["failed"] > 0'
run_check memmon report --by site --json trace
json_is 'any(r["key"]["site"].startswith("function_") for r in d["sections"]["pages"]["rows"])'

# Without them, what is outstanding may have been freed unseen.
run_check memmon report plain
out_has "What is outstanding is an upper bound: the session did not record all hooks"
out_lacks "vmalloc and per-CPU memory is counted"
run_check memmon report --json plain
json_is 'd["sections"]["slab"]["outstanding_is_upper_bound"] and not d["sections"]["pages"]["outstanding_is_upper_bound"]'
json_is 'set(d["sections"]["slab"]["paths_not_recorded"]) == {"kmem_cache_free_bulk", "rcu_free_sheaf", "kfree_nolock"}'
run_check memmon diff plain trace
out_has "What is outstanding is an upper bound: not all frees were recorded."
run_check memmon diff trace trace
out_lacks "upper bound"

# What a view of the events leaves out, a report counts as little.
run_check memmon report --classes slab,page --json trace
json_is 'not any(r["key"]["cache"] in ("vmalloc", "percpu") for r in d["sections"]["slab"]["rows"])'

run memmon log --json trace
mv out all
run memmon log --json --classes hook trace
python3 - <<-'END' || fail "the events of hooks have their names and what they tell"
	import json
	hooks = {"kmem_cache_alloc_bulk", "kmem_cache_free_bulk", "kvfree_call_rcu", "krealloc", "vmalloc",
	         "vfree", "percpu_alloc", "percpu_free", "alloc_pages_bulk", "mm_page_alloc_extfrag"}
	events = [json.loads(line) for line in open("all")][:-1]
	only = [json.loads(line) for line in open("out")][:-1]
	assert {e["class"] for e in only} == hooks
	assert only == [e for e in events if e["class"] in hooks]
	for e in only:
	    free = e["class"] in ("kmem_cache_free_bulk", "kvfree_call_rcu", "vfree", "percpu_free")
	    assert free == ("bytes_requested" not in e), e
	    broken = e["class"] == "mm_page_alloc_extfrag"
	    assert broken == ("from_order" in e) == ("gfp" not in e and not free), e
	    assert ("pfn" in e) == ("order" in e), e
	    if broken:
	        assert e["from_bytes"] == 4096 << e["from_order"] > e["bytes_requested"], e
END
run memmon log --classes mm_page_alloc_extfrag -n 1 trace
out_has " mm_page_alloc_extfrag "
out_has " from_order="
out_lacks "gfp="
run memmon log --bytes 0- --classes kvfree_call_rcu trace
[ ! -s out ] || fail "what is given to kfree_rcu has no size"
