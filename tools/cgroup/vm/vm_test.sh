#!/bin/sh
# Runs a script of tests in a virtual machine that has only cgroup v2, under
# Debian's cloud kernel, and prints what it prints: TAP.
#
#   vm_test.sh [--systemd] TESTS INIT TOOL... [-- NAME...]
#
# INIT is the first program there; with --systemd it has systemd and a bus.
# TOOLs are static binaries or bring their libraries along, NAMEs are for TESTS,
# which has tap.sh beside it.
# Needs qemu-system-x86_64 and the kernel that `tools/dev/setup --peers`
# unpacks (CLEAT_DEV_TOOLS), and busybox; KVM where it works, else emulation.
# CLEAT_VM_SECONDS bounds it (900; half a minute does on an idle machine).
set -u

systemd=no
if [ "$1" = --systemd ]; then
  systemd=yes
  shift
fi
tests=$1 init=$2
shift 2

skip() {
  echo "TAP version 13"
  echo "1..0 # SKIP $*"
  exit 0
}

home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
tools=${CLEAT_DEV_TOOLS:-${XDG_CACHE_HOME:-$home/.cache}/cleat-tools}
[ "$(uname -m)" = x86_64 ] || skip "the kernel to be booted is x86_64's"
command -v qemu-system-x86_64 >/dev/null ||
  skip "qemu-system-x86_64 is not installed (tools/dev/setup --peers)"
[ -e "$tools/linux/vmlinuz" ] ||
  skip "no kernel in $tools/linux (tools/dev/setup --peers)"
busybox=$(command -v busybox) || skip "busybox is not installed"

units=/lib/systemd
bus=/usr/share/dbus-1
if [ $systemd = yes ]; then
  for file in $units/systemd $units/system/dbus.service $bus/system.conf \
    /usr/bin/systemctl /usr/bin/dbus-daemon; do
    [ -e "$file" ] || skip "$file is absent (tools/dev/setup --peers)"
  done
fi

work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/vm.XXXXXX") || exit
trap 'rm -rf "$work"' EXIT

# copy_programs FILE...: to the same places, with the libraries they need.
copy_programs() {
  # shellcheck disable=SC2046  # words
  cp -L --parents -t "$root" "$@" \
    $(ldd "$@" | sed -n 's/.*[[:space:]]\(\/[^ ]*\) (.*/\1/p' | sort -u)
}

# systemd, its client and the bus, and those of Debian's units that they need:
# what the others are for, a machine without disks does not have.
copy_systemd() {
  mkdir -p "$root/usr/lib"
  ln -s usr/lib "$root/lib"
  copy_programs $units/systemd /usr/bin/systemctl /usr/bin/dbus-daemon
  # Since version 254 it is this that starts services.
  [ ! -e $units/systemd-executor ] || copy_programs $units/systemd-executor
  cp -L --parents -t "$root" $units/system/*.target $units/system/*.slice \
    $units/system/dbus.* $units/user/*.target $units/user/*.slice \
    $bus/system.conf $bus/system.d/org.freedesktop.systemd1.conf
}

# What the machine has in memory at its start, as the kernel takes it.
make_initramfs() {
  root=$work/root
  for directory in bin cleat dev modules proc run sys/fs tmp; do
    mkdir -p "$root/$directory"
  done
  cp "$busybox" "$root/bin/busybox"
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    cp "$1" "$root/cleat"
    shift
  done
  [ $# = 0 ] || shift
  cp "$tests" "$root/tests.sh"
  cp "${tests%/*}/tap.sh" "$root"
  cp "$init" "$root/init"
  chmod 755 "$root/init"
  cp "$tools"/linux/modules/*.ko "$root/modules"
  echo "$*" >"$root/wanted"
  [ $systemd = no ] || copy_systemd
  (cd "$root" && find . | "$busybox" cpio -o -H newc) >"$work/initramfs" \
    2>/dev/null
}

make_initramfs "$@"

# boot kvm|tcg: until the machine is off. INIT sees to it that something is
# written to the console all the time. Where nothing comes for two minutes it is
# the machine itself that stands still, not the tests: 75.
boot() {
  case $1 in kvm) cpu=host ;; *) cpu=max ;; esac
  : >"$work/console"
  timeout "$seconds" qemu-system-x86_64 -machine "pc,accel=$1" -cpu $cpu \
    -smp 2 -m 768 -display none -monitor stdio -serial "file:$work/console" \
    -no-reboot -nic none -kernel "$tools/linux/vmlinuz" \
    -initrd "$work/initramfs" -append "console=ttyS0 loglevel=1 panic=-1 psi=1 \
cgroup_no_v1=all mitigations=off systemd.show_status=no nokaslr" \
    >"$work/qemu" 2>&1 <>"$work/monitor" &
  machine=$!
  size=0 still=0
  while kill -0 $machine 2>/dev/null; do
    sleep 1
    last=$size size=$(stat -c %s "$work/console")
    if [ "$size" = "$last" ]; then still=$((still + 1)); else still=0; fi
    [ $still -ge 120 ] || continue
    # Where its processors are, for whoever looks into it.
    echo "info registers -a" >"$work/monitor"
    sleep 5
    kill $machine
    wait $machine
    return 75
  done
  wait $machine
}

# As TAP's diagnostics.
tell_of_machine() {
  {
    echo "the virtual machine ended with status $status; its last words:"
    cat "$work/qemu"
    tr -d '\r' <"$work/console" | tail -n 60
  } | sed 's/^/# /' >&2
}

seconds=${CLEAT_VM_SECONDS:-900}
mkfifo "$work/monitor"
# Where KVM is there it may still not work: inside another virtual machine.
for accelerator in kvm tcg tcg tcg; do
  [ $accelerator = tcg ] || [ -w /dev/kvm ] || continue
  boot $accelerator
  status=$?
  [ $status = 75 ] || ! grep -q '^CLEAT-VM BEGIN' "$work/console" || break
  [ $accelerator = kvm ] || tell_of_machine
done

tr -d '\r' <"$work/console" |
  sed -n '/^CLEAT-VM BEGIN/,/^CLEAT-VM END/p' | sed '/^CLEAT-VM /d'
if tr -d '\r' <"$work/console" | grep -q '^CLEAT-VM END 0$'; then exit 0; fi
tell_of_machine
exit 1
