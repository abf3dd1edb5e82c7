# SPDX-License-Identifier: GPL-2.0
# What every part of the lab uses: messages, the cache, locks, private folders, clean-up.
# shellcheck shell=bash

# Status of the lab's own failures, so that they differ from those of the command in the guest.
readonly LAB_ERROR=123

QUIET=
CACHE=${MEMMON_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mem_monitor}
SCRATCH=

# say TEXT: progress for the user, on stderr; silent with --quiet.
say()
{
	[ -n "$QUIET" ] || printf 'lab/vm: %s\n' "$*" >&2
}

# complain TEXT: one clear line about what went wrong.
complain()
{
	printf 'lab/vm: %s\n' "$*" >&2
}

die()
{
	complain "$@"
	exit "$LAB_ERROR"
}

# need_commands NAME...: of the host.
need_commands()
{
	local name

	for name in "$@"; do
		command -v "$name" >/dev/null || die "$name is missing; run \`scripts/deps lab\`"
	done
}

make_cache()
{
	mkdir -p "$CACHE" 2>/dev/null && [ -w "$CACHE" ] ||
		die "cannot write to the cache folder $CACHE; set MEMMON_CACHE to a folder that you own"
	CACHE=$(cd "$CACHE" && pwd -P)
}

# need_room MIB: refuse at once what the cache has no room for; apt can hang on a full disk.
need_room()
{
	local free

	free=$(df --output=avail -m "$CACHE" | tail -n 1)
	[ "$free" -ge "$1" ] ||
		die "$CACHE has ${free// /} MiB free and this needs $1; make room or set MEMMON_CACHE"
}

# make_scratch: SCRATCH is the private folder of this run; leave removes it.
make_scratch()
{
	SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/memmon-lab.XXXXXX" 2>/dev/null) ||
		die "cannot make a folder in ${TMPDIR:-/tmp}; is the disk full?"
}

# at_exit COMMAND: run COMMAND when the lab ends, however it ends; the latest comes first.
EXIT_COMMANDS=
at_exit()
{
	EXIT_COMMANDS="$1; $EXIT_COMMANDS"
}

leave()
{
	local status=$?

	trap - EXIT
	trap '' INT TERM HUP
	eval "$EXIT_COMMANDS"
	[ -z "$SCRATCH" ] || rm -rf "$SCRATCH"
	exit "$status"
}

trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# hold FILE: wait for the lock FILE and keep it until release, or until the lab ends.
LOCKS=()
hold()
{
	local lock

	mkdir -p "$(dirname "$1")" && exec {lock}>"$1" || die "cannot write $1; is the disk full?"
	LOCKS+=("$lock")
	flock -n "$lock" && return
	say "waiting for another lab/vm to finish"
	flock "$lock"
}

# release: give back the lock that was taken last.
release()
{
	local lock=${LOCKS[-1]}

	exec {lock}>&-
	unset 'LOCKS[-1]'
}
