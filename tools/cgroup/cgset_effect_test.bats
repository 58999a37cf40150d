# Limits by what they do on the real kernel, not by what a file says. Nothing
# here depends on how busy the machine is: what is compared is CPU time with the
# kernel's own count of periods, groups with each other, and least times.

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  PATH=$PWD/tools/cgroup:$PWD/tools/container:$PATH
  EFFECT=$PWD/tools/cgroup/effect.py
  export CLEAT_RUN=$BATS_TEST_TMPDIR/run
  T=/cleat-effect-$$-$BATS_TEST_NUMBER
  started=()
  cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
  [ ${#started[@]} = 0 ] || kill -KILL "${started[@]}" 2>/dev/null
  [ ${#started[@]} = 0 ] || wait "${started[@]}" 2>/dev/null
  [ -z "${loop:-}" ] || losetup --detach "$loop"
  local mount
  for mount in $(mounts); do
    for _ in {1..100}; do
      [ -d "$mount$T" ] || break
      find "$mount$T" -depth -type d -exec rmdir {} \; 2>/dev/null
      sleep 0.05
    done
    [ ! -d "$mount$T" ]
  done
}

# Where cgroups are mounted.
mounts() {
  awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) ~ /^cgroup2?$/) print $5 }' \
    /proc/self/mountinfo
}

# has CONTROLLER: on v1 or v2, or the test is skipped.
has() {
  [ -n "$(dir_of "$1")" ] || skip "no hierarchy has the controller $1"
}

# The mount of the hierarchy with this controller.
dir_of() {
  awk -v c="$1" '
    { for (i = 7; $i != "-"; i++); type = $(i + 1); options = $(i + 3) }
    type == "cgroup" && ("," options ",") ~ ("," c ",") { print $5; exit }
    type == "cgroup2" { v2 = $5 }
    END {
      if (v2 != "") {
        getline words < (v2 "/cgroup.controllers")
        if ((" " words " ") ~ (" " c " ")) print v2
      }
    }' /proc/self/mountinfo | head -n 1
}

v2_mount() {
  awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) == "cgroup2") { print $5; exit } }' \
    /proc/self/mountinfo
}

# usage GROUP: CPU time in nanoseconds.
usage() {
  local dir
  dir=$(dir_of cpuacct)
  if [ -n "$dir" ]; then
    cat "$dir$1/cpuacct.usage"
  else
    awk '/^usage_usec/ {print $2 * 1000}' "$(dir_of cpu)$1/cpu.stat"
  fi
}

# stat GROUP KEY: of cpu.stat.
stat_of() {
  awk -v key="$2" '$1 == key {print $2}' "$(dir_of cpu)$1/cpu.stat"
}

# within SECONDS COMMAND...: until it is true.
within() {
  local end=$((SECONDS + $1))
  until "${@:2}"; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}

eventually() {
  within 60 "$@"
}

@test "--cpus=0.5 gives half a core" {
  has cpu
  cgset --path=$T --cpus=0.5 --exec -- python3 "$EFFECT" spin &
  started+=($!)
  # On a busy machine it may seldom get as far as its limit.
  enough() { [ "$(stat_of $T nr_throttled)" -ge 10 ]; }
  eventually test -d "$(dir_of cpu)$T"
  within 15 enough || skip "others leave less than half a core"
  periods=$(stat_of $T nr_periods)
  throttled=$(stat_of $T nr_throttled)
  used=$(usage $T)
  echo "$used ns in $periods periods, $throttled of them throttled"
  # No more than 50 of each 100 ms, and these where it wanted more. The three
  # are read one after the other: a period or two are allowed for.
  [ "$used" -le $(((periods + 2) * 52500000)) ]
  [ "$used" -ge $(((throttled - 1) * 47500000)) ]
}

@test "shares of 1000 and 500 give two to one" {
  has cpu
  has cpuset
  for group in a:1000 b:500; do
    cgset --path=$T/${group%:*} --cpu-shares=${group#*:} --cpuset-cpus=0 \
      --exec -- python3 "$EFFECT" spin &
    started+=($!)
  done
  running() { [ "$(usage $T/a)" -gt 300000000 ] && [ "$(usage $T/b)" -gt 300000000 ]; }
  eventually test -d "$(dir_of cpu)$T/b"
  eventually test -d "$(dir_of cpu)$T/a"
  eventually running
  a=$(usage $T/a)
  b=$(usage $T/b)
  enough() { [ $(($(usage $T/a) + $(usage $T/b) - a - b)) -gt 1500000000 ]; }
  eventually enough
  a=$(($(usage $T/a) - a))
  b=$(($(usage $T/b) - b))
  echo "$a to $b"
  [ $((a * 100 / b)) -ge 170 ]
  [ $((a * 100 / b)) -le 235 ]
}

@test "a cpuset pins" {
  has cpuset
  [ "$(nproc)" -gt 1 ] || skip "there is one CPU only"
  run cgset --exec --cpuset-cpus=1 -- grep Cpus_allowed_list /proc/self/status
  [ "$status" = 0 ]
  [ "${output##*[[:space:]]}" = 1 ]
}

@test "memory kills exactly the one over the limit, and counts it" {
  has memory
  cgset --path=$T --memory=48m --memory-swap=48m
  cgset --path=$T --exec -- sleep 1000 &
  started+=($!)
  run cgset --path=$T --exec -- python3 "$EFFECT" hog 200
  [ "$status" = 137 ]
  [[ "$output" != *held* ]]
  kill -0 "${started[0]}"
  dir=$(dir_of memory)$T
  file=$dir/memory.events
  [ -e "$file" ] || file=$dir/memory.oom_control
  [ "$(awk '$1 == "oom_kill" {print $2}' "$file")" = 1 ]
  # What fits is let be.
  cgset --path=$T --exec -- python3 "$EFFECT" hog 20 >held &
  started+=($!)
  eventually grep -q held held
}

@test "memory and swap together go up and down" {
  has memory
  cgset --path=$T --memory=64m --memory-swap=128m
  cgset --path=$T --memory=256m --memory-swap=512m
  cgset --path=$T --memory=32m --memory-swap=40m
  # Alone it gives swap of the same size again.
  cgset --path=$T --memory=64m
  dir=$(dir_of memory)$T
  if [ -e "$dir/memory.memsw.limit_in_bytes" ]; then
    [ "$(cat "$dir/memory.memsw.limit_in_bytes")" = 134217728 ]
  elif [ -e "$dir/memory.swap.max" ]; then
    [ "$(cat "$dir/memory.swap.max")" = 67108864 ]
  fi
}

@test "pids stops a fork bomb" {
  has pids
  run cgset --exec --pids-limit=10 -- python3 "$EFFECT" bomb
  [ "$status" = 0 ]
  [ "$output" = 9 ]
}

@test "a frozen process makes no progress" {
  cgset --path=$T --exec -- python3 "$EFFECT" spin &
  started+=($!)
  if [ -n "$(dir_of freezer)" ]; then
    dir=$(dir_of freezer)$T
    freeze="cgset --path=$T --set=freezer.state=FROZEN"
    thaw="cgset --path=$T --set=freezer.state=THAWED"
    frozen() { grep -q FROZEN "$dir/freezer.state"; }
  else
    dir=$(v2_mount)$T
    freeze="cgset --path=$T --set=cgroup.freeze=1"
    thaw="cgset --path=$T --set=cgroup.freeze=0"
    frozen() { grep -q 'frozen 1' "$dir/cgroup.events"; }
  fi
  more() { [ "$(usage $T)" -gt "$1" ]; }
  eventually test -d "$dir"
  eventually more 0
  $freeze
  eventually frozen
  before=$(usage $T)
  sleep 0.3
  [ "$(usage $T)" = "$before" ]
  $thaw
  eventually more "$before"
}

# opens GROUP-PATH: which of null, zero and urandom may be read there.
opens() {
  cgset --path="$1" --exec -- sh -c '
    for d in null zero urandom; do
      head -c 1 /dev/$d >/dev/null 2>&1 && echo -n "$d "
    done; true'
}

devices() {
  cgset --path="$1" --device=/dev/null
  run opens "$1"
  [ "$output" = "null " ]
  # An update takes the place of what was.
  cgset --path="$1" --device=/dev/null --device-cgroup-rule='c 1:9 r'
  run opens "$1"
  [ "$output" = "null urandom " ]
  cgset --path="$1" --device-cgroup-rule='deny c 1:5 rwm'
  run opens "$1"
  [ "$output" = "null urandom " ]
  cgset --path="$1" --device-cgroup-rule=a
  run opens "$1"
  [ "$output" = "null zero urandom " ]
}

@test "device rules let /dev/null through and stop others" {
  has devices
  devices $T
  run cgset --path=$T --device-cgroup-rule='c 1:* r' \
    --device-cgroup-rule='deny c 1:5 r'
  [ "$status" = 1 ]
  [[ "$output" == *"cgroup v1 cannot except 'c 1:5 r' from the rule 'c 1:* r'" ]]
}

@test "so does the program of v2" {
  [ -n "$(v2_mount)" ] || skip "no cgroup v2"
  run cgset --path="$(v2_mount)$T" --device=/dev/null
  [ "$status" = 0 ] || skip "$output"
  devices "$(v2_mount)$T"
  # There, rules have an order.
  cgset --path="$(v2_mount)$T" --device-cgroup-rule='c 1:* rwm' \
    --device-cgroup-rule='deny c 1:5 r'
  run opens "$(v2_mount)$T"
  [ "$output" = "null urandom " ]
}

@test "a block device is stopped" {
  [ -b /dev/loop0 ] || skip "no /dev/loop0"
  run cgset --exec --device-cgroup-rule='deny b *:* rwm' -- \
    head -c 0 /dev/loop0
  [ "$status" = 1 ]
  [[ "$output" == *"Operation not permitted" ]]
}

@test "--device-write-bps holds on a loop device" {
  [ -n "$(dir_of blkio)$(dir_of io)" ] || skip "no hierarchy has blkio or io"
  truncate --size=16M image
  loop=$(losetup --find --show image 2>/dev/null) || skip "no loop devices here"
  begin=${EPOCHREALTIME/./}
  cgset --exec --device-write-bps="$loop:1m" -- \
    dd if=/dev/zero of="$loop" bs=64k count=40 oflag=direct status=none
  took=$((${EPOCHREALTIME/./} - begin))
  echo "2.5 MiB took $took us"
  # The first slice comes at once.
  [ "$took" -ge 2000000 ]
}

@test "threads move one by one" {
  has cpu
  python3 "$EFFECT" threads 3 >ids &
  started+=($!)
  eventually test -s ids
  read -r first second third <ids
  line() { grep ":$1:\|^0::" "/proc/${started[0]}/task/$2/cgroup" | head -n 1; }
  if [ "$(dir_of cpu)" = "$(v2_mount)" ]; then
    cgset --path=$T --threaded --move-thread="$second"
  else
    cgset --path=$T --move-thread="$second"
  fi
  [[ "$(line cpu "$second")" == *":$T" ]]
  [[ "$(line cpu "$first")" != *":$T" ]]
  [[ "$(line cpu "$third")" != *":$T" ]]
  run cgset --path=$T --move-thread="$third" --move-thread=4194304
  [ "$status" = 1 ]
  [ "$output" = "cgset: move 4194304: no such thread" ]
  [[ "$(line cpu "$third")" != *":$T" ]]
}

@test "threads move into a threaded group of v2" {
  [ -n "$(v2_mount)" ] || skip "no cgroup v2"
  grep -qx '0::/' /proc/self/cgroup || skip "this test is in a group of its own"
  python3 "$EFFECT" threads 2 >ids &
  started+=($!)
  eventually test -s ids
  read -r first second <ids
  run cgset --path="$(v2_mount)$T/domain" --move-thread="$second"
  [ "$status" = 1 ]
  [[ "$output" == *"--threaded"* ]]
  [ ! -e "$(v2_mount)$T/domain" ]
  cgset --path="$(v2_mount)$T" --threaded --move-thread="$second"
  grep -qx "0::$T" "/proc/${started[0]}/task/$second/cgroup"
  grep -qx "0::/" "/proc/${started[0]}/task/$first/cgroup"
}

@test "real-time programs need time of their own on v1" {
  dir=$(dir_of cpu)
  [ -e "$dir/cpu.rt_runtime_us" ] || skip "this kernel does not divide real-time programs' time"
  chrt --fifo 1 true 2>/dev/null || skip "no right to a real-time policy"
  run chrt --fifo 1 cgset --path=$T --exec -- true
  [ "$status" = 125 ]
  [[ "$output" == *"give it some: --cpu-rt-runtime="* ]]
  [ ! -e "$dir$T" ]
  run chrt --fifo 1 cgset --exec --cpu-rt-runtime=1000 -- chrt --pid 0
  [ "$status" = 0 ]
  [[ "$output" == *SCHED_FIFO* ]]
}

@test "a limit that the kernel has dropped is refused with the reason" {
  dir=$(dir_of memory)
  [ -n "$dir" ] || skip "no hierarchy has the controller memory"
  run cgset --path=$T --kernel-memory=64m
  [ "$status" = 0 ] || {
    [ "$status" = 1 ]
    [[ "$output" == *"kernel memory counts as memory"* ]]
    [ ! -e "$dir$T" ]
  }
}
