# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Without the module, slabs are what slabinfo and sysfs say: sizes, what CPUs keep, merged caches.
export MEMMON_TEST_SYS=$PWD/sys
cache() {
	mkdir -p "sys/kernel/slab/$1"
	echo "$2" >"sys/kernel/slab/$1/object_size"
	echo "$3" >"sys/kernel/slab/$1/slab_size"
	echo "$4" >"sys/kernel/slab/$1/objs_per_slab"
	echo "$5 N0=$5" >"sys/kernel/slab/$1/cpu_slabs"
}
cache task_struct 6720 6784 4 3
cache dentry 192 192 21 2
cache :0000128 120 128 32 0
ln -s :0000128 sys/kernel/slab/kmalloc-128
ln -s :0000128 sys/kernel/slab/one_user
ln -s :0000128 sys/kernel/slab/other_user

run_check memmon slabs
out_has "Memory: objects in use"
out_has "Merged caches"
out_has "kmalloc-128 is also"
out_has "one_user"
out_has "Without mem_monitor slabs are not known one by one"
out_lacks "Nearly empty"
[ "$(wc -L <out)" -le 80 ] || fail "the tables fit into 80 columns"
grep -qE '^ +120 +108-120 +task_struct$' out || fail "CPUs may keep 12 tasks"
grep -qE '^ +4,410 +4,368-4,410 +dentry$' out || fail "CPUs may keep 42 dentries"
grep -qE '^ +15,168 +15,168 +kmalloc-128$' out || fail "CPUs keep no kmalloc-128"

# Every byte is somewhere, and the total is the sum.
run_check memmon slabs --json
json_is 'd["type"] == "memmon slabs" and d["view"] == "caches" and not d["slabs_known"]'
json_is 'd["recording"] is None and d["pins"] is None and d["loss"] is None'
json_is 'len(d["caches"]) == 5'
chain='c["total_bytes"] == c["ends_bytes"] + c["free_bytes"] + c["padding_bytes"] + c["objects_bytes"]'
json_is "all($chain for c in [r['chain'] for r in d['caches'] + [d['total']]])"
json_is 'all(c["objects_bytes"] == c["older_bytes"] + c["rounding_bytes"] + c["asked_bytes"] for c in [r["chain"] for r in d["caches"]])'
json_is 'all(sum(r["chain"][k] for r in d["caches"]) == d["total"]["chain"][k] for k in d["total"]["chain"])'
json_is '[r for r in d["caches"] if r["name"] == "task_struct"][0]["chain"]["padding_bytes"] == 120 * 64'
json_is '[r for r in d["caches"] if r["name"] == "task_struct"][0]["chain"]["free_bytes"] == 10 * 6784'
json_is '[r for r in d["caches"] if r["name"] == "task_struct"][0]["chain"]["total_bytes"] == 33 * 8 * 4096'
json_is 'sorted([r for r in d["caches"] if r["name"] == "kmalloc-128"][0]["aliases"]) == ["one_user", "other_user"]'
json_is '[r["chain"]["total_bytes"] for r in d["caches"]] == sorted((r["chain"]["total_bytes"] for r in d["caches"]), reverse=True)'

# The order, and what is left out.
run_check memmon slabs --json --sort wasted --top 1
json_is '[r["name"] for r in d["caches"]] == ["task_struct"]'
run_check memmon slabs --json --sort objects --top 2
json_is '[r["name"] for r in d["caches"]] == ["kmalloc-128", "kmalloc-64"]'
run_check memmon slabs --json --sort free
json_is 'd["caches"][0]["name"] == "task_struct"'
run_check memmon slabs --json --cache 'den*,task_*'
json_is 'sorted(r["name"] for r in d["caches"]) == ["dentry", "task_struct"]'
run_check memmon slabs --top 2
out_has "3 rows left out; --top 0 shows all"

# Neither slabs nor slabinfo.
MEMMON_TEST_SLABINFO=$PWD/none run_mustfail 3 "no mem_monitor to see slabs; load it" memmon slabs
echo nonsense >nonsense
MEMMON_TEST_SLABINFO=$PWD/nonsense run_mustfail 1 "cannot read" memmon slabs
export MEMMON_TEST_STATUS=$PWD/none
run_mustfail 3 "mem_monitor is not loaded" memmon slabs --pins
run_mustfail 3 "mem_monitor is not loaded" memmon slabs -d 1
run_mustfail 3 "mem_monitor is not loaded" memmon slabs --advise -- touch ran
[ ! -e ran ] || fail "the command did not run"

# What makes no sense.
run_mustfail 2 "there is no column 'colour'" memmon slabs --sort colour
run_mustfail 2 "--sort is for the table of caches" memmon slabs --pins --sort free
run_mustfail 2 "different views: choose one" memmon slabs --pins --advise
run_mustfail 2 "different views: choose one" memmon slabs --advise --by cgroup
run_mustfail 2 "--by takes cgroup or process, not 'site'" memmon slabs --by site
run_mustfail 2 "--by process is for --holders" memmon slabs --by process -d 1
run_mustfail 2 "look on for a time" memmon slabs --holders dentry
run_mustfail 2 "look on for a time" memmon slabs --by cgroup
run_mustfail 2 "from 1 to 99, not '0'" memmon slabs --empty 0
run_mustfail 2 "a recording has no slabs" memmon slabs --pins -i trace
