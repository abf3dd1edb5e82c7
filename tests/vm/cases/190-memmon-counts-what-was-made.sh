#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# memmon stat shows exactly as many requests of a cache as were made, and says when it cannot.
# guests: 1cpu
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh

cat >"$WORK/make" <<END
#!/bin/sh
modprobe kcount n=101 phases=\$1 && cat /proc/kcount >"$WORK/kcount"; rmmod kcount
END
chmod +x "$WORK/make"

# requests CACHE: what memmon says in its column Requests; without the noise it is the sixth
requests()
{
	awk -v cache="$1" '$1 == cache { print $6 }' "$WORK/table"
}

stat()
{
	memmon stat --all --no-noise -o "$WORK/table" -- "$WORK/make" "$1" || fail "memmon stat failed"
}

load entries=100000
# By a session.
stat cache,var,page0
equal "$(made made cache)" "$(requests kcount-cache)" "requests of kcount-cache"
[ "$(made made cache)" -ge 101 ] || fail "kcount made too little"
! grep "not counted" "$WORK/table" || fail "they are not exact"
! grep "from the log" "$WORK/table" || fail "the session is not used"
grep -q "^recorded .* dropped 0 " "$WORK/table" || fail "something was lost"
# By the log, as with a module that has no device.
export MEMMON_TEST_DEVICE=/nonexistent
stat cache,var,page0
equal "$(made made cache)" "$(requests kcount-cache)" "requests of kcount-cache in the log"
grep -q "counted from the log" "$WORK/table" || fail "the log is not used"
stat cache,fail
grep -q "requests not counted: some requests failed" "$WORK/table" || fail "failures are not noticed"
unload
load entries=200
stat cache
grep -q "requests not counted: the log is too short" "$WORK/table" ||
	grep -q "requests not counted: the rings were too small" "$WORK/table" ||
	fail "a log that is too short is not noticed"
unload
