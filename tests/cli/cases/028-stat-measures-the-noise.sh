# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# What moves by itself after the command is noise: it is shown, marked, and violates no condition.
cp "$HERE/data/slabinfo" live
export MEMMON_TEST_SLABINFO=$PWD/live MEMMON_TEST_STATUS=$PWD/none
# set_to KMALLOC-64 KMALLOC-256: in one piece, and of the same length.
cat >set_to <<'EOF'
#!/bin/sh
awk -v a="$1" -v b="$2" '
	$1 == "kmalloc-64" { sub(/ +[0-9]+/, sprintf("%12d", a)) }
	$1 == "kmalloc-256" { sub(/ +[0-9]+/, sprintf("%12d", b)) }
	{ print }' live >new
dd if=new of=live bs=64k conv=notrunc 2>/dev/null
EOF
chmod +x set_to
# During the command: 64 from 5632 to 5700, 256 from 3360 to 3400. Idle: 64 goes on to 5800.
cat >load <<'EOF'
#!/bin/sh
./set_to 5700 3400
sleep 0.3
(sleep 0.4; ./set_to 5800 3400) >/dev/null 2>&1 &
EOF
chmod +x load
./set_to 5632 3360
run_check memmon stat -s0 --noise 1.5 -- ./load
grep -qE '^kmalloc-64 .* ~ \+1\.2% +100 ' out || fail "kmalloc-64 is within the noise of 100"
grep -qE '^kmalloc-256 .*  \+1\.2% +0 ' out || fail "kmalloc-256 is not"
out_has "noise: how far each cache moved in 1.5"
sleep 0.3
./set_to 5632 3360
run memmon stat -s0 --noise 1.5 --json --fail-if 'kmalloc-64:growth>1%' -- ./load
[ "$status" -eq 0 ] || fail "growth within the noise violates nothing, not $status"
json_is '[c["noise"] for c in d["caches"]] == [100, 0]'
json_is '[c["within_noise"] for c in d["caches"]] == [True, False]'
json_is '1.5 <= d["noise"]["seconds"] < 5 and d["noise"]["samples"] > 10 and d["noise"]["not_measured"] is None'
json_is 'd["conditions"][0]["violated"] is False'
# Without the noise the same growth is too much.
sleep 0.3
./set_to 5632 3360
run_mustfail 1 "failed: kmalloc-64:growth>1%: kmalloc-64 has 1.2%" \
	memmon stat -s0 --no-noise --json --fail-if 'kmalloc-64:growth>1%' -- ./load
json_is 'd["caches"][0]["noise"] is None and d["caches"][0]["within_noise"] is None'
json_is 'd["noise"]["seconds"] is None and d["noise"]["samples"] == 0'
# As long as the command and its settling, unless told otherwise.
run_check memmon stat -s 200 --json -- sleep 0.3
json_is '0.5 <= d["noise"]["seconds"] < 2'
