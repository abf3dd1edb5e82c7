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

# requests CACHE: what memmon says in its last column
requests()
{
	awk -v cache="$1" '$1 == cache { print $NF }' "$WORK/table"
}

load entries=100000
memmon stat --all -o "$WORK/table" -- "$WORK/make" cache,var,page0 || fail "memmon stat failed"
equal "$(made made cache)" "$(requests kcount-cache)" "requests of kcount-cache"
[ "$(made made cache)" -ge 101 ] || fail "kcount made too little"
! grep "not counted" "$WORK/table" || fail "they are not exact"
memmon stat --all -o "$WORK/table" -- "$WORK/make" cache,fail || fail "memmon stat failed"
grep -q "requests not counted: some requests failed" "$WORK/table" || fail "failures are not noticed"
unload
load entries=200
memmon stat --all -o "$WORK/table" -- "$WORK/make" cache || fail "memmon stat failed"
grep -q "requests not counted: the log is too short" "$WORK/table" ||
	grep -q "requests not counted: the rings were too small" "$WORK/table" ||
	fail "a log that is too short is not noticed"
unload
