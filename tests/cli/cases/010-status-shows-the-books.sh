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
[ "$(tail -n 1 out)" = "lost: dropped 19, overwritten requests 5, overwritten frees 7" ] ||
	fail "the last line says what was lost"
