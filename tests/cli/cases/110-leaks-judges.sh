# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# memmon leaks tells what leaks from what does not, and why; nothing is called a leak that loss could explain.
leaky trace
leaky -n hookless
leaky -l 20 lossy
leaky -l 200 very-lossy

run_check memmon leaks --input trace
[ "$(head -n 1 out)" = "1 leak, 1 likely_leak; 1.2 MiB held of 2.0 MiB allocated; 20.0 s watched" ] ||
	fail "the summary comes first"
grep -qE '^leak +9[0-9]% +1000.0 KiB +1,000  leak_one\+0x10 \[leaky\]$' out || fail "the leak"
grep -qE '^likely_leak +[56][0-9]% +25.0 KiB +200  forget_some\+0x10 \[leaky\]$' out || fail "the partial leak"
out_has "   grows steadily, and hardly any of it is freed"
out_has "90.0% of 2,000 freed"
out_has "age: <1s 50, <10s 450, <1min 500; the oldest 20.0 s"
out_lacks "churn"
out_lacks "set_up"
out_has "Expected growth: 187.5 KiB in 1,000 objects; 187.5 KiB names of files"
out_has "Waiting for kfree_rcu(): 3.1 KiB in 49 objects, the longest for 978.0 ms"
tail -n 1 out | grep -q '^tracked 7,050  untracked 0 .* lost 0$' || fail "the loss comes last"
[ "$(wc -L <out)" -le 80 ] || fail "it fits into 80 columns"

# All of it, and each is in one row: what is held adds up.
run_check memmon leaks -i trace --all --json
row='[r for r in d["sections"]["slab"]["rows"] if r["key"]["site"].startswith'
verdict() {
	json_is "$row('$1')][0]['verdict'] == '$2'"
}
json_is 'd["type"] == "memmon leaks" and d["version"] == 1 and d["recording"] == "trace" and d["is_last"]'
json_is 'd["by"] == ["site"] and d["watched_ns"] > 19.9e9 and d["older_than_ns"] == d["watched_ns"] // 4'
verdict leak_one leak
verdict forget_some likely_leak
verdict churn in_use
verdict set_up held
verdict look_up cache
json_is "[r['verdict'] for r in d['sections']['slab']['rows'] if r['key']['site'].startswith('replace') and r['kind'] == 'rcu'] == ['rcu_pending']"
json_is "$row('leak_one')][0]['bytes'] == 1024000 and $row('leak_one')][0]['bytes_requested'] == 1000000"
json_is "$row('leak_one')][0]['born'] == 1000 and $row('leak_one')][0]['freed'] == 0"
json_is "$row('look_up')][0]['why'] == 'names of files'"
json_is "$row('churn')][0]['born'] == 2000 and $row('churn')][0]['freed'] == 1995"
json_is 'all(sum(r["ages"].values()) == r["objects_seen"] for r in d["sections"]["slab"]["rows"])'
json_is 'all(sum(p["bytes_seen"] for p in r["sites"]) == r["bytes"] for r in d["sections"]["slab"]["rows"])'
json_is 'all(len(r["bytes_at_looks"]) == len(d["looks_ns"]) and r["bytes_at_looks"][-1] == r["bytes"] for r in d["sections"]["slab"]["rows"])'
json_is 'sum(r["bytes"] for r in d["sections"]["slab"]["rows"]) == sum(k["bytes"] for k in d["sections"]["slab"]["total"]["held"].values())'
json_is 'sum(d["verdicts"].values()) == len(d["sections"]["slab"]["rows"]) and d["verdicts"]["leak"] == 1'
json_is 'd["loss"]["complete"] and d["loss"]["counts"]["born"] == 7050'

# By module it says which functions; keys are combined.
run_check memmon leaks -i trace --by module
grep -qE '^(leak|likely_leak) +[0-9]+% +1.0 MiB +1,200  leaky$' out || fail "the module leaks"
grep -qE '^ +1000.0 KiB +1,000  leak_one\+0x10 \[leaky\]$' out || fail "and where"
run_check memmon leaks -i trace --by process,cache --json
json_is '{"process": "use-driver (100)", "cache": "kmalloc-1k"} in [r["key"] for r in d["sections"]["slab"]["rows"] if r["verdict"] == "leak"]'

# Young objects are no leak; a verdict again and again.
run_check memmon leaks -i trace --older-than 1m --json
json_is 'd["verdicts"]["leak"] == 0 and {r["reason"] for r in d["sections"]["slab"]["rows"]} == {"young"}'
run_check memmon leaks -i trace --watch 5
[ "$(grep -c watched out)" -eq 4 ] || fail "four verdicts in 20 s"

# What loss, or a path that is not seen, could explain is unclear, and by how much loss.
run_check memmon leaks -i lossy
out_has "1 leak, 1 unclear;"
out_has "   lost events may be its frees: 20 lost, 0 frees missed"
run_check memmon leaks -i very-lossy
out_has "no leak, 2 unclear;"
run_check memmon leaks -i hookless
out_has "no leak, "
out_has "   a way to free it is not seen here"
grep -q "not seen: .*kmem_cache_free_bulk" out || fail "which way"

# Exit codes for continuous integration.
run memmon leaks -i trace --fail-on leak
[ "$status" -eq 1 ] || fail "a leak is a failure"
[ ! -s err ] || fail "which needs no message"
run memmon leaks -i lossy --fail-on leak
[ "$status" -eq 1 ] || fail "the leak that is sure is a failure"
run_check memmon leaks -i very-lossy --fail-on likely
run memmon leaks -i very-lossy --strict
[ "$status" -eq 4 ] || fail "loss is a failure with --strict"
run_check memmon leaks -i trace --strict
run_check memmon leaks -i trace --site churn --fail-on likely

# What makes no sense.
run_mustfail 2 "there is no key 'x'" memmon leaks --by site,x
run_mustfail 2 "--by takes at most 3 keys" memmon leaks --by site,stack,module,cache
run_mustfail 2 "--older-than takes a time like 10s" memmon leaks --older-than 10x
run_mustfail 2 "--older-than takes a time like 10s" memmon leaks --older-than 1e3
run_mustfail 2 "--fail-on takes leak or likely" memmon leaks --fail-on growing
run_mustfail 2 "a recording is over" memmon leaks -i trace -- true
run_mustfail 1 "there is no recording none" memmon leaks -i none
run_mustfail 3 "mem_monitor" memmon leaks -d 1
