# What ns-list finds: every namespace, whatever holds it, and how it is told.
# shellcheck disable=SC2016,SC2154 # other shells' text; bats's variables

bats_require_minimum_version 1.5.0

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  PATH=$PWD/tools/ns:$PATH
  cd "$BATS_TEST_TMPDIR" || return
  started=()
}

teardown() {
  local pid
  for pid in "${started[@]}"; do
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  true
}

# start COMMAND...: runs it in the background until the test's end; it writes
# "ready" to the pipe $ready once it is set up. Sets $pid.
start() {
  [ -p ready ] || mkfifo ready
  ready=ready "$@" 3>&- &
  pid=$!
  started+=("$pid")
  # The limit is for a command that failed.
  read -r -t 60 _ <>ready
}

# As COMMAND for start: waits in namespaces of its own.
waits='echo >$ready; exec sleep 1000'

# asleep PID: until it is the sleep(1) that it becomes when it is ready.
asleep() {
  until [ "$(cat "/proc/$1/comm")" = sleep ]; do sleep 0.01; done
}

# inode PID KIND
inode() {
  stat -L -c %i "/proc/$1/ns/$2"
}

# cell COLUMN NAMESPACE [OPTION...]
cell() {
  ns-list -n -o "$1" "${@:3}" "$2" 2>err
}

# field FIELD NAMESPACE: of the JSON.
field() {
  ns-list --json -o ns "$2" 2>err | python3 -c "
import json, sys
value = json.loads(sys.stdin.readline())
for name in '$1'.split('.'):
    value = value[int(name) if name.isdigit() else name]
print(value if isinstance(value, str) else json.dumps(value))"
}

@test "a namespace of a process is listed with it" {
  start unshare --net --uts sh -c "$waits"
  asleep "$pid"
  net=$(inode "$pid" net)
  [ "$(cell NS,TYPE,NPROCS,PID,USER,COMMAND "$net" | tr -s ' ')" = \
    "$net net 1 $pid root sleep 1000" ]
}

@test "lists what lsns lists, with the same numbers of processes" {
  command -v lsns >/dev/null || skip "no lsns"
  start unshare --net --uts --ipc --mount --user --map-root-user sh -c "$waits"
  asleep "$pid"
  for kind in net uts ipc mnt user; do
    ns=$(inode "$pid" $kind)
    # It gives up where a process vanishes while it looks.
    theirs=
    for _ in {1..20}; do
      theirs=$(lsns -n -r -o NS,TYPE,NPROCS,PID,USER,COMMAND 2>/dev/null |
        grep "^$ns " | sed 's/\\x20/ /g')
      [ -z "$theirs" ] || break
    done
    [ "$(cell NS,TYPE,NPROCS,PID,USER,COMMAND "$ns" | tr -s ' ')" = "$theirs" ]
  done
}

@test "a namespace without a process is held by a descriptor, and it says whose" {
  start python3 -c '
import os, time
before = os.open("/proc/self/ns/net", os.O_RDONLY)
import ctypes
libc = ctypes.CDLL(None)
assert libc.unshare(0x40000000) == 0
held = os.open("/proc/self/ns/net", os.O_RDONLY)
assert libc.setns(before, 0) == 0
os.dup2(held, 77)
os.close(held)
open("inode", "w").write(str(os.fstat(77).st_ino))
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)'
  ns=$(cat inode)
  [ "$(cell NPROCS "$ns")" = 0 ]
  [ "$(cell HELD-BY "$ns")" = "fd 77 of $pid (python3)" ]
  [ "$(cell PATH "$ns")" = "/proc/$pid/fd/77" ]
  [ "$(field holders.0.descriptor "$ns")" = 77 ]
  [ "$(ns-list -P -n -t net -o NS 2>err | grep -c "^$ns$")" = 1 ]
}

@test "a namespace without a process is held by a mount, also in another mount namespace" {
  # The mount is in the mount namespace of the sleeping shell alone.
  start unshare --mount sh -c '
    touch held
    unshare --uts=held true
    stat -L -c %i held >inode
    echo >$ready
    exec sleep 1000'
  ns=$(cat inode)
  [ "$(cell NPROCS "$ns")" = 0 ]
  [ "$(cell HELD-BY "$ns")" = "mount $PWD/held" ]
  [ "$(cell PATH "$ns")" = "/proc/$pid/root$PWD/held" ]
  [ "$(field holders.0.pid "$ns")" = "$pid" ]
  nsenter --uts="$(cell PATH "$ns")" true
}

@test "a namespace without a process is held as parent, and as owner" {
  # Of three user namespaces only the innermost has a process; the middle one
  # is its parent, the outermost the parent of that.
  start unshare --user --map-root-user sh -c '
    exec unshare --user --map-root-user sh -c "
      exec unshare --user --map-root-user --net sh -c '"'$waits'"'"'
  user=$(inode "$pid" user)
  middle=$(cell PNS "$user")
  outer=$(cell PNS "$middle")
  [ "$(cell NPROCS "$middle")" = 0 ]
  [ "$(cell HELD-BY "$middle")" = "parent of $user" ]
  [ "$(cell HELD-BY "$outer")" = "parent of $middle" ]
  [ "$(cell PNS "$outer")" = "$(inode self user)" ]
  [ "$(cell ONS "$(inode "$pid" net)")" = "$user" ]
}

@test "a user namespace without a process is held by a namespace that it owns" {
  start python3 -c '
import ctypes, os, time
libc = ctypes.CDLL(None)
ends, go = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    assert libc.unshare(0x10000000 | 0x40000000) == 0
    os.write(ends[1], b"x")
    os.read(go[0], 1)
    os._exit(0)
os.read(ends[0], 1)
path = "/proc/%d/ns/" % child
held = os.open(path + "net", os.O_RDONLY)
open("inodes", "w").write("%d %d\n" % (os.stat(path + "user").st_ino,
                                       os.fstat(held).st_ino))
os.write(go[1], b"x")
os.waitpid(child, 0)
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)'
  read -r user net <inodes
  [ "$(cell NPROCS,ONS "$net" | tr -s ' ')" = "0 $user" ]
  [ "$(cell NPROCS "$user")" = 0 ]
  [ "$(cell HELD-BY "$user")" = "owner of $net" ]
}

@test "a namespace for children that has none yet is held by their parent" {
  [ -e /proc/self/ns/time ] || skip "no time namespaces"
  start python3 -c '
import ctypes, os, time
assert ctypes.CDLL(None).unshare(0x80) == 0
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)'
  ns=$(inode "$pid" time_for_children)
  [ "$(cell TYPE,NPROCS "$ns" | tr -s ' ')" = "time 0" ]
  [ "$(cell HELD-BY "$ns")" = "children of $pid (python3)" ]
}

@test "a thread in another namespace than its process holds it" {
  start python3 -c '
import ctypes, os, threading, time
libc = ctypes.CDLL(None)
def apart():
    assert libc.unshare(0x40000000) == 0
    tid = threading.get_native_id()
    inode = os.stat("/proc/self/task/%d/ns/net" % tid).st_ino
    open("inode", "w").write("%d %d\n" % (inode, tid))
    open(os.environ["ready"], "w").write("\n")
    time.sleep(1000)
threading.Thread(target=apart, daemon=True).start()
time.sleep(1000)'
  read -r ns thread <inode
  [ "$(cell NPROCS "$ns")" = 0 ]
  [ "$(cell HELD-BY "$ns")" = "thread $thread of $pid (python3)" ]
}

@test "a process has a number in each pid namespace" {
  start unshare --pid --fork --kill-child \
    unshare --pid --fork --kill-child sh -c "$waits"
  inner=$(pgrep -P "$(pgrep -P "$pid")")
  asleep "$inner"
  ns=$(inode "$inner" pid)
  [[ "$(cell NSPID "$ns")" =~ ^"$inner"/[23]/1$ ]]
  run --separate-stderr ns-list "$ns"
  [ "$status" = 0 ]
  [[ "${lines[0]}" =~ ^PID\ +PPID\ +NSPID\ +USER\ +COMMAND$ ]]
  [[ "${lines[1]}" =~ ^$inner\ .*$inner/[23]/1\ +root\ +sleep\ 1000$ ]]
  [ "${#lines[@]}" = 2 ]
  # And the tree of pid namespaces, below the one of this test.
  ns-list --tree=pid -n -o NS 2>err >tree
  grep -A2 "^[^0-9]*$(inode self pid)$" tree
  grep -q "^ *[│├└─ ]*└─$ns$" tree
}

@test "id maps of a user namespace" {
  start unshare --user sh -c "$waits"
  echo 0 1000 5 >"/proc/$pid/uid_map"
  echo 0 2000 7 >"/proc/$pid/gid_map"
  ns=$(inode "$pid" user)
  [ "$(cell UIDMAP "$ns")" = 0:1000:5 ]
  [ "$(cell GIDMAP "$ns")" = 0:2000:7 ]
  [ "$(cell OUID "$ns")" = 0 ]
  [ "$(field uidMap.0.outside "$ns")" = 1000 ]
}

@test "veth pairs connect net namespaces" {
  start unshare --net sh -c "$waits"
  one=$pid
  start unshare --net sh -c "$waits"
  two=$pid
  nsenter -t "$one" -n ip link add left type veth peer name right netns "$two"
  # Of no other namespace.
  nsenter -t "$one" -n ip link add this type veth peer name that
  left=$(inode "$one" net) right=$(inode "$two" net)
  [ "$(cell PEERS "$left")" = "left>right@$right" ]
  [ "$(cell PEERS "$right")" = "right>left@$left" ]
  [ "$(field peers.0.peerNs "$left")" = "$right" ]
}

@test "the tree by owner has everything below its user namespace" {
  start unshare --user --map-root-user --net --uts sh -c "$waits"
  user=$(inode "$pid" user)
  ns-list --tree=owner -n -o NS 2>err >tree
  # What follows with a deeper indent until the next of its own level.
  grep -A2 "─$user$" tree | tail -n +2 | grep -o '[0-9]*$' | sort >below
  printf '%s\n' "$(inode "$pid" net)" "$(inode "$pid" uts)" | sort |
    diff - below
  ns-list --tree=user -n -o NS 2>err | grep "─$user$"
}

@test "the tree by process has a child's namespace below its parent's" {
  start unshare --uts sh -c \
    'setpriv --pdeathsig=KILL unshare --uts sh -c "$0" & wait' "$waits"
  outer=$(inode "$pid" uts) inner=$(inode "$(pgrep -P "$pid")" uts)
  [ "$outer" != "$inner" ]
  ns-list --tree -t uts -n -o NS 2>err >tree
  cat tree
  # Nothing else is below the outer one.
  [[ "$(grep -A1 "─$outer$" tree)" == *"─$outer"$'\n'*"└─$inner" ]]
}

@test "a process's own namespaces, by operand and by --task" {
  start unshare --net sh -c "$waits"
  ns-list -n -o NS "$pid" 2>err >by_operand
  ns-list -n -o NS -p "$pid" 2>err | diff by_operand -
  [ "$(wc -l <by_operand)" = "$(find "/proc/$pid/ns" -type l \
    ! -name '*children' | wc -l)" ]
  grep -q "^$(inode "$pid" net)$" by_operand
}

@test "a namespace is named by number, by kind and number, and by id" {
  start unshare --net sh -c "$waits"
  ns=$(inode "$pid" net)
  [ "$(cell NS "net:[$ns]")" = "$ns" ]
  id=$(cell ID "$ns")
  [ "$id" != - ] || skip "no ids before Linux 6.18"
  [ "$(cell NS ":$id")" = "$ns" ]
}

@test "hostile names do not reach the terminal, nor another column" {
  evil=$'a) S 1 (\n\e[31m'
  start unshare --uts python3 -c '
import os, sys, time
open("/proc/self/comm", "w").write(sys.argv[1][:15])
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)' "$evil"
  ns=$(inode "$pid" uts)
  [ "$(cell PPID "$ns")" = "$$" ] || [ "$(cell PPID "$ns")" = "$BASHPID" ]
  cell COMMAND "$ns" | grep -q 'a) S 1 (??\[31m'
  [ "$(ns-list "$ns" 2>err | wc -l)" = 2 ]
  [[ "$(field command "$ns")" == *$'\e[31m'* ]]
}

@test "no program's name or arguments make a line, a column or invalid JSON" {
  # Newlines, controls of eight bits, what turns the direction of writing, bytes
  # that are no UTF-8, and a name that fills the screen.
  start python3 -c '
import ctypes, os
name = b"a\nb\xc2\x9b2J\xe2\x80\xae\xff\t" + b"x" * 60000
assert ctypes.CDLL(None).unshare(0x4000000) == 0
held = os.open("/proc/self/ns/uts", os.O_RDONLY)
os.set_inheritable(held, True)
open(os.environ["ready"], "w").write("\n")
os.execv("/bin/sleep", [name, "1000"])'
  asleep "$pid"
  ns=$(inode "$pid" uts)
  ns-list -o NS,HELD-BY,COMMAND 2>err >table
  line=$(grep "^$ns " table)
  [[ "$line" == *' a?b?2J???xxx'* ]]
  if LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]\|\xc2\x9b\|\xff' table; then false; fi
  # The holder's name is cut, so that it does not make the column as wide.
  [ "$(grep -c x table)" -ge 1 ]
  held=$(cell HELD-BY "$ns")
  [ "${#held}" -lt 100 ]
  ns-list --json 2>err | python3 -c '
import json, sys
for line in sys.stdin.buffer:
    json.loads(line.decode())'
  [[ "$(ns-list -r -n -o COMMAND "$ns" 2>err)" == 'a\x0ab\xc2\x9b2J\xe2\x80\xae\xff\x09xxx'* ]]
}

@test "a mount point with odd bytes is shown harmless, and opens what it names" {
  start unshare --mount sh -c '
    name=$(printf "odd \033[31m\n\\\\name")
    touch "$name"
    unshare --uts="$name" true
    stat -L -c %i "$name" >inode
    echo >$ready
    exec sleep 1000'
  ns=$(cat inode)
  [ "$(cell NSFS "$ns")" = "$PWD/odd ?[31m?\\name" ]
  [ "$(cell NSFS "$ns" -r)" = "$PWD/odd\\x20\\x1b[31m\\x0a\\x5cname" ]
  [ "$(field holders.0.path "$ns")" = "$PWD/odd "$'\e[31m\n\\name' ]
  nsenter --uts="$(field path "$ns")" true
}

@test "processes that come and go meanwhile harm nothing" {
  start sh -c 'echo >$ready; while :; do unshare --uts true; done'
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    ns-list --output-all 2>err >table
    [ ! -s err ] || grep -q 'could not be looked into' err
    # Each line has a number.
    if tail -n +2 table | grep -v '^[0-9]'; then false; fi
    ns-list --json >lines 2>err
    python3 -c 'import json; [json.loads(line) for line in open("lines")]'
    for relation in parent owner process; do
      ns-list --tree=$relation >tree 2>err
    done
  done
}

@test "--raw: as many words in each line as columns" {
  start unshare --uts sh -c "$waits"
  asleep "$pid"
  ns-list -r --output-all >raw 2>err
  [ "$(awk '{ print NF }' raw | sort -u | wc -l)" = 1 ]
  [ "$(cell TYPE,NPROCS,COMMAND "$(inode "$pid" uts)" -r)" = 'uts 1 sleep\x201000' ]
}

@test "lsns's letters: -J, -l, -u, -W, -H, and the tree by parent" {
  start unshare --user --map-root-user --net sh -c "$waits"
  net=$(inode "$pid" net)
  # With the same operand both say the same, but that who looks into a namespace
  # holds it meanwhile: another test's ns-list may come between.
  asleep "$pid"
  same=
  for _ in {1..50}; do
    ns-list -J -o ns "$net" >short 2>err
    ns-list --json -o ns "$net" 2>err | cmp -s short - && same=1 && break
  done
  [ -n "$same" ]
  grep -q "^{\"ns\":$net," short
  ns-list -l -u -W -o NS 2>err | grep -qx "$net"
  ns-list -H | grep -qx 'NETNSID  *number that the own net namespace has for it'
  # All that are listed are columns.
  ns-list -o "$(ns-list -H -r -n | cut -d ' ' -f 1 | paste -sd ,)" >/dev/null 2>err
  [ "$(ns-list -H -r -n | cut -d ' ' -f 1 | paste -sd ' ')" = \
    "$(ns-list --output-all 2>err | head -n 1 | xargs)" ]
  # All kinds, those without a parent beside it.
  ns-list --tree=parent -n -o NS 2>err >tree
  grep -qx "$net" tree
  grep -q "─$(inode "$pid" user)$" tree
  run ns-list --json --raw
  [ "$status" = 1 ]
  [ "$output" = "ns-list: --json and --raw exclude each other" ]
  run ns-list --list --tree
  [ "$status" = 1 ]
  [ "$output" = "ns-list: --list and --tree exclude each other" ]
}

@test "on a terminal lines end at its edge, but with --notruncate" {
  command -v script >/dev/null || skip "script (util-linux) is missing"
  start unshare --uts python3 -c '
import os, time
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)' and many words behind it so that the line is to be cut off
  script -qec "stty cols 60; ns-list -n 2>/dev/null" /dev/null </dev/null >narrow 2>err
  [ "$(tr -d '\r' <narrow | wc -L)" -le 60 ]
  script -qec "stty cols 60; ns-list -n -u 2>/dev/null" /dev/null </dev/null >whole 2>err
  [ "$(tr -d '\r' <whole | wc -L)" -gt 60 ]
  grep -q "to be cut off" whole
  ns-list -n 2>err | grep -q "to be cut off"
}

@test "a reader that closes, and a full disk, are noticed" {
  run bash -c 'ns-list --output-all 2>err | head -n 1'
  [ "$status" = 0 ]
  run bash -c 'set -o pipefail; (ns-list; echo $? >status) 2>err | true; cat status'
  # Nobody reads: it dies of the signal, or says so, and never claims success.
  [ "$output" = 0 ] || [ "$output" = 141 ] || [ "$output" = 1 ]
  run bash -c 'ns-list 2>&1 >/dev/full | grep -v looked'
  [[ "$output" == "ns-list: "*"No space left on device" ]]
}

@test "an ordinary user sees his own, and one line says what he cannot see" {
  run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$(command -v ns-list)" -n -t net -o NS,PID
  [ "$status" = 0 ]
  [ "${#stderr_lines[@]}" = 1 ]
  [[ "$stderr" == "ns-list: "*" could not be looked into: "* ]]
  [[ "$output" == "$(inode self net) "* ]]
}

@test "wrong use is one line that names the operand" {
  run ns-list --type=moon
  [ "$status" = 1 ]
  [[ "$output" == "ns-list: --type=moon: user, mnt, net"* ]]
  run ns-list -o ns,phase
  [ "$status" = 1 ]
  [[ "$output" == "ns-list: --output: no column 'phase' (there are NS TYPE "* ]]
  run --separate-stderr ns-list --tree=moon
  [ "$status" = 1 ]
  [[ "$stderr" == *"ns-list: --tree=moon: parent, pid, user, owner or process"* ]]
  run --separate-stderr ns-list 4194304
  [ "$status" = 1 ]
  [[ "$stderr" == "ns-list: process 4194304: none that"* ]]
  run --separate-stderr ns-list net:[12345678]
  [ "$status" = 1 ]
  [[ "$stderr" == "ns-list: net:[12345678]: no such namespace"* ]]
  run --separate-stderr ns-list web
  [ "$status" = 1 ]
  [[ "$stderr" == "ns-list: web: no such namespace"* ]]
}

@test "all columns and no heading" {
  run --separate-stderr ns-list --output-all
  [[ "${lines[0]}" =~ ^NS\ +TYPE\ +ID\ .*COMMAND$ ]]
  run --separate-stderr ns-list -n
  [[ "${lines[0]}" =~ ^[0-9]+\ +[a-z]+\  ]]
  run --separate-stderr ns-list -o +path
  [[ "${lines[0]}" =~ ^NS\ +TYPE\ .*COMMAND\ +PATH$ ]]
}
