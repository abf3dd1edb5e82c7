# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# memmon top --batch: intervals of a recording as text and as JSON, which add up to what memmon report says.
generate -n 5000 -s 7 trace

run_check memmon top --batch trace -d 0.001 --rows 3
diff "$HERE/data/top/batch" out >difference || {
	[ "${MEMMON_TEST_UPDATE:-}" = 1 ] || fail "the text is data/top/batch: $(cat difference)"
	cp out "$HERE/data/top/batch"
}
run_check env -u TERM memmon top --batch trace -n 1 --memory pages
out_has "orders (pages) after "
run_check memmon top --batch trace -n 2 -d 0.0001
[ "$(grep -c ' after ' out)" -eq 2 ] || fail "two intervals"
memmon top --batch trace -d 0.0001 | head -n 1 >out
out_has "caches (objects) after 0.000 s"

run_check memmon report trace --by cache --top 0 --json
mv out report
run_check memmon top --batch --json trace -d 0.0005
python3 - <<'END' || fail "intervals add up to the report"
import json
lines = [json.loads(line) for line in open("out")]
assert len(lines) > 3
for line in lines:
    assert line["type"] == "memmon top" and line["version"] == 1 and line["by"] == "cache"
    assert line["nr_rows"] == len(line["rows"])
    books = line["books"]
    assert books["seen"] == books["filtered"] + books["counted"] + books["in_flight"]
    for key in "requests", "frees", "bytes_taken":
        assert sum(row["last"][key] for row in line["rows"]) == line["sum"]["last"][key]
        assert sum(row["total"][key] for row in line["rows"]) == line["sum"]["total"][key]
last = lines[-1]
assert last["books"]["seen"] == 5000 and last["books"]["complete"]
for key in "requests", "frees", "bytes_taken":
    assert sum(line["sum"]["last"][key] for line in lines) == last["sum"]["total"][key]
report = {row["key"]["cache"]: row for row in json.load(open("report"))["sections"]["slab"]["rows"]}
assert set(report) == {row["name"] for row in last["rows"]}, set(report) ^ {row["name"] for row in last["rows"]}
for row in last["rows"]:
    known = report[row["name"]]
    assert row["total"]["requests"] == known["requests"], row
    assert row["live"]["bytes"] == known["outstanding_bytes"], row
    assert row["live"]["objects"] == known["outstanding_objects"], row
END

# Filters choose events; what frees is known all the same.
run_check memmon top --batch --json trace --classes kmalloc,kfree --rows 1
python3 - <<'END' || fail "only kmalloc"
import json
last = json.loads(open("out").read())
assert last["rows"][0]["name"].startswith("kmalloc-") and len(last["rows"]) == 1
assert 0 < last["books"]["counted"] < 5000
END
run_check memmon top --batch trace --strict
size=$(stat -c %s trace/cpu0)
truncate -s $((size - 32)) trace/cpu0
run memmon top --batch trace --strict
[ "$status" -eq 4 ] || fail "--strict ends with 4, not $status"

mistake() {
	run_mustfail 2 "$@"
	[ ! -s out ] || fail "nothing on stdout"
}
mistake "--by takes cache, site, process, cgroup, order or stack, not 'x'" memmon top --by x
mistake "--sort takes requests" memmon top --sort x
mistake "--memory takes objects or pages, not 'x'" memmon top --memory x
mistake "pages are of no cache" memmon top --memory pages --by cache
mistake "--by stack needs --stacks" memmon top --by stack
mistake "with --no-ledger nobody knows what is held" memmon top --no-ledger --sort live
mistake "--interval takes 0.05 seconds or more" memmon top -d 0.01
mistake "--json, --iterations and --rows are for --batch" memmon top --json
mistake "unexpected argument 'b'" memmon top a b
mistake "leave them out, or the recording" memmon top --stacks trace
mistake "leave them out, or the recording" memmon top --no-ledger trace
mistake "--sample is for the running kernel" memmon top --sample 10 trace
mistake "standard input and output are no terminal; use --batch" memmon top trace
run_mustfail 1 "there is no recording none" memmon top --batch none
run_mustfail 1 "is no recording" memmon top --batch .
run_mustfail 3 "mem_monitor" memmon top --batch
