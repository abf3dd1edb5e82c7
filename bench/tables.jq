# SPDX-License-Identifier: GPL-2.0
# The tables of docs/performance.md, from the JSON of one measurement; run with -r and $table.
def day: .[:10];
def row: "| " + (map(if . == null then "-" else tostring end) | join(" | ")) + " |";
def rule: "|" + ("---|" * length);
def head: row, rule;
def round1: if . == null then null else . * 10 | round / 10 end;

# One row for each configuration, one column for each kernel.
def loops: . as $all
| "Measured on \(.date | day), QEMU \(.kernels[0].qemu). Kernels: \([.kernels[] | "\(.release) (\(.compiler))"] | join(", ")).",
  "", (["instructions per event"] + [.kernels[].name] | head),
  ([.kernels[].configurations[] | select(.name | startswith("bare") | not)] | unique_by(.name) | map(.name)) as $known
  | ($all.kernels[0].configurations[] | select(.name | IN($known[])) | .name) as $name
  | [first($all.kernels[].configurations[] | select(.name == $name) | .label)]
    + [$all.kernels[] | first(.configurations[] | select(.name == $name)
	| if .name == "idle" then ([.loops[].over_bare_per_pair] | max) else .average_per_event end | round1) // null]
  | row;

# One row for each kernel and configuration, one column for each loop.
def pairs: . as $all
| "Measured on \(.date | day), like the table above.", "",
  (["instructions per pair, over bare", "kmalloc, constant", "kmalloc, variable", "kmem_cache_alloc", "a page"] | head),
  (.kernels[] | .name as $kernel | .configurations[]
   | select(.name | IN("session", "session-ledger", "session-both", "totals-site", "totals-ledger",
	"session-ring-stacks", "session-stacks"))
   | ["\($kernel), \(.label)"] + [.loops[].over_bare_per_pair | round] | row);

def mixed: . as $all
| "Measured on \(.date | day), kernel \(.release), with the instruction clock. The load alone: \(.bare / 1e6 | round) million instructions.", "",
  (["mode", "instructions per event of the load", "times the load alone", "events", "lost", "stacks found without the unwinder"] | head),
  (.modes[] | select(.mode | startswith("bare") | not) | [.mode, .per_event, .ratio, .events, .lost,
	(if .hit_rate then "\(.hit_rate) %" else "" end)] | row),
  (if .refused != [] then "", "This module has no session as in: \(.refused | join(", "))." else empty end);

def verify:
  "\([.kernels[].cpus] | unique | map(tostring) | join(", ")) CPUs, without the instruction clock. Verified is what was remembered or walked: of this the kernel's unwinder can say"
  + " something else. What it unwinds itself there is nothing to compare with.", "",
  (["kernel", "measured", "seed", "events with a stack", "verified", "disagreed", "remembered", "walked",
    "by the kernel alone", "different stacks", "without a place", "seconds"] | head),
  (.kernels[] | [.release, (.date | day), .seed, .events, .verified, .disagreed, .remembered, .walked, .unwound,
	.distinct, .missed, .seconds] | row);

def scale:
  "Measured on \(.date | day), kernel \(.release), QEMU \(.qemu). Instructions per event, but for CPUs.", "",
  (["sessions"] + [.sessions[].n] | head), (["per event"] + [.sessions[].per_event] | row), "",
  (["ring of each CPU"] + [.rings[].n] | head), (["per event"] + [.rings[].per_event] | row), "",
  ((.keys | map(.n) | unique_by(tonumber)) as $counts
   | (["different keys (caches)"] + $counts | head),
     (.keys | group_by(.mode)[] | . as $rows
      | [$rows[0].mode] + [$counts[] as $n | first($rows[] | select(.n == $n) | .per_event) // null] | row)), "",
  ((.cpus | map(.n) | unique) as $counts
   | (["time of the loops, over bare, on CPUs at once"] + $counts | head),
     (.cpus | group_by(.mode)[] | . as $rows
      | [$rows[0].mode] + [$counts[] as $n | first($rows[] | select(.n == $n) | .ratio) // null] | row));

def peers:
  "Measured on \(.date | day) in one boot of \(.release), QEMU \(.qemu). The mixed load makes \(.load_events) events"
  + " and takes \(.bare / 1e6 | round) million instructions alone. LTTng's modules: \(.lttng_modules | split("\n")[0] | split(":")[0]).", "",
  (["program", "version", "kmalloc, constant", "variable", "cache", "page", "per event", "mixed load, per event", "times", "lost there"] | head),
  (.modes[] | select(.mode | startswith("bare") | not)
   | if .failed then ["\(.mode)", .version // "", "did not start: \(.failed | gsub("[|`]"; "") | .[:100])", "", "", "", "", "", "", ""]
     else [.mode, .version // "", .loops.const, .loops.var, .loops.cache, .loops.page, .per_event, .mixed.per_event,
	.mixed.ratio, .lost] end | row);

# Lines for plot.awk: name, instructions per event, ours or not.
def plot: .date as $date | "title\t\(.release), \($date | day)",
  (.modes[] | select(.per_event != null and .per_event >= 1)
   | [.mode, .per_event, (if .mode | test("^(session|totals|record)") then 1 else 0 end)] | @tsv);

if $table == "loops" then loops elif $table == "pairs" then pairs elif $table == "mixed" then mixed
elif $table == "verify" then verify elif $table == "scale" then scale elif $table == "peers" then peers else plot end
