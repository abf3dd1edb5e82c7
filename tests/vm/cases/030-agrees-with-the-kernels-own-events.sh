#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The kernel's own kmem events, counted in the same run, agree exactly.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/trace.sh

load entries=100000 'comm=kc-*'
trace_begin 'kc-*'
in_background make_load
in_background read_for_ever 4096
kcount n=53 spread=1
stop_background
trace_end 'kc-*'
books_balance
log_agrees_with_trace
requests=$(traced kmalloc kmem_cache_alloc mm_page_alloc)
duplicates=$(exceptions duplicate)
failures=$(exceptions failed)
if [ "$duplicates" -gt 0 ]; then
	equal $(($(made made lvar) + $(made made lnode) + $(made failed fail))) "$duplicates" duplicates
fi
equal $((requests - duplicates)) "$(status recorded.requests)" "requests (traced - duplicates, recorded)"
equal $((requests - duplicates - failures)) "$(wc -l <"$WORK/log")" "requests (traced - duplicates - failed, lines)"
equal "$(traced kfree kmem_cache_free mm_page_free mm_page_free_batched)" "$(status recorded.frees)" "frees"
[ "$(status filtered.duplicate)" -ge "$duplicates" ] || fail "fewer duplicates in the books than traced"
[ "$(status filtered.null)" -ge "$(made freed null)" ] || fail "some kfree(NULL) is not in the books"
[ "$(made failed fail)" -gt 150 ] || fail "kcount's failing requests did not fail"
unload
