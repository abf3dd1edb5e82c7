# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# What a recording knows of slabs: the objects it holds at its end, and slabinfo.
generate -n 20000 -s 3 trace
cat >trace/memmon/after/slabinfo <<'END'
slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
dentry                  4410   4452    192   21    1 : tunables    0    0    0 : slabdata    212    212      0
kmalloc-64              5632   5632     64   64    1 : tunables    0    0    0 : slabdata     88     88      0
kmalloc-cg-64             64    128     64   64    1 : tunables    0    0    0 : slabdata      2      2      0
END
run_check memmon slabs -i trace
out_has "trace: 1.2 MiB in 302 slabs"
out_has "A recording has no slabs"
out_has "tracked "
out_lacks "Nearly empty"

# What is known at the end is what is outstanding in a report; the families of a size class are one.
run_check memmon report --by cache --json trace
python3 -c 'import json; json.dump({r["key"]["cache"]: r["outstanding_objects"] for r in json.load(open("out"))["sections"]["slab"]["rows"] if r["outstanding_objects"] and r["key"]["cache"] != "kmalloc-large"}, open("known", "w"))'
run_check memmon slabs -i trace --json
json_is '{r["name"]: r["known"] for r in d["caches"] if r["known"]} == json.load(open("known"))'
json_is 'd["recording"] == "trace" and d["total"]["known"] > 1000'
kmalloc='[r for r in d["caches"] if r["name"] == "kmalloc-64"][0]'
json_is "${kmalloc}['kernel_active'] == 5696 and ${kmalloc}['slabs'] == 90 and ${kmalloc}['is_size_class']"
json_is 'all(r["chain"]["total_bytes"] == sum(r["chain"][k] for k in ("ends_bytes", "free_bytes", "padding_bytes", "objects_bytes")) for r in d["caches"])'
json_is 'all(r["in_use_min"] >= r["known"] for r in d["caches"])'
cp out caches

# Holders and cgroups share the same objects out, however they are looked at.
known='{r["name"]: r["known"] for r in json.load(open("caches"))["caches"] if r["known"]}'
total='(lambda rows: {c: sum(r["objects"] for r in rows if r["cache"] == c) for c in {r["cache"] for r in rows if r["objects"]}})'
run_check memmon slabs -i trace --json --holders '*'
json_is "$total(d['holders']) == $known"
json_is 'all(r["process"].startswith(("process-", "(")) and "function_" in r["site"] for r in d["holders"])'
json_is 'all(r["youngest_ns"] <= r["oldest_ns"] and r["taken_bytes_error"] == 0 for r in d["holders"])'
run_check memmon slabs -i trace --json --holders '*' --by cgroup
json_is "$total(d['holders']) == $known"
run_check memmon slabs -i trace --json --by cgroup
json_is "$total(d['cgroups']) == $known"
json_is 'sum(r["born"] for r in d["cgroups"]) > sum(r["objects"] for r in d["cgroups"])'
run_check memmon slabs -i trace --holders dentry --top 3
out_has "dentry: 73 objects known, of up to 4,410 in use, in 848.0 KiB"
[ "$(wc -L <out)" -le 250 ] || fail "only the line of loss is long"

# What fits is no smaller than what was asked for, and saves what it says.
run_check memmon slabs -i trace --json --advise
json_is 'len(d["advice"]) > 10 and all(r["asked_max_bytes"] <= r["fit_bytes"] < r["class_bytes"] for r in d["advice"])'
json_is 'all(r["saved_bytes"] == r["objects"] * (r["class_bytes"] - r["fit_bytes"]) for r in d["advice"])'
json_is 'all(r["saved_bytes"] <= r["taken_bytes"] - r["asked_bytes"] for r in d["advice"])'
json_is 'all(r["site_born"] >= r["objects"] for r in d["advice"])'
run_check memmon slabs -i trace --advise
out_has "Call site"

# A filter leaves less known, and that is said; frees of what it let through are seen.
run_check memmon slabs -i trace --cache dentry
out_has "73 "
run_check memmon slabs -i trace --json --comm process-1
json_is 'd["filtered"] and 0 < d["total"]["known"] < 200'
run memmon slabs -i trace --strict
[ "$status" -eq 4 ] || fail "hooks were not recorded, so the view is incomplete"
run_mustfail 1 "there is no recording none" memmon slabs -i none
