#!/bin/sh
# Records the answers of a real Flink in golden case files.
#
#   tools/oracle/run.sh [--flink 1.20.3|2.3.0] [--all] [FILE|FOLDER]...
#
# Without paths it takes all of tests/sql; without --all it skips what that Flink has answered.
# Needs Java 17 and Maven, and builds itself when its sources are newer than its jar.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
flink=1.20.3
all=
while [ $# -gt 0 ]; do
  case $1 in
    --flink) flink=$2; shift 2 ;;
    --all) all=--all; shift ;;
    --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "run.sh: unknown option $1" >&2; exit 2 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || set -- "$here/../../tests/sql"

built=$here/target/flink-$flink
if [ ! -e "$built/oracle.jar" ] ||
   [ -n "$(find "$here/src" "$here/pom.xml" -newer "$built/oracle.jar" | head -n 1)" ]; then
  mvn -q -B -f "$here/pom.xml" package "-Dflink.version=$flink"
fi

# One short job after another: the quick compiler and one collector thread are the fastest.
exec nice java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx1500m -Xss8m -Duser.timezone=UTC \
  --add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=java.base/java.util=ALL-UNNAMED \
  -cp "$built/oracle.jar:$(cat "$built/classpath")" sluice.oracle.Oracle $all "$@"
