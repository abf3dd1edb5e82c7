# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# The events of a recording as lines and as JSON: all of them, in order, filtered, the last N.
generate -n 5000 -s 7 trace

run memmon log trace
[ "$status" -eq 0 ] || fail "it succeeds"
[ "$(wc -l <out)" -eq 5000 ] || fail "a line for each event"
[ "$(cat err)" = "recorded 5,000  filtered 0  dropped 0  overwritten 0" ] || fail "the loss on stderr"
mv out all

run memmon log -n 7 trace
tail -n 7 all | cmp - out || fail "-n shows the last ones"

run memmon log --json trace
[ ! -s err ] || fail "JSON has the loss on stdout"
python3 - <<-'END' || fail "JSON lines are events in order, and then the loss"
	import json
	lines = [json.loads(line) for line in open("out")]
	loss = lines.pop()["loss"]
	assert loss["recorded"] == len(lines) == 5000 and loss["complete"]
	times = [line["time_ns"] for line in lines]
	assert times == sorted(times)
	text = open("all").read().splitlines()
	for line, event in zip(text, lines):
	    words = line.split()
	    assert words[1] == "[%03d]" % event["cpu"], line
	    assert event["class"] in words, line
	    assert ("/%d" % event["tid"]) in words[2], line
	    assert event.get("cache") is None or "cache=" + event["cache"] in words, line
	    assert event.get("gfp") is None or "gfp=" + event["gfp"] in words, line
	    if "function" in event:
	        assert "site=%s+%#x" % (event["function"], event["offset"]) in words, line
	json.dump(lines, open("events", "w"))
END

# passes EXPRESSION OPTION...: the options choose just the events that the expression is true for
passes() {
	local expression=$1
	shift
	run memmon log --json "$@" trace
	[ "$status" -eq 0 ] || fail "'$*' succeeds"
	python3 - "$expression" <<-'END' || fail "'$*' chooses $expression"
		import json, sys
		wanted = [e for e in json.load(open("events")) if eval(sys.argv[1])]
		got = [json.loads(line) for line in open("out")][:-1]
		print(len(wanted), len(got))
		assert wanted and len(wanted) < 5000 and got == wanted
	END
}
passes 'e["class"] in ("kmalloc", "kfree")' --classes kmalloc,kfree
passes 'e["class"].startswith("mm_page")' --classes page
passes 'e["class"] != "kfree" and 100 <= e["bytes_requested"] <= 1024' --bytes 100-1K
passes 'e.get("order", 0) >= 1' --order 1-10
passes 'e["context"] == "softirq"' --context softirq
passes 'e.get("cache", "").startswith("driver_")' --cache 'driver_*'
tid=$(python3 -c 'import json; print(json.load(open("events"))[0]["tgid"])')
passes "e['tgid'] == $tid" --tgid "$tid"
function=$(python3 -c 'import json; print(next(e["function"] for e in json.load(open("events")) if "function" in e))')
passes "e.get('function') == '$function'" --site "$function"

run_mustfail 2 "no function 'nothing_like_this' is known" memmon log --site nothing_like_this trace
run_mustfail 2 "no gfp flag 'GFP_NONE' on this kernel" memmon log --gfp GFP_NONE trace
run_mustfail 1 "is no recording of memmon" memmon log .
run_mustfail 1 "cannot read the recording none" memmon log none

# Whoever reads the lines may go.
memmon log trace 2>err | head -n 1 >out
[ "$(cat err)" = "recorded 5,000  filtered 0  dropped 0  overwritten 0" ] || fail "a closed pipe is an end"

# What is cut off is said, and --strict makes it a failure.
size=$(stat -c %s trace/cpu0)
truncate -s $((size - 32)) trace/cpu0
run memmon log trace
[ "$status" -eq 0 ] || fail "a cut recording can be read"
grep -q "; cut off: " err || fail "the cut is said"
run memmon log --strict trace
[ "$status" -eq 4 ] || fail "--strict ends with 4, not $status"
