#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The kprobe source logs each call of the reference's functions once, from every context.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

load source=kprobe kmalloc_constant=1 entries=100000 'comm=kc-*'
in_background make_load
in_background read_for_ever 4096
kcount n=101 spread=1 phases=const,var,lconst,lvar,node,lnode,cache,gone,reborn
books_balance
stop_background
log_has_what_was_made
readers_saw_whole_lines 4096
for label in kmalloc kmalloc_large kmalloc_node kmem_cache_alloc kmalloc_cache; do
	grep -q "^\[$label\]" "$WORK/log" || fail "no line of $label"
done
unload
