# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# The command changes the numbers; the table shows before, during and after, sorted by growth.
cp "$HERE/data/slabinfo" live
export MEMMON_TEST_SLABINFO=$PWD/live MEMMON_TEST_STATUS=$PWD/none
echo 'fresh             0    0   64   64    1 : tunables 0 0 0 : slabdata 0 0 0' >>live
# The file keeps its length and is written in one piece, so that no sample sees half of it.
cat >load <<'EOF'
#!/bin/sh
set_to() {
	awk -v a="$1" -v b="$2" -v c="$3" '
		$1 == "kmalloc-64" { sub(/ +[0-9]+/, sprintf("%12d", a)) }
		$1 == "kmalloc-256" { sub(/ +[0-9]+/, sprintf("%12d", b)) }
		$1 == "fresh" { sub(/ +[0-9]+/, sprintf("%14d", c)) }
		{ print }' live >new
	dd if=new of=live bs=64k conv=notrunc 2>/dev/null
}
set_to 13760 7456 3
sleep 0.5
set_to 5504 3584 0
EOF
chmod +x load
run_check memmon stat --interval 5 --no-noise -- ./load
cat >expected <<'EOF'
Cache          Before   During    After    Growth   Requests
fresh               0        3        0       new          -
kmalloc-64       5632    13760     5504   +144.3%          -
kmalloc-256      3360     7456     3584   +121.9%          -
EOF
head -n 4 out | diff expected - || fail "the table"
out_has "3 caches shown; "
out_has "requests not counted: mem_monitor is not loaded"
grep -qE '; [0-9]{2,} samples in [0-9]+\.[0-9]{3} s, one every 5 ms$' out || fail "many samples"
out_has "noise not measured: --no-noise was given"
