# An ordinary user's store: what in it belongs to his subordinate ids, or bars
# its owner, is read, counted and removed as well.
# shellcheck disable=SC2016

ME=54322
load ../pipeline/rootless.bash

setup_file() { prepare_place; }
teardown_file() { remove_place; }
teardown() { finish_user; }

setup() {
  prepare_user
  STORE=$WORK/home/.local/share/cleat
  IMAGE=b91c9142356c
}

load_image() {
  me 'image-load -q $PLACE/oci-archive.tar'
  [ "$status" = 0 ]
}

# leftover_of OWNER: a directory that only OWNER may enter.
leftover_of() {
  local directory
  directory=$STORE/overlay2/$(printf 'a%.0s' {1..64})
  mkdir -p "$directory/diff/closed"
  printf 12345 >"$directory/diff/closed/file"
  chown -R "$1:$1" "$directory/diff/closed"
  chmod 0700 "$directory/diff/closed"
  chown $ME "$directory" "$directory/diff"
}

@test "store-check reads what only subordinate ids may" {
  give_ids
  load_image
  me 'store-check'
  [ "$status" = 0 ]
  [ -z "$output$stderr" ]
  local file
  file=$(ls "$STORE"/overlay2/*/diff/odd/owned | head -n 1)
  printf X >>"$file"
  me 'store-check'
  [ "$status" = 1 ]
  [[ $output == *"file 'odd/owned': has 2 bytes"* ]]
}

@test "store-check repairs a user's store, whose files stay his" {
  give_ids
  load_image
  local fact
  fact=$(ls "$STORE"/image/overlay2/layerdb/sha256/*/size | head -n 1)
  printf 1 >"$fact"
  me 'store-check --repair'
  [ "$status" = 0 ]
  [[ $output == *"says 1, the files have "*": repaired" ]]
  [ "$(stat -c %u "$fact")" = $ME ]
}

@test "store-check reads a store without subordinate ids" {
  load_image
  chmod 0 "$STORE"/overlay2/*/diff/odd/owned
  me 'store-check'
  [ "$status" = 0 ]
  [ -z "$output$stderr" ]
}

@test "store-usage counts, and store-gc removes, what bars its owner" {
  give_ids
  load_image
  leftover_of 600999
  me 'store-usage --json | tail -n 1; store-gc --older-than=0; store-check'
  [ "$status" = 0 ]
  [ "${lines[0]}" = \
    '{"type":"leftovers","total":1,"active":0,"size":5,"reclaimable":5}' ]
  [ "${lines[1]}" = "leftover overlay2/$(printf 'a%.0s' {1..64})" ]
  [ ! -e "$STORE/${lines[1]#* }" ]
}

@test "image-remove removes layers of a user's to the last file" {
  give_ids
  load_image
  [ -n "$(find "$STORE" ! -uid $ME)" ]
  me "image-remove $IMAGE"
  [ "$status" = 0 ]
  [ "$(grep -c ^Deleted <<<"$output")" = 5 ]
  [ -z "$(find "$STORE" ! -uid $ME)" ]
  [ -z "$(ls "$STORE/image/overlay2/layerdb/sha256")" ]
}

@test "image-save writes a user's image as root's store would" {
  give_ids
  load_image
  me "image-save -o saved.tar $IMAGE"
  [ "$status" = 0 ]
  [ "$(stat -c %u "$WORK/home/saved.tar")" = $ME ]
  CLEAT_STORE=$WORK/store "$PLACE/bin/image-load" -q "$PLACE/oci-archive.tar"
  CLEAT_STORE=$WORK/store "$PLACE/bin/image-save" $IMAGE |
    cmp - "$WORK/home/saved.tar"
}

@test "a container's own files are counted, and nobody's leftovers" {
  give_ids
  me "image-get \$OCI | layer-unpack | overlay-mount --name=web |
      rootfs-run --detach --output=web.json --user=0 -- sh -c \
        'mkdir /tmp/a; echo 1234 >/tmp/a/file; chown -R 5:5 /tmp/a
         chmod 0700 /tmp/a; echo ready; exec sleep 1000'
    until container-logs web | grep -q ready; do sleep 0.05; done
    store-usage --json | sed -n 2p; store-usage --json | tail -n 1
    store-gc --older-than=0; store-check --repair
    container-exec --id=web -- cat /tmp/a/file; unwind --grace=0 web"
  [ "${lines[0]}" = \
    '{"type":"containers","total":1,"active":1,"size":5,"reclaimable":0}' ]
  [ "${lines[1]}" = \
    '{"type":"leftovers","total":0,"active":0,"size":0,"reclaimable":0}' ]
  [ "${lines[2]}" = 1234 ]
  [ "${#lines[@]}" = 3 ]
  [ "$status" = 0 ]
}

@test "root changes no names in a user's store" {
  load_image
  local tool
  for tool in 'image-tag b91c9142356c app:1' 'image-remove b91c9142356c'; do
    run --separate-stderr env CLEAT_STORE="$STORE" CLEAT_RUN="$WORK/state" \
      PATH="$PLACE/bin:$PATH" bash -c "$tool"
    [ "$status" = 1 ]
    [[ $stderr == *"use store $STORE: its layers have \"user.\" attributes"* ]]
  done
  [ -z "$(find "$STORE" ! -uid $ME)" ]
}
