#!/usr/bin/env bash
# Configures build/TYPE when need be and builds it: tools/build.sh dev|release|asan|tsan|fuzz [TARGET...]
#
# On a terminal ninja shows its own progress; elsewhere a line is printed every few seconds. What the compilers say is
# shown when the build fails.
set -euo pipefail
cd "$(dirname "$0")/.."

type=$1
shift
folder=build/$type
configure=(cmake -G Ninja -S . -B "$folder" "-DCMAKE_BUILD_TYPE=${type^}")
[ "$type" != fuzz ] || configure+=(-DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_C_COMPILER=clang-14)

mkdir -p "$folder"
log=$folder/build.log
if [ ! -f "$folder/build.ninja" ]; then
  echo "Configuring $folder"
  "${configure[@]}" >"$log" 2>&1 || {
    cat "$log"
    exit 1
  }
fi

export NINJA_STATUS="[$type %f/%t, %es] "
if [ -t 1 ]; then
  exec ninja -C "$folder" "$@"
fi
# Prints a progress line every few seconds.
show_progress() {
  local line last=$SECONDS
  while IFS= read -r line; do
    if [[ $line == "[$type "* ]] && ((SECONDS - last >= 15)); then
      echo "${line%%]*}]"
      last=$SECONDS
    fi
  done
}

if ninja -C "$folder" "$@" 2>&1 | tee "$log" | show_progress; then
  echo "[$type] $(tail -n 1 "$log" | sed 's/^\[[^]]*\] //')" | cut -c 1-100
else
  grep -v "^\[$type " "$log"
  exit 1
fi
