#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Sessions that map and sessions that read, and the log, each have all that was made, exactly.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

load entries=100000
before=$(status rings_total_bytes)
count + way=read read_bytes=64 + way=read read_bytes=65599 'comm=kc-*' + mode=overwrite ring=0x1000000 \
	+ way=none 'comm=kc-*' -- "$WORK/make" n=53 spread=1
books_balance
for session in 1 2 3 4; do
	session_has_what_was_made $session
	[ "$(book $session filtered.null)" -ge "$(made freed null)" ] ||
		fail "session $session: some kfree(NULL) is not in the books"
	equal 0 "$(book $session missing)" "classes that are missing"
done
log_has_what_was_made
equal "$(book 3 recorded)" "$(tallied 1 'comm ~ /^kc-/')" "with and without a filter"
equal "$(book 3 recorded)" "$(book 5 recorded)" "with and without a reader"
equal 0 "$(book 4 overwritten)" "overwritten"
[ "$(made made var)" -ge 159 ] || fail "kcount made too little: $(cat "$WORK/kcount")"
no_session_is_left "$before"
unload

# The session attaches what it needs, and the last one takes it with it; the log is not needed for it.
load log=0
count 'comm=kc-*' + 'comm=kc-*' way=read -- "$WORK/make" n=53 spread=1
session_has_what_was_made 1
session_has_what_was_made 2
no_session_is_left 0
! grep '^probe\.' "$STATUS" | grep -v ' off$' || fail "a probe is not off"
[ ! -s "$KPROBES" ] || fail "$(cat "$KPROBES")"
count source=kprobe 'comm=kc-*' + 'comm=kc-*' -- "$WORK/make" n=53 spread=1 phases=var,node,cache
session_has_what_was_made 2
equal "$(made made cache)" "$(tallied 1 'class == "kmem_cache_alloc" && is_of_kcount && cache == "kcount-cache"')" \
	"calls of kmem_cache_alloc"
equal "$(made made var)" "$(tallied 1 'class == "kmalloc" && is_of_kcount')" "calls of kmalloc"
no_session_is_left 0
[ ! -s "$KPROBES" ] || fail "$(cat "$KPROBES")"
unload
