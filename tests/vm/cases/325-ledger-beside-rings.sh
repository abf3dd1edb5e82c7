#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A session with rings and ledger has in both what was made; sessions side by side do not disturb each other.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/ledger.sh

load entries=1000
before=$(status rings_total_bytes)
count ledger=0 'comm=kc-*' stacks=1024 + 'comm=kc-*' + ledger=0 rings=0 'comm=kc-*' + ledger=0 rings=0 cache=kcount-* + \
	ledger=0 rings=0 classes=kmalloc,kfree 'comm=kc-*' + way=read ledger=64 -- "$WORK/make" n=53 spread=1
books_balance
session_has_what_was_made 2
made=$(made made cache)
for session in 1 3 4; do
	equal "$made" "$(held $session born 'cache == "kcount-cache"')" "session $session: births in kcount-cache"
	equal 0 "$(held $session live 'cache == "kcount-cache"')" "session $session: live in kcount-cache"
done
equal "$(held 1 born 'module == "kcount"')" "$(held 3 born 'module == "kcount"')" "with and without rings"
equal 0 "$(held 5 born 'class != "kmalloc"')" "classes that were not asked for"
made=0
for kind in const var lconst lvar cnode node lnode; do
	made=$((made + $(made made $kind)))
done
equal $made "$(held 3 born 'module == "kcount" && class == "kmalloc"')" "births by kmalloc"
[ "$(ledger_book 1 failed)" -ge "$(made failed fail)" ] || fail "failed requests: $(ledger_book 1 failed)"
no_session_is_left "$before"
unload

# Memory of ledgers is memory of sessions.
load log=0 rings_max_mib=16
! $DEVICE count ledger=1000000 rings=0 -- true >/dev/null 2>"$WORK/error" || fail "a ledger of a million objects was given"
grep -q 'No buffer space' "$WORK/error" || fail "$(cat "$WORK/error")"
no_session_is_left 0
count ledger=16384 pages=1024 accounts=256 rings=0 + ledger=16384 pages=1024 accounts=256 rings=0 -- true
[ "$(ledger_book 1 memory_bytes)" -gt 1000000 ] || fail "16384 objects take $(ledger_book 1 memory_bytes) bytes"
no_session_is_left 0
unload
