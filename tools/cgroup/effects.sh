#!/bin/sh
# What the cgroup tools do, seen by its effects on programs: on this machine,
# whatever hierarchies it has, and in a virtual machine that has only v2
# (vm/vm_test.sh). Works in busybox's shell, too. Prints TAP version 13.
#
#   effects.sh [NAME...]    only the tests whose name has one of these words
#
# The tools are on PATH. Programs are busybox's: they take what they are told
# to take, and no more.
set -u

# Where Bazel has them.
[ ! -d tools/cgroup ] || PATH=$PWD/tools/cgroup:$PWD/tools/container:$PATH

# shellcheck source=tools/cgroup/tap.sh
. "$(dirname "$0")/tap.sh"
top=/cleat-effects-$$

# "TYPE TARGET OPTIONS" of each cgroup mount, from mountinfo.
cgroup_mounts() {
  awk '{ for (i = 7; i < NF; ++i) if ($i == "-" && $(i + 1) ~ /^cgroup2?$/)
    print $(i + 1), $5, $(i + 3) }' /proc/self/mountinfo
}

mounts=$(cgroup_mounts)
unified=$(echo "$mounts" | awk '$1 == "cgroup2" { print $2; exit }')

# Where v1 has this controller; "" where it has not.
v1() {
  echo "$mounts" | awk -v name="$1" '$1 == "cgroup" {
    count = split($3, options, ",")
    for (i = 1; i <= count; ++i)
      if (options[i] == name) { print $2; exit } }'
}

# The directory of group $1 where controller $2 is.
directory() {
  if [ -n "$(v1 "$2")" ]; then echo "$(v1 "$2")$1"; else echo "$unified$1"; fi
}

# Makes group $1 in all hierarchies; the unified one gives it the controllers
# $2..., or the test is skipped.
make_group() {
  group=$1
  shift
  for controller; do
    [ -z "$(v1 "$controller")" ] || continue
    grep -qw "$controller" "$unified/cgroup.controllers" 2>/dev/null ||
      skip "no $controller controller"
    parent=$unified
    for part in $(echo "${group%/*}" | tr / ' ') ''; do
      echo "+$controller" >"$parent/cgroup.subtree_control"
      [ -n "$part" ] || break
      parent=$parent/$part
      mkdir -p "$parent"
    done
  done
  for mount in $(echo "$mounts" | awk '{ print $2 }'); do
    mkdir -p "$mount$group" || return
    [ ! -e "$mount$group/cpuset.cpus" ] || [ "$mount" = "$unified" ] ||
      fill_cpuset "$mount" "$group"
  done
}

# A v1 cpuset takes nobody in before it has CPUs and memory.
fill_cpuset() {
  path=$1
  for part in $(echo "$2" | tr / ' '); do
    for file in cpuset.cpus cpuset.mems; do
      cat "$path/$file" >"$path/$part/$file"
    done
    path=$path/$part
  done
}

# set_limit GROUP CONTROLLER V1-FILE V2-FILE V1-VALUE V2-VALUE
set_limit() {
  if [ -n "$(v1 "$2")" ]; then
    echo "$5" >"$(v1 "$2")$1/$3"
  else
    echo "$6" >"$unified$1/$4"
  fi
}

# Runs a program inside.
in_group() {
  inside=$1
  shift
  for mount in $(echo "$mounts" | awk '{ print $2 }'); do
    [ ! -d "$mount$inside" ] || set -- "$mount$inside/cgroup.procs" "$@"
  done
  set -- -- "$@"
  # shellcheck disable=SC2016,SC2086  # for the inner shell; nothing, or exec
  ${launch:-} sh -c 'shift
    while case $1 in */cgroup.procs) true ;; *) false ;; esac; do
      echo $$ >"$1" || exit 99
      shift
    done
    exec "$@"' sh "$@"
}

# The same on the side: $! is the program.
start() {
  (
    launch="exec"
    in_group "$@"
  ) &
}

# Until the process is sleep(1): before, it may not be in the group yet.
until_sleeps() {
  until_true is_named sleep "$1"
}

is_named() {
  [ "$(tr '\0' '\n' 2>/dev/null <"/proc/$2/cmdline" | head -n 1)" = "$1" ]
}

# A field of `cgstat --json`: SECTION FIELD, of those before pressure.
stat_of() {
  cgstat --json "$1" | stat_in - "$2" "$3"
}

# FIELD of SECTION in a file that cgstat --json wrote.
stat_in() {
  sed 's/,"pressure":.*//' "$1" |
    sed -n "s/.*\"$2\":\\[\\{0,1\\}{\\([^}]*\\)}.*/\\1/p" |
    tr , '\n' | sed -n "s/^\"$3\":\\([0-9]*\\)\$/\\1/p" | head -n 1
}

# Whether FIELD of SECTION is at least so much.
stat_reaches() {
  value=$(stat_of "$1" "$2" "$3")
  [ "${value:-0}" -ge "$4" ]
}

stat_below() {
  stat_reaches "$@" && return 1
  return 0
}

# Whether nobody is in the group; who has died and is nobody's yet still counts
# for a limit of pids.
is_empty() {
  cglist --flat --json "$1" | grep -q '"processes":' && return 1
  return 0
}

spin() {
  # shellcheck disable=SC2016  # for the inner shell
  start "$1" sh -c 'while :; do :; done'
}

# Takes so many megabytes at once.
take_memory() {
  in_group "$1" busybox dd if=/dev/zero of=/dev/null bs="$2M" count=1
}

test_cpu_time_is_counted() {
  make_group $top/a cpu
  spin $top/a
  until_true stat_reaches $top/a cpu usageUs 100000
  until_true stat_reaches $top/a cpu userUs 10000
  kill $!
}

test_throttling_is_counted() {
  make_group $top/a cpu
  [ -z "$(v1 cpu)" ] || echo 10000 >"$(v1 cpu)$top/a/cpu.cfs_quota_us"
  [ -n "$(v1 cpu)" ] || echo "10000 100000" >"$unified$top/a/cpu.max"
  spin $top/a
  until_true stat_reaches $top/a cpu throttledPeriods 2
  until_true stat_reaches $top/a cpu throttledUs 1
  cglist --flat --json $top/a | grep -q '"cpuQuotaUs":10000,"cpuPeriodUs":100000'
  kill $!
}

test_memory_peak_remains() {
  make_group $top/a memory
  [ -e "$(directory $top/a memory)/memory.peak" ] || [ -n "$(v1 memory)" ] ||
    skip "no memory.peak before Linux 5.19"
  take_memory $top/a 24
  stat_reaches $top/a memory peakBytes 25165824
  until_true stat_below $top/a memory currentBytes 25165824
}

test_memory_is_told_by_kind() {
  make_group $top/a memory
  mkdir "$work/tmpfs"
  mount -t tmpfs -o size=32m none "$work/tmpfs"
  in_group $top/a busybox dd if=/dev/zero of="$work/tmpfs/file" bs=1M count=16
  until_true stat_reaches $top/a memory sharedMemoryBytes 16777216
  until_true stat_reaches $top/a memory fileBytes 16777216
  stat_reaches $top/a memory currentBytes 16777216
  until_true stat_reaches $top/a memory pageFaults 1
  umount "$work/tmpfs"
  until_true stat_below $top/a memory sharedMemoryBytes 16777216
}

# Limits memory and swap together.
limit_memory() {
  set_limit "$1" memory memory.limit_in_bytes memory.max "$2" "$2"
  memsw=$(directory "$1" memory)/memory.memsw.limit_in_bytes
  [ ! -e "$memsw" ] || echo "$2" >"$memsw"
  [ ! -e "$unified$1/memory.swap.max" ] || echo 0 >"$unified$1/memory.swap.max"
}

test_oom_kill_is_counted_and_waited_for() {
  make_group $top/a memory
  limit_memory $top/a 16m
  cgstat --json --wait-for=oom --timeout=60s $top/a >"$work/waited" &
  waiter=$!
  # Once it waits: no other way to see it than that it sleeps.
  until_true grep -qs 'State:.S' /proc/$waiter/status
  sleep 0.3
  take_memory $top/a 64 && fail "not killed"
  wait $waiter
  [ "$(stat_of $top/a memory oomKills)" = 1 ]
  grep -q '"memory":{' "$work/waited"
  cglist --flat --json $top/a | grep -q '"memoryMaxBytes":16777216'
}

test_wait_for_oom_has_a_timeout() {
  make_group $top/a memory
  cgstat --wait-for=oom --timeout=100ms $top/a 2>"$work/said" && fail "came"
  grep -q "^cgstat: wait for oom of cgroup $top/a: not in 100ms$" "$work/said"
}

test_wait_for_oom_ends_with_the_group() {
  make_group $top/a memory
  cgstat --wait-for=oom --timeout=60s $top/a 2>"$work/said" &
  waiter=$!
  until_true grep -qs 'State:.S' /proc/$waiter/status
  sleep 0.3
  cgremove $top/a
  wait $waiter && fail "came"
  grep -q "^cgstat: cgroup $top/a has been removed$" "$work/said"
}

test_memory_high_is_waited_for() {
  make_group $top/a memory
  set_limit $top/a memory memory.soft_limit_in_bytes memory.high 8m 8m
  cgstat --wait-for=memory-high --timeout=60s $top/a >"$work/waited" &
  waiter=$!
  until_true grep -qs 'State:.S' /proc/$waiter/status
  sleep 0.3
  mkdir -p "$work/tmpfs"
  mount -t tmpfs -o size=32m none "$work/tmpfs"
  in_group $top/a busybox dd if=/dev/zero of="$work/tmpfs/file" bs=1M count=16
  wait $waiter
  umount "$work/tmpfs"
}

test_cpu_pressure_is_waited_for() {
  [ -n "$unified" ] || skip "no cgroup v2"
  make_group $top/a
  [ -e "$unified$top/a/cpu.pressure" ] || skip "the kernel has no PSI"
  cat "$unified$top/a/cpu.pressure" >/dev/null || skip "PSI is turned off"
  count=$(grep -c ^processor /proc/cpuinfo)
  spinners=
  while [ "$count" -ge 0 ]; do
    spin $top/a
    spinners="$spinners $!"
    spin $top/a
    spinners="$spinners $!"
    count=$((count - 1))
  done
  cgstat --wait-for=pressure --resource=cpu --stall=100ms --timeout=60s $top/a >/dev/null
  cgstat --json $top/a | grep -q '"pressure":{"cpu":{"some":{"avg10BasisPoints":'
  # shellcheck disable=SC2086  # several
  kill $spinners
}

test_pids_limit_is_counted() {
  make_group $top/a pids
  set_limit $top/a pids pids.max pids.max 2 2
  # shellcheck disable=SC2016  # for the inner shell
  in_group $top/a sh -c 'sleep 100 & sleep 100 & sleep 100 & wait' || true
  [ "$(stat_of $top/a pids limit)" = 2 ]
  stat_reaches $top/a pids maxEvents 1
  cgkill $top/a
  is_empty $top/a
}

# Whether the group has used CPU time since $2.
has_run() {
  [ "$(stat_of "$1" cpu usageUs)" -gt "$2" ]
}

test_frozen_processes_do_not_run() {
  make_group $top/a cpu
  spin $top/a
  until_true stat_reaches $top/a cpu usageUs 1000
  cgfreeze $top/a
  cglist --flat --json $top/a | grep -q '"frozen":true'
  before=$(stat_of $top/a cpu usageUs)
  sleep 0.3
  has_run $top/a "$before" && fail "runs on"
  cgfreeze $top/a
  cgthaw $top/a
  cglist --flat --json $top/a | grep -q '"frozen":false'
  until_true has_run $top/a "$before"
  cgthaw $top/a
  kill $!
}

test_group_below_a_frozen_one_stays_frozen() {
  make_group $top/a/b
  spin $top/a/b
  cgfreeze $top/a
  cglist --flat --json $top/a/b | grep -q '"frozen":true'
  cgthaw --timeout=100ms $top/a/b && [ -z "$unified" ] && fail "thawed"
  cgthaw $top/a
  kill $!
}

test_frozen_group_is_killed() {
  make_group $top/a cpu
  spin $top/a
  spinner=$!
  until_true stat_reaches $top/a cpu usageUs 1
  cgfreeze $top/a
  cgkill $top/a
  wait $spinner && fail "lives"
  cgstat --wait-for=empty --timeout=10s $top/a >/dev/null
}

# A fork bomb that fills its limit.
start_bomb() {
  set_limit "$1" pids pids.max pids.max 40 40
  # shellcheck disable=SC2016  # for the inner shell
  start "$1" sh -c 'bomb() { while :; do bomb & done; }; bomb' 2>/dev/null
  until_true stat_reaches "$1" pids maxEvents 20
}

test_no_fork_escapes_the_kill() {
  make_group $top/a pids
  start_bomb $top/a
  cgkill $top/a
  is_empty $top/a
  cgremove $top/a
}

# In one hierarchy alone, with nothing that freezes or kills as a whole.
test_no_fork_escapes_where_nothing_freezes() {
  [ -n "$(v1 pids)" ] || skip "every v2 group can be killed as a whole"
  make_group $top/a pids
  start_bomb $top/a
  cgkill "$(v1 pids)$top/a"
  is_empty $top/a
}

test_signal_is_sent_once() {
  make_group $top/a
  # shellcheck disable=SC2016  # for the inner shell
  start $top/a sh -c 'trap "echo got >>$0" USR1
    echo ready >"$0.ready"
    while :; do sleep 0.01; done' "$work/signals" 2>/dev/null
  until_true test -e "$work/signals.ready"
  cgkill --signal=USR1 $top/a || true
  until_true grep -qs got "$work/signals"
  sleep 0.2
  cgkill $top/a
  [ "$(grep -c got "$work/signals")" = 1 ]
}

test_group_in_use_is_not_removed() {
  make_group $top/a/b
  start $top/a/b sleep 100
  sleeper=$!
  until_sleeps $sleeper
  cgremove $top/a 2>"$work/said" && fail "removed"
  grep -q "^cgremove: remove cgroup .*$top/a: in it are processes $sleeper (--kill ends them)" \
    "$work/said"
  cglist --flat --json $top/a/b | grep -q "\"processes\":\\[$sleeper\\]"
  cgremove --kill $top/a
  cglist $top/a 2>"$work/said" && fail "still there"
  grep -q "find cgroup $top/a: no hierarchy of this machine has it" "$work/said"
}

test_roots_are_not_removed() {
  cgremove / 2>"$work/said" && fail "removed"
  grep -Eq "is a hierarchy's root|in it are processes" "$work/said"
  cgremove --kill / 2>"$work/said" && fail "removed"
  grep -q "is a hierarchy's root" "$work/said"
}

test_own_group_is_not_frozen() {
  make_group $top/a
  in_group $top/a cgfreeze $top/a 2>"$work/said" && fail "frozen"
  grep -q "cgroup $top/a: this process itself is in " "$work/said"
}

test_empty_group_is_waited_for() {
  make_group $top/a/b
  start $top/a/b sleep 0.5
  until_sleeps $!
  cgstat --json --wait-for=empty --timeout=60s $top/a >"$work/waited"
  grep -q '"path":' "$work/waited"
  kill -0 $! 2>/dev/null && [ -d /proc/$!/fd ] && ! grep -q Z /proc/$!/status &&
    fail "it runs"
  cgstat --wait-for=empty --timeout=1s $top/a >/dev/null
}

test_process_names_its_groups() {
  make_group $top/a pids
  start $top/a sleep 100
  until_sleeps $!
  [ "$(cgstat --json --pid=$! | sed -n 's/.*"path":"\([^"]*\)".*/\1/p')" = $top/a ]
  cgkill --pid=$!
}

test_threads_are_listed_and_killed() {
  [ -n "$unified" ] || skip "no cgroup v2"
  make_group $top/a/t
  echo threaded >"$unified$top/a/t/cgroup.type"
  start $top/a sleep 100
  until_sleeps $!
  echo $! >"$unified$top/a/t/cgroup.threads"
  cglist --json "$unified$top/a/t" | grep -q "\"threads\":\\[$!\\],"
  cglist --json "$unified$top/a/t" | grep -q '"type":"threaded"'
  cgremove "$unified$top/a" 2>/dev/null && fail "removed"
  cgkill "$unified$top/a"
  wait $! && fail "lives"
  cgremove $top/a
}

test_io_is_told_by_device() {
  [ -z "$(v1 blkio)" ] || skip "the machine's block devices stay as they are"
  [ -b /dev/nullb0 ] || skip "no null_blk device"
  make_group $top/a io
  in_group $top/a busybox dd if=/dev/zero of=/dev/nullb0 bs=1M count=8 conv=fsync
  until_true stat_reaches $top/a io writeBytes 8388608
  cgstat $top/a | grep -q '^io.nullb0.write  *8MiB'
}

test_swap_is_told() {
  [ -z "$(v1 memory)" ] || skip "the machine's swap stays as it is"
  [ "$(wc -l </proc/swaps)" -gt 1 ] || skip "no swap"
  make_group $top/a memory
  echo 8m >"$unified$top/a/memory.max"
  mkdir "$work/tmpfs"
  mount -t tmpfs -o size=32m none "$work/tmpfs"
  in_group $top/a busybox dd if=/dev/urandom of="$work/tmpfs/file" bs=1M count=24
  stat_reaches $top/a swap currentBytes 8388608
  umount "$work/tmpfs"
}

test_top_has_all_groups_in_order() {
  make_group $top/a pids
  make_group $top/b pids
  start $top/b sleep 100
  until_sleeps $!
  cgstat --top --sort=pids $top >"$work/top"
  awk 'NR > 1 { print $1 }' "$work/top" >"$work/names"
  [ "$(tr '\n' ' ' <"$work/names")" = "$top $top/b $top/a " ]
  [ "$(cgstat --top --sort=pids -n 2 $top | wc -l)" = 3 ]
  cgkill $top/b
}

test_again_and_again_ends_with_the_groups() {
  make_group $top/a
  : >"$work/lines"
  cgstat --json --interval=50ms $top/a >>"$work/lines" &
  watcher=$!
  until_true sh -c "[ \$(wc -l <'$work/lines') -ge 3 ]"
  cgremove $top/a
  wait $watcher
}

# A container's group, made by cgset, and found again by document and name.
test_limits_of_cgset_hold() {
  export CLEAT_RUN="$work/run"
  container-new --name=effects | cgset --memory=16m --memory-swap=16m \
    --cpus=0.1 --pids-limit=2 --output="$work/document"
  group=$(cgstat --json --input="$work/document" |
    sed 's/.*"path":"\([^"]*\)".*/\1/')
  [ "$(stat_of "$group" memory limitBytes)" = 16777216 ]
  take_memory "$group" 64 && fail "not killed"
  stat_reaches "$group" memory oomKills 1
  spin "$group"
  until_true stat_reaches "$group" cpu throttledPeriods 2
  in_group "$group" sh -c 'sleep 100 & sleep 100 & wait' || true
  stat_reaches "$group" pids maxEvents 1
  cglist --flat --id=effects | grep -q ' 0.1  *16MiB  *2 '
  unwind --id=effects
  wait $! && fail "lives"
  cgstat "$group" 2>/dev/null && fail "still there"
  return 0
}

# Skips where no hierarchy has the controller $1 (v1: $2).
need() {
  [ -z "$(v1 "${2:-$1}")" ] || return 0
  grep -qw "$1" "$unified/cgroup.controllers" 2>/dev/null ||
    skip "no $1 controller"
}

# Skips where v2 has not the controller $1.
need_v2() {
  [ -n "$unified" ] || skip "no cgroup v2"
  grep -qw "$1" "$unified/cgroup.controllers" || skip "no $1 controller on v2"
}

# Whether the group got half a core in the ten periods that now come, in each of
# which it wanted more: 50 of each 100 ms. The edges of the window are not those
# of the periods.
gets_half_a_core() {
  cgstat --json "$1" >"$work/from"
  from=$(stat_in "$work/from" cpu throttledPeriods)
  tries=0
  until stat_reaches "$1" cpu throttledPeriods $((from + 10)); do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || skip "others leave less than half a core"
    sleep 0.05
  done
  cgstat --json "$1" >"$work/to"
  periods=$(growth cpu periods)
  throttled=$(growth cpu throttledPeriods)
  used=$(growth cpu usageUs)
  echo "$used us in $periods periods, throttled in $throttled"
  [ "$used" -le $(((periods + 1) * 50000 + periods * 2500)) ] &&
    [ "$used" -ge $(((throttled - 1) * 50000 - throttled * 2500)) ]
}

growth() {
  echo $(($(stat_in "$work/to" "$@") - $(stat_in "$work/from" "$@")))
}

# A machine that stands still for others' sake may miss it in one window.
test_cgset_gives_half_a_core() {
  need cpu
  cgset --path=$top/a --cpus=0.5
  cgset --path=$top/a --exec -- sh -c 'while :; do :; done' &
  for window in 1 2 3 4 5; do
    ! gets_half_a_core $top/a || break
    [ "$window" -lt 5 ] || fail "never half a core"
  done
  kill $!
}

# The CPU time that group $1 used between two readings of several at once.
used_between() {
  for reading in from to; do
    grep "\"path\":\"$1\"" "$work/$reading.all" >"$work/$reading"
  done
  growth cpu usageUs
}

test_cgset_divides_a_core_by_shares() {
  need cpu
  need cpuset
  for group in a:1000 b:500; do
    cgset --path=$top/${group%:*} --cpuset-cpus=0 \
      --cpu-shares=${group#*:} --exec -- sh -c 'while :; do :; done' &
  done
  until_true stat_reaches $top/a cpu usageUs 200000
  until_true stat_reaches $top/b cpu usageUs 200000
  cgstat --json $top/a $top/b >"$work/from.all"
  b=$(stat_of $top/b cpu usageUs)
  until_true stat_reaches $top/b cpu usageUs $((b + 600000))
  cgstat --json $top/a $top/b >"$work/to.all"
  a=$(used_between $top/a) b=$(used_between $top/b)
  echo "$a to $b"
  [ $((a * 100 / b)) -ge 160 ]
  [ $((a * 100 / b)) -le 240 ]
}

test_cgset_kills_what_is_over_its_memory() {
  need memory
  cgset --path=$top/a --memory=16m --memory-swap=16m
  cgset --path=$top/a --exec -- sleep 100 &
  until_sleeps $!
  cgset --path=$top/a --exec -- busybox dd if=/dev/zero of=/dev/null bs=64M \
    count=1 && fail "not killed"
  [ "$(stat_of $top/a memory oomKills)" = 1 ]
  kill -0 $!
}

test_cgset_gives_swap_of_the_same_size() {
  need_v2 memory
  cgset --path=$top/a --memory=16m
  [ -e "$unified$top/a/memory.swap.max" ] || skip "the kernel has no swap"
  [ "$(cat "$unified$top/a/memory.swap.max")" = 16777216 ]
  cgset --path=$top/a --memory=8m --memory-swap=12m
  [ "$(cat "$unified$top/a/memory.swap.max")" = 4194304 ]
}

test_cgset_stops_a_fork_bomb() {
  need pids
  cgset --path=$top/a --pids-limit=2
  # shellcheck disable=SC2016  # for the inner shell
  cgset --path=$top/a --exec -- \
    sh -c 'sleep 100 & sleep 100 & sleep 100 & wait' || true
  stat_reaches $top/a pids maxEvents 1
}

# What of these may be read: n(ull), z(ero), u(random).
may_read() {
  # shellcheck disable=SC2016  # for the inner shell
  cgset --path="$1" --exec -- sh -c 'for d in null zero urandom; do
    head -c 1 /dev/$d >/dev/null 2>&1 && echo $d; done' | cut -c 1 | tr -d '\n'
}

test_cgset_replaces_the_rules_on_devices() {
  [ -n "$unified" ] || skip "no cgroup v2"
  cgset --path="$unified$top/a" --device=/dev/null
  [ "$(may_read "$unified$top/a")" = n ]
  cgset --path="$unified$top/a" --device=/dev/null \
    --device-cgroup-rule='c 1:* r' --device-cgroup-rule='deny c 1:9 r'
  [ "$(may_read "$unified$top/a")" = nz ]
  cgset --path="$unified$top/a" --device-cgroup-rule=a
  [ "$(may_read "$unified$top/a")" = nzu ]
}

test_cgset_slows_writes_down() {
  need_v2 io
  [ -b /dev/nullb0 ] || skip "no null_blk device"
  begun=$(cut -d . -f 1 /proc/uptime)
  cgset --path=$top/a --memory=64m --device-write-bps=/dev/nullb0:1m --exec -- \
    busybox dd if=/dev/zero of=/dev/nullb0 bs=64k count=64 oflag=direct
  [ $(($(cut -d . -f 1 /proc/uptime) - begun)) -ge 2 ]
  grep -q 'wbps=1048576' "$unified$top/a/io.max"
}

test_cgset_moves_threads_on_version_two() {
  need_v2 cpu
  cgset --path=$top/a
  cgset --path=$top/a --exec -- sleep 100 &
  until_sleeps $!
  cgset --path=$top/a/t --move-thread=$! 2>"$work/said" && fail "moved"
  grep -q -e "--threaded" "$work/said"
  [ ! -e "$unified$top/a/t" ]
  cgset --path=$top/a/t --threaded --move-thread=$!
  grep -qx $! "$unified$top/a/t/cgroup.threads"
}

# Each makes all that is not there yet, and the limits hold.
test_cgset_shares_new_groups_with_others() {
  need cpuset
  for round in 1 2 3 4 5 6 7 8 9 10; do
    makers=
    for group in a a b b; do
      cgset --path="$top/$round/$group" --cpuset-cpus=0 &
      makers="$makers $!"
    done
    for maker in $makers; do wait "$maker"; done
    for group in a b; do
      grep -qx 0 "$(directory "$top/$round/$group" cpuset)/cpuset.cpus"
    done
    cgremove "$top/$round"
  done
}

test_cgset_says_what_version_two_lacks() {
  need_v2 memory
  cgset --path=$top/a --memory-swappiness=10 2>"$work/said" && fail "set"
  grep -q '^cgset: set memory-swappiness: cgroup v2 has no' "$work/said"
  [ ! -e "$unified$top/a" ]
  cgset --path=$top/a --memory-swappiness=10 --best-effort 2>"$work/said"
  grep -q '^cgset: warning: set memory-swappiness: ' "$work/said"
}

test_cgset_respects_that_inner_groups_have_no_processes() {
  need_v2 memory
  cgset --path="$unified$top/a"
  cgset --path="$unified$top/a" --exec -- sleep 100 &
  until_sleeps $!
  cgset --path="$unified$top/a/b" --memory=8m 2>"$work/said" && fail "made"
  grep -q 'only to children of groups without processes' "$work/said"
  [ ! -e "$unified$top/a/b" ]
  # Nor does a process get into one that gives controllers to others.
  cgset --path="$unified$top/c/d" --memory=8m
  cgset --path="$unified$top/c" --move=$! 2>"$work/said" && fail "moved"
  grep -q 'has processes only in groups that give no controllers' "$work/said"
  grep -q "$top/a\$" /proc/$!/cgroup
}

test_cgset_has_the_files_of_version_two() {
  need_v2 memory
  cgset --path=$top/a --oom-group --set=memory.high=32m \
    --unified=memory.low=1048576 --cpu-shares=512 --cpu-idle=false
  [ "$(cat "$unified$top/a/memory.oom.group")" = 1 ]
  [ "$(cat "$unified$top/a/memory.high")" = 33554432 ]
  [ "$(cat "$unified$top/a/memory.low")" = 1048576 ]
  [ "$(cat "$unified$top/a/cpu.weight")" = 20 ]
  cgset --path=$top/b --copy=self 2>/dev/null && fail "no number"
  [ ! -e "$unified$top/a/io.latency" ] || [ ! -b /dev/nullb0 ] ||
    cgset --path=$top/a --io-latency=/dev/nullb0:10ms
  ! grep -qw hugetlb "$unified/cgroup.controllers" ||
    cgset --path=$top/c --hugetlb=2MB:4m
}

test_wrong_options_of_cgstat_are_usage() {
  for flags in --interval=x --interval=0 --wait-for=nothing --timeout=1s \
    --count=2 --sort=cpu '--top --sort=x' '--top --wait-for=oom'; do
    status=0
    # shellcheck disable=SC2086  # words
    cgstat $flags --path=/ 2>"$work/said" || status=$?
    [ $status = 2 ] || fail "$flags: $status"
    [ "$(wc -l <"$work/said")" = 1 ]
  done
}

test_read_only_hierarchies_are_told_of() {
  if [ -n "$(v1 freezer)" ]; then mount=$(v1 freezer); else mount=$unified; fi
  [ -n "$mount" ] || skip "nothing here can be frozen"
  mkdir -p "$mount$top/a" "$mount$top/empty"
  start $top/a sleep 100
  until_sleeps $!
  # shellcheck disable=SC2016  # for the inner shell
  unshare -m sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" ||
      exit 0
    for command in "cgfreeze $1$2/a" "cgthaw $1$2/a" "cgremove $1$2/empty"; do
      if $command 2>>"$3"; then echo "$command: done" >>"$3"; fi
    done' sh "$mount" $top "$work/said"
  [ -e "$work/said" ] || skip "no mount can be made read-only"
  cat "$work/said"
  for said in "cgfreeze: open $mount$top/a/" "cgthaw: open $mount$top/a/" \
    "cgremove: remove cgroup $mount$top/empty: "; do
    grep -q "^$said.*Read-only file system\$" "$work/said"
  done
  [ "$(wc -l <"$work/said")" = 3 ]
  [ -d "$mount$top/empty" ]
  cgkill $top/a
}

# ordinary WORD...: runs cgset so as an ordinary user.
ordinary() {
  [ -x "$work/cgset" ] || {
    grep -q ^nobody: /etc/passwd || skip "there is no user nobody"
    chmod 755 "$work"
    cp "$(command -v cgset)" "$work"
    mkdir -m 777 "$work/state"
  }
  CLEAT_RUN=$work/state/run su -s /bin/sh nobody -c "$work/cgset $*"
}

test_ordinary_user_without_a_group_is_told_the_cure() {
  need_v2 memory
  ordinary --exec --memory=64m -- true 2>"$work/said" && fail "made"
  [ "$(wc -l <"$work/said")" = 1 ]
  grep -q '^cgset: use controllers memory: .*: systemd-run --user --scope' \
    "$work/said"
}

# As systemd does it for the user: $top/user is his, with what controllers are
# enabled above, and he is in a group below.
delegate() {
  make_group $top/user/own memory pids
  for group in $top/user $top/user/own; do
    for file in . cgroup.procs cgroup.subtree_control cgroup.threads; do
      chown nobody "$unified$group/$file"
    done
  done
}

test_ordinary_user_works_in_what_is_delegated() {
  need_v2 memory
  ordinary --version
  delegate
  sh -c 'echo $PPID' >"$unified$top/user/own/cgroup.procs"
  ordinary --exec --memory=8m --pids-limit=7 -- cat /proc/self/cgroup \
    >"$work/said"
  grep -q "^0::$top/user/cleat-[0-9a-f]*\$" "$work/said"
  ordinary --path=$top/user/mine --memory=16m
  [ "$(cat "$unified$top/user/mine/memory.max")" = 16777216 ]
  su -s /bin/sh nobody -c "sleep 100" &
  ordinary --path=$top/user/mine --move=$!
  grep -q "$top/user/mine\$" /proc/$!/cgroup
  # What is above is not his, nor what nobody has given him.
  ordinary --path=$top/other --memory=8m 2>"$work/said" && fail "not his"
  grep -q 'delegated group: systemd-run --user --scope' "$work/said"
  ordinary --exec --cpus=0.5 -- true 2>"$work/said" && fail "no cpu"
  [ "$(wc -l <"$work/said")" = 1 ]
  grep -q '; delegate what is missing, cpu: systemctl edit' "$work/said"
}

cleanup() {
  for mount in $(echo "$mounts" | awk '{ print $2 }'); do
    [ ! -d "$mount$top" ] || cgremove --kill --timeout=30s "$mount$top"
  done
  ! grep -q " $work/tmpfs " /proc/mounts || umount "$work/tmpfs"
  rm -rf "${work:?}"/*
}

run_tests "$@"
