# Pipelines in which a stage fails: one clear line, the right status, and
# nothing left of the container.

load pipeline.bash

setup_file() { prepare_file; }

setup() {
  prepare
  # Once: what follows is about what comes behind it.
  root >base.json
}

teardown() {
  [ ! -d small ] || umount small 2>/dev/null || true
  finish
}

# Runs the main job with one stage changed: stage NUMBER COMMAND.
stages=(
  'image-get $OCI'
  layer-unpack
  'overlay-mount --name=web'
  "$LIMITS"
  'rootfs-run --hostname=web -- /bin/sh -c "echo ran"'
)
with_stage() {
  local -a changed=("${stages[@]}")
  changed[$1]=$2
  job "${changed[0]} | ${changed[1]} | ${changed[2]} | ${changed[3]} |
    ${changed[4]}"
}

small_disk() {
  mkdir -p small
  mount -t tmpfs -o "size=$1,mode=0700" small small
}

@test "a bad limit" {
  with_stage 3 'cgset --memory=1k'
  expect 125 'cgset: check limits: memory: '
  [ -z "$output" ]
  with_stage 3 'cgset --memory=64m --cpuset-cpus=8191'
  expect 125 'cgset: ' cpuset
}

@test "a usage error in each stage" {
  local i
  for i in 0 1 2 3 4; do
    with_stage $i "${stages[i]%% *} --no-such-option"
    expect 125 "${stages[i]%% *}: " no-such-option
    assert_nothing_left
  done
  job 'image-get --no-such-option'
  expect 2 'image-get: '
  job 'rootfs-run'
  expect 125
  [[ $error == 'rootfs-run: no document came on standard input' ]]
}

@test "limits that the kernel refuses while the container is being made" {
  cgset --set=pids.max=few --defer <base.json | cat >refused.json
  job 'rootfs-run --input=refused.json -- sh -c "echo ran"'
  expect 125 'rootfs-run: ' pids.max few
  [ -z "$output" ]
  assert_nothing_left
}

@test "a usage error behind a stage that has acted undoes that" {
  job "overlay-mount --input=base.json --defer | $LIMITS |
    overlay-mount --no-such-option | rootfs-run -- true"
  expect 125 'overlay-mount: ' no-such-option
}

@test "an unknown command in each place" {
  local i
  for i in 0 1 2 3; do
    with_stage $i no-such-command
    expect 125 'no-such-command: command not found'
    assert_nothing_left
  done
  with_stage 4 no-such-command
  expect 127 'no-such-command: command not found'
  assert_nothing_left
  job "$LIMITS <base.json | true"
  assert_nothing_left
}

@test "a command that prints no document, and one that prints another thing" {
  with_stage 2 'cat >/dev/null'
  expect 125
  [[ $error == 'rootfs-run: no document came on standard input'* ]] ||
    [[ $error == 'cgset: no document came on standard input'* ]]
  with_stage 3 'echo hello'
  expect 125 'rootfs-run: '
  # The writer finds its reader gone, and undoes what it has made.
  job "$LIMITS <base.json | echo hello | rootfs-run -- true"
  expect 125 'rootfs-run: '
}

@test "a layer that is missing" {
  cp -r "${OCI#oci:}" layout
  blob=65c4bef55ccaef2e21e4f575d2257bcd160b87a8c7a283d0c9d9f9fa68e5b954
  rm "layout/blobs/sha256/$blob"
  rm -rf store
  with_stage 0 'image-get oci:layout'
  expect 125 'image-get: layer' $blob
  cp -r "${OCI#oci:}/blobs" layout
  image-get oci:layout >image.json
  rm "layout/blobs/sha256/$blob"
  with_stage 0 'cat image.json'
  expect 125 'layer-unpack: ' $blob 'No such file'
  job 'image-get --verify oci:layout'
  expect 1 'image-get: ' $blob
  [ -z "$output" ]
}

@test "an image that is missing" {
  with_stage 0 'image-get oci:nowhere'
  expect 125 'image-get: ' nowhere
  with_stage 0 "image-get $OCI:nothing"
  expect 125 'image-get: ' nothing
  with_stage 0 'image-get nothing:1'
  expect 125 'image-get: ' nothing:1
}

@test "a program that is missing" {
  with_stage 4 'rootfs-run -- no-such-program'
  expect 127 'rootfs-run: ' no-such-program
  with_stage 4 'rootfs-run --detach -- no-such-program'
  expect 127 'rootfs-run: ' no-such-program
}

@test "a full disk for the store" {
  small_disk 300k
  CLEAT_STORE=$WORK/small/store with_stage 1 layer-unpack
  expect 125 'layer-unpack: ' 'No space left on device'
  [ -z "$(find small/store/overlay2 -type f)" ]
  [ -z "$(find small/store -name '*.lock' -o -path '*/cleat-tmp/*')" ]
}

@test "a full disk for the state" {
  small_disk 4k
  head -c 1M /dev/zero >small/full 2>/dev/null || true
  CLEAT_RUN=$WORK/small with_stage 0 "${stages[0]}"
  expect 125 'cgset: ' 'No space left on device'
  [ "$(ls small)" = full ]
}

@test "a state disk that fills up on the way leaves nothing either" {
  local blocks
  for blocks in 2 3 4 5 6 8 10 12 16 24; do
    small_disk 400k
    head -c $((400 - blocks * 4))k /dev/zero >small/full
    export CLEAT_RUN=$WORK/small
    with_stage 3 "$LIMITS"
    [ "$status" = 0 ] || [ "$status" = 125 ]
    [ "$status" = 0 ] || grep -q 'No space left on device' err
    [ "$(ls small | grep -v names)" = full ]
    [ -z "$(groups_left)" ]
    umount small
  done
  export CLEAT_RUN=$WORK/state
}

@test "a full device as output" {
  job "$LIMITS <base.json >/dev/full"
  expect 1 'cgset: ' 'No space left on device'
  job "$LIMITS --output=/dev/full <base.json"
  expect 1 'cgset: ' 'No space left on device'
  small_disk 4k
  head -c 1M /dev/zero >small/full 2>/dev/null || true
  job "$LIMITS --output=small/doc.json <base.json"
  expect 1 'cgset: ' 'small/doc.json' 'No space left on device'
  [ "$(ls small)" = full ]
  job "rootfs-run --detach --input=base.json -- sleep 1000 >/dev/full"
  expect 125 'rootfs-run: ' 'No space left on device'
}

@test "a reader that goes away" {
  job "$LIMITS <base.json | true"
  [ "$(wc -l <err)" -le 1 ]
  job "image-get $OCI | (exec <&-; sleep 0.1)"
  [ "$(wc -l <err)" -le 1 ]
  job "exec 2>err2; (rootfs-run --input=base.json --detach -- sleep 1000
    echo \$? >result) | (exec <&-; sleep 0.2)"
  # It had written before nobody could read it, or it says so.
  if [ "$(cat result)" = 0 ]; then
    unwind --grace=0 --id="$(container-list --quiet)"
  else
    grep -qx 'rootfs-run: write the document: nobody reads it' err2
  fi
}

# in_group TEXT: a job in a process group of its own, $group, as a terminal's.
in_group() {
  env --default-signal=INT setsid -w bash -c "$1" >out 2>err </dev/null &
  group=$!
  until_true kill -0 -- "-$group" 2>/dev/null
}

is_over() {
  if kill -0 "$group" 2>/dev/null; then false; fi
}

@test "an interrupt of the whole pipeline" {
  local moment
  for moment in 0 1 2 4 6 8 10 15 20 30 50 100 200; do
    rm -rf store
    in_group "${stages[0]} | ${stages[1]} | ${stages[2]} | ${stages[3]} |
      rootfs-run -- sleep 1000"
    sleep "$(printf 0.%03d "$moment")"
    kill -INT -- "-$group" 2>/dev/null || true
    until_true is_over || { kill -KILL -- "-$group"; return 1; }
    until_true assert_nothing_left
  done
}

@test "a kept, running service survives a refused cgset" {
  $LIMITS --name=web <base.json |
    rootfs-run --detach --output=web.json -- sleep 1000
  limits() {
    find /sys/fs/cgroup -path "*/cleat-$(get id web.json)/*" \
      -regex '.*\(memory\|pids\|cpu\)\..*\(limit\|max\|quota\).*' \
      -readable -type f ! -name '*usage*' ! -name '*failcnt*' \
      -exec grep -H . {} + | sort
  }
  limits >before
  [ -s before ]
  local text
  for text in '<web.json' --id=web '--input=web.json'; do
    job "cgset --memory=32m --pids-limit=9223372036854775807 $text"
    expect 1 'cgset: '
    job "cgset --memory=1k $text"
    expect 1 'cgset: '
    job "cgset --no-such-option $text"
    expect 2 'cgset: '
  done
  job 'cat web.json | cgset --memory=1k | rootfs-run -- true'
  expect 125 'cgset: '
  job 'cat web.json | rootfs-run --no-such-option'
  expect 125 'rootfs-run: '
  job 'cat web.json | overlay-mount | cgset'
  [ "$status" != 0 ]
  limits | cmp - before
  [ "$(container-inspect --id=web --get=process.state.status)" = running ]
  container-exec --id=web -- true
  unwind --grace=0 --id=web
}
