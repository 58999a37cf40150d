# cgset --systemd against a bus of its own, on which a mock answers for systemd.

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  grep -q ' cgroup2\? ' /proc/self/mountinfo || skip "no cgroup is mounted"
  command -v dbus-daemon >/dev/null || skip "dbus-daemon is not installed"
  /usr/bin/python3 -c 'import dbus, gi' 2>/dev/null ||
    skip "python3-dbus and python3-gi are not installed"
  mock=$PWD/tools/cgroup/mock_systemd.py
  PATH=$PWD/tools/cgroup:$PWD/tools/container:$PWD/lib/systemd:$PATH
  export CLEAT_RUN=$BATS_TEST_TMPDIR/run
  cd "$BATS_TEST_TMPDIR" || return
  # A socket's path has 107 characters at most.
  socket=$(mktemp -d /tmp/cleat-bus.XXXXXX)
  export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$socket/bus
  started=
}

teardown() {
  for state in "$CLEAT_RUN"/????????????????????????????????????????????????????????????????; do
    unwind --id="${state##*/}"
  done 2>/dev/null
  for pid in $started; do kill "$pid" && wait "$pid"; done 2>/dev/null
  find /sys/fs/cgroup -depth -type d -path "*/cleat-mock.slice*" \
    -exec rmdir {} \; 2>/dev/null
  [ -z "$socket" ] || rm -r "$socket"
}

start_bus() {
  dbus-daemon --session --nofork --nopidfile --nosyslog \
    --address="$DBUS_SYSTEM_BUS_ADDRESS" >/dev/null 2>&1 3>&- &
  started="$started $!"
  until [ -S "$socket/bus" ]; do sleep 0.02; done
}

# start_mock MODE
start_mock() {
  start_bus
  "$mock" "$DBUS_SYSTEM_BUS_ADDRESS" "$PWD/asked" "$1" >said 2>errors 3>&- &
  started="$! $started"
  until grep -q ready said; do
    kill -0 $! || { cat errors; return 1; }
    sleep 0.02
  done
}

# listen_mutely SOCKET
listen_mutely() {
  /usr/bin/python3 -c '
import os, socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
listener.listen()
print("ready", flush=True)
time.sleep(1000)' "$1" >mute 3>&- &
  started="$! $started"
  until grep -q ready mute; do sleep 0.02; done
}

id_of() {
  sed 's/.*"id":"\([0-9a-f]*\)".*/\1/' "$1"
}

# systemd removes a scope once it has heard that it is empty.
until_gone() {
  for try in {1..500}; do
    [ -n "$(find /sys/fs/cgroup -type d -path "$1" 2>/dev/null)" ] || return 0
    sleep 0.02
  done
  return 1
}

# What is left of a failed run.
nothing_left() {
  until_gone '*/cleat-mock.slice/cleat-*'
  [ -z "$(ls "$CLEAT_RUN" 2>/dev/null | grep -v names)" ]
  [ ! -e asked ] || is_over "$(holder)"
}

# The process for which the scope was asked for.
holder() {
  awk '$1 == "pids" { print $2 }' asked
}

# Nobody may have taken note of its end yet.
is_over() {
  [ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"
}

@test "a container's group is in a scope, and goes with it" {
  start_mock start
  container-new --name=web | cgset --systemd --memory=64m --pids-limit=9 \
    --output=doc.json
  id=$(id_of doc.json)
  holder=$(holder)
  diff - asked <<END
cleat-$id.scope fail 0
pids $holder
CollectMode inactive-or-failed
Delegate 1
Description Cleat container ${id:0:12}
END
  [ "$(cat /proc/"$holder"/comm)" = cgset-scope ]
  scope=/cleat-mock.slice/cleat-$id.scope
  memory=$(find /sys/fs/cgroup -path "*$scope/cleat-$id/memory.limit_in_bytes" \
    -o -path "*$scope/cleat-$id/memory.max")
  [ "$(cat "$memory")" = 67108864 ]
  [ "$(cat "$(find /sys/fs/cgroup -path "*$scope/cleat-$id/pids.max")")" = 9 ]
  run cgset --exec --id="$id" -- cat /proc/self/cgroup
  [[ "$output" == *":$scope/cleat-$id"* ]]
  unwind --id=web
  until_gone "*/cleat-$id*"
  is_over "$holder"
}

@test "--exec runs a program in a scope, which ends with it" {
  start_mock start
  run cgset --exec --systemd --slice=machine.slice --pids-limit=9 -- \
    sh -c 'cat /proc/self/cgroup; exit 7'
  [ "$status" = 7 ]
  [[ "$output" =~ :/cleat-mock.slice/cleat-([0-9a-f]{64}).scope/cleat- ]]
  grep -qx "cleat-${BASH_REMATCH[1]}.scope fail 0" asked
  grep -qx "Slice machine.slice" asked
  nothing_left
}

@test "a template with --systemd gets its scope where it is run" {
  start_mock start
  container-new | cgset --defer --systemd --pids-limit=9 >template.json
  [ ! -e asked ]
  grep -q '"systemd":true' template.json
  container-new >/dev/null
  sed 's/"id":"[^"]*",//' template.json | cgset --output=doc.json
  grep -qx "cleat-$(id_of doc.json).scope fail 0" asked
}

@test "a container in a scope may have others below it" {
  start_mock start
  container-new --name=outer | cgset --systemd --output=outer.json
  container-new | cgset --parent=outer --pids-limit=9 --output=inner.json
  outer=$(id_of outer.json)
  [ -n "$(find /sys/fs/cgroup -path \
    "*/cleat-mock.slice/cleat-$outer.scope/cleat-$outer/$(id_of inner.json)")" ]
}

@test "a job that fails leaves nothing" {
  start_mock fail
  run cgset --exec --systemd -- true
  [ "$status" = 125 ]
  [[ "$output" =~ ^"cgset: start scope cleat-"[0-9a-f]{64}".scope: its job ended as 'failed'; the journal of systemd (journalctl -u cleat-" ]]
  nothing_left
}

@test "a unit that is refused leaves nothing" {
  start_mock refuse
  run bash -c 'container-new | cgset --systemd'
  [ "$status" = 1 ]
  [[ "$output" == "cgset: start scope cleat-"*": call StartTransientUnit: Unit name cleat-"*" is not valid. (org.freedesktop.DBus.Error.InvalidArgs)" ]]
  nothing_left
}

@test "a scope in hierarchies that are not mounted here is found out" {
  start_mock stray
  run cgset --exec --systemd -- true
  [ "$status" = 125 ]
  [[ "$output" == "cgset: find the groups of cleat-"*"is in none of that name"* ]]
  nothing_left
}

@test "a limit that cannot be had leaves nothing" {
  start_mock start
  run cgset --exec --systemd --cpuset-cpus=8191 -- true
  [ "$status" = 125 ]
  [ "${#lines[@]}" = 1 ]
  nothing_left
  rm asked
  run cgset --exec --systemd --memory=1k -- true
  [ "$status" = 125 ]
  [ ! -e asked ]
}

@test "a job that never ends, and a bus that never answers, are waited for no longer than allowed" {
  start_mock linger
  run scope_probe cleat-1.scope 300
  [ "$status" = 1 ]
  [ "$output" = "start scope cleat-1.scope: wait for a signal: no answer in time" ]
  listen_mutely "$socket/mute"
  DBUS_SYSTEM_BUS_ADDRESS=unix:path=$socket/mute run scope_probe cleat-1.scope 50
  [ "$status" = 1 ]
  [ "$output" = "start scope cleat-1.scope: connect to D-Bus at unix:path=$socket/mute: authenticate: no answer in time" ]
}

@test "where systemd does not run, that is said" {
  [ ! -e /run/systemd/system ] || skip "systemd runs here"
  run cgset --exec --systemd -- true
  [ "$status" = 125 ]
  [[ "$output" == "cgset: start scope cleat-"*".scope: systemd does not run here: /run/systemd/system is absent: leave --systemd out" ]]
  unset DBUS_SYSTEM_BUS_ADDRESS
  run bash -c 'container-new | cgset --systemd'
  [ "$status" = 1 ]
  [[ "$output" == *": systemd does not run here: "* ]]
  nothing_left
}

@test "a bus without systemd is as no bus" {
  [ ! -e /run/systemd/system ] || skip "systemd runs here"
  start_bus
  run cgset --exec --systemd -- true
  [ "$status" = 125 ]
  [[ "$output" == *": systemd does not run here: "* ]]
}

@test "an ordinary user asks his own bus" {
  command -v setpriv >/dev/null || skip "setpriv is not installed"
  chmod 755 "$socket"
  cp "$(command -v scope_probe)" "$socket"
  unset DBUS_SYSTEM_BUS_ADDRESS
  ordinary=(setpriv --reuid=65534 --clear-groups)
  if [ ! -e /run/systemd/system ]; then
    run env XDG_RUNTIME_DIR="$socket" "${ordinary[@]}" \
      "$socket/scope_probe" a.scope 50
    [ "$status" = 1 ]
    [[ "$output" == *": systemd does not run here: "* ]]
  fi
  # His manager's own socket will do, too; here it is a mute one.
  mkdir "$socket/systemd"
  listen_mutely "$socket/systemd/private"
  run env XDG_RUNTIME_DIR="$socket" "${ordinary[@]}" \
    "$socket/scope_probe" a.scope 50
  [ "$status" = 1 ]
  [ "$output" = "start scope a.scope: connect to D-Bus at unix:path=$socket/systemd/private: authenticate: no answer in time" ]
  # In a user namespace of his own he is another one to the bus.
  run "${ordinary[@]}" unshare -r "$socket/scope_probe" a.scope 50
  [ "$status" = 1 ]
  [[ "$output" == "start scope a.scope: not from a user namespace; make the scope before, "* ]]
}

@test "what contradicts --systemd is refused" {
  for flags in --path=a --pid=1; do
    run cgset $flags --systemd
    [ "$status" = 2 ]
  done
  run bash -c 'container-new | cgset --systemd --parent=x'
  [ "$output" = "cgset: check limits: systemd: --parent says where the group is; give either" ]
  run bash -c 'container-new | cgset --slice=x.slice --defer'
  [ "$output" = "cgset: check limits: slice: only with --systemd" ]
  container-new --name=has | cgset --output=doc.json
  run cgset --id=has --systemd
  [ "$output" = "cgset: --systemd: the container has its groups already: leave it out" ]
}
