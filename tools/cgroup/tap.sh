# shellcheck shell=sh
# Runs the functions test_... of the script that reads this file, and prints
# TAP version 13. Works in busybox's shell, too. The script calls run_tests at
# its end, and defines cleanup, which is called after each test. $work is an
# empty directory for the test's files.

work=$(mktemp -d "${TMPDIR:-/tmp}/tap.XXXXXX") || exit 1
number=0
failed=0

# Ends the test that runs.
skip() {
  echo "SKIP $*"
  exit 77
}

fail() {
  echo "FAILED: $*"
  exit 1
}

# Calls until it succeeds, for two minutes at most.
until_true() {
  deadline=$(($(date +%s) + 120))
  until "$@"; do
    [ "$(date +%s)" -lt $deadline ] || fail "in vain: $*"
    sleep 0.1
  done
}

# Runs one test and tells what became of it.
run() {
  number=$((number + 1))
  name=$(echo "${1#test_}" | tr _ ' ')
  (
    set -e
    "$1"
  ) >"$work.log" 2>&1 </dev/null
  status=$?
  cleanup >>"$work.log" 2>&1 || status=1
  case $status in
    0) echo "ok $number - $name" ;;
    77) echo "ok $number - $name # SKIP $(sed -n 's/^SKIP //p' "$work.log")" ;;
    *)
      failed=$((failed + 1))
      echo "not ok $number - $name"
      sed 's/^/# /' "$work.log"
      echo "# status $status"
      ;;
  esac
}

# wanted TEST [WORD...]: whether its name has one of the words, if any.
wanted() {
  [ $# -gt 1 ] || return 0
  test=$1
  shift
  for word; do
    case $test in *"$word"*) return 0 ;; esac
  done
  return 1
}

# run_tests [WORD...]: those that are wanted; fails when one of them has.
run_tests() {
  trap 'cleanup; rm -rf "$work" "$work.log"; exit 1' HUP INT TERM
  echo "TAP version 13"
  if [ "$(id -u)" != 0 ]; then
    echo "1..0 # SKIP needs root"
    return
  fi
  # shellcheck disable=SC2013  # words are meant
  for test in $(sed -n 's/^\(test_[a-z_]*\)() {$/\1/p' "$0"); do
    if wanted "$test" "$@"; then run "$test"; fi
  done
  echo "1..$number"
  rm -rf "$work" "$work.log"
  [ "$failed" = 0 ]
}
