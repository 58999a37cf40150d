# What cgset does to the machine's cgroups, and what it says when it cannot.

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  grep -q ' cgroup2\? ' /proc/self/mountinfo || skip "no cgroup is mounted"
  PATH=$PWD/tools/cgroup:$PWD/tools/container:$PATH
  export CLEAT_RUN=$BATS_TEST_TMPDIR/run
}

teardown() {
  for state in "$CLEAT_RUN"/????????????????????????????????????????????????????????????????; do
    unwind --id="${state##*/}"
  done 2>/dev/null
  true
}

# The group's directories in all hierarchies.
groups() {
  find /sys/fs/cgroup -type d -path "*/cleat/$1"
}

# limit ID V1-FILE V2-FILE
limit() {
  local file
  file=$(find /sys/fs/cgroup -path "*/cleat/$1/$2" -o -path "*/cleat/$1/$3")
  cat "$file"
}

id_of() {
  sed 's/.*"id":"\([0-9a-f]*\)".*/\1/' "$1"
}

@test "a new container gets a group and its limits, and unwind takes them" {
  container-new | cgset --memory=64m --cpus=0.5 --pids-limit=50 >doc.json
  id=$(id_of doc.json)
  [ "$(limit "$id" memory.limit_in_bytes memory.max)" = 67108864 ]
  [ "$(limit "$id" pids.max pids.max)" = 50 ]
  unwind --id="$id"
  [ -z "$(groups "$id")" ]
}

@test "--defer records the limits and does nothing" {
  run bash -c 'container-new | cgset --defer --memory=64m'
  [ "$status" = 0 ]
  [ "$output" = '{"version":1,"cgroup":{"spec":{"memoryMaxBytes":67108864}}}' ]
}

@test "a refused change leaves a kept container as it was" {
  container-new | cgset --memory=64m --pids-limit=50 --output=doc.json
  id=$(id_of doc.json)
  run cgset --id="$id" --memory=128m --pids-limit=9223372036854775807
  [ "$status" = 1 ]
  [[ "$output" == "cgset: set pids-limit: write '"*"pids.max: Invalid argument" ]]
  [ "$(limit "$id" memory.limit_in_bytes memory.max)" = 67108864 ]
  cgset --id="$id" --memory=128m --keep >changed.json
  [ "$(limit "$id" memory.limit_in_bytes memory.max)" = 134217728 ]
  [ "$(limit "$id" pids.max pids.max)" = 50 ]
}

@test "a bad value is one line, and nothing is made" {
  run bash -c 'container-new | cgset --memory=1m'
  [ "$status" = 1 ]
  [[ "$output" == "cgset: check limits: memory: "* ]]
  [ -z "$(ls "$CLEAT_RUN" 2>/dev/null | grep -v names)" ]
  run bash -c 'container-new | cgset --memory=lots'
  [ "$status" = 2 ]
}

@test "a limit that the kernel refuses leaves no group behind" {
  run bash -c 'container-new | cgset --trace --memory=64m --cpuset-cpus=8191'
  [ "$status" = 1 ]
  [[ "$output" == *"(there are 0"* ]]
  [[ "$output" =~ /cleat/([0-9a-f]{64}) ]]
  [ -z "$(groups "${BASH_REMATCH[1]}")" ]
}
