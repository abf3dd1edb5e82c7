# SPDX-License-Identifier: GPL-2.0
# Downloads that cannot work.
# shellcheck shell=bash

test_no_network()
{
	printf '%s\n' 'Acquire::http::Proxy "http://127.0.0.1:9";' \
		'Acquire::https::Proxy "http://127.0.0.1:9";' >apt.conf
	APT_CONFIG=$PWD/apt.conf MEMMON_CACHE=$PWD/cache lab fetch 6.1
	expect_status 123
	expect_err '^lab/vm: cannot read the Debian archive; check the network'
	[ ! -e cache/kernels ] || fail "no kernel can be there"
}

test_cache_without_room()
{
	mkdir small
	export ROOT
	# shellcheck disable=SC2016 # expanded inside
	private_mounts sh -c 'mount -t tmpfs -o size=4M tmpfs small &&
		MEMMON_CACHE=$PWD/small exec "$ROOT/lab/vm" fetch 6.1' >out 2>err || STATUS=$?
	expect_status 123
	expect_err '^lab/vm: .* MiB free and this needs .*; make room or set MEMMON_CACHE'
}

test_cache_that_is_denied()
{
	MEMMON_CACHE=/proc/cache lab fetch 6.1
	expect_refusal "cannot write to the cache folder /proc/cache"
}

test_scratch_without_room()
{
	mkdir small
	lab fetch 6.1
	export ROOT
	# shellcheck disable=SC2016 # expanded inside
	private_mounts sh -c 'mount -t tmpfs -o size=1M tmpfs small &&
		TMPDIR=$PWD/small "$ROOT/lab/vm" run -- true
		status=$?
		ls -A small
		exit $status' >out 2>err || STATUS=$?
	expect_status 123
	[ ! -s out ] || fail "left behind in the full folder"
	expect_err '^lab/vm: cannot write .*is the disk full'
}

test_output_without_room()
{
	mkdir small
	export ROOT
	# shellcheck disable=SC2016 # expanded inside
	private_mounts sh -c 'mount -t tmpfs -o size=16M tmpfs small &&
		TMPDIR=$PWD/small exec "$ROOT/lab/vm" run -- \
			sh -c "head -c 40000000 /dev/zero"' >/dev/null 2>err || STATUS=$?
	: >out
	expect_status 123
	expect_err '^lab/vm: the disk of .* is full; make room or set TMPDIR'
}
