# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# memmon pages on a recording: what is live and born, by each key; what went wrong; what was free.
generate -n 20000 -s 3 -k trace
generate -n 20000 -s 3 plain

run memmon pages --input trace
[ "$status" -eq 0 ] || fail "it succeeds"
[ ! -s err ] || fail "it is silent on stderr"
out_has "trace: Linux 6.1.0-generated on generated"
out_has "Pages, live at the end and born since the beginning"
out_has "Fragmentation: requests that broke up a block of another migratetype"
out_has "Who asked for what failed, broke up a block or came from another node"
out_lacks "Free blocks"
tail -n 1 out | grep -q '^tracked 824  untracked 0 ' || fail "the loss comes last"
[ "$(wc -L <out)" -le 80 ] || fail "it fits into 80 columns"

# The sums are those of the report, which counts for itself; and of the events.
run_check memmon report --by order --json trace
mv out report
run memmon log --json trace
mv out log
for key in order migratetype node zone process cgroup; do
	run_check memmon pages --input trace --by "$key" --json
	json_is 'd["type"] == "memmon pages" and d["by"] == "'$key'" and d["rows_left_out"] == 0 and d["sample_one_in"] == 1'
	python3 - <<-'END' || fail "by $key it agrees with the report and the events"
		import json
		d = json.load(open("out"))
		report = json.load(open("report"))["sections"]["pages"]["total"]
		for name in ("live_blocks", "live_bytes", "born_blocks", "born_bytes"):
		    assert sum(row[name] for row in d["rows"]) == d["total"][name], name
		assert d["total"]["live_bytes"] == report["outstanding_bytes"]
		assert d["total"]["born_bytes"] == report["bytes_taken"]
		assert d["total"]["born_blocks"] == report["requests"] - report["failed"]
		assert d["requests"]["all"] == report["requests"]
		assert d["requests"]["failed"] == report["failed"] > 0
		assert sum(f["requests"] for f in d["requests"]["failed_by_order"]) == report["failed"]
		events = [json.loads(line) for line in open("log")][:-1]
		broken = [e for e in events if e["class"] == "mm_page_alloc_extfrag"]
		assert d["requests"]["broken"] == len(broken) == sum(f["events"] for f in d["fragmentation"])
		kinds = {}
		for e in broken:
		    kind = e["order"], e["migratetype"], e["from_order"], e["from_migratetype"]
		    kinds[kind] = kinds.get(kind, 0) + 1
		assert kinds == {(f["order"], f["migratetype"], f["from_order"], f["from_migratetype"]):
		                 f["events"] for f in d["fragmentation"]}
		# The CPUs lie on two nodes in turn.
		remote = [e for e in events if e["class"] in ("mm_page_alloc", "alloc_pages_bulk") and "pfn" in e
		          and e["node"] != e["cpu"] % 2]
		assert d["requests"]["remote"] == len(remote) > 0
		assert d["requests"]["remote_bytes"] == sum(e["bytes_allocated"] for e in remote)
		for name in ("failed", "broken", "remote", "remote_bytes"):
		    assert sum(p[name] for p in d["processes"]) == d["requests"][name], name
	END
done
run_check memmon pages --input trace --by process --json
json_is 'any(r["name"] == "(softirq)" for r in d["rows"]) and any(r["name"].startswith("process-0 (") for r in d["rows"])'
run_check memmon pages --input trace --by migratetype --json
json_is '{r["name"] for r in d["rows"]} == {"Unmovable", "Movable", "Reclaimable"}'
json_is 'd["free"]["zones"] is None and d["free"]["migratetypes"] is None'

# Rows that are left out, and the requests of one order only.
run_check memmon pages --input trace --by process --top 2 --json
json_is 'len(d["rows"]) == 2 and d["rows_left_out"] > 5 and len(d["processes"]) == 2'
run_check memmon pages --input trace --by order --order 2 --json
json_is '[r["name"] for r in d["rows"]] == ["2"] and all(f["order"] == 2 for f in d["requests"]["failed_by_order"])'

# What was free when it ended.
mkdir -p trace/memmon/after
cat >trace/memmon/after/buddyinfo <<-'END'
	Node 0, zone      DMA      8      0      1 
	Node 0, zone   Normal      0      0      3 
	Node 1, zone   Normal   1341   3103   1779 
END
printf '%s\n' 'Pages per block:  512' 'Node    0, zone      DMA, type    Unmovable      8      0      1 ' \
	'Node    0, zone   Normal, type      Movable      0      0 >100000 ' \
	'Number of blocks type     Unmovable      Movable ' 'Node 0, zone      DMA            1            7 ' \
	>trace/memmon/after/pagetypeinfo
run_check memmon pages --input trace
out_has "Free blocks on node 0"
out_has "Free blocks on node 1"
out_has "Free blocks by migratetype, which has pageblocks of 2.0 MiB"
grep -qE '^ +2 +16\.0 KiB +1 +67% +3 +0%$' out || fail "two thirds of DMA are too small for order 2"
grep -qE '^ *>1\.5 GiB +2 +0 +0 +Normal +Movable$' out || fail "what the kernel did not count is more"
[ "$(wc -L <out)" -le 80 ] || fail "it fits into 80 columns"
run_check memmon pages --input trace --json
json_is '[(z["node"], z["zone"], z["free_bytes"]) for z in d["free"]["zones"]] == [(0, "DMA", 12 * 4096), (0, "Normal", 12 * 4096), (1, "Normal", 14663 * 4096)]'
json_is '[round(o["unusable"], 2) for o in d["free"]["zones"][0]["orders"]] == [0, 0.67, 0.67]'
json_is 'd["free"]["pageblock_bytes"] == 2097152 and d["free"]["migratetypes"][0]["pageblocks"] == 1 and d["free"]["migratetypes"][1]["is_least"]'
echo nonsense >trace/memmon/after/buddyinfo
run_check memmon pages --input trace
out_lacks "Free blocks on node"

# A recording without the hooks does not show everything, and says so.
run_check memmon pages --input plain
tail -n 1 out | grep -q 'not seen: alloc_pages_bulk, mm_page_alloc_extfrag' || fail "what is not seen is said"
out_has "which broke up a block of another migratetype is not known"
run_check memmon pages --input plain --json
json_is 'd["requests"]["broken"] is None and d["requests"]["failed"] == 0'
run memmon pages --input plain --strict
[ "$status" -eq 4 ] || fail "--strict ends with 4, not $status"
run memmon pages --input trace --strict
[ "$status" -eq 0 ] || fail "with the hooks nothing is missing"

run_mustfail 2 "--by takes order, migratetype" memmon pages --by cache
run_mustfail 1 "trace has no call stacks" memmon pages --input trace --by site
run_mustfail 2 "a recording does not say what is done with pages" memmon pages --input trace --by use
run_mustfail 2 "leaves nothing to show" memmon pages --input trace --classes slab
run_mustfail 1 "there is no recording none" memmon pages --input none
run_mustfail 3 "" memmon pages
