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
  read -r -t 20 _ <>ready
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
