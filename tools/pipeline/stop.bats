# Stopping, pausing and looking at containers that run.

load pipeline.bash

setup_file() { prepare_file; }

setup() { prepare; }

teardown() {
  container-list --quiet | xargs -r unwind --grace=0
  finish
}

# service NAME [OPTION...] -- PROGRAM...: a detached container with limits.
service() {
  local name=$1
  shift
  limited --name="$name" |
    rootfs-run --detach --output="$name.json" --user=0 "$@"
}

# trapping NAME COMMAND [OPTION...]: a container that runs COMMAND on TERM and
# is ready to.
trapping() {
  local name=$1 command=$2
  shift 2
  service "$name" "$@" -- /bin/sh -c "trap '$command' TERM INT
    echo READY; while :; do sleep 0.1; done"
  until_true has_said "$name" READY
}

has_said() {
  container-logs "$1" 2>/dev/null | grep -q "$2"
}

state() {
  container-inspect --id="$1" --get=process.state.status
}

exit_status() {
  container-inspect --id="$1" --get=process.state.exitStatus
}

@test "container-stop sends the stop signal, and what catches it ends itself" {
  trapping web 'exit 7'
  job "container-stop web"
  expect 0
  [ "$output" = web ]
  [ "$(state web)" = stopped ]
  [ "$(exit_status web)" = 7 ]
  # Once more is success, as with docker stop.
  job "container-stop web"
  expect 0
  [ "$output" = web ]
}

@test "container-stop takes --signal, else the container's own, else the image's" {
  trapping web 'exit 3' --stop-signal=INT
  container-stop --time=60 web
  [ "$(exit_status web)" = 3 ]
  grep -q 'send INT to process' trace
  unwind web
  trapping web 'exit 4' --stop-signal=KILL
  container-stop --signal=SIGTERM web
  [ "$(exit_status web)" = 4 ]
}

@test "an image whose stop signal is none is stopped with TERM" {
  root --name=web | sed "s/\"stopSignal\":\"[^\"]*\"/\"stopSignal\":\"SIGFOO\"/" |
    rootfs-run --detach --output=web.json -- sh -c "trap 'exit 4' TERM
      echo READY; while :; do sleep 0.1; done"
  [ "$(get image.state.config.stopSignal web.json)" = SIGFOO ]
  until_true has_said web READY
  container-stop --time=60 web
  [ "$(exit_status web)" = 4 ]
}

@test "who ignores the signal is killed when the time is over" {
  trapping web ':'
  job "container-stop --time=200ms web"
  expect 0
  [ "$(exit_status web)" = 137 ]
}

@test "a first process that the signal does not reach is not waited for" {
  service web -- sleep 1000
  until_true grep -q sleep "/proc/$(get process.state.init.pid web.json)/comm"
  container-stop --time=1000 web
  [ "$(exit_status web)" = 137 ]
}

@test "several are stopped at once, and one error keeps none from it" {
  trapping a 'exit 1'
  trapping b 'exit 2'
  job "container-stop a none b"
  expect 1 "container-stop: container 'none'"
  [ "$output" = "a
b" ]
  [ "$(exit_status a) $(exit_status b)" = "1 2" ]
}

@test "several are killed, and one error keeps none from it" {
  trapping a 'exit 1'
  trapping b 'exit 2'
  job "container-kill --signal=TERM a none b absent"
  expect 1 "container-kill: container 'none'" "'absent'"
  [ "$(container-wait a; echo $?) $(container-wait b; echo $?)" = "1 2" ]
}

@test "containers to stop come from documents, too" {
  trapping web 'exit 0'
  container-stop <web.json
  [ "$(state web)" = stopped ]
}

@test "bad arguments of container-stop are named" {
  job "container-stop --signal=NONE web"
  expect 1 NONE
  job "container-stop --time=soon web"
  expect 2 "--time: 'soon'"
  job "container-stop </dev/null"
  expect 3
}

@test "a paused container does not run, is listed so, and goes on" {
  trapping web 'exit 5'
  job "container-pause web"
  expect 0
  [ "$output" = web ]
  [ "$(state web)" = paused ]
  container-list | grep -qE ' web +paused +[0-9]+ '
  # No process of it gets any time while another one is at work.
  init=$(get process.state.init.pid web.json)
  before=$(cut -d ' ' -f 14-15 "/proc/$init/stat")
  container-top web >/dev/null
  [ "$(cut -d ' ' -f 14-15 "/proc/$init/stat")" = "$before" ]
  job "container-pause web"
  expect 1 'container web is paused already'
  container-resume web
  [ "$(state web)" = running ]
  job "container-resume web"
  expect 1 'container web is not paused'
  container-stop web
  [ "$(exit_status web)" = 5 ]
  job "container-pause web"
  expect 1 'container web does not run'
}

@test "a paused container can be stopped, killed and unwound" {
  trapping web 'exit 6'
  container-pause web
  container-stop --time=60 web
  [ "$(exit_status web)" = 6 ]
  unwind web
  trapping web ':'
  container-pause web
  container-kill web
  job "container-resume web; container-wait web"
  [ "$status" = 137 ]
  unwind web
  trapping web 'exit 0'
  container-pause web
  unwind web
  assert_nothing_left
}

@test "what has no cgroup with a freezer cannot be paused; the cure is named" {
  root --name=web | rootfs-run --detach --output=web.json -- sleep 1000
  job "container-pause web"
  expect 1 'container web: no cgroup of it can be frozen' cgset
}

@test "container-top shows pids of both sides, users and commands" {
  service web -- /bin/sh -c 'sleep 1000; :'
  init=$(get process.state.init.pid web.json)
  until_true test -n "$(cat "/proc/$init/task/$init/children")"
  container-top web >top
  head -n 1 top | grep -qE '^PID +INSIDE +PPID +USER +STATE +TIME +RSS +COMMAND$'
  grep -qE "^$init +1 +[0-9]+ +root +S +00:00:0[0-9] +[0-9.]+[KM]iB +/bin/sh -c sleep 1000; :$" top
  grep -qE "^[0-9]+ +[2-9] +$init +root +S .* sleep 1000$" top
  container-top --json --id=web >json
  [ "$(wc -l <json)" = 2 ]
  grep -q "\"pid\":$init,\"containerPid\":1,.*\"args\":\[\"/bin/sh\",\"-c\",\"sleep 1000; :\"\]" json
  # Without a cgroup the PID namespace tells.
  root --name=bare | rootfs-run --detach --output=bare.json -- sleep 1000
  [ "$(container-top bare | wc -l)" = 2 ]
}

@test "container-top hands ps's options on, as docker top" {
  command -v ps >/dev/null || skip "ps is not installed"
  service web -- sleep 1000
  init=$(get process.state.init.pid web.json)
  container-top web -o pid,args >top
  [ "$(sed 's/^ *//; s/  */ /g' top)" = "PID COMMAND
$init sleep 1000" ]
  container-top --id=web -- -eo user,pid,args |
    grep -qE "^[a-z]+ +$init sleep 1000$"
  job "container-top web -o args"
  expect 1 'no column PID'
  job "container-top web --no-such-option"
  expect 1 'container-top: ps: '
  job "container-top --json web aux"
  expect 1 '--json'
  job "container-top"
  expect 1 'which container?'
  container-stop web
  job "container-top web"
  expect 1 'container web does not run'
}
