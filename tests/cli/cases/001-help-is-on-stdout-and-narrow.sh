# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Help goes to stdout, fits into 80 columns and succeeds, however it is asked for.
for command in "" status stat record log slabs verify help; do
	# shellcheck disable=SC2086
	run_check memmon $command --help
	out_has "usage: memmon"
	[ "$(wc -L <out)" -le 80 ] || fail "help of '$command' fits into 80 columns"
	cp out long
	# shellcheck disable=SC2086
	run_check memmon $command -h
	cmp out long
	# shellcheck disable=SC2086
	run_check memmon help $command
	cmp out long
done
run_check threads --help
[ "$(wc -L <out)" -le 80 ] || fail "help of threads fits into 80 columns"
