#!/usr/bin/env bash
# Formats every C++ source of the project with clang-format 14; with --check only names the files that it would change,
# then prints `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.cc' '*.h' | sort -u | xargs ls -d 2>/dev/null)
if [ "${1:-}" != --check ]; then
  printf '%s\0' "${files[@]}" | xargs -0 -n 16 -P "$(nproc)" clang-format-14 -i
  exit
fi
mapfile -t wrong < <(printf '%s\0' "${files[@]}" |
  xargs -0 -n 16 -P "$(nproc)" clang-format-14 --dry-run 2>&1 | sed -n 's/^\([^:]*\):[0-9]*:.*warning:.*/\1/p' | sort -u)
[ ${#wrong[@]} -eq 0 ] || printf '%s: make fmt would change it\n' "${wrong[@]}"
echo "$((${#files[@]} - ${#wrong[@]})) passed, ${#wrong[@]} failed"
[ ${#wrong[@]} -eq 0 ]
