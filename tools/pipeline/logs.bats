# The logs of detached containers: their ends, times, bounds and rotation.

load pipeline.bash

setup_file() { prepare_file; }

setup() { prepare; }

teardown() {
  container-list --quiet | xargs -r unwind --grace=0
  finish
}

# said SCRIPT [OPTION...]: the ended container web, which has run it.
said() {
  local script=$1
  shift
  root --name=web |
    rootfs-run --detach --output=web.json "$@" -- /bin/sh -c "$script"
  container-wait web
}

@test "--tail prints the last lines, each on its own stream" {
  said 'for i in 1 2 3 4; do echo out$i; echo err$i >&2; sleep 0.05; done'
  job "container-logs --tail=4 web 2>/dev/null"
  expect 0
  [ "$output" = $'out3\nout4' ]
  [ "$(container-logs -n 4 web 2>&1 >/dev/null)" = $'err3\nerr4' ]
  [ "$(container-logs --tail=all web 2>/dev/null | wc -l)" = 4 ]
  [ -z "$(container-logs --tail=0 web 2>&1)" ]
}

@test "--timestamps, --since and --until speak of the times in the log" {
  said 'echo one; sleep 0.05; echo two; sleep 0.05; echo three'
  container-logs --timestamps web >stamped
  grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}Z one$' stamped
  two=$(awk '$2 == "two" { print $1 }' stamped)
  [ "$(container-logs --since="$two" web)" = $'two\nthree' ]
  [ "$(container-logs --until="$two" web)" = $'one\ntwo' ]
  [ "$(container-logs --since="$two" --until="$two" web)" = two ]
  seconds=$(date -d "$two" +%s.%N)
  [ "$(container-logs --since="$seconds" web)" = $'two\nthree' ]
  [ "$(container-logs --since=1h web | wc -l)" = 3 ]
  [ -z "$(container-logs --until=1h web)" ]
}

@test "docker reads the log that is written" {
  said 'echo "<a & b>"; printf "no end"; echo err >&2'
  python3 - "$(get process.state.log web.json)" <<'END'
import json, re, sys
entries = [json.loads(line) for line in open(sys.argv[1])]
assert sorted(e["log"] for e in entries) == ["<a & b>\n", "err\n", "no end"]
for e in entries:
    assert set(e) == {"log", "stream", "time"}, e
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}(\.\d{0,8}[1-9])?Z", e["time"])
END
}

@test "a log keeps to its size and its number of files" {
  said 'i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done' \
    --log-opt=max-size=10k --log-opt=max-file=3
  log=$(get process.state.log web.json)
  ls "$log".* >files
  [ "$(cat files)" = "$log.1
$log.2" ]
  for file in "$log" "$log.1" "$log.2"; do
    [ "$(stat -c %s "$file")" -lt 10400 ]
  done
  # What is left is the end, without a gap.
  container-logs web >left
  [ "$(tail -n 1 left)" = 'line 1999' ]
  count=$(wc -l <left)
  [ "$count" -gt 200 ]
  [ "$(head -n 1 left)" = "line $((2000 - count))" ]
  [ "$(container-logs --tail=250 web)" = "$(tail -n 250 left)" ]
  unwind web
  assert_nothing_left
}

@test "--follow misses nothing across rotations and ends with the container" {
  mkfifo go
  root --name=web | rootfs-run --detach --output=web.json --user=0 \
    --log-opt=max-size=4k --log-opt=max-file=1000 -- /bin/sh -c '
      trap go=1 USR1; echo ready; while [ -z "$go" ]; do sleep 0.02; done
      i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done'
  container-logs --follow web >followed &
  follower=$!
  until_true grep -q ready followed
  container-kill --signal=USR1 web
  wait $follower
  [ "$(wc -l <followed)" = 3001 ]
  [ "$(tail -n 1 followed)" = 'line 2999' ]
  container-logs web | diff - followed
  # Of one that has ended it is the log.
  container-logs --follow --tail=1 web | grep -qx 'line 2999'
}

@test "a follower of a silent container sleeps" {
  root --name=web | rootfs-run --detach --output=web.json -- \
    /bin/sh -c 'echo ready; exec sleep 1000'
  container-logs --follow web >followed &
  follower=$!
  until_true grep -q ready followed
  # One that polls never does: it goes to sleep again and again.
  slept() { awk '/^voluntary/ { print $2 }' "/proc/$follower/status"; }
  stays_asleep() {
    local before
    before=$(slept)
    sleep 0.5
    [ "$(slept)" = "$before" ]
  }
  until_true stays_asleep
  container-stop web
  wait $follower
}

@test "--log-driver=none keeps nothing" {
  said 'echo lost; echo lost >&2; exit 0' --log-driver=none
  job "container-logs web"
  expect 1 'container-logs: the container has no log' --log-driver=none
  if container-inspect --id=web | grep '"log"'; then false; fi
}

@test "what is wrong with a log's options is named" {
  root >base.json
  local run='rootfs-run --input=base.json --detach'
  job "$run --log-opt=max-size=no -- true"
  expect 125 '--log-opt: max-size'
  job "$run --log-opt=max-files=2 -- true"
  expect 125 "--log-opt: 'max-files=2'"
  job "$run --log-opt=max-file=2 -- true"
  expect 125 'max-file without max-size'
  job "$run --log-driver=syslog -- true"
  expect 125 "--log-driver: 'syslog'"
  said 'true'
  job "container-logs --tail=some web"
  expect 1 "--tail: 'some'"
  job "container-logs --since=someday web"
  expect 1 "--since: 'someday'"
}
