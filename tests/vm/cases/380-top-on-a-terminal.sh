#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# memmon top on a terminal, live: what a module leaks is found by going into it; keys, sizes, kinds of terminals.
# guests: 1cpu 4cpu
# slow: waits for screens
# shellcheck shell=dash disable=SC1091,SC2154
. /share/lib.sh
. /share/device.sh
. /share/terminal.sh

# A terminal of this size with memmon top on it, and a filter in the kernel that leaves only what leaker does.
open_top()
{
	open_terminal "$1" "$2" "${3:-} memmon top -d 0.5 --site '[leaker]'"
	screen_shows '^leaker-object '
	screen_shows '^kmalloc-256 '
}

load log=0
modprobe leaker n=1000000 rate=20

open_top 80 24
keys s s s
cat >"$WORK/caches" <<'END'
memmon top N:N:N every N s objects h: help
N caches N sites N processes N cgroups N orders
req/s N free/s N bytes/s N live N growth +N rows N
caches req/s free/s bytes/s live growth objects live
END
look_at_screen
head -n 4 "$WORK/screen" | sed -E 's/[0-9][0-9.,]*[kMGT]?/N/g; s/ +/ /g; s/ +$//' >"$WORK/masked"
diff "$WORK/caches" "$WORK/masked" >"$WORK/difference" || fail "the head is another: $(cat "$WORK/difference")"
grep -qE '^kmalloc-256 +[0-9.k]+ +0 +[0-9.kM]+ +[0-9.kM]+ +\+[0-9.kM]+ +[0-9.k]+ .*█$' "$WORK/screen" ||
	fail "kmalloc-256 does not grow: $(cat "$WORK/screen")"
tail -n 1 "$WORK/screen" | grep -q '^seen .*other 0, untracked 0, lost 0$' || fail "no loss line: $(cat "$WORK/screen")"

# Into the cache that grows, to its call site and its process, and out again.
keys / kmalloc-256 Enter
screen_shows 'filter: kmalloc-256'
keys Enter
screen_shows '^in cache kmalloc-256$'
screen_shows '^leaker_take\+0x[0-9a-f]+ \[leaker\] '
keys Enter
screen_shows '^in cache kmalloc-256 > site leaker_take\+0x[0-9a-f]+ \[leaker\]$'
screen_shows '^leaker \([0-9]+\) '
keys BSpace BSpace
screen_shows '^leaker-object '

# Growth begins anew; a pause stays as it is.
keys r Space
screen_shows 'paused'
look_at_screen
cp "$WORK/screen" "$WORK/paused"
sleep 2
screen_shows 'paused'
diff "$WORK/paused" "$WORK/screen" >"$WORK/difference" || fail "a pause changes: $(cat "$WORK/difference")"
keys Space
screen_shows 'every 0.5 s'

keys h
screen_shows '^Keys of memmon top'
screen_shows '^Backspace +and out again$'
screen_shows '^seen '
keys x 3
screen_shows '^processes '
screen_shows '^leaker \([0-9]+\) '

# Smaller, far too small, larger again.
in_tmux resize-window -x 40 -y 10
screen_shows '^1cache 2site 3proc 4cgrp 5ord$'
look_at_screen
equal 10 "$(wc -l <"$WORK/screen")" "lines"
tail -n 1 "$WORK/screen" | grep -q '^seen ' || fail "no loss line in 40x10: $(cat "$WORK/screen")"
in_tmux resize-window -x 30 -y 5
screen_shows '^too small: memmon top needs$|^too small: memmon top needs 4'
in_tmux resize-window -x 120 -y 30
screen_shows '^processes +req/s +free/s +bytes/s +live +growth +objects '
keys q
screen_shows '^ended with 0$'
close_terminal

# Without colours, with few letters, ended by a signal: the terminal is as it was.
open_top 80 24 'NO_COLOR=1 TERM=vt100 LC_ALL=C'
screen_shows '^kmalloc-256 .*[@#]$'
kill -TERM "$(pidof memmon)"
screen_shows '^ended with 0$'
in_tmux display-message -p '#{alternate_on} #{cursor_flag}' >"$WORK/flags"
equal "0 1" "$(cat "$WORK/flags")" "alternate screen and cursor after the end"
close_terminal

open_terminal 80 24 'TERM=dumb memmon top'
screen_shows "^memmon top: the terminal 'dumb' cannot show a table that changes; use --batch$"
screen_shows '^ended with 2$'
close_terminal
open_terminal 80 24 "TERM=dumb memmon top --batch -n 1 -d 0.5 --site '[leaker]'"
screen_shows '^kmalloc-256$| kmalloc-256$'
screen_shows '^ended with 0$'
close_terminal

rmmod leaker
unload
