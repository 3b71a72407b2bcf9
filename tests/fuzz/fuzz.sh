#!/usr/bin/env bash
# Fuzzes one target for FUZZ_SECONDS (60), from the project's seeds and what earlier runs on this machine found:
#
#   fuzz.sh BINARY SOURCE_FOLDER NAME
#
# An input that crashes it is kept beside the binary; minimise it and add it to corpus/NAME/, where it is replayed for ever.
set -euo pipefail

binary=$1 source=$2 name=$3
found=$(dirname "$binary")/found/$name
mkdir -p "$found"
options=(-max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 -max_len=65536
  -print_final_stats=1 -artifact_prefix="$(dirname "$binary")/$name-")
[ ! -f "$source/dictionary/$name.dict" ] || options+=(-dict="$source/dictionary/$name.dict")

# Libraries of the distribution are not instrumented, so containers that cross into them cannot be annotated.
export ASAN_OPTIONS=detect_container_overflow=0
export UBSAN_OPTIONS=print_stacktrace=1
exec "$binary" "${options[@]}" "$found" "$source/corpus/$name"
