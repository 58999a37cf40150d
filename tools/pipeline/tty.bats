# Programs at a terminal of their own: --tty and --init of rootfs-run and
# container-exec, driven by keys.

load pipeline.bash

setup_file() { prepare_file; }

setup() {
  prepare
  root >base.json
}

teardown() {
  if [ -n "${TMUX_SERVER:-}" ]; then
    tmux -L "$TMUX_SERVER" kill-server || true
    rm -rf "$TMUX_TMPDIR"
  fi
  finish
}

# at_terminal STEP... -- COMMAND...: see terminal.py. Leaves $output, $status.
at_terminal() {
  status=0
  output=$(timeout 300 python3 "$BATS_TEST_DIRNAME/terminal.py" "$@" 2>&1) ||
    status=$?
  [ "$status" = 0 ] || { echo "$output"; return 1; }
}

# in_shell STEP... : a shell in a container on a terminal.
RUN='rootfs-run --input=base.json --tty --user=0'

@test "the program has a terminal: its streams, its size, its type" {
  at_terminal --size=33x77 -- $RUN -- sh -c \
    'tty; stty size; echo $TERM; readlink /proc/self/fd/1; exit 7'
  [ "$output" = $'/dev/pts/0\n33 77\nxterm\n/dev/pts/0\nstatus 7' ]
}

@test "the terminal is /dev/console, and the program's user owns it" {
  at_terminal -- rootfs-run --input=base.json --tty --user=4711 -- sh -c \
    'echo on the console >/dev/console; stat -c "%u %t" /dev/pts/0 /dev/console'
  [ "$output" = $'on the console\n4711 88\n4711 88\nstatus 0' ]
}

@test "TERM of the image and of --env wins" {
  at_terminal -- $RUN --env=TERM=vt100 -- sh -c 'echo $TERM'
  [ "$output" = $'vt100\nstatus 0' ]
}

@test "keys go in, and Ctrl-C reaches the program, not the tool" {
  at_terminal 'expect:ready' 'type:a line\r' 'expect:got a line' 'raw:' \
    'type:\x03' -- $RUN -- sh -c 'trap "echo interrupted; exit 5" INT
      echo ready; read -r line; echo "got $line"; while :; do sleep 0.05; done'
  [[ $output == *interrupted$'\n'"status 5" ]]
}

@test "a shell has job control: Ctrl-Z stops, fg and bg go on" {
  # What is typed is echoed: only what is run writes the word in one.
  at_terminal 'expect:# ' \
    "type:sh -c 'trap \"echo aga\"in CONT; echo ru\"\"ns; while :; do sleep 0.05; done'\\r" \
    'expect:runs' 'type:\x1a' 'expect:Stopped' 'type:fg\r' 'expect:again' \
    'type:\x03' 'expect:# ' 'type:exit 4\r' -- $RUN -- sh -i
  [[ $output == *"status 4" ]]
  [[ $output != *"job control turned off"* ]]
}

@test "the end of input, Ctrl-D, ends a shell" {
  at_terminal 'expect:# ' 'type:\x04' -- $RUN -- sh -i
  [[ $output == *"status 0" ]]
}

@test "a window that changes its size tells the program" {
  at_terminal --size=10x20 'expect:10 20' 'size:55x66' 'expect:55 66' \
    -- $RUN -- sh -c 'trap "stty size; exit 0" WINCH; stty size
      while :; do sleep 0.05; done'
  [[ $output == *"status 0" ]]
}

@test "the terminal is raw only while the program runs, however that ends" {
  local signal
  at_terminal 'expect:ready' 'raw:' 'type:x\r' -- $RUN -- sh -c \
    'echo ready; read -r line'
  # A shell ignores QUIT: the word comes from the program that it becomes.
  for signal in TERM HUP INT QUIT; do
    at_terminal 'expect:ready' 'raw:' "signal:$signal" -- $RUN -- \
      sh -c 'echo ready >/said; exec tail -f /said'
    [[ $output == *"status $((128 + $(kill -l $signal)))" ]]
  done
  # Before the program: the modes were never touched.
  at_terminal -- $RUN -- no-such-program
  [[ $output == *"status 127" ]]
  at_terminal -- $RUN --workdir=/etc/passwd -- true
  [[ $output == *"status 125" ]]
}

@test "a tool that crashes restores the terminal" {
  at_terminal 'expect:ready' 'raw:' 'signal:SEGV' -- $RUN -- \
    sh -c 'echo ready; exec sleep 1000'
  [[ $output == *"status 139" ]]
  unwind --grace=0 --id="$(container-list --quiet)"
}

@test "a tool that is stopped and continued sets the modes anew" {
  at_terminal 'expect:ready' 'raw:' 'stop:TSTP' 'sane:' 'signal:CONT' 'raw:' \
    'stop:STOP' 'mode:sane' 'sane:' 'signal:CONT' 'raw:' \
    'type:on\r' 'expect:got on' -- \
    $RUN -- sh -c 'echo ready; read -r line; echo "got $line"'
  [[ $output == *"status 0" ]]
}

@test "nothing of the output is lost, however much and however slow the reader" {
  job "$RUN -- /bin/busybox seq 1 200000 | { sleep 0.3; tr -d '\\r' | cksum; }"
  [ "$output" = "$(seq 1 200000 | cksum)" ]
  at_terminal -- $RUN -- /bin/busybox seq 1 20000
  [ "$output" = "$(seq 1 20000; echo status 0)" ]
}

@test "a reader that goes away hangs the program up" {
  job "$RUN -- sh -c 'while :; do echo y; done' | head -n 1"
  [ "$output" = $'y\r' ]
}

@test "input that is no terminal is typed, and its end is Ctrl-D" {
  job "printf 'a\nb' | $RUN -- sh -c 'stty -echo; tty >&2; cat; echo; echo end'"
  [ "$status" = 0 ]
  [[ $output == *a*b*end* ]]
  job "$RUN -- sh -c 'cat; exit 3' </dev/null"
  [ "$status" = 3 ]
}

@test "in a pipeline the input is the caller's terminal" {
  at_terminal 'expect:ready' 'type:typed\r' -- sh -c \
    'cat base.json | rootfs-run --tty -- sh -c "echo ready; read -r l; echo got \$l"'
  [[ $output == *"got typed"*"status 0" ]]
}

@test "in the background, what it writes to its terminal is in the log" {
  rootfs-run --input=base.json --name=web --detach --tty --output=web.json -- \
    sh -c 'tty; echo err >&2; echo $TERM; exit 6'
  job 'container-wait --id=web'
  expect 6
  [ "$(container-logs --id=web)" = $'/dev/pts/0\r\nerr\r\nxterm\r' ]
  unwind --id=web
}

@test "a terminal in the background lasts as long as the program" {
  rootfs-run --input=base.json --name=web --detach --tty --output=web.json -- \
    sh -c 'read -r line; echo "no more: $?"'
  rest=$(get process.state.status web.json)
  [ "$rest" = running ]
  container-exec --id=web -- sh -c 'kill -0 1'
  unwind --grace=0 --id=web
}

@test "a container with a terminal dies with its tool, by SIGKILL too" {
  rootfs-run --input=base.json --tty --init -- sh -c 'echo ready; exec sleep 1000' \
    >said </dev/null &
  run=$!
  until_true grep -q ready said
  id=$(container-list --quiet)
  init=$(container-inspect --id="$id" --get=process.state.init.pid)
  kill -KILL $run
  wait $run || true
  until_true [ ! -e "/proc/$init/root/bin" ]
  unwind --id="$id"
}

@test "vi and top work in tmux, through resize, Ctrl-C and Ctrl-Z" {
  command -v tmux >/dev/null || skip "tmux is not installed"
  TMUX_SERVER=cleat.$$.$RANDOM
  # The path of a socket is short (unix(7): 108 bytes).
  TMUX_TMPDIR=$(mktemp -d /tmp/tmux.XXXXXX)
  export TMUX_TMPDIR
  local mux="tmux -L $TMUX_SERVER -f /dev/null"
  $mux new-session -d -x 80 -y 24 \
    "$RUN --env=PS1='ready# ' -- sh -i; echo ended \$? >status; sleep 1000"
  shows() { $mux capture-pane -p | grep -qE "$1"; }
  until_true shows '^ready#'
  $mux send-keys 'busybox vi /note' Enter
  until_true shows '^~'
  $mux send-keys i 'written in vi' Escape
  until_true shows '^written in vi'
  $mux resize-window -x 100 -y 40
  # As many lines as the window has now.
  filled() { [ "$($mux capture-pane -p | grep -c '^~')" -gt 30 ]; }
  until_true filled
  $mux send-keys ':wq' Enter
  until_true shows '^ready#'
  $mux send-keys 'busybox clear; busybox stty size; cat /note' Enter
  until_true shows '^40 100'
  until_true shows '^written in vi'
  $mux send-keys 'busybox clear; busybox top' Enter
  until_true shows 'PID +PPID'
  $mux send-keys C-c
  until_true shows '^ready#'
  $mux send-keys 'busybox clear; busybox vi /note' Enter
  until_true shows '^~'
  $mux send-keys C-z
  until_true shows 'Stopped'
  $mux send-keys 'fg' Enter
  until_true shows '^written in vi'
  $mux send-keys ':q!' Enter
  until_true shows '^ready#'
  $mux send-keys 'exit 9' Enter
  until_true grep -q 'ended 9' status
}

@test "--init: a first process reaps orphans and ends as the program does" {
  job "rootfs-run --input=base.json --init --user=0 -- sh -c \
    'tr \"\\0\" \" \" </proc/1/cmdline; echo; readlink /proc/1/exe; echo \$\$ \$PPID
    (sleep 0 & ) ; (sh -c \"sleep 0.1 & exit\")
    while grep -sqx \"Name:.sleep\" /proc/[0-9]*/status; do :; done; exit 42'"
  expect 42
  [[ ${output%%$'\n'*} == 'cleat-init -- sh -c '* ]]
  [[ $output == *$'\n/memfd:cleat-init (deleted)\n2 1' ]]
}

@test "--init: statuses are those without" {
  local run='rootfs-run --input=base.json --init'
  job "$run -- no-such-program"
  expect 127 'rootfs-run: run no-such-program: not found'
  job "$run -- /etc/passwd"
  expect 126 'rootfs-run: ' /etc/passwd
  job "$run -- sh -c 'kill -KILL \$\$'"
  expect 137
  printf '#!/no/such/interpreter\n' >script
  chmod +x script
  job "$run --mount=type=bind,src=$WORK/script,dst=/script -- /script"
  expect 127 '/script: it exists, but the interpreter'
}

@test "--init: signals reach the program, a deadly one ends it with 128+N" {
  mkfifo said
  rootfs-run --input=base.json --init -- sh -c "
    trap 'exit 33' TERM; echo ready; while :; do sleep 0.05; done" >said &
  run=$!
  read -r _ <said
  kill -TERM $run
  status=0
  wait $run || status=$?
  [ "$status" = 33 ]
  rootfs-run --input=base.json --init -- sh -c 'echo ready; exec sleep 1000' \
    >said &
  run=$!
  read -r _ <said
  kill -INT $run
  status=0
  wait $run || status=$?
  [ "$status" = 130 ]
}

@test "--init with --tty: the program has the keys and job control" {
  at_terminal 'expect:# ' "type:sh -c 'echo ru\"\"ns; exec sleep 1000'\\r" \
    'expect:runs' 'type:\x1a' \
    'expect:Stopped' 'type:kill %1; ps; exit 8\r' \
    'expect:stopped jobs' 'type:exit 8\r' -- $RUN --init -- sh -i
  [[ $output == *"cleat-init -- sh -i"*"status 8" ]]
  at_terminal 'expect:ready' 'type:\x03' -- $RUN --init -- \
    sh -c 'trap "exit 6" INT; echo ready; while :; do sleep 0.05; done'
  [[ $output == *"status 6" ]]
}
