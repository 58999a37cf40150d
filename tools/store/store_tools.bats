# The store as a whole: checked, repaired, cleaned, measured, and sound after
# any crash.

load store.bash

setup_file() {
  prepare_file
  CLEAT_STORE=$BATS_FILE_TMPDIR/store \
    "$BATS_FILE_TMPDIR/bin/image-load" "$IMAGES/docker-save.tar" >/dev/null
}

setup() {
  prepare
  cp -a "$BATS_FILE_TMPDIR/store" store
  LAYERDB=store/image/overlay2/layerdb/sha256
  TOP=8cb95aec397b00717c77354123298a184335ba2469dcf6a6f889551ac3d066a1
  CACHE=store/overlay2/$(cat "$LAYERDB/$TOP/cache-id")
}

# finds TEXT: store-check fails and says so.
finds() {
  local status=0
  store-check >found 2>/dev/null || status=$?
  [ $status = 1 ] || { echo "status $status"; cat found; return 1; }
  grep -qF -- "$1" found || { cat found; return 1; }
}

repairs() {
  store-check --repair >repaired
  grep -q repaired repaired
  store-check
}

@test "a sound store is sound, and every directory is accounted for" {
  mkdir store/{builder,containerd,network,plugins,runtimes,swarm,tmp,trust,volumes,odd}
  picture >before
  [ -z "$(store-check)" ]
  store-check --verbose >all
  [ "$(grep -c 'left alone' all)" = 10 ]
  grep -qx 'odd: unknown: left alone' all
  grep -qx '4 layers' all
  picture | cmp - before
}

@test "lost and wrong links are found and repaired" {
  rm "store/overlay2/l/$(cat "$CACHE/link")"
  finds 'does not lead to'
  grep -qF "$DOCKER_ID" found
  repairs
  echo -n l/WRONG >"$CACHE/lower"
  finds 'lower: does not name the layers below'
  repairs
  echo -n 1 >"$LAYERDB/$TOP/size"
  finds 'says 1, the files have 39'
  repairs
}

# The facts of all layers, and what overlay2 knows.
facts() {
  (
    cd store
    grep . image/overlay2/layerdb/sha256/*/{diff,parent,size,cache-id} \
      overlay2/*/{link,lower} 2>/dev/null
    find overlay2/l -type l -printf '%p %l\n' | sort
  )
}

@test "every fact of a layer that is lost or wrong comes back as it was" {
  facts >before
  for fact in diff parent size cache-id; do
    for with in lost wrong; do
      if [ $with = lost ]; then
        rm "$LAYERDB/$TOP/$fact"
      else
        echo -n "sha256:$(printf '0%.0s' {1..64})" >"$LAYERDB/$TOP/$fact"
      fi
      finds "$TOP/$fact: "
      grep -F "$TOP/$fact: " found | grep -q -- '--repair helps'
      repairs
      facts | cmp - before
    done
  done
}

@test "facts come back without an image, too, where a ChainID proves them" {
  rm -r store/image/overlay2/imagedb store/image/overlay2/repositories.json
  facts >before
  bottom=$(find "$LAYERDB" -mindepth 1 -maxdepth 1 ! -exec test -e {}/parent \; -print)
  for layer in "$LAYERDB/$TOP" "$bottom"; do
    rm "$layer/diff" "$layer/cache-id" "$layer/size"
    # The directory is not yet known, so that one fact waits for another.
    finds 'neither an image nor the archive tells'
    says 1 "the store is damaged" store-gc --older-than=0
    rm -rf store
    cp -a "$BATS_FILE_TMPDIR/store" store
    rm -r store/image/overlay2/imagedb store/image/overlay2/repositories.json
    rm "$layer/diff" "$layer/size"
    rm -f "$layer/parent"
    repairs
    facts | cmp - before
  done
}

@test "a layer's lost short name comes back, and with a new one all that name it" {
  facts >before
  bottom=$(find "$LAYERDB" -mindepth 1 -maxdepth 1 ! -exec test -e {}/parent \; -print)
  lowest=store/overlay2/$(cat "$bottom/cache-id")
  name=$(cat "$lowest/link")
  rm "$lowest/link"
  repairs
  facts | cmp - before
  rm "$lowest/link" "store/overlay2/l/$name"
  repairs
  [ "$(cat "$lowest/link")" != "$name" ]
  [ -z "$(grep -F "$name" store/overlay2/*/lower)" ]
}

@test "what cannot be had again is not touched, and said to be so" {
  rm "$LAYERDB/$TOP/cache-id" "$LAYERDB/$TOP/tar-split.json.gz"
  picture >before
  finds "$TOP/cache-id: is missing, and no directory without an owner has the \
layer's files: remove the images that need it and load them again"
  says 1 "check store" store-check --repair
  # The directory may be the layer's: nobody takes it for a leftover.
  says 1 "cache-id: there is none: the store is damaged" store-gc --older-than=0
  picture | cmp - before
}

@test "names without an image are found and repaired" {
  small=$(small_image small:1)
  rm "store/image/overlay2/imagedb/content/sha256/${small#sha256:}"
  finds "'small:1' names image $small"
  repairs
  [ -z "$(image-list -q small)" ]
}

@test "changed files, configs, parents and lost layers are named with who needs them" {
  file=$(find "$CACHE/diff" -type f -size +0 | head -n 1)
  cp -a "$file" kept
  printf X | dd of="$file" bs=1 conv=notrunc status=none
  finds "was changed"
  grep -qF "needed by $DOCKER_ID" found
  store-check --fast
  cp -a kept "$file"
  config=store/image/overlay2/imagedb/content/sha256/${DOCKER_ID#sha256:}
  cp "$config" kept
  echo >>"$config"
  finds "imagedb/content/sha256/${DOCKER_ID#sha256:}"
  cp kept "$config"
  cp "$LAYERDB/$TOP/parent" kept
  echo -n "sha256:$TOP" >"$LAYERDB/$TOP/parent"
  finds "parent: is not $(cat kept)"
  cp kept "$LAYERDB/$TOP/parent"
  mv "$CACHE" gone
  finds "the layer's files are gone"
  mv gone "$CACHE"
  mv "$LAYERDB/$TOP" gone
  finds "its layer sha256:$TOP is not in the store"
  mv gone "$LAYERDB/$TOP"
  store-check
}

@test "store-gc removes what crashes left, and nothing else" {
  picture >before
  random=$(printf 'a%.0s' {1..64})
  mkdir -p "store/overlay2/$random/diff/deep" \
    "store/overlay2/$random-init" "store/overlay2/cleat-tmp/$random" \
    store/image/overlay2/layerdb/tmp/write-set-1 \
    "store/image/overlay2/imagedb/metadata/sha256/$random" \
    "$LAYERDB/$random-$random-removing"
  ln -s ../nowhere/diff store/overlay2/l/AAAAAAAAAAAAAAAAAAAAAAAAAA
  touch store/image/overlay2/imagedb/content/sha256/.tmp-123 \
    store/image/overlay2/repositories.json.1.tmp
  # BuildKit's snapshots are not of 64 digits, and not ours.
  mkdir store/overlay2/0ywnswdvqkzr1wk3zovhsmr6c
  finds 'was left by a process that died'
  [ "$(grep -c 'was left' found)" = 9 ]
  [ -z "$(store-gc)" ]
  [ "$(store-gc --dry-run --older-than=0 | grep -c ^leftover)" = 9 ]
  [ "$(store-gc --older-than=0 | grep -c ^leftover)" = 9 ]
  rmdir store/overlay2/0ywnswdvqkzr1wk3zovhsmr6c
  picture | cmp - before
}

@test "store-gc keeps what images and documents name" {
  image-get "oci-archive:$IMAGES/oci-archive.tar" | layer-unpack >/dev/null
  mkdir other
  echo x >other/file
  tar -C other -cf layer.tar .
  image-import --store=elsewhere other other:1 >/dev/null
  image-save --store=elsewhere --format=oci --output=layout other:1
  image-get oci:layout | layer-unpack --output=other.json
  image-get oci:layout | layer-unpack >/dev/null
  [ "$(layers | wc -l)" = 5 ]
  [ -z "$(store-gc --older-than=0)" ]
  rm other.json
  [ -z "$(store-gc)" ]
  store-gc --older-than=0 >removed
  grep -q '^layer sha256:' removed
  [ "$(layers | wc -l)" = 4 ]
  [ -z "$(ls store/cleat-roots)" ]
  store-check
}

@test "store-usage counts what is shared and what is alone" {
  small_image small:1 >/dev/null
  [[ $(store-usage) == TYPE*images*2*layers*0*leftovers*0* ]]
  store-usage --json | grep -qF '{"type":"images","total":2,"active":0,'
  [ "$(store-usage --images --json | wc -l)" = 2 ]
  store-usage --images --json | head -n 1 >largest
  grep -qF '"size":3031395,"shared":0,"unique":3031395' largest
  [ "$(store-usage --layers --json | wc -l)" = 5 ]
}

# Every system call that changes the store is a place to die at.
die_at() {
  strace -f -qq -o /dev/null -e trace="$1" -e "inject=$1:signal=KILL:when=$2" \
    "${@:3}" >/dev/null 2>&1
}

# survives SETUP COMMAND...: dies at each call that could leave a half.
survives() {
  local prepare=$1 call n died
  shift
  strace -f -qq -e trace=none true 2>/dev/null || skip "strace does not work here"
  for call in rename renameat2 mkdir unlink unlinkat symlink fsync; do
    for n in 1 2 3 4 5 7 10 14; do
      rm -rf store run
      cp -a "$BATS_FILE_TMPDIR/store" store
      $prepare
      died=0
      die_at $call $n "$@" || died=$?
      store-check >found || {
        # Leftovers are no damage; anything else is.
        ! grep -vF 'was left by a process that died' found || {
          echo "$* killed at $call $n"
          return 1
        }
      }
      store-gc --older-than=0 >/dev/null
      store-check
      # What was asked for can still be done.
      "$@" >/dev/null 2>again || [ $died = 0 ] || grep -q "find image" again
      store-check
      [ $died != 0 ] || break
    done
  done
}

empty_store() { rm -rf store; }

@test "a load that dies anywhere leaves a sound store" {
  survives empty_store image-load "$IMAGES/docker-save.tar"
}

@test "a remove that dies anywhere leaves a sound store" {
  survives : image-remove -f 84897748be77
}

@test "a tag that dies anywhere leaves a sound store" {
  survives : image-tag fixture:1 app:1
}

@test "an unpack that dies anywhere leaves a sound store" {
  image-get "oci-archive:$IMAGES/oci-archive.tar" >image.json
  survives empty_store layer-unpack --input=image.json
}

@test "tags, loads and removes at once lose nothing" {
  for i in 1 2 3 4; do
    (
      for j in 1 2 3; do
        image-tag fixture:1 "app$i:$j"
        mkdir -p "tree$i.$j"
        echo "$i.$j" >"tree$i.$j/file"
        image-import "tree$i.$j" "made$i:$j" >/dev/null
        image-remove "made$i:$j" >/dev/null
        image-load "$IMAGES/docker-save.tar" >/dev/null
      done
    ) &
  done
  wait
  [ "$(image-list --json 'app*' | wc -l)" = 12 ]
  [ "$(layers | wc -l)" = 4 ]
  store-check
}
