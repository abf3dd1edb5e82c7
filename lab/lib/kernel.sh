# SPDX-License-Identifier: GPL-2.0
# What KERNEL means: a name from lab/kernels (fetched and unpacked) or a kernel tree of the user.
# shellcheck shell=bash

# Set by find_kernel and fetch_kernel.
K_NAME=         # as in build/lab/NAME
K_RELEASE=      # uname -r
K_FOLDER=       # where the packages are unpacked, or the user's tree
K_IMAGE=        # what QEMU boots
K_BUILD=        # the folder for make -C
K_COMPILERS=    # empty: the tree says itself
K_OWN=          # set for a tree of the user

# kernel_list: the lines of the list of kernels without comments and without blanks around the fields.
kernel_list()
{
	sed -e '/^[[:space:]]*\(#\|$\)/d' -e 's/[[:space:]]*|[[:space:]]*/|/g' "${MEMMON_LAB_KERNELS:-$LAB/kernels}"
}

kernel_names()
{
	kernel_list | cut -d '|' -f 1 | paste -s -d ' '
}

# find_kernel KERNEL: set the K_ variables; for a listed kernel only as far as known before fetch.
find_kernel()
{
	local line

	line=$(kernel_list | awk -F '|' -v name="$1" '$1 == name')
	if [ -n "$line" ]; then
		IFS='|' read -r K_NAME K_SUITES K_PATTERN K_PACKAGES K_COMPILERS <<<"$line"
		K_FOLDER=$CACHE/kernels/$K_NAME
		K_OWN=
	elif [ -d "$1" ]; then
		find_own_kernel "$1"
	else
		die "no kernel '$1'; take one of: $(kernel_names), or the path of a kernel tree that you built"
	fi
}

find_own_kernel()
{
	local tree image

	tree=$(cd "$1" && pwd -P)
	[ -r "$tree/include/generated/utsrelease.h" ] && [ -r "$tree/Module.symvers" ] ||
		die "$1 is not a kernel tree that was built; run \`make\` in it first"
	K_RELEASE=$(sed -n 's/^#define UTS_RELEASE "\(.*\)"$/\1/p' "$tree/include/generated/utsrelease.h")
	for image in arch/x86/boot/bzImage vmlinux; do
		K_IMAGE=$tree/$image
		[ ! -r "$K_IMAGE" ] || break
	done
	[ -r "$K_IMAGE" ] || die "$1 has neither arch/x86/boot/bzImage nor vmlinux; run \`make\` in it first"
	need_options "$tree/.config"
	K_NAME=${tree##*/}-$(printf %s "$tree" | cksum | cut -d ' ' -f 1)
	K_FOLDER=$tree
	K_BUILD=$tree
	K_COMPILERS=
	K_OWN=1
}

# need_options CONFIG: what the lab itself needs of a kernel of the user.
need_options()
{
	local option missing=

	for option in MODULES BLK_DEV_INITRD BINFMT_ELF BINFMT_SCRIPT DEVTMPFS PROC_FS PROC_SYSCTL SYSFS \
		TMPFS PCI VIRTIO_PCI VIRTIO_CONSOLE VIRTIO_BLK SERIAL_8250_CONSOLE; do
		grep -q "^CONFIG_$option=[ym]" "$1" || missing="$missing $option"
	done
	[ -z "$missing" ] || die "the kernel of ${1%/.config} lacks$missing; switch them on and build it again"
}

# fetch_kernel: have K_NAME in the cache, and set the rest of the K_ variables.
fetch_kernel()
{
	[ -z "$K_OWN" ] || return 0
	if [ ! -r "$K_FOLDER/release" ]; then
		hold "$CACHE/lock"
		[ -r "$K_FOLDER/release" ] || download_kernel
		release
	fi
	K_RELEASE=$(cat "$K_FOLDER/release")
	K_BUILD=$K_FOLDER/usr/src/linux-headers-$K_RELEASE
	K_IMAGE=$K_FOLDER/boot/vmlinuz-$K_RELEASE
	[ -r "$K_IMAGE" ] || K_IMAGE=$K_FOLDER/usr/lib/modules/$K_RELEASE/vmlinuz
	[ -r "$K_IMAGE" ] && [ -r "$K_BUILD/Makefile" ] ||
		die "the cache of kernel $K_NAME is damaged; remove $K_FOLDER and try again"
}

download_kernel()
{
	local new=$K_FOLDER.new release packages

	rm -rf "$K_FOLDER" "$new" "$new.debs"
	at_exit "rm -rf ${new@Q} ${new@Q}.debs"
	apt_lists 400
	release=$(newest_release) ||
		die "the Debian archive has no complete kernel $K_PATTERN now; see \`lab/kernels\`"
	packages=$(packages_of "$release")
	say "fetching kernel $release"
	# shellcheck disable=SC2086 # the list is meant to be split
	unpack "$new" $packages
	# The only absolute paths in Debian's headers.
	sed -i "s#/usr/src/#$K_FOLDER/usr/src/#" "$new/usr/src/linux-headers-$release/Makefile" &&
		printf '%s\n' "$release" >"$new/release" ||
		die "cannot write to $CACHE; is the disk full?"
	mv "$new" "$K_FOLDER"
}

packages_of()
{
	sed -e "s/@R@/$1/g" -e "s/@B@/${1%-cloud-amd64}/g" <<<"$K_PACKAGES"
}

# newest_release: of those that match the pattern the newest one that has all its packages.
newest_release()
{
	local release

	while read -r release; do
		# shellcheck disable=SC2254,SC2053 # a pattern on purpose
		[[ $release == $K_PATTERN ]] || continue
		has_packages "$release" || continue
		printf '%s\n' "$release"
		return
	done < <(private_apt apt-cache pkgnames linux-headers- | sed 's/^linux-headers-//' | sort -rV)
	return 1
}

has_packages()
{
	local package

	for package in $(packages_of "$1"); do
		private_apt apt-cache show "$package" >/dev/null 2>&1 || return 1
	done
}
