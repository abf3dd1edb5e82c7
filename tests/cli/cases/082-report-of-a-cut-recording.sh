# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# A recording that was cut off is shown up to its last whole packet, and --strict ends with 4.
generate -n 20000 trace
run_check memmon report --strict trace
out_lacks "Events were lost"
truncate -s -1 trace/cpu0
run memmon report --strict trace
[ "$status" -eq 4 ] || fail "--strict ends with 4, not $status"
out_has "Events were lost: of what is outstanding, some may have been freed."
tail -n 1 out | grep -q "cut off" || fail "the loss line says so"
run_check memmon report trace
run_check memmon report --json trace
json_is 'not d["loss"]["complete"] and d["loss"]["cut_bytes"] > 0 and 0 < d["events"] < 20000'
rm trace/memmon/end.json
run memmon diff --strict trace trace
[ "$status" -eq 4 ] || fail "diff --strict ends with 4, not $status"
out_has "unfinished"
