# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# The symbol map, the headers and the library name the same functions, and nothing else gets out.
cat "$ROOT"/lib/memmon.h "$ROOT"/lib/memmon/*.h | grep -v '^ \*' |
	grep -oE '\bmemmon_[a-z_]+\(' | tr -d '(' | sort -u >header
nm -D --defined-only "$ROOT/build/user/lib/libmemmon.so" | awk '$2 == "T" { print $3 }' |
	sed 's/@.*//' | sort -u >library
diff header library || fail "header and library agree"
