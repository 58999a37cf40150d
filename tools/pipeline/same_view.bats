# What a process sees of its container: the same under rootfs-run, crun run and
# docker run with the same settings, but for what is named below.
# shellcheck disable=SC2016,SC2094 # scripts for other shells; files of peers

load pipeline.bash
load docker.bash

PROFILE=$PWD/lib/seccomp/default_profile.json

setup_file() {
  prepare_file
  start_docker
  ! docker version >/dev/null 2>&1 ||
    docker import "$IMAGES/docker-export.tar" busybox >/dev/null
}

teardown_file() { stop_docker; }

setup() {
  prepare
  VIEW=$(cat "$BATS_TEST_DIRNAME/view.sh")
  image-import "$IMAGES/docker-export.tar" busybox >/dev/null
  image-get busybox | layer-unpack | overlay-mount >base.json
  mkdir root
  tar -xf "$IMAGES/docker-export.tar" -C root
}

teardown() { finish; }

# ours OPTION...: into the file `ours`.
ours() {
  rootfs-run --input=base.json --hostname=view "$@" -- sh -c "$VIEW" >ours
}

# crun leaves /etc/hosts, resolv.conf and hostname to its caller, and links
# /dev/core to what is masked; it shows the host's root of hierarchies of
# version 1, and gives /dev/null to the user. What it masks or makes read-only
# it mounts without nosuid, nodev and noexec.
# shellcheck disable=SC2034 # by same_as
crun_differs='^mount /\(etc\|sys/fs/cgroup\)\|^cgroup \|^dev .* \(null$\|core ->\)'

# with_crun KEY=VALUE...: into `crun`; see oci_config.py. It refuses a machine
# with both versions of cgroups, so it is shown one.
with_crun() {
  command -v crun >/dev/null || skip "no crun"
  mkdir -p bundle
  python3 "$BATS_TEST_DIRNAME/oci_config.py" "$WORK/root" "$PROFILE" "$@" \
    -- sh -c "$VIEW" >bundle/config.json
  unshare -m sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null
    exec crun --root "$1" run --bundle "$2" "$3"' - "$WORK/crun-state" \
    "$WORK/bundle" "cleat-view-$$" >crun
}

# Docker shows its own group's path in the host's namespace of cgroups on a
# machine with version 1. It masks directories by a tmpfs without those three.
# shellcheck disable=SC2034
docker_differs='^cgroup \|^mount /sys/fs/cgroup'

with_docker() {
  needs_docker
  docker run --rm --network=none --hostname=view "$@" busybox \
    sh -c "$VIEW" >docker
}

# same_as PEER: but for the lines that PEER_differs names, and for signals that
# the caller ignores: the peers pass glibc's own two on.
same_as() {
  diff <(comparable "$1" <ours) <(comparable "$1" <"$1") || {
    echo "rootfs-run (<) and $1 (>) differ"
    return 1
  }
}

comparable() {
  local except=$1_differs
  local masked='s!^(mount .*) ro,nosuid,nodev,noexec,relatime tmpfs$!\1 ro,relatime tmpfs!'
  [ "$1" = docker ] || masked='s!^(mount /(proc|sys)/[^ ]+) .*!\1!'
  grep -v "^SigIgn:\|${!except}" | sed -E "$masked"
}

@test "the default" {
  ours
  grep -q '^Seccomp:.*2$' ours
  grep -q '^SigIgn:.*0000000000000000$' ours
  with_crun
  same_as crun
  with_docker
  same_as docker
}

@test "capabilities added and dropped" {
  ours --cap-drop=ALL --cap-add=NET_ADMIN --cap-add=chown
  grep -q '^CapEff:.*0000000000001001$' ours
  with_crun caps=CHOWN,NET_ADMIN
  same_as crun
  with_docker --cap-drop=ALL --cap-add=NET_ADMIN --cap-add=chown
  same_as docker
}

@test "another user with further groups" {
  ours --user=1000:1000 --group-add=7
  grep -q '^Groups:.*7 1000' ours
  with_crun user=1000:1000 groups=7 home=/var/lib/app
  same_as crun
  with_docker --user=1000:1000 --group-add=7
  same_as docker
}

@test "no new privileges" {
  ours --security-opt=no-new-privileges
  grep -q '^NoNewPrivs:.*1$' ours
  with_crun nnp=
  same_as crun
  with_docker --security-opt=no-new-privileges
  same_as docker
}

@test "system calls unfiltered, and filtered by a profile of the user's" {
  ours --security-opt=seccomp=unconfined
  grep -q '^Seccomp:.*0$' ours
  with_crun seccomp=unconfined
  same_as crun
  with_docker --security-opt=seccomp=unconfined
  same_as docker
  sed 's/"mkdir", //' "$PROFILE" >profile.json
  ours --security-opt=seccomp=profile.json
  with_docker --security-opt=seccomp=profile.json
  same_as docker
  job "rootfs-run --input=base.json --security-opt=seccomp=profile.json -- \
    mkdir /new"
  expect 1 'Operation not permitted'
  job "docker run --rm --network=none --security-opt=seccomp=profile.json \
    busybox mkdir /new"
  expect 1 'Operation not permitted'
}

@test "limits, a kernel parameter and a directory to start in" {
  ours --ulimit=nofile=100:200 --sysctl=kernel.shmmax=123456 --workdir=/a/b
  grep -q '^limit Max open files *100 *200' ours
  with_crun rlimit=nofile:100:200 sysctl=kernel.shmmax:123456 cwd=/a/b
  same_as crun
  with_docker --ulimit=nofile=100:200 --sysctl=kernel.shmmax=123456 \
    --workdir=/a/b
  same_as docker
}

@test "a pipe belongs to the user" {
  job "rootfs-run --input=base.json --user=1000 -- sh -c \
    'echo out >/dev/stdout; echo error >/dev/stderr' 2>&1 | cat"
  expect 0
  [ "$output" = $'out\nerror' ]
}

# Root is shown the keyrings of all containers of the machine, and those that
# are about to go: what is seen at two times is the same only in between.
keys_as_docker() {
  ours --security-opt=systempaths=unconfined
  grep -q '^keys [1-9]' ours || return
  with_docker --security-opt=systempaths=unconfined
  same_as docker
}

@test "keys, where they are shown" {
  local attempt
  needs_docker
  for attempt in {1..60}; do
    ! keys_as_docker || return 0
  done
  echo "in vain: $attempt times"
  return 1
}

@test "privileged" {
  ours --privileged
  grep -q '^Seccomp:.*0$' ours
  grep -q '^mount /sys rw' ours
  if grep -q '^mount /proc/sys' ours; then false; fi
  needs_docker
  docker run --rm --network=none --privileged busybox true 2>/dev/null ||
    skip "docker cannot give all capabilities here"
  with_docker --privileged
  same_as docker
}
