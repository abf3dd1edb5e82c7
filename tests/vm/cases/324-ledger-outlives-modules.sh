#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What a module left behind keeps the name of its call site after unload, also when another one takes its place.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/ledger.sh

load log=0
cat >"$WORK/load" <<END
set -e
modprobe leaker n=10 leave=1
cat /proc/leaker >"$WORK/leaker"
rmmod leaker
# The next one most likely comes to lie in its place.
modprobe leaker n=7 bytes=100
rmmod leaker
modprobe bulk_user n=3 hold=1
cat /proc/bulk_user >"$WORK/bulk_user"
END
count ledger=0 rings=0 -- sh "$WORK/load"
equal 30 "$(held 1 live 'module == "leaker" && function_name == "leaker_take" && retired')" "objects left behind"
equal 30 "$(held 1 live 'function_name ~ /^leaker_take/')" "all that is left of the leaker"
equal 51 "$(held 1 born 'module == "leaker" && function_name == "leaker_take"')" "births in both lives of the leaker"
equal 0 "$(held 1 live 'function_name ~ /^leaker_take/ && !retired')" "live in accounts of code that is gone"
ledger_has 1 bulk_user
equal 0 "$(held 1 born 'function_name ~ /^bulk_user_take/ && retired')" "births of the module that is there"
rmmod bulk_user
unload
