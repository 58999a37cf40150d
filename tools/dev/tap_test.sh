#!/bin/sh
# Runs a program that prints TAP, for Bazel: what it prints is the log, and
# each of its cases one of the test.xml. It is called at the top of the tree.
#
#   tap_test.sh PROGRAM [ARGUMENT...]
set -u

output=$(mktemp "${TEST_TMPDIR:-/tmp}/tap.XXXXXX") || exit
"$@" | tee "$output"
status=0
[ -z "${XML_OUTPUT_FILE:-}" ] ||
  awk -v suite="${TEST_TARGET:-tap}" -f tools/dev/tap.awk "$output" \
    >"$XML_OUTPUT_FILE"
if grep -q '^not ok' "$output" || ! grep -q '^1\.\.' "$output"; then
  status=1
fi
rm -f "$output"
exit $status
