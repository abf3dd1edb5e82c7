# SPDX-License-Identifier: GPL-2.0
# A small Debian 13 with gcc-14, unpacked but not installed, for kernels that need it.
# shellcheck shell=bash

readonly CHROOT_SUITE=trixie
readonly CHROOT_PACKAGES="gcc-14 make libelf1t64 dash sed grep coreutils findutils mawk"

# make_chroot: have the chroot in the cache, and a way to enter it in ENTER.
make_chroot()
{
	local new=$CACHE/chroot.new

	ENTER=(unshare --mount)
	[ "$(id -u)" -eq 0 ] || ENTER=(unshare --map-root-user --mount)
	"${ENTER[@]}" true 2>/dev/null ||
		die "this machine lets you make no namespaces, so gcc-14 of Debian 13 cannot run; install gcc-14, or become root"
	[ ! -d "$CACHE/chroot" ] || return 0
	hold "$CACHE/lock"
	if [ ! -d "$CACHE/chroot" ]; then
		rm -rf "$new" "$new.debs"
		at_exit "rm -rf ${new@Q} ${new@Q}.debs"
		apt_lists 450
		say "fetching gcc-14 of Debian 13 (this kernel needs it)"
		prepare_root "$new"
		# shellcheck disable=SC2086 # the list is meant to be split
		unpack_closure "$new" "$CHROOT_SUITE" $CHROOT_PACKAGES
		finish_root "$new"
		mv "$new" "$CACHE/chroot"
	fi
	release
}

prepare_root()
{
	local folder

	mkdir -p "$1"/{proc,dev,tmp,etc} "$1"/usr/{bin,sbin,lib,lib64} ||
		die "cannot write to $CACHE; is the disk full?"
	for folder in bin sbin lib lib64; do
		ln -s "usr/$folder" "$1/$folder"
	done
	: >"$1/dev/null"
}

# What the packages' installation scripts would do.
finish_root()
{
	ln -sf dash "$1/usr/bin/sh"
	ln -sf mawk "$1/usr/bin/awk"
}

# in_chroot DIR COMMAND...: run COMMAND in the chroot, with DIR, the project and the cache in place.
in_chroot()
{
	local dir=$1
	shift

	# shellcheck disable=SC2016 # expanded inside
	"${ENTER[@]}" sh -eu -c '
		root=$1
		for folder in "$2" "$3" "$4"; do
			mkdir -p "$root$folder"
			mount --bind "$folder" "$root$folder"
		done
		shift 4
		mount --rbind /proc "$root/proc"
		mount --bind /dev/null "$root/dev/null"
		exec chroot "$root" env -i PATH=/usr/bin:/usr/sbin HOME=/ LC_ALL=C "$@"
	' sh "$CACHE/chroot" "$ROOT" "$CACHE" "$dir" "$@"
}
