# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Install puts everything where PREFIX and DESTDIR say, and uninstall leaves nothing behind.
run_make() {
	make -s -C "$ROOT" "$@" DESTDIR="$PWD/root" >log 2>&1 || { cat log; fail "make $*"; }
}
run_make install
version=$(cat "$ROOT/VERSION")
for file in usr/local/bin/memmon usr/local/lib/libmemmon.so.0 usr/local/lib/libmemmon.a \
	usr/local/include/memmon.h usr/local/lib/pkgconfig/libmemmon.pc \
	usr/local/share/man/man1/memmon.1 usr/local/share/man/man1/memmon-stat.1 \
	usr/local/share/man/man1/memmon-status.1 "usr/src/mem_monitor-$version/dkms.conf" \
	usr/local/share/man/man1/memmon-verify.1 "usr/src/mem_monitor-$version/kmod/Kbuild" \
	"usr/src/mem_monitor-$version/kmod/selftest/Kbuild"; do
	[ -e "root/$file" ] || fail "$file is installed"
done
grep -q "^PACKAGE_VERSION=\"$version\"" "root/usr/src/mem_monitor-$version/dkms.conf" ||
	fail "dkms.conf carries the version"
run_check root/usr/local/bin/memmon --version

# The library can be used as its pkg-config file says.
cat >user.c <<'EOF'
#include <memmon.h>
#include <stdio.h>
int main(void)
{
	puts(memmon_version());
	return 0;
}
EOF
export PKG_CONFIG_PATH=$PWD/root/usr/local/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$PWD/root
# shellcheck disable=SC2046
cc -o user user.c $(pkg-config --cflags --libs libmemmon)
LD_LIBRARY_PATH=$PWD/root/usr/local/lib run_check ./user
out_has "$version"

run_make uninstall
[ -z "$(find root ! -type d)" ] || fail "uninstall leaves no file: $(find root ! -type d)"
