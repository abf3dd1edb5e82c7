# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# JSON is one document with the same numbers; --output keeps it apart from the command's output.
run_check memmon stat -s0 --json --all -- true
json_is 'd["command"] == ["true"] and d["exit_code"] == 0 and d["samples"] >= 1'
json_is '[c for c in d["caches"] if c["name"] == "kmalloc-64"][0]["before"] == 5632'
json_is 'd["caches"][0]["growth_percent"] == 0 and d["caches"][0]["requests"] == 0'
json_is 'd["module"]["lost"]["dropped"] == 0 and d["module"]["seen"]["kmalloc"] == 0'
run_check memmon stat -s0 --json --output result -- echo hello
[ "$(cat out)" = hello ] || fail "stdout is the command's"
[ "$(stat -c %a result)" = 600 ] || fail "others may read the result"
mv result out
json_is 'd["command"] == ["echo", "hello"]'
run_check memmon stat -s0 --json -o out2 -- true $'\xff'
mv out2 out
json_is 'd["command"] == ["true", "?"]'
MEMMON_TEST_STATUS=none run_check memmon stat -s0 --json -- true
json_is 'd["caches"] == [] and d["module"] is None and d["requests_not_counted"] == "mem_monitor is not loaded"'
