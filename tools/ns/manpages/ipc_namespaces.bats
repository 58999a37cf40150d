# The statements of ipc_namespaces(7), each shown on this kernel.
# shellcheck disable=SC2016,SC2154 # texts for other shells; bats's variables

load manpages

@test "System V identifiers are of one IPC namespace" {
  command -v ipcmk >/dev/null || skip "ipcmk is missing"
  start ns-unshare --ipc sh -c "ipcmk -Q >made; ipcmk -M 4096 >>made; ipcmk -S 1 >>made; $waits"
  [ "$(wc -l <made)" = 3 ]
  for kind in msg shm sem; do
    is 1 ns-enter --target="$pid" --ipc sh -c "tail -n +2 /proc/sysvipc/$kind | wc -l"
    is 0 ns-unshare --ipc sh -c "tail -n +2 /proc/sysvipc/$kind | wc -l"
  done
}

@test "the same key is another object in another IPC namespace" {
  MSGGET=68 IPC_CREAT=512 IPC_EXCL=1024
  is 'none EEXIST none' py "
flags = $IPC_CREAT | $IPC_EXCL | 0o600
def make():
    return error_of(syscall, $MSGGET, 4711, flags)
unshare(NEWIPC)
first, again = make(), make()
unshare(NEWIPC)
print(first, again, make())"
}

@test "POSIX message queues are of one IPC namespace" {
  is 'apart: inside' ns-unshare --ipc --mount sh -ec '
    mkdir -p queue
    mount -t mqueue mqueue queue
    : >queue/inside
    printf "apart: "
    ns-unshare --ipc --mount sh -ec "
      mkdir other; mount -t mqueue mqueue other; ls other"
    ls queue'
}

@test "the file systems of message queues that are mounted stay of their namespace" {
  is kept ns-unshare --ipc --mount sh -ec '
    mkdir -p queue
    mount -t mqueue mqueue queue
    : >queue/kept
    ns-unshare --ipc ls queue'
}

@test "the settings of /proc/sys/kernel and fs/mqueue are of one IPC namespace" {
  for file in kernel/msgmax kernel/msgmnb kernel/msgmni kernel/shmmax \
    kernel/shmall kernel/shmmni kernel/shm_rmid_forced fs/mqueue/msg_max \
    fs/mqueue/queues_max; do
    own=$(cat "/proc/sys/$file")
    changed=1
    [[ $file != *max || $file == *queues* ]] || changed=64
    is "$changed" ns-unshare --ipc sh -c \
      "echo $changed >/proc/sys/$file && cat /proc/sys/$file"
    is "$own" cat "/proc/sys/$file"
  done
}

@test "the objects of an IPC namespace are destroyed with it" {
  SHMGET=29 IPC_CREAT=512
  # A mapping of a segment is a file of the kernel's; with the namespace the
  # segment is removed, as shmctl(IPC_RMID) would.
  is 'True True' py "
def name():
    lines = open('/proc/self/maps').read().splitlines()
    return [line for line in lines if 'SYSV' in line][0]
home = os.open('/proc/self/ns/ipc', os.O_RDONLY)
unshare(NEWIPC)
segment = syscall($SHMGET, 4711, 4096, $IPC_CREAT | 0o600)
_libc = ctypes.CDLL(None)
_libc.shmat.restype = ctypes.c_void_p
_libc.shmat(segment, None, 0)
before = name()
setns(home)
while not name().endswith('(deleted)'):
    time.sleep(0.01)
print('SYSV' in before, name().endswith('(deleted)'))"
}

@test "kernel/sem is of one IPC namespace, and so are all settings of message queues" {
  own=$(cat /proc/sys/kernel/sem)
  is '9 9 9 9' ns-unshare --ipc sh -c \
    'echo 9 9 9 9 >/proc/sys/kernel/sem && xargs -a /proc/sys/kernel/sem'
  is "$own" cat /proc/sys/kernel/sem
  for file in /proc/sys/fs/mqueue/*; do
    own=$(cat "$file")
    is "$((own + 1))" ns-unshare --ipc sh -c \
      "echo $((own + 1)) >$file && cat $file"
    is "$own" cat "$file"
  done
}

@test "all members of an IPC namespace see its objects, and nobody else" {
  start ns-unshare --ipc python3 -c '
from kernel import *
MSGGET, IPC_CREAT = 68, 512
syscall(MSGGET, 4711, IPC_CREAT | 0o600)
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)'
  find='from kernel import *
print(error_of(syscall, 68, 4711, 0))'
  is none ns-enter --target="$pid" --ipc python3 -c "$find"
  is ENOENT ns-unshare --ipc python3 -c "$find"
}
