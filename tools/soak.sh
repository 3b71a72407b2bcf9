#!/usr/bin/env bash
# Long runs that are no part of `make test`: a job over 20 million events, a hundredth of them damaged, with its memory
# watched and its books checked; the package in a clean root; then each fuzz target for ten minutes. Ends with `N passed, N failed`.
#
#   SOAK_EVENTS (20000000, 7 GB on disk), SOAK_MEMORY_MB (200), FUZZ_SECONDS (600)
set -euo pipefail
cd "$(dirname "$0")/.."

sluice=build/release/sluice
folder=build/soak
job=examples/wrongbook/job_blackhole.sql
num_events=${SOAK_EVENTS:-20000000}
limit_mb=${SOAK_MEMORY_MB:-200}
passed=0 failed=0
# What was killed or failed half-way leaves no 7 GB behind.
trap 'rm -rf "$folder"' EXIT
rm -rf "$folder"
mkdir -p "$folder"

# check NAME CONDITION...: counts a test expression.
check() {
  local name=$1
  shift
  if [ "$@" ]; then
    echo "ok: $name"
    passed=$((passed + 1))
  else
    echo "failed: $name: $*"
    failed=$((failed + 1))
  fi
}

echo "== the wrongbook job over $num_events events"
sqlite3 "$folder/wrongbook.db" <examples/wrongbook/dimensions.sql
"$sluice" events --count "$num_events" --bad-share 0.01 --out "$folder/events.jsonl"
"$sluice" run "$job" -p 2 --json --dead-letter "$folder/dead.jsonl" \
  --var "events=$folder/events.jsonl" --var "db=$folder/wrongbook.db" >"$folder/totals.json" 2>"$folder/log.txt" &
pid=$!
peak_kb=0
while kb=$(awk '/^VmHWM/ {print $2}' "/proc/$pid/status" 2>/dev/null) && [ -n "$kb" ]; do
  peak_kb=$kb
  sleep 1
done
code=0
wait "$pid" || code=$?
[ "$code" -eq 0 ] || tail -n 5 "$folder/log.txt"
check "the job ends well" "$code" -eq 0
check "it stays below $limit_mb MB" $((peak_kb / 1024)) -lt "$limit_mb"
# total NAME: a counter of the job's last line.
total() { python3 -c 'import json, sys; print(json.loads(sys.stdin.readlines()[-1])[sys.argv[1]])' "$1" <"$folder/totals.json"; }
check "it read every event" "$(total numRecordsIn)" -eq "$num_events"
check "it wrote rows" "$(total numRecordsOut)" -gt $((num_events / 2))
check "every dead letter is in its file" "$(total numDeadLetters)" -eq "$(wc -l <"$folder/dead.jsonl")"
rm -rf "$folder"

tools/run_tests.py package && passed=$((passed + 1)) || failed=$((failed + 1))
FUZZ_SECONDS=${FUZZ_SECONDS:-600} tools/run_tests.py fuzz && passed=$((passed + 1)) || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
