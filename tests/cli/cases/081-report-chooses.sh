# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Windows of time, columns and filters.
generate -n 20000 -s 3 trace
# Two windows that touch make the whole; what began in the first is unknown to the second.
sum='sum(s["total"][k] for s in d["sections"].values() for k in ("requests", "frees", "unknown_frees"))'
run_check memmon report --json --time ,5ms trace
json_is "$sum == d['events'] and d['from_ns'] == 0 and d['until_ns'] == 5000000"
first=$(python3 -c 'import json; print(json.load(open("out"))["events"])')
run_check memmon report --json --time 0.005, trace
json_is "$sum == d['events'] and d['events'] == 20000 - $first and d['from_ns'] == 5000000"
json_is 'd["sections"]["slab"]["total"]["unknown_frees"] > 0'
run_mustfail 2 "--time takes A,B" memmon report --time 5 trace
run_mustfail 2 "--time takes A,B" memmon report --time 1h,2h trace
run_mustfail 2 "--time takes A,B" memmon report --time 2,1 trace
run_mustfail 2 "--time takes A,B" memmon report --time 1,1 trace
run_mustfail 2 "--time takes A,B" memmon report --time 1x,2 trace

run_check memmon report --columns requests,frees_other_cpu --by cpu --top 1 trace
grep -qE '^Requests +Other CPU +CPU$' out || fail "the columns that were asked for"
run_check memmon report --columns all trace
out_has "Peak objects"

# A filter chooses requests, and their frees come along.
run_check memmon report --json --cache dentry trace
json_is '[r["key"]["cache"] for r in d["sections"]["slab"]["rows"]] == ["dentry"]'
json_is 'd["sections"]["slab"]["total"]["frees"] > 0 and d["sections"]["slab"]["total"]["unknown_frees"] is None'
requests=$(python3 -c 'import json; print(json.load(open("out"))["sections"]["slab"]["total"]["requests"])')
run_check memmon report --json trace
json_is "[r['requests'] for r in d['sections']['slab']['rows'] if r['key']['cache'] == 'dentry'] == [$requests]"

run_mustfail 2 "there is no key 'colour'" memmon report --by cache,colour trace
run_mustfail 2 "at most 4 keys" memmon report --by cache,site,cpu,node,zone trace
run_mustfail 2 "there is no column 'x'" memmon report --sort x trace
run_mustfail 2 "there is no column ''" memmon report --columns requests, trace
run_mustfail 2 "unexpected argument 'b'" memmon report trace b
run_mustfail 1 "there is no recording none; make one with 'memmon record'" memmon report none
run_mustfail 1 "there is no recording memmon-recording" memmon report
mkdir empty
run_mustfail 1 "empty is no recording" memmon report empty
