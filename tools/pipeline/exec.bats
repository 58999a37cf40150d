# container-exec as docker exec: what a further program is given, at a terminal,
# in the background, and when it is refused.

load pipeline.bash

setup_file() { prepare_file; }

setup() {
  prepare
  limited --name=web | rootfs-run --detach --output=web.json --env=FROM=run -- \
    sleep 1000
}

teardown() {
  unwind --grace=0 --id=web || true
  finish
}

@test "the environment is the container's, --env-file's and --env's" {
  printf 'FILE=file\nBOTH=file\n' >env.list
  export MINE=caller
  job 'container-exec --id=web --env-file=env.list -e BOTH=flag -e MINE -- env'
  expect 0
  local expected
  for expected in FROM=run FILE=file BOTH=flag MINE=caller; do
    grep -qx "$expected" out
  done
}

@test "HOME is the user's, and the working directory can be chosen" {
  job 'container-exec --id=web --user=0 --workdir=/bin -- sh -c "id -u; pwd"'
  expect 0
  [ "$output" = $'0\n/bin' ]
  job 'container-exec --id=web --user=4711:4712 -- sh -c "id -u; id -g; echo \$HOME"'
  expect 0
  [ "$output" = $'4711\n4712\n/' ]
  job 'container-exec --id=web --workdir=bin -- true'
  expect 125 "'bin': give an absolute path"
}

@test "statuses are 126, 127, 128+N and the program's own" {
  job 'container-exec --id=web -- sh -c "exit 9"'
  expect 9
  job 'container-exec --id=web -- no-such-program'
  expect 127 'container-exec: run no-such-program'
  job 'container-exec --id=web -- /bin'
  expect 126 'container-exec: run /bin'
  job 'container-exec --id=web -- sh -c "kill -KILL \$\$"'
  expect 137
}

@test "signals are passed on" {
  mkfifo said
  container-exec --id=web -- sh -c \
    'trap "exit 33" TERM; echo ready; while :; do sleep 0.05; done' >said &
  exec=$!
  read -r _ <said
  kill -TERM $exec
  status=0
  wait $exec || status=$?
  [ "$status" = 33 ]
}

@test "--detach returns at once, and the program goes on" {
  job 'container-exec --id=web --detach --user=0 -- sh -c "echo >/tmp-made; exec sleep 999"'
  expect 0
  until_true container-exec --id=web -- test -e /tmp-made
  container-exec --id=web -- ps | grep -q 'sleep 999'
  job 'container-exec --id=web --detach -- no-such-program'
  expect 127 'container-exec: run no-such-program'
}

@test "--detach --tty keeps its terminal" {
  job 'container-exec --id=web -d -t --user=0 -- sh -c \
    "readlink /proc/self/fd/0 >/terminal; exec sleep 998"'
  expect 0
  until_true container-exec --id=web -- grep -q '^/dev/pts/' /terminal
  container-exec --id=web -- ps | grep -q 'sleep 998'
}

@test "--tty gives a terminal, and refuses -i of what is none as docker" {
  timeout 300 python3 "$BATS_TEST_DIRNAME/terminal.py" --size=31x71 'expect:pts' \
    'raw:' 'type:go\r' -- container-exec --id=web -it --user=0 -- sh -c \
    'readlink /proc/self/fd/0; echo $TERM; read -r line; echo "got $line"; exit 5' >said
  grep -q xterm said
  grep -q 'got go' said
  [ "$(tail -n 1 said)" = 'status 5' ]
  job 'container-exec --id=web -it -- true'
  expect 125 'the input device is not a TTY'
}

@test "--privileged gives all capabilities, otherwise it has the container's" {
  local all
  all=$(grep CapBnd /proc/self/status)
  job 'container-exec --id=web --privileged --user=0 -- grep CapBnd /proc/self/status'
  [ "$output" = "$all" ]
  container-exec --id=web -- grep -E '^(CapBnd|Seccomp|NoNewPrivs):' \
    /proc/self/status >joined
  container-exec --id=web -- grep -E '^(CapBnd|Seccomp|NoNewPrivs):' \
    /proc/1/status >first
  diff first joined
}

@test "a container that is paused is refused, with the cure" {
  container-pause --id=web || skip "nothing can be frozen here"
  job 'container-exec --id=web -- true'
  expect 125 'container web is paused, resume it before exec'
  container-resume --id=web
  container-exec --id=web -- true
}
