#!/usr/bin/env bash
# Installs the Debian package in a Debian root that holds nothing but the minimal system, and uses it there: a missing
# run-time dependency shows nowhere else. Needs root or sudo.
#
# The root comes from the mirrors and proxies that apt is configured with here; it is kept in build/clean-root, and a fresh
# copy of it is made for each run.
set -euo pipefail
cd "$(dirname "$0")/../.."

[ "${1:-}" = --packaged ] || tools/package.sh
if [ "$(id -u)" -ne 0 ]; then
  exec sudo --preserve-env=http_proxy,https_proxy,no_proxy "$0" --packaged
fi

base=$PWD/build/clean-root/base
root=$PWD/build/clean-root/run

# "http://mirror/debian suite component" for each source of Debian itself; others have no place in a clean root.
debian_sources() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u
}

make_base() {
  local mirror proxy
  [ -n "$(debian_sources)" ] || apt-get update -qq
  mirror=$(debian_sources | awk '$2 == "bookworm" && $3 == "main" {print $1; exit}')
  [ -n "$mirror" ] || {
    echo "apt knows no mirror of Debian bookworm here" >&2
    return 1
  }
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  rm -rf "$base" "$base.part"
  http_proxy=${proxy:-${http_proxy:-}} debootstrap --variant=minbase --include=ca-certificates bookworm "$base.part" "$mirror"
  # Inside, apt gets the same sources, proxies and certificates.
  debian_sources | awk '{print "deb", $1, $2, $3}' >"$base.part/etc/apt/sources.list"
  apt-config dump Acquire | grep -E '::(Proxy|Verify|CaInfo|Retries)' >"$base.part/etc/apt/apt.conf.d/99host" || true
  cp -rL /usr/local/share/ca-certificates/. "$base.part/usr/local/share/ca-certificates/"
  chroot "$base.part" update-ca-certificates >/dev/null
  mv "$base.part" "$base"
}

[ -d "$base" ] || make_base
rm -rf "$root"
cp -a --reflink=auto "$base" "$root"
trap 'rm -rf "$root"' EXIT
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp dist/*.deb "$root/tmp/sluice.deb"

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
  http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" DEBIAN_FRONTEND=noninteractive "$@"; }
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends /tmp/sluice.deb >"$root/install.log" 2>&1 || {
  cat "$root/install.log"
  exit 1
}

passed=0 failed=0
# expect NAME PATTERN COMMAND...: the output of a command that succeeds inside matches the pattern.
expect() {
  local name=$1 pattern=$2 output
  shift 2
  if output=$(inside "$@" 2>&1) && grep -qE "$pattern" <<<"$output"; then
    echo "ok: $name"
    passed=$((passed + 1))
  else
    echo "failed: $name"
    echo "$output" | tail -n 30
    failed=$((failed + 1))
  fi
}

# The wrongbook job on the 5,000 events of its golden case, whose rows a real Flink recorded, and the example that the
# package installs, whose tables are in SQLite.
tests/package/golden_job.py tests/sql/wrongbook/job.test "$root/tmp/golden" /tmp/golden
sqlite3 "$root/tmp/wrongbook.db" <examples/wrongbook/dimensions.sql
wide_rows() { sqlite3 "$root/tmp/wrongbook.db" 'SELECT count(*) FROM wrongbook_wide'; }

expect "the program tells its version" '^sluice [0-9]' sluice --version
expect "events are written" '' sluice events --count 1000 --types wrongbook_fix --out /tmp/events.jsonl
expect "a job runs" '' sluice run --quiet /tmp/golden/job.sql
expect "its rows are those of Flink" '' sh -c 'sort /tmp/golden/kept.txt | cmp - /tmp/golden/expected.txt'
expect "the example of the package runs" '"state":"finished"' sluice run --json --var events=/tmp/events.jsonl \
  --var db=/tmp/wrongbook.db /usr/share/doc/sluice/examples/wrongbook/job.sql
expect "it fills its table in SQLite" '' test "$(wide_rows)" -gt 500
expect "completions are installed" sluice cat /usr/share/bash-completion/completions/sluice
expect "the licence is installed" Apache cat /usr/share/doc/sluice/copyright
expect "the package can be removed" '' apt-get remove -y -qq sluice
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
