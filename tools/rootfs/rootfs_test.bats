# What overlay-mount and rootfs-run do with a root of busybox's.

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  [ -x /bin/busybox ] || skip "/bin/busybox is missing (busybox-static)"
  PATH=$PWD/tools/rootfs:$PWD/tools/cgroup:$PWD/tools/container:$PATH
  WORK=$(realpath "$BATS_TEST_TMPDIR")
  if [ "$(stat -f -c %T "$WORK")" = overlayfs ]; then
    WORK=$(mktemp -d /dev/shm/rootfs.XXXXXX)
  fi
  cd "$WORK" || return
  export CLEAT_RUN=$WORK/run CLEAT_STORE=$WORK/store
  mkdir -p root/bin root/etc
  cp /bin/busybox root/bin
  for applet in sh cat echo ls sleep true; do
    ln -s busybox "root/bin/$applet"
  done
  overlay-mount --lower=root | cat >root.json
}

teardown() {
  for state in "$CLEAT_RUN"/????????????????????????????????????????????????????????????????; do
    [ -d "$state" ] && unwind --id="${state##*/}"
  done
  case $WORK in /dev/shm/*) rm -rf "$WORK" ;; esac
}

# What a container leaves in the store and in the state directory.
leftovers() {
  ls "$CLEAT_STORE/overlay2" 2>/dev/null
  find "$CLEAT_RUN" -mindepth 1 -maxdepth 1 ! -name names 2>/dev/null
  true
}

@test "a template is described without any effect" {
  [ "$(cat root.json)" = '{"version":1,"rootfs":{"spec":{"lower":["'"$WORK"'/root"],"store":"'"$WORK"'/store"}}}' ]
  [ -z "$(leftovers)" ]
}

@test "the program's status is the tool's, and nothing is left" {
  run rootfs-run --input=root.json -- sh -c 'echo out; exit 7'
  [ "$status" = 7 ]
  [ "$output" = out ]
  [ -z "$(leftovers)" ]
}

@test "what cannot be run is 126, what is not there 127, what is wrong 125" {
  run rootfs-run --input=root.json -- absent
  [ "$status" = 127 ]
  [ "$output" = "rootfs-run: run absent: not found in the container's PATH" ]
  run rootfs-run --input=root.json -- /etc
  [ "$status" = 126 ]
  [ "$output" = "rootfs-run: run /etc: Permission denied" ]
  run rootfs-run --input=root.json --user=nobody -- true
  [ "$status" = 125 ]
  run rootfs-run --input=root.json --workdir=here -- true
  [ "$status" = 125 ]
  run rootfs-run --input=root.json
  [ "$status" = 125 ]
  [ -z "$(leftovers)" ]
}

@test "the document's stream is not the program's input" {
  [ -z "$(rootfs-run -- cat <root.json)" ]
  [ "$(echo mine | rootfs-run --input=root.json -- cat)" = mine ]
  echo file >in
  [ "$(rootfs-run --stdin=in -- cat <root.json)" = file ]
}

@test "--preserve-fd passes a descriptor on, and no other is" {
  echo jobs >fifo
  [ "$(rootfs-run --input=root.json --preserve-fd=7 -- sh -c 'cat <&7' 7<fifo)" = jobs ]
  [ "$(rootfs-run --input=root.json -- ls /proc/self/fd 7<fifo | tr '\n' ' ')" = "0 1 2 3 " ]
}

@test "--emit passes the document on, the program's output apart from it" {
  rootfs-run --emit -- sh -c 'echo said; echo made >/made' <root.json 2>err | cat >done.json
  [ "$(cat err)" = said ]
  [ "$(rootfs-run --input=done.json --emit -- cat /made 2>&1 >/dev/null | cat)" = made ]
}

@test "--emit of a program that fails emits nothing and undoes all" {
  rootfs-run --emit -- false <root.json >doc.json 2>/dev/null || status=$?
  [ "$status" = 127 ]
  rootfs-run --emit -- sh -c 'exit 3' <root.json >doc.json || status=$?
  [ "$status" = 3 ]
  [ ! -s doc.json ]
  [ -z "$(leftovers)" ]
}

@test "--detach returns, and the container runs on with its log and status" {
  rootfs-run --input=root.json --name=svc --detach --output=svc.json -- \
    sh -c 'trap "echo ended; exit 5" TERM; echo out; echo err >&2; while :; do sleep 0.1; done'
  [ "$(container-exec --id=svc -- sh -c 'echo $$; cat /proc/1/comm' | tail -1)" = sh ]
  until [ "$(container-logs --id=svc 2>/dev/null)" = out ]; do sleep 0.05; done
  run rootfs-run --input=svc.json -- true
  [ "$status" = 125 ]
  [[ "$output" == *"running already"* ]]
  unwind --id=svc
  [ -z "$(leftovers)" ]
}

@test "--detach holds nothing of the caller's" {
  # The pipe would stay open as long as anybody had it.
  rootfs-run --input=root.json --detach -- sleep 1000 | cat >svc.json
  unwind <svc.json
  [ -z "$(leftovers)" ]
}

@test "--detach tells what cannot be run, and leaves nothing" {
  run rootfs-run --input=root.json --detach -- absent
  [ "$status" = 127 ]
  [ -z "$(leftovers)" ]
}

@test "container-wait returns the status that the program ended with" {
  rootfs-run --input=root.json --name=job --detach --output=job.json -- sh -c 'exit 9'
  run container-wait --id=job
  [ "$status" = 9 ]
}

@test "--tmpfs keeps what is written in memory" {
  overlay-mount --lower=root --tmpfs=1m | cat >memory.json
  [ "$(rootfs-run --input=memory.json -- sh -c 'echo x >/file; cat /file')" = x ]
  run rootfs-run --input=memory.json -- sh -c 'busybox dd if=/dev/zero of=/big bs=1M count=2'
  [ "$status" != 0 ]
  [ -z "$(leftovers)" ]
}

@test "--read-only takes no directory and refuses writing" {
  overlay-mount --lower=root --read-only | cat >fixed.json
  mkdir -p root/proc root/sys root/dev
  run rootfs-run --input=fixed.json -- sh -c 'echo x >/file'
  [ "$status" != 0 ]
  [ ! -e "$CLEAT_STORE/overlay2" ]
}

@test "--at mounts on the host, and unwind takes it away" {
  mkdir at
  overlay-mount --lower=root --at=at | cat >at.json
  [ -x at/bin/busybox ]
  echo seen >at/file
  [ "$(rootfs-run --input=at.json --emit -- cat /file 2>&1 >/dev/null | cat)" = seen ]
  unwind <at.json
  [ ! -e at/bin ]
  [ -z "$(leftovers)" ]
}

@test "a signal is passed on; a deadly one that is not caught ends the container" {
  mkfifo ready
  rootfs-run --input=root.json -- sh -c 'trap "exit 4" TERM; echo; while :; do sleep 0.1; done' >ready &
  read -r <ready
  kill -TERM $!
  status=0
  wait $! || status=$?
  [ "$status" = 4 ]
  rootfs-run --input=root.json -- sh -c 'echo; exec sleep 1000' >ready &
  read -r <ready
  kill -HUP $!
  status=0
  wait $! || status=$?
  [ "$status" = 129 ]
  [ -z "$(leftovers)" ]
}

@test "a detached container cannot be asked to die with its caller" {
  run bash -c "echo '{\"version\":1}' |
    rootfs-run --detach --die-with-parent -- true"
  [ "$status" = 125 ]
  [[ "$output" == "rootfs-run: --die-with-parent: "* ]]
}

@test "a real-time caller is told what his container's group lacks" {
  dir=$(awk '$(NF - 2) == "cgroup" && $NF ~ /(^|,)cpu(,|$)/ { print $5 }' \
    /proc/self/mountinfo)
  [ -e "${dir:-/none}/cpu.rt_runtime_us" ] ||
    skip "this machine does not divide real-time programs' time"
  chrt --fifo 1 true 2>/dev/null || skip "no right to a real-time policy"
  cgset --pids-limit=50 --defer <root.json | cat >limited.json
  run chrt --fifo 1 rootfs-run --input=limited.json -- true
  [ "$status" = 125 ]
  [[ "$output" == *"give it some (cgset --cpu-rt-runtime="* ]]
  cgset --cpu-rt-runtime=50000 --defer <limited.json | cat >real-time.json
  chrt --fifo 1 rootfs-run --input=real-time.json -- true
  [ -z "$(leftovers)" ]
}

@test "each hierarchy shows the container's own group, read-only, as its root" {
  cgset --pids-limit=50 --defer <root.json | cat >limited.json
  rootfs-run --input=limited.json -- sh -c 'cat /proc/self/mountinfo
    cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max' >seen || :
  grep -qx 50 seen
  grep -q ' - cgroup' seen
  # As new mounts are: of no peer group, with a container's options.
  [ -z "$(awk '/ - cgroup/ && !($4 == "/" && $7 == "-" &&
    $6 ~ /^ro,nosuid,nodev,noexec(,relatime)?$/)' seen)" ]
  [ -z "$(leftovers)" ]
}

# A mount made in the first cgroup namespace would give its options to the
# hierarchy, the host's mount of it included.
@test "--cgroupns=host shows the container's own groups" {
  awk -F: '$2 == "pids" { found = 1 } END { exit !found }' /proc/self/cgroup ||
    skip "the pids controller is not of v1 here"
  cgset --pids-limit=50 --defer <root.json | cat >limited.json
  rootfs-run --input=limited.json --cgroupns=host -- sh -c '
    ls -l /proc/self/ns/cgroup; cat /proc/self/cgroup /proc/self/mountinfo' >seen
  grep -qF "$(readlink /proc/self/ns/cgroup)" seen
  own=$(awk -F: '$2 == "pids" { print $3 }' seen)
  [[ "$own" == */cleat-* ]]
  [ "$(awk '$5 == "/sys/fs/cgroup/pids" { print $4 }' seen)" = "$own" ]
  [ -z "$(leftovers)" ]
}
