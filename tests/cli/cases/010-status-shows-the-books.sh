# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Text for people: facts, probes with reasons, books, and the losses as last line.
run_check memmon status
out_has "mem_monitor 0.1.0, source tracepoint, log on, clock tsc"
out_has "8388608 bytes (8.0 MiB)"
grep -qE '^kmalloc +attached +300 +-$' out || fail "kmalloc is attached"
grep -qE '^mm_page_alloc +missing +0 +no such tracepoint$' out || fail "a reason is given"
out_has "books: seen 1000"
out_has "+ dropped   19 (kprobe_missed 19)"
out_lacks "no_ring"
[ "$(tail -n 1 out)" = "recorded 900  filtered 80 (null 33, self 47)  dropped 19 (kprobe_missed 19)  overwritten 12  in flight 1" ] ||
	fail "the last line says what was lost"
run memmon status --strict
[ "$status" -eq 4 ] || fail "--strict ends with 4, not $status"
# What was overwritten is no loss: the log shows the newest.
sed -e 's/^seen 1000/seen 981/' -e 's/^dropped 19/dropped 0/' -e 's/^dropped.kprobe_missed 19/dropped.kprobe_missed 0/' \
	"$HERE/data/status" >whole
MEMMON_TEST_STATUS=$PWD/whole run_check memmon status --strict
