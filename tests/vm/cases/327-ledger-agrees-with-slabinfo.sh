#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# After a mixed load a ledger and the kernel agree on how many objects there are more than before, for each
# cache with more than 1000; where tracepoints alone would show what was freed otherwise, it shows none.
# guests: 4cpu
# slow: half a minute of load
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/ledger.sh

load log=0
sh "$HERE/balance.sh" 0 "$WORK"
OLDER=dentry,inode_cache,lsm_inode_cache,vm_area_struct,radix_tree_node
set -- ledger=0 rings=0 + ledger=0 rings=0 classes=kmalloc,kmem_cache_alloc,kfree,kmem_cache_free
for cache in $(echo $OLDER | tr , ' '); do
	set -- "$@" + way=none mode=overwrite ring=4096 classes=kmem_cache_free,kmem_cache_free_bulk "cache=$cache"
done
count "$@" -- sh "$HERE/balance.sh" 8 "$WORK"
equal 0 "$(ledger_book 1 untracked)" untracked
awk -v older="$OLDER" -v cpus="$(nproc)" -f "$HERE/balance.awk" "$WORK/before" "$WORK/after" "$WORK/count" >"$WORK/balance" ||
	fail "$(cat "$WORK/balance")"
# Of what kfree_rcu() and bulk calls free, tracepoints see only births: each is a false leak there.
for function in ip_options_get rcu_user_take rcu_user_take_headless bulk_user_take_single; do
	born=$(held 1 born "function_name == \"$function\"")
	[ "$born" -gt 100 ] || fail "$function was called $born times"
	ours=$(held 1 "live - queued" "function_name == \"$function\"")
	theirs=$(held 2 live "function_name == \"$function\"")
	echo "# $function: born $born, live $ours, by tracepoints alone $theirs"
	[ "$ours" -le 40 ] || fail "$function: $ours objects of $born are left"
	# Their addresses are taken again, so that few of them are wrong at any one time.
	[ "$theirs" -ge 16 ] || fail "$function: tracepoints alone miss only $theirs of $born"
done
unload
