# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# --caches takes globs, --all shows caches that stood still.
run_check memmon stat --settle 0 -- true
out_has "0 caches shown"
run_check memmon stat -s0 --all -- true
out_has "5 caches shown"
run_check memmon stat -s0 --also 'kmalloc-64,nothing' -- true
out_has "1 caches shown"
run_check memmon stat -s0 -a --caches 'kmalloc-*' -- true
out_has "3 caches shown"
out_lacks "dentry"
run_check memmon stat -s0 -a -c 'dentry,task_*' -- true
out_has "2 caches shown"
