# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Of a session that did not record frees, what depends on them is not known, instead of wrong.
generate -n 20000 -r trace
run_check memmon report trace
out_has "are not known: the session recorded requests without their frees"
grep -E 'kmalloc-4k$' out | grep -qE ' - +- +- +- +kmalloc-4k$' || fail "four columns are not known"
run_check memmon report --json --columns all trace
json_is 'all(s["frees_recorded"] == "none" for s in d["sections"].values())'
json_is 'all(r[k] is None for s in d["sections"].values() for r in s["rows"] + [s["total"]] for k in ("frees", "unknown_frees", "reused", "outstanding_bytes", "outstanding_objects", "peak_bytes", "peak_objects", "lifetime_min_ns", "frees_other_cpu", "frees_other_node"))'
json_is 'all(r["requests"] > 0 and r["bytes_taken"] > 0 for s in d["sections"].values() for r in s["rows"])'
generate -n 20000 -s 2 whole
run_check memmon diff trace whole
out_has "What is outstanding cannot be compared: it is not known of both sides."
out_lacks "Outstanding"
run_mustfail 1 "cannot sort by outstanding_bytes" memmon diff --sort outstanding trace whole
