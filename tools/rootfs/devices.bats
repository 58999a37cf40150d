# The devices that a container has, and those that it is kept from.

load run.bash

setup() { prepare_root; }

teardown() { remove_root; }

# The device of the file system that the test's own tree lies on.
disk() {
  local device
  device=$(stat -c %d "$WORK")
  echo $((device >> 8 & 4095)) $((device & 255))
}

@test "nodes of other devices can be made, but not opened" {
  [ -d /sys/fs/cgroup/devices ] || [ -e /sys/fs/cgroup/cgroup.controllers ] || skip "no cgroup can hold rules"
  read -r major minor <<<"$(disk)"
  [ "$major" != 0 ] || skip "the test's directory lies on no device"
  run run_root -- sh -c "mknod /disk b $major $minor && cat /disk | head -c 1"
  [[ $output == *"Operation not permitted"* ]]
  run run_root -- sh -c "mknod /mem c 1 1 && cat /mem"
  [[ $output == *"Operation not permitted"* ]]
  run_root -- sh -c 'mknod /null c 1 3 && echo >/null'
}

@test "the group that keeps a container from devices goes with it" {
  run_root -- sh -c 'grep -E ":devices:|^0::" /proc/self/cgroup'
  [ -z "$(find /sys/fs/cgroup -type d -path "*/cleat-*" -newer root.json 2>/dev/null |
    grep -Ff <(ls "$CLEAT_RUN" | grep -v names))" ]
}

@test "--device gives a device with its owner and mode, under any name" {
  expected=$(stat -c '%t:%T %a %u:%g' /dev/zero)
  [ "$(run_root --device=/dev/zero:/dev/nil/zero -- stat -c '%t:%T %a %u:%g' /dev/nil/zero)" = "$expected" ]
  [ -c /dev/loop-control ] || skip "no /dev/loop-control"
  run_root --device=/dev/loop-control -- sh -c ': </dev/loop-control'
  run_root --device=/dev/loop-control:r -- sh -c ': </dev/loop-control'
  run run_root --device=/dev/loop-control:r -- sh -c 'echo >/dev/loop-control'
  [[ $output == *"Operation not permitted"* ]]
}

@test "a directory stands for all devices below it" {
  mkdir -p devices/more
  mknod devices/a c 1 5
  mknod devices/more/b c 1 7
  echo >devices/file
  [ "$(run_root --device="$WORK/devices:/dev/all" -- ls /dev/all /dev/all/more | tr '\n' ' ')" = \
    "/dev/all: a more  /dev/all/more: b " ]
}

@test "--privileged has all devices of the host" {
  run_root --privileged -- ls /dev >inside
  for device in null zero full kmsg; do
    [ ! -e "/dev/$device" ] || grep -qx "$device" inside
  done
  run_root --privileged -- sh -c 'mknod /mem c 1 11 && : </mem'
}

@test "what is wrong with a device is said" {
  refused "--device zero: 'zero': give an absolute path" --device=zero
  refused "--device /dev/absent: /dev/absent: No such file" --device=/dev/absent
  refused "--device /etc/passwd: /etc/passwd is no device" --device=/etc/passwd
  refused "access 'rx'" --device=/dev/zero:/dev/zero:rx
}
