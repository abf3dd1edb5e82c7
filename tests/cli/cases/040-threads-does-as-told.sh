# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# The workload says what it did, and bad input is one line and exit code 2.
run_check threads
out_has "threads: 1000 threads, 8192 bytes each"
run_check threads -n 7 -s 100 --hold=10
out_has "threads: 7 threads, 100 bytes each"
run_mustfail 2 "from 1 to 1000000, not '0'" threads -n 0
run_mustfail 2 "not 'many'" threads --threads many
run_mustfail 2 "not '-1'" threads --size -1
run_mustfail 2 "not '1s'" threads --hold=1s
run_mustfail 2 "unexpected argument 'x'" threads x
run_mustfail 2 "unrecognized option" threads --nonsense
run_mustfail 1 "got no memory" threads -n 3 -s 1000000000000000000
# All are alive at once: the hold is counted from the last arrival, and nobody is gone before.
threads -n 50 --hold=2000 >out 2>err &
pid=$!
nr_threads=0
while [ "$nr_threads" -ne 51 ] && kill -0 "$pid"; do
	nr_threads=$(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 | wc -l)
done
[ "$nr_threads" -eq 51 ] || fail "50 threads at once"
wait "$pid"
