# What cgset does to the machine's cgroups, and what it says when it cannot.

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  grep -q ' cgroup2\? ' /proc/self/mountinfo || skip "no cgroup is mounted"
  PATH=$PWD/tools/cgroup:$PWD/tools/container:$PATH
  export CLEAT_RUN=$BATS_TEST_TMPDIR/run
  cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
  for state in "$CLEAT_RUN"/????????????????????????????????????????????????????????????????; do
    unwind --id="${state##*/}"
  done 2>/dev/null
  true
}

# The group's directories in all hierarchies.
groups() {
  find /sys/fs/cgroup -type d -path "*/cleat-$1"
}

# limit ID V1-FILE V2-FILE
limit() {
  local file
  file=$(find /sys/fs/cgroup -path "*/cleat-$1/$2" -o -path "*/cleat-$1/$3")
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
  [[ "$output" =~ /cleat-([0-9a-f]{64}) ]]
  [ -z "$(groups "${BASH_REMATCH[1]}")" ]
}

@test "--exec runs a program in a group of its own, which goes with it" {
  run cgset --exec --memory=64m --pids-limit=50 -- sh -c 'cat /proc/self/cgroup; exit 7'
  [ "$status" = 7 ]
  [[ "$output" =~ :/cleat-([0-9a-f]{64}) ]]
  [ -z "$(groups "${BASH_REMATCH[1]}")" ]
  [ -z "$(ls "$CLEAT_RUN" | grep -v names)" ]
}

@test "--exec ends what the program leaves running" {
  run cgset --exec -- sh -c 'sleep 1000 >/dev/null 2>&1 & echo $!'
  [ "$status" = 0 ]
  # Nobody may have taken note of its end yet.
  ! grep -q '^State:[[:space:]]*[^Z[:space:]]' "/proc/$output/status" 2>/dev/null
}

@test "--exec has the statuses of env" {
  run cgset --exec -- no-such-program
  [ "$status" = 127 ]
  [ "$output" = "cgset: run no-such-program: No such file or directory" ]
  run cgset --exec -- /etc/passwd
  [ "$status" = 126 ]
  run cgset --exec --memory=1k -- true
  [ "$status" = 125 ]
  run cgset --exec
  [ "$status" = 125 ]
  [ "$output" = "cgset: --exec: give a program to run" ]
  run cgset --exec -- sh -c 'kill -KILL $$'
  [ "$status" = 137 ]
}

@test "what is wrong with the flags has the status of the form that is meant" {
  for flags in "--bogus --exec" "--memory lots --exec" "-x --exec --bogus" \
    "--exec --memory=lots"; do
    run cgset $flags -- true
    [ "$status" = 125 ]
    [ "${#lines[@]}" = 1 ]
  done
  for flags in "--bogus" "--exec=false --bogus" "--bogus -- --exec"; do
    run cgset $flags </dev/null
    [ "$status" = 2 ]
  done
}

@test "--exec passes signals on, and leaves nothing" {
  cgset --exec -- sh -c 'trap "exit 5" TERM; echo >ready; while :; do sleep 0.05; done' &
  for try in {1..200}; do [ ! -e ready ] || break; sleep 0.05; done
  kill -TERM $!
  status=0
  wait $! || status=$?
  [ "$status" = 5 ]
  [ -z "$(ls "$CLEAT_RUN" | grep -v names)" ]
}

@test "--exec reads a document only with --input, and runs in its group" {
  container-new | cgset --memory=64m --output=doc.json
  id=$(id_of doc.json)
  run cgset --exec --input=doc.json -- cat /proc/self/cgroup
  [ "$status" = 0 ]
  [[ "$output" == *":/cleat-$id"* ]]
  run cgset --exec --id="$id" --pids-limit=9 -- cat /proc/self/cgroup
  [[ "$output" == *":/cleat-$id"* ]]
  [ "$(limit "$id" pids.max pids.max)" = 9 ]
  echo '{not JSON' | cgset --exec -- true
}

# The group of these tests in all hierarchies.
ends() {
  find /sys/fs/cgroup -depth -type d \( -path "*/$1" -o -path "*/$1/*" \) \
    -exec rmdir {} \; 2>/dev/null || true # others' groups come and go
  [ -z "$(find /sys/fs/cgroup -type d -path "*/$1" 2>/dev/null)" ]
}

@test "a named group is made, changed, entered and stays" {
  t=cleat-named-$$
  cgset --path=$t/a --memory=64m
  file=$(find /sys/fs/cgroup -path "*/$t/a/memory.limit_in_bytes" -o -path "*/$t/a/memory.max")
  [ "$(cat "$file")" = 67108864 ]
  run cgset --path=/$t/a/ --pids-limit=50 --exec -- cat /proc/self/cgroup
  [[ "$output" == *":/$t/a"* ]]
  [ "$(cat "$file")" = 67108864 ]
  sleep 1000 &
  cgset --path=$t/a --move=$!
  grep -q ":/$t/a$" /proc/$!/cgroup
  cgset --pid=$! --pids-limit=40
  [ "$(cat "$(find /sys/fs/cgroup -path "*/$t/a/pids.max")")" = 40 ]
  cgset --path=$t/b --copy=$! --memory=128m
  [ "$(cat "$(find /sys/fs/cgroup -path "*/$t/b/pids.max")")" = 40 ]
  [ "$(cat "${file/%\/a\/*//b/${file##*/}}")" = 134217728 ]
  kill $!
  wait $! || true
  ends $t
}

@test "a named group that cannot be as asked is not made" {
  t=cleat-undone-$$
  for flags in --move=4194304 --memory=1k --cpuset-cpus=8191 \
    "--exec -- no-such-program" --set=memory.no_such=1; do
    run cgset --path=$t/a --pids-limit=50 $flags
    [ "$status" != 0 ]
    [ "${#lines[@]}" = 1 ]
    [ -z "$(find /sys/fs/cgroup -type d -path "*/$t" 2>/dev/null)" ]
  done
  sleep 1000 &
  cgset --path=$t/a --pids-limit=50 --move=$!
  run cgset --path=$t/a --pids-limit=9 --move=4194304
  [ "$status" = 1 ]
  [ "$output" = "cgset: move 4194304: no such process" ]
  [ "$(cat "$(find /sys/fs/cgroup -path "*/$t/a/pids.max")")" = 50 ]
  # The one that could be moved goes back.
  run cgset --path=$t/b --move=$! --move=4194304
  [ "$status" = 1 ]
  grep -q ":/$t/a$" /proc/$!/cgroup
  kill $!
  wait $! || true
  ends $t
}

@test "flags that contradict each other are usage" {
  for flags in "--path=a --pid=1" "--path=a --id=b" "--pid=1 --input=-" \
    "--path=a --defer" "--path=a --parent=b" "--threaded"; do
    run cgset $flags </dev/null
    [ "$status" != 0 ]
    [[ "$output" == "cgset: "* ]]
    [ -z "$(find /sys/fs/cgroup -maxdepth 2 -name a)" ]
  done
  run cgset --path=a true
  [ "$status" = 2 ]
  [ "$output" = "cgset: unexpected argument 'true' (--exec runs a program)" ]
  run cgset --path=a/../b --memory=64m
  [ "$status" = 1 ]
}

@test "--parent nests" {
  container-new --name=outer | cgset --memory=64m --output=outer.json
  outer=$(id_of outer.json)
  container-new | cgset --parent=outer --pids-limit=9 --output=inner.json
  inner=$(id_of inner.json)
  grep -q "\"path\":\"/cleat-$outer/$inner\"" inner.json
  unwind --id="$inner"
  [ -n "$(groups "$outer")" ]
  unwind --id="$outer"
  [ -z "$(groups "$outer")" ]
  run bash -c 'container-new | cgset --parent=no-such'
  [ "$status" = 1 ]
}

@test "--best-effort warns of what cannot be had" {
  grep -q ' - cgroup .*memory' /proc/self/mountinfo || skip "memory is not on cgroup v1"
  run cgset --exec --oom-group -- true
  [ "$status" = 125 ]
  [ "$output" = "cgset: set oom-group: cgroup v1 kills one process at a time when memory runs out" ]
  run cgset --exec --oom-group --best-effort -- true
  [ "$status" = 0 ]
  [ "$output" = "cgset: warning: set oom-group: cgroup v1 kills one process at a time when memory runs out" ]
}

@test "--trace shows what the other version would have" {
  run cgset --exec --cpu-shares=512 --trace -- true
  [[ "$output" == *"cpu.shares = 512 (on v2: cpu.weight = 20)"* ||
    "$output" == *"cpu.weight = 20 (on v1: cpu.shares = 512)"* ]]
}

@test "without privilege it works below a group of one's own" {
  command -v setpriv >/dev/null || skip "setpriv is not installed"
  t=cleat-mine-$$
  cgset --path=$t/own
  find /sys/fs/cgroup -path "*/$t*" \( -type d -o -name tasks \
    -o -name cgroup.procs -o -name cgroup.subtree_control \
    -o -name cgroup.threads \) -exec chown 65534 {} +
  mine=$(mktemp -d /tmp/cleat-mine.XXXXXX)
  chmod 755 "$mine"
  mkdir -m 777 "$mine/state"
  cp "$(command -v cgset)" "$mine"
  ordinary=(setpriv --reuid=65534 --clear-groups
    env CLEAT_RUN="$mine/state/run" "$mine/cgset")
  run cgset --path=$t/own --exec -- "${ordinary[@]}" --exec --pids-limit=7 \
    -- cat /proc/self/cgroup
  [ "$status" = 0 ]
  [[ "$output" == *":/$t/own/cleat-"* ]]
  # Outside of it there is nothing that may be written to.
  run "${ordinary[@]}" --path=/$t-other --pids-limit=7
  rm -r "$mine"
  [ "$status" = 1 ]
  [[ "$output" == "cgset: use controllers pids: "*" may "*"; run this "* ]]
  ends $t
}
