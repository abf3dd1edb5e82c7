# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# A terminal in the guest: tmux, whose screen can be read and to which keys can be sent.

TERMINAL=/share/terminal
TERMINALS=0

# in_tmux ARGUMENT...: tmux, in a world of its own; those who run in it inherit that
in_tmux()
{
	LD_LIBRARY_PATH=$TERMINAL TERMINFO=$TERMINAL/terminfo LOCPATH=$TERMINAL/locale LC_ALL=C.UTF-8 \
		"$TERMINAL/tmux" -S "$WORK/tmux$TERMINALS" -f "$WORK/tmux.conf" "$@"
}

# open_terminal WIDTH HEIGHT COMMAND: runs a line of shell on a new terminal; what it ends with is then on it
open_terminal()
{
	TERMINALS=$((TERMINALS + 1))
	echo 'set -g default-terminal tmux-256color' >"$WORK/tmux.conf"
	in_tmux new-session -d -x "$1" -y "$2" "$3; echo ended with \$?; exec sleep 1000" ||
		fail "tmux does not start"
	BACKGROUND="$BACKGROUND $(in_tmux display-message -p '#{pid}')"
	in_tmux set -g status off
	in_tmux resize-window -x "$1" -y "$2"
}

close_terminal()
{
	in_tmux kill-server
}

keys()
{
	in_tmux send-keys "$@"
}

# look_at_screen: what is on it, in $WORK/screen
look_at_screen()
{
	in_tmux capture-pane -p >"$WORK/screen"
}

# screen_shows PATTERN: waits until a line of it matches
screen_shows()
{
	tries=0
	until look_at_screen && grep -qE -- "$1" "$WORK/screen"; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || fail "the screen does not show '$1': $(cat "$WORK/screen")"
		sleep 0.2
	done
}
