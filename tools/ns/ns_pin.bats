# shellcheck disable=SC2016,SC2030,SC2031 # scripts for other shells; bats
# What keeps a namespace alive, and what ns-pin makes of it. Each reason of the
# man page is shown by a net namespace with a veth pair of which one end is
# outside of it: the pair goes when the namespace does.

setup_file() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  unshare --mount --net true || skip "no namespaces can be made here"
}

setup() {
  PATH=$PWD/tools/ns:$PATH
  export CLEAT_RUN=$BATS_TEST_TMPDIR/run
  cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
  [ ! -d "$CLEAT_RUN/pins" ] || (cd "$CLEAT_RUN/pins" && ns-pin --release -- *)
  [ ! -d "$CLEAT_RUN/pins" ]
}

# start UNSHARE-OPTION...: a process in new namespaces, which $TARGET is then;
# `finish` ends it.
start() {
  unshare --fork --kill-child "$@" setsid sh -c ': >ready; exec sleep 1000' \
    3>&- >/dev/null 2>&1 &
  PARENT=$!
  until [ -e ready ]; do sleep 0.02; done
  rm ready
  TARGET=$(tr -d ' ' <"/proc/$PARENT/task/$PARENT/children")
}

finish() {
  kill -9 "$PARENT"
  wait "$PARENT" || true
  until [ ! -e "/proc/$TARGET" ]; do sleep 0.02; done
}

# inode FILE
inode() {
  stat -Lc %i "$1"
}

# Whether the veth pair is there (see tie).
alive() {
  ip link show "$1" >/dev/null 2>&1
}

# In a net namespace that the test has to itself: the veth pair $1 has its other
# end in that of process $2, and goes with it, a moment after.
tie() {
  ip link add "$1" type veth peer name "p$1"
  ip link set "p$1" netns "$2"
}

gone() {
  until ! alive "$1"; do sleep 0.02; done
}

@test "pinned namespaces outlive their process, and are entered by the name" {
  start --net --uts --ipc --mount --pid --cgroup --time --user --map-root-user
  local kind expected=()
  for kind in user cgroup ipc uts net pid time mnt; do
    expected+=("$CLEAT_RUN/pins/web/$kind")
  done
  local net
  net=$(readlink "/proc/$TARGET/ns/net")
  run ns-pin --target="$TARGET" --all web
  [ "$output" = "$(printf '%s\n' "${expected[@]}")" ]
  finish
  [ "$(ns-enter --pin=web --net --uts readlink /proc/self/ns/net)" = "$net" ]
  [ "$(nsenter --net="$CLEAT_RUN/pins/web/net" readlink /proc/self/ns/net)" = "$net" ]
}

@test "the list: table and JSON" {
  start --net --uts
  ns-pin --target="$TARGET" --net --uts web
  ns-pin --target="$TARGET" --net --hold held
  local net uts holder
  net=$(inode "/proc/$TARGET/ns/net")
  uts=$(inode "/proc/$TARGET/ns/uts")
  finish
  holder=$(sed 's/.*"pid":\([0-9]*\).*/\1/' "$CLEAT_RUN/pins/held/holder")
  run bash -c "ns-pin --list | grep -e '^web ' -e '^held ' -e ^NAME"
  [[ "${lines[0]}" =~ ^NAME\ +KIND\ +INODE\ +HELD\ BY\ +PATH$ ]]
  [[ "${lines[1]}" =~ ^held\ +net\ +$net\ +process\ $holder\ +$CLEAT_RUN/pins/held/net$ ]]
  [[ "${lines[2]}" =~ ^web\ +net\ +$net\ +mount\ +$CLEAT_RUN/pins/web/net$ ]]
  [[ "${lines[3]}" =~ ^web\ +uts\ +$uts\ +mount\ +$CLEAT_RUN/pins/web/uts$ ]]
  run bash -c "ns-pin -l --json | grep '\"name\":\"web\",\"kind\":\"net\"'"
  [ "$output" = '{"name":"web","kind":"net","inode":'"$net"',"path":"'"$CLEAT_RUN/pins/web/net"'"}' ]
}

@test "released, nothing of a pin is left: no mount, file or process" {
  start --net --uts
  ns-pin --target="$TARGET" --net --uts web
  ns-pin --target="$TARGET" --net --hold held
  local holder
  holder=$(sed 's/.*"pid":\([0-9]*\).*/\1/' "$CLEAT_RUN/pins/held/holder")
  finish
  ns-pin --release web held
  [ ! -e "$CLEAT_RUN/pins" ]
  run grep -c "$CLEAT_RUN" /proc/self/mountinfo
  [ "$output" = 0 ]
  [ ! -e "/proc/$holder" ] || grep -q '^State:.Z' "/proc/$holder/status"
}

@test "a holder that was killed is listed as gone, and released" {
  start --net
  ns-pin --target="$TARGET" --net --hold held
  local holder
  holder=$(sed 's/.*"pid":\([0-9]*\).*/\1/' "$CLEAT_RUN/pins/held/holder")
  finish
  kill "$holder"
  until [ ! -e "/proc/$holder" ] || grep -q '^State:.Z' "/proc/$holder/status"; do sleep 0.02; done
  run bash -c 'ns-pin --list | grep ^held'
  [[ "$output" =~ ^held\ +-\ +-\ +gone\ +$CLEAT_RUN/pins/held/net$ ]]
  run ns-enter --pin=held true
  [ "$status" = 1 ]
  [ "$output" = "ns-enter: pin 'held': nothing is kept (ns-pin --list)" ]
  ns-pin --release held
}

@test "an ordinary user's pins are held by a process" {
  BIN=$(mktemp -d /tmp/ns-pin.XXXXXX)
  chmod 755 "$BIN"
  cp "$(command -v ns-pin)" "$(command -v ns-enter)" "$BIN"
  cat >"$BIN/script" <<'EOF'
export CLEAT_RUN=$1/run PATH=$1:$PATH
unshare --user --map-root-user --net --fork --kill-child sleep 1000 &
until target=$(tr -d ' ' <"/proc/$!/task/$!/children") && [ -n "$target" ]; do sleep 0.02; done
net=$(readlink "/proc/$target/ns/net")
ns-pin --target="$target" --user --net mine || exit
kill -9 $!
[ "$(ns-enter --pin=mine --preserve-credentials readlink /proc/self/ns/net)" = "$net" ] || exit
ns-pin --list | grep -c '^mine .*process'
ns-pin --release mine
[ ! -e "$CLEAT_RUN/pins" ] && echo released
EOF
  install -d -o 65534 "$BIN/run"
  run setpriv --reuid=65534 --regid=65534 --clear-groups sh "$BIN/script" "$BIN"
  rm -rf "$BIN"
  echo "$output"
  [ "$output" = "$BIN/run/pins/mine/user"$'\n'"$BIN/run/pins/mine/net"$'\n'2$'\n'released ]
}

@test "a file of unshare's and a name of ip-netns are pins, too" {
  touch net
  unshare --mount sh -c 'mount --make-rprivate /; exec "$@"' sh bash -euc '
    unshare --net=net true
    ns-pin --list | grep -q "^- .* net .* mount .*/net\$"
    ns-pin --target=$$ --net --at=other
    ns-pin --release ./net ./other
    [ ! -e net ] && [ ! -e other ]
    command -v ip >/dev/null || exit 0
    mkdir -p /run/netns
    mount -t tmpfs tmpfs /run/netns
    ip netns add blue
    ns-pin --list | grep -q "^blue .*/run/netns/blue\$"
    [ "$(ns-enter --pin=blue readlink /proc/self/ns/net)" = "$(ip netns exec blue readlink /proc/self/ns/net)" ]
    ns-pin --release blue
    [ -z "$(ip netns list)" ]
    ns-pin --target=$$ --net --at=/run/netns/green
    ip netns list | grep -qx green
    ip netns delete green
  '
}

# fails STATUS TEXT ARGUMENT...
fails() {
  local wanted=$1 text=$2
  shift 2
  run ns-pin "$@"
  echo "$output"
  [ "$status" = "$wanted" ]
  [ "${#lines[@]}" = 1 ]
  [[ "$output" == "ns-pin: "*"$text"* ]]
}

@test "wrong use is one line that says what would help" {
  fails 1 "under which name?" --target=$$ --net
  fails 1 "no namespace is named" web
  fails 1 "--net: whose?" --net web
  fails 1 "pin 'a/b': letters, digits" --target=$$ --net a/b
  fails 1 "/etc/passwd: no namespace" --net=/etc/passwd web
  fails 1 "there is no process 4194303" --target=4194303 --net web
  fails 1 "--at: takes exactly one" --target=$$ --net --uts --at=file
  fails 1 "pin 'web': there is none (--list shows them)" --release web
  fails 1 "/etc/passwd: no bind mount of a namespace" --release /etc/passwd
  fails 1 "./nothing: nothing is kept there" --release ./nothing
  fails 1 "--release: which?" --release
  ns-pin --target=$$ --net web
  fails 1 "File exists" --target=$$ --net web
  [[ "$output" == *"(--release removes it)"* ]]
  fails 1 "a mount namespace can only be kept in one that is older" --target=$$ --mount own
  fails 2 "unknown option" --nothing
}

# The rest shows when a namespace ends: namespaces(7), "Namespace lifetime".

# lifetime SCRIPT: runs it in a net namespace of its own, where tie, alive and
# gone tell of another one by a veth pair.
lifetime() {
  command -v ip >/dev/null || skip "ip is missing"
  unshare --net ip link add v0 type veth peer name v1 || skip "no veth here"
  # What others mount meanwhile, and who copies it, is not the test's.
  unshare --net --mount bash -euc "$(declare -f start finish alive tie gone inode)"$'\n'"$1"
}

@test "a net namespace ends with its last process" {
  lifetime '
    start --net
    tie v $TARGET
    nsenter --net=/proc/$TARGET/ns/net sleep 1000 &
    other=$!
    until [ "$(cat /proc/$other/comm)" = sleep ]; do sleep 0.02; done
    finish
    alive v
    kill $other
    gone v'
}

@test "an open descriptor keeps it" {
  lifetime '
    start --net
    tie v $TARGET
    exec 7</proc/$TARGET/ns/net
    finish
    alive v
    exec 7<&-
    gone v'
}

@test "a bind mount keeps it, and its copy in another mount namespace, too" {
  lifetime '
    start --net
    tie v $TARGET
    touch file
    mount --bind /proc/$TARGET/ns/net file
    finish
    alive v
    unshare --mount sleep 1000 &
    copy=$!
    until [ "$(cat /proc/$copy/comm)" = sleep ]; do sleep 0.02; done
    umount file
    alive v
    kill $copy
    gone v'
}

@test "what ns-pin releases is gone from all mount namespaces" {
  lifetime '
    start --net
    tie v $TARGET
    ns-pin --target=$TARGET --net web
    finish
    alive v
    unshare --mount sleep 1000 &
    copy=$!
    until [ "$(cat /proc/$copy/comm)" = sleep ]; do sleep 0.02; done
    ns-pin --release web
    gone v
    kill $copy'
}

@test "a process that holds it open keeps it" {
  lifetime '
    start --net
    tie v $TARGET
    ns-pin --target=$TARGET --net --hold web
    finish
    alive v
    ns-pin --release web
    gone v'
}

@test "a child keeps a user namespace, and so does what it owns" {
  command -v python3 >/dev/null || skip "python3 is missing: no ioctl"
  # Descends from what is open as a descriptor to its parent, or owner.
  local related='import fcntl, os, sys; print(os.fstat(fcntl.ioctl(int(sys.argv[1]), int(sys.argv[2], 0))).st_ino)'
  unshare --user --map-root-user --fork --kill-child sh -c \
    'readlink /proc/self/ns/user >outer; exec unshare --user --map-root-user --net sh -c ": >ready; exec sleep 1000"' \
    3>&- >/dev/null 2>&1 &
  PARENT=$!
  until [ -e ready ]; do sleep 0.02; done
  TARGET=$(tr -d ' ' <"/proc/$PARENT/task/$PARENT/children")
  local inner
  inner=$(inode "/proc/$TARGET/ns/user")
  exec 7<"/proc/$TARGET/ns/user" 8<"/proc/$TARGET/ns/net"
  finish
  # NS_GET_PARENT of the child, NS_GET_USERNS of the net namespace.
  run python3 -c "$related" 7 0xb702
  [ "user:[$output]" = "$(cat outer)" ]
  exec 7<&-
  run python3 -c "$related" 8 0xb701
  exec 8<&-
  [ "$output" = "$inner" ]
}

@test "a process in a child PID namespace is one of all above, and keeps them" {
  start --pid --mount-proc --mount
  local outer
  outer=$(readlink "/proc/$TARGET/ns/pid")
  nsenter --target="$TARGET" --pid --mount unshare --pid --fork --kill-child sleep 1000 3>&- >/dev/null 2>&1 &
  local nested=$!
  # Both sleeps have a number in the outer one: 1, and a later one.
  until [ "$(ns-enter --target="$TARGET" --pid --mount ps -C sleep -o pid= | wc -l)" -ge 2 ]; do sleep 0.02; done
  run ns-enter --target="$TARGET" --pid --mount readlink /proc/self/ns/pid
  [ "$output" = "$outer" ]
  # The end of the outer one's first process is the end of all in it.
  finish
  wait $nested || true
}

@test "a PID namespace that is kept without its first process takes nobody in" {
  start --pid
  ns-pin --target="$TARGET" --pid web
  finish
  run ns-enter --pin=web true
  [ "$status" = 1 ]
  [[ "$output" == "ns-enter: fork (the PID namespace may have ended with its first process): Cannot allocate memory" ]]
}

@test "what its children will be in keeps a PID or time namespace, too" {
  unshare --time sh -c 'readlink /proc/self/ns/time /proc/self/ns/time_for_children >links; : >ready; exec sleep 1000' 3>&- &
  until [ -e ready ]; do sleep 0.02; done
  local time
  time=$(tail -1 links)
  [ "$(head -1 links)" != "$time" ] || [ "$(readlink /proc/self/ns/time)" != "$time" ]
  run ns-enter --time="$time" readlink /proc/self/ns/time
  kill $!
  [ "$output" = "$time" ]
}
