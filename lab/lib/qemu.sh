# SPDX-License-Identifier: GPL-2.0
# Chooses the QEMU that runs the guest, and whether KVM can be had.
# shellcheck shell=bash

# Older ones crash guests with several CPUs as soon as probes are armed (stale int3 under TCG).
readonly QEMU_MAJOR=10
readonly QEMU_SUITE=trixie-backports
readonly KVM_SECONDS=4

QEMU=()         # the command that starts QEMU, set by find_qemu

# find_qemu: the host's QEMU when it is new enough, else one that the lab fetches.
find_qemu()
{
	local root=$CACHE/qemu lib=usr/lib/x86_64-linux-gnu

	if command -v qemu-system-x86_64 >/dev/null && new_enough qemu-system-x86_64; then
		QEMU=(qemu-system-x86_64)
		return
	fi
	[ -d "$root" ] || fetch_qemu
	# With its own C library and loader it runs on any host.
	QEMU=(env "QEMU_MODULE_DIR=$root/$lib/qemu" "$root/$lib/ld-linux-x86-64.so.2"
		--library-path "$root/$lib" "$root/usr/bin/qemu-system-x86_64"
		-L "$root/usr/share/qemu" -L "$root/usr/share/seabios")
	new_enough "${QEMU[@]}" || die "the QEMU in $root does not run; remove that folder and try again"
}

new_enough()
{
	local version

	version=$("$@" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\)\..*/\1/p')
	[ -n "$version" ] && [ "$version" -ge "$QEMU_MAJOR" ]
}

fetch_qemu()
{
	local new=$CACHE/qemu.new

	hold "$CACHE/lock"
	if [ ! -d "$CACHE/qemu" ]; then
		rm -rf "$new" "$new.debs"
		at_exit "rm -rf ${new@Q} ${new@Q}.debs"
		apt_lists 350
		say "fetching QEMU (the host has none of version $QEMU_MAJOR or newer)"
		unpack_closure "$new" "$QEMU_SUITE" qemu-system-x86
		mv "$new" "$CACHE/qemu"
	fi
	release
}

# use_kvm: true when KVM runs the kernel K_IMAGE. Tried out once per boot of the host, since
# /dev/kvm may exist where it cannot run a stock kernel.
use_kvm()
{
	local verdict=$CACHE/kvm boot answer

	[ -r /dev/kvm ] && [ -w /dev/kvm ] || return 1
	boot=$(cat /proc/sys/kernel/random/boot_id)
	if [ "$(cut -d ' ' -f 1 "$verdict" 2>/dev/null)" != "$boot" ]; then
		say "trying KVM"
		answer=no
		! probe_kvm || answer=yes
		printf '%s %s\n' "$boot" "$answer" >"$verdict" ||
			die "cannot write to $CACHE; is the disk full?"
	fi
	[ "$(cut -d ' ' -f 2 "$verdict")" = yes ]
}

# The guest's init answers on the first serial port and powers off.
probe_kvm()
{
	local answer=$SCRATCH/kvm

	timeout -k 1 "$KVM_SECONDS" "${QEMU[@]}" -accel kvm -cpu host -smp 2 -m 512 -nodefaults \
		-display none -no-reboot -kernel "$K_IMAGE" -initrd "$GUEST_BASE" \
		-append "console=ttyS0 quiet panic=-1 lab.probe" -serial "file:$answer" \
		>/dev/null 2>&1 </dev/null
	grep -qs 'lab: alive' "$answer"
}
