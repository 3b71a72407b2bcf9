#!/usr/bin/env bash
# Writes docs/reference from the tables that the program itself runs on: tools/docs.sh SLUICE [--check]
# With --check nothing is written; it fails when a page is not what the program would write.
set -euo pipefail
sluice=$(readlink -f "$1")
check=${2:-}
cd "$(dirname "$0")/.."

page() {  # NAME TITLE COMMAND
  local file=docs/reference/$1.md
  {
    echo "# $2"
    echo
    echo "Written by \`tools/docs.sh\` from the program's own tables; \`sluice $3\` shows the same."
    echo
    "$sluice" "$3" --markdown | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
  } >"$scratch"
  if [ "$check" != --check ]; then
    mkdir -p docs/reference
    cp "$scratch" "$file"
  elif ! diff -u "$file" "$scratch"; then
    echo "$file is stale: run tools/docs.sh build/dev/sluice" >&2
    return 1
  fi
}

scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT
page functions 'SQL functions' functions
page connectors 'Connectors and formats' connectors
page errors 'Error codes' errors
if [ "$check" = --check ]; then echo "3 passed, 0 failed"; fi
