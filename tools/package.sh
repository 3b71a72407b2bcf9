#!/usr/bin/env bash
# Makes dist/sluice-VERSION-….tar.gz and dist/sluice_VERSION_ARCH.deb from build/release, which must be built.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf dist
(cd build/release && cpack >cpack.log 2>&1) || {
  cat build/release/cpack.log
  exit 1
}
rm -rf dist/_CPack_Packages
for file in dist/*; do
  echo "$file ($(du -h "$file" | cut -f 1))"
done
dpkg-deb --field dist/*.deb Package Version Architecture Depends
