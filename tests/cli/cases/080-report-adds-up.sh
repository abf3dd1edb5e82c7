# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# The rows of a report add up, and each has the name and the number that the events have.
generate -n 20000 -s 3 trace
run_check memmon report trace
out_has "trace: Linux 6.1.0-generated (x86_64) on generated"
out_has "20,000 events from 0.000 s to 0.0"
out_has "Slab objects"
out_has "Pages"
out_has "rows left out: "
out_has "kmalloc-N is a size class"
out_has "must not be added"
tail -n 1 out | grep -q '^recorded 20,000  filtered 0  dropped 0  overwritten 0$' || fail "the loss comes last"
[ "$(awk 'length > m { m = length } END { print m }' out)" -le 130 ] || fail "the table is narrow"

# All rows make the sum, by whichever key; requests are what became of them.
for key in cache site process size context cpu module node cache,process,cpu,context; do
	run_check memmon report --by "$key" --json trace
	json_is 'd["type"] == "memmon report" and d["by"] == "'"$key"'".split(",") and d["events"] == 20000'
	json_is 'all(s["rest"] is None for s in d["sections"].values())'
	for sum in requests failed bytes_requested bytes_taken frees outstanding_bytes unknown_frees; do
		json_is "all(sum(r['$sum'] for r in s['rows']) == s['total']['$sum'] for s in d['sections'].values())"
	done
	json_is 'all(t["requests"] == t["failed"] + t["frees"] + t["reused"] + t["outstanding_objects"] for t in [s["total"] for s in d["sections"].values()])'
	json_is 'sum(s["total"][k] for s in d["sections"].values() for k in ("requests", "frees", "unknown_frees")) == 20000'
	json_is 'd["loss"]["complete"] and d["loss"]["recorded"] == 20000'
done

# Names, numbers and the order of rows.
run_check memmon report --by site --sort outstanding --json trace
json_is '[r["outstanding_bytes"] for r in d["sections"]["slab"]["rows"]] == sorted((r["outstanding_bytes"] for r in d["sections"]["slab"]["rows"]), reverse=True)'
json_is 'all(r["key"]["site"].startswith("function_") and "+0x" in r["key"]["site"] for r in d["sections"]["slab"]["rows"])'
json_is 'any(r["key"]["site"].endswith(" [generated]") for r in d["sections"]["slab"]["rows"])'
json_is 'all(r["value"]["site"].startswith("0xffffffff81") for r in d["sections"]["slab"]["rows"])'
json_is 'all(0 < r["lifetime_min_ns"] <= r["lifetime_median_ns"] <= r["lifetime_p99_ns"] for r in d["sections"]["slab"]["rows"] if r["frees"])'
json_is 'all((r["lifetime_median_ns"] is None) == (r["frees"] == 0) for r in d["sections"]["slab"]["rows"])'
run_check memmon report --by process --json trace
json_is 'any(r["key"]["process"] == "process-0 (100)" and r["value"]["process"] == 100 for r in d["sections"]["slab"]["rows"])'
json_is 'any(r["key"]["process"] == "(softirq)" and r["value"]["process"] is None for r in d["sections"]["slab"]["rows"])'
run_check memmon report --by cache --json trace
json_is 'any(r["key"]["cache"] == "dentry" and not r["is_size_class"] for r in d["sections"]["slab"]["rows"])'
json_is 'any(r["key"]["cache"] == "kmalloc-4k" and r["is_size_class"] for r in d["sections"]["slab"]["rows"])'

# The rows that are left out are in the rest.
run_check memmon report --by cache --top 3 --json trace
json_is 'len(d["sections"]["slab"]["rows"]) == 3 and d["sections"]["slab"]["rest"]["rows"] > 10'
json_is 'd["sections"]["slab"]["rest"]["bytes_taken"] + sum(r["bytes_taken"] for r in d["sections"]["slab"]["rows"]) == d["sections"]["slab"]["total"]["bytes_taken"]'
json_is '"peak_bytes" not in d["sections"]["slab"]["rest"]'
