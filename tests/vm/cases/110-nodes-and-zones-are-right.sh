#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Pages are logged with the node and the zone in which they lie.
# guests: numa
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

# is_on NODE KIND: all pages of a kind came from a node, as kcount saw them
is_on()
{
	awk -v kind="$2" -v node="$1" '
	$6 == kind {
		n = split($14, place, ",")
		for (i = 1; i <= n; i++) {
			rows++
			if (place[i] !~ "^" node ":")
				exit 1
		}
	}
	END { if (!rows) exit 1 }' "$WORK/kcount" || fail "$2: not on node $1: $(cat "$WORK/kcount")"
}

load entries=60000 'comm=kc-*'
for node in 0 1; do
	kcount n=101 node=$node phases=npage,node,lnode,ncache,cnode
	is_on $node npage
	log_has_what_was_made
	grep -q "kc-npage.*(order 1, node $node, zone " "$LOG" || fail "no page of node $node"
done
# CPUs 0 and 1 belong to node 0, 2 and 3 to node 1.
for cpu in 1 3; do
	kcount n=101 cpu=$cpu phases=page0,page1,page2,page3
	is_on $((cpu / 2)) page3
	log_has_what_was_made
done
kcount n=101 phases=dma
is_on 0 dma
log_has_what_was_made
grep -q "kc-dma.*zone DMA)" "$LOG" || fail "no page of zone DMA"
equal 2 "$(grep -o 'zone [A-Za-z0-9]*)' "$LOG" | grep -v 'zone DMA)' | sort -u | wc -l)" "other zones"
books_balance
unload
