# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Every option and command in the help is in the manual page, and the other way round.
options_of() {
	grep -oE -- '(^|[^-a-z])--[a-z]+' | grep -oE -- '--[a-z]+' | sort -u
}
check_page() {
	local page=$ROOT/man/$1
	shift
	"$@" --help | sed -n '/^Options:/,/^$/p' | options_of >help
	sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$page" | sed 's/\\-/-/g' | options_of >in-page
	[ -s help ] || fail "'$*' has options"
	diff help in-page || fail "$page lists the options of '$*'"
}
check_page memmon.1 memmon
check_page memmon-status.1 memmon status
check_page memmon-stat.1 memmon stat
check_page memmon-record.1 memmon record
check_page memmon-report.1 memmon report
check_page memmon-diff.1 memmon diff
check_page memmon-log.1 memmon log
check_page memmon-verify.1 memmon verify
check_page memmon-leaks.1 memmon leaks
check_page memmon-slabs.1 memmon slabs
check_page memmon-pages.1 memmon pages
check_page memmon-top.1 memmon top
for command in $(memmon --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	sed -n '/^\.SH COMMANDS/,/^\.SH OPTIONS/p' "$ROOT/man/memmon.1" | grep -qw "$command" ||
		fail "memmon.1 lists $command"
	memmon "$command" --help >out
	grep -oE 'memmon[-a-z]*\(1\)' out | tr -d '()' | sed 's/1$/.1/' >page
	[ -f "$ROOT/man/$(cat page)" ] || fail "the page that '$command' names is there"
done
