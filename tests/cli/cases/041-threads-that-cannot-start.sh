# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# When threads run out, it says so, ends with 1 and leaves nothing hanging.
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 .. .
	as_nobody="setpriv --reuid=65533 --regid=65533 --clear-groups"
else
	as_nobody=""
fi
# shellcheck disable=SC2016,SC2086
run $as_nobody bash -c 'ulimit -u 200 && exec "$0" -n 100000 --hold' \
	"$ROOT/build/user/workloads/threads"
[ "$status" -eq 1 ] || fail "ends with 1, not $status"
grep -q "cannot start thread" err || fail "says that a thread could not be started"
