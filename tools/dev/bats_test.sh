#!/bin/sh
# Runs one bats file for Bazel: the report becomes the test.xml. See bats.bzl.
set -u

command -v bats >/dev/null || {
  echo "bats is not installed: run tools/dev/setup" >&2
  exit 1
}
# bats takes temporary directories of its own from here.
export TMPDIR="${TEST_TMPDIR:-/tmp}"
reports=$(mktemp -d) || exit
bats --report-formatter junit --output "$reports" "$@"
status=$?
# bats may end before what writes its report does.
for _ in 1 2 3 4 5 6 7 8 9; do
  grep -q '</testsuites>' "$reports/report.xml" && break
  sleep 0.2
done
[ -z "${XML_OUTPUT_FILE:-}" ] || cp "$reports/report.xml" "$XML_OUTPUT_FILE"
rm -rf "$reports"
exit $status
