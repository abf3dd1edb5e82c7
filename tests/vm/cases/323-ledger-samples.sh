#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A ledger that samples one in N by address keeps whole lives, and its total is within the error that is due.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/ledger.sh

load log=0
cat >"$WORK/load" <<END
set -e
modprobe leaker n=2500
cat /proc/leaker >"$WORK/leaker"
END
count ledger=65536 rings=0 "site=$MODULES" + ledger=65536 rings=0 "site=$MODULES" sample=4 + \
	ledger=65536 rings=0 "site=$MODULES" sample=16 -- sh "$WORK/load"
ledger_has 1 leaker
for session in 2 3; do
	of=4
	[ $session -eq 2 ] || of=16
	# 10000 objects, each kept with probability 1/N: four standard deviations of N times the number kept.
	awk -v kept="$(held $session live 'function_name ~ /^leaker_take/')" -v of=$of 'BEGIN {
		error = kept * of - 10000
		exit !(error * error < 4 * 4 * 10000 * (of - 1))
	}' || fail "one in $of of 10000: $(held $session live 'function_name ~ /^leaker_take/') kept"
	[ "$(ledger_book $session filtered.sample)" -gt 0 ] || fail "session $session: nothing was left out"
done
rmmod leaker

# Births that are kept have their deaths kept.
count ledger=65536 rings=0 sample=4 "site=$MODULES" -- sh -c "sh $WORK/load && rmmod leaker"
equal 0 "$(held 1 live 'function_name ~ /^leaker_take/')" "live after the end"
[ "$(held 1 born 'function_name ~ /^leaker_take/')" -gt 1500 ] || fail "kept $(held 1 born 'function_name ~ /^leaker_take/')"
unload
