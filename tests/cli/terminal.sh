# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# A terminal for command line tests: tmux, whose screen can be read and to which keys can be sent.

TERMINALS=0

# in_tmux ARGUMENT...: a tmux of this terminal only
in_tmux() {
	tmux -S "$PWD/tmux$TERMINALS" -f "$PWD/tmux.conf" "$@"
}

# open_terminal WIDTH HEIGHT COMMAND: runs a line of shell on a new terminal; what it ends with is then on it
open_terminal() {
	TERMINALS=$((TERMINALS + 1))
	echo 'set -g default-terminal tmux-256color' >tmux.conf
	LC_ALL=C.UTF-8 in_tmux new-session -d -x "$1" -y "$2" "$3; echo ended with \$?; exec sleep 1000"
	trap 'in_tmux kill-server 2>/dev/null || :' EXIT
	in_tmux set -g status off
	in_tmux resize-window -x "$1" -y "$2"
}

close_terminal() {
	in_tmux kill-server
}

keys() {
	in_tmux send-keys "$@"
}

# screen_shows PATTERN: waits until a line of the screen matches
screen_shows() {
	local tries=0
	until in_tmux capture-pane -p >out && grep -qE -- "$1" out; do
		tries=$((tries + 1))
		[ "$tries" -lt 200 ] || fail "the screen shows '$1'"
		sleep 0.1
	done
}

# screen_is NAME: the screen is that of data/top; MEMMON_TEST_UPDATE=1 writes it there
screen_is() {
	local tries=0
	until in_tmux capture-pane -p >out && diff "$HERE/data/top/$1" out >difference 2>&1; do
		if [ "${MEMMON_TEST_UPDATE:-}" = 1 ]; then
			sleep 0.6
			in_tmux capture-pane -p >"$HERE/data/top/$1"
			return
		fi
		tries=$((tries + 1))
		[ "$tries" -lt 50 ] || fail "the screen is data/top/$1: $(cat difference)"
		sleep 0.1
	done
}
