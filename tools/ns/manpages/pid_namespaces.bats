# The statements of pid_namespaces(7), each shown on this kernel.
# shellcheck disable=SC2016,SC2086,SC2154 # texts for other shells; $init is words

load manpages

# What runs a command as process 1 of a new pid namespace, with its own /proc.
init='ns-unshare --pid --fork --kill-child --mount-proc'

# started_init COMMAND...: the same in the background; sets $first, which is its
# number out here.
started_init() {
  start $init "$@"
  first=$(pgrep -P "$pid")
}

@test "the first process of a pid namespace has the PID 1" {
  is 1 $init sh -c 'echo $$'
}

@test "processes in different pid namespaces can have the same PID" {
  start $init sh -c "$waits"
  is 1 $init sh -c 'echo $$'
}

@test "an orphan's parent is the init of its pid namespace" {
  is 1 $init python3 -c '
from kernel import *
ends = os.pipe()
if os.fork() == 0:
    child = os.fork()
    if child != 0:
        os._exit(0)
    while os.getppid() not in (0, 1):
        time.sleep(0.01)
    os.write(ends[1], str(os.getppid()).encode())
    os._exit(0)
os.wait()
print(os.read(ends[0], 10).decode())'
}

@test "when the init of a pid namespace ends, the kernel kills all its processes" {
  started_init python3 -c '
from kernel import *
for i in range(3):
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(1000)
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)'
  children=$(pgrep -P "$first")
  [ "$(wc -w <<<"$children")" = 3 ]
  kill -KILL "$first"
  for child in $children; do
    while [ -d "/proc/$child" ]; do sleep 0.01; done
  done
}

@test "after the end of its init no process can be made in a pid namespace: ENOMEM" {
  is ENOMEM py '
unshare(NEWPID)
child = os.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
print(error_of(os.fork))'
}

@test "members send the init of a pid namespace only signals that it handles" {
  is 'alive handled' $init python3 -c '
from kernel import *
def send(number):
    child = os.fork()
    if child == 0:
        os.kill(1, number)
        os._exit(0)
    os.waitpid(child, 0)
for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP, signal.SIGHUP):
    send(number)
print("alive", end=" ")
signal.signal(signal.SIGUSR1, lambda *_: print("handled"))
send(signal.SIGUSR1)'
}

@test "an ancestor's signal without a handler does nothing to the init of a pid namespace" {
  started_init sh -c "$waits"
  kill -TERM "$first"
  kill -HUP "$first"
  kill -USR1 "$first"
  kill -0 "$first"
  [[ "$(cut -d ' ' -f 3 "/proc/$first/stat")" == [SR] ]]
}

@test "an ancestor's SIGKILL and SIGSTOP are forced upon the init of a pid namespace" {
  started_init sh -c "$waits"
  kill -STOP "$first"
  until grep -q '^State:	T' "/proc/$first/status"; do sleep 0.01; done
  kill -KILL "$first"
  # ns-unshare stopped, too, and waits for it only now.
  kill -CONT "$pid"
  while [ -d "/proc/$first" ]; do sleep 0.01; done
}

@test "a handler sees the pid 0 as the sender of an ancestor's signal" {
  started_init python3 -c '
from kernel import *
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
open(os.environ["ready"], "w").write("\n")
sender = signal.sigwaitinfo([signal.SIGUSR1]).si_pid
open("sender", "w").write(str(sender))
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)'
  kill -USR1 "$first"
  read -r -t 60 _ <>ready
  is 0 cat sender
}

@test "a process is visible to its own pid namespace and those above, not the other way" {
  started_init sh -c "$waits"
  [ -d "/proc/$first" ]
  # It has a number in each level; the outermost is what is used here.
  [ "$(cell NSPID "$(inode "$first" pid)")" = "$first/1" ]
  fails 'No such process' ns-enter --target="$first" --pid --mount \
    sh -c "kill -0 $first"
}

@test "getppid of a process whose parent is in another pid namespace is 0" {
  is 0 $init python3 -c 'import os; print(os.getppid())'
  started_init sh -c "$waits"
  is 0 ns-enter --target="$first" --pid python3 -c 'import os; print(os.getppid())'
}

@test "a pid namespace can be nested 32 deep and no deeper" {
  run $init python3 -c '
from kernel import *
level = 2
while True:
    failed = error_of(unshare, NEWPID)
    if failed != "none":
        print(level, failed)
        sys.stdout.flush()
        break
    child = os.fork()
    if child != 0:
        os.waitpid(child, 0)
        os._exit(0)
    level += 1'
  [ "$status" = 0 ]
  # The initial one is not counted, and this test may be some levels deep.
  levels=$(($(grep NSpid /proc/self/status | wc -w) - 1))
  echo "$output at $levels"
  [[ "$output" == "$((34 - levels)) ENOSPC" ]]
}

@test "unshare and setns change the pid namespace of children, not of the caller" {
  is 'True True' py '
own = ns("pid"), os.getpid()
unshare(NEWPID)
print((ns("pid"), os.getpid()) == own, forked(os.getpid) == "1")'
  started_init sh -c "$waits"
  is 'True True' py '
own = ns("pid"), os.getpid()
setns("/proc/%s/ns/pid" % sys.argv[1])
print((ns("pid"), os.getpid()) == own,
      forked(os.getpid) == "2")' "$first"
}

@test "a process with a pid namespace for its children cannot make another: EINVAL" {
  is EINVAL py 'unshare(NEWPID); print(error_of(unshare, NEWPID))'
}

@test "setns goes down to a descendant only: EINVAL for the parent's" {
  is EINVAL $init python3 -c '
from kernel import *
own = os.open("/proc/self/ns/pid", os.O_RDONLY)
unshare(NEWPID)
print(forked(lambda: error_of(setns, own)))'
}

@test "the pid namespaces are a tree, which NS_GET_PARENT climbs" {
  started_init sh -c "$waits"
  is "$(inode self pid)" cell PNS "$(inode "$first" pid)"
}

@test "a proc file system shows the processes of the pid namespace it was mounted in" {
  is 2 $init sh -c 'readlink /proc/self; true'
  # Without a mount of its own a process finds the outer numbers.
  start ns-unshare --pid --fork --kill-child sh -c '
    readlink /proc/self >seen; '"$waits"
  [ "$(cat seen)" -gt 1 ]
}

@test "a socket's credentials are translated to the receiver's pid namespace" {
  is 'True 0' py '
parent, child = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
def credentials(end):
    import struct
    raw = end.getsockopt(socket.SOL_SOCKET, 17, 12)
    return struct.unpack("iII", raw)[0]
unshare(NEWPID)
number = os.fork()
if number == 0:
    # The pair was made outside, by a process that has no number here.
    os.write(child.fileno(), str(credentials(child)).encode())
    os._exit(0)
print(credentials(parent) == os.getpid(), parent.recv(10).decode())'
}

@test "ns_last_pid is of the pid namespace of who writes it" {
  [ -e /proc/sys/kernel/ns_last_pid ] || skip "CONFIG_CHECKPOINT_RESTORE is off"
  is 777 $init python3 -c '
from kernel import *
open("/proc/sys/kernel/ns_last_pid", "w").write("776")
child = os.fork()
if child == 0:
    os._exit(0)
print(child)'
}

@test "reboot(2) in a pid namespace ends its init: SIGHUP for a restart, SIGINT for a halt" {
  is 'SIGHUP SIGINT' py '
RESTART, POWER_OFF = 0x01234567, 0x4321fedc
def end(command):
    unshare(NEWPID)
    init = os.fork()
    if init == 0:
        syscall(169, 0xfee1dead - (1 << 32), 672274793, command, 0)
        os._exit(0)
    status = os.waitpid(init, 0)[1]
    return signal.Signals(os.WTERMSIG(status)).name
print(forked(end, RESTART), forked(end, POWER_OFF))'
}

@test "CLONE_NEWPID and a shared memory of threads exclude each other: EINVAL" {
  is 'EINVAL' py '
CLONE_VM, CLONE_SIGHAND, CLONE_THREAD = 0x100, 0x800, 0x10000
print(error_of(syscall, 56, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | NEWPID,
               0, 0, 0, 0))'
}

@test "PIDs in a new pid namespace go on from 1" {
  is '1 2 3' $init python3 -c '
from kernel import *
print(os.getpid(), forked(os.getpid), forked(os.getpid))'
}

@test "a pid namespace whose init has ended is joined, but no process is made in it: ENOMEM" {
  started_init sh -c "$waits"
  is 'none ENOMEM' py '
fd = os.open("/proc/%s/ns/pid" % sys.argv[1], os.O_RDONLY)
handle = os.pidfd_open(int(sys.argv[1]))
os.kill(int(sys.argv[1]), signal.SIGKILL)
import select
select.select([handle], [], [])
print(error_of(setns, fd), error_of(os.fork))' "$first"
}

@test "a subreaper nearer than init adopts an orphan" {
  is True $init python3 -c '
from kernel import *
PR_SET_CHILD_SUBREAPER = 36
def reaper():
    syscall(157, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    told = os.pipe()
    parent = os.fork()
    if parent == 0:
        own = os.getpid()
        if os.fork() == 0:
            while os.getppid() == own:
                time.sleep(0.01)
            os.write(told[1], b"%d" % os.getppid())
        os._exit(0)
    os.waitpid(parent, 0)
    return int(os.read(told[0], 9)) == os.getpid()
print(forked(reaper))'
}

@test "an orphan of who joined a pid namespace goes to the init of its parent's" {
  # It is in the inner one; its parent, which ends, is not: what adopts it is
  # seen as 0 from inside.
  started_init sh -c "$waits"
  is '0 True' py '
told = os.pipe()
joiner = os.fork()
if joiner == 0:
    setns("/proc/%s/ns/pid" % sys.argv[1])
    joiner = os.getpid()
    child = os.fork()
    if child != 0:
        os.write(told[1], b"%d\n" % child)
        os._exit(0)
    # Seen from outside, in the proc file system of there.
    while True:
        own = int(os.readlink("/proc/self"))
        status = open("/proc/self/stat").read().rsplit(")", 1)[1].split()
        if int(status[1]) != joiner:
            break
        time.sleep(0.01)
    os.write(told[1], b"%d %d" % (os.getppid(), int(status[1])))
    os._exit(0)
os.waitpid(joiner, 0)
text = b""
with os.fdopen(told[0], "rb") as reader:
    os.close(told[1])
    text = reader.read()
seen, adopted = text.split(b"\n")[1].split()
print(seen.decode(), adopted not in (b"0", b"%d" % joiner, sys.argv[1].encode()))' \
    "$first"
}

@test "a pid namespace beside the own one cannot be joined: EINVAL" {
  started_init sh -c "$waits"
  is EINVAL py '
beside = os.open("/proc/%s/ns/pid" % sys.argv[1], os.O_RDONLY)
unshare(NEWPID)
print(forked(lambda: error_of(setns, beside)))' "$first"
}

@test "system calls take the number that is visible to their caller" {
  started_init sh -c "$waits"
  renice -n 7 -p "$first" >/dev/null
  is 7 ns-enter --target="$first" --pid python3 -c \
    'import os; print(os.getpriority(os.PRIO_PROCESS, 1))'
}

@test "whoever looks at it, a proc file system shows the namespace of who mounted it" {
  started_init sh -c "$waits"
  inner=/proc/$first/root/proc
  is sleep cat "$inner/1/comm"
  # Who looks is not in it.
  fails 'No such' stat "$inner/self/"
  is True py 'print(not os.path.exists("%s/%d" % (sys.argv[1], os.getpid())))' \
    "$inner"
}

@test "/proc/self is the number in the namespace of who mounted that proc" {
  is 'True True' py '
unshare(NEWPID)
def numbers():
    return os.getpid(), int(os.readlink("/proc/self"))
inner, outer = eval(forked(numbers))
print(inner == 1, outer > os.getpid() or outer != 1)'
}

@test "a message's credentials are translated to the receiver's pid namespace" {
  is '0 True' py '
import struct
SO_PASSCRED = 16
def receiver():
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ends[0].setsockopt(socket.SOL_SOCKET, SO_PASSCRED, 1)
    return ends
def sender(end):
    data = end.recvmsg(1, socket.CMSG_SPACE(12))[1][0][2]
    return struct.unpack("iII", data)[0]
inward, outward = receiver(), receiver()
unshare(NEWPID)
child = os.fork()
if child == 0:
    outward[1].send(b"x")
    os._exit(0 if sender(inward[0]) == 0 else 1)
inward[1].send(b"x")
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]),
      sender(outward[0]) == child)'
}

@test "ns_last_pid tells the last number, and is written by who is privileged" {
  [ -e /proc/sys/kernel/ns_last_pid ] || skip "CONFIG_CHECKPOINT_RESTORE is off"
  is 'True' $init python3 -c '
from kernel import *
child = int(forked(os.getpid))
print(int(open("/proc/sys/kernel/ns_last_pid").read()) == child)'
  # Of the namespace of the user, not of another's.
  is 'EPERM none' ns-unshare --pid --fork python3 -c '
from kernel import *
def in_user_namespace(flags):
    unshare(NEWUSER)
    for file, text in (("setgroups", b"deny"), ("uid_map", b"0 0 1")):
        write_file("/proc/self/" + file, text)
    if flags:
        unshare(flags)
    return forked(lambda: error_of(write_file, "/proc/sys/kernel/ns_last_pid",
                                   b"100"))
print(forked(in_user_namespace, 0), forked(in_user_namespace, NEWPID))'
}
