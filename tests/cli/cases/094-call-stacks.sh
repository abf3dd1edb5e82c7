# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# A recording with call stacks: whatever does not look at them sees the same as without, and those that do agree.
generate -n 20000 -s 3 -k without
generate -n 20000 -s 3 -k -t with

# The same events, but for what a view says of the stacks themselves.
mkdir plain stacked
mv without plain/trace
mv with stacked/trace
for view in "report --json --by site" "report --json --by process,cache,module" log "pages --json --input" \
	"slabs --json --input" "leaks --json --by process --input"; do
	for side in plain stacked; do
		# shellcheck disable=SC2086
		(cd $side && memmon $view trace) 2>/dev/null | grep -v '"without_stack"' >$side.out
	done
	[ -s plain.out ] || fail "'memmon $view' shows something"
	cmp plain.out stacked.out || fail "'memmon $view' shows the same with call stacks"
done
mv stacked/trace trace
mv plain/trace plain-trace

# By stack: the sums are those of all other reports, and those of the events as log prints them.
run_check memmon report --json --by cache trace
mv out by-cache
run_check memmon report --json --by stack trace
mv out by-stack
run_check memmon log --json --stacks trace
mv out log
python3 - <<'END' || fail "report by stack and the events agree"
import collections, json
by_stack, by_cache = json.load(open("by-stack")), json.load(open("by-cache"))
for name, section in by_stack["sections"].items():
    other = by_cache["sections"][name]["total"]
    assert section["total"]["requests"] == sum(r["requests"] for r in section["rows"])
    for column in ("requests", "bytes_taken", "outstanding_bytes", "frees"):
        assert section["total"][column] == other[column], column
events = [json.loads(line) for line in open("log")]
loss = events.pop()["loss"]
requests = {"kmalloc", "kmem_cache_alloc", "kmem_cache_alloc_bulk", "vmalloc", "percpu_alloc"}
counted = collections.Counter(tuple(e["stack"] or ()) for e in events if e["class"] in requests)
reported = collections.Counter()
for row in by_stack["sections"]["slab"]["rows"]:
    stack = row["key"]["stack"]
    assert (stack is None) == (row["value"]["stack"] is None)
    reported[tuple(stack or ())] += row["requests"]
assert +reported == counted and len(counted) > 500
assert loss["without_stack"] == sum(e["stack"] is None for e in events) > 200
# The call site is the first frame; pages have none.
for event in events:
    if event["stack"] and "function" in event:
        module = " [%s]" % event["module"] if "module" in event else ""
        assert event["stack"][0] == "%s+%#x%s" % (event["function"], event["offset"], module)
    assert "pfn" not in event or event["class"] == "alloc_pages_bulk" or "call_site" not in event
assert max(len(e["stack"] or ()) for e in events) == 127
assert any("(code that is gone)" in (e["stack"] or ()) for e in events)
END

# As text: the chain below its row, and a stack that may go on says so.
run_check memmon report --by stack --top 0 trace
out_has "   <- (may go on)"
out_has "   <- (code that is gone)"
out_has "   (no stack)"
grep -q 'without call stack [1-9]' out || fail "the last line counts the events without a stack"
run memmon log --stacks -n 50 trace
[ "$status" -eq 0 ] || fail "the log of a recording has stacks"
grep -q '^        function_[0-9]*+0x18' out || fail "frames are below the line"

# Folded: a line for each stack, the sums of the report, and other keys as outer frames.
for value in requests taken outstanding; do
	run memmon report --folded --value $value trace
	[ "$status" -eq 0 ] || fail "folded stacks by $value"
	cp out folded
	VALUE=$value python3 - <<-'END' || fail "folded stacks add up to the report"
		import json, os, re
		column = {"requests": "requests", "taken": "bytes_taken", "outstanding": "outstanding_bytes"}
		sums = {"slab": 0, "pages": 0}
		lines = open("folded").read().splitlines()
		for line in lines:
		    stack, number = re.fullmatch(r"([^ ]+) (\d+)", line).groups()
		    sums[stack.split(";")[0]] += int(number)
		assert len(lines) == len({line.split()[0] for line in lines})
		sections = json.load(open("by-stack"))["sections"]
		assert sums == {n: s["total"][column[os.environ["VALUE"]]] for n, s in sections.items()}
	END
done
grep -q '^slab;(may-go-on);function_' folded || fail "a cut stack has no beginning"
run memmon report --folded --by process,stack --value requests trace
grep -qE '^slab;process-[0-9]+\\x20\([0-9]+\);.*function_0_\[generated\] [0-9]+$' out ||
	fail "processes are outer frames"
grep -q '^recorded 20,000 ' err || fail "the loss line is on stderr"

# Side by side, leaks with chains, and who asked for pages.
generate -n 20000 -s 3 -k -t same
run_check memmon diff --by stack trace same
out_has "rows did not change"
out_lacks "new"
generate -n 25000 -s 3 -k -t longer
run_check memmon diff --json --by stack trace longer
json_is 'all(r["state"] != "gone" and (r["key"]["stack"] is None or len(r["key"]["stack"]) > 1) for s in d["tables"][0]["sections"].values() for r in s["rows"])'
json_is 'len(d["tables"][0]["sections"]["slab"]["rows"]) > 100'
run_check memmon leaks --input trace --stacks --all
out_has "call stack of"
run_check memmon leaks --json --all --input trace --by stack
json_is 'sum(r["stack"] is not None for s in d["sections"].values() for r in s["rows"]) > 10'
run_check memmon pages --input trace --by site
out_has "function_"

# Replayed by top: the rows of the report, with all that happened at the end.
run_check memmon top --batch --json --by stack -d 1 trace
cp out by-top
run_check memmon top --batch --by stack --rows 0 -d 1 trace
out_has " < (code that is gone)"
python3 - <<'END' || fail "top by stack and the report agree"
import collections, json
last = json.loads(open("by-top").read().splitlines()[-1])
rows = [row for row in last["rows"] if row["name"] != "(none)" and row["total"]["requests"]]
reported = collections.Counter()
for row in json.load(open("by-stack"))["sections"]["slab"]["rows"]:
    if row["key"]["stack"] is not None:
        reported[" < ".join(row["key"]["stack"])[:1023]] += row["requests"]
assert len(rows) > 500
shown = collections.Counter()
for row in rows:
    shown[row["name"]] += row["total"]["requests"]
assert shown == +reported, (shown - reported, reported - shown)
END

# Cut, without an end, or without the file of stacks it can still be read.
cp -r trace cut
rm cut/memmon/end.json
truncate -s -100 cut/memmon/stacks
run_check memmon report --by stack cut
cp -r trace bare
rm bare/memmon/stacks
run_check memmon report --by stack bare
out_has "(not known)"

run_mustfail 1 "plain-trace has no call stacks; they are there after 'memmon record --stacks'" memmon report --by stack plain-trace
run_mustfail 1 "plain-trace has no call stacks" memmon report --folded plain-trace
run_mustfail 1 "plain-trace has no call stacks" memmon log --stacks plain-trace
run_mustfail 1 "plain-trace has no call stacks" memmon leaks --input plain-trace --stacks
run_mustfail 1 "plain-trace has no call stacks" memmon pages --input plain-trace --by site
run_mustfail 1 "plain-trace has no call stacks" memmon top --batch --by stack plain-trace
run_mustfail 1 "plain-trace has no call stacks" memmon diff --by stack trace plain-trace
run_mustfail 2 "--folded needs call stacks" memmon report --folded --by cache trace
run_mustfail 2 "--folded prints one number of every stack" memmon report --folded --json trace
run_mustfail 2 "--value takes a column that can be added up" memmon report --folded --value peak trace
run_mustfail 2 "--value is for --folded" memmon report --value taken trace
run_mustfail 2 "--stacks takes a number from 1" memmon record --stacks=0 true
run_mustfail 3 "mem_monitor" memmon stat --stacks true

# Another reader of CTF opens it, and is not told that an id is an address.
if command -v babeltrace2 >/dev/null; then
	babeltrace2 trace >out 2>err || fail "babeltrace2 opens it"
	[ "$(wc -l <out)" -eq 20000 ] || fail "babeltrace2 sees all events"
	[ "$(grep -c 'call_site_or_stack = ' out)" -eq 20000 ] || fail "each says call_site_or_stack"
	out_lacks " call_site = "
fi
