# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# -r runs the command again and again, up to its first failure, and shows mean and deviation.
cp "$HERE/data/slabinfo" live
export MEMMON_TEST_SLABINFO=$PWD/live MEMMON_TEST_STATUS=$PWD/none
# Each run leaves 100, 200, 300 more objects in kmalloc-64.
cat >load <<'EOF'
#!/bin/sh
echo run >>runs
n=$(wc -l <runs)
awk -v n="$n" '$1 == "kmalloc-64" { sub(/ +[0-9]+/, sprintf("%12d", $2 + 100 * n)) }
	{ print }' live >new
dd if=new of=live bs=64k conv=notrunc 2>/dev/null
sleep 0.2
[ "$n" != "${1:-}" ] || exit 7
EOF
chmod +x load
run_check memmon stat -s0 --no-noise -r 3 --json -- ./load
[ "$(wc -l <runs)" -eq 3 ] || fail "three runs"
json_is 'd["runs"] == 3 and d["runs_wanted"] == 3 and d["exit_code"] == 0'
json_is '[c["name"] for c in d["caches"]] == ["kmalloc-64"]'
# Before 5632, 5732, 5932; during and after 5732, 5932, 6232.
json_is 'abs(d["caches"][0]["before"] - 5765.33) < 0.01 and abs(d["caches"][0]["during"] - 5965.33) < 0.01'
json_is 'd["caches"][0]["spread"]["before"]["min"] == 5632 and d["caches"][0]["spread"]["before"]["max"] == 5932'
json_is 'abs(d["caches"][0]["spread"]["before"]["deviation"] - 152.75) < 0.01'
json_is 'abs(d["caches"][0]["growth_percent"] - 100 * 200 / 5765.33) < 0.01'
json_is 'd["seconds_spread"]["min"] >= 0.2 and d["seconds_spread"]["max"] < 10'
rm runs
cp "$HERE/data/slabinfo" live
run_check memmon stat -s0 -r 3 -- ./load
grep -qE '^kmalloc-64 +5765\.3 \+-152\.8 +5965\.3 \+-251\.7 ' out || fail "mean and deviation"
out_has "3 of 3 runs, 0."
rm runs
run memmon stat -s0 --no-noise -r 3 --json -- ./load 2
[ "$status" -eq 7 ] || fail "7, not $status"
[ "$(wc -l <runs)" -eq 2 ] || fail "it stops at the first failure"
json_is 'd["runs"] == 2 and d["runs_wanted"] == 3 and d["exit_code"] == 7'
run memmon stat -s0 --no-noise -r 5 -- no-such-command
[ "$status" -eq 127 ] || fail "127, not $status"
[ "$(wc -l <err)" -eq 1 ] || fail "one line"
