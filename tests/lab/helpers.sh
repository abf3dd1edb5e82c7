# SPDX-License-Identifier: GPL-2.0
# What the tests of the lab share: running lab/vm and looking at the result.
# shellcheck shell=bash

# The lab is tested with a module of its own and without the project's programs.
export MEMMON_LAB_MODULES=$HERE/trouble MEMMON_LAB_PROGRAMS=

fail()
{
	printf 'failed: %s\n' "$*"
	printf 'status %s, stdout:\n' "${STATUS:-none}"
	head -c 2000 out
	printf 'stderr:\n'
	tail -c 2000 err
	exit 1
}

# lab ARG...: run lab/vm; its status is in STATUS, its output in the files out and err.
lab()
{
	STATUS=0
	"$ROOT/lab/vm" "$@" >out 2>err </dev/null || STATUS=$?
}

expect_status()
{
	[ "$STATUS" -eq "$1" ] || fail "status $1 expected"
}

expect_out()
{
	printf '%s\n' "$@" | cmp -s - out || fail "stdout expected: $*"
}

# expect_err PATTERN: a line of stderr matches the extended regular expression.
expect_err()
{
	grep -qE -- "$1" err || fail "stderr must match: $1"
}

# expect_refusal PATTERN: one clear line, the lab's own status, nothing on stdout.
expect_refusal()
{
	expect_status 123
	[ ! -s out ] || fail "nothing on stdout expected"
	[ "$(wc -l <err)" -eq 1 ] || fail "one line on stderr expected"
	expect_err "^lab/vm: .*$1"
}

expect_nothing_left()
{
	[ -z "$(ls -A "$TMPDIR")" ] || fail "left behind: $(ls -A "$TMPDIR")"
}

# private_mounts COMMAND...: run a shell function that may mount, also as an ordinary user.
private_mounts()
{
	local -a enter=(unshare --mount)

	[ "$(id -u)" -eq 0 ] || enter=(unshare --map-root-user --mount)
	"${enter[@]}" "$@"
}
