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
