# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC1091,SC2154
# memmon top replays a recording on a terminal; at its end each screen is known to the letter.
. "$HERE/terminal.sh"
generate -n 5000 -s 7 trace
top="memmon top trace -d 0.0005"

open_terminal 80 24 "LC_ALL=C.UTF-8 $top"
keys + + + + + + + + + +
screen_shows 'at its end'
screen_is caches-80x24
keys s s s
screen_is by-live-80x24
keys i
screen_is least-first-80x24
keys i Down Down Enter
screen_is sites-of-a-cache-80x24
keys Down Enter
screen_is processes-of-a-site-80x24
keys BSpace BSpace 5
screen_is orders-80x24
keys Enter
screen_is processes-of-an-order-80x24
keys BSpace 3 / 'process-1' Enter
screen_is filtered-80x24
keys Escape h
screen_is help-80x24
in_tmux resize-window -x 40 -y 10
screen_is help-40x10
keys x 1
screen_is caches-40x10
in_tmux resize-window -x 120 -y 30
screen_is caches-120x30
in_tmux resize-window -x 39 -y 10
screen_shows '^too small: memmon top needs 40x10$'
in_tmux resize-window -x 80 -y 24
screen_shows '^caches +req/s'
keys q
screen_shows '^ended with 0$'
close_terminal

# Without colours and UTF-8, on the terminal of 1978: the same but for the bars.
open_terminal 80 24 "NO_COLOR=1 TERM=vt100 LC_ALL=C $top --sort live"
keys + + + + + + + + + +
screen_shows 'at its end'
screen_is vt100-80x24
keys C-c
screen_shows '^ended with 0$'
in_tmux display-message -p '#{alternate_on} #{cursor_flag}' >out
[ "$(cat out)" = "0 1" ] || fail "the terminal is as it was"
close_terminal

# That something is lost is said in red, but where no colours are wanted.
cp -r trace cut
truncate -s $(($(stat -c %s cut/cpu0) - 32)) cut/cpu0
for colours in '' 1; do
	open_terminal 80 24 "NO_COLOR=$colours memmon top cut"
	screen_shows 'at its end'
	in_tmux capture-pane -p -e >out
	grep -qE 'lost [1-9]' out || fail "the loss is said"
	if [ -z "$colours" ]; then
		grep -qE $'\e\\[[0-9;]*31m.*seen ' out || fail "the loss is red"
	else
		! grep -qE $'\e\\[[0-9;]*3[0-8]m' out || fail "no colours"
	fi
	close_terminal
done

# What cannot be drawn on.
open_terminal 80 24 "TERM=dumb $top"
screen_shows "^memmon top: the terminal 'dumb' cannot show a table that changes; use --batch$"
screen_shows '^ended with 2$'
close_terminal
open_terminal 80 24 "TERM=nonsense $top"
screen_shows "^memmon top: the terminal 'nonsense' is not known here; set TERM to another one,$"
screen_shows '^ended with 2$'
close_terminal
open_terminal 80 24 "TERM= $top"
screen_shows '^memmon top: TERM is not set'
screen_shows '^ended with 2$'
close_terminal
