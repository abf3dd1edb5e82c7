# SPDX-License-Identifier: GPL-2.0
# What of this project goes into the guest: its modules and programs, built first.
# shellcheck shell=bash

# module_folders: one line each; MEMMON_LAB_MODULES replaces the project's own.
module_folders()
{
	local folder

	if [ -n "${MEMMON_LAB_MODULES+set}" ]; then
		for folder in $MEMMON_LAB_MODULES; do
			printf '%s\n' "$folder"
		done
		return
	fi
	for folder in "$ROOT"/kmod "$ROOT"/workloads/* "$ROOT"/bench/*; do
		[ ! -e "$folder/Kbuild" ] || printf '%s\n' "$folder"
	done
}

# programs: the same; MEMMON_LAB_PROGRAMS replaces them.
programs()
{
	local file

	if [ -n "${MEMMON_LAB_PROGRAMS+set}" ]; then
		for file in $MEMMON_LAB_PROGRAMS; do
			printf '%s\n' "$file"
		done
		return
	fi
	for file in "$ROOT/build/user/cli/memmon" "$ROOT/build/user/workloads/threads"; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done
}

build_programs()
{
	[ -z "${MEMMON_LAB_PROGRAMS+set}" ] || return 0
	grep -qs '^user:' "$ROOT/Makefile" || return 0
	hold "$ROOT/build/lab/user.lock"
	env -u MAKEFLAGS -u MFLAGS make -s -C "$ROOT" user >"$SCRATCH/user.log" 2>&1 </dev/null || {
		cat "$SCRATCH/user.log" >&2
		die "the programs do not build (\`make user\`)"
	}
	release
}

# add_project TREE: build and copy all of it.
add_project()
{
	local folder file modules
	local -a files=()

	while read -r folder; do
		modules=$(build_modules "$folder") || exit
		[ -z "$modules" ] || mapfile -t -O "${#files[@]}" files <<<"$modules"
	done < <(module_folders)
	add_modules "$1" "${files[@]}"
	# shellcheck disable=SC2086 # one word for each module
	kernel_modules "$1/lib/modules/$K_RELEASE/kernel" ${MEMMON_LAB_DRIVERS:-}
	build_programs
	while read -r file; do
		add_program "$1" "$file"
	done < <(programs)
}
