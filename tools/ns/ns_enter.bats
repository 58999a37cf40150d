# ns-enter side by side with util-linux's nsenter: for each option the same
# namespaces, ids, directories and exit status, as root and as an ordinary
# user; and what ns-enter has beyond it. CLEAT_NSENTER names another nsenter to
# compare with (2.38 lacks options of 2.40; those are tested by themselves).

setup_file() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  command -v nsenter >/dev/null || skip "util-linux's nsenter is missing"
  unshare --mount true || skip "no mount namespace can be made here"
  # Where an ordinary user may go, too.
  BIN=$(mktemp -d /tmp/ns-enter.XXXXXX)
  export BIN
  chmod 755 "$BIN"
  cp "$PWD/tools/ns/ns-enter" "$BIN"
  cat >"$BIN/probe" <<'EOF'
#!/bin/sh
for kind in cgroup ipc mnt net pid pid_for_children time user uts; do
  readlink "/proc/self/ns/$kind"
done
grep '^[UG]id\|^Groups\|^Cap' /proc/self/status
hostname
/bin/pwd
echo "$@"
EOF
  chmod 755 "$BIN/probe"
  start ALL --mount --uts --ipc --net --pid --cgroup --time
  start USER --mount --uts --ipc --net --pid --user --map-root-user
}

teardown_file() {
  [ -z "$BIN" ] || kill -9 "$(cat "$BIN/ALL.parent")" "$(cat "$BIN/USER.parent")"
  rm -rf "$BIN"
}

setup() {
  PATH=$BIN:$PATH
  PEER=${CLEAT_NSENTER:-nsenter}
  ALL=$(cat "$BIN/ALL")
  USER=$(cat "$BIN/USER")
  TOP=$PWD
  cd "$BATS_TEST_TMPDIR" || return
}

# start NAME UNSHARE-OPTION...: a process in new namespaces; its number is in
# $BIN/NAME, and ending the one in $BIN/NAME.parent ends it.
start() {
  local name=$1 rename=:
  shift
  [[ "$*" != *--uts* ]] || rename="hostname $name"
  unshare --fork --kill-child --mount-proc "$@" setsid sh -c \
    "$rename; cd /tmp; : >$BIN/$name.ready; exec sleep 1000" \
    3>&- >/dev/null 2>&1 &
  echo $! >"$BIN/$name.parent"
  until [ -e "$BIN/$name.ready" ]; do sleep 0.02; done
  cat "/proc/$!/task/$!/children" | tr -d ' ' >"$BIN/$name"
}

# Runs a command as an ordinary user.
as_user() {
  setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# same ARGUMENT...: ns-enter and nsenter with them do the same.
same() {
  local theirs their_status=0 ours our_status=0
  theirs=$("$PEER" "$@" 2>/dev/null) || their_status=$?
  ours=$(ns-enter "$@" 2>/dev/null) || our_status=$?
  echo "$*: status $our_status, not $their_status"
  diff <(echo "$theirs") <(echo "$ours")
  [ "$our_status" = "$their_status" ]
}

# fails TEXT ARGUMENT...: one line with the text, status 1.
fails() {
  local text=$1
  shift
  run ns-enter "$@"
  echo "$output"
  [ "$status" = 1 ]
  [ "${#lines[@]}" = 1 ]
  [[ "$output" == "ns-enter: "*"$text"* ]]
}

@test "each kind of namespace, of a process and of a file, is entered alone" {
  local kind file
  for kind in mount uts ipc net pid cgroup time; do
    file=${kind/mount/mnt}
    same --target="$ALL" "--$kind" probe
    same "--$kind=/proc/$ALL/ns/$file" probe
  done
}

@test "letters take their file behind them, with or without '='" {
  local letter
  for letter in m:mnt u:uts i:ipc n:net p:pid C:cgroup T:time; do
    same -t "$ALL" "-${letter%:*}" probe
    same "-${letter%:*}/proc/$ALL/ns/${letter#*:}" probe
    # Before 2.39 nsenter takes "=" for a part of the name.
    diff <(ns-enter "-${letter%:*}=/proc/$ALL/ns/${letter#*:}" probe) \
      <(ns-enter "-${letter%:*}/proc/$ALL/ns/${letter#*:}" probe)
  done
}

@test "all namespaces are entered, with and without a user namespace" {
  same --target "$ALL" --all probe
  same -at "$USER" probe
  same -t "$USER" -a "--net=/proc/$ALL/ns/net" probe
  same -t "$USER" -U -n -u -m probe
  same -t "$USER" --ut --mou --ip probe
}

@test "files and processes mix, whichever gives the rights" {
  same "--user=/proc/$USER/ns/user" "--net=/proc/$USER/ns/net" probe
  same "--net=/proc/$ALL/ns/net" -t "$USER" --user probe
}

@test "ids: 0 in a user namespace, those asked for, or as they were" {
  same -t "$USER" --user probe
  same -t "$USER" --user --preserve-credentials probe
  same -t "$USER" -U --preserve probe
  same -t "$USER" -U -S 0 -G 0 probe
  same -t "$USER" -U -S 5 probe
  same -t "$USER" -U -G 5 probe
  same -t "$ALL" --uts -S 1000 -G 1000 probe
  same -t "$ALL" --uts -G 7 probe
  same -t "$ALL" --uts -S none probe
}

@test "the ids of the target are followed" {
  setpriv --reuid=1234 --regid=4321 --clear-groups sleep 1000 3>&- &
  until [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.02; done
  run ns-enter -t $! --net --setuid=follow --setgid=follow id -u
  kill $!
  [ "$output" = 1234 ]
  run ns-enter -t "$USER" -U -S follow -G follow id -u
  [ "$output" = 0 ]
  fails "--setuid: whose?" "--net=/proc/$ALL/ns/net" -S follow true
}

@test "capabilities of the user namespace stay with --keep-caps" {
  run ns-enter -t "$USER" -U --keep-caps setpriv --dump
  [[ "$output" == *"Ambient capabilities: chown,"* ]]
  run ns-enter -t "$USER" -U setpriv --dump
  [[ "$output" == *"Ambient capabilities: [none]"* ]]
}

@test "root and working directory: of the target, of outside, of inside" {
  mkdir -p "root/$BATS_TEST_TMPDIR"
  same -t "$ALL" --net -r probe
  same -t "$ALL" --net -w probe
  same -t "$ALL" -m -w/usr probe
  same -t "$ALL" -m --wd="$BATS_TEST_TMPDIR" /bin/pwd
  same -t "$ALL" -m -W/usr/lib probe
  same -t "$ALL" -m --wdns=/nowhere probe
  same -t "$ALL" -m -w -W/usr probe
  same --root=/nowhere -t "$ALL" -m true
  same -t "$ALL" -m -r/usr -W/lib /bin/pwd
  # What lies outside of the new root remains the working directory.
  [ "$(ns-enter -r/ -w/usr pwd)" = /usr ]
}

@test "a PID namespace: forks, or only its children are there" {
  [ "$(ns-enter -t "$ALL" -p -m readlink /proc/self/ns/pid)" = "$(readlink "/proc/$ALL/ns/pid")" ]
  same -t "$ALL" -p -F sh -c 'readlink /proc/self/ns/pid /proc/self/ns/pid_for_children'
  same -t "$ALL" -p --no-fork sh -c 'exit 7'
}

@test "the exit status is the program's, or says why it did not run" {
  same -t "$ALL" -n sh -c 'exit 5'
  same -t "$ALL" -n no-such-program
  same -t "$ALL" -n /etc
  same -t "$ALL" -p sh -c 'kill -9 $$'
  same -t "$ALL" -n sh -c 'kill -15 $$'
  same -t 4194303 -n true
  same --no-such-option
}

@test "without a program the shell of \$SHELL reads commands, as a login shell" {
  echo "echo \$0; hostname" >commands
  run env SHELL=/bin/sh "$BIN/ns-enter" -t "$ALL" -u <commands
  [ "$output" = $'-sh\nALL' ]
  run env -u SHELL "$BIN/ns-enter" -t "$ALL" -u <commands
  [ "$output" = $'-sh\nALL' ]
}

@test "an ordinary user enters what he made, and nothing else" {
  setpriv --reuid=65534 --regid=65534 --clear-groups \
    unshare --user --map-root-user --net --uts sleep 1000 3>&- &
  local own=$!
  until [ "$(readlink /proc/$own/ns/uts)" != "$(readlink /proc/self/ns/uts)" ] &&
    [ "$(cat /proc/$own/comm)" = sleep ]; do sleep 0.02; done
  local bad=0
  local arguments=(-t "$own" --user --net --uts --preserve-credentials)
  diff <(as_user "$PEER" "${arguments[@]}" "$BIN/probe") \
    <(as_user "$BIN/ns-enter" "${arguments[@]}" "$BIN/probe") || bad=1
  # nsenter's --all fails: it would join again what both share with the outside.
  run as_user "$BIN/ns-enter" -t $own --all --preserve-credentials "$BIN/probe"
  [ "$status" = 0 ] && [ "${lines[3]}" = "$(readlink /proc/$own/ns/net)" ] || bad=1
  run as_user "$BIN/ns-enter" -t $own -n true
  [[ "$output" == *"join namespace net of the target (it takes CAP_SYS_ADMIN"*"--user"* ]] || bad=1
  run as_user "$BIN/ns-enter" -t $own -U true
  [[ "$output" == *"drop supplementary groups (where the user namespace denies setgroups, --preserve-credentials keeps them): Operation not permitted" ]] || bad=1
  run as_user "$BIN/ns-enter" -t "$ALL" -n true
  [[ "$output" == *"Operation not permitted" ]] || bad=1
  kill $own
  [ "$bad" = 0 ]
}

@test "namespaces by inode number and by id" {
  local inode
  inode=$(stat -Lc %i "/proc/$ALL/ns/net")
  [ "$(ns-enter --net="$inode" readlink /proc/self/ns/net)" = "net:[$inode]" ]
  [ "$(ns-enter --net="net:[$inode]" readlink /proc/self/ns/net)" = "net:[$inode]" ]
  fails "net namespace 12: none of that number" --net=12 true
  fails "uts namespace $inode: none" --uts="$inode" true
  command -v python3 >/dev/null || skip "python3 is missing: no id"
  local id
  id=$(python3 -c '
import fcntl, sys
print(int.from_bytes(fcntl.ioctl(open(sys.argv[1]), 0x8008b70d, bytes(8)), "little"))
' "/proc/$ALL/ns/net") || skip "this kernel gives namespaces no id"
  [ "$(ns-enter --net=":$id" readlink /proc/self/ns/net)" = "net:[$inode]" ]
}

@test "a namespace that only a descriptor or a mount keeps is found, too" {
  # Loopback is down in a new one: what is found is that one.
  unshare --net sh -c "exec 7</proc/self/ns/net; readlink /proc/self/ns/net >fd; exec nsenter --net=/proc/self/fd/8 sleep 1000" 8</proc/self/ns/net 3>&- &
  until [ -s fd ] && [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.02; done
  run ns-enter --net="$(cat fd)" readlink /proc/self/ns/net
  kill $!
  [ "$output" = "$(cat fd)" ]

  touch file
  unshare --mount sh -c "unshare --net sh -c 'readlink /proc/self/ns/net; mount --bind /proc/self/ns/net file' >mount; : >ready; exec sleep 1000" 3>&- &
  until [ -e ready ]; do sleep 0.02; done
  run ns-enter --net="$(cat mount)" readlink /proc/self/ns/net
  kill $!
  [ "$output" = "$(cat mount)" ]
}

@test "the target by pidfd, and a number that is another process's is refused" {
  command -v python3 >/dev/null || skip "python3 is missing: no pidfd"
  run python3 -c '
import os, subprocess, sys
fd = os.pidfd_open(int(sys.argv[1]))
os.set_inheritable(fd, True)
subprocess.run(["ns-enter", f"--pidfd={fd}", "-n", "readlink", "/proc/self/ns/net"], pass_fds=[fd])
print(os.stat(fd).st_ino, flush=True)
child = os.fork()
if child == 0: os._exit(0)
fd = os.pidfd_open(child)
os.set_inheritable(fd, True)
os.waitpid(child, 0)
print(subprocess.run(["ns-enter", f"--pidfd={fd}", "-n", "true"], pass_fds=[fd]).returncode)
' "$ALL"
  [ "${lines[0]}" = "$(readlink "/proc/$ALL/ns/net")" ]
  [ "${lines[2]}" = "ns-enter: the process of pidfd 3 has ended" ] ||
    [[ "${lines[2]}" == "ns-enter: the process of pidfd "*" has ended" ]]
  [ "${lines[3]}" = 1 ]
  local inode=${lines[1]}
  [ "$(ns-enter -t "$ALL:$inode" -u hostname)" = ALL ]
  fails "process $ALL:7 has ended; $ALL is another one now" -t "$ALL:7" -u true
  fails "descriptor 0: no pidfd" --pidfd=0 -u true
}

@test "the environment of the target" {
  env -i INNER=yes PATH=/usr/bin:/bin sleep 1000 3>&- &
  until [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.02; done
  run env OUTER=yes "$BIN/ns-enter" -t $! --uts="/proc/$ALL/ns/uts" -e env
  kill $!
  echo "$output"
  [ "$output" = $'INNER=yes\nPATH=/usr/bin:/bin' ]
}

@test "the cgroups of the target, of every hierarchy" {
  local group groups=()
  while read -r _ group type options _; do
    case $type:$options in cgroup2:* | cgroup:*pids* | cgroup:*freezer*) ;; *) continue ;; esac
    group=$group/cleat-ns-enter-test.$$
    mkdir "$group" && groups+=("$group")
  done </proc/mounts
  [ "${#groups[@]}" -gt 0 ] || skip "no cgroup hierarchy is mounted"
  sleep 1000 3>&- &
  local target=$! expected
  for group in "${groups[@]}"; do echo $target >"$group/cgroup.procs"; done
  expected=$(cat /proc/$target/cgroup)
  run ns-enter -t $target --join-cgroup cat /proc/self/cgroup
  kill $target
  wait $target || true
  for group in "${groups[@]}"; do rmdir "$group"; done
  diff <(echo "$expected") <(echo "$output")
}

@test "the net namespace of a socket of the target" {
  command -v ip >/dev/null || skip "ip is missing"
  unshare --net bash -c 'ip link set lo up; readlink /proc/self/ns/net >net
    exec 9<>/dev/udp/127.0.0.1/9; exec nsenter --net=/proc/self/fd/8 sleep 1000' 8</proc/self/ns/net 3>&- &
  until [ -s net ] && [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.02; done
  run ns-enter -t $! -N 9 readlink /proc/self/ns/net
  local found=$output
  run ns-enter -t $! -N 77 true
  kill $!
  [ "$found" = "$(cat net)" ]
  [[ "$output" == *"copy the process's descriptor 77: Bad file descriptor" ]]
}

@test "the parent of a user namespace" {
  unshare --user --map-root-user --fork --kill-child sh -c \
    'readlink /proc/self/ns/user >parent; exec unshare --user --map-root-user --net sleep 1000' 3>&- &
  local outer=$! target
  until [ -s parent ] && target=$(tr -d ' ' <"/proc/$outer/task/$outer/children") &&
    [ "$(cat "/proc/$target/comm")" = sleep ]; do sleep 0.02; done
  run ns-enter -t "$target" --user-parent readlink /proc/self/ns/user
  local of_target=$output
  run ns-enter --net="/proc/$target/ns/net" --user-parent readlink /proc/self/ns/user
  local owner=$output
  local own
  own=$(readlink "/proc/$target/ns/user")
  kill -9 $outer
  [ "$of_target" = "$(cat parent)" ]
  [ "$owner" = "$own" ]
}

@test "signals sent to ns-enter reach the program, and it dies of the same" {
  ns-enter -t "$ALL" -p sleep 1000 3>&- &
  local parent=$! child
  until child=$(tr -d ' ' <"/proc/$parent/task/$parent/children") && [ -n "$child" ] &&
    [ "$(cat "/proc/$child/comm")" = sleep ]; do sleep 0.02; done
  kill -TERM $parent
  local status=0
  wait $parent || status=$?
  [ "$status" = 143 ]
  if kill -0 "$child"; then false; fi
}

@test "a program that catches a signal decides itself" {
  ns-enter -t "$ALL" -p sh -c "trap 'exit 9' USR1; : >$BATS_TEST_TMPDIR/ready; while :; do sleep 0.02; done" 3>&- &
  until [ -e ready ]; do sleep 0.02; done
  kill -USR1 $!
  local status=0
  wait $! || status=$?
  [ "$status" = 9 ]
}

@test "when the program stops, ns-enter stops; continued, both go on" {
  ns-enter -t "$ALL" -p sleep 1000 3>&- &
  local parent=$! child
  until child=$(tr -d ' ' <"/proc/$parent/task/$parent/children") && [ -n "$child" ] &&
    [ "$(cat "/proc/$child/comm")" = sleep ]; do sleep 0.02; done
  kill -STOP "$child"
  until grep -q '^State:.T' "/proc/$parent/status"; do sleep 0.02; done
  kill -CONT $parent
  until grep -q '^State:.S' "/proc/$parent/status" &&
    grep -q '^State:.S' "/proc/$child/status"; do sleep 0.02; done
  kill -KILL "$child"
  local status=0
  wait $parent || status=$?
  [ "$status" = 137 ]
}

@test "nothing inside can look into ns-enter while it waits for its child" {
  start WATCH --user --map-root-user --pid
  ns-enter -t "$(cat "$BIN/WATCH")" -U -p sleep 1000 3>&- &
  local parent=$!
  until [ -n "$(cat "/proc/$parent/task/$parent/children")" ]; do sleep 0.02; done
  # The kernel gives what lies below /proc/PID of such a process to root.
  run ns-enter -t "$(cat "$BIN/WATCH")" -U cat "/proc/$parent/environ"
  kill -9 "$(cat "$BIN/WATCH.parent")"
  wait $parent || true
  [ "$status" = 1 ]
  [[ "$output" == *"Permission denied"* ]]
}

@test "wrong use is one line that says what would help" {
  fails "there is no process 4194303" -t 4194303 -n true
  fails "target 'init': a process number is expected" -t init -n true
  fails "/etc/passwd: no namespace (a file of /proc/PID/ns or a bind mount" --net=/etc/passwd true
  fails "of kind uts, not net (--uts enters it)" --net="/proc/$ALL/ns/uts" true
  fails "open /nowhere: No such file" --net=/nowhere true
  fails "--net: whose? --target=PID or --id=ID says so" --net true
  fails "--all: whose?" --all true
  fails "no namespace is named" true
  fails "this process is in it already (leave out --user)" -t $$ --user true
  fails "--wd and --wdns exclude each other" -t "$ALL" -m -w -W/usr true
  fails "--target, --pidfd, --id, --input and --pin exclude each other" -t "$ALL" --id=x -m true
  fails "--setuid: 'me': a number or 'follow' is expected" -t "$ALL" -n -S me true
  fails "become user 5 (the user namespace does not map it" -t "$USER" -U -S 5 true
  [ -e /sys/fs/selinux/enforce ] ||
    fails "SELinux is not in force" -t "$ALL" -n --follow-context true
}

@test "a kernel without the kind is told, where others work" {
  command -v python3 >/dev/null || skip "python3 is missing: no filter"
  [ "$(uname -m)" = x86_64 ] || skip "the filter is one for x86_64"
  run python3 "$BATS_TEST_DIRNAME/without_time.py" "$BIN/ns-enter" -t "$ALL" -T -u true
  [ "$status" = 1 ]
  [ "$output" = "ns-enter: this kernel has no time namespaces" ]
  run python3 "$BATS_TEST_DIRNAME/without_time.py" "$BIN/ns-enter" -t "$ALL" -u hostname
  [ "$output" = ALL ]
}

@test "a number that another process has got since is noticed" {
  command -v python3 >/dev/null || skip "python3 is missing: no pidfd"
  [ -e /proc/sys/kernel/ns_last_pid ] || skip "numbers cannot be chosen here"
  unshare --pid --fork --kill-child --mount-proc bash -euc '
    sleep 1000 &
    first=$!
    inode=$(python3 -c "import os, sys; print(os.stat(os.pidfd_open(int(sys.argv[1]))).st_ino)" "$first")
    ns-enter -t "$first:$inode" -u true
    kill -9 "$first"
    wait "$first" || true
    echo $((first - 1)) >/proc/sys/kernel/ns_last_pid
    sleep 1000 &
    [ "$!" = "$first" ] || exit 77
    # The number alone is that of the other now.
    ns-enter -t "$first" -u true
    ns-enter -t "$first:$inode" -u true 2>said && exit 1
    grep -q "^ns-enter: process $first:$inode has ended; $first is another one now" said' ||
    status=$?
  [ "${status:-0}" != 77 ] || skip "the number was taken by another"
  [ "${status:-0}" = 0 ]
}

@test "no more system calls than nsenter makes" {
  command -v strace >/dev/null || skip "strace is missing"
  strace -o theirs "$PEER" -t "$ALL" -a true 3>&- || skip "strace may not trace here"
  strace -o ours ns-enter -t "$ALL" -a true 3>&-
  wc -l ours theirs
  [ "$(wc -l <ours)" -le "$(wc -l <theirs)" ]
}

@test "a container by its id or document is entered whole" {
  [ -x /bin/busybox ] || skip "/bin/busybox is missing (busybox-static)"
  PATH=$TOP/tools/container:$TOP/tools/rootfs:$PATH
  WORK=$(mktemp -d /dev/shm/ns-enter.XXXXXX)
  export CLEAT_RUN=$WORK/run CLEAT_STORE=$WORK/store
  mkdir -p "$WORK/root/bin"
  cp /bin/busybox "$WORK/root/bin"
  for applet in sh hostname sleep; do ln -s busybox "$WORK/root/bin/$applet"; done
  overlay-mount --lower="$WORK/root" --name=web |
    rootfs-run --detach --hostname=inside --output=web.json -- sleep 1000
  run ns-enter --id=web hostname
  local whole=$output
  run ns-enter --input=web.json --uts sh -c 'hostname; readlink /proc/self/ns/mnt'
  local one=$output
  unwind --id=web
  run ns-enter --id=web true
  rm -rf "$WORK"
  [ "$whole" = inside ]
  [ "$one" = "inside"$'\n'"$(readlink /proc/self/ns/mnt)" ]
  [ "$status" = 1 ]
  [[ "$output" == "ns-enter: "*"web"* ]]
}
