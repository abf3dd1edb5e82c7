# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# With a log that holds the whole experiment, each cache gets the number of its requests.
cp "$HERE/data/status" live
cp "$HERE/data/log" log
export MEMMON_TEST_STATUS=$PWD/live MEMMON_TEST_LOG=$PWD/log
# Three requests of the experiment come after two that are older.
cat >load <<'EOF'
#!/bin/sh
sed -i -e 's/^seen 1000/seen 1003/' -e 's/^seen.kmalloc 300/seen.kmalloc 302/' \
	-e 's/^seen.kmem_cache_alloc 200/seen.kmem_cache_alloc 201/' \
	-e 's/^recorded 900/recorded 903/' \
	-e 's/^recorded.requests 450/recorded.requests 453/' live
EOF
sed -i 's/sed -i\(.*\)/sed \1/; s/ live$/ live >new; cat new >live/' load
chmod +x load
run_check memmon stat -s0 --all -- ./load
grep -qE '^kmalloc-64 .* 1$' out || fail "one request for kmalloc-64"
grep -qE '^kmalloc-128 .* 1$' out || fail "one request for kmalloc-128"
grep -qE '^kmalloc-256 .* 0$' out || fail "none for kmalloc-256"
grep -qE '^dentry .* 1$' out || fail "one request for dentry"
out_lacks "not counted"
out_has "requests counted from the log in /proc/mem_monitor: the module has no /dev/mem_monitor"
grep -qE '^kmalloc +2$' out || fail "the module saw two kmallocs"
out_has "recorded 3  filtered 0  dropped 0  overwritten 0"
