#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Under load each request is in the log once, whatever else happens on the CPUs.
# guests: 4cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

load entries=100000 'comm=kc-*'
in_background make_load
in_background make_load
in_background read_for_ever 65536
in_background read_for_ever 1
kcount n=101 spread=1
books_balance
stop_background
log_has_what_was_made
readers_saw_whole_lines 1 65536
[ "$(status filtered.comm)" -gt 1000 ] || fail "there was no other load"
equal 0 "$(status dropped)" "dropped"
unload
