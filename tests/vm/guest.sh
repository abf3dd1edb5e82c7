#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs cases inside the guest, one after the other, and says of each whether it passed.
# usage: guest.sh LABEL CASE...
# shellcheck shell=dash
set -u

CASE_SECONDS=600

# All that a case may have left behind, in the order in which it goes.
MODULES="kcount leaker churner rcu_user bulk_user fragmenter typesafe crossfire chains chains_wide mem_monitor_selftest mem_monitor"

LABEL=$1
shift

# A case that failed may leave modules behind; the next one starts clean all the same.
remove_modules()
{
	for module in $MODULES; do
		! grep -q "^$module " /proc/modules || rmmod "$module"
	done
}

run_case()
{
	name=$(basename "$1" .sh)
	begin=$(cut -d. -f1 /proc/uptime)
	timeout $CASE_SECONDS sh -eu "$1" >/tmp/output 2>&1
	result=$?
	seconds=$(($(cut -d. -f1 /proc/uptime) - begin))
	if [ $result -eq 0 ] && grep -qE "^($(echo "$MODULES" | tr " " "|")) " /proc/modules; then
		echo "a module is still loaded" >>/tmp/output
		result=1
	fi
	case $result in
	0) echo "ok - $LABEL $name ($seconds s)" ;;
	*)
		echo "not ok - $LABEL $name ($seconds s, status $result)"
		sed 's/^/#   /' /tmp/output
		;;
	esac
	remove_modules
}

for case in "$@"; do
	run_case "$case"
done
