#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A session's filter on NUMA nodes goes by where the memory lies.
# guests: numa
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

load log=0
for node in 0 1; do
	count node=0 'comm=kc-*' + node=1 'comm=kc-*' + node=0 node=1 'comm=kc-*' + 'comm=kc-*' \
		-- "$WORK/make" n=101 spread=1 node=$node phases=npage,node,lnode,ncache,var,page0
	session_has_what_was_made 3
	session_has_what_was_made 4
	for session in 1 2; do
		wanted=$(tallied 4 "node == $((session - 1))")
		[ "$wanted" -gt 100 ] || fail "only $wanted events on node $((session - 1))"
		equal "$wanted" "$(book $session recorded)" "events on node $((session - 1))"
		equal "$wanted" "$(tallied $session "node == $((session - 1))")" "only those"
	done
	equal "$(made made npage)" "$(tallied $((node + 1)) 'class == "mm_page_alloc" && comm ~ /^kc-npage/')" \
		"pages asked for on node $node"
	equal "$(made made ncache)" "$(tallied $((node + 1)) 'class == "kmem_cache_alloc" && is_of_kcount')" \
		"objects asked for on node $node"
	[ "$(book 1 filtered.node)" -gt 0 ] || fail "node has filtered nothing"
done
no_session_is_left 0
unload
