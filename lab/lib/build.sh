# SPDX-License-Identifier: GPL-2.0
# Builds a folder with kernel modules for a kernel, outside the source tree.
# shellcheck shell=bash

# build_folder DIR: where DIR is built for the kernel: below build/lab/KERNEL.
build_folder()
{
	case $1 in
	"$ROOT"/*) printf '%s\n' "$ROOT/build/lab/$K_NAME/${1#"$ROOT"/}" ;;
	*) printf '%s\n' "$ROOT/build/lab/$K_NAME/${1##*/}" ;;
	esac
}

# build_modules DIR: build what changed, and print the paths of the modules.
build_modules()
{
	local dir out log

	need_commands make
	dir=$(cd "$1" 2>/dev/null && pwd -P) || die "there is no folder $1"
	[ -e "$dir/Kbuild" ] || [ -e "$dir/Makefile" ] ||
		die "$dir holds neither a Kbuild nor a Makefile, so there is no module to build"
	out=$(build_folder "$dir")
	hold "$ROOT/build/lab/$K_NAME/lock"
	if ! up_to_date "$dir" "$out"; then
		say "building $dir for $K_RELEASE"
		choose_compiler
		mirror_sources "$dir" "$out"
		log=$out/.lab-log
		printf '%s\n' "$K_RELEASE" >"$out/.lab-began" || die "cannot write to $out; is the disk full?"
		if ! run_kbuild "$dir" "$out" >"$log" 2>&1; then
			filter_noise "$log" >&2
			die "$dir does not build for kernel $K_NAME ($K_RELEASE)"
		fi
		filter_noise "$log" >&2
		sources_of "$out" >"$out/.lab-sources" && mv "$out/.lab-began" "$out/.lab-done" ||
			die "cannot write to $out; is the disk full?"
	fi
	release
	find "$out" -name '*.ko' | sort
}

# mirror_sources DIR OUT: OUT becomes a tree of symlinks to the sources, so that DIR stays clean.
mirror_sources()
{
	mkdir -p "$2" || die "cannot write to $2; is the disk full?"
	find "$2" -xtype l -delete
	(cd "$1" && find . -type f ! -name '*.o' ! -name '*.ko' ! -name '.*' ! -name '*.mod' \
		! -name '*.mod.c' ! -name 'Module.symvers' ! -name 'modules.order' ! -path './.git/*' ! -path './build/*' -printf '%P\n') |
		while read -r file; do
			[ ! -L "$2/$file" ] || continue
			mkdir -p "$(dirname "$2/$file")" && ln -sf "$1/$file" "$2/$file" || exit
		done || die "cannot write to $2; is the disk full?"
}

# up_to_date DIR OUT: nothing that the last build read has changed, and nothing was added to DIR.
up_to_date()
{
	local file

	[ "$(cat "$2/.lab-done" 2>/dev/null)" = "$K_RELEASE" ] || return 1
	[ "$2/.lab-done" -nt "$K_BUILD/Module.symvers" ] || return 1
	[ -z "$(find "$1" -newer "$2/.lab-done" -print -quit)" ] || return 1
	while read -r file; do
		[ -e "$file" ] && [ ! "$file" -nt "$2/.lab-done" ] || return 1
	done <"$2/.lab-sources"
}

# sources_of OUT: the files outside the kernel that the build read, from Kbuild's own records.
sources_of()
{
	find "$1" -name '.*.cmd' -exec cat {} + |
		sed -n 's/^ *\([^ ]*\/[^ ]*\.[chS]\) \\$/\1/p' | grep '^/' | grep -v "^$K_FOLDER/" |
		xargs -r realpath -e -q | sort -u
	# realpath fails for what is gone; such a file was no source of this build any more.
	true
}

# filter_noise LOG: the build's output without the remarks that every module gets.
filter_noise()
{
	sed -e '/^warning: the compiler differs from the one used to build the kernel/d' \
		-e '/^warning: pahole version differs from the one/d' \
		-e '/^  The kernel was built \(by\|with\): /d' -e '/^  You are using: /d' \
		-e '/^Skipping BTF generation/d' "$1"
}

# choose_compiler: COMPILER is the host's that suits the kernel; empty when the tree of a user says
# itself; or, when the host has none, the one in the chroot, with IN_CHROOT set.
choose_compiler()
{
	IN_CHROOT=
	for COMPILER in $K_COMPILERS; do
		! command -v "$COMPILER" >/dev/null || return 0
	done
	COMPILER=
	[ -z "$K_OWN" ] || return 0
	make_chroot
	COMPILER=gcc-14
	IN_CHROOT=1
}

# run_kbuild DIR OUT: the kernel's own build system, without the flags of an outer `make test`.
run_kbuild()
{
	local -a make

	# A module's BTF would need pahole and is of no use to the lab.
	make=(env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s "-j$(nproc)" -C "$K_BUILD" M="$2"
		${COMPILER:+CC="$COMPILER"} CONFIG_DEBUG_INFO_BTF_MODULES= modules)
	if [ -n "$IN_CHROOT" ]; then
		in_chroot "$1" "${make[@]}"
	else
		"${make[@]}"
	fi
}
