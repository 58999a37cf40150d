# What the tests of the man pages share. Each test is named by a statement of
# the page; what is one of the kernel alone is shown with a few lines of
# python3 (kernel.py) in namespaces that the tools made.
# shellcheck shell=bash disable=SC2016,SC2034,SC2154

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  command -v python3 >/dev/null || skip "python3 is missing"
  [ -z "${KIND:-}" ] || [ -e "/proc/self/ns/$KIND" ] ||
    skip "this kernel has no $KIND namespaces"
  # The system's python3, without wrappers around it.
  PATH=$PWD/tools/ns:/usr/bin:/bin:$PATH
  # Where ordinary users may read, too.
  PYTHONPATH=$(mktemp -d /tmp/cleat-kernel.XXXXXX)
  chmod 755 "$PYTHONPATH"
  cp "$BATS_TEST_DIRNAME/kernel.py" "$PYTHONPATH"
  chmod 644 "$PYTHONPATH/kernel.py"
  export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
  cd "$BATS_TEST_TMPDIR" || return
  started=()
}

teardown() {
  local pid
  case ${PYTHONPATH:-} in /tmp/cleat-kernel.*) rm -rf "$PYTHONPATH" ;; esac
  for pid in "${started[@]}"; do
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  true
}

# start COMMAND...: in the background until the test's end; returns once it has
# written a line to $ready. Sets $pid.
start() {
  [ -p ready ] || mkfifo -m 666 ready
  chmod 755 .
  ready=$PWD/ready "$@" 3>&- &
  pid=$!
  started+=("$pid")
  # The limit is for a command that failed.
  read -r -t 60 _ <>ready
}

# For start: waits in the namespaces that were made for it.
waits='echo >$ready; exec sleep 1000'

# py CODE [ARGUMENT...]: python3 with kernel.py.
py() {
  python3 -c "from kernel import *
$1" "${@:2}"
}

# inode PID KIND
inode() {
  stat -L -c %i "/proc/$1/ns/$2"
}

# cell COLUMN NAMESPACE: what ns-list tells of it.
cell() {
  ns-list -n -o "$1" "$2" 2>/dev/null
}

# As an ordinary user.
as_nobody() {
  setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# is TEXT COMMAND...: what the command prints, and that it succeeds.
is() {
  local expected=$1 found
  shift
  found=$("$@") || { echo "status $? of: $*"; return 1; }
  [ "$found" = "$expected" ] || {
    printf 'expected: %s\nfound:    %s\n' "$expected" "$found"
    return 1
  }
}

# fails TEXT COMMAND...: that it fails, with this text among its output.
fails() {
  local text=$1
  shift
  run "$@"
  [ "$status" != 0 ] && [[ "$output" == *"$text"* ]]
}
