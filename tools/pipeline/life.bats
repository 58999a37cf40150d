# The life of containers: detached and in the foreground, their statuses,
# signals and streams, templates and what is kept.

load pipeline.bash

setup_file() { prepare_file; }

setup() { prepare; }

teardown() { finish; }

# service [OPTION...] -- PROGRAM...: the container web, detached.
service() {
  limited --name=web | rootfs-run --detach --output=web.json "$@"
}

is_running() {
  [ "$(container-inspect --id="$1" --get=process.state.status)" = running ]
}

is_stopped() {
  [ "$(container-inspect --id="$1" --get=process.state.status)" = stopped ]
}

# The container's program has come so far as to say so.
has_said() {
  container-logs --id="$1" 2>/dev/null | grep -q "$2"
}

# waits PID: whose own status it leaves in $status.
await() {
  status=0
  wait "$1" || status=$?
}

@test "a service is listed, inspected, joined, killed, awaited and unwound" {
  service --hostname=web --user=0 -- sleep 1000
  id=$(get id web.json)
  container-list | grep -qE "^${id:0:12} +web +running +[0-9]+ +yes .* sleep 1000"
  [ "$(container-list --quiet)" = "$id" ]
  [ "$(container-inspect --id=web --get=name)" = web ]
  [ "$(container-inspect --get=cgroup.spec.memoryMaxBytes web)" = 67108864 ]
  [ "$(container-inspect --get=process.state.init.pid "${id:0:8}")" = \
    "$(get process.state.init.pid web.json)" ]
  job "container-exec --id=web -- hostname; container-exec --id=web -- ps"
  expect 0
  [ "$(head -n 1 out)" = web ]
  grep -qE '^ +1 .* sleep 1000$' out
  container-kill --id=web
  job "container-wait --id=web"
  expect 137
  container-list | grep -q ' stopped (137) '
  unwind --id=web
  unwind --id=web
  unwind <web.json
  unwind --id="$id"
  [ -z "$(container-list --quiet)" ]
  assert_nothing_left
}

@test "in a chroot, too, what joins a container is on its root" {
  root >base.json
  rootfs-run --input=base.json -- ls / >expected </dev/null
  mkdir jail
  # shellcheck disable=SC2016  # the inner shell's
  unshare --mount --propagation=private sh -c 'mount --rbind / jail &&
    /usr/sbin/chroot jail sh -c "cd $0 && rootfs-run --input=base.json --name=jailed \
      --detach --output=jailed.json -- sleep 1000 &&
      container-exec --id=jailed -- ls /;
      unwind --grace=0 --id=jailed"' "$WORK" >out </dev/null
  diff expected out
  assert_nothing_left
}

@test "what joins a container is in its cgroup and namespaces" {
  service -- sleep 1000
  init=$(get process.state.init.pid web.json)
  container-exec --id=web -- /bin/sh -c 'cat /proc/self/cgroup; echo READY
    exec sleep 1000' >joined 2>&1 &
  exec=$!
  until_true grep -q READY joined
  if grep -E '^[0-9]+:.*:/.+$' joined; then false; fi
  # Its one other process is it.
  group=$(get cgroup.state.directories.0.path web.json)
  other=$(grep -vx "$init" "$group/cgroup.procs")
  local kind
  for kind in pid mnt uts ipc net cgroup; do
    [ "/proc/$other/ns/$kind" -ef "/proc/$init/ns/$kind" ]
    ! [ "/proc/$other/ns/$kind" -ef "/proc/self/ns/$kind" ]
  done
  # It ends with the container.
  unwind --grace=0 --id=web
  await $exec
  [ "$status" = 137 ]
}

@test "container-wait returns the program's status, and the log its streams" {
  service -- /bin/sh -c 'echo out1; echo err1 >&2; echo out2; exit 7'
  job "container-wait --id=web"
  expect 7
  [ "$(container-inspect --id=web --get=process.state.exitStatus)" = 7 ]
  job "container-logs --id=web 2>log.err"
  expect 0
  [ "$output" = $'out1\nout2' ]
  [ "$(cat log.err)" = err1 ]
  job "container-logs --follow --id=web 2>&1 | sort | tr '\n' ' '"
  [ "$output" = 'err1 out1 out2 ' ]
  job "container-exec --id=web -- true"
  expect 125 'container-exec: ' 'does not run'
  job "container-kill --id=web"
  expect 1 'container-kill: ' 'does not run'
  unwind --id=web
}

@test "container-wait gives up after its time" {
  service -- sleep 1000
  job "container-wait --timeout=10ms --id=web"
  expect 125 'container-wait: the container still runs'
  unwind --id=web
}

@test "unwind asks the program to end before it kills it" {
  service --user=0 -- /bin/sh -c 'trap "echo asked; exit 0" TERM; echo ready
    while :; do sleep 0.1; done'
  until_true has_said web ready
  cp "$(get process.state.log web.json)" /dev/null
  tail -n +1 -f --pid="$(get process.state.holder.pid web.json)" \
    "$(get process.state.log web.json)" >followed &
  tail=$!
  unwind --id=web
  wait $tail
  grep -q asked followed
}

@test "statuses: the program's own, 128+N, 125, 126 and 127" {
  root >base.json
  local run='rootfs-run --input=base.json'
  job "$run -- /bin/sh -c 'exit 42'"
  expect 42
  job "$run -- /bin/sh -c 'kill -KILL \$\$; sleep 1; exit 3'"
  # PID 1 cannot kill itself: the kernel drops it.
  expect 3
  job "$run -- /bin/sh -c 'exec 2>/dev/null; /bin/sh -c \"kill -KILL \\\$\\\$\"; exit \$?'"
  expect 137
  job "$run -- /etc/passwd"
  expect 126 'rootfs-run: ' /etc/passwd
  job "$run -- /no/such/program"
  expect 127 'rootfs-run: ' /no/such/program
  job "$run -- no-such-program"
  expect 127 'rootfs-run: ' no-such-program
  job "$run --workdir=/etc/passwd -- true"
  expect 125 'rootfs-run: ' /etc/passwd
  job "$run --user=nobody-knows -- true"
  expect 125 'rootfs-run: ' nobody-knows
  job "$run --detach -- no-such-program"
  expect 127 'rootfs-run: ' no-such-program
  job "$run --detach -- /etc/passwd"
  expect 126 'rootfs-run: ' /etc/passwd
}

@test "signals are passed on to the program" {
  root >base.json
  mkfifo said
  local signal
  for signal in INT TERM HUP USR1; do
    rootfs-run --input=base.json --user=0 -- /bin/sh -c "
      trap 'exit 33' $signal; echo ready; while :; do sleep 0.05; done" >said &
    run=$!
    read -r _ <said
    kill -s $signal $run
    await $run
    [ "$status" = 33 ]
  done
}

@test "a deadly signal that the program does not expect ends it with 128+N" {
  root >base.json
  mkfifo said
  rootfs-run --input=base.json -- /bin/sh -c 'echo ready; exec sleep 1000' \
    >said &
  run=$!
  read -r _ <said
  kill -TERM $run
  await $run
  [ "$status" = 143 ]
}

@test "a container in the foreground dies with rootfs-run, by SIGKILL too" {
  limited >base.json # nobody has acted yet but cgset: kept by this file
  mkfifo said
  rootfs-run --input=base.json -- /bin/sh -c 'echo ready; exec sleep 1000' \
    >said &
  run=$!
  read -r _ <said
  id=$(container-list --quiet)
  init=$(container-inspect --id="$id" --get=process.state.init.pid)
  kill -KILL $run
  await $run
  [ "$status" = 137 ]
  until_true [ ! -e "/proc/$init/root/bin" ]
  unwind --id="$id"
}

@test "the program's input is empty when the document came there" {
  job "echo '' | cat; root |
    rootfs-run -- /bin/sh -c 'cat; readlink /proc/self/fd/0'"
  expect 0
  [ "$(tail -n 1 out)" = /dev/null ]
  root >base.json
  job "echo typed | rootfs-run --input=base.json -- cat"
  expect 0
  [ "$output" = typed ]
  echo from a file >text
  job "rootfs-run --stdin=text -- cat <base.json"
  expect 0
  [ "$output" = 'from a file' ]
  job "rootfs-run --stdin=nowhere -- cat <base.json"
  expect 125 'rootfs-run: open nowhere: '
}

@test "descriptors are passed on only when asked for" {
  root >base.json
  job "exec 3<base.json 4<base.json
    rootfs-run --input=base.json --preserve-fd=3 -- /bin/sh -c \
      'ls /proc/self/fd | tr \"\n\" \" \"; head -c 3 <&3'"
  expect 0
  # ls has opened one of its own.
  [[ "$output" =~ ^"0 1 2 3 "[0-9]+" "'{"v'$ ]]
}

@test "a detached container holds nothing of the caller's" {
  root >base.json
  # A substitution and a pipe end only when no one has them open any more.
  document=$(rootfs-run --input=base.json --name=one --detach -- sleep 1000)
  [ "$(get name <<<"$document")" = one ]
  rootfs-run --input=base.json --name=two --detach -- sleep 1000 2>&1 |
    cat >two.json
  [ "$(get process.state.status two.json)" = running ]
  is_running one && is_running two
  unwind --grace=0 one two
}

@test "--emit passes the document on, with what the program wrote" {
  job "root |
    rootfs-run --emit --user=0 -- /bin/sh -c 'echo said; echo x >/new' |
    container-inspect"
  expect 0 said
  # The container is open, and still there: the next tool is to take it.
  [ "$(get process.state.status out)" = stopped ]
  [ "$(cat "$(get rootfs.state.upper out)/new")" = x ]
  [ -z "$(get process.state.init out 2>/dev/null)" ]
  unwind <out
}

@test "--emit of a program that fails emits nothing, --emit=always does" {
  root >base.json
  job "rootfs-run --input=base.json --emit -- /bin/sh -c 'exit 9'"
  expect 9
  [ -z "$output" ]
  assert_nothing_left
  job "rootfs-run --input=base.json --emit=always -- /bin/sh -c 'exit 9'"
  expect 9
  [ "$(get process.state.exitStatus out)" = 9 ]
  unwind <out
}

@test "--keep outlives the failure of a later tool, an open one does not" {
  job "root | $LIMITS --name=kept --keep |
    rootfs-run -- no-such-program"
  expect 127 no-such-program
  id=$(container-list --quiet)
  [ -n "$id" ]
  [ "$(find /sys/fs/cgroup -path "*/cleat-$id" | wc -l)" -gt 0 ]
  unwind --id=kept
  job "root | $LIMITS --name=open |
    rootfs-run -- no-such-program"
  expect 127 no-such-program
  assert_nothing_left
}

@test "--defer records and does nothing; the run does it" {
  job "root | $LIMITS --defer"
  expect 0
  [ -z "$(ls "$CLEAT_RUN" 2>/dev/null | grep -v names)" ]
  if get id out; then false; fi
  mv out deferred.json
  job "rootfs-run --user=0 -- /bin/sh -c 'find /sys/fs/cgroup \
    -name pids.max -maxdepth 2 -exec cat {} \;' <deferred.json"
  expect 0
  [[ "$output" == *50* ]]
}

@test "twenty runs of one template at once are twenty containers" {
  root | $LIMITS --defer >base.json
  local -a runs
  local i
  for i in {1..20}; do
    rootfs-run --input=base.json --user=0 -- /bin/sh -c "
      [ ! -e /mine ] && echo $i >/mine && hostname && cat /mine" >run.$i &
    runs+=($!)
  done
  for i in "${runs[@]}"; do
    await "$i"
    [ "$status" = 0 ]
  done
  for i in {1..20}; do [ "$(tail -n 1 run.$i)" = $i ]; done
  [ "$(head -qn 1 run.* | sort -u | wc -l)" = 20 ]
  assert_nothing_left
}

@test "a document that runs already is refused, and goes on running" {
  service -- sleep 1000
  job "rootfs-run --input=web.json -- true"
  expect 125 'rootfs-run: ' 'running already'
  job "rootfs-run -- true <web.json"
  expect 125 'rootfs-run: ' 'running already'
  is_running web
  unwind --id=web
  job "rootfs-run --input=web.json -- true"
  expect 125 'rootfs-run: ' 'is gone'
}

@test "a name is one container's until it is unwound" {
  service -- sleep 1000
  job "container-inspect --id=web --get=id"
  job "image-get $OCI | layer-unpack | overlay-mount --name=web |
    rootfs-run --detach -- sleep 1000"
  expect 125 'rootfs-run: ' "name 'web' is taken"
  is_running web
  job "container-list --quiet | wc -l"
  [ "$output" = 1 ]
  unwind --id=web
  service -- sleep 1000
  unwind --id=web
}

@test "containers that end meanwhile do not keep the others from being listed" {
  root >base.json
  local i
  for i in 1 2; do
    for _ in {1..100}; do rootfs-run --input=base.json -- true; done &
  done
  : >errors
  while [ -n "$(jobs -r)" ]; do
    container-list >list 2>>errors || true
    unwind --orphans 2>>errors || true
  done
  cat errors
  [ ! -s errors ]
}

@test "labels select containers" {
  local name
  for name in a b c; do
    root --name=$name --label=tier=$name --label=app |
      rootfs-run --detach -- sleep 1000 | cat >/dev/null
  done
  job "container-list --label=tier=b --quiet"
  [ "$(wc -l <out)" = 1 ]
  unwind --grace=0 --label=tier=b
  [ "$(container-list --quiet | wc -l)" = 2 ]
  if container-inspect --id=b; then false; fi
  unwind --grace=0 --label=tier=b
  unwind --grace=0 --label=app
  [ -z "$(container-list --quiet)" ]
}

@test "the text form is converted and run" {
  job "container-new --text"
  expect 0
  grep -q '^ *#' out
  job "container-new --text | container-convert --from=text --to=json"
  expect 0
  [ "$(get version out)" = 1 ]
  root >base.json
  job "container-convert --to=text <base.json |
    container-convert --from=text --to=binary |
    container-convert --from=binary --to=json | tee back.json |
    rootfs-run -- echo back"
  expect 0
  [ "$output" = back ]
  diff <(container-inspect <base.json) <(container-inspect <back.json)
}

@test "--config gives options, and flags win" {
  echo '{"hostname": "configured", "user": "0"}' >run.json
  root >base.json
  job "rootfs-run --input=base.json --config=run.json -- /bin/sh -c \
    'hostname; id -u'"
  expect 0
  [ "$output" = $'configured\n0' ]
  job "rootfs-run --input=base.json --config=run.json --hostname=flag -- \
    hostname"
  expect 0
  [ "$output" = flag ]
  echo '{"hostnam": "x"}' >run.json
  job "rootfs-run --input=base.json --config=run.json -- true"
  expect 125 'rootfs-run: run.json' hostnam
}

@test "--if-changed leaves an equal file and its time alone" {
  root --output=base.json
  touch -d @1000000000 base.json
  root --output=base.json --if-changed
  [ "$(stat -c %Y base.json)" = 1000000000 ]
  root --output=base.json --if-changed --label=new
  [ "$(stat -c %Y base.json)" != 1000000000 ]
}

@test "several documents are one job, or with --each their own" {
  root >base.json
  cat base.json base.json >two.json
  [ "$(cgset --memory=64m <two.json | tee both | wc -l)" = 2 ]
  unwind <both
  # A kept one and one that is gone: all fail, or only that one.
  cgset --memory=64m --name=kept <base.json --output=kept.json
  cgset --memory=64m <base.json --output=gone.json
  unwind <gone.json
  cat kept.json gone.json >mixed.json
  job "rootfs-run -- true <two.json"
  expect 125 'rootfs-run: one document is expected, 2 came'
  job "cgset --memory=32m <mixed.json"
  expect 1 'cgset: ' 'is gone'
  group=$(find /sys/fs/cgroup -path "*/cleat-$(get id kept.json)/memory.max" -o \
    -path "*/cleat-$(get id kept.json)/memory.limit_in_bytes")
  [ "$(cat "$group")" = 67108864 ]
  job "cgset --each --memory=32m <mixed.json"
  expect 1 'cgset: ' 'is gone'
  [ "$(get id out)" = "$(get id kept.json)" ]
  [ "$(cat "$group")" = 33554432 ]
  unwind <kept.json
}

@test "--output writes to a pipe and a device, and never renames them" {
  mkfifo pipe
  cat pipe >from-pipe &
  root --output=pipe
  wait $!
  [ -p pipe ]
  [ "$(get version from-pipe)" = 1 ]
  job "root --output=/dev/stdout"
  expect 0
  [ "$(get version out)" = 1 ]
  root --output=/dev/null
  [ -c /dev/null ]
  # What the name of a descriptor leads to is a file, and the name none.
  ln -s /proc/self/fd/1 stdout
  echo '{"version":1}' >file
  for _ in 1 2; do
    root --output=stdout >>file
    image-export --output=stdout "$OCI" etc/passwd >>bytes
  done
  [ "$(readlink stdout)" = /proc/self/fd/1 ]
  [ "$(jq -c .version file)" = $'1\n1\n1' ]
}

@test "a container whose holder is killed has ended, and can be unwound" {
  service -- sleep 1000
  init=$(get process.state.init.pid web.json)
  kill -KILL "$(get process.state.holder.pid web.json)"
  until_true is_stopped web
  [ ! -e "/proc/$init/root/bin" ]
  job 'container-wait --id=web'
  expect 125 'container-wait: ' 'its holder was killed'
  job 'container-exec --id=web -- true'
  expect 125 'container-exec: ' 'does not run'
  unwind --id=web
}

@test "closed standard descriptors do no harm" {
  root >base.json
  job 'rootfs-run --input=base.json -- echo said <&-'
  expect 0
  [ "$output" = said ]
  job 'rootfs-run --input=base.json -- /bin/sh -c "echo x >&2; exit 4" 2>&-'
  expect 4
  rootfs-run --input=base.json -- true <&- >&- 2>&-
}
