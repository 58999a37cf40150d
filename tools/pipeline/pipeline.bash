# What the tests of whole pipelines share: the tools by name, a store and a
# state directory of the test's own, and the proof that nothing is left.
# shellcheck shell=bash disable=SC2034

IMAGES=$PWD/testdata/images
# The ImageID in every form that skopeo wrote, and in Docker's own.
SKOPEO_ID=sha256:b91c9142356c49d23f0593a90209acb08c30da922ca94e382157666d92b9e361
DOCKER_ID=sha256:84897748be77591d359ea452dc56cdbaf81f385718f97d1d3e041d096bf8cf80
LIMITS='cgset --memory=64m --cpus=0.5 --pids-limit=50'

# Once for a file: every tool by its name, and the image as a layout.
prepare_file() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  grep -q ' cgroup2\? ' /proc/self/mountinfo || skip "no cgroup is mounted"
  local tool
  mkdir "$BATS_FILE_TMPDIR/bin" "$BATS_FILE_TMPDIR/oci"
  for tool in $("$PWD/tools/cleat" help --list); do
    ln -s "$PWD/tools/cleat" "$BATS_FILE_TMPDIR/bin/$tool"
  done
  ln -s "$PWD/tools/container/container-convert" "$BATS_FILE_TMPDIR/bin"
  tar -xf "$IMAGES/oci-archive.tar" -C "$BATS_FILE_TMPDIR/oci"
}

# Before each test: a directory to work in that overlayfs takes an upper
# directory on, and below it all that the tools keep. Every tool's steps go
# into a trace, which tells afterwards what there was.
prepare() {
  PATH=$BATS_FILE_TMPDIR/bin:$PATH
  WORK=$(realpath "$BATS_TEST_TMPDIR")
  if [ "$(stat -f -c %T "$WORK")" = overlayfs ]; then
    WORK=$(mktemp -d /dev/shm/pipeline.XXXXXX)
  fi
  cd "$WORK" || return
  export CLEAT_STORE=$WORK/store CLEAT_RUN=$WORK/state CLEAT_TRACE=$WORK/trace
  export OCI=oci:$BATS_FILE_TMPDIR/oci
  export -f root
}

# The documents of a ready root, and of one with limits.
root() {
  image-get "$OCI" | layer-unpack | overlay-mount "$@"
}
limited() {
  root "$@" | $LIMITS
}

# compare WHAT WHAT [--except=PATH]...: see compare.py.
compare() {
  python3 "$BATS_TEST_DIRNAME/compare.py" "$@"
}

# job TEXT: runs a shell's pipeline, with its output through a pipe (a file
# would keep the container). Leaves $status, $output, $error.
job() {
  bash -c "$1" 2>err </dev/null | cat >out
  status=${PIPESTATUS[0]}
  output=$(cat out)
  error=$(cat err)
}

# expect STATUS TEXT...: what the last job ended with, and one line of error
# that has each of the texts (none: no error at all). Stages behind the one
# that failed only say that no document came, those before it that nobody
# reads theirs.
expect() {
  local text expected=$1 lines
  shift
  lines=$(grep -cvE ': (no document came on|write the document: nobody reads)' \
    err) || true
  if [ "$status" != "$expected" ] || [ "$lines" != $(($# > 0)) ]; then
    echo "status $status, expected $expected and $(($# > 0)) line(s); error:"
    cat err
    return 1
  fi
  for text in "$@"; do
    [[ $error == *"$text"* ]] || { echo "no '$text' in: $error"; return 1; }
  done
}

# get FIELD [FILE]
get() {
  container-inspect --get="$1" <"${2:-/dev/stdin}"
}

# until_true COMMAND...: for what another process does in its own time; the
# limit is for a failed test only.
until_true() {
  local attempt
  for attempt in {1..2400}; do
    "$@" && return
    sleep 0.05
  done
  echo "in vain: $* ($attempt times)"
  return 1
}

# The ids of all containers of this test, those that are gone as well.
all_ids() {
  {
    grep -ohE '/[0-9a-f]{64}' trace 2>/dev/null
    ls "$CLEAT_RUN" 2>/dev/null
  } | grep -oE '[0-9a-f]{64}' | sort -u | while read -r id; do
    # What a store names a layer's directory is no container.
    [ -e "$CLEAT_STORE/overlay2/$id/committed" ] || echo "$id"
  done
}

groups_left() {
  all_ids >ids
  find /sys/fs/cgroup -type d -path '*/cleat-*' 2>/dev/null | grep -Ff ids
}

# Tools and holders have this test's environment; containers its store below
# their root.
processes_left() {
  local process pid
  {
    grep -lzxF "CLEAT_RUN=$CLEAT_RUN" /proc/[0-9]*/environ |
      while IFS=/ read -r _ _ pid _; do
        process=$(readlink "/proc/$pid/exe")
        [[ $process != */tools/* ]] || echo "$pid"
      done
    grep -lE "^([^ ]+ ){4}/ .*$WORK/store/" /proc/[0-9]*/mountinfo |
      cut -d / -f 3
  } 2>/dev/null | sort -u | while read -r pid; do
    echo "process $pid $(tr '\0' ' ' <"/proc/$pid/cmdline")"
  done 2>/dev/null
}

# The store keeps layers, no container's directory and nothing half done.
half_written() {
  find "$CLEAT_STORE/overlay2" "$CLEAT_STORE/image" -mindepth 1 2>/dev/null |
    grep -Ff ids
  find "$CLEAT_STORE/image/overlay2/layerdb/tmp" \
    "$CLEAT_STORE/overlay2/cleat-tmp" -mindepth 1 \
    ! -name '*.lock' 2>/dev/null
}

# All that a container could leave; nothing when all is well.
left() {
  groups_left
  processes_left
  find "$CLEAT_RUN" -mindepth 1 -maxdepth 2 ! -path "$CLEAT_RUN/names" \
    2>/dev/null
  awk -v work="$WORK/" 'index($5, work) == 1 { print "mount", $5 }' \
    /proc/self/mountinfo
  half_written
}

assert_nothing_left() {
  local rest
  rest=$(left)
  [ -z "$rest" ] && return
  printf 'left behind:\n%s\n' "$rest" | head -n 20
  return 1
}

# Fails a test that left something, and takes it away all the same.
finish() {
  [ -n "${WORK:-}" ] || return 0
  local failed=0 id
  assert_nothing_left || failed=1
  if [ $failed = 1 ]; then
    for id in "$CLEAT_RUN"/????????????????????????????????????????????????????????????????; do
      unwind --grace=0 --id="${id##*/}" || true
    done 2>/dev/null
  fi
  cd /
  [[ $WORK != /dev/shm/* ]] || rm -rf "$WORK"
  return $failed
}
