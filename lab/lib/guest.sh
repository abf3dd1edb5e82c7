# SPDX-License-Identifier: GPL-2.0
# Makes the guest's file system: busybox and init, the project's modules and programs, the command.
# shellcheck shell=bash

# Modules of the kernel that the guest's channels and disks need; what is built in is left out.
readonly GUEST_DRIVERS="virtio_pci virtio_console virtio_blk"

GUEST_BASE=     # archive with what is the same in each run, set by make_base

# make_base: busybox, init and drivers for the kernel; kept in the cache for a listed kernel.
make_base()
{
	local tree key

	find_busybox
	GUEST_BASE=$SCRATCH/base.cpio
	if [ -z "$K_OWN" ]; then
		key=$(cat "$LAB/guest/init" "$LAB/lib/guest.sh" | cksum | tr ' ' -)
		GUEST_BASE=$CACHE/guest/$K_RELEASE-$key.cpio
	fi
	[ ! -r "$GUEST_BASE" ] || return 0
	tree=$SCRATCH/base
	mkdir -p "$CACHE/guest" "$tree"/{bin,sbin,etc,proc,sys,dev,tmp,root,share,lab} \
		"$tree"/{run,usr/bin,usr/sbin,lib64,"lib/modules/$K_RELEASE"} ||
		die "cannot write to $SCRATCH; is the disk full?"
	cp "$BUSYBOX" "$tree/bin/busybox"
	"$BUSYBOX" --list | while read -r applet; do
		[ -e "$tree/bin/$applet" ] || ln -s busybox "$tree/bin/$applet"
	done
	cp "$LAB/guest/init" "$tree/init"
	chmod +x "$tree/init"
	printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' \
		>"$tree/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$tree/etc/group"
	# shellcheck disable=SC2086 # the list is meant to be split
	kernel_modules "$tree/lib/modules/$K_RELEASE/kernel" $GUEST_DRIVERS
	pack "$tree" "$GUEST_BASE.$$"
	find "$CACHE/guest" -name '*.cpio' -mtime +7 -delete
	mv "$GUEST_BASE.$$" "$GUEST_BASE"
	rm -rf "$tree"
}

find_busybox()
{
	local new=$CACHE/busybox.new

	BUSYBOX=$CACHE/busybox/bin/busybox
	[ ! -x "$BUSYBOX" ] || return 0
	hold "$CACHE/lock"
	if [ ! -x "$BUSYBOX" ]; then
		rm -rf "$new" "$new.debs"
		at_exit "rm -rf ${new@Q} ${new@Q}.debs"
		apt_lists 150
		say "fetching busybox"
		unpack "$new" busybox-static/bookworm
		mv "$new" "$CACHE/busybox"
	fi
	release
}

# kernel_modules FOLDER NAME...: copy modules of the kernel, and what they need, into FOLDER.
kernel_modules()
{
	local folder=$1 name file
	shift

	mkdir -p "$folder"
	for name in "$@"; do
		[ ! -e "$folder/$name.ko" ] || continue
		file=$(module_file "$name")
		[ -n "$file" ] || continue
		case $file in
		*.xz) xz -dc "$file" >"$folder/$name.ko" ;;
		*.zst) zstd -qdc "$file" >"$folder/$name.ko" ;;
		*) cp "$file" "$folder/$name.ko" ;;
		esac || die "cannot unpack ${file##*/} into $SCRATCH; is the disk full?"
		# shellcheck disable=SC2046 # one word for each module
		kernel_modules "$folder" $(module_needs "$folder/$name.ko")
	done
}

# module_file NAME: the kernel's own module NAME (- and _ are the same); nothing if it is built in.
module_file()
{
	local place=$K_FOLDER/lib/modules

	[ -d "$place" ] || place=$K_FOLDER/usr/lib/modules
	[ -z "$K_OWN" ] || place=$K_FOLDER
	find "$place" -name "${1//_/[-_]}.ko*" -regex '.*\.ko\(\.xz\|\.zst\)?' \
		-print -quit
}

# module_needs FILE: the names of the modules that FILE depends on.
module_needs()
{
	grep -az '^depends=' "$1" | tr '\0' '\n' | sed -n 's/^depends=//p' | tr ',' ' '
}

# pack TREE FILE: an archive that the kernel unpacks into its first file system.
pack()
{
	(cd "$1" && find . -mindepth 1 | cpio -o -H newc -R 0:0 --quiet) >"$2" ||
		die "cannot write $2; is the disk full?"
}

# add_modules TREE FILE...: our modules, and those of the kernel that they need.
add_modules()
{
	local folder=$1/lib/modules/$K_RELEASE file
	shift

	mkdir -p "$folder/extra"
	for file in "$@"; do
		# Debug information would only slow the boot; it stays in the build folder.
		strip --strip-debug -o "$folder/extra/${file##*/}" "$file" || die "cannot write to $SCRATCH; is the disk full?"
		# shellcheck disable=SC2046 # one word for each module
		kernel_modules "$folder/kernel" $(module_needs "$file")
	done
}

# add_program TREE FILE: a program of the host with the libraries that it is linked to.
add_program()
{
	local library

	[ -f "$2" ] || die "there is no program $2"
	mkdir -p "$1/usr/bin"
	cp "$2" "$1/usr/bin/" || die "cannot write to $SCRATCH; is the disk full?"
	for library in $(ldd "$2" 2>/dev/null | grep -o '/[^ ]*'); do
		[ ! -e "$1$library" ] || continue
		mkdir -p "$1${library%/*}"
		cp -L "$library" "$1$library" || die "cannot write to $SCRATCH; is the disk full?"
	done
}

# add_command TREE COMMAND...: what the guest is to run, as a shell script.
add_command()
{
	local tree=$1 word
	shift

	mkdir -p "$tree/lab"
	{
		printf 'exec'
		for word in "$@"; do
			printf " '%s'" "${word//\'/\'\\\'\'}"
		done
		printf '\n'
	} >"$tree/lab/command"
}
