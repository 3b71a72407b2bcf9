#!/usr/bin/env bash
# The main job on embedded parts only: 200,000 seeded events, dimension tables and the wide table in one SQLite file.
# build/release/sluice must be built; everything that the demo makes lies in build/demo.
set -euo pipefail
cd "$(dirname "$0")/.."

sluice=build/release/sluice
folder=build/demo
job=examples/wrongbook/job.sql
num_events=200000
bold= plain=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\033[1m' plain=$'\033[0m'
fi
step() { echo "${bold}$1${plain}"; }

rm -rf "$folder"
mkdir -p "$folder"

step "1. $num_events business events as JSON lines, 1 in 1000 damaged"
"$sluice" events --count "$num_events" --bad-share 0.001 --out "$folder/events.jsonl"
echo "$folder/events.jsonl, $(du -h "$folder/events.jsonl" | cut -f 1); the first:"
head -n 1 "$folder/events.jsonl"

echo
step "2. Three dimension tables and an empty wide table in SQLite"
sqlite3 "$folder/wrongbook.db" <examples/wrongbook/dimensions.sql
sqlite3 "$folder/wrongbook.db" "SELECT format('%s: %,d rows', 'pattern', count(*)) FROM pattern
  UNION ALL SELECT format('%s: %,d rows', 'teaching_type_pt', count(*)) FROM teaching_type_pt
  UNION ALL SELECT format('%s: %,d rows', 'teaching_type', count(*)) FROM teaching_type"

echo
step "3. The job: $job, $(grep -cv '^ *--' "$job") lines of Flink SQL"
"$sluice" run "$job" --var "events=$folder/events.jsonl" --var "db=$folder/wrongbook.db" \
  --dead-letter "$folder/dead.jsonl"

echo
step "4. The wide table, asked with sluice sql"
"$sluice" sql "$job" --var "db=$folder/wrongbook.db" <<'SQL'
SELECT fix_id, user_id, subject_name, pattern_name, teaching_type_name, fix_time, fix_result_desc
FROM wrongbook_wide WHERE fix_id >= 10000000 ORDER BY fix_id LIMIT 8;
SQL
sqlite3 "$folder/wrongbook.db" "SELECT format('%,d rows in all', count(*)) FROM wrongbook_wide"

echo
step "Where to look next"
cat <<TEXT
  the script, which runs unchanged on Apache Flink   $job
  how it is run                                      $sluice explain $job
  a shell with its tables                            $sluice sql $job --var db=$folder/wrongbook.db
  what could not be processed, and why               $folder/dead.jsonl
  everything else                                    $sluice --help, README.md, docs/
TEXT
