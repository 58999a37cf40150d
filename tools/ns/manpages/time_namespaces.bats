# The statements of time_namespaces(7), each shown on this kernel.
# shellcheck disable=SC2016,SC2154 # texts for other shells; bats's variables

export KIND="time"
load manpages

# clock NAME: whole seconds of it, printed by a command.
clock='from kernel import *; print(int(time.clock_gettime(getattr(time, sys.argv[1]))))'

# ahead CLOCK OPTION...: by how many days it is ahead in the namespace.
ahead() {
  local inside outside
  outside=$(python3 -c "$clock" "$1")
  inside=$(ns-unshare --fork --time "${@:2}" python3 -c "$clock" "$1")
  echo $(((inside - outside) / 86400))
}

@test "the monotonic clocks have an offset in a time namespace" {
  is 5 ahead CLOCK_MONOTONIC --monotonic=432000
  is 5 ahead CLOCK_MONOTONIC_RAW --monotonic=432000
  is 0 ahead CLOCK_BOOTTIME --monotonic=432000
}

@test "the clock since boot has an offset of its own" {
  is 5 ahead CLOCK_BOOTTIME --boottime=432000
  is 0 ahead CLOCK_MONOTONIC --boottime=432000
}

@test "the clock of the day has none" {
  is 0 ahead CLOCK_REALTIME --boottime=432000 --monotonic=432000
}

@test "/proc/uptime is that of the reader's time namespace" {
  outside=$(cut -d . -f 1 /proc/uptime)
  inside=$(ns-unshare --fork --time --boottime=432000 cut -d . -f 1 /proc/uptime)
  is 5 echo $(((inside - outside) / 86400))
}

@test "timens_offsets tells the offsets of the namespace of children" {
  is 'monotonic 60 0 boottime 120 0' ns-unshare --fork --time --monotonic=60 \
    --boottime=120 xargs -a /proc/self/timens_offsets
}

@test "unshare moves the children, not the caller" {
  is 'True True' py '
before = ns("time")
unshare(NEWTIME)
print(ns("time") == before, forked(ns, "time") == str(ns("time_for_children")))'
}

@test "offsets are set before the first process enters, and then no more: EACCES" {
  is 'none EACCES' py '
def write():
    fd = os.open("/proc/self/timens_offsets", os.O_WRONLY)
    os.write(fd, b"monotonic 60 0")
unshare(NEWTIME)
before = error_of(write)
forked(os.getpid)
print(before, error_of(write))'
}

@test "an offset may not set a clock below zero or far ahead: ERANGE" {
  is 'ERANGE ERANGE EINVAL' py '
def write(text):
    fd = os.open("/proc/self/timens_offsets", os.O_WRONLY)
    os.write(fd, text)
unshare(NEWTIME)
print(error_of(write, b"monotonic -1000000000 0"),
      error_of(write, b"monotonic 5000000000 0"),
      error_of(write, b"monotonic 0 1000000000"))'
}

@test "to set offsets needs CAP_SYS_TIME in the owner: EPERM" {
  is EPERM py '
def write():
    fd = os.open("/proc/self/timens_offsets", os.O_WRONLY)
    os.write(fd, b"monotonic 60 0")
unshare(NEWTIME)
new_user_namespace(0, 0)
print(error_of(write))'
  is 60 ns-unshare --user --map-root-user --fork --time --monotonic=60 sh -c \
    "awk '\$1 == \"monotonic\" { print \$2 }' /proc/self/timens_offsets"
}

@test "setns to a time namespace is for a process of one thread: EUSERS" {
  start ns-unshare --fork --time sh -c "$waits"
  child=$(pgrep -P "$pid")
  is EUSERS py '
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
print(error_of(setns, "/proc/%s/ns/time" % sys.argv[1]))
sys.stdout.flush()
os._exit(0)' "$child"
  kill -KILL "$child"
}

@test "the coarse clock has the offset, too, and so has the one that wakes" {
  # CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME_ALARM (which takes a clock that runs
  # while the machine sleeps)
  for pair in '6 --monotonic=432000' '9 --boottime=432000'; do
    read -r number option <<<"$pair"
    read_clock="import time; print(int(time.clock_gettime($number)))"
    outside=$(python3 -c "$read_clock" 2>/dev/null) || continue
    inside=$(ns-unshare --fork --time "$option" python3 -c "$read_clock")
    is 5 echo $(((inside - outside) / 86400))
  done
}

@test "to sleep until a time is to sleep until it is that by the namespace's clock" {
  # By the clock of outside this would take five days.
  ns-unshare --fork --time --monotonic=432000 python3 -c '
from kernel import *
import struct
CLOCK_NANOSLEEP, CLOCK_MONOTONIC, TIMER_ABSTIME = 230, 1, 1
now = int(time.clock_gettime(time.CLOCK_MONOTONIC))
syscall(CLOCK_NANOSLEEP, CLOCK_MONOTONIC, TIMER_ABSTIME,
        struct.pack("ll", now, 0), 0)'
}

@test "who has the file of time_for_children enters the namespace" {
  start ns-unshare --time sh -c "$waits"
  is 'True' py '
path = "/proc/%s/ns/time_for_children" % sys.argv[1]
setns(path)
print(ns("time") == os.stat(path).st_ino)' "$pid"
}

@test "a new time namespace inherits the offsets of its maker's" {
  is 'monotonic 60 0 boottime 120 0' ns-unshare --fork --time --monotonic=60 \
    --boottime=120 ns-unshare --fork --time xargs -a /proc/self/timens_offsets
}

@test "offsets are 0 outside, may be negative, and are written any number of times before" {
  is 'True none none EINVAL none boottime -1 5' py '
def write(text):
    write_file("/proc/self/timens_offsets", text)
def lines():
    return [line.split() for line in open("/proc/self/timens_offsets")]
initial = lines() == [["monotonic", "0", "0"], ["boottime", "0", "0"]]
if ns("time") != 4026531834:
    initial = True  # this is in another one already
unshare(NEWTIME)
print(initial, error_of(write, b"boottime -3 0\n"),
      # By its number, as at first.
      error_of(write, b"7 -2 0\n"),
      error_of(write, b"realtime 1 0\n"),
      error_of(write, b"boottime -1 5\n"), *lines()[1])'
}
