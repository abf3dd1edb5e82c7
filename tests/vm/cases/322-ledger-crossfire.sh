#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Objects taken on one CPU and freed on another, in every context: exact, and with ledgers full and nearly full.
# guests: 4cpu 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/ledger.sh

load log=0
before=$(status rings_total_bytes)
cat >"$WORK/load" <<END
set -e
modprobe crossfire n=300 hold=1
cat /proc/crossfire >"$WORK/crossfire"
END
count ledger=0 rings=0 stacks=256 + ledger=100 pages=100 rings=0 "site=$MODULES" + \
	ledger=600 rings=0 "site=$MODULES" + ledger=0 rings=0 peek=1 "site=$MODULES" -- sh "$WORK/load"
ledger_has 1 crossfire
ledger_has 4 crossfire
made=0
for function in $(functions crossfire); do
	made=$((made + $(reported crossfire "$function" made)))
done
equal $((300 * 24 * 3 * $(nproc))) $made "objects that crossfire made"
equal 3 "$(awk '$1 == "context" && $3 >= 7200 { n++ } END { print n }' "$WORK/crossfire")" "contexts of crossfire"
# Other modules make some requests, too.
for session in 2 3; do
	equal "$(ledger_book 4 born)" $(($(ledger_book $session born) + $(ledger_book $session reborn) + $(ledger_book $session untracked))) \
		"session $session: births"
done
[ "$(nproc)" -eq 1 ] || [ "$(ledger_book 2 untracked)" -gt 0 ] || fail "the small ledger was never full"
# What is still there: as much as the load holds, less what was not tracked.
live=$(held 1 live 'function_name ~ /^crossfire_take/')
[ "$(held 2 live 'function_name ~ /^crossfire_take/')" -le "$live" ] || fail "the small ledger holds more than there is"
rmmod crossfire
no_session_is_left "$before"

# The same, freed by the end: nothing lives, however little room there was.
sed -i 's/hold=1/hold=0/' "$WORK/load"
count ledger=0 rings=0 + ledger=100 rings=0 + ledger=64 accounts=2 rings=0 "site=$MODULES" -- sh "$WORK/load"
for session in 1 2 3; do
	equal 0 "$(held $session live 'function_name ~ /^crossfire_take/')" "session $session: live in the end"
done
ledger_has 1 crossfire
rmmod crossfire
no_session_is_left "$before"
unload
