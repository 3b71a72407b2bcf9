#!/usr/bin/env bash
# Installs the Debian packages that a task needs, from whatever mirrors and proxies apt is configured with here.
#
#   tools/setup.sh GROUP...      groups: build demo test fmt bench oracle
#
# Quick and silent when nothing is missing. Otherwise says what it installs, then installs it, as root or with sudo.
set -euo pipefail

packages_of() {
  case $1 in
    build)
      echo g++ cmake ninja-build ccache mold pkg-config make git tzdata dpkg-dev
      echo libabsl-dev libfmt-dev libspdlog-dev libcli11-dev nlohmann-json3-dev libgtest-dev libbenchmark-dev
      echo libsimdjson-dev libsqlite3-dev libre2-dev libpcre2-dev libssl-dev libedit-dev zlib1g-dev libmariadb-dev libpq-dev librdkafka-dev libyaml-cpp-dev
      ;;
    demo) echo sqlite3 ;;
    test)
      echo clang-14 libclang-rt-14-dev clang-format-14 python3 sqlite3 mariadb-server openssl postgresql debootstrap util-linux zsh fish
      echo python3-confluent-kafka openjdk-17-jdk-headless maven
      ;;
    fmt) echo clang-format-14 ;;
    bench) echo python3 sqlite3 openjdk-17-jdk-headless maven mariadb-server postgresql util-linux python3-confluent-kafka ;;
    oracle) echo python3 openjdk-17-jdk-headless maven ;;
    *)
      echo "setup.sh: no group is called '$1'; there are build, demo, test, fmt, bench and oracle" >&2
      exit 2
      ;;
  esac
}

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

[ $# -gt 0 ] || set -- build
command -v apt-get >/dev/null || {
  echo "setup.sh: this machine has no apt-get; install the packages of tools/setup.sh by hand" >&2
  exit 1
}

missing=()
for group in "$@"; do
  for package in $(packages_of "$group"); do
    is_installed "$package" || missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "setup.sh: these packages are missing, and neither root nor sudo is at hand: ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi

# sudo drops the environment, so the variable is set behind it.
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
# A fresh machine has no package lists yet, and old lists name versions that the mirror has dropped.
if ! "${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
  "${apt[@]}" update -qq
  "${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
