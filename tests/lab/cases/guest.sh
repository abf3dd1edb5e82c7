# SPDX-License-Identifier: GPL-2.0
# What a command in the guest gets, and what comes back from it.
# shellcheck shell=bash

# in_guest KERNEL: output unmixed, status, modules with parameters, mounts.
in_guest()
{
	# shellcheck disable=SC2016 # for the guest
	lab run -q -k "$1" -- sh -c 'modprobe trouble kind=none || exit 1
		cat /sys/module/trouble/parameters/kind
		ls -d /sys/kernel/debug/tracing /sys/kernel/tracing/events
		echo "it'\''s stdout"; echo stderr >&2; exit 7'
	expect_status 7
	expect_out none /sys/kernel/debug/tracing /sys/kernel/tracing/events "it's stdout"
	[ "$(cat err)" = stderr ] || fail "stderr of the command alone expected"
}

test_guest_6_1()
{
	in_guest 6.1
}

test_guest_6_12()
{
	in_guest 6.12
}

test_guest_7_3()
{
	in_guest 7.3
}

# A tree as a user has it, made of Debian's headers and image.
test_own_kernel()
{
	local cache release

	lab fetch 6.1
	cache=${MEMMON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mem_monitor}/kernels/6.1
	release=$(cat "$cache/release")
	mkdir tree
	cp -rs "$cache/usr/src/linux-headers-$release/." tree
	mkdir -p tree/arch/x86/boot tree/drivers
	ln -s "$cache/boot/vmlinuz-$release" tree/arch/x86/boot/bzImage
	find "$cache/lib/modules/$release/kernel/drivers" -name 'virtio*.ko' -exec cp -t tree/drivers {} +
	lab run -q -k tree -- sh -c 'modprobe trouble && uname -r'
	expect_status 0
	expect_out "$release"
	rm -rf "$ROOT"/build/lab/tree-*
}

test_status_of_failures()
{
	# shellcheck disable=SC2016 # for the guest
	lab run -q -- sh -c 'sh -c "kill -9 \$\$"; echo $?; no-such-command; echo $?; kill -TERM $$'
	expect_status 143
	expect_out 137 127
}

# What the guest reports may come in two parts, and the lab look at its clock between them.
test_report_in_two_parts()
{
	# shellcheck disable=SC2016 # for the guest
	lab run -q -- sh -c 'for port in /sys/class/virtio-ports/*; do
			read -r name <$port/name
			[ "$name" != report ] || exec 3>/dev/${port##*/}
		done
		printf fai >&3; sleep 5; echo "led in two parts" >&3; exec 3>&-'
	expect_status 123
	expect_err "the guest lost the share in two parts"
}

# Only emulated CPUs do so: with KVM the log is to blame.
test_stuck_emulator()
{
	lab run -c 2 -- sh -c 'echo "BUG: soft lockup below text_poke_bp" >/dev/kmsg; sleep 30'
	if grep -q ', kvm' err; then
		expect_status 124
	else
		expect_status 125
		expect_err "guest lost: the emulator got stuck in a breakpoint that was gone"
	fi
}

test_numa()
{
	lab run -q -c 4 -m 1024 --numa 2 -- sh -c 'cat /sys/devices/system/node/node*/cpulist'
	expect_status 0
	expect_out 0-1 2-3
}

test_icount()
{
	lab run --icount -c 4 -- sh -c 'grep -c ^processor /proc/cpuinfo'
	expect_status 0
	expect_out 1
	expect_err '--icount runs with one CPU; -c 4 is ignored'
}

test_share()
{
	mkdir -p "share/in ner"
	head -c 3000000 /dev/urandom >share/data
	echo old >"share/in ner/changed"
	echo old >share/meanwhile
	# The host changes a file while the guest has it.
	(sleep 2; echo new >share/meanwhile) &
	lab run -q --share share -- sh -c 'pwd; sleep 1; cp data copy; echo new >"in ner/changed"'
	wait
	expect_status 0
	expect_out /share
	cmp share/data share/copy || fail "the copy differs"
	[ "$(cat "share/in ner/changed")" = new ] || fail "the change did not come back"
	[ "$(cat share/meanwhile)" = new ] || fail "a change of the host was lost"
}

test_share_beyond_memory()
{
	mkdir share
	head -c 110000000 /dev/zero >share/data
	lab run -q -m 128 --share share -- true
	expect_status 123
	expect_err '^lab/vm: the guest lost the share on the way in'
}

test_two_at_once()
{
	"$ROOT/lab/vm" run -q -- echo 1 >first 2>&1 </dev/null &
	lab run -q -- echo second
	wait "$!" || fail "the first failed"
	expect_status 0
	expect_out second
	[ "$(cat first)" = 1 ] || fail "output of the first expected"
}

test_interrupt()
{
	local pid

	"$ROOT/lab/vm" run -- sh -c 'echo begun; sleep 100' >out 2>err </dev/null &
	pid=$!
	until grep -q begun out; do
		kill -0 "$pid" || fail "it ended too early"
		sleep 0.2
	done
	kill -TERM "$pid"
	STATUS=0
	wait "$pid" || STATUS=$?
	expect_status 143
	# From a file, so that grep does not find itself.
	echo "$TMPDIR" >pattern
	! grep -qsF -f pattern /proc/[0-9]*/cmdline || fail "QEMU is still running"
}
