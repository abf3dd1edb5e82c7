# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# JSON has every line of the file, the probes taken apart, and the losses.
run_check memmon status --json
json_is 'd["status"]["seen"] == 1000 and d["status"]["filtered.self"] == 47'
json_is 'd["status"]["source"] == "tracepoint" and d["status"]["filter.comm"] == "-"'
json_is 'd["probes"]["mm_page_alloc"] == {"state": "missing", "detail": "no such tracepoint"}'
json_is 'd["probes"]["kfree"]["state"] == "attached"'
json_is 'd["balanced"] is True'
json_is 'd["lost"] == {"dropped": 19, "overwritten_requests": 5, "overwritten_frees": 7}'
json_is 'd["loss"]["dropped_by"]["kprobe_missed"] == 19 and d["loss"]["overwritten"] == 12'
