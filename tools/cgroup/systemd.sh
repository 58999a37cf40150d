#!/bin/sh
# What cgset --systemd does where a real systemd runs, with cgroup v2: on this
# machine if that is so, and in a virtual machine (vm/vm_test.sh). Works in
# busybox's shell, too. Prints TAP version 13.
#
#   systemd.sh [NAME...]    only the tests whose name has one of these words
set -u

# Where Bazel has them.
[ ! -d tools/cgroup ] || PATH=$PWD/tools/cgroup:$PWD/tools/container:$PATH

# shellcheck source=tools/cgroup/tap.sh
. "$(dirname "$0")/tap.sh"
export CLEAT_RUN="$work/run"
slice=cleattest.slice
cgroups=/sys/fs/cgroup

need_systemd() {
  [ -e /run/systemd/system ] || skip "systemd does not run here"
  command -v systemctl >/dev/null || skip "systemctl is not installed"
  [ -e $cgroups/cgroup.controllers ] || skip "not cgroup v2 alone"
}

# What systemd knows of unit $1 by the name $2.
property() {
  systemctl show --property="$2" "$1" | cut -d = -f 2-
}

# is_reported UNIT NAME VALUE
is_reported() {
  [ "$(property "$1" "$2")" = "$3" ]
}

is_absent() {
  [ ! -e "$1" ]
}

# scope_gone UNIT GROUP: from systemd, and from the kernel.
scope_gone() {
  until_true is_reported "$1" LoadState not-found
  until_true is_absent "$cgroups$2"
}

# Runs a program that sleeps in a scope in the background, with options $@ of
# cgset; sets program, unit and group.
start_program() {
  cgset --exec --systemd "$@" -- \
    sh -c 'cat /proc/self/cgroup; exec sleep 1000' >"$work/said" &
  program=$!
  until_true grep -q ^0:: "$work/said"
  inner=$(sed -n 's/^0:://p' "$work/said")
  group=${inner%/*}
  unit=${group##*/}
}

test_container_is_in_a_scope_that_systemd_knows() {
  need_systemd
  container-new --name=scoped | cgset --systemd --memory=16m --pids-limit=9 \
    --output="$work/document"
  id=$(sed 's/.*"id":"\([0-9a-f]*\)".*/\1/' "$work/document")
  unit=cleat-$id.scope
  is_reported "$unit" ActiveState active
  is_reported "$unit" Transient yes
  is_reported "$unit" Delegate yes
  is_reported "$unit" Slice system.slice
  is_reported "$unit" Description "Cleat container $(echo "$id" | cut -c -12)"
  group=$(property "$unit" ControlGroup)
  cgset --exec --id=scoped -- cat /proc/self/cgroup >"$work/said"
  grep -qx "0::$group/cleat-$id" "$work/said"
  # systemd leaves alone what is inside, also when it reads all units again.
  systemctl daemon-reload
  [ "$(cat "$cgroups$group/cleat-$id/memory.max")" = 16777216 ]
  [ "$(cat "$cgroups$group/cleat-$id/pids.max")" = 9 ]
  unwind --id=scoped
  scope_gone "$unit" "$group"
}

test_program_is_in_the_slice_and_systemd_counts_it() {
  need_systemd
  start_program --slice=$slice --memory=16m
  is_reported "$unit" Slice $slice
  case $group in /$slice/*) ;; *) fail "it is in $group" ;; esac
  [ "$(cat "$cgroups$inner/memory.max")" = 16777216 ]
  [ "$(property "$unit" TasksCurrent)" -ge 1 ]
  [ "$(property "$unit" MemoryCurrent)" -gt 0 ]
  # A limit of the slice is above that of the scope's inside.
  systemctl set-property --runtime $slice MemoryMax=8M MemorySwapMax=0
  [ "$(cat $cgroups/$slice/memory.max)" = 8388608 ]
  cgset --path="$inner" --exec -- dd if=/dev/zero of=/dev/null bs=12M count=1 &&
    fail "it had more than the slice has"
  kill $program
  wait $program || true
  scope_gone "$unit" "$group"
}

test_stopping_the_scope_ends_the_program() {
  need_systemd
  start_program --pids-limit=9
  systemctl stop "$unit"
  status=0
  wait $program || status=$?
  [ $status = 143 ]
  scope_gone "$unit" "$group"
}

test_program_that_ends_takes_its_scope_along() {
  need_systemd
  status=0
  cgset --exec --systemd -- sh -c 'cat /proc/self/cgroup; exit 7' \
    >"$work/said" || status=$?
  [ $status = 7 ]
  inner=$(sed -n 's/^0:://p' "$work/said")
  group=${inner%/*}
  scope_gone "${group##*/}" "$group"
}

test_unit_that_systemd_refuses_leaves_nothing() {
  need_systemd
  status=0
  cgset --exec --systemd --slice=no-slice -- true 2>"$work/said" || status=$?
  [ $status = 125 ]
  grep -q 'no-slice' "$work/said"
  [ "$(wc -l <"$work/said")" = 1 ]
  systemctl list-units --all --plain --no-legend 'cleat-*.scope' >"$work/said"
  [ ! -s "$work/said" ]
}

# The virtual machine has a user whose manager runs cleat-user-test.service.
test_ordinary_user_has_scopes_at_his_own_manager() {
  need_systemd
  [ -e /etc/systemd/user/cleat-user-test.service ] ||
    skip "no manager of a user to be tested with"
  systemctl start cleat-manager.service
  su user -c "XDG_RUNTIME_DIR=/run/user/1000 \
    systemctl --user start cleat-user-test" || fail "$(cat /run/user/1000/said)"
  manager=/user.slice/user-1000.slice/cleat-manager.service
  grep -q "^0::$manager/.*/cleat-[0-9a-f]*[.]scope/cleat-[0-9a-f]*\$" \
    /run/user/1000/said
  grep -qx 16777216 /run/user/1000/said
  # From outside of what is his he cannot enter a scope of his manager's.
  status=0
  su user -c "unset CLEAT_RUN
    XDG_RUNTIME_DIR=/run/user/1000 cgset --exec --systemd -- true" \
    2>"$work/said" || status=$?
  [ $status = 125 ]
  grep -q 'systemd-run --user --scope' "$work/said"
}

cleanup() {
  unwind --id=scoped 2>/dev/null
  systemctl stop 'cleat-*.scope' $slice 2>/dev/null
  rm -rf "${work:?}"/*
}

run_tests "$@"
