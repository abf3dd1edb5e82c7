# SPDX-License-Identifier: GPL-2.0
# Guests that misbehave: status 124 and 125.
# shellcheck shell=bash

test_warning_in_the_log()
{
	lab run -q -- modprobe trouble kind=warn
	expect_status 124
	expect_err 'trouble was asked for'
	expect_err '^lab/vm: the kernel log shows trouble .*WARNING: '
	expect_err '^lab/vm: the kernel became tainted: W '
}

# The command's own failure counts more, but the finding is told.
test_warning_and_failure()
{
	lab run -q -- sh -c 'modprobe trouble kind=warn; exit 5'
	expect_status 5
	expect_err '^lab/vm: the kernel log shows trouble'
}

test_taint()
{
	lab run -q -- modprobe trouble kind=taint
	expect_status 124
	expect_err '^lab/vm: the kernel became tainted: U '
}

test_oops()
{
	lab run -q -- modprobe trouble kind=oops
	expect_status 125
	expect_err 'BUG: kernel NULL pointer dereference'
	expect_err '^lab/vm: guest lost: its kernel panicked'
}

test_hang()
{
	lab run -q -c 1 --timeout 3 -- sh -c 'echo before; modprobe trouble kind=hang'
	expect_status 125
	expect_out before
	expect_err 'trouble: hang'
	expect_err '^lab/vm: guest lost: no end within 3 s'
}

test_sudden_end()
{
	lab run -q -- reboot -f
	expect_status 125
	expect_err '^lab/vm: guest lost: it stopped by itself'
}

test_no_boot()
{
	MEMMON_LAB_BOOT=1 lab run -q -- true
	expect_status 125
	expect_err '^lab/vm: guest lost: it did not boot in time'
}

test_no_init()
{
	MEMMON_LAB_APPEND=rdinit=/nowhere lab run -q -- true
	expect_status 125
	expect_err 'Kernel panic'
	expect_err '^lab/vm: guest lost: its kernel panicked'
}
