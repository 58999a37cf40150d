# SIGKILL at many points of a pipeline's life: what the dead leave, `unwind
# --orphans` takes away, and nothing that is another's.

load pipeline.bash

setup_file() { prepare_file; }

setup() {
  prepare
  # Another's container, which no kill here may touch.
  root --name=other | $LIMITS | rootfs-run --detach --output=other.json -- \
    sleep 1000
}

teardown() {
  unwind --grace=0 --id=other
  finish
}

stages=(
  'image-get $OCI'
  layer-unpack
  'overlay-mount --at=$WORK/root'
  "$LIMITS"
  'rootfs-run --input=/dev/stdin --user=0 -- /bin/sh -c "echo ran >/x; sleep 0.05"'
)

# Makes everything old enough to be an orphan; none has a minute to wait.
age() {
  find "$CLEAT_RUN" -mindepth 1 ! -path "$CLEAT_RUN/names*" \
    -exec touch -h -d @1000000000 {} +
}

# What is left when the orphans are taken is other's alone.
only_other_left() {
  local id rest
  id=$(get id other.json)
  rest=$(left | grep -v "$id\|$WORK/state/names/other\| sleep 1000\|$holder") ||
    true
  [ -z "$rest" ] && return
  printf 'left behind:\n%s\n' "$rest" | head -n 20
  return 1
}

# check_orphans: after the dead.
check_orphans() {
  holder="process $(get process.state.holder.pid other.json) "
  # Whoever outlived the kill of another stage ends by itself.
  until_true nobody_works
  age
  unwind --orphans --grace=0
  only_other_left
  [ "$(container-inspect --id=other --get=process.state.status)" = running ]
}

nobody_works() {
  [ -z "$(processes_left | grep -v "$holder\| sleep 1000")" ]
}

# What each stage reads, made beforehand: the stage acts at once when it is
# started, and the delays count from there.
feeds=('' 'cat image.json |' 'cat layers.json |' 'cat base.json |'
  'cat limits.json |')
feed() {
  image-get "$OCI" >image.json
  layer-unpack <image.json >layers.json
  overlay-mount <layers.json >base.json
  $LIMITS --defer <base.json >limits.json
}

# killed NUMBER DELAY: the pipeline from that stage on, with that stage killed
# after the delay in tenths of a millisecond; "all": every stage, from the
# first.
killed() {
  local -a run=("${stages[@]}")
  local i first=$1 text
  [ "$1" != all ] || first=0
  for i in 0 1 2 3 4; do
    [ "$1" != $i ] && [ "$1" != all ] ||
      run[i]="timeout -s KILL $(printf 0.%04d "$2") ${run[i]}"
  done
  text=${run[first]}
  for ((i = first + 1; i < 5; ++i)); do text+=" | ${run[i]}"; done
  mkdir -p root
  WORK=$WORK bash -c "${feeds[first]} $text" >/dev/null 2>&1 </dev/null || true
}

# Points in time, of tools that take some milliseconds and many times that on
# a busy machine: a kill that comes too late is no harm.
DELAYS=(10 15 20 25 30 35 40 45 50 60 70 80 100 150 250 500)

kill_stage() {
  local delay result=0
  CLEAT_STORE=$CLEAT_STORE/fresh
  feed
  for delay in "${DELAYS[@]}"; do
    [ "$1" != 1 ] || rm -rf "$CLEAT_STORE"
    killed "$1" "$delay"
    check_orphans
  done
  # The store is none the worse for it.
  root --at=root >mounted.json
  compare dir:root "mtree:$IMAGES/umoci-unpack.mtree" || result=1
  unwind <mounted.json
  return $result
}

@test "image-get killed at 16 points" { kill_stage 0; }
@test "layer-unpack killed at 16 points" { kill_stage 1; }
@test "overlay-mount, mounting on the host, killed at 16 points" {
  kill_stage 2
}
@test "cgset killed at 16 points" { kill_stage 3; }
@test "rootfs-run killed at 16 points" { kill_stage 4; }
@test "all stages killed at once, at 16 points" { kill_stage all; }
