#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# poll() and read() wake when there is enough, and when it is over, and not before.
# guests: 1cpu 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh

load log=0
$DEVICE waiting >"$WORK/waiting" 2>&1 || fail "$(cat "$WORK/waiting")"
grep -q '^[0-9]* checks, 0 failed$' "$WORK/waiting" || fail "$(tail -n 3 "$WORK/waiting")"
no_session_is_left 0
unload
