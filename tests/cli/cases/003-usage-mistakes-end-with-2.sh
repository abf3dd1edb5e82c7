# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Each mistake on the command line is one line on stderr, exit code 2 and nothing on stdout.
mistake() {
	run_mustfail 2 "$@"
	[ ! -s out ] || fail "nothing on stdout"
}
mistake "no command given" memmon
mistake "unknown command 'stats'" memmon stats
mistake "unknown option '--nonsense'" memmon --nonsense
mistake "unknown command 'nonsense'" memmon help nonsense
mistake "unexpected argument 'stat'" memmon help status stat
mistake "unknown option '-x'" memmon status -x
mistake "unexpected argument 'x'" memmon status x
mistake "no command to run" memmon stat
mistake "no command to run" memmon stat --json --
mistake "unknown option '--nonsense'" memmon stat --nonsense -- true
mistake "--interval needs a value MS" memmon stat --interval
mistake "from 1 to 60000, not '0'" memmon stat --interval 0 -- true
mistake "from 1 to 60000, not '60001'" memmon stat --interval=60001 -- true
mistake "not '1s'" memmon stat -i 1s -- true
mistake "not ''" memmon stat --interval= -- true
mistake "two recordings or results are needed" memmon diff a
mistake "there is no key 'x'" memmon report --by x
mistake "--top takes a number from 0 to 1000000000, not '-1'" memmon report --top -1
mistake "unexpected argument 'b'" memmon log a b
mistake "from 1 to 1000000, not '0'" memmon log -n 0
mistake "--source takes tracepoint or kprobe, not 'x'" memmon log --source x
mistake "--ring-size takes a size like 4M, not '4X'" memmon log --ring-size 4X
mistake "--ring-size takes a size like 4M, not '0'" memmon record --ring-size=0
mistake "--duration takes seconds like 10 or 0.5, not '-1'" memmon record --duration -1
mistake "--duration takes seconds like 10 or 0.5, not 'inf'" memmon record -d inf
mistake "--duration takes seconds like 10 or 0.5, not '1s'" memmon record -d 1s
mistake "the recording ends with 'true' or after --duration, not both" memmon record -d 1 true
mistake "--source and --ring-size are for live events" memmon log --ring-size 4M recording
mistake "--json takes no value" memmon stat --json=1 -- true
mistake "from 1 to 1000, not '0'" memmon stat -r 0 -- true
mistake "takes seconds from 0 to 86400, not '1s'" memmon stat --noise 1s -- true
mistake "do not go together" memmon stat --noise 1 --no-noise -- true
mistake "unexpected argument 'x'" memmon verify x
mistake "--wait takes seconds" memmon verify --wait 1s
