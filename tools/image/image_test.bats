# What image-get says of one image in every form, image-import and image-list
# of the store, and what they say of images that are not what they should be.

setup() {
  PATH=$PWD/tools/image:$PATH
  IMAGES=$PWD/testdata/images
  cd "$BATS_TEST_TMPDIR"
  export CLEAT_STORE=$PWD/store CLEAT_RUN=$PWD/run SOURCE_DATE_EPOCH=1000000
  DOCKER_ID=sha256:84897748be77591d359ea452dc56cdbaf81f385718f97d1d3e041d096bf8cf80
  SKOPEO_ID=sha256:b91c9142356c49d23f0593a90209acb08c30da922ca94e382157666d92b9e361
}

# id_in DOCUMENT: the ImageID in it.
id_in() {
  grep -o '"id":"sha256:[0-9a-f]*"' <<<"$1" | cut -d'"' -f4
}

# says STATUS TEXT COMMAND...: fails so, in one line with this in it.
says() {
  local status=0 line
  line=$("${@:3}" 2>&1 >out) || status=$?
  [ "$status" = "$1" ] || { echo "status $status: $line"; return 1; }
  [ ! -s out ] || { echo "it wrote to standard output"; return 1; }
  [[ $line == *"$2"* && $line != *$'\n'* ]] || { echo "says: $line"; return 1; }
}

a_tree() {
  mkdir -p tree/bin
  echo shell >tree/bin/sh
}

@test "image-get finds the image in every form" {
  mkdir layout registry
  tar -C layout --strip-components=1 -xf "$IMAGES/oci-layout-zstd.tar"
  tar -C registry --strip-components=1 \
    -xf "$IMAGES/oci-layout-registry-docker-v2s2.tar"
  [ "$(id_in "$(image-get --verify oci:layout:fixture-1)")" = "$SKOPEO_ID" ]
  [ "$(id_in "$(image-get --verify oci:registry)")" = "$SKOPEO_ID" ]
  [ "$(id_in "$(image-get --verify "oci-archive:$IMAGES/oci-archive.tar")")" = \
    "$SKOPEO_ID" ]
  [ "$(id_in "$(image-get --verify "docker-archive:$IMAGES/docker-save.tar:fixture:1")")" = \
    "$DOCKER_ID" ]
}

@test "image-get and image-list read what dockerd wrote, and write nothing" {
  mkdir store
  tar -C store --no-same-owner -xf "$IMAGES/dockerd-store.tar"
  find store -printf '%p %T@\n' | sort >before
  for name in fixture:1 848977 $DOCKER_ID; do
    [ "$(id_in "$(image-get "$name")")" = "$DOCKER_ID" ]
  done
  [ "$(image-list -q)" = 84897748be77 ]
  [[ $(image-list) == *"fixture "*" 1 "*84897748be77*3.03MB* ]]
  [ "$(image-list --json | wc -l)" = 2 ]
  find store -printf '%p %T@\n' | sort | cmp - before
}

@test "a missing store is empty and stays missing" {
  [ -z "$(image-list -q)" ]
  [[ $(image-list) == REPOSITORY* ]]
  says 1 "find image 'busybox': it is not in store" image-get busybox
  [ ! -e store ]
}

@test "an imported tree is an image, the same from any directory and form" {
  a_tree
  one=$(image-import --cmd=/bin/sh --env=A=1 tree app:1)
  [[ $one == sha256:???????????????????????????????????????????????????????????????? ]]
  [ "$(id_in "$(image-get app:1)")" = "$one" ]
  [[ $(image-get app:1) == *'"env":["A=1"],"cmd":["/bin/sh"]'* ]]
  cp -r tree copy
  touch -d @1000000 copy copy/bin copy/bin/sh
  touch -d @1000000 tree tree/bin tree/bin/sh
  [ "$(image-import --store=b tree)" = "$(image-import --store=c copy)" ]
  tar -C tree -cf tree.tar .
  gzip -k tree.tar
  two=$(image-import tree.tar app:2)
  [ "$(image-import tree.tar.gz)" = "$two" ]
  [ "$(image-import - <tree.tar)" = "$two" ]
}

@test "damaged images are refused in one line" {
  mkdir layout
  tar -C layout --strip-components=1 -xf "$IMAGES/oci-layout-zstd.tar"
  layer=layout/blobs/sha256/9e89e538a077740dffef6c7d215efb1611601cb4744df80e63eafa9a3c0c6776
  cp $layer whole
  printf X | dd of=$layer bs=1 seek=1000 conv=notrunc status=none
  image-get oci:layout >/dev/null
  says 1 "${layer##*/}" image-get --verify oci:layout
  truncate -s 1000 $layer
  says 1 "it is truncated" image-get oci:layout
  rm $layer
  says 1 "there is no blobs/sha256/" image-get oci:layout
  cp whole $layer
  says 1 "there is fixture-1" image-get oci:layout:other
  says 1 "no image for linux/s390x; there is linux/amd64" \
    image-get --platform=linux/s390x oci:layout
  head -c 5000 "$IMAGES/oci-archive.tar" >short.tar
  says 1 "the archive is truncated" image-get oci-archive:short.tar
  says 2 "IMAGE is missing" image-get
}

@test "an import that fails leaves nothing in the store" {
  a_tree
  says 1 "parse image name 'Upper'" image-import tree Upper
  says 1 "No such file" image-import none app
  says 1 "SOURCE_DATE_EPOCH 'now'" env SOURCE_DATE_EPOCH=now image-import tree
  tar -C tree -cf tree.tar .
  head -c 700 tree.tar >short.tar
  says 1 "short.tar" image-import short.tar app
  [ -z "$(find store/overlay2/cleat-tmp -mindepth 1)" ]
  [ -z "$(image-list -q)" ]
}

@test "a killed import leaves nothing that the next one does not remove" {
  mkdir -p big
  for i in 1 2 3 4 5 6 7 8; do head -c 4000000 /dev/zero >big/$i; done
  for delay in 0.002 0.005 0.01 0.02 0.03 0.05; do
    # Not by timeout, which dies with it: a next one may come before it is gone.
    image-import big app 3>&- &
    sleep "$delay"
    kill -KILL $! || :
    wait $! || :
  done
  image-import big app
  [ -z "$(find store/overlay2/cleat-tmp store/image/overlay2/layerdb/tmp \
    -mindepth 1)" ]
  [ "$(find store/overlay2 -mindepth 1 -maxdepth 1 -name '????????????????*' |
    wc -l)" = 1 ]
}

@test "a full disk and a read-only store are said, and leave nothing" {
  [ "$(id -u)" = 0 ] || skip "needs root"
  mkdir small
  mount -t tmpfs -o size=1m small small || skip "cannot mount a tmpfs"
  says 1 "No space left on device" \
    image-import --store=small/store "$IMAGES/docker-export.tar" app || failed=1
  [ -z "$(find small/store/overlay2/cleat-tmp -mindepth 1)" ] || failed=1
  mount -o remount,ro small
  says 1 "Read-only file system" \
    image-import --store=small/store "$IMAGES/docker-export.tar" app || failed=1
  umount small
  [ -z "$failed" ]
}
