#!/bin/bash
# What every tool does alike: help that fits 80 columns and names the tool, a
# version, a man page, and one clear line with the right status for a flag
# that does not exist.
set -u
tool=$1
name=${tool##*/}
fail() {
  echo "FAILED: $name: $1" >&2
  exit 1
}

help=$("$tool" --help) || fail "--help exits with $?"
[[ $help == "$name: a "* ]] || fail "--help does not begin with the tool's kind"
[[ $help == *"Usage: $name "* ]] || fail "--help has no usage line"
[[ $help == *"  \$ "* ]] || fail "--help has no example"
long=$(grep -vF '  $ ' <<<"$help" | grep -E '.{81}')
[[ -z $long ]] || fail "a line of --help is longer than 80 columns: $long"

version=$("$tool" --version) || fail "--version exits with $?"
[[ $version == "$name "[0-9]* ]] || fail "--version prints '$version'"

man=$("$tool" --help=man) || fail "--help=man exits with $?"
[[ $man == .TH* && $man == *".SH EXIT STATUS"* ]] || fail "no man page"

for shell in bash zsh fish; do
  completion=$("$tool" --help=$shell) || fail "--help=$shell exits with $?"
  [[ $completion == *"$name for $shell"* ]] || fail "no completion for $shell"
done

error=$("$tool" --no-such-flag </dev/null 2>&1 >/dev/null)
status=$?
[[ $error == "$name: unknown option '--no-such-flag'" ]] || fail "says '$error'"
expected=2
[[ $help == "$name: a wrapper"* ]] && expected=125
[[ $man == *"; 1 when the tool failed before it"* ]] && expected=1
[[ $status == "$expected" ]] || fail "exits with $status, not $expected"
[[ $("$tool" --help >/dev/full 2>&1; echo $?) != 0 ]] || fail "a full disk is not noticed"
