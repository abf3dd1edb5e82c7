#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A ledger that is full or nearly so counts what it does not track, and its books go on to balance.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/ledger.sh

load log=0
before=$(status rings_total_bytes)
cat >"$WORK/load" <<END
set -e
modprobe leaker n=1000 others=20
cat /proc/leaker >"$WORK/leaker"
rmmod leaker
modprobe leaker n=200
END
# Of each size: objects, pages, accounts, stacks. The first is full soon, the second nearly, the last never.
count ledger=512 pages=64 accounts=4 stacks=2 rings=0 "site=$MODULES" + \
	ledger=4096 pages=4096 rings=0 "site=$MODULES" + \
	ledger=0 rings=0 "site=$MODULES" + \
	ledger=1 pages=1 accounts=1 stacks=1 rings=0 -- sh "$WORK/load"
made=$(held 3 born 'function_name ~ /^leaker_take/')
[ "$made" -ge 4800 ] || fail "the large ledger saw only $made objects of the leaker"
equal 0 "$(ledger_book 3 untracked)" "untracked by the large ledger"
equal 800 "$(held 3 live 'function_name ~ /^leaker_take/')" "live in the large ledger"
for session in 1 4; do
	[ "$(ledger_book $session untracked)" -gt 1000 ] || fail "session $session: untracked $(ledger_book $session untracked)"
	[ "$(ledger_book $session untracked_bytes)" -gt 200000 ] ||
		fail "session $session: untracked_bytes $(ledger_book $session untracked_bytes)"
	[ "$(ledger_book $session objects)" -le "$(ledger_book $session object_places)" ] || fail "session $session: more than places"
done
# Each birth is tracked or counted, in all of the same filter.
for session in 1 2; do
	equal $(($(ledger_book 3 born) + $(ledger_book 3 reborn))) \
		$(($(ledger_book $session born) + $(ledger_book $session reborn) + $(ledger_book $session untracked))) \
		"session $session: births"
done
# A table that has room is used well: 4000 objects in 4096 places or more.
[ "$(ledger_book 2 untracked)" -le 400 ] || fail "of 4000 objects $(ledger_book 2 untracked) found no place in \
$(ledger_book 2 object_places)"
# What has no account of its own belongs to none; nothing is lost.
[ "$(held 1 born 1)" -eq $(($(ledger_book 1 born) + $(ledger_book 1 reborn))) ] || fail "births without account"
rmmod leaker
no_session_is_left "$before"
unload
