# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# A report adds events up, and a replay keeps a ledger of them: each has its own tables, and both say the same.
for seed in 1 2 3; do
	generate -n 30000 -s $seed -k trace
	run_check memmon report --by context --json trace
	mv out report
	run_check memmon pages --input trace --json
	mv out pages
	run_check memmon leaks --input trace --all --json
	python3 - <<-'END' || fail "what is outstanding is what is held, with seed $seed"
		import json
		report = json.load(open("report"))["sections"]
		leaks = json.load(open("out"))["sections"]
		pages = json.load(open("pages"))["total"]
		for section in ("slab", "pages"):
		    held = leaks[section]["total"]["held"].values()
		    total = report[section]["total"]
		    assert total["outstanding_objects"] == sum(kind["objects"] for kind in held) > 100
		    assert total["outstanding_bytes"] == sum(kind["bytes"] for kind in held)
		assert pages["live_blocks"] == report["pages"]["total"]["outstanding_objects"]
		assert pages["live_bytes"] == report["pages"]["total"]["outstanding_bytes"]
	END
	rm -r trace
done
