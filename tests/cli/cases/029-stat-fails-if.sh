# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Conditions for CI: 1 and one line each when violated, 2 when they make no sense, 3 without the module.
cp "$HERE/data/slabinfo" live
export MEMMON_TEST_SLABINFO=$PWD/live
cat >load <<'EOF'
#!/bin/sh
awk '$1 == "kmalloc-64" || $1 == "dentry" { sub(/ +[0-9]+/, sprintf("%12d", $2 * 2)) }
	{ print }' live >new
cat new 1<>live # never empty: it is being read
exit ${1:-0}
EOF
chmod +x load
fail_if() {
	cp "$HERE/data/slabinfo" live
	"$@" memmon stat -s0 --no-noise "${conditions[@]}" -- ./load
}
conditions=(--fail-if 'kmalloc-128:leaked>0' --fail-if '*:growth<0%')
fail_if run_check
conditions=(--fail-if 'kmalloc-*:leaked>100')
fail_if run_mustfail 1 "failed: kmalloc-*:leaked>100: kmalloc-64 has 5632"
out_has "caches shown"
conditions=(--fail-if '*:leaked >= 100%')
fail_if run_mustfail 1 "failed: *:leaked >= 100%: dentry has 100%, and 1 more"
conditions=(--fail-if 'dentry:leaked>1' --fail-if 'kmalloc-64:leaked==5632' --fail-if 'dentry:leaked<1')
fail_if run
[ "$status" -eq 1 ] || fail "1, not $status"
[ "$(wc -l <err)" -eq 2 ] || fail "one line for each that is violated"
# What the command says of itself comes first.
cp "$HERE/data/slabinfo" live
run memmon stat -s0 --no-noise --fail-if 'dentry:leaked>1' -- ./load 7
[ "$status" -eq 7 ] || fail "the command's own status, 7, not $status"
# A check that cannot fail is none.
conditions=(--fail-if 'dentri:leaked>1')
fail_if run_mustfail 2 "cannot check 'dentri:leaked>1': no slab cache has such a name"
malformed() {
	run_mustfail 2 "$2" memmon stat --fail-if "$1" -- touch was-run
	[ ! -e was-run ] || fail "the command is not run"
}
malformed 'growth>10%' "is no condition: it has no ':'"
malformed 'x:growth>10' "growth is a percentage"
malformed 'x:size>10' "its metric is none of growth, gained, leaked"
malformed 'x:leaked~10' "its operator is none of"
malformed 'x:leaked>ten' "no number behind the operator"
malformed 'x:requests>10%' "a number, not a percentage"
# Numbers of the module: from the log, as far as it knows them.
conditions=(--fail-if 'dentry:requests>0')
fail_if run_check
conditions=(--fail-if 'dentry:requests<1')
fail_if run_mustfail 1 "dentry has 0"
run_mustfail 3 "cannot check 'dentry:bytes>1': the module has no /dev/mem_monitor" \
	memmon stat --fail-if 'dentry:bytes>1' -- touch was-run
[ ! -e was-run ] || fail "the command is not run"
export MEMMON_TEST_STATUS=$PWD/none
run_mustfail 3 "cannot check 'dentry:requests>1': mem_monitor is not loaded" \
	memmon stat --fail-if 'dentry:requests>1' -- touch was-run
[ ! -e was-run ] || fail "the command is not run"
# Only known after the run: the log cannot answer.
sed 's/^filter.comm -/filter.comm bash/' "$HERE/data/status" >filtering
MEMMON_TEST_STATUS=$PWD/filtering run_mustfail 1 "not counted: the module filters" \
	memmon stat -s0 --fail-if 'dentry:requests>1' -- true
MEMMON_TEST_STATUS=$PWD/filtering run memmon stat -s0 --strict -- true
[ "$status" -eq 4 ] || fail "--strict ends with 4, not $status"
MEMMON_TEST_STATUS=$HERE/data/status run_check memmon stat -s0 --strict -- true
