# The statements of cgroup_namespaces(7), each shown on this kernel.
# shellcheck disable=SC2016,SC2154 # texts for other shells; bats's variables

load manpages

# A cgroup v2 mount, wherever it is.
find_cgroup2() {
  CGROUP2=$(awk '$0 ~ / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
  [ -n "$CGROUP2" ] || skip "cgroup v2 is not mounted"
  OWN=$(sed -n 's/^0:://p' /proc/self/cgroup)
  GROUP=$CGROUP2${OWN%/}/cleat-test-$$-$BATS_TEST_NUMBER
  mkdir "$GROUP" "$GROUP/sub" "$GROUP/other" || skip "no group can be made"
}

remove_groups() {
  [ -z "${GROUP:-}" ] || until rmdir "$GROUP"/* "$GROUP" 2>/dev/null ||
    [ ! -d "$GROUP" ]; do sleep 0.05; done
}

# in_group NAME COMMAND...
in_group() {
  sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$GROUP/$1" "${@:2}"
}

@test "/proc/self/cgroup of a new cgroup namespace tells its own group as the root" {
  find_cgroup2
  is 0::/ in_group sub ns-unshare --cgroup grep ^0: /proc/self/cgroup
  remove_groups
}

@test "a group below the root of the cgroup namespace is told relative to it" {
  find_cgroup2
  is 0::/sub in_group . ns-unshare --cgroup sh -c \
    "echo 0 >'$GROUP/sub/cgroup.procs'; grep ^0: /proc/self/cgroup"
  remove_groups
}

@test "a group beside the root is told with .." {
  find_cgroup2
  start sh -c 'echo 0 >"$0/cgroup.procs"; '"$waits" "$GROUP/other"
  is 0::/../other in_group sub ns-unshare --cgroup grep ^0: "/proc/$pid/cgroup"
  kill -KILL "$pid"
  wait "$pid" || true
  remove_groups
}

@test "a process outside sees the whole path of one in a cgroup namespace" {
  find_cgroup2
  start sh -c 'echo 0 >"$0/cgroup.procs"; exec ns-unshare --cgroup sh -c "$1"' \
    "$GROUP/sub" "$waits"
  is "0::${GROUP#"$CGROUP2"}/sub" grep ^0: "/proc/$pid/cgroup"
  kill -KILL "$pid"
  wait "$pid" || true
  remove_groups
}

@test "mountinfo tells the root of a cgroup mount relative to the namespace" {
  find_cgroup2
  root=$(in_group sub ns-unshare --cgroup awk \
    '$0 ~ / - cgroup2 / { print $4; exit }' /proc/self/mountinfo)
  [[ "$root" == /..* ]]
  is / in_group sub ns-unshare --cgroup --mount sh -ec '
    mkdir "$0"
    mount -t cgroup2 cgroup2 "$0"
    awk -v at="$0" "\$5 == at { print \$4 }" /proc/self/mountinfo' "$PWD/fresh"
  remove_groups
}

@test "a fresh mount shows the namespace's own groups alone" {
  find_cgroup2
  mkdir "$GROUP/sub/below"
  is below in_group sub ns-unshare --cgroup --mount sh -ec '
    mkdir fresh
    mount -t cgroup2 cgroup2 fresh
    cd fresh
    ls -d */ | tr -d /'
  rmdir "$GROUP/sub/below"
  remove_groups
}

@test "unshare changes no group, and setns likewise" {
  find_cgroup2
  start sh -c 'echo 0 >"$0/cgroup.procs"; exec ns-unshare --cgroup sh -c "$1"' \
    "$GROUP/sub" "$waits"
  # Seen from inside, this process is beyond the root.
  [[ "$(ns-enter --target="$pid" --cgroup grep ^0: /proc/self/cgroup)" == 0::/..* ]]
  kill -KILL "$pid"
  wait "$pid" || true
  remove_groups
}

@test "the hierarchies of version 1 have the same roots" {
  hierarchy=$(awk '$0 ~ / - cgroup / && $0 ~ /,?(freezer|pids|cpuset)/ {
    print $5; exit }' /proc/self/mountinfo)
  [ -n "$hierarchy" ] || skip "cgroup v1 is not mounted"
  controller=$(awk -v at="$hierarchy" '$5 == at { print $NF }' /proc/self/mountinfo |
    grep -o 'freezer\|pids\|cpuset' | head -n 1)
  GROUP=$hierarchy/cleat-test-$$-$BATS_TEST_NUMBER
  mkdir "$GROUP" "$GROUP/sub" 2>/dev/null || skip "no group can be made"
  for file in cpuset.cpus cpuset.mems; do
    [ ! -e "$GROUP/$file" ] || for group in "$GROUP" "$GROUP/sub"; do
      cat "$hierarchy/$file" >"$group/$file"
    done
  done
  is /sub in_group . ns-unshare --cgroup sh -c "
    echo 0 >'$GROUP/sub/cgroup.procs'
    sed -n 's/^[0-9]*:[^:]*${controller}[^:]*://p' /proc/self/cgroup"
  remove_groups
}

@test "a member that mounts its hierarchy anew cannot reach what is above" {
  find_cgroup2
  # As the user to whom the upper group was given, too.
  chown 64123 "$GROUP" "$GROUP/cgroup.procs"
  is 'below only' in_group sub ns-unshare --cgroup --mount sh -ec '
    mkdir fresh
    mount -t cgroup2 cgroup2 fresh
    [ "$(stat -c %i fresh/..)" = "$(stat -c %i .)" ] && printf "below "
    find fresh -maxdepth 1 -name other | grep -q . || echo only'
  remove_groups
}
