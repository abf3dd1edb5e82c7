# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# The example builds against an installed library, and each installed header does on its own.
DESTDIR=$PWD/root meson install -C "$ROOT/build/user" --no-rebuild --quiet
prefix=$PWD/root/$(sed -n 's/^prefix=//p' "$ROOT/build/user/meson-private/libmemmon.pc")
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$PWD/root
# shellcheck disable=SC2046
cc -Wall -Werror -o biggest_sites "$ROOT/examples/biggest_sites.c" \
	$(pkg-config --cflags --libs libmemmon)
export LD_LIBRARY_PATH=$prefix/lib
run_check ./biggest_sites "$HERE/data/recording"
out_has '            63            3  ext4_fill_super+0x30 [ext4]'
out_has '            24            3  free_something+0x20'
out_has 'lost: 0 dropped, 0 overwritten'
! grep -q 'no end' out || fail "the recording has an end"
run_mustfail 1 'No such file' ./biggest_sites none
run_mustfail 1 'Bad message' ./biggest_sites "$HERE/data"

for header in "$prefix"/include/memmon.h "$prefix"/include/memmon/*.h; do
	echo "#include \"$header\"" >user.c
	# shellcheck disable=SC2046
	cc -std=c11 -Wall -Wextra -Werror -fsyntax-only $(pkg-config --cflags libmemmon) user.c ||
		fail "$header stands alone"
done
