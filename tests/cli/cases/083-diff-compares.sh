# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Two recordings, or results of memmon stat, side by side.
generate -n 20000 -s 1 a
generate -n 20000 -s 1 same
run_check memmon diff a same
out_lacks "new"
out_has "rows did not change"
out_lacks "per second"

# The same events up to a point, so that each row of the shorter one is in the longer one.
generate -n 30000 -s 1 longer
run_check memmon diff --json --by cache --by site --by process,cache a longer
json_is 'd["type"] == "memmon diff" and d["per_second"] and [t["by"] for t in d["tables"]] == [["cache"], ["site"], ["process", "cache"]]'
json_is 'not any(r["state"] == "gone" for t in d["tables"] for s in t["sections"].values() for r in s["rows"])'
json_is 'all(r["requests"]["b"] >= r["requests"]["a"] for t in d["tables"] for s in t["sections"].values() for r in s["rows"])'
mv out diff.json
run_check memmon report --json --by site a
python3 - <<'EOF2' || fail "diff and report agree"
import collections, json, re
sums = collections.Counter()
for row in json.load(open("out"))["sections"]["slab"]["rows"]:
    sums[re.sub(r"\+0x[0-9a-f]+", "", row["key"]["site"])] += row["bytes_taken"]
rows = json.load(open("diff.json"))["tables"][1]["sections"]["slab"]["rows"]
assert sums and {r["key"]["site"]: r["bytes_taken"]["a"] for r in rows if r["bytes_taken"]["a"]} == dict(sums)
EOF2
mv diff.json out
# Two call sites of a function are one row; a single one keeps its offset.
json_is 'all("+" not in r["key"]["site"] for r in d["tables"][1]["sections"]["slab"]["rows"])'
run_check memmon diff --top 2 --sort requests a longer
out_has "They lasted differently: requests and bytes taken are per second."
out_has "rows with smaller changes left out"

# Against another machine: caches and functions are told apart by name only.
generate -n 20000 -s 9 -c 2 other
run_check memmon diff --json a other
json_is 'all(abs(r["bytes_taken"]["change_percent"]) > 0 for r in d["tables"][0]["sections"]["slab"]["rows"] if r["state"] == "changed" and r["bytes_taken"]["change"])'
json_is '[abs(r["bytes_taken"]["change"]) for r in d["tables"][0]["sections"]["slab"]["rows"]] == sorted((abs(r["bytes_taken"]["change"]) for r in d["tables"][0]["sections"]["slab"]["rows"]), reverse=True)'

run_mustfail 2 "two recordings or results are needed" memmon diff a
run_mustfail 2 "two recordings or results are needed" memmon diff a same other
run_mustfail 2 "there is no key 'x'" memmon diff --by x a same
run_mustfail 2 "--sort takes requests, taken" memmon diff --sort x a same
run_mustfail 1 "there is no recording none" memmon diff a none
