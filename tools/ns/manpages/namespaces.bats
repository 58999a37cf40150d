# The statements of namespaces(7), each shown on this kernel.
# shellcheck disable=SC2016,SC2154 # texts for other shells; bats's variables

load manpages

@test "two processes in one namespace have the same device and inode number in /proc/PID/ns" {
  start ns-unshare --uts sh -c "$waits"
  both=$(stat -L -c '%d %i' "/proc/$pid/ns/uts")
  is "$both" ns-enter --target="$pid" --uts stat -L -c '%d %i' /proc/self/ns/uts
  [ "$both" != "$(stat -L -c '%d %i' /proc/self/ns/uts)" ]
}

@test "each kind of namespace has its link, and unshare makes a new one of it" {
  for kind in cgroup ipc mnt net pid time user uts; do
    before=$(readlink "/proc/self/ns/$kind")
    [[ "$before" == "$kind:["*"]" ]]
    option=$kind
    [ "$kind" != mnt ] || option=mount
    after=$(ns-unshare --fork "--$option" readlink "/proc/self/ns/$kind")
    [[ "$after" == "$kind:["*"]" && "$after" != "$before" ]]
  done
}

@test "an open file of a namespace keeps it when all of its processes have ended" {
  start ns-unshare --uts sh -c "hostname kept; $waits"
  exec 9<"/proc/$pid/ns/uts"
  ns=$(inode "$pid" uts)
  kill -KILL "$pid"
  wait "$pid" || true
  is kept ns-enter --uts=/proc/self/fd/9 hostname
  is 0 cell NPROCS "$ns"
  exec 9<&-
  fails 'no such namespace' ns-list "$ns"
}

@test "a bind mount of the link keeps it, too, and what is left can be entered" {
  ns-unshare --mount sh -ec '
    touch kept
    ns-unshare --uts=kept hostname pinned
    [ "$(ns-enter --uts=kept hostname)" = pinned ]
    [ "$(ns-list -n -o NPROCS "$(stat -L -c %i kept)" 2>/dev/null)" = 0 ]
    umount kept
    fails=$(ns-enter --uts=kept true 2>&1) && exit 1
    [ -n "$fails" ]'
}

@test "pid_for_children is the pid namespace of children to come, and pid stays" {
  is 'True True' py '
before = ns("pid")
unshare(NEWPID)
child = os.fork()
if child == 0:
    time.sleep(1000)
print(ns("pid") == before, ns("pid_for_children") == ns("pid", child) != before)
os.kill(child, signal.SIGKILL)'
}

@test "time_for_children is the time namespace of children to come" {
  [ -e /proc/self/ns/time ] || skip "this kernel has no time namespaces"
  is 'True True' py '
before = ns("time")
unshare(NEWTIME)
print(ns("time") == before, ns("time_for_children") != before)'
}

@test "to read the links of a process is governed by ptrace access" {
  start sh -c "$waits"
  fails 'Permission denied' as_nobody stat -L "/proc/$pid/ns/net"
}

@test "to create a namespace needs CAP_SYS_ADMIN, but for a user namespace" {
  cp "$(command -v ns-unshare)" /dev/shm/ns-unshare.$$
  chmod 755 /dev/shm/ns-unshare.$$
  for kind in cgroup ipc mount net pid time uts; do
    run as_nobody /dev/shm/ns-unshare.$$ --$kind true
    echo "$kind: $status $output" >>outputs
  done
  run as_nobody /dev/shm/ns-unshare.$$ --user true
  rm /dev/shm/ns-unshare.$$
  [ "$status" = 0 ]
  [ "$(grep -c ': 1 .*not permitted' outputs)" = 7 ]
}

@test "the limits of /proc/sys/user refuse one more namespace: ENOSPC" {
  for kind in cgroup ipc mnt net pid uts; do
    fails 'No space left' ns-unshare --user --map-root-user sh -c "
      echo 0 >/proc/sys/user/max_${kind}_namespaces
      exec ns-unshare --${kind/mnt/mount} true"
  done
}

@test "a limit of a user namespace counts for those below, and not above" {
  is OK ns-unshare --user --map-root-user sh -c '
    echo 1 >/proc/sys/user/max_user_namespaces
    ns-unshare --user --map-root-user sh -c "
      ns-unshare --user true 2>/dev/null || echo OK"'
  ns-unshare --user true
}

@test "setns takes no file of another kind, and none that is no namespace: EINVAL" {
  is 'EINVAL EINVAL none' py '
open("plain", "w")
print(error_of(setns, "/proc/self/ns/net", NEWUTS),
      error_of(setns, "plain"),
      error_of(setns, "/proc/self/ns/uts", NEWUTS))'
}

@test "setns with a pidfd joins several namespaces of a process at once" {
  start ns-unshare --uts --ipc --net sh -c "$waits"
  is 'True True True' py '
fd = os.pidfd_open(int(sys.argv[1]))
setns(fd, NEWUTS | NEWIPC | NEWNET)
print(*(ns(kind) == ns(kind, sys.argv[1]) for kind in ("uts", "ipc", "net")))' \
    "$pid"
}

@test "a namespace has an owner, a user namespace (ioctl_ns)" {
  start ns-unshare --user --map-root-user --net --uts sh -c "$waits"
  user=$(inode "$pid" user)
  for kind in net uts; do is "$user" cell ONS "$(inode "$pid" $kind)"; done
  is "$(inode self user)" cell PNS "$user"
  is 0 cell OUID "$user"
}

@test "clone makes the child a member of the new namespaces, and moves not the caller" {
  is 'True True' py '
SIGCHLD = 17
before = ns("uts")
child = syscall(56, NEWUTS | SIGCHLD, 0, 0, 0, 0)
if child == 0:
    time.sleep(1000)
print(ns("uts") == before, ns("uts", child) != before)
os.kill(child, signal.SIGKILL)'
}

@test "pid_for_children has no value until the first child is there" {
  is 'ENOENT True' py '
link = "/proc/self/ns/pid_for_children"
unshare(NEWPID)
empty = error_of(os.readlink, link)
forked(os.getpid)
print(empty, os.readlink(link).startswith("pid:["))'
}

@test "the file of a namespace can be passed to another process, which joins it" {
  start ns-unshare --uts sh -c "hostname passed; $waits"
  is passed py '
ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
fd = os.open("/proc/%s/ns/uts" % sys.argv[1], os.O_RDONLY)
socket.send_fds(ends[0], [b"x"], [fd])
os.close(fd)
def join():
    setns(socket.recv_fds(ends[1], 1, 1)[1][0])
    return socket.gethostname()
print(forked(join))' "$pid"
}

@test "the limit of time and user namespaces refuses one more: ENOSPC" {
  [ -e /proc/sys/user/max_time_namespaces ] || skip "no time namespaces"
  for kind in time user; do
    fails 'No space left' ns-unshare --user --map-root-user sh -c "
      echo 0 >/proc/sys/user/max_${kind}_namespaces
      exec ns-unshare --$kind true"
  done
}

@test "the limits of a new user namespace are the highest, and its own" {
  own=$(cat /proc/sys/user/max_uts_namespaces)
  is '2147483647 5' ns-unshare --user --map-root-user sh -c '
    cat /proc/sys/user/max_uts_namespaces | tr "\n" " "
    echo 5 >/proc/sys/user/max_uts_namespaces
    cat /proc/sys/user/max_uts_namespaces'
  is "$own" cat /proc/sys/user/max_uts_namespaces
}

@test "the limits are for each user, and changed by who is privileged" {
  is 'EACCES none ENOSPC none' ns-unshare --user --map-users=0:1000:10 \
    --map-groups=0:1000:10 --setgid=0 --setuid=0 python3 -c '
from kernel import *
def as_user(user, function, *arguments):
    def become():
        os.setresuid(user, user, user)
        return error_of(function, *arguments)
    return forked(become)
limit = "/proc/sys/user/max_user_namespaces"
print(as_user(5, write_file, limit, b"1"), end=" ")
write_file(limit, b"1")
def hold():
    os.setresuid(5, 5, 5)
    unshare(NEWUSER)
waiting_child(hold)
# One more is too many for this user, not for another.
print("none", as_user(5, unshare, NEWUSER), as_user(6, unshare, NEWUSER))'
}

# What else keeps a namespace, which ns-list finds no more once it is gone; ns-pin
# has tests of its own. "A bind mount" and "an open file" are above.

# vanishes NAMESPACE: it is freed in the background.
vanishes() {
  until ! ns-list "$1" >/dev/null 2>&1; do sleep 0.02; done
}

@test "a child keeps a PID namespace and a user namespace" {
  start ns-unshare --user --map-root-user ns-unshare --user --map-root-user \
    sh -c "$waits"
  outer=$(cell PNS "$(inode "$pid" user)")
  is "0 parent of $(inode "$pid" user)" sh -c \
    "ns-list -n -r -o NPROCS,HELD-BY $outer 2>/dev/null | sed 's/.x20/ /g'"
  kill -KILL "$pid"
  wait "$pid" || true
  vanishes "$outer"
}

@test "a process whose children will be in it keeps a PID namespace" {
  start python3 -c '
from kernel import *
unshare(NEWPID)
forked(os.getpid)
open("inode", "w").write(str(ns("pid_for_children")))
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)'
  ns=$(cat inode)
  is 0 cell NPROCS "$ns"
  [[ "$(cell HELD-BY "$ns")" == "children of $pid "* ]]
  kill -KILL "$pid"
  wait "$pid" || true
  vanishes "$ns"
}

@test "a mounted message queue file system keeps an IPC namespace" {
  # The queue is there with no process, and gone without the mount.
  is kept ns-unshare --mount sh -ec '
    mkdir queue
    ns-unshare --ipc sh -ec "mount -t mqueue mqueue queue; : >queue/kept"
    ls queue
    umount queue'
}

@test "a mounted proc file system keeps a PID namespace, and shows nobody in it" {
  is 'mounted: ' ns-unshare --mount bash -ec '
    mkdir there
    ns-unshare --pid --fork sh -c "mount -t proc proc there"
    mountpoint -q there && printf "mounted: "
    cd there
    echo [0-9]* | grep -v "^\[" || true'
}
