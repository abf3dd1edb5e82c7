#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Each filter passes all that it names and nothing else.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

# only PATTERN WHAT: every line of the log matches, and there is one
only()
{
	cat "$LOG" >"$WORK/log"
	[ -s "$WORK/log" ] || fail "$2: nothing passed"
	! grep -v "$1" "$WORK/log" >"$WORK/bad" || fail "$2: $(head -n 3 "$WORK/bad")"
	books_balance
}

mkfifo "$WORK/go"
sh -c "read -r _ <$WORK/go; cat /proc/version >/dev/null; ls /proc >/dev/null; :" &
pid=$!
load pid=$pid
cat /proc/version >/dev/null
echo go >"$WORK/go"
wait $pid
only "with PID $pid allocated" "pid=$pid"
[ "$(status filtered.pid)" -gt 0 ] || fail "pid=$pid filtered nothing"
unload

load comm=kc-var-task
kcount n=101 phases=var,node
only "^\[[a-z_]*\]: Process 'kc-var-task' " "comm"
equal 101 "$(grep -c "^\[kmalloc\].*allocated 701 bytes$" "$LOG")" "comm=kc-var-task"
[ "$(status filtered.comm)" -gt 0 ] || fail "comm filtered nothing"
unload

load 'comm=kc-?ar-*'
kcount n=101 phases=var,node
only "Process 'kc-var-" "comm pattern"
equal 303 "$(grep -c "allocated 70[135] bytes$" "$LOG")" "comm=kc-?ar-*"
unload

load cache=kcount-cache
kcount n=101 phases=cache,ncache,var
only "allocated 457 bytes in cache 'kcount-cache'$" "cache"
equal 303 "$(wc -l <"$WORK/log")" "cache=kcount-cache"
equal 303 "$(status recorded.frees)" "frees of cache=kcount-cache"
[ "$(status filtered.cache)" -gt 0 ] || fail "cache filtered nothing"
unload

# Sizes above 512 are kmalloc-1k, sizes above 1024 are not.
load cache=kmalloc-1k
kcount n=101 phases=var,const,cnode
only "^\[kmalloc\]: Process '.*' with PID [0-9]* allocated [0-9]* bytes$" "cache=kmalloc-1k"
equal 303 "$(grep -c "Process 'kc-var-.*allocated 70[135] bytes$" "$LOG")" "cache=kmalloc-1k"
! grep -E "Process 'kc-(const|cnode)-" "$LOG" || fail "cache=kmalloc-1k let others pass"
awk '{ if ($(NF - 1) <= 512 || $(NF - 1) > 1024) { print; bad = 1 } } END { exit bad }' "$LOG" ||
	fail "not of kmalloc-1k"
unload

load min_bytes=8192 'comm=kc-*'
kcount n=101 phases=var,lvar,lnode,page0,page1
awk '{ for (i = 1; i < NF; i++) if ($i == "allocated" && $(i + 1) < 8192) { print; bad = 1 } }
	END { exit bad }' "$LOG" || fail "min_bytes=8192 let less pass"
equal 303 "$(grep -c "allocated 1701[135] bytes$" "$LOG")" "lvar with min_bytes=8192"
equal 303 "$(grep -c "'kc-page1-.*(order 1," "$LOG")" "page1 with min_bytes=8192"
! grep "'kc-var-.*allocated 70[135] " "$LOG" || fail "min_bytes=8192 let 701 pass"
[ "$(status filtered.bytes)" -gt 0 ] || fail "min_bytes filtered nothing"
unload
