# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Results of memmon stat, hand-made and real ones, and what is none.
cat >a.json <<'EOF2'
{ "seconds": 2.0, "caches": [
  { "name": "dentry", "before": 100, "after": 150, "requests": 1000 },
  { "name": "filp", "before": 50, "after": 40, "requests": 10 },
  { "name": "old", "before": 5, "after": 5, "requests": 1 } ] }
EOF2
cat >b.json <<'EOF2'
{ "seconds": 1.0, "caches": [
  { "name": "dentry", "before": 100, "after": 300, "requests": 2000 },
  { "name": "fresh", "before": 0, "after": 7, "requests": 7 },
  { "name": "filp", "before": 50, "after": 40, "requests": 5 } ] }
EOF2
run_check memmon diff --by cache a.json b.json
cat >expected <<'EOF2'
Slab objects by cache
Requests A       B    Change   Objects A     B    Change   cache
       500   2,000   +300.0%          50   200   +300.0%   dentry
         -       7       new           -     7       new   fresh
         1       -      gone           0     -      gone   old
1 row did not change
EOF2
sed -n '/^Slab/,/change$/p' out | diff expected - || fail "the table"
out_has "requests and bytes taken are per second"
run_check memmon diff --json --by cache a.json b.json
json_is '[(r["key"]["cache"], r["state"]) for r in d["tables"][0]["sections"]["slab"]["rows"]] == [("dentry", "changed"), ("fresh", "new"), ("old", "gone")]'
json_is 'd["tables"][0]["sections"]["slab"]["rows"][0]["bytes_taken"] is None and d["a"]["loss"] is None'
json_is 'd["tables"][0]["sections"]["slab"]["rows"][1]["requests"]["change_percent"] is None'

# What memmon stat really writes, against itself.
run_check memmon stat -s0 --no-noise --json --all -o real.json -- true
run_check memmon diff real.json real.json
out_has "rows did not change"
generate -n 1000 trace
run_check memmon diff --by cache real.json trace
out_has "kmalloc-4k"

run_mustfail 2 "can be compared by cache and by site" memmon diff --by process a.json b.json
run_mustfail 1 "cannot sort by outstanding_bytes" memmon diff --by cache --sort outstanding a.json b.json
echo '{' >bad.json
run_mustfail 1 "neither a recording nor a result" memmon diff a.json bad.json
echo '{"seconds": 1, "caches": [{"name": 3}]}' >bad.json
run_mustfail 1 "neither a recording nor a result" memmon diff a.json bad.json
echo '{"seconds": 1e300, "caches": []}' >bad.json
run_mustfail 1 "neither a recording nor a result" memmon diff a.json bad.json
