# ns-unshare side by side with util-linux's unshare: for each option the same
# namespaces, maps, mounts and exit status, as root and as an ordinary user.
# CLEAT_UNSHARE names another unshare to compare with: what util-linux 2.38 lacks
# is compared with 2.40 and later.

setup_file() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  command -v unshare >/dev/null || skip "util-linux's unshare is missing"
  unshare --mount true || skip "no mount namespace can be made here"
  # Where an ordinary user may go, too.
  BIN=$(mktemp -d /tmp/ns-unshare.XXXXXX)
  export BIN
  chmod 755 "$BIN"
  cp "$PWD/tools/ns/ns-unshare" "$BIN"
  write_probe
}

teardown_file() {
  rm -rf "$BIN"
}

setup() {
  PATH=$BIN:$PATH
  PEER=${CLEAT_UNSHARE:-unshare}
  cd "$BATS_TEST_TMPDIR" || return
}

# What a process in new namespaces sees: which they are, who it is, how its
# mounts spread, its clocks.
write_probe() {
  local files=
  for kind in cgroup ipc mnt net pid time user uts; do
    files+=" /proc/self/ns/$kind"
  done
  # shellcheck disable=SC2086
  readlink $files >"$BIN/outer"
  cat >"$BIN/probe" <<EOF
#!/bin/sh
readlink $files | grep -vxF -f "$BIN/outer" | cut -d: -f1
/usr/bin/id
cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups
grep '^Cap\|^Groups' /proc/self/status
/bin/grep -c shared: /proc/self/mountinfo
/bin/grep -c master: /proc/self/mountinfo
pwd
EOF
  chmod 755 "$BIN/probe"
}

# same OPTION...: both tools run the probe, and it sees the same.
same() {
  same_run "$@" "$BIN/probe"
}

# same_run ARGUMENT...: both have the same output and exit status.
same_run() {
  local theirs=0 ours=0
  $AS "$PEER" "$@" >theirs 2>theirs.err </dev/null || theirs=$?
  $AS ns-unshare "$@" >ours 2>ours.err </dev/null || ours=$?
  echo "$*: unshare $theirs, ns-unshare $ours"
  cat theirs.err ours.err
  [ "$theirs" = "$ours" ] && diff theirs ours
}

# As `same`, and the status is this one.
same_status() {
  local status=$1 got=0
  shift
  same_run "$@"
  ns-unshare "$@" >/dev/null 2>&1 </dev/null || got=$?
  [ "$got" = "$status" ]
}

peer_has() {
  "$PEER" --help | grep -q -e "$1" || skip "the peer is too old for $1"
}

# In a private mount namespace, with a user "ann" who has ids of her own. On one
# processor: Linux 6.18 tells by numbers which each of them takes from a stock of
# its own whether a mount namespace is older than another.
with_ann() {
  export -f same same_run "${1?}"
  export PEER ANN
  printf 'root:x:0:0::/:/bin/sh\nann:x:64123:64123::/:/bin/sh\n' >passwd
  printf 'root:x:0:\nann:x:64123:\ntty:x:5:\n' >group
  printf 'ann:200000:65536\nann:400000:10\n' >subuid
  printf '64123:300000:65536\n' >subgid
  chmod 777 .
  taskset -c "$(one_processor)" unshare --mount bash -ec '
    for file in passwd group subuid subgid; do
      mount --bind "$file" "/etc/$file"
    done
    exec bash -ec "$1"' - "$1"
}
one_processor() {
  taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/'
}
ANN="setpriv --reuid=64123 --regid=64123 --clear-groups"

@test "each kind of namespace by its letter and by its name" {
  local option
  for option in -m -u -i -n -U -C --mount --uts --ipc --net --user --cgroup; do
    same "$option"
  done
  for option in -p -T --pid --time; do
    same "$option" --fork
  done
  same
}

@test "all of them together, in letters run together" {
  same -muinpUCTf
  same -muinpUCTfr --mount-proc
  same -fp --mount-proc -n -u -i -C -T
}

@test "without --fork a new PID namespace is that of children" {
  same_run --pid sh -c 'sh -c "echo \$\$"; exit 3'
  [ "$(cat ours)" = 1 ]
}

@test "--fork and --mount-proc make the program PID 1" {
  same_run --fork --pid --mount-proc readlink /proc/self
  [ "$(cat ours)" = 1 ]
  same_run -fp --mount-proc sh -c 'echo /proc/[0-9]*'
  [ "$(cat ours)" = /proc/1 ]
  mkdir proc
  same_run -fp --mount-proc="$PWD/proc" cat proc/1/comm
  [ "$(cat ours)" = cat ]
  if [ -e proc/1 ]; then false; fi
}

@test "--map-root-user, --map-current-user, --map-user and --map-group as root" {
  same -r
  same --map-root-user
  same -c
  same --map-user=5
  same --map-group=7
  same --map-user=5 --map-group=7
  same --map-user=daemon --map-group=daemon
}

@test "of several maps of one's own id the last counts" {
  same -r --map-user=5
  same --map-user=5 -r
  same -c -r
  same -r -c
}

@test "an unknown user, group or range is refused" {
  same_status 1 --map-user=nosuch true
  same_status 1 --map-group=nosuch true
  same_status 1 --map-users=1,2 true
  same_status 1 --map-users=x:y:z true
  run ns-unshare --map-users=x:y:z true
  [ "$output" = "ns-unshare: --map-users: 'x:y:z' is no INSIDE:OUTSIDE:COUNT" ]
}

@test "an ordinary user's own id" {
  AS=$ANN
  same -U
  same -r
  same -c
  same --map-user=0
  same --map-group=0
  same --map-user=7 --map-group=8
  same -Ur -m -n -i -u -C
  same -r -pf --mount-proc
}

@test "an ordinary user needs a user namespace for all others" {
  local kind
  for kind in -m -u -i -n -p -C -T; do
    AS=$ANN same_run "$kind" true
    grep -q 'unshare failed: .*Operation not permitted' ours.err
    grep -q 'a new user namespace' ours.err
  done
}

ann_ranges() {
  AS=$ANN
  same --map-auto
  same --map-users=auto
  same --map-groups=auto
  same --map-users=200000,0,10
  same --map-users=200005,100,5 --map-user=0
  same --map-users=200000,0,10 --map-user=5
  same --map-groups=300000,0,10 --map-group=0
  same --map-users=200000,0,10 --map-groups=300000,0,10
  # Since 2.42 the range is moved up, instead of a hole in it.
  ! "$PEER" --help | grep -q -e --owner || return 0
  same --map-auto -r
  same --map-auto -c
  same --map-users=auto --map-user=3
  same --map-auto -r --setuid=7 --setgid=8
}

@test "an ordinary user's subordinate ids" {
  command -v newuidmap >/dev/null || skip "newuidmap is missing"
  with_ann ann_ranges
}

ann_too_much() {
  AS=$ANN
  same_run --map-users=100000,0,10 true
  grep -q 'newuidmap: .*not allowed' ours.err
  : >/etc/subuid
  same_run --map-auto true
  grep -q '/etc/subuid gives user ann no ids' ours.err
}

@test "ids that the user does not have are refused by name" {
  command -v newuidmap >/dev/null || skip "newuidmap is missing"
  with_ann ann_too_much
}

@test "--setgroups" {
  same -U --setgroups=deny
  same -U --setgroups allow
  # Which unshare asks of the kernel twice, and is refused.
  ns-unshare -r --setgroups=deny grep -qx deny /proc/self/setgroups
  same_status 1 -r --setgroups=allow true
  same_status 1 -U --setgroups=perhaps true
  AS=$ANN same -U --setgroups=deny
}

# In a mount namespace whose mounts are shared, as systemd has them.
propagations() {
  local how
  mount --make-rshared /
  same -m
  for how in private shared slave unchanged; do
    same -m --propagation "$how"
    same --propagation="$how"
  done
  same_run -m --propagation=sideways true
}

@test "--propagation" {
  with_ann propagations
}

@test "--root and --wd" {
  same -R / -w /usr
  same --wd=/tmp
  mkdir -p root/sub
  cp "$(command -v busybox || command -v true)" root/prog
  same_run --root=root /prog
  same_status 1 --root=nosuch true
  same_status 1 --wd=nosuch true
}

@test "--setuid and --setgid" {
  same -S 1 -G 2
  same --setuid=1
  same --setgid=2
  same -r -S 0
  # setgroups is denied, the user is not mapped.
  same_status 1 -r -G 0 true
  same_status 1 -r -S 5 true
}

@test "--keep-caps" {
  same -U --keep-caps
  same -c --keep-caps
  same -r --keep-caps
  AS=$ANN same -c --keep-caps
  AS=$ANN same --keep-caps -U
  AS=$ANN same --map-user=7 --map-group=7
}

@test "--monotonic and --boottime" {
  same_run -Tf --monotonic=100000 cat /proc/self/timens_offsets
  same_run -Tf --boottime 300000 cat /proc/self/timens_offsets
  same_run -Tf --boottime=3 --monotonic=4 cat /proc/self/timens_offsets
  same_status 1 --monotonic=1 true
  same_status 1 -T --boottime=x true
  [ "$(ns-unshare -Tf --boottime=-1 cat /proc/self/timens_offsets |
    awk '$1 == "boottime" { print $2 }')" = -1 ]
  run ns-unshare -Tf --monotonic=-99999999 true
  [ "$status" = 1 ]
  [[ $output = *"Numerical result out of range"*"must stay above zero"* ]]
}

@test "the program's exit status and signal are passed on" {
  local how
  for how in "" --fork; do
    same_status 7 $how -u sh -c 'exit 7'
    same_status 143 $how -u sh -c 'kill -TERM $$'
    same_status 129 $how -u sh -c 'kill -HUP $$'
    same_status 127 $how -u /nosuch/program
    same_status 127 $how -u nosuchprogram
    same_status 126 $how -u /etc/passwd
  done
  same_status 137 -u sh -c 'kill -KILL $$'
  # Which unshare 2.38 makes 1 of.
  run ns-unshare -uf sh -c 'kill -KILL $$'
  [ "$status" = 137 ]
  same_status 9 -pf sh -c 'exit 9'
}

@test "wrong usage is status 1, help and version are 0" {
  same_status 1 --nosuch true
  same_status 1 -Z true
  same_status 1 --propagation
  ns-unshare -h | grep -q '^Usage: ns-unshare'
  ns-unshare -V | grep -q '^ns-unshare '
}

@test "names may be abbreviated, and options end at the program" {
  same --map-root
  same --map-cur
  same_run -u echo -m
  same_run -u -- echo -- -m
  [ "$(cat ours)" = "-- -m" ]
  same_status 1 --map-u=0 true
}

@test "without a program the shell runs, as a login shell" {
  local tool
  for tool in "$PEER" ns-unshare; do
    [ "$(echo 'echo $0' | SHELL=/bin/sh "$tool" -u)" = -sh ]
    [ "$(echo 'echo $0' | SHELL=/bin/bash "$tool" -u)" = -bash ]
  done
  # Where unshare takes that of /etc/passwd since 2.42.
  [ "$(echo 'echo $0' | env -u SHELL ns-unshare -u)" = -sh ]
}

# persists TOOL FILE-OPTION...: the namespace of the bind mount is the
# program's.
persists() {
  local tool=$1 kind=$2 option=$3 inside outside
  shift 3
  : >file
  inside=$("$tool" "$option=$PWD/file" "$@" readlink "/proc/self/ns/$kind")
  outside=$(stat -L -c %i file)
  umount file
  [ "$inside" = "$kind:[$outside]" ]
}

keep_by_files() {
  local tool
  for tool in "$PEER" ns-unshare; do
    persists "$tool" uts --uts
    persists "$tool" ipc --ipc --fork
    persists "$tool" net --net -u
    persists "$tool" cgroup --cgroup
    persists "$tool" pid --pid --fork
    persists "$tool" time --time --fork
    persists "$tool" mnt --mount
    persists "$tool" uts --uts --mount
  done
  # Which unshare does since 2.42.
  persists ns-unshare user --user -r
  persists ns-unshare user --user --map-users=all
}

@test "--KIND=FILE keeps a namespace by a bind mount" {
  export -f persists
  with_ann keep_by_files
}

refuse_files() {
  local option
  for option in --uts=/nosuch/file --net="$PWD"; do
    if ns-unshare "$option" true 2>err; then false; fi
    grep -q "^ns-unshare: mount namespace on" err
  done
  : >file
  if ns-unshare --pid="$PWD/file" true 2>err; then false; fi
  grep -q 'needs a process: --fork' err
  # Where an ordinary user may look, too.
  : >"$BIN/file"
  if $ANN ns-unshare -r --uts="$BIN/file" true 2>err; then false; fi
  grep -q 'ns-pin keeps it by a process' err
  mount --bind . .
  mount --make-shared .
  if ns-unshare --mount="$PWD/file" true 2>err; then false; fi
  grep -q 'not shared (mount --make-private)' err
}

@test "a file that cannot keep a namespace is named, with the cure" {
  with_ann refuse_files
}

@test "--kill-child ends the child with its parent" {
  local tool
  for tool in "$PEER" ns-unshare; do
    mkfifo alive
    "$tool" --kill-child sh -c 'echo ready; exec sleep 1000' >alive &
    exec 7<alive
    read -r -t 60 line <&7
    [ "$line" = ready ]
    kill -KILL $!
    # The end of the pipe: nobody has it any more.
    status=0
    read -r -t 60 line <&7 || status=$?
    [ "$status" = 1 ]
    exec 7<&-
    rm alive
  done
}

@test "--kill-child sends the signal that is asked for" {
  same_status 1 --kill-child=NOSUCH true
  mkfifo said
  ns-unshare --kill-child=USR1 sh -c 'trap "echo got it; kill \$!; exit" USR1
    echo ready; sleep 1000 & wait' >said &
  exec 7<said
  read -r -t 60 line <&7
  [ "$line" = ready ]
  kill -KILL $!
  read -r -t 60 line <&7
  exec 7<&-
  [ "$line" = "got it" ]
}

@test "--kill-child holds after a change of user" {
  mkfifo alive
  ns-unshare --kill-child -G 1 -S 1 sh -c 'echo ready; exec sleep 1000' >alive &
  exec 7<alive
  read -r -t 60 line <&7
  kill -KILL $!
  status=0
  read -r -t 60 line <&7 || status=$?
  [ "$status" = 1 ]
  exec 7<&-
}

@test "a signal that is sent to the parent is passed on to the child" {
  local option
  for option in --fork --forward-signals; do
    rm -f said
    mkfifo said
    ns-unshare "$option" -p sh -c 'trap "kill \$!; echo got it; exit 5" TERM
      echo ready; sleep 1000 & wait' >said &
    exec 7<said
    read -r -t 60 line <&7
    [ "$line" = ready ]
    kill -TERM $!
    read -r -t 60 line <&7
    exec 7<&-
    [ "$line" = "got it" ]
    status=0
    wait $! || status=$?
    [ "$status" = 5 ]
  done
}

# What util-linux 2.40 and later have, by what they do.

@test "--map-users and --map-groups in the newer form, several times, and all" {
  [ "$(ns-unshare --map-users=0:100000:10 --map-users=10:200000:5 \
    cat /proc/self/uid_map | tr -s ' ')" = " 0 100000 10
 10 200000 5" ]
  [ "$(ns-unshare --map-users=all cat /proc/self/uid_map)" = \
    "$(cat /proc/self/uid_map)" ]
  [ "$(ns-unshare --map-groups=all --map-group=7 cat /proc/self/gid_map |
    tr -s ' ')" = " 7 0 1
 0 1 7
 8 8 4294967287" ]
}

@test "--map-users and --map-groups in the newer form, side by side" {
  peer_has --load-interp
  same --map-users=0:100000:10 --map-users=10:200000:5
  same --map-users=all
  same --map-groups=all
  same --map-users=all --map-groups=all --map-user=7 --map-group=8
  same --map-users=0:100000:10 --map-user=5
}

@test "--mount-binfmt and --load-interp side by side" {
  peer_has --load-interp
  printf 'CLEAT\n' >prog
  chmod 755 prog
  same_run -pfr --mount-binfmt ls /proc/sys/fs/binfmt_misc
  same_run -pfr --load-interp=':cleat:M::CLEAT::/bin/echo:' ./prog hello
  same_run -pfr --load-interp=':cleat:M::CLEAT::/bin/echo:F' -R / -w "$PWD" \
    ./prog hello
  same_run -pfr --load-interp=junk true
}

@test "overlapping and unmapped ids are refused before the kernel does" {
  run ns-unshare --map-users=0:100000:10 --map-users=5:7:1 true
  [ "$status" = 1 ]
  [ "$output" = "ns-unshare: user id map: 0:100000:10 and 5:7:1 overlap inside" ]
  run ns-unshare --map-groups=0:100000:10 --map-groups=20:100009:1 true
  [ "$output" = "ns-unshare: group id map: 0:100000:10 and 20:100009:1 overlap outside" ]
  run ns-unshare -r ns-unshare --map-users=0:5:2 true
  [[ $output = *"no one range of /proc/self/uid_map has the outside ids 5 to 6" ]]
  run ns-unshare --map-users=0:0:0 true
  [[ $output = *"'0:0:0': has no ids" ]]
  run ns-unshare --map-users=1:0:4294967295 true
  [[ $output = *"reaches beyond 4294967294" ]]
}

@test "a map has 340 ranges at most, and one write's bytes" {
  local maps=() i
  for ((i = 0; i < 340; ++i)); do maps+=("--map-users=$((2 * i)):$((3 * i))"); done
  [ "$(ns-unshare "${maps[@]}" cat /proc/self/uid_map | wc -l)" = 340 ]
  run ns-unshare "${maps[@]}" --map-users=5000:5000 true
  [ "$status" = 1 ]
  [ "$output" = "ns-unshare: user id map: 341 ranges: the kernel takes at most 340" ]
  maps=()
  for ((i = 0; i < 300; ++i)); do maps+=("--map-users=$((100000 + i)):$((200000 + 2 * i))"); done
  run ns-unshare "${maps[@]}" true
  [ "$status" = 1 ]
  [[ "$output" = "ns-unshare: user id map: "*" bytes: the kernel takes it in one write of less than $(getconf PAGESIZE) (fewer or shorter ranges)" ]]
}

ann_subids() {
  [ "$($ANN ns-unshare --map-subids cat /proc/self/uid_map | tr -s ' ')" = \
    " 200000 200000 65536" ]
  [ "$($ANN ns-unshare --map-groups=subids -c cat /proc/self/gid_map |
    tr -s ' ')" = " 64123 64123 1
 300000 300000 65536" ]
}

@test "--map-subids maps subordinate ids to themselves" {
  command -v newuidmap >/dev/null || skip "newuidmap is missing"
  with_ann ann_subids
}

@test "--owner and --map-subids side by side" {
  peer_has --owner
  same --owner=64123:64123
  same --owner=64123:64123 -r
  same --owner=64123:64123 --map-group=5
  same --owner=1:1 --map-users=0:100000:10
  same_status 1 --owner=me true
}

@test "--owner gives the user namespace to another user" {
  [ "$(ns-unshare --owner=64123:64123 sh -c 'id -u; cat /proc/self/setgroups')" = \
    "65534
allow" ]
  [ "$(ns-unshare --owner=64123:64123 -r cat /proc/self/setgroups)" = allow ]
  ns-unshare --owner=64123:64123 --map-users=0:64123:1 --map-groups=0:64123:1 \
    sh -ec '[ "$(id -u):$(id -g)" = 0:0 ]
      [ "$(grep ^Groups: /proc/self/status | tr -d " \t")" = Groups: ]'
  run $ANN ns-unshare --owner=1:1 true
  [ "$status" = 1 ]
  [[ $output = *"CAP_SETUID and CAP_SETGID are needed"* ]]
  run ns-unshare --owner=me true
  [[ $output = *"'me' is no UID:GID" ]]
}

@test "--mount-binfmt and --load-interp" {
  [ "$(ns-unshare -pfr --mount-binfmt ls /proc/sys/fs/binfmt_misc)" = \
    "register
status" ] || skip "binfmt_misc cannot be mounted in a user namespace here"
  printf 'CLEAT\n' >prog
  chmod 755 prog
  [ "$(ns-unshare -pfr --load-interp=':cleat:M::CLEAT::/bin/echo:' \
    ./prog hello)" = "./prog hello" ]
  run ns-unshare -pfr --load-interp='junk' true
  [ "$status" = 1 ]
  [[ $output = *":name:type:offset:magic:mask:interpreter:flags"* ]]
  # Opened at once, it is the caller's, whatever the root.
  [ "$(ns-unshare -pfr --root=/ --wd="$PWD" \
    --load-interp=":cleat:M::CLEAT::/bin/echo:F" ./prog hello)" = "./prog hello" ]
}

@test "--clear-env and --whitelist-env" {
  [ "$(ns-unshare --clear-env /usr/bin/env)" = "" ]
  [ "$(A=1 B=2 C=3 ns-unshare --whitelist-env=A,C,NOSUCH /usr/bin/env | sort)" = \
    "A=1
C=3" ]
}

# What is Cleat's own.

@test "--hostname, --domainname and --loopback set up what is new" {
  [ "$(ns-unshare -u --hostname=inner --domainname=example \
    cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname)" = "inner
example" ]
  ns-unshare -rn --loopback sh -c 'read -r state </sys/class/net/lo/flags; :'
  [ "$(ns-unshare -rn --loopback sed -n 's/^ *lo:.*/up/p' /proc/net/dev)" = up ]
  ns-unshare -n --loopback bash -c 'exec 3<>/dev/udp/127.0.0.1/9'
  run ns-unshare --hostname=x true
  [ "$status" = 1 ]
  run ns-unshare --loopback true
  [ "$status" = 1 ]
  run ns-unshare -u --hostname="$(printf '%065d' 0)" true
  [[ $output = *"set host name "*"Invalid argument" ]]
}

@test "--trace shows each step" {
  ns-unshare --trace -r -pf --mount-proc true 2>trace
  for step in "unshare user, pid, mount: ok" "write uid_map: ok" \
    "write setgroups: ok" "write gid_map: ok" "set propagation of /: ok" \
    "mount proc: ok"; do
    grep -q "^trace: $step" trace
  done
}

# What cannot be.

# one_line TEXT COMMAND...: status 1, one line of ours that ends with the text.
one_line() {
  local text=$1
  shift
  run "$@"
  echo "$output"
  [ "$status" = 1 ]
  [ "${#lines[@]}" = 1 ]
  [[ "$output" == "ns-unshare: "*"$text" ]]
}

@test "a kernel without the kind is told, where others work" {
  command -v python3 >/dev/null || skip "python3 is missing: no filter"
  [ "$(uname -m)" = x86_64 ] || skip "the filter is one for x86_64"
  one_line "unshare failed: time: Invalid argument (this kernel has no time namespaces)" \
    python3 "$BATS_TEST_DIRNAME/without_time.py" ns-unshare --time --fork true
  one_line "unshare failed: uts, time: Invalid argument (this kernel has no time namespaces)" \
    python3 "$BATS_TEST_DIRNAME/without_time.py" ns-unshare --time --uts true
  python3 "$BATS_TEST_DIRNAME/without_time.py" ns-unshare --uts true
}

@test "a second PID namespace for the same children is refused with the cure" {
  # As the shell, whose children are there already.
  one_line "a child can make another, --fork)" \
    ns-unshare --pid ns-unshare --pid true
  ns-unshare --pid --fork ns-unshare --pid --fork true
}

@test "limits are told by the name of the one that is reached" {
  one_line "(sysctl user.max_net_namespaces is 0: none may be made)" \
    ns-unshare -r sh -c 'echo 0 >/proc/sys/user/max_net_namespaces
      exec ns-unshare --net true'
  local deep=() i
  for i in {1..34}; do deep+=(ns-unshare -r); done
  run "${deep[@]}" true
  [ "$status" = 1 ]
  [[ "$output" == "ns-unshare: unshare failed: user: "*"are 32 deep)" ]]
}

@test "no user namespace is made in a chroot, which is told" {
  mkdir -p root
  cp "$BIN/ns-unshare" root
  one_line "(the kernel makes no user namespace in a chroot)" \
    env PATH="$PATH:/usr/sbin:/sbin" \
    chroot root /ns-unshare --user /ns-unshare --version
}
